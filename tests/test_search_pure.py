"""Fusion, scripts, neighbours and duplicates, as functions of their arguments."""

from __future__ import annotations

import numpy as np
import pytest

from ai_chat.search.duplicates import Said, holds, nearly_same
from ai_chat.search.fusion import Trust, dense_weight, fuse
from ai_chat.search.neighbours import LONGEST, joined
from ai_chat.search.scripts import in_another_script

NAN = float("nan")
TRUST = Trust(least=0.2, full=0.5, steepness=2.0)
KOREAN = "연차휴가는 입사 1년 뒤부터 15일이 주어지며 7일 전까지 신청한다."
ENGLISH = "Employees are granted fifteen days of leave after their first year."
JAPANESE = "東京は日本の首都であり、世界で最も大きな都市の一つです。"
PRICES = (
    "부품 단가표입니다. 회전 베어링의 단가는 3,000원이고 납기는 14일입니다. 주문은 구매팀을 거쳐 접수합니다. "
    "대량으로 주문하면 담당자가 따로 견적을 내며, 견적은 한 달 동안 유효합니다."
)


def fused(lexical: list[float], dense: list[float], weight: float) -> list[float]:
    scores = fuse(np.array(lexical, np.float32), np.array(dense, np.float32), weight)
    return [round(float(score), 4) for score in scores]


def test_fusion_is_the_convex_sum_of_normalised_scores() -> None:
    assert fused([20.0, 10.0, NAN], [0.80, 0.90, 0.85], 0.25) == [0.75, 0.625, 0.125]


def test_fusion_of_a_chunk_without_a_vector_goes_by_its_keywords() -> None:
    assert fused([20.0, 10.0, 5.0], [0.9, NAN, 0.8], 0.5) == [1.0, 0.5, 0.1667]


def test_while_vectors_are_made_a_chunk_that_the_words_miss_does_not_come_first_for_having_one() -> None:
    assert fused([20.0, 18.0, NAN], [NAN, NAN, 0.9], 0.9) == [1.0, 0.9, 0.0]
    assert fused([20.0, 10.0, NAN, NAN], [0.8, NAN, 0.7, 0.9], 0.8) == [0.8, 0.5, 0.0, 0.4]


def test_fusion_without_any_vector_or_any_keyword() -> None:
    assert fused([8.0, 2.0], [NAN, NAN], 0.5) == [1.0, 0.25]
    assert fused([NAN, NAN], [0.7, 0.9], 0.5) == [0.0, 0.5]


def test_fusion_of_nothing_and_of_one() -> None:
    assert fused([], [], 0.3) == []
    assert fused([5.0], [0.8], 0.25) == [0.75]


@pytest.mark.parametrize(
    ("covered", "is_foreign", "weight"),
    [(1.0, False, 0.2), (0.5, False, 0.2), (0.25, False, 0.5), (0.0, False, 1.0), (0.5, True, 1.0), (0.95, True, 0.2)],
)
def test_the_dense_leg_weighs_more_the_less_of_the_question_is_found(
    covered: float, is_foreign: bool, weight: float
) -> None:
    assert dense_weight(covered, is_foreign, TRUST) == pytest.approx(weight)


@pytest.mark.parametrize(
    ("question", "passage", "foreign"),
    [
        ("How many days of leave?", KOREAN, True),
        ("휴가는 며칠인가요?", ENGLISH, True),
        ("東京はどこの首都ですか", KOREAN, True),
        ("How many days of leave?", ENGLISH, False),
        ("휴가는 며칠인가요?", KOREAN, False),
        ("東京はどこの首都ですか", JAPANESE, False),
        ("Notion API 연동 방법", ENGLISH, False),
        ("Notion API 연동 방법", KOREAN, False),
        ("휴가는 며칠인가요?", "12.5 kg / 30 m", False),
        ("2024 15", KOREAN, False),
        ("", KOREAN, False),
    ],
)
def test_a_question_in_another_script_than_a_passage(question: str, passage: str, foreign: bool) -> None:
    assert in_another_script(question, [passage]) is foreign


def test_one_foreign_passage_is_enough() -> None:
    assert in_another_script("How many days?", [ENGLISH, KOREAN]) and not in_another_script("How many days?", [])


def test_neighbours_are_joined_up_to_the_limit() -> None:
    assert joined((400, 800), []) == (400, 800)
    assert joined((400, 800), [(760, 1200)]) == (400, 1200)
    assert joined((400, 800), [(760, 1200), (0, 440)]) == (400, 1200)
    assert joined((400, 700), [(0, 440), (700, 900)]) == (0, 900) and LONGEST == 900


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (PRICES, True),
        (PRICES.replace(" ", "\n"), True),
        (PRICES.replace("입니다.", "입니다!").replace("거쳐", "통해"), True),
        (PRICES.replace("3,000", "4,000"), False),
        (PRICES.replace("14일", "20일"), False),
        (PRICES + " 반품은 받지 않으며 파손된 물건만 새것으로 바꾸어 드립니다. 문의는 전화로만 받습니다." * 2, False),
        (KOREAN, False),
    ],
)
def test_what_says_nearly_the_same(other: str, same: bool) -> None:
    one, another = Said(PRICES), Said(other)
    assert nearly_same(one, another) is same and nearly_same(another, one) is same


def test_a_sentence_is_held_whatever_the_line_ends() -> None:
    assert holds("주문은\n구매팀을  거쳐", "주문은 구매팀을 거쳐.") and not holds("주문은 총무팀을 거쳐", "구매팀")
