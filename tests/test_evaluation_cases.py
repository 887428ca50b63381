"""The page of the worst answers: what stands in it and in which order, and that nothing foreign acts there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ai_chat.errors import InputError, UsageError
from ai_chat.evaluation.answer_report import AnswerReport, is_right
from ai_chat.evaluation.answers import Outcome, Quoted
from ai_chat.evaluation.cases import require_report_name, worst_cases, write_report
from ai_chat.evaluation.datasets import Question
from ai_chat.types import FinishReason

HOSTILE = "<script>alert(1)</script> ![x](http://example.invalid/a.png)"
RIGHT_PAGE = Quoted("p1", "규정.pdf", "3", "연차는 15일이다.")
OTHER_PAGE = Quoted("p9", "다른.pdf", "1", "출장비는 7일 안에 정산한다.")


def outcome(
    name: str, written: str, ended: FinishReason, *quoted: Quoted, answerable: bool = True, question: str = "연차는?"
) -> Outcome:
    asked = Question(name, question, frozenset(["p1"] if answerable else []), ("15일",) if answerable else ())
    return Outcome(asked, written, written, ended, quoted, True, (), 1.0, None, nearest="가까운 문장")


OUTCOMES = [
    outcome("good", "15일", "stop", RIGHT_PAGE),
    outcome("withheld wrong", "30일", "withheld"),
    outcome("withheld right", "15일", "withheld"),
    outcome("refused", "", "not_found"),
    outcome("uncited", "15일", "stop", OTHER_PAGE),
    outcome("wrong", "30일", "stop", OTHER_PAGE),
    outcome("invented", "사장님", "stop", OTHER_PAGE, answerable=False),
    outcome("rightly refused", "", "not_found", answerable=False),
]


def test_the_worst_come_first_and_what_is_good_not_at_all() -> None:
    found = [case.outcome.question.id for case in worst_cases(AnswerReport("m", OUTCOMES))]
    assert found == ["invented", "wrong", "uncited", "refused", "withheld right", "withheld wrong"]
    assert len(worst_cases(AnswerReport("m", OUTCOMES), 2)) == 2


def test_a_citation_is_right_by_its_page_or_its_sentence() -> None:
    asked = OUTCOMES[0]
    assert is_right(RIGHT_PAGE, asked) and not is_right(OTHER_PAGE, asked)
    assert is_right(Quoted("p9", "사본.pdf", "1", "연차는 15일이다."), asked)
    told = AnswerReport("m", OUTCOMES).to_json()
    assert told["answerable"]["citation_precision"] == told["answerable"]["citation_recall"] == 0.3333
    assert told["answerable"]["false_refusals"] == 0.1667 and told["unanswerable"]["false_answers"] == 0.5


@pytest.mark.parametrize("ending", ["md", "html"])
def test_a_report_tells_each_case(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"report.{ending}"
    write_report(AnswerReport("모델", OUTCOMES), file)
    text = file.read_text("utf-8")
    for words in (
        "모델",
        "exact match",
        "a wrong answer was shown",
        "출장비는 7일 안에 정산한다.",
        "15일",
        "가까운 문장",
    ):
        assert words in text
    assert "rightly refused" not in text


@pytest.mark.parametrize("ending", ["md", "html"])
def test_nothing_foreign_acts(tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"report.{ending}"
    bad = Quoted("p9", HOSTILE, HOSTILE, HOSTILE)
    write_report(AnswerReport(HOSTILE, [outcome(HOSTILE, HOSTILE, "stop", bad, question=HOSTILE)]), file)
    text = file.read_text("utf-8")
    if ending == "html":
        assert "<script" not in text and "<img" not in text and "default-src 'none'" in text
    else:
        outside = [line for line in text.splitlines() if not line.startswith("    ")]  # indented lines are code
        assert not any("![" in line or "<script" in line.replace("\\<", "") for line in outside)


def test_another_ending_and_another_place_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="usage_wrong"):
        require_report_name(tmp_path / "report.pdf")
    with pytest.raises(InputError, match="out_unwritable"):
        write_report(AnswerReport("m", OUTCOMES), tmp_path / "none" / "report.md")
