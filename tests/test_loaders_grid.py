"""Tables: which rows are a header, how a row says the names of its columns, and what becomes of merged cells and forms."""

from __future__ import annotations

import pytest

from ai_chat.loaders.grid import Cell, find_header, is_value, row_lines, spread, table_lines

PLAN = [
    ["구분", "2023", "", "2024", ""],
    ["구분", "계획", "실적", "계획", "실적"],
    ["매출", "10", "20", "30", "40"],
    ["비용", "1", "2", "3", "4"],
]
FORM = [
    ["성명", "홍길동", "부서", "총무과"],
    ["연락처", "010-1234-5678", "직급", "과장"],
    ["입사일", "2020-01-02", "주소", "서울시"],
]


def test_each_row_says_the_names_of_its_columns() -> None:
    rows = [["품명", "수량", "비고"], ["노트북", "3", "신규"], ["", "", ""], ["의자", "2", ""]]
    assert list(table_lines(rows)) == ["품명: 노트북 | 수량: 3 | 비고: 신규", "품명: 의자 | 수량: 2"]


def test_a_header_of_two_rows_is_joined() -> None:
    first, second = table_lines(PLAN)
    assert first == "구분: 매출 | 2023 계획: 10 | 2023 실적: 20 | 2024 계획: 30 | 2024 실적: 40"
    assert second.startswith("구분: 비용 | 2023 계획: 1")


def test_titles_above_a_header_are_lines_of_their_own() -> None:
    rows = [["2024 매출 현황", "", ""], ["(단위: 천원)", "", ""], ["부서", "1월", "2월"], ["영업", "10", "20"]]
    assert list(table_lines(rows)) == ["2024 매출 현황", "(단위: 천원)", "부서: 영업 | 1월: 10 | 2월: 20"]


@pytest.mark.parametrize(
    "rows",
    [
        FORM,
        [["성명", "홍길동"], ["사번", "2024001"], ["나이", "35"]],
        [["용어", "정의"], ["AI", "인공지능"]],
        [["a", "1"]],
        [
            ["성명", "홍길동", "소속", "총무과"],
            ["기간", "2026-03-05", "~", "2026-03-07"],
            ["사유", "가족 행사"],
            ["이상"],
        ],
    ],
)
def test_a_form_has_no_header(rows: list[list[str]]) -> None:
    assert find_header(rows) is None
    assert list(table_lines(rows)) == [" | ".join(row) for row in rows]


@pytest.mark.parametrize(
    "header",
    [
        ["거래처", "담당", "연락처"],
        ["", "2023", "2024"],
        ["부서", "1분기", "2분기"],
        ["성명", "부서", "직급"],
        ["Item", "Price", "Note"],
    ],
)
def test_headers_that_offices_write(header: list[str]) -> None:
    found = find_header([header, ["한빛", "10", "20"], ["두리", "30", "40"]])
    assert found is not None
    assert (found.names, found.start, found.end) == (tuple(header), 0, 1)


def test_three_columns_of_words_under_names_are_a_table() -> None:
    rows = [["거래처", "담당", "비고"], ["한빛", "이지훈", "서울"], ["두리", "김하나", ""]]
    assert list(table_lines(rows))[1] == "거래처: 두리 | 담당: 김하나"


def test_a_row_like_those_below_it_is_no_header() -> None:
    assert (
        find_header(
            [["하천과", "체험관 운영", "총괄"], ["하천과", "시설 유지", "관리"], ["하천과", "시설 교체", "총괄"]]
        )
        is None
    )


def test_what_the_caller_knows_of_the_header_holds() -> None:
    rows = [["용어", "정의"], ["AI", "인공지능"]]
    assert list(table_lines(rows, header=True)) == ["용어: AI | 정의: 인공지능"]
    assert next(table_lines(PLAN, header=False)) == "구분 | 2023 | 2024"
    assert list(table_lines([["하나", "둘"]], header=True)) == ["하나 | 둘"]


def test_a_cell_with_a_row_to_itself_keeps_its_lines() -> None:
    assert list(table_lines([["첫 줄\n둘째  줄\n"]])) == ["첫 줄", "둘째 줄"]
    assert row_lines(["1. 인건비", "", ""], ["품명", "수량", "비고"]) == ["1. 인건비"]


def test_a_long_row_becomes_lines_that_begin_with_what_it_is_about() -> None:
    header = ["번호", "성명", *[f"{month}월 지급 총액" for month in range(1, 25)]]
    lines = row_lines(["1", "홍길동", *[f"{month},000,000" for month in range(1, 25)]], header)
    assert len(lines) > 2
    assert all(line.startswith("번호: 1 | 성명: 홍길동 | ") and len(line) <= 250 for line in lines)
    assert "24월 지급 총액: 24,000,000" in lines[-1]


def test_the_name_of_an_empty_column_is_not_lost() -> None:
    lines = list(table_lines([["품명", "수량", "비고"], ["노트북", "3", ""], ["의자", "2", ""]]))
    assert lines == ["품명 | 수량 | 비고", "품명: 노트북 | 수량: 3", "품명: 의자 | 수량: 2"]


def test_merged_cells_are_said_in_every_row_they_cover() -> None:
    cells = [
        Cell(0, 0, "부서", 1, 1),
        Cell(0, 1, "금액", 1, 2),
        Cell(1, 0, "총무", 2),
        Cell(1, 1, "10"),
        Cell(2, 2, "20"),
    ]
    assert spread(cells) == [["부서", "금액", ""], ["총무", "10", ""], ["총무", "", "20"]]
    assert spread([]) == []


@pytest.mark.parametrize(
    "cell", ["1,450,000", "₩1,200", "(1,234)", "△15.3%", "2026-03-05", "02-555-0101", "3개", "12:30"]
)
def test_values(cell: str) -> None:
    assert is_value(cell)


@pytest.mark.parametrize("cell", ["SKU-1", "비품 3호", "1. 인건비", "", "A4"])
def test_no_values(cell: str) -> None:
    assert not is_value(cell)


def test_cell_reaches_no_further_than_the_table() -> None:
    assert spread([Cell(0, 0, "가", rows=10**9), Cell(0, 1, "1"), Cell(1, 1, "2")]) == [["가", "1"], ["가", "2"]]
