"""Questions of a folder asked and their answers measured: real search and checks, a model that says what it is told to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ai_chat.config import Settings
from ai_chat.evaluation.answer_report import AnswerReport
from ai_chat.evaluation.answers import Outcome, ask_all, spread
from ai_chat.evaluation.datasets import Question, read_dataset
from ai_chat.evaluation.measures import character_f1, contains, exact
from ai_chat.llm import ModelPrompt
from ai_chat.prompt import NOT_FOUND
from tests.doubles_llm import ScriptedLlm, ScriptedStream, scripted_model
from tests.program import Program

PAGES = {
    "p1": "연차휴가는 1년간 80퍼센트 이상 출근한 근로자에게 15일을 준다.",
    "p2": "출장비는 출장이 끝난 날부터 7일 이내에 정산한다.",
    "p3": "복지포인트의 회사 지급분은 연 80만원이다.",
}
REPLIES = {
    "연차휴가는 며칠인가요?": " 15일 [1]",
    "출장비 정산은 며칠 이내에 하나요?": " 30일 이내 [1]",
    "복지포인트 회사 지급분은 얼마인가요?": f" {NOT_FOUND['ko']}",
    "사장님의 생일은?": f" {NOT_FOUND['ko']}",
}
QUESTIONS = [
    {"id": "q1", "question": "연차휴가는 며칠인가요?", "relevant": ["p1"], "answers": ["15일"]},
    {"id": "q2", "question": "출장비 정산은 며칠 이내에 하나요?", "relevant": ["p2"], "answers": ["7일"]},
    {"id": "q3", "question": "복지포인트 회사 지급분은 얼마인가요?", "relevant": ["p3"], "answers": ["80만원"]},
    {"id": "q4", "question": "사장님의 생일은?", "relevant": []},
]


class Answering(ScriptedLlm):
    """Gives the reply that belongs to the prompt's last question."""

    def stream(self, prompt: ModelPrompt, max_tokens: int, stop: Sequence[str] = ()) -> ScriptedStream:
        self.reply = next(reply for question, reply in REPLIES.items() if f"질문: {question}\n답:" in str(prompt))
        return super().stream(prompt, max_tokens, stop)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "set"
    made.mkdir()
    pages = [{"id": name, "document": f"{name}.pdf", "text": text} for name, text in PAGES.items()]
    for name, rows in (("pages", pages), ("questions", QUESTIONS)):
        (made / f"{name}.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return made


def report_of(folder: Path, home: Settings, most: int | None = None) -> AnswerReport:
    words_only = replace(home, embedder="none")
    model = scripted_model(Answering(), trusted=False)
    return AnswerReport("scripted", *ask_all(read_dataset(folder), words_only, model, most))


def test_answers_shown_withheld_and_refused_are_told_apart(folder: Path, home: Settings) -> None:
    found = report_of(folder, home).to_json()
    assert found["answerable"]["questions"] == 3 and found["unanswerable"]["questions"] == 1
    # of a small model's refusal only the evidence is left where the evidence says otherwise
    assert [found["answerable"][name] for name in ("shown", "withheld", "refused")] == [0.3333, 0.6667, 0.0]
    assert found["answerable"]["exact"] == found["answerable"]["contains"] == 0.3333
    assert found["answerable"]["shown_exact"] == found["answerable"]["shown_page"] == 1.0
    assert found["answerable"]["citation_precision"] == found["answerable"]["citation_recall"] == 1.0
    assert found["answerable"]["false_refusals"] == 0.0
    assert found["unanswerable"] == {
        "questions": 1,
        "shown": 0.0,
        "withheld": 0.0,
        "refused": 1.0,
        "false_answers": 0.0,
    }
    assert found["tokens"]["answer"]["p50"] > 0
    json.dumps(found)


def test_the_table_says_what_there_is_none_of(folder: Path, home: Settings) -> None:
    lines = report_of(folder, home, 1).to_text().splitlines()
    assert lines[0] == "scripted"
    assert lines[2].split() == ["questions", "1", "0"]
    assert lines[3].split() == ["exact", "match", "1.000", "-"]


def test_what_is_wrong_is_not_shown_and_still_counted(folder: Path, home: Settings) -> None:
    outcomes = {one.question.id: one for one in report_of(folder, home).outcomes}
    assert [each for each, one in outcomes.items() if one.withheld] == ["q2", "q3"]
    assert outcomes["q2"].written == "30일 이내"
    assert outcomes["q1"].cited == ("p1",)


def test_questions_are_spread_over_the_file() -> None:
    asked = [Question(str(number), "?", frozenset()) for number in range(10)]
    assert [question.id for question in spread(asked, 4)] == ["0", "2", "5", "7"]
    assert spread(asked, None) == spread(asked, 20) == asked


def test_an_empty_answer_counts_as_withheld() -> None:
    outcome = Outcome(Question("1", "?", frozenset()), "", "", "stop", (), False, (), 1.0, None)
    assert outcome.withheld and not outcome.shown and not outcome.refused


@pytest.mark.parametrize(
    ("written", "answer", "same", "f1"),
    [
        ("1989년 2월 15일", "1989년 2월 15일", True, 1.0),
        ("‘1,200원’.", "1200원", True, 1.0),
        ("서울  특별시", "서울 특별시", True, 1.0),
        ("서울특별시", "서울 특별시", False, 1.0),
        ("서울", "서울시", False, 0.8),
        ("부산", "서울", False, 0.0),
        ("", "서울", False, 0.0),
    ],
)
def test_answers_are_compared_as_korquad_does(written: str, answer: str, same: bool, f1: float) -> None:
    assert exact(written, [answer]) == same
    assert character_f1(written, ["다른 말", answer]) == pytest.approx(f1)


def test_an_answer_may_stand_within_more_words() -> None:
    assert contains("그것은 1,200 원입니다", ["1200원"])
    assert not contains("120원", ["1200원"])


def test_options_that_do_not_go_together_are_refused(program: Program, folder: Path) -> None:
    for options in (("--answers", "--mode", "lexical"), ("--questions", "3")):
        done = program("eval", folder, *options, "--json")
        assert done.code == 2 and done.json["error"]["code"] == "usage_wrong"
