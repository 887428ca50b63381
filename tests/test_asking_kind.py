"""The kind of answer that a question wants, told by its words; and which documents a list is asked of."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from ai_chat.asking.kind import kind_of
from ai_chat.asking.listed import listed
from ai_chat.asking.periods import Period, periods

ROOT = Path(__file__).resolve().parents[1]
TODAY = datetime.date(2026, 11, 23)  # a Monday
SET = [json.loads(line) for line in (ROOT / "benchmarks" / "sets" / "kinds.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("asked", SET, ids=lambda asked: asked["question"])
def test_the_kinds_of_the_set(asked: dict[str, str]) -> None:
    assert kind_of(asked["question"]) == asked["kind"]


@pytest.mark.parametrize("name", ["paraphrase", "english", "held-out", "stdlib"])
def test_plain_questions_stay_plain(name: str) -> None:
    lines = (ROOT / "benchmarks" / "sets" / f"{name}.jsonl").read_text("utf-8").splitlines()
    assert {kind_of(json.loads(line)["question"]) for line in lines} == {"answer"}


@pytest.mark.parametrize(
    "question", ["연차휴가 관련 문단을 검색해줘", "search for the boiler report", "취업규칙에서 병가 검색"]
)
def test_places_alone(question: str) -> None:
    assert kind_of(question) == ("search" if "검색해" in question or "search" in question else "answer")


@pytest.mark.parametrize(
    "question", ["", "   ", "?!", "목록", "요약", "문서", "표", "행", "[" * 2000, "문서 " * 900, "컬렉션" * 600]
)
def test_anything_has_a_kind(question: str) -> None:
    assert kind_of(question) in ("answer", "search", "table", "list", "summary")


def days(first: str | None, end: str | None) -> Period:
    return Period(*(datetime.date.fromisoformat(day) if day else None for day in (first, end)))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024년", days("2024-01-01", "2025-01-01")),
        ("2024년 12월", days("2024-12-01", "2025-01-01")),
        ("2024년 2월 29일", days("2024-02-29", "2024-03-01")),
        ("2024-03", days("2024-03-01", "2024-04-01")),
        ("2024.3.5", days("2024-03-05", "2024-03-06")),
        ("March 2024", days("2024-03-01", "2024-04-01")),
        ("5 March 2024", days("2024-03-05", "2024-03-06")),
        ("March 5th, 2024", days("2024-03-05", "2024-03-06")),
        ("2024년 3분기", days("2024-07-01", "2024-10-01")),
        ("Q4 2024", days("2024-10-01", "2025-01-01")),
        ("2025년 하반기", days("2025-07-01", "2026-01-01")),
        ("2023~2024년", days("2023-01-01", "2025-01-01")),
        ("between 2023 and 2024", days("2023-01-01", "2025-01-01")),
        ("2024년 이후", days("2024-01-01", None)),
        ("since March 2024", days("2024-03-01", None)),
        ("2024년 이전", days(None, "2024-01-01")),
        ("before 2024", days(None, "2024-01-01")),
        ("2024년까지", days(None, "2025-01-01")),
        ("오늘", days("2026-11-23", "2026-11-24")),
        ("어제", days("2026-11-22", "2026-11-23")),
        ("이번 주", days("2026-11-23", "2026-11-30")),
        ("last week", days("2026-11-16", "2026-11-23")),
        ("지난달", days("2026-10-01", "2026-11-01")),
        ("작년", days("2025-01-01", "2026-01-01")),
        ("최근 30일", days("2026-10-24", "2026-11-24")),
        ("최근 일주일", days("2026-11-16", "2026-11-24")),
        ("last 2 weeks", days("2026-11-09", "2026-11-24")),
        ("최근 한 달간", days("2026-10-24", "2026-11-24")),
    ],
)
def test_periods(text: str, period: Period) -> None:
    assert periods(text, TODAY) == ([period], " ")


@pytest.mark.parametrize(
    "text", ["제2024-17호", "전화 031-2024-1111", "연차 15일", "2041번", "2024-02-30", "99/99/9999"]
)
def test_what_is_no_period(text: str) -> None:
    assert periods(text, TODAY) == ([], text)


def test_a_month_that_there_is_not_leaves_the_year() -> None:
    assert periods("2024년 13월", TODAY) == ([days("2024-01-01", "2025-01-01")], "  13월")


def test_january_begins_where_the_year_before_ends() -> None:
    january = datetime.date(2026, 1, 31)
    assert periods("지난달", january)[0] == [days("2025-12-01", "2026-01-01")]


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("2024년 PDF 문서 목록", (("after", "2024-01-01"), ("before", "2025-01-01"), ("type", "pdf"))),
        ("지난달에 올린 파일", (("added_after", "2026-10-01"), ("added_before", "2026-11-01"))),
        ("어제 수정된 문서", (("modified_after", "2026-11-22"), ("modified_before", "2026-11-23"))),
        ("김서연이 쓴 문서", (("author", "김서연"),)),
        ("박도윤 과장이 보낸 메일 목록", (("author", "박도윤"), ("type", "eml"), ("type", "msg"))),
        ("documents written by Ada Lovelace", (("author", "Ada Lovelace"),)),
        ("계약 컬렉션의 문서 목록", (("collection", "계약"),)),
        ("all documents in the collection samples", (("collection", "samples"),)),
        ("한글 문서 목록", (("type", "hwp"),)),
        ("어떤 엑셀 파일이 있나요?", (("type", "excel"),)),
    ],
)
def test_conditions_of_a_list(question: str, filters: tuple[tuple[str, str], ...]) -> None:
    found = listed(question, TODAY)
    assert found.is_list and found.filters == filters and found.words == ()


def test_order_and_number() -> None:
    newest, oldest, named = (
        listed(q, TODAY) for q in ("최근 문서 5개", "가장 오래된 문서 2개", "이름순으로 모든 문서 보여줘")
    )
    assert (newest.most, newest.order, oldest.most, oldest.order) == (5, "newest", 2, "oldest")
    assert (named.most, named.order, named.is_list) == (None, "name", True)
    assert listed("the latest 3 documents", TODAY).most == 3


def test_the_state_of_documents() -> None:
    assert listed("읽지 못한 문서 목록", TODAY).statuses == ("failed",)
    assert listed("password-protected files", TODAY).statuses == ("needs_password",)


@pytest.mark.parametrize(
    "question",
    [
        "구매에 필요한 문서 목록은?",
        "문서 번호 목록",
        "첨부 파일은 몇 개까지 되나요?",
        "2024년 매출은?",
        "누가 작성한 문서인가요?",
    ],
)
def test_a_word_that_is_no_condition_makes_it_a_question(question: str) -> None:
    assert not listed(question, TODAY).is_list
