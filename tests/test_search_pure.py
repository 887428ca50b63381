"""Fusion and the best sentence, as functions of their arguments."""

from __future__ import annotations

import numpy as np
import pytest

from ai_chat.analyzer import Analyzer, answer_form
from ai_chat.search.fusion import fuse
from ai_chat.search.sentence import MAX_SENTENCE, best_sentence

NAN = float("nan")
ANALYZER = Analyzer()
TEXT = "휴가 규정을 안내한다. 연차휴가는 입사 1년 뒤부터 15일이 주어지며 7일 전까지 신청한다. 병가는 진단서를 낸다."


def fused(lexical: list[float], dense: list[float], weight: float) -> list[float]:
    scores = fuse(np.array(lexical, np.float32), np.array(dense, np.float32), weight)
    return [round(float(score), 4) for score in scores]


def sentence(text: str, question: str) -> str:
    rarity = {field: dict.fromkeys(terms, 1.0) for field, terms in ANALYZER.query_terms(question).items()}
    start, end = best_sentence(text, ANALYZER, rarity)
    return text[start:end]


def test_fusion_is_the_convex_sum_of_normalised_scores() -> None:
    assert fused([20.0, 10.0, NAN], [0.80, 0.90, 0.85], 0.25) == [0.75, 0.625, 0.125]


def test_fusion_of_a_chunk_without_a_vector_goes_by_its_keywords() -> None:
    assert fused([20.0, 10.0, 5.0], [0.9, NAN, 0.8], 0.5) == [1.0, 0.5, 0.125]


def test_fusion_without_any_vector_or_any_keyword() -> None:
    assert fused([8.0, 2.0], [NAN, NAN], 0.5) == [1.0, 0.25]
    assert fused([NAN, NAN], [0.7, 0.9], 0.5) == [0.0, 0.5]


def test_fusion_of_nothing_and_of_one() -> None:
    assert fused([], [], 0.3) == []
    assert fused([5.0], [0.8], 0.25) == [0.75]


@pytest.mark.parametrize(
    "question, expected",
    [
        ("연차휴가는 며칠인가요?", "연차휴가는 입사 1년 뒤부터 15일이 주어지며 7일 전까지 신청한다."),
        ("병가에 무엇이 필요한가?", "병가는 진단서를 낸다."),
        ("unrelated words", "휴가 규정을 안내한다."),
    ],
)
def test_the_best_sentence_shares_the_most_terms(question: str, expected: str) -> None:
    assert sentence(TEXT, question) == expected


def test_rare_terms_weigh_more_than_many_common_ones() -> None:
    rarity = {"words": {"휴가": 0.1, "신청": 0.1, "진단": 3.0}}
    start, end = best_sentence(TEXT, ANALYZER, rarity)
    assert TEXT[start:end] == "병가는 진단서를 낸다."


def test_a_sentence_is_never_longer_than_the_limit_and_still_holds_the_match() -> None:
    text = "가나 " * 200 + "예산은 3,000만원이며 " + "다라 " * 200
    found = sentence(text, "예산은 3000만원?")
    assert len(found) <= MAX_SENTENCE and "3,000만원" in found


def test_the_best_sentence_of_nothing_is_empty() -> None:
    assert best_sentence("", ANALYZER, {}) == (0, 0)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (
            "연차휴가는 며칠인가요?",
            "모든 신청은 미리 한다.\n제22조 (연차 유급휴가)\n① 직원은 다음 해에 15일을 받는다.",
            "① 직원은 다음 해에 15일을 받는다.",
        ),
        (
            "When does the warranty end?",
            "The warranty is limited. The warranty ends on 31 May 2027.",
            "The warranty ends on 31 May 2027.",
        ),
    ],
)
def test_the_form_of_the_answer_and_its_heading_count(question: str, text: str, expected: str) -> None:
    terms = ANALYZER.query_terms(question)
    rarity = {field: dict.fromkeys(some, 1.0) for field, some in terms.items()}
    start, end = best_sentence(text, ANALYZER, rarity, answer_form(question))
    assert text[start:end] == expected


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
