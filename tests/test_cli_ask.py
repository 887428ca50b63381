"""What `ai-chat ask` tells of a turn: what was searched for, from when an answer is, what is doubtful in it; and its JSON."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import pytest

from ai_chat.answer.fold import answer_of
from ai_chat.cli.session import Session
from ai_chat.cli.telling import Reader
from ai_chat.config import Settings
from ai_chat.shapes import answer_json, search_json
from ai_chat.types import Answer, Event, Judgement, SearchResult
from tests.program import Program

TEXT = "출장비는 20,000원이다 [1]. 하루 세 끼를 준다."
DOUBT = {"sentence": "출장비는 20,000원이다 [1].", "start": 0, "end": 19, "wrong": [[5, 12]]}
END: dict[str, Any] = {"finish_reason": "stop", "usage": {}, "timings": {}, "notice": None, "problem": None}
Steps = list[tuple[str, Mapping[str, Any]]]


def events(steps: Steps) -> list[Event]:
    return [Event(number, kind, data) for number, (kind, data) in enumerate(steps, 1)]  # type: ignore[arg-type]


def told(home: Settings, steps: Steps, language: str = "en", as_json: bool = False) -> Answer:
    reader = Reader(Session(home, "ko" if language == "ko" else "en", as_json), "출장비는?")
    for event in events(steps):
        reader.read(event)
    answer = answer_of("출장비는?", reader.events)
    if not as_json:
        reader.close(answer)
    return answer


def test_what_was_searched_for_is_told(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    told(
        home,
        [("searching", {"question": "그럼 비용은?", "searched_for": "출장 비용은?", "kind": "answer"}), ("done", END)],
    )
    assert capsys.readouterr().err == "Searched for: 출장 비용은?\n"
    told(home, [("searching", {"question": "출장비는?", "searched_for": None, "kind": "answer"}), ("done", END)])
    assert capsys.readouterr().err == ""


def test_a_cached_answer_says_from_when_it_is(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    cached = {"made_at": "2026-11-21T03:00:00+00:00", "saved_seconds": 12.4, "tier": "exact"}
    answer = told(home, [("cached", cached), ("delta", {"text": TEXT}), ("done", {**END, "cached": True})])
    out, err = capsys.readouterr()
    assert err.startswith("From the answer cache, written 2026-11-2") and "12 s saved" in err and "--fresh" in err
    assert answer.cached and TEXT in out
    told(home, [("cached", {"made_at": "yesterday", "saved_seconds": None}), ("done", END)], "ko")
    assert capsys.readouterr().err.startswith("?에 쓴 답변을 캐시에서 보여 줍니다.")


def test_a_doubtful_sentence_has_its_wrong_value_marked(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    told(home, [("delta", {"text": TEXT}), ("unsupported", DOUBT), ("done", END)])
    out = capsys.readouterr().out
    assert (
        "Not borne out by the evidence\n? 출장비는 «20,000원»이다 [1].\n    otherwise in the evidence: 20,000원\n"
        in out
    )


def test_a_revised_answer_is_printed_once_where_nobody_watches(
    home: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    steps: Steps = [
        ("delta", {"text": "답 [9]"}),
        ("delta", {"text": "이다."}),
        ("revised", {"text": "답이다 [1]."}),
        ("done", END),
    ]
    answer = told(home, steps)
    assert capsys.readouterr().out == "Answer\n답이다 [1].\n" and answer.answer == "답이다 [1]."


def test_a_terminal_sees_the_answer_grow_and_then_as_it_is(
    home: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    told(
        home,
        [
            ("delta", {"text": "답 [9]"}),
            ("revised", {"text": "답 [1]"}),
            ("unsupported", {**DOUBT, "end": 5, "wrong": [[0, 1]]}),
            ("done", END),
        ],
    )
    out = capsys.readouterr().out
    assert out.startswith("Answer\n답 [9]\nAnswer, with its citations put right\n답 [1]\n")
    assert "\x1b[31;4m답\x1b[0m" in out
    told(home, [("delta", {"text": "답 [1]"}), ("revised", {"text": "답 [1]"}), ("done", END)])
    assert capsys.readouterr().out == "Answer\n답 [1]\n"


def test_an_answer_that_began_again_is_told_once(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    told(
        home,
        [
            ("delta", {"text": "반쪽"}),
            ("restarted", {"code": "model_gone"}),
            ("delta", {"text": "온전한 답"}),
            ("done", END),
        ],
    )
    assert capsys.readouterr().out == "Answer\n온전한 답\n"


def test_what_came_before_a_break_is_printed(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    reader = Reader(Session(home, "en", False), "?")
    for event in events([("delta", {"text": "여기까지"})]):
        reader.read(event)
    reader.stop()
    assert capsys.readouterr().out == "Answer\n여기까지\n"


def test_the_missing_part_of_an_answer_is_named(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    judged = {"score": 0.7, "answerable": True, "missing": ["제주"]}
    evidence: dict[str, Any] = {
        "hits": [],
        "mode": "lexical",
        "notices": [],
        "unfiltered": None,
        "search_ms": 1.0,
        "judgement": judged,
    }
    answer = told(home, [("evidence", evidence), ("delta", {"text": TEXT}), ("done", END)])
    assert "What was found does not speak of: 제주" in capsys.readouterr().err
    assert answer.judgement == Judgement(0.7, True, ("제주",))


def test_control_characters_of_an_answer_do_not_reach_the_terminal(
    home: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    told(home, [("searching", {"searched_for": "a\x1b[2Jb"}), ("delta", {"text": "x\x1b]0;t\x07y"}), ("done", END)])
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err and "\x07" not in out


def test_json_has_the_keys_of_before_and_the_new_ones_behind(
    home: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = told(home, [("delta", {"text": TEXT}), ("unsupported", DOUBT), ("done", END)], as_json=True)
    assert capsys.readouterr() == ("", "")
    document = answer_json(answer, "en")
    assert list(document)[8:] == ["notice", "kind", "searched_for", "judgement", "doubts", "made_at", "saved_seconds"]
    assert document["doubts"] == [{**DOUBT, "wrong": [{"text": "20,000원", "start": 5, "end": 12}]}]
    judged = SearchResult("q", "lexical", (), 1.0, judgement=Judgement(0.2, False, ("화성",)))
    assert search_json(judged, "en")["judgement"] == {"score": 0.2, "answerable": False, "missing": ["화성"]}
    assert search_json(SearchResult("q", "lexical", (), 1.0), "en")["judgement"] is None


def test_an_unknown_kind_is_wrong_usage(program: Program) -> None:
    done = program("ask", "x", "--kind", "poem", "--json")
    assert done.code == 2 and done.json["error"]["code"] == "usage_wrong"


def test_the_kinds_that_need_no_model(library: Program) -> None:
    listed = library("ask", "문서 목록", "--json").json
    assert (listed["kind"], listed["finish_reason"], listed["evidence"]) == ("list", "stop", [])
    assert listed["answer"].startswith("문서 3건 · 최신순\n- ")
    summed = library("ask", "취업규칙 요약해줘", "--json").json
    assert (summed["kind"], summed["finish_reason"]) == ("summary", "stop")
    assert "15일의 연차휴가를 준다. [1]" in summed["answer"] and summed["citations"][0]["document"] == "취업규칙.md"
    places = library("ask", "연차휴가는 며칠인가요?", "--kind", "search", "--json").json
    assert (places["kind"], places["finish_reason"], places["answer"]) == ("search", "skipped", None)
