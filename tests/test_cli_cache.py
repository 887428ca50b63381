"""`ai-chat cache stats|clear`: what is told of the counts, in both languages and as JSON."""

from __future__ import annotations

import pytest

from ai_chat.cli.cache import cache_json, stats_lines
from ai_chat.types import CacheStats

STATS = CacheStats(entries=7, bytes=40_960, hits=6, exact=4, misses=2, stale=1, saved_seconds=12.34)


def test_the_counts_are_told_in_lines() -> None:
    lines = "\n".join(stats_lines(STATS, "en"))
    assert "7 answers are kept" in lines
    assert "Of 8 questions 6 were answered from the cache (75%): 4 asked before, 2 in other words." in lines
    assert "1 times an answer was there" in lines
    assert "12.3 s" in lines
    korean = "\n".join(stats_lines(STATS, "ko"))
    assert "답변 7개" in korean
    assert "질문 8개 가운데 6개" in korean


def test_nothing_is_said_of_what_did_not_happen() -> None:
    empty = CacheStats(0, 0, 0, 0, 0, 0, 0.0)
    assert len(stats_lines(empty, "en")) == 2
    fresh = CacheStats(entries=1, bytes=10, hits=1, exact=1, misses=0, stale=0, saved_seconds=3.0)
    assert not any("changed" in line for line in stats_lines(fresh, "en"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("entries", 7),
        ("bytes", 40_960),
        ("hits", 6),
        ("exact", 4),
        ("semantic", 2),
        ("misses", 2),
        ("stale", 1),
        ("hit_rate", 0.75),
    ],
)
def test_the_counts_are_told_as_json(field: str, value: float) -> None:
    assert cache_json(STATS)[field] == value
