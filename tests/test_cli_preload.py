"""`ai-chat preload`: what it reads, what it tells, and that it goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ai_chat.cli.preload import Summary, _follow, _label, _report, preload, questions_of
from ai_chat.cli.session import Session
from ai_chat.cli.tried import Tried
from ai_chat.config import Settings
from ai_chat.errors import InputError, UsageError
from ai_chat.store import Store
from ai_chat.store.turns import BEHIND
from ai_chat.types import ANSWERED, Event, Scope, Wish
from tests.doubles_app import DoubleApp


class Answering(DoubleApp):
    """Answers at once, from what it kept where it was asked before."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.interrupt_at = 0

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str:
        self.asked.append(question)
        if len(self.asked) == self.interrupt_at:
            raise KeyboardInterrupt
        return question

    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
        if self.asked.count(turn_id) > 1:
            yield Event(1, "cached", {})
        yield Event(2, "done", {"finish_reason": "stop", "problem": None})


def fresh(folder: Path) -> Tried:
    return Tried(folder / "tried", [1])


def wanted(*questions: str) -> list[object]:
    from ai_chat.answer.filling import Question

    return [Question(question, Scope()) for question in questions]


def test_a_file_has_a_question_a_line() -> None:
    assert questions_of("\ufeff연차는?\n\n  출장비는?\r\n".encode(), "q.txt") == ["연차는?", "출장비는?"]
    assert questions_of("연차는?".encode("cp949"), "q.txt") == ["연차는?"]


def test_lines_of_json_have_a_question() -> None:
    lines = [{"question": "연차는?", "id": "a"}, {"question": "출장비는?"}]
    data = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
    assert questions_of(data, "Q.JSONL") == ["연차는?", "출장비는?"]
    for wrong in (b'{"ask": "?"}', b"[1]", b"{", b'{"question": 3}'):
        with pytest.raises(InputError) as raised:
            questions_of(b'{"question": "a?"}\n' + wrong, "q.jsonl")
        assert raised.value.code == "preload_line_invalid" and raised.value.values["line"] == 2


@pytest.mark.parametrize(
    "given", [(None, None, False), (Path("q"), 3, False), (Path("q"), None, True), (None, 3, True)]
)
def test_one_source_is_given(given: tuple[Path | None, int | None, bool]) -> None:
    with pytest.raises(UsageError):
        preload(*given)


def test_a_file_that_is_not_there_or_empty(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised:
        preload(tmp_path / "none.txt")
    assert raised.value.code == "path_missing"
    (tmp_path / "empty.txt").write_text("\n ?! \n")
    with pytest.raises(InputError) as raised:
        preload(tmp_path / "empty.txt")
    assert raised.value.code == "preload_empty"
    with pytest.raises(InputError) as raised:
        preload(tmp_path)
    assert raised.value.code == "file_unreadable"


def test_each_question_and_the_sum_are_told(home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session, app = Session(home, "en", False), Answering()
    _report(session, _follow(session, app, wanted("a1?", "b2?"), fresh(tmp_path)))  # type: ignore[arg-type]
    out, err = capsys.readouterr()
    assert err.splitlines() == ["written a1?", "written b2?"]
    assert out.startswith("2 questions: 0 answers were kept already, 2 written, 0 have none, 0 failed")
    summary = _follow(session, app, wanted("a1?", "c3?"), fresh(tmp_path))  # type: ignore[arg-type]
    assert summary.counts == {"kept": 1, "written": 1, "unanswered": 0, "failed": 0}
    assert "1 kept already" in capsys.readouterr().err


def test_what_was_broken_off_goes_on(home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session, app = Session(home, "ko", False), Answering()
    app.interrupt_at = 2
    with pytest.raises(KeyboardInterrupt):
        _follow(session, app, wanted("a1?", "b2?", "c3?"), fresh(tmp_path))  # type: ignore[arg-type]
    assert "3개 가운데 1개까지 하고 멈췄습니다" in capsys.readouterr().err
    app.interrupt_at = 0
    app.asked.remove("b2?")
    assert _follow(session, app, wanted("a1?", "b2?", "c3?"), fresh(tmp_path)).counts["kept"] == 1  # type: ignore[arg-type]


def test_json_names_what_has_no_answer(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    from ai_chat.answer.filling import Filled
    from ai_chat.types import Problem

    done = [Filled("a?", "unanswered", 1.5, Problem("starter_missing")), Filled("b?", "written", 2.0)]
    assert _report(Session(home, "en", True), Summary(2, done)) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["total"], told["written"], told["unanswered"], told["seconds"]) == (2, 1, 1, 3.5)
    assert told["without"][0]["question"] == "a?" and told["without"][0]["problem"]["code"] == "starter_missing"
    only = [Filled("x?", "failed", 0.0, Problem("question_empty"))]
    assert _report(Session(home, "en", True), Summary(1, only)) == 1


def test_what_came_to_nothing_is_not_asked_again_after_a_break(home: Settings, tmp_path: Path) -> None:
    class Unsure(Answering):
        def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
            yield Event(1, "done", {"finish_reason": "withheld", "problem": None})

    session, app = Session(home, "en", False), Unsure()
    app.interrupt_at = 3
    with pytest.raises(KeyboardInterrupt):
        _follow(session, app, wanted("a1?", "b2?", "c3?"), fresh(tmp_path))  # type: ignore[arg-type]
    app.interrupt_at, app.asked = 0, []
    summary = _follow(session, app, wanted("a1?", "b2?", "c3?"), fresh(tmp_path))  # type: ignore[arg-type]
    assert app.asked == ["c3?"] and summary.counts["unanswered"] == 3
    _follow(session, app, wanted("a1?"), fresh(tmp_path))  # type: ignore[arg-type]
    assert app.asked == ["c3?", "a1?"]  # it had run to the end


def test_another_library_tries_anew(tmp_path: Path) -> None:
    from ai_chat.answer.filling import Question

    path, one = tmp_path / "tried", Question("연차는?", Scope())
    Tried(path, [1, "model"]).add(one)
    assert Tried(path, [1, "model"]).has(Question("연차는", Scope()))
    assert not Tried(path, [1, "model"]).has(Question("연차는?", Scope(collections=("documents",))))
    assert not Tried(path, [2, "model"]).has(one)
    path.write_bytes(b"\xff\n\x00")
    assert not Tried(path, [1, "model"]).has(one)


def test_the_time_left_is_told_in_minutes_where_it_is_long() -> None:
    from ai_chat.answer.filling import Filled

    done = [Filled("a?", "written", 6.0)]
    assert "18 s left" in _label("en", Summary(4, done), done[0])
    assert "10분 남음" in _label("ko", Summary(101, done), done[0])
    assert "left" not in _label("en", Summary(1, done), done[0])


def test_questions_asked_behind_are_nobodys(home: Settings) -> None:
    with closing(Store.open(home.database)) as store:
        kept = store.turns
        kept.create_turn("t1", "c1", "연차는?", Scope(filters=(("type", "pdf"),)))
        kept.create_turn("t2", "c1", "그럼 병가는?", Scope())
        kept.create_turn("t3", f"{BEHIND}x", "출장비는?", Scope())
        kept.create_turn("t4", "c2", "출장비는?", Scope(collections=("documents",)))
        kept.create_turn("t5", "c3", "남의 질문?", Scope(principal="somebody"))
        found = [(one.question, one.scope) for one in kept.asked("local", 10)]
        assert found == [
            ("연차는?", Scope(filters=(("type", "pdf"),))),
            ("출장비는?", Scope(collections=("documents",))),
        ]
        assert [one.question for one in kept.asked("local", 1)] == ["출장비는?"]
        assert {each.id for each in store.conversations.conversations("local")} == {"c1", "c2"}


def test_a_library_fills_through_the_program(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a model there is evidence and nothing to keep: each question says why, and nothing fails."""
    monkeypatch.setenv("AI_CHAT_HOME", str(home.home))
    monkeypatch.setenv("AI_CHAT_EMBEDDER", "none")
    monkeypatch.setenv("AI_CHAT_MODEL", str(tmp_path / "none.gguf"))
    file = tmp_path / "questions.txt"
    file.write_text("연차 이월 한도는 며칠인가요?\n연차 이월 한도는 며칠인가요?\n", "utf-8")
    assert preload(file, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["total"], told["unanswered"]) == (1, 1)
    assert told["without"][0]["problem"]["code"]
    assert preload(frequent=5, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 0
