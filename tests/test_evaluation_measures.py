"""Golden numbers of the measures, worked out by hand."""

from __future__ import annotations

import math

import pytest

from ai_chat.evaluation.measures import (
    answer_scores,
    figures,
    gains,
    interval,
    mrr_at,
    ndcg_at,
    percentile,
    recall_at,
    shared_words,
)

RANKING = ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(("k", "expected"), [(1, 0.0), (2, 0.5), (3, 0.5), (4, 1.0), (10, 1.0)])
def test_recall_is_the_share_of_the_relevant_found(k: int, expected: float) -> None:
    assert recall_at(k, RANKING, {"b", "d"}) == expected


def test_recall_counts_what_is_nowhere() -> None:
    assert recall_at(5, RANKING, {"a", "x", "y", "z"}) == 0.25


@pytest.mark.parametrize(("relevant", "expected"), [({"a"}, 1.0), ({"c", "e"}, 1 / 3), ({"x"}, 0.0)])
def test_mrr_looks_at_the_first(relevant: set[str], expected: float) -> None:
    assert mrr_at(10, RANKING, relevant) == pytest.approx(expected)


def test_mrr_ends_at_its_cut() -> None:
    assert mrr_at(2, RANKING, {"c"}) == 0.0


def test_ndcg_of_one_relevant_page_is_its_discount() -> None:
    assert ndcg_at(10, RANKING, {"a"}) == 1.0
    assert ndcg_at(10, RANKING, {"b"}) == pytest.approx(0.6309298)  # 1 / log2(3)
    assert ndcg_at(10, RANKING, {"d"}) == pytest.approx(0.4306766)  # 1 / log2(5)


def test_ndcg_of_two_relevant_pages() -> None:
    assert ndcg_at(10, RANKING, {"a", "c"}) == pytest.approx(1.5 / 1.6309298)
    assert ndcg_at(10, RANKING, {"a", "b"}) == pytest.approx(1.0)


def test_ndcg_is_one_when_all_places_are_right_though_more_is_relevant() -> None:
    assert ndcg_at(2, RANKING, {"a", "b", "c"}) == pytest.approx(1.0)


def test_figures_are_means_by_the_names_of_the_report() -> None:
    measured = figures([(RANKING, {"a"}), (RANKING, {"d"}), ([], {"a"})])
    assert measured == {
        "recall@1": 0.3333,
        "recall@3": 0.3333,
        "recall@5": 0.6667,
        "recall@10": 0.6667,
        "mrr@10": round((1 + 1 / 4) / 3, 4),
        "ndcg@10": round((1 + 1 / math.log2(5)) / 3, 4),
    }


@pytest.mark.parametrize(("share", "expected"), [(0.0, 1.0), (0.5, 5.0), (0.95, 10.0), (0.9, 9.0), (1.0, 10.0)])
def test_percentile_by_nearest_rank(share: float, expected: float) -> None:
    assert percentile([float(n) for n in range(10, 0, -1)], share) == expected


def test_an_interval_holds_the_mean_narrows_with_more_questions_and_is_the_same_twice() -> None:
    few, many = [1.0, 0.0, 1.0, 1.0] * 10, [1.0, 0.0, 1.0, 1.0] * 100
    low, high = interval(few)
    assert low < 0.75 < high and interval(few) == (low, high)
    assert interval(many)[1] - interval(many)[0] < (high - low) / 2
    assert interval([1.0, 1.0]) == (1.0, 1.0)


def test_an_interval_is_that_of_the_normal_approximation_where_there_is_much() -> None:
    values = [1.0] * 600 + [0.0] * 400
    low, high = interval(values)
    half = 1.96 * math.sqrt(0.6 * 0.4 / 1000)
    assert low == pytest.approx(0.6 - half, abs=0.004) and high == pytest.approx(0.6 + half, abs=0.004)


def test_paired_gains_are_surer_than_the_figures_themselves() -> None:
    worse = [0.0, 1.0] * 50
    better = [1.0, 1.0, *worse[2:]]
    low, high = interval(gains(better, worse))
    assert 0.0 <= low <= 0.01 <= high < interval(better)[1] - interval(better)[0]


def test_answers_are_looked_for_in_the_sentences_shown_white_space_apart() -> None:
    shown = [
        (["연차는 15\n일이다.", "아니다."], ["15일"]),
        (["없다.", "있다.", "정산은 7일 안에."], ["7일"]),
        (["무엇이든."], ["긴 대답 " * 50]),
    ]
    assert answer_scores(shown) == {"answer@1": [1.0, 0.0], "answer@3": [1.0, 1.0]}
    assert answer_scores(shown[2:]) == {}


def test_shared_words_compare_beginnings() -> None:
    assert shared_words("연차는 며칠인가요?", "연차휴가는 15일이다.") == 0.5
    assert shared_words("?", "연차") == 0.0
