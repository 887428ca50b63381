"""Days and durations in words, in the visitor's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ai_chat.ui.when import how_long, when

SEOUL = timezone(timedelta(hours=9))
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("made_at", "ko", "en"),
    [
        ("2026-11-22T15:00:00Z", "오늘 00:00", "today at 00:00"),
        ("2026-11-22T14:59:59Z", "11월 22일", "22 Nov"),
        ("2026-01-01T00:00:00+00:00", "1월 1일", "1 Jan"),
        ("2025-12-31T14:59:59", "2025년 12월 31일", "31 Dec 2025"),
    ],
)
def test_a_day_is_the_visitors(made_at: str, ko: str, en: str) -> None:
    assert (when(made_at, NOW, "ko"), when(made_at, NOW, "en")) == (ko, en)


def test_a_clock_that_was_set_back_still_gives_a_day() -> None:
    assert when("2027-03-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC), "en") == "1 Mar 2027"


@pytest.mark.parametrize(
    ("seconds", "ko", "en"),
    [(0.0, "1초", "1 s"), (12.4, "12초", "12 s"), (90.0, "2분", "2 min"), (7300.0, "2시간", "2 h")],
)
def test_durations_are_rounded_as_one_says_them(seconds: float, ko: str, en: str) -> None:
    assert (how_long(seconds, "ko"), how_long(seconds, "en")) == (ko, en)
