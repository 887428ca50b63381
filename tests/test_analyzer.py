"""Terms: Korean, numbers, identifiers and other scripts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ai_chat.analyzer import WORDS, Analyzer, fold
from ai_chat.analyzer.endings import stem

ANALYZER = Analyzer()


def terms(text: str, title: str = "") -> set[str]:
    return set(ANALYZER.terms(text, title)[WORDS])


def asked(question: str) -> list[str]:
    return ANALYZER.query_terms(question)[WORDS]


def test_the_terms_of_a_short_text() -> None:
    assert ANALYZER.terms("연차휴가는 15일이다")[WORDS] == [
        "연차휴가15일",
        *("연차", "연차휴", "연차휴가", "차휴", "휴가"),
        *("15", "15일"),
    ]


def test_a_question_asks_for_beginnings_and_joined_neighbours() -> None:
    assert asked("연차휴가를 15일") == ["연차", "연차휴", "연차휴가", "15", "15일", "연차휴가15일"]


def test_what_a_text_is_called_is_part_of_it() -> None:
    assert terms("15일", "휴가 규정.md") == terms("휴가 규정 md 15일")


@pytest.mark.parametrize(
    "word, expected",
    [
        ("휴가를", "휴가"),
        ("지급하였습니다", "지급"),
        ("휴가", "휴가"),  # words of two characters are left alone
        ("법에서", "법"),
        ("notion에", "notion"),
        ("2024년부터", "2024년"),
        ("법", "법"),
        ("policy", "policy"),
    ],
)
def test_particles_and_endings_are_taken_off(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize(
    "question, text",
    [
        ("휴가", "연차휴가를 쓴다"),
        ("휴직", "육아휴직급여"),
        ("연차 휴가", "연차휴가는"),
        ("휴가", "연차휴가 15일"),
        ("연차휴가", "연차 휴가는"),
        ("국민은행", "KB국민은행"),
    ],
)
def test_compounds_are_found_by_their_parts_and_written_apart(question: str, text: str) -> None:
    assert set(asked(question)) & terms(text)


@pytest.mark.parametrize(
    "question, text, other",
    [
        ("PPR-9087", "품번 ppr-9087을 주문", "품번 ppr-9086, abc-9087"),
        ("2024년 3월", "2024년 3월에", "2024년 4월, 2023년 3월"),
        ("N_CTX", "n_ctx의 값", "n_batch, x_ctx"),
        ("v1.2.3", "판 v1.2.3", "판 v1.3.2"),
        ("lee@abc.kr", "lee@abc.kr로 보낸다", "kim@abc.kr, lee@xyz.kr"),
    ],
)
def test_identifiers_and_dates_are_whole(question: str, text: str, other: str) -> None:
    assert len(set(asked(question)) & terms(text)) > len(set(asked(question)) & terms(other))


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
        ("연차 휴가", "연\n차 휴\n가를"),
        ("정하여", "정하여야"),
        ("결과", "결과보고서를"),
        ("보험가", "보험가입이"),
    ],
)
def test_a_text_that_holds_a_phrase_has_all_its_terms(phrase: str, text: str) -> None:
    assert set(ANALYZER.phrase_terms(phrase)[WORDS]) <= terms(text)


KOREAN = st.text("가나다라에서의를은하한년大か b1", min_size=1, max_size=6)


@given(KOREAN, KOREAN, st.text("가는에서의다이를 ", max_size=4))
def test_whatever_follows_a_phrase_its_terms_are_there(one: str, other: str, more: str) -> None:
    phrase = f"{one} {other}".strip()
    assert set(ANALYZER.phrase_terms(phrase)[WORDS]) <= terms(f"앞 {phrase}{more}")


def test_the_terms_of_a_phrase_tell_it_from_others() -> None:
    assert ANALYZER.phrase_terms("연차휴가 15일")[WORDS] == ["연차", "연차휴", "연차휴가", "차휴", "휴가", "15", "15일"]
    assert ANALYZER.phrase_terms("!?")[WORDS] == []


@pytest.mark.parametrize(
    "question, text",
    [
        ("2024년", "(2024년도 예산)"),
        ("3,000만원", "총 3000만원"),
        ("Ｐｏｌｉｃｙ", "policy"),
        ("STRASSE", "straße"),
        ("民法", "大韓民國 民法典"),
        ("道", "道路"),
        ("コーヒー", "ブレンドコーヒー"),
    ],
)
def test_numbers_and_other_scripts_are_found(question: str, text: str) -> None:
    assert set(asked(question)) & terms(text)


def test_digit_groups_are_one_number_but_a_list_of_numbers_is_not() -> None:
    assert fold("3,000만원, 1,234,567원 그리고 1,2,3") == ["3000만원", "1234567원", "그리고", "1", "2", "3"]


def test_a_word_broken_by_a_line_end_is_found_whole() -> None:
    assert "따라" in terms("필요에 따\n라 선택하여")


def test_decomposed_hangul_gives_the_same_terms() -> None:
    assert ANALYZER.terms(unicodedata.normalize("NFD", "계약 해지")) == ANALYZER.terms("계약 해지")


def test_combining_marks_do_not_cut_words() -> None:
    assert fold("हिन्दी ภาษาไทย") == ["हिन्दी", unicodedata.normalize("NFKC", "ภาษาไทย")]


@pytest.mark.parametrize("text", ["", "  \n", "!?…", "___"])
def test_text_without_words_has_no_terms(text: str) -> None:
    assert ANALYZER.terms(text) == ANALYZER.query_terms(text) == ANALYZER.phrase_terms(text) == {WORDS: []}


def test_query_terms_are_distinct_and_in_order() -> None:
    assert asked("휴가 휴가") == ["휴가", "휴", "휴가휴가"]


@pytest.mark.parametrize(
    "question, telling",
    [
        ("연차는 며칠 있나요?", "연차는 며칠"),
        ("예산에 대해 설명해 주세요", "예산에"),
        ("How is the engine cooled?", "engine cooled"),
    ],
)
def test_words_that_only_ask_are_left_out_of_a_question(question: str, telling: str) -> None:
    assert asked(question) == asked(telling)


def test_a_question_of_nothing_but_asking_words_keeps_them() -> None:
    assert asked("무엇인가요") == ["무엇", "무엇인", "무엇인가"]


@given(st.text(max_size=300))
@example("\u0c8d")  # no character, by the Unicode of today
def test_terms_hold_no_white_space_and_are_never_empty(text: str) -> None:
    for found in (ANALYZER.terms(text, text), ANALYZER.query_terms(text), ANALYZER.phrase_terms(text)):
        assert all(term.split() == [term] for term in found[WORDS])


@pytest.mark.parametrize(
    "text", ["가" * 50_000, "휴가 " * 20_000, "\ud800휴가\udfff", "휴가\0비", "👩‍👩‍👧‍👦 휴가 🇰🇷", '(a+)+$ "title:*~2^']
)
def test_odd_texts_have_terms_that_can_be_stored(text: str) -> None:
    for found in (ANALYZER.terms(text), ANALYZER.query_terms(text), ANALYZER.phrase_terms(text)):
        " ".join(found[WORDS]).encode()
    assert asked(text)


def test_the_ending_of_a_question_is_no_term() -> None:
    assert asked("축하금을 주나요?") == asked("축하금을 주")
    assert terms("축하금을 주나요?") != terms("축하금을 주")
