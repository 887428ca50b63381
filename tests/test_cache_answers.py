"""The answer cache on its own file: what is found, what never is, limits, and every way in which the file can be lost."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ai_chat.cache import AnswerCache, Kept, Key
from ai_chat.cache.keys import Passage
from ai_chat.types import Problem, Scope

DAY = 86_400.0


class Bench:
    """A cache with a clock and an ear; questions agree when they begin alike."""

    def __init__(self, path: Path, most_entries: int = 100, most_bytes: int = 1 << 20) -> None:
        self.now = 1_000 * DAY
        self.told: list[Problem] = []
        self.path = path
        self.cache = AnswerCache(
            path,
            clock=lambda: self.now,
            agree=lambda one, other: one[:3] == other[:3],
            nearness=0.9,
            tell=self.told.append,
            most_entries=most_entries,
            most_age=30 * DAY,
            most_bytes=most_bytes,
        )

    def codes(self) -> list[str]:
        return [problem.code for problem in self.told]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "cache.db")


def key(question: str = "연차는 며칠?", passages: tuple[str, ...] = ("a", "b"), angle: float | None = None) -> Key:
    return Key(
        question=question,
        asked=question,
        normal=question,
        language="ko",
        kind="answer",
        scope=Scope(),
        maker="m",
        context="",
        passages=read(*passages),
        vector=None if angle is None else vector(angle),
        space="s",
    )


def read(*names: str) -> tuple[Passage, ...]:
    """'a' and 'a2' are of one place, and say something else."""
    return tuple(Passage(name[0], name) for name in names)


def vector(angle: float) -> NDArray[np.float32]:
    return np.array([np.cos(angle), np.sin(angle), 0.0], np.float32)


def kept(
    text: str = "15일입니다 [1].", turn_id: str = "t1", question: str = "연차는 며칠?", cited: tuple[str, ...] = ("a",)
) -> Kept:
    steps = (("delta", {"text": text}), ("citation", {"marker": 1, "quote": "연차는 15일"}))
    return Kept(question, steps, cited, {"turns": []}, "2026-01-01T00:00:00.000+00:00", 2.5, turn_id)  # type: ignore[arg-type]


def text_of(found: Kept | None) -> str | None:
    return None if found is None else str(found.steps[0][1]["text"])


def test_the_same_question_with_the_same_evidence_is_found_as_it_was(bench: Bench) -> None:
    bench.cache.keep(key(), kept())
    found = bench.cache.find(key(), "t2")
    assert found == kept()
    stats = bench.cache.stats()
    assert (stats.entries, stats.hits, stats.exact, stats.misses, stats.saved_seconds) == (1, 1, 1, 0, 2.5)
    assert stats.hit_rate == 1.0
    assert stats.bytes > 0


@pytest.mark.parametrize("passages", [("a",), ("b", "a"), ("a", "b", "c"), ("a", "x"), ()])
def test_other_evidence_is_never_served_and_counts_as_stale(bench: Bench, passages: tuple[str, ...]) -> None:
    bench.cache.keep(key(), kept())
    assert bench.cache.find(key(passages=passages), "t2") is None
    assert (bench.cache.stats().misses, bench.cache.stats().stale) == (1, 1)


@pytest.mark.parametrize(
    "other",
    [
        replace(key(), scope=Scope("somebody")),
        replace(key(), scope=Scope(collections=("samples",))),
        replace(key(), scope=Scope(filters=(("type", "pdf"),))),
        replace(key(), maker="n"),
        replace(key(), context="c"),
        replace(key(), kind="summary"),
        replace(key(), words=("-초안",)),
        replace(key(), language="en"),
        replace(key(), normal="연차는 몇 번?"),
    ],
)
def test_whatever_else_differs_makes_another_answer(bench: Bench, other: Key) -> None:
    bench.cache.keep(key(), kept())
    assert bench.cache.find(other, "t2") is None
    assert bench.cache.stats().stale == 0


def test_an_answer_comes_back_with_its_evidence(bench: Bench) -> None:
    bench.cache.keep(key(), kept())
    assert bench.cache.find(key(passages=("x",)), "t2") is None
    assert bench.cache.find(key(), "t3") == kept()


def test_a_new_answer_takes_the_place_of_the_old(bench: Bench) -> None:
    bench.cache.keep(key(), kept("14일"))
    bench.cache.keep(key(), kept("15일", "t2"))
    assert text_of(bench.cache.find(key(), "t3")) == "15일"
    assert bench.cache.stats().entries == 1


def test_a_question_that_means_the_same_is_served_from_the_same_evidence(bench: Bench) -> None:
    bench.cache.keep(key(angle=0.0), kept())
    found = bench.cache.find(key("연차는 얼마나?", angle=0.2), "t2")
    assert text_of(found) == text_of(kept())
    assert found is not None
    assert (found.tier, found.again) == ("semantic", False)
    assert (bench.cache.stats().hits, bench.cache.stats().exact) == (1, 0)


@pytest.mark.parametrize(
    "other",
    [
        key("연차는 얼마나?", angle=0.6),  # too far
        key("병가는 얼마나?", angle=0.1),  # does not agree
        key("연차는 얼마나?"),  # no vector
        replace(key("연차는 얼마나?", angle=0.1), space="another embedder"),
        key("연차는 얼마나?", ("b", "a"), angle=0.1),
    ],
)
def test_what_is_too_far_or_does_not_agree_is_not_served(bench: Bench, other: Key) -> None:
    bench.cache.keep(key(angle=0.0), kept())
    assert bench.cache.find(other, "t2") is None


def test_other_evidence_is_looked_for_by_the_earlier_wording(bench: Bench) -> None:
    bench.cache.keep(key(angle=0.0), kept())
    asked = key("연차는 얼마나?", ("b", "a", "c"), angle=0.1)
    found = bench.cache.find(asked, "t2", lambda question: read("a", "b") if question == "연차는 며칠?" else ())
    assert found is not None
    assert found.again
    assert bench.cache.find(asked, "t3", lambda _question: read("a", "c")) is None  # what it was made from has changed
    cut_otherwise = key("연차는 얼마나?", ("b2", "a2"), angle=0.1)
    assert bench.cache.find(cut_otherwise, "t3", lambda _question: read("a", "b")) is not None
    assert bench.cache.find(cut_otherwise, "t3", lambda _question: read("a2", "b")) is None
    lacks_cited = key("연차는 얼마나?", ("b", "c"), angle=0.1)
    assert bench.cache.find(lacks_cited, "t4", lambda _question: read("a", "b")) is None
    leads_elsewhere = key("연차는 얼마나?", ("c", "a"), angle=0.1)
    assert bench.cache.find(leads_elsewhere, "t5", lambda _question: read("a", "b")) is None


def test_what_is_forgotten_is_gone_for_its_maker_and_for_whom_it_served(bench: Bench) -> None:
    bench.cache.keep(key(), kept())
    assert not bench.cache.forget("t2")
    bench.cache.find(key(), "t2")
    assert bench.cache.forget("t2")
    assert bench.cache.find(key(), "t3") is None
    bench.cache.keep(key(), kept())
    assert bench.cache.forget("t1")
    assert bench.cache.stats().entries == 0


def test_who_only_makes_sure_is_not_counted(bench: Bench) -> None:
    bench.cache.keep(key(), kept())
    assert bench.cache.find(key(), "t2", counted=False) is not None
    assert bench.cache.find(key("x"), "t2", counted=False) is None
    assert (bench.cache.stats().hits, bench.cache.stats().misses) == (0, 0)


def test_clearing_empties_it(bench: Bench) -> None:
    bench.cache.keep(key(), kept())
    bench.cache.find(key(), "t2")
    assert bench.cache.clear() == 1
    assert (bench.cache.stats().entries, bench.cache.stats().hits) == (0, 0)
    assert bench.cache.find(key(), "t2") is None


def test_what_was_longest_unused_goes_first(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "cache.db", most_entries=3)
    for name in "abc":
        bench.cache.keep(key(name), kept(name))
    bench.cache.find(key("a"), "t")
    bench.cache.keep(key("d"), kept("d"))
    assert [bool(bench.cache.find(key(name), "t")) for name in "abcd"] == [True, False, True, True]


def test_it_stays_under_its_bytes(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "cache.db", most_bytes=20_000)
    for number in range(50):
        bench.cache.keep(key(str(number)), kept("긴 답 " * 200))
    assert 0 < bench.cache.stats().entries < 20
    bench.cache.keep(key("giant"), kept("x" * 30_000))
    assert bench.cache.find(key("giant"), "t") is None
    assert bench.cache.find(key("49"), "t") is not None


def test_an_old_answer_is_not_served(bench: Bench) -> None:
    bench.cache.keep(key(angle=0.0), kept())
    bench.now += 31 * DAY
    assert bench.cache.find(key(), "t2") is None
    assert bench.cache.find(key("연차는 얼마나?", angle=0.1), "t2") is None
    bench.cache.keep(key("other"), kept())
    assert bench.cache.stats().entries == 1


def test_a_clock_set_back_does_no_harm(bench: Bench) -> None:
    bench.cache.keep(key(), kept("neu"))
    bench.now -= 500 * DAY
    assert text_of(bench.cache.find(key(), "t2")) == "neu"
    bench.cache.keep(key(), kept("neuer"))
    assert text_of(bench.cache.find(key(), "t2")) == "neuer"
    bench.now += 500 * DAY
    bench.cache.keep(key("x"), kept())
    assert bench.cache.find(key("x"), "t2") is not None


def test_a_deleted_file_is_made_anew_and_told(bench: Bench) -> None:
    bench.cache.keep(key(), kept())
    for path in bench.path.parent.iterdir():
        path.unlink()
    assert bench.cache.find(key(), "t2") is None
    bench.cache.keep(key(), kept())
    assert bench.cache.find(key(), "t3") is not None
    assert bench.codes() == ["cache_renewed"]


@pytest.mark.parametrize("garbage", [b"garbage " * 4096, b"", b"SQLite format 3\0" + b"\0" * 5000])
def test_a_file_that_is_overwritten_while_it_is_open_is_made_anew(bench: Bench, garbage: bytes) -> None:
    for number in range(200):
        bench.cache.keep(key(str(number)), kept("답 " * 100))
    for path in bench.path.parent.iterdir():
        path.write_bytes(garbage)
    bench.cache.find(key("7"), "t2")
    bench.cache.keep(key(), kept())
    bench.cache.keep(key(), kept())
    found = bench.cache.find(key(), "t3")
    assert found == kept()


@pytest.mark.parametrize("garbage", [b"garbage " * 100, b"SQLite format 3\0"])
def test_a_file_damaged_before_it_is_opened_is_made_anew(tmp_path: Path, garbage: bytes) -> None:
    (tmp_path / "cache.db").write_bytes(garbage)
    bench = Bench(tmp_path / "cache.db")
    assert bench.cache.find(key(), "t1") is None
    bench.cache.keep(key(), kept())
    assert bench.cache.find(key(), "t2") == kept()
    assert bench.codes() == ["cache_renewed"]


def test_a_file_of_another_version_is_made_anew(bench: Bench) -> None:
    bench.cache.keep(key(), kept())
    bench.cache.close()
    with sqlite3.connect(bench.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert bench.cache.find(key(), "t2") is None
    assert bench.codes() == ["cache_renewed"]


@pytest.mark.parametrize("column", ["payload", "evidence", "normal", "asked", "question"])
def test_an_answer_that_somebody_changed_is_never_served(bench: Bench, column: str) -> None:
    bench.cache.keep(replace(key(angle=0.0), passages=read("z")), kept())
    bench.cache.close()
    with sqlite3.connect(bench.path) as connection:
        value = {"evidence": key().evidence, "payload": '{"lie": 1}', "normal": "n"}.get(column, "연차는 언제?")
        connection.execute(f"UPDATE answers SET {column} = ?", (value,))
    connection.close()
    for asked in (
        key(angle=0.0),
        replace(key("n", angle=0.0), passages=read("z")),
        replace(key(angle=0.0), passages=read("z")),
    ):
        assert bench.cache.find(asked, "t2", lambda _question: read("z")) is None
    assert "cache_renewed" in bench.codes()


@pytest.mark.skipif(os.geteuid() == 0 and not Path("/proc/self").exists(), reason="needs system package: procfs")
def test_where_no_file_can_be_made_answers_are_only_not_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    bench = Bench(tmp_path / "file" / "cache.db")
    for _ in range(3):
        bench.cache.keep(key(), kept())
        assert bench.cache.find(key(), "t1") is None
    assert bench.cache.stats().entries == 0
    assert bench.cache.clear() == 0
    assert bench.codes() == ["cache_unusable"]


def test_nobody_else_may_read_it(bench: Bench) -> None:
    before = os.umask(0o022)
    try:
        bench.cache.keep(key(), kept())
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o077 for path in bench.path.parent.iterdir()} == {0}


def test_frequent_questions_are_named_once_the_library_has_moved_on(bench: Bench) -> None:
    scope = Scope(collections=("documents",), filters=(("type", "pdf"),))
    often = replace(key(), scope=scope, sequence=5)
    bench.cache.keep(often, kept())
    bench.cache.keep(replace(key("follow-up"), context="c", sequence=5), kept())
    for number in range(3):
        bench.cache.find(often, f"t{number}")
        bench.cache.find(replace(key("follow-up"), context="c", sequence=5), f"u{number}")
    assert bench.cache.frequent_stale(5, 10) == ()
    (found,) = bench.cache.frequent_stale(6, 10)
    assert (found.question, found.scope, found.hits) == (often.question, scope, 3)
    assert bench.cache.find(replace(often, sequence=6), "t9", counted=False) is not None
    assert bench.cache.frequent_stale(6, 10) == ()
    bench.cache.keep(replace(often, sequence=7), kept())
    (found,) = bench.cache.frequent_stale(8, 10)
    assert found.hits == 3  # a new answer is as frequent as the old one


def test_many_at_once_lose_nothing(bench: Bench) -> None:
    failed: list[str] = []

    def work(thread: int) -> None:
        for number in range(25):
            name = f"{thread}-{number}"
            bench.cache.keep(key(name), kept(name, turn_id=name))
            if text_of(bench.cache.find(key(name), f"t{name}")) != name:
                failed.append(name)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert bench.cache.stats().hits == 100


def test_two_on_one_file_see_what_the_other_keeps(bench: Bench) -> None:
    other = Bench(bench.path)
    bench.cache.keep(key(), kept())
    assert other.cache.find(key(), "t2") == kept()
    assert other.cache.forget("t1")
    assert bench.cache.find(key(), "t3") is None
    assert not bench.told + other.told


@pytest.mark.parametrize("seed", range(3))
def test_bytes_changed_by_chance_never_change_an_answer(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    bench = Bench(tmp_path / "cache.db")
    served = 0
    for _ in range(40):
        for number in range(8):
            bench.cache.keep(key(str(number), angle=number / 9), kept(f"답 {number} " * 40, question=str(number)))
        if chance.random() < 0.7:
            bench.cache.close()  # else its pages are still in memory
        _scribble(bench.path, chance)
        for number in range(8):
            found = bench.cache.find(key(str(number), angle=number / 9), "t")
            assert text_of(found) in (None, f"답 {number} " * 40)
            served += found is not None
    assert served
    assert "cache_renewed" in bench.codes()


def _scribble(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    for _ in range(chance.randrange(1, 6)):
        start = chance.randrange(len(data))
        length = min(len(data) - start, chance.randrange(1, 40))
        data[start : start + length] = chance.randbytes(length)
    with path.open("r+b") as file:
        file.write(data)
        file.truncate(chance.choice((len(data), len(data), max(1, len(data) // 2))))
