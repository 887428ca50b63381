"""Numbers and dates as spreadsheets show them, by the code of their format."""

from __future__ import annotations

import pytest

from ai_chat.loaders.sheets.number_format import formatter, plain


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ('_-* #,##0_-;\\-* #,##0_-;_-* "-"_-;_-@_-', -1234567, "-1,234,567"),
        ('_-* #,##0_-;\\-* #,##0_-;_-* "-"_-;_-@_-', 0, "-"),
        ("#,##0;△#,##0", -12, "△12"),
        ("[$₩-412]#,##0", 1200, "₩1,200"),
        ("#,##0.00_);[Red](#,##0.00)", -5.5, "(5.50)"),
        ("#,##0,", 1234567, "1,235"),
        ("00000", 123, "00123"),
        ('yyyy"년" m"월" d"일"', 46086, "2026년 3월 5일"),
        ("m/d/yy", 46086, "2026-03-05"),
        ("yyyy-mm", 46086, "2026-03"),
        ("h:mm AM/PM", 0.5625, "13:30"),
        ("[h]:mm", 1.0625, "25:30"),
        ("yyyy-mm-dd", -5, "-5"),
        ("# ?/?", 0.5, "0.5"),
        ("[<100]0;#,##0", 1234, "1234"),
        ("0.0#", 3.1, "3.1"),
    ],
)
def test_format_codes(code: str, value: float, shown: str) -> None:
    assert formatter(code)(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(3.0, "3"), (0.1 + 0.2, "0.3"), (1e22, "1e+22"), (1e-9, "1e-09"), (-2.50, "-2.5"), (float("inf"), "inf")],
)
def test_numbers_without_a_format(value: float, shown: str) -> None:
    assert plain(value) == shown


@pytest.mark.parametrize(("epoch_1904", "value"), [(False, 2958465.999999), (True, 2958465), (False, 1e300)])
def test_days_beyond_the_calendar_are_numbers(epoch_1904: bool, value: float) -> None:
    assert formatter("yyyy-mm-dd", epoch_1904)(value) == plain(value)
