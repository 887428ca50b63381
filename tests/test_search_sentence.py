"""What is shown of a passage: the sentence that answers, its neighbour, and the form of an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.analyzer import answer_form, telling_words
from ai_chat.search.sentence import MAX_SENTENCE, best_sentence, sought

TEXT = "휴가 규정을 안내한다. 연차휴가는 입사 1년 뒤부터 15일이 주어지며 7일 전까지 신청한다. 병가는 진단서를 낸다."
LONG = " 아울러 담당 부서는 해마다 운영 현황을 살펴 정리한다." * 8  # too long to be anybody's neighbour


def shown(text: str, question: str) -> str:
    start, end = best_sentence(text, sought(question))
    return text[start:end]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("연차휴가는 며칠인가요?", "연차휴가는 입사 1년 뒤부터 15일이 주어지며 7일 전까지 신청한다."),
        ("병가에 무엇이 필요한가?", "병가는 진단서를 낸다."),
        ("unrelated words", "휴가 규정을 안내한다."),
    ],
)
def test_the_sentence_shown_has_the_most_words_of_the_question(question: str, expected: str) -> None:
    assert expected in shown(TEXT, question)


def test_a_word_of_every_sentence_tells_nothing() -> None:
    text = "온새미 사는 김포에 있다. 온새미 사의 사장은 김모이다. 온새미 사는 2001년에 섰다. 온새미 사의 주차장은 넓다."
    assert shown(text, "온새미 사의 주차 자리").endswith("온새미 사의 주차장은 넓다.")


def test_particles_and_endings_may_differ() -> None:
    text = "예산은 부서에서 짠다. 장비를 고칠 때에는 설비팀에 알린다. 식당은 열두 시에 연다."
    assert "설비팀" in shown(text, "장비가 고장 나면 어디에 알리나요?")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("When does the warranty end?", "The warranty is limited. The warranty ends on 31 May 2027."),
        ("출장비 정산은 어디에 맡기나요?", "출장비 정산은 제때 해야 한다. 이 일을 맡은 곳은 재무팀이다."),
        ("콩도르세 승자가 떨어진 선거는?", "콩도르세 승자가 떨어지는 선거도 있다. 대표적인 사례가 1987년 선거다."),
    ],
)
def test_a_neighbour_that_goes_with_the_sentence_is_shown_too(question: str, text: str) -> None:
    assert shown(text, question) == text


def test_a_neighbour_without_any_of_it_is_not_shown() -> None:
    text = "식당은 열두 시에 연다. 병가는 진단서를 낸다. 주차는 지하에 한다."
    assert shown(text, "병가에 필요한 것") == "병가는 진단서를 낸다."


def test_a_heading_is_shown_with_what_stands_under_it() -> None:
    text = "모든 신청은 미리 한다.\n제22조 (연차 유급휴가)\n① 직원은 다음 해에 15일을 받는다."
    assert shown(text, "연차휴가는 며칠인가요?") == "제22조 (연차 유급휴가)\n① 직원은 다음 해에 15일을 받는다."


def test_what_is_shown_is_never_longer_than_the_limit_and_still_holds_the_match() -> None:
    text = "가나 " * 200 + "예산은 3,000만원이며 " + "다라 " * 200
    found = shown(text, "예산은 3000만원?")
    assert len(found) <= MAX_SENTENCE and "3,000만원" in found


def test_a_long_neighbour_is_left_out() -> None:
    text = "병가는 진단서를 낸다." + LONG.replace(". ", ", ") + " 이 병가는"
    assert shown(text, "병가에 필요한 것").startswith("병가는 진단서를 낸다.")
    assert len(shown(text, "병가에 필요한 것")) <= MAX_SENTENCE


@given(st.text(max_size=900), st.text(max_size=60))
def test_any_text_and_question_give_a_span_within_the_limit(text: str, question: str) -> None:
    start, end = best_sentence(text, sought(question))
    assert 0 <= start <= end <= len(text) and end - start <= MAX_SENTENCE


def test_the_best_sentence_of_nothing_is_empty() -> None:
    assert best_sentence("", sought("휴가")) == (0, 0)


@pytest.mark.parametrize(
    ("question", "fits", "differs"),
    [
        ("직원은 몇 명인가요?", "30명이다", "30개이다"),
        ("몇 시간 일하나요?", "8 시간", "여덟 번"),
        ("언제 시작하나요?", "2025년 3월", "봄"),
        ("How many days?", "ten days", "some days"),
    ],
)
def test_the_form_of_an_answer(question: str, fits: str, differs: str) -> None:
    form = answer_form(question)
    assert form is not None
    assert form.search(fits) and not form.search(differs)


def test_most_questions_tell_no_form() -> None:
    assert answer_form("누가 승인하나요?") is None


def test_telling_words_of_a_question() -> None:
    assert telling_words("연차는 며칠 있나요?") == ["연차는", "며칠"]
    assert telling_words("무엇인가요") == ["무엇인가요"]
