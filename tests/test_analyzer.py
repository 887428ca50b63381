"""Terms: Korean, numbers, identifiers and other scripts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.analyzer import GRAMS, NAMES, WORDS, Analyzer, fold

ANALYZER = Analyzer()


def shared(one: str, other: str, field: str = WORDS) -> set[str]:
    return set(ANALYZER.terms(one)[field]) & set(ANALYZER.terms(other)[field])


def test_the_terms_of_a_short_phrase() -> None:
    assert ANALYZER.terms("연차휴가 15일") == {
        GRAMS: ["▁연차", "연차휴", "차휴가", "휴가▁", "가▁1", "▁15", "15일", "5일▁"],
        WORDS: ["연차", "연차휴", "연차휴가", "15", "15일"],
        NAMES: [],
    }


def test_what_a_text_is_called_is_a_field_of_its_own() -> None:
    assert ANALYZER.terms("15일", "휴가 규정")[NAMES] == ["휴가", "휴", "규정", "규"]
    assert ANALYZER.query_terms("휴가")[NAMES] == ["휴가", "휴"]


@pytest.mark.parametrize(
    "phrase, text",
    [
        ("연차휴가 15일", "올해의 연차휴가  15일을 쓴다"),
        ("연차\n휴가", "연차 휴가에서"),
        ("휴가", "휴가는"),
        ("법", "법이란"),
        ("N_CTX 값", "n_ctx 값이"),
        ("3,000만원", "총 3,000만원의"),
        ("지급한다.", "를 지급한다."),
        ("道路", "国道路線"),
        ("Notion", "Notionは便利"),
    ],
)
def test_a_text_that_holds_a_phrase_has_all_its_terms(phrase: str, text: str) -> None:
    there = ANALYZER.terms(text)
    assert all(set(terms) <= set(there[field]) for field, terms in ANALYZER.phrase_terms(phrase).items())


def test_the_terms_of_a_phrase_tell_it_from_others() -> None:
    assert ANALYZER.phrase_terms("연차휴가 15일") == {
        GRAMS: ["▁연차", "연차휴", "차휴가", "휴가▁", "가▁1", "▁15", "15일"],
        WORDS: ["연차", "연차휴", "연차휴가", "15", "15일"],
    }
    assert ANALYZER.phrase_terms("!?") == {GRAMS: [], WORDS: []}


@pytest.mark.parametrize(
    "one, other", [("휴가는", "휴가를"), ("법은", "법을"), ("법", "법이란"[:2]), ("신청서류", "신청하는")]
)
def test_particles_and_endings_leave_a_common_term(one: str, other: str) -> None:
    assert shared(one, other)


@pytest.mark.parametrize(
    "asked, written",
    [
        ("PPR-9087", "품번 ppr-9087을 주문"),
        ("2024년", "(2024년도 예산)"),
        ("3,000만원", "총 3000만원"),
        ("Ｐｏｌｉｃｙ", "policy"),
        ("STRASSE", "straße"),
        ("民法", "大韓民國 民法典"),
        ("道", "道路"),
        ("コーヒー", "ブレンドコーヒー"),
    ],
)
def test_numbers_identifiers_and_other_scripts_are_found(asked: str, written: str) -> None:
    assert shared(asked, written)
    assert set(ANALYZER.query_terms(asked)[WORDS]) & set(ANALYZER.terms(written)[WORDS])


def test_digit_groups_are_one_number_but_a_list_of_numbers_is_not() -> None:
    assert fold("3,000만원, 1,234,567원 그리고 1,2,3") == ["3000만원", "1234567원", "그리고", "1", "2", "3"]


def test_a_word_broken_by_a_line_end_is_found_whole() -> None:
    assert "따라" in ANALYZER.terms("필요에 따\n라 선택하여")[WORDS]


def test_decomposed_hangul_gives_the_same_terms() -> None:
    assert ANALYZER.terms(unicodedata.normalize("NFD", "계약 해지")) == ANALYZER.terms("계약 해지")


def test_combining_marks_do_not_cut_words() -> None:
    assert fold("हिन्दी ภาษาไทย") == ["हिन्दी", unicodedata.normalize("NFKC", "ภาษาไทย")]


@pytest.mark.parametrize("text", ["", "  \n", "!?…", "___"])
def test_text_without_words_has_no_terms(text: str) -> None:
    assert ANALYZER.terms(text) == {GRAMS: [], WORDS: [], NAMES: []}


def test_query_terms_are_distinct_and_in_order() -> None:
    assert ANALYZER.query_terms("휴가 휴가")[WORDS] == ["휴가", "휴"]


@pytest.mark.parametrize(
    "asked, telling",
    [
        ("연차는 며칠 있나요?", "연차는 며칠"),
        ("예산에 대해 설명해 주세요", "예산에"),
        ("How is the engine cooled?", "engine cooled"),
    ],
)
def test_words_that_only_ask_are_left_out_of_a_question(asked: str, telling: str) -> None:
    assert ANALYZER.query_terms(asked) == ANALYZER.query_terms(telling)


def test_a_question_of_nothing_but_asking_words_keeps_them() -> None:
    assert ANALYZER.query_terms("무엇인가요")[WORDS] == ["무엇", "무엇인", "무엇인가", "무엇인가요"]


@given(st.text(max_size=300))
def test_terms_hold_no_white_space_and_are_never_empty(text: str) -> None:
    for terms in ANALYZER.terms(text).values():
        assert all(term and not any(map(str.isspace, term)) for term in terms)


def test_the_ending_of_a_question_is_no_term() -> None:
    asked, told = Analyzer().query_terms("축하금을 주나요?"), Analyzer().query_terms("축하금을 주")
    assert asked == told
    assert Analyzer().terms("축하금을 주나요?") != Analyzer().terms("축하금을 주")
