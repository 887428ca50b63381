"""Rows of tables in the forms that loaders write, ranges in cells, and the row that a question is about."""

from __future__ import annotations

import pytest

from ai_chat.answer.fold import answer_of
from ai_chat.answer.log import TurnLog
from ai_chat.answer.ranges import amounts, is_range, within
from ai_chat.answer.rows import tables
from ai_chat.answer.table import find_row, tell_rows, unit_text
from ai_chat.types import Event, Hit, Unit, UnitRef

LEAVE = """표 1. 근속 기간별 연차 일수

근속 기간: 1년 미만 | 연차 일수: 최대 11일 | 비고: 한 달 개근마다 1일
근속 기간: 1년 이상 3년 미만 | 연차 일수: 15일
근속 기간: 3년 이상 5년 미만 | 연차 일수: 16일
근속 기간: 21년 이상 | 연차 일수: 25일

휴가는 미리 신청한다."""
PRICES = """표 2. 단가

품명: 스핀들 베어링 | 규격: SB-7014 | 단가(원): 194,000
품명: 스핀들 베어링 | 규격: SB-7010 | 단가(원): 152,000
품명: 절삭유 필터 | 규격: CF-20L | 단가(원): 22,900"""
MARKDOWN = """할 일

| 번호 | 담당 | 기한 |
| --- | --- | --- |
| 1 | 여름찬 | 6월 27일 |
| 번호 | 담당 | 기한 |
| 2 | 편도담 | 6월 20일 |
"""
SPACED = """하루를 기준으로 지급한다.

  직급              일비        숙박비
  부장, 차장        35,000원    120,000원
  과장, 대리        30,000원    100,000원
"""


class Kept:
    def append_events(self, turn_id: str, events: list[Event], /) -> None: ...


def hit(text: str, rank: int = 1, document: str = "규정.pdf") -> Hit:
    sentence = text.splitlines()[0]
    return Hit(
        rank, 1.0, document, f"d{rank}", "documents", rank, UnitRef("page", 2, "2"), 2, text, sentence, 0, len(sentence)
    )


def whole(found: Hit) -> str:
    return found.text


def test_named_rows_with_the_lines_before_them() -> None:
    (table,) = tables(LEAVE)
    assert table.caption == "표 1. 근속 기간별 연차 일수" and table.names == ("근속 기간", "연차 일수", "비고")
    assert len(table.rows) == 4
    assert LEAVE[table.rows[1].start : table.rows[1].end] == "근속 기간: 1년 이상 3년 미만 | 연차 일수: 15일"


def test_markdown_rows_have_the_names_above_them_and_the_repeated_header_is_none() -> None:
    (table,) = tables(MARKDOWN)
    assert [row.cells for row in table.rows] == [
        (("번호", "1"), ("담당", "여름찬"), ("기한", "6월 27일")),
        (("번호", "2"), ("담당", "편도담"), ("기한", "6월 20일")),
    ]
    assert MARKDOWN[table.rows[1].start : table.rows[1].end] == "| 2 | 편도담 | 6월 20일 |"


def test_columns_set_with_spaces() -> None:
    (table,) = tables(SPACED)
    assert table.rows[1].cells == (("직급", "과장, 대리"), ("일비", "30,000원"), ("숙박비", "100,000원"))
    assert not tables("공지번호 : SEC-1\n게시일   : 7월 3일\n대상     : 모두")
    assert not tables("First sentence.  Second sentence.\nAnother line.  And more.  And more.")


def test_a_long_row_over_several_lines_is_one() -> None:
    (table,) = tables(
        "번호: 1 | 품명: 필터 | 비고: 가\n번호: 1 | 품명: 필터 | 담당: 나\n번호: 2 | 품명: 벨트 | 비고: 다"
    )
    assert [row.cells[-1] for row in table.rows] == [("담당", "나"), ("비고", "다")]
    assert len(table.rows[0].cells) == 4


def test_rows_without_names_are_as_they_stand() -> None:
    (table,) = tables("작성자 | 한글\n기간 | 3월")
    assert [row.text for row in table.rows] == ["작성자 | 한글", "기간 | 3월"]


@pytest.mark.parametrize(
    ("cell", "question", "inside"),
    [
        ("5년 이상 7년 미만", "근속 6년", True),
        ("5년 이상 7년 미만", "근속 5년", True),
        ("5년 이상 7년 미만", "근속 7년인 사람", False),
        ("1년 미만", "근속 0.5년", True),
        ("1년 미만", "근속 1년", False),
        ("21년 이상", "30년 일한 사람", True),
        ("10~20개", "15개", True),
        ("10 ~ 20", "21개", False),
        ("100 km 초과", "100 km", False),
        ("최대 11일", "11일", True),
        ("3.5 MPa에서 4.0 MPa", "3.8 MPa", True),
        ("up to 50 km", "30 km away", True),
        ("less than 8 hours", "8 hours", False),
        ("1,000원 이하", "1000원", True),
    ],
)
def test_amounts_within_ranges(cell: str, question: str, inside: bool) -> None:
    (amount,) = amounts(question)
    assert is_range(cell, amount.unit) and within(cell, amount) == inside


@pytest.mark.parametrize("cell", ["16일", "SB-7014", "2025년 4월 17일", "02-555-0101", "", "A4까지 컬러"])
def test_what_is_no_range(cell: str) -> None:
    assert not is_range(cell, "년")


def test_the_row_and_the_column_asked_for() -> None:
    found = find_row("단가표에서 절삭유 필터의 단가는?", [hit(LEAVE), hit(PRICES, 2, "단가표.csv")], whole)
    assert found is not None and found.sure and found.asked == ("단가(원)",)
    assert found.hit.rank == 2 and [row.cells[0][1] for row in found.rows] == ["절삭유 필터"]


def test_an_amount_finds_the_range_that_holds_it() -> None:
    found = find_row("표에서 근속 4년이면 연차 일수는 며칠인가요?", [hit(LEAVE)], whole)
    assert found is not None and found.rows[0].cells == (("근속 기간", "3년 이상 5년 미만"), ("연차 일수", "16일"))
    assert found.asked == ("연차 일수",)


def test_rows_that_are_as_good_are_all_told() -> None:
    found = find_row("표에서 스핀들 베어링의 단가", [hit(PRICES)], whole)
    assert found is not None and len(found.rows) == 2 and not found.sure


def test_a_table_that_is_named_by_its_number_is_told_whole() -> None:
    found = find_row("표 2를 보여줘", [hit(LEAVE), hit(PRICES, 2)], whole)
    assert found is not None and found.hit.rank == 2 and len(found.rows) == 3


@pytest.mark.parametrize("question", ["표에서 화성 탐사선의 궤도는?", "in the table, who won?"])
def test_no_row_is_told_where_none_has_a_word_of_the_question(question: str) -> None:
    assert find_row(question, [hit(LEAVE), hit("글만 있는 문단입니다.", 2)], whole) is None
    assert find_row(question, [], whole) is None


def test_the_row_is_told_with_its_citation_in_the_whole_unit() -> None:
    unit = Unit("page", 2, "2", PRICES)
    passage = PRICES[PRICES.index("품명: 절삭유") :]
    shown = Hit(
        3, 1.0, "단가표.csv", "d", "documents", 7, UnitRef("page", 2, "2"), 2, passage, passage, 60, 60 + len(passage)
    )
    found = find_row("표에서 SB-7010의 단가", [shown], unit_text(lambda version: [unit] if version == 7 else []))
    assert found is not None
    log = TurnLog("t", Kept())
    assert tell_rows(log, found, str.upper) == ("stop", None)
    log.finish({"finish_reason": "stop"})
    answer = answer_of("", log.follow())
    assert answer.answer == "단가(원): 152,000 [3]\n품명: 스핀들 베어링 | 규격: SB-7010 | 단가(원): 152,000 [3]"
    (citation,) = answer.citations
    assert (citation.marker, citation.version_id, citation.page) == (3, 7, 2)
    assert (
        PRICES[citation.start : citation.end]
        == citation.quote
        == "품명: 스핀들 베어링 | 규격: SB-7010 | 단가(원): 152,000"
    )


def test_where_the_unit_is_gone_the_passage_is_read_in_its_place() -> None:
    row = "품명: 절삭유 필터 | 단가(원): 22,900"
    shown = Hit(1, 1.0, "단가표.csv", "d", "documents", 7, UnitRef("page", 2, "2"), 2, row, row, 100, 100 + len(row))
    found = find_row("표에서 절삭유 필터의 단가", [shown], unit_text(lambda _version: []))
    assert found is not None
    log = TurnLog("t", Kept())
    tell_rows(log, found, str)
    log.finish({})
    (citation,) = answer_of("", log.follow()).citations
    assert (citation.start, citation.end) == (100, 100 + len(row))


def test_markers_in_cells_are_blunted() -> None:
    found = find_row("표에서 필터의 단가", [hit("품명: 필터 [9] | 단가: 5원\n품명: 벨트 | 단가: 6원")], whole)
    assert found is not None
    log = TurnLog("t", Kept())
    tell_rows(log, found, str)
    log.finish({})
    assert answer_of("", log.follow()).answer == "단가: 5원 [1]\n품명: 필터 (9) | 단가: 5원 [1]"
