"""The check of whole answers: what is borne out, which parts are not, markers and places."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.checking.check import Checked, check
from ai_chat.prompt import NOT_FOUND
from ai_chat.types import Hit, UnitRef

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
import checker

LEAVE = (
    "제5조(연차휴가) 1년간 80퍼센트 이상 출근한 직원에게 15일의 연차 유급휴가를 부여한다. 병가는 연 60일까지 쓸 수 있다.\n"
    "신청은 쓰려는 날의 3영업일 전까지 팀장에게 하며, 수습 직원에게는 부여하지 않는다. 담당은 인사팀 김하늘 과장이다."
)
RATES = "숙박비 한도\n직급: 임원 | 일비: 50,000원 | 숙박비: 180,000원\n직급: 과장 | 일비: 30,000원 | 숙박비: 100,000원"
FEE = "The maintenance fee is $1,200 per year. It does not include spare parts. The agreement starts on 1 April 2025."
OPEN = "헌혈한 직원은 그날 2시간을 공가로 쓸 수 있다."
ASKED = "휴가와 출장비 규정은?"


def hit(rank: int, text: str, before: str = "") -> Hit:
    unit = UnitRef("page", rank, f"{rank}쪽")
    start = len(before)
    return Hit(rank, 1.0, f"규정{rank}.md", f"d{rank}", "documents", rank, unit, rank, text, text[:9], start, start + 9)


PASSAGES = (hit(1, LEAVE, "머리말이다.\n"), hit(2, RATES), hit(3, FEE), hit(4, OPEN))


def checked(answer: str, question: str = ASKED) -> Checked:
    return check(answer, question, PASSAGES)


def wrong(found: Checked) -> list[str]:
    return [found.text[start:end] for doubt in found.doubts for start, end in doubt.wrong]


@pytest.mark.parametrize(
    "answer",
    [
        "연차 유급휴가는 15일입니다 [1].",
        "출근율이 80% 이상인 직원은 연차 15일을 받습니다 [1].",
        "병가는 1년에 최대 60일까지 쓸 수 있습니다 [1].",
        "담당자는 인사팀 김하늘 과장입니다 [1].",
        "임원의 숙박비 한도는 18만 원입니다 [2].",
        "과장은 일비 3만원, 숙박비 10만원까지입니다 [2].",
        "The fee is 1,200 dollars a year [3]. Spare parts are not included [3].",
        "It starts in April 2025 [3].",
        NOT_FOUND["ko"],
        "다음과 같습니다:\n- 연차 15일 [1]\n- 공가 2시간 [4]",
        "연차는 15일입니다. 병가는 60일입니다. [1]",
    ],
)
def test_what_the_passages_say_stays_as_it_is(answer: str) -> None:
    found = checked(answer)
    assert (found.text, found.doubts) == (answer, ())


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ("연차 유급휴가는 16일입니다 [1].", "16일"),
        ("연차 유급휴가는 15개월입니다 [1].", "15개월"),
        ("연차 유급휴가는 60일입니다 [1].", "60일"),
        ("신청은 쓰려는 날의 3일 전까지 팀장에게 합니다 [1].", "3일"),
        ("담당자는 인사팀 이바다 과장입니다 [1].", "이바다"),
        ("임원의 숙박비 한도는 10만 원입니다 [2].", "10만 원"),
        ("과장의 일비는 100,000원입니다 [2].", "100,000원"),
        ("The fee is $1,300 per year [3].", "$1,300"),
        ("The agreement starts on 1 May 2025 [3].", "1 May 2025"),
    ],
)
def test_a_wrong_value_is_found_where_it_stands(answer: str, part: str) -> None:
    assert part in wrong(checked(answer))


@pytest.mark.parametrize(
    "answer",
    [
        "병가는 연 60일까지 쓸 수 없습니다 [1].",
        "수습 직원에게도 부여합니다 [1].",
        "The fee includes spare parts [3].",
        "사장은 홍길동이며 육아휴직은 자유롭습니다 [1].",
    ],
)
def test_what_is_denied_or_nowhere_is_doubted(answer: str) -> None:
    assert checked(answer).doubts


def test_places_of_doubts_are_those_of_the_checked_text() -> None:
    found = checked("공가는 2시간입니다 [1]. 연차는 16일입니다 [1].")
    (doubt,) = found.doubts
    assert found.text[doubt.start : doubt.end] == doubt.sentence == "연차는 16일입니다 [1]."
    assert wrong(found) == ["16일"]


@pytest.mark.parametrize(
    ("answer", "mended", "cited"),
    [
        ("공가는 2시간입니다 [1].", "공가는 2시간입니다. [4]", [4]),
        ("병가는 60일까지입니다 [9].", "병가는 60일까지입니다. [1]", [1]),
        ("병가는 60일까지입니다.", "병가는 60일까지입니다. [1]", [1]),
        ("병가는 60일까지입니다 [1][2].", "병가는 60일까지입니다 [1].", [1]),
        ("연차는 15일입니다 [1]. 공가는 2시간입니다.", "연차는 15일입니다 [1]. 공가는 2시간입니다. [4]", [1, 4]),
    ],
)
def test_markers_are_mended_and_only_what_is_used_is_cited(answer: str, mended: str, cited: list[int]) -> None:
    found = checked(answer)
    assert (found.text, [citation.marker for citation in found.citations]) == (mended, cited)
    assert not found.doubts


def test_a_citation_quotes_its_sentence_with_document_page_and_offsets() -> None:
    (citation,) = checked("병가는 60일까지 쓸 수 있습니다 [1].").citations
    unit = "머리말이다.\n" + LEAVE
    assert citation.quote == unit[citation.start : citation.end] == "병가는 연 60일까지 쓸 수 있다."
    assert (citation.document, citation.page, citation.version_id) == ("규정1.md", 1, 1)


def test_a_sentence_from_two_passages_keeps_both() -> None:
    found = checked("연차는 15일이고 공가는 2시간입니다 [1][4].")
    assert [citation.marker for citation in found.citations] == [1, 4]
    assert not found.doubts


@given(st.text(max_size=200))
def test_any_text_is_checked_and_keeps_its_places(text: str) -> None:
    found = check(text, ASKED, PASSAGES)
    for sentence in found.sentences:
        assert found.text[sentence.start : sentence.end] == sentence.text
    for doubt in found.doubts:
        assert all(doubt.start <= start <= end <= doubt.end for start, end in doubt.wrong)


def test_no_passages_bear_nothing_out() -> None:
    found = check("연차는 15일입니다 [1].", ASKED, ())
    assert found.doubts and not found.citations


def test_the_set_over_the_committed_samples_is_told_right_from_wrong(tmp_path: Path) -> None:
    """All rows of the benchmark's set whose documents are committed; the share of the whole set: benchmarks/checker.py."""
    rows, _ = checker.read_rows(checker.SET, tmp_path)
    assert len(rows) > 100
    figures = checker.figures(list(checker.outcomes(rows)))
    assert figures["found"] >= 0.95
    assert figures["false flags"] <= 0.05


STOCK = "\n".join(
    f"품목코드: SKU-{code} | 재고수량: {count} | 창고: {where}"
    for code, count, where in (("1001", 629, "부산"), ("1002", 111, "대전"), ("1003", 172, "부산"))
)
ORDER = "품명: 무선 키보드 | 수량: 10 | 비고: 소모품\n품명: 복합기 토너 | 수량: 12 | 비고: 분기 비축\n품명: 의자 | 수량: 4 | 비고: 회의실"
COUNTRIES = (
    "Country Population (millions) Area (km2)\nAustria 8.9 83,879 Vienna German\nCzech Republic 10.7 78,866 Prague Czech\n"
    "Denmark 5.8 42,951 Copenhagen Danish"
)
CLIENTS = "거래처명: 한빛전자 | 담당자: 이지훈 | 연락처: 02-555-0101\n거래처명: 대륙산업 | 담당자: 최수빈 | 연락처: 031-555-0199"
TERMS = "개발한 결과물에 대해서 어떠한 정확성, 진실성도 보증하지 않는다. 최익현은 1873년 10월 상소를 올렸다. 그는 대통령과 마찰을 빚었다."


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        (STOCK, "SKU-1001은 부산 창고에 629개 있습니다 [1]."),
        (ORDER, "분기 비축용으로 산 것은 복합기 토너 12개입니다 [1]."),
        (ORDER, "무선 키보드는 10개, 의자는 4개입니다 [1]."),
        (COUNTRIES, "Austria has 8.9 million people on 83,879 km2 [1]."),
        (CLIENTS, "한빛전자의 담당자는 이지훈이며 연락처는 02-555-0101입니다 [1]."),
        (TERMS, "결과물의 정확성이나 진실성을 보증하지 않습니다 [1]."),
        (TERMS, "1873년 10월에 최익현이 상소를 올렸습니다 [1]."),
        ("2000 | Series: 2000\n2001 | Series: 2001\n2002 | Series: 2002", "The chart covers 2000, 2001 and 2002 [1]."),
    ],
)
def test_what_a_row_or_a_sentence_says_in_other_words_is_borne_out(passage: str, answer: str) -> None:
    found = check(answer, "알려 주세요", [hit(1, passage)])
    assert (found.text, found.doubts) == (answer, ())


@pytest.mark.parametrize(
    ("passage", "answer", "part"),
    [
        (STOCK, "SKU-1001은 대전 창고에 629개 있습니다 [1].", "대전"),
        (ORDER, "분기 비축용으로 산 것은 무선 키보드 12개입니다 [1].", "12개"),
        (COUNTRIES, "Austria has a population of 10.7 million [1].", "10.7 million"),
        (COUNTRIES, "Austria covers 88,379 km2 [1].", "88,379 km2"),
        (CLIENTS, "한빛전자의 담당자는 이지원이며 연락처는 02-555-0101입니다 [1].", "이지원"),
        (TERMS, "그는 보수적이었지만 대통령과 마찰을 빚지 않았습니다 [1].", "빚지 않"),
    ],
)
def test_what_another_row_says_and_a_name_one_syllable_off_are_wrong(passage: str, answer: str, part: str) -> None:
    assert part in wrong(check(answer, "알려 주세요", [hit(1, passage)]))


def test_a_sentence_that_stands_letter_by_letter_is_borne_out() -> None:
    said = "A report must be sent via the Ministry\u2019s Campus Safety and Disaster Prevention Information Network"
    other = (
        "Another one goes to the County School Suspected Disease Reporting System of the Centers for Disease Control."
    )
    answer = said.replace("\u2019", "'") + " [1]."
    assert check(answer, "where?", [hit(1, f"{said}. {other}")]).doubts == ()


def test_a_marker_goes_to_the_passage_that_says_it_in_so_many_words() -> None:
    beside = hit(1, "반기문은 참여정부의 정책을 추구했다. 참여정부에서 여러 자리를 지냈다.")
    says_it = hit(2, "반기문은 참여정부에서 외교안보보좌관을 지냈다.")
    found = check("반기문은 참여정부에서 외교안보보좌관을 지냈습니다 [1].", "무슨 일을 했나요?", [beside, says_it])
    assert [sentence.markers for sentence in found.sentences] == [(2,)]
