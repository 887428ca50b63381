"""Fusion, as a function of its arguments."""

from __future__ import annotations

import numpy as np

from ai_chat.search.fusion import fuse

NAN = float("nan")


def fused(lexical: list[float], dense: list[float], weight: float) -> list[float]:
    scores = fuse(np.array(lexical, np.float32), np.array(dense, np.float32), weight)
    return [round(float(score), 4) for score in scores]


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
