"""Which day a document is of: by its name, its first page, what its file tells."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai_chat.dates import FIRST_PAGE, day_of, document_date, text_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-15", "2024-03-15"),
        ("2024.3.15.", "2024-03-15"),
        ("2024. 3. 15.(금) 배포", "2024-03-15"),
        ("2024/03/15", "2024-03-15"),
        ("2024년 3월 15일", "2024-03-15"),
        ("２０２４년３월１５일", "2024-03-15"),
        ("24년 3월 15일", "2024-03-15"),
        ("'24.3.15", "2024-03-15"),
        ("’99. 12. 31.", "1999-12-31"),
        ("2024년 3월", "2024-03-01"),
        ("제목\n2024. 3.\n부서", "2024-03-01"),
        ("15 March 2024", "2024-03-15"),
        ("the 3rd of March 2024", "2024-03-03"),
        ("March 15th, 2024", "2024-03-15"),
        ("15-Mar-2024", "2024-03-15"),
        ("Sept. 2, 2024", "2024-09-02"),
        ("March 2024", "2024-03-01"),
        ("12/31/2024", "2024-12-31"),
        ("2024년 2월 29일", "2024-02-29"),
    ],
)
def test_ways_to_write_a_date(text: str, day: str) -> None:
    assert text_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30",
        "2023년 2월 29일",
        "2024-13-01",
        "31/12/2024",
        "1800-01-01 9999-01-01",
        "v2024.3.15",
        "버전 2024.3.15",
        "Version 2024.1.2",
        "2024.3.15.1",
        "192.168.20.24",
        "02-2024-0315",
        "010-2024-0315",
        "1588-2024-03-15",
        "2024-03-15-001",
        "900101-1234567",
        "제2024-3-15호",
        "20240315",
        "1234567890",
        "제3조 제1항",
        "10:30",
        "근속 15년 3개월",
        "",
    ],
)
def test_what_only_looks_like_a_date(text: str) -> None:
    assert text_date(text) == ""


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("회의록_20240315.pdf", "2024-03-15"),
        ("20240315_회의록.pdf", "2024-03-15"),
        ("240315 회의록.hwp", "2024-03-15"),
        ("회의록(2024.3.15).pdf", "2024-03-15"),
        ("report_2024_03_15_final.docx", "2024-03-15"),
        ("report-2024-03-15-v2.docx", "2024-03-15"),
        ("Minutes_15_March_2024.txt", "2024-03-15"),
        ("2024.3.15", "2024-03-15"),
        ("'24.3.15 회의.txt", "2024-03-15"),
        ("202403_실적.csv", "2024-03-01"),
        ("2024-03 실적.csv", "2024-03-01"),
        ("2024년 3월 실적.csv", "2024-03-01"),
        ("2024년 3월_2. 운영.pdf", "2024-03-01"),
        ("sales-2024-03.csv", "2024-03-01"),
        ("SEC-2025-09 공지.txt", ""),
        ("2024년 사업계획.pdf", "2024-01-01"),
        ("annual_report_2023.pdf", "2023-01-01"),
        ("2023 실적 2024-03-15.pdf", "2024-03-15"),
        ("실적.pdf", ""),
        ("20240230.pdf", ""),
        ("app_v2024.3.15.txt", ""),
        ("010-2024-0315.txt", ""),
        ("900101-1234567.txt", ""),
        ("제2024-03호 공고.txt", ""),
        ("KS X 1001.txt", ""),
        ("123456.txt", ""),
        ("200301.txt", ""),
        ("12345678901.txt", ""),
    ],
)
def test_dates_in_names(name: str, day: str) -> None:
    assert document_date(name) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("계약 2020-01-02에 따라\n작성일: 2024-03-15", "2024-03-15"),
        ("작성일자 | 2024. 3. 15.", "2024-03-15"),
        ("시행일자：2024년 1월 1일 (2020.1.1 제정)", "2024-01-01"),
        ("From: a\nDate: 15 March 2024\nSent 16 March 2024", "2024-03-15"),
        ("제정 2010. 1. 1.\n개정 2024. 3. 15.\n개정 2019. 5. 5.", "2024-03-15"),
        ("기간: 2023.1.1 ~ 2023.12.31\n2024.2.1.", "2024-02-01"),
        ("2023년 1월 1일부터 2023년 12월 31일까지", ""),
        ("(가) 2024.3.15 (나) 2024.3.16", "2024-03-15"),
        ("x" * FIRST_PAGE + " 2024-03-15", ""),
    ],
)
def test_the_date_of_a_first_page(text: str, day: str) -> None:
    assert text_date(text) == day


@pytest.mark.parametrize(
    ("name", "inside", "day"),
    [
        ("20240315.pdf", "2020-01-01", "2024-03-15"),
        ("2024년 계획.pdf", "2024-03-15", "2024-03-15"),
        ("2024년 계획.pdf", "2023-11-20", "2024-01-01"),
        ("2024-02 실적.csv", "2024-02-29", "2024-02-29"),
        ("계획.pdf", "2023-11-20", "2023-11-20"),
        ("계획.pdf", "", ""),
    ],
)
def test_which_of_several_dates(name: str, inside: str, day: str) -> None:
    assert document_date(name, inside) == day


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("D:20240315093000+09'00'", "2024-03-15"),
        ("D:202403150930", "2024-03-15"),
        ("20240315", "2024-03-15"),
        ("2024-03-15T09:30:00Z", "2024-03-15"),
        ("2024-03-15 09:30", "2024-03-15"),
        ("Fri, 15 Mar 2024 09:30:00 GMT", "2024-03-15"),
        ("D:00000000000000Z", ""),
        ("yesterday", ""),
    ],
)
def test_dates_that_files_tell(value: str, day: str) -> None:
    assert day_of(value) == day


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=200), st.text(alphabet="0123456789-./년월일 '~T:", max_size=60))
def test_any_text_has_a_day_or_none(text: str, numbers: str) -> None:
    for value in (document_date(text), document_date(numbers), text_date(numbers), day_of(numbers)):
        assert value == "" or text_date(value) == value
