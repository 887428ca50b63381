"""Whether an answer says what its passages say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.checking.claims import MarkerFilter, claims, rambles
from ai_chat.checking.support import citations, hopeless, showable
from ai_chat.checking.wording import numbers, rare_words
from ai_chat.types import Hit, UnitRef

LEAVE = "제5조(연차휴가) 1년간 80퍼센트 이상 출근한 직원에게 15일의 연차 유급휴가를 부여한다. 병가는 연 60일까지 쓸 수 있다."
PRICE = "The maintenance fee is $1,200 per year. It does not include spare parts."
ASKED = "연차휴가는 며칠인가요?"


def hit(rank: int, text: str, sentence: str, unit_text: str | None = None) -> Hit:
    whole = unit_text or text
    start = whole.index(sentence)
    unit = UnitRef("page", 3, "3쪽")
    return Hit(rank, 1.0, "규정.md", "d1", "documents", 7, unit, 3, text, sentence, start, start + len(sentence))


PASSAGES = (hit(1, LEAVE, LEAVE[:20]), hit(2, PRICE, PRICE[:20]))


@pytest.mark.parametrize(
    "answer",
    [
        "15일 [1]",
        "15일입니다. [1]",
        "연차 유급휴가는 15일입니다 [1].",
        "직원에게 15일의 연차 유급휴가를 부여합니다. [1] 병가는 연 60일까지입니다. [1]",
        "80% 이상 출근한 직원에게 연차 15일을 부여한다 [1]",
    ],
)
def test_what_the_passage_says_is_shown(answer: str) -> None:
    assert showable(answer, ASKED, PASSAGES)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("", "empty"),
        ("연차 유급휴가는 15일입니다.", "no marker"),
        ("연차 유급휴가는 15일입니다. [7]", "no such passage"),
        ("연차 유급휴가는 20일입니다. [1]", "another number"),
        ("연차 유급휴가는 15개월입니다. [1]", "another unit"),
        ("연차 유급휴가는 15일입니다. [2]", "another passage"),
        ("육아휴직은 15일입니다. [1]", "another word"),
        ("연차 유급휴가는 60일입니다. [1]", "numbers and words of two sentences"),
        ("연차 유급휴가 15일을 부여하지 않는다. [1]", "denied"),
        ("연차휴가는 며칠인가요? [1]", "the question again"),
        ("연차휴가는 [1]", "nothing but the question's words"),
        ("15일 [1] 15일 [1]\n15일 [1]", "repeated"),
        ("연차 15일 [1]. 그리고 사장은 홍길동이다.", "one sentence without support"),
        ("[1] [1] [1]", "markers alone"),
    ],
)
def test_anything_else_is_withheld(answer: str, why: str) -> None:
    assert not showable(answer, ASKED, PASSAGES), why


@pytest.mark.parametrize(
    ("beginning", "lost"),
    [
        ("연차는", False),
        ("연차는 15일이다.", False),
        ("연차는 15일이다. [1] 병", False),
        ("연차는 15일이다. 병가", True),
    ],
)
def test_decoding_ends_where_nothing_can_be_shown_any_more(beginning: str, lost: bool) -> None:
    assert hopeless(beginning) == lost


def test_english_is_compared_too() -> None:
    asked = "How much is the maintenance fee?"
    assert showable("The maintenance fee is $1,200 per year [2].", asked, PASSAGES)
    assert showable("$1200 [2]", asked, PASSAGES)
    assert not showable("The maintenance fee is $1,300 per year [2].", asked, PASSAGES)
    assert not showable("It does include spare parts [2].", asked, PASSAGES)


def test_a_value_alone_must_stand_beside_what_was_asked() -> None:
    assert not showable("15일 [1]", "장비 임대 보증금은?", PASSAGES)


def test_a_value_alone_comes_from_the_sentence_nearest_to_the_question() -> None:
    assert showable("60일 [1]", "병가는 며칠까지 쓸 수 있나요?", PASSAGES)
    assert not showable("15일 [1]", "병가는 며칠까지 쓸 수 있나요?", PASSAGES)


def test_where_a_number_is_asked_for_one_is_given() -> None:
    assert not showable("유급휴가 [1]", "연차휴가는 며칠인가요?", PASSAGES)
    assert showable("유급휴가 [1]", "출근한 직원에게 부여하는 것은?", PASSAGES)


def test_markers_behind_a_full_stop_belong_to_the_sentence_before() -> None:
    found = claims("연차는 15일이다. [1] 병가는 60일이다. [1][2] 끝.")
    assert [claim.markers for claim in found] == [(1,), (1, 2), ()]
    assert [claim.text for claim in found] == ["연차는 15일이다. [1]", "병가는 60일이다. [1][2]", "끝."]


def test_a_citation_quotes_the_nearest_sentence_where_it_stands() -> None:
    unit_text = "머리말이다.\n" + LEAVE
    cited = citations("병가는 60일입니다 [1].", [hit(1, LEAVE, LEAVE[:20], unit_text)])
    assert [citation.quote for citation in cited] == ["병가는 연 60일까지 쓸 수 있다."]
    assert unit_text[cited[0].start : cited[0].end] == cited[0].quote
    assert (cited[0].marker, cited[0].page, cited[0].version_id) == (1, 3, 7)


def test_a_marker_is_cited_once_and_unknown_ones_never() -> None:
    cited = citations("연차 15일 [1]. 병가 60일 [1]. 없음 [9].", PASSAGES)
    assert [citation.marker for citation in cited] == [1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("연차 15일 [1].", "연차 15일 [1]."),
        ("연차 15일 [9].", "연차 15일."),
        ("연차 [1, 9] 그리고 [2][3]", "연차 [1] 그리고 [2]"),
        ("배열 a[i]와 [주의] [0]", "배열 a[i]와 [주의]"),
        ("끝이 열림 [1", "끝이 열림 [1"),
    ],
)
def test_markers_without_a_passage_are_taken_out_of_a_stream(text: str, shown: str) -> None:
    for size in (1, 2, 5, 100):
        markers = MarkerFilter({1: 1, 2: 2}.get)
        pieces = [markers.push(text[i : i + size]) for i in range(0, len(text), size)]
        assert "".join(pieces) + markers.rest() == shown


def test_rambling_is_seen() -> None:
    assert rambles("연차는 15일이다. 연차는 15일이다.")
    assert rambles("네 네 네 네 네 네 네 네 네 네")
    assert rambles("a b c d a b c d a b c d")
    assert not rambles(LEAVE)


def test_words_lose_their_particles_and_numbers_keep_their_units() -> None:
    assert rare_words("연차휴가를 직원에게 부여합니다") == {"연차휴가", "직원", "부여"}
    assert numbers("1,200원, 3만 원, 2024.03.01, 80 퍼센트, 3.50") == {
        ("1200", "원"), ("3", "만"), ("2024", ""), ("3", ""), ("1", ""), ("80", "%"), ("3.5", ""),
    }  # fmt: skip


@given(st.text(max_size=300))
def test_any_text_is_judged_without_falling(text: str) -> None:
    showable(text, ASKED, PASSAGES)
    citations(text, PASSAGES)
    for claim in claims(text):
        assert text[claim.start : claim.end] == claim.text


def test_a_sentence_that_does_not_end_is_cut_between_words_and_never_in_a_marker() -> None:
    answer = "번호 1234 [1, 2] " * 200 + "끝 [3]."
    found = claims(answer)
    assert max(len(each.text) for each in found) <= 310
    assert "".join(each.text for each in found).replace(" ", "") == answer.replace(" ", "")
    assert {marker for each in found for marker in each.markers} == {1, 2, 3}
    assert claims("가" * 1000)[0].end == 300
