"""The keyword index follows the library: names and headings, renaming, and making it anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ai_chat.analyzer import Analyzer
from ai_chat.index.lexical import LexicalIndex
from ai_chat.ingest import Indexer, store_units
from ai_chat.lazy import Lazy
from ai_chat.store import Store, text_sha256
from ai_chat.types import Scope, Unit

ANALYZER = Analyzer()


class Shelf:
    """A library with its keyword index."""

    def __init__(self, home: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = Store.open(home / "library.db")
        self.lexical = Lazy(
            lambda: LexicalIndex.open(home / "lexical", ANALYZER.fields, writable=True), LexicalIndex.close
        )
        self.indexer = Indexer(self.store, ANALYZER, self.lexical, clock=clock)

    def put(self, name: str, *units: Unit, locator: str = "") -> str:
        document = self.store.library.put_document("documents", locator or name, name, name)
        digest = text_sha256("\f".join(unit.text for unit in units)).hex()
        version = self.store.versions.find(digest, "p", "c") or self._new_version(digest, units)
        self.store.library.publish(document, version, "searchable")
        return document

    def found(self, question: str) -> list[str]:
        self.indexer.catch_up()
        with self.lexical.lease() as index:
            ranking = index.search(ANALYZER.query_terms(question), 9)
        passages = self.store.library.passages(ranking.chunk_ids.tolist(), Scope())
        return [passages[chunk].text for chunk in ranking.chunk_ids.tolist()]

    def _new_version(self, digest: str, units: tuple[Unit, ...]) -> int:
        version = self.store.versions.begin(digest, "p", "c")
        store_units(self.store, version, units)
        self.store.versions.finish(version)
        return version


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    opened = Shelf(tmp_path)
    yield opened
    opened.lexical.unload()
    opened.store.close()


def section(text: str, label: str = "", number: int = 1) -> Unit:
    return Unit("section", number, label, text)


def test_a_text_is_found_by_its_document_and_heading(shelf: Shelf) -> None:
    shelf.put("휴가 규정.md", section("15일이다.", "연차 > 신입"), section("30일이다.", "병가", 2))
    shelf.put("출장.txt", section("하루 2만원이다.", "lines 1-40"))
    assert set(shelf.found("휴가")) == {"15일이다.", "30일이다."}
    assert shelf.found("병가") == ["30일이다."]
    assert shelf.found("lines") == [] and shelf.found("txt") == []


def test_the_label_of_a_page_is_no_heading(shelf: Shelf) -> None:
    shelf.put("가.pdf", Unit("page", 1, "표지", "본문이다."))
    assert shelf.found("표지") == []


def test_a_second_name_of_the_same_content_is_found_too(shelf: Shelf) -> None:
    shelf.put("휴가.md", section("15일이다."))
    assert shelf.found("지침") == []
    second = shelf.put("지침.md", section("15일이다."))
    assert shelf.found("지침") == shelf.found("휴가") == ["15일이다."]
    shelf.store.library.remove([second])
    assert shelf.found("지침") == [] and shelf.found("휴가") == ["15일이다."]


def test_making_the_index_anew_changes_no_result_and_leaves_nothing_dead(shelf: Shelf) -> None:
    for number in range(8):
        shelf.put(f"{number}.md", section(f"규정 {number} {'조항 ' * number}"))
    removed = shelf.put("옛 규정.md", section("규정 규정 규정"))
    shelf.indexer.catch_up()
    shelf.store.library.remove([removed])
    before = shelf.found("규정 조항")
    told: list[tuple[int, int]] = []
    shelf.indexer.compact(lambda done, total: told.append((done, total)))
    with shelf.lexical.lease() as index:
        assert (index.dead, len(index), index.sequence) == (0, 8, shelf.store.library.sequence())
    assert set(shelf.found("규정 조항")) == set(before) and told[-1] == (8, 8)
    shelf.put("새 규정.md", section("규정 새로"))
    assert "규정 새로" in shelf.found("규정 새로")


def test_of_very_many_names_the_first_count(shelf: Shelf) -> None:
    for number in range(60):
        shelf.put(f"회의록{number:02}.md", section("안건이다."))
    assert shelf.found("회의록00") == ["안건이다."]
    with shelf.lexical.lease() as index:
        assert len(index.containing({"words": ["회의록59"]})) == 0


def test_what_is_fed_is_found_within_seconds_or_at_the_next_catching_up(tmp_path: Path) -> None:
    now = [100.0]
    shelf = Shelf(tmp_path, clock=lambda: now[0])
    with closing(shelf.store), shelf.lexical.lease() as index:
        for number in range(3):
            shelf.put(f"{number}.md", section(f"규정 {number}"))
            now[0] += 1
            shelf.indexer.feed()
            assert len(index) == (0, 2, 2)[number]
        shelf.indexer.catch_up()
        assert len(index) == 3 and shelf.indexer.is_level()
    shelf.lexical.unload()


def test_what_was_fed_and_lost_is_fed_again_once(shelf: Shelf) -> None:
    first = shelf.put("1.md", section("규정 하나"))
    shelf.indexer.feed()
    shelf.lexical.unload()  # as a crash does: what was not committed is gone
    shelf.put("2.md", section("규정 둘"))
    assert sorted(shelf.found("규정")) == ["규정 둘", "규정 하나"]
    shelf.store.library.remove([first])
    assert shelf.found("규정") == ["규정 둘"]


def test_a_catching_up_that_is_broken_off_loses_nothing(shelf: Shelf) -> None:
    for number in range(3):
        shelf.put(f"{number}.md", section(f"규정 {number}"))
    shelf.indexer.feed()
    for number in range(3, 6):
        shelf.put(f"{number}.md", section(f"규정 {number}"))
    steps = shelf.indexer.steps()
    next(steps)
    steps.close()
    assert len(shelf.found("규정")) == 6


def test_making_the_index_anew_keeps_what_was_fed(shelf: Shelf) -> None:
    shelf.put("1.md", section("규정 하나"))
    shelf.indexer.feed()
    shelf.indexer.compact()
    shelf.put("2.md", section("규정 둘"))
    assert sorted(shelf.found("규정")) == ["규정 둘", "규정 하나"]
