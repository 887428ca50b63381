"""What an answer may not get wrong: amounts, days, times, codes, names; found in a text and compared.

Takes text, gives values with their places; knows no passage. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ai_chat.checking.moments import Clock, Day, Weekday, clocks, days, is_on, same_clock, same_day, weekdays
from ai_chat.checking.quantities import Amount, amounts, plain, same, scaled_by

_ADDRESS = re.compile(
    r"(?<![\w.])[a-z][a-z0-9_]+(?:\.[A-Za-z][A-Za-z0-9_]+){2,}(?![\w.]*\w)|[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|https?://[^\s\])>]+|(?:[A-Za-z0-9-]+\.)+(?:com|net|org|kr|example|io|gov)(?![A-Za-z0-9])"
)
_CODE = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9가-힣._/#-]*\d)(?:(?:[가-힣]{1,4}-)?[A-Za-z0-9]+(?:[-_/#.][A-Za-z0-9]+)+|[A-Za-z]{1,10}\d[A-Za-z0-9]*)(?![A-Za-z0-9])"
)
_NO_CODE = re.compile(
    r"[kcm]?m[23]|\d+(?:[.,]\d+)*(?:[-~/](?:\d+(?:[.,]\d+)*))?[A-Za-z/%]*|\d+(?:st|nd|rd|th)|[\d.:,]+|[A-Za-z]{1,3}\.\d|\d+-[A-Za-z]+",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![A-Za-z\d-])\d{2,4}-\d{3,4}(?:-\d{4})?(?![\d-])")
_ABOUT = re.compile(r"(?:약|대략|거의|about|around|approximately|nearly|roughly|some)\s?$", re.IGNORECASE)
_WEAK = re.compile(
    r"(?:한|두|세|네)\s?(?:사람|가지|곳|군데|회사|업체|개|건|분)|하루|한\s?번|(?:one|two|three)(?: (?:items|units))?",
    re.IGNORECASE,
)
_EACH = re.compile(r"\s?(?:단가|당(?![가-힣])|가격|값|기준|씩|에\s)")
_BEFORE_PRICE, _BEHIND_PRICE = 12, 5  # characters
_PER = ("seconds", "count", "months", "metres", "grams", "litres")
_LASTING = re.compile(r"\s?(?:안에|이내|동안|간|이상|이하|미만|치)")
_NUMBERED = re.compile(
    r"\b(table|figure|section|chapter|plant|building|room|line)\s(\d{1,3})(?![\d.,]*\d)", re.IGNORECASE
)
_CLASS = re.compile(r"\b(?:class|type|grade|annex|table|zone|plan)(?::?\s)([A-Z])(?![A-Za-z0-9])", re.IGNORECASE)
_SLACK = Decimal("0.03")


@dataclass(frozen=True, slots=True)
class Code:
    """A number of a thing, an address: `bare` is without hyphens and spaces."""

    start: int
    end: int
    bare: str


Value = Amount | Day | Clock | Weekday | Code


@dataclass(frozen=True, slots=True)
class Values:
    """Of one text. `scale` is of its amounts without a unit."""

    found: tuple[Value, ...]
    scale: Decimal = Decimal(1)

    @property
    def years(self) -> frozenset[int]:
        return frozenset(value.year for value in self.found if isinstance(value, Day) and value.year)


def values_of(text: str) -> Values:
    """In the order of the text; of two that overlap, the first of: address, day, time, code, amount."""
    smooth = plain(text)
    taken = bytearray(len(smooth))
    found: list[Value] = []
    for value in _all(smooth):
        if not any(taken[value.start : value.end]):
            taken[value.start : value.end] = b"\1" * (value.end - value.start)
            found.append(value)
    return Values(tuple(sorted(found, key=lambda value: value.start)), scaled_by(smooth))


def holds(told: Value, known: Values, text: str = "", years: frozenset[int] = frozenset()) -> bool:
    """Whether one of the known values is this. `text`: what `told` was found in, for 'about'; `years` stand around the known ones."""
    if isinstance(told, Amount):
        slack = _SLACK if _ABOUT.search(text[: told.start]) else Decimal(0)
        lasts = _LASTING.match(text, told.end) is not None
        return any(
            _same_amount(told, value, known.scale, slack)
            for value in known.found
            if not (lasts and isinstance(value, Day))
        )
    if isinstance(told, Day):
        return any(isinstance(value, Day) and same_day(told, value, years) for value in known.found) or any(
            isinstance(value, Amount) and _is_part(told, value) for value in known.found
        )
    if isinstance(told, Weekday):
        return any(
            value.number == told.number if isinstance(value, Weekday) else isinstance(value, Day) and is_on(told, value)
            for value in known.found
        )
    if isinstance(told, Clock):
        return any(isinstance(value, Clock) and same_clock(told, value) for value in known.found)
    return any(isinstance(value, Code) and value.bare == told.bare for value in known.found)


def compete(told: Value, other: Value) -> bool:
    """Whether the other could stand where this one does: both days, or amounts with one unit."""
    if isinstance(told, Amount) and isinstance(other, Amount):
        return told.unit == other.unit
    return type(told) is type(other)


def is_unit(told: Value, beside: Values) -> bool:
    """One of something, for which a price or a limit is told beside it: '하루 5만 원', '10 dollars a day'."""
    return _is_one(told) and any(
        isinstance(other, Amount)
        and not compete(told, other)
        and (0 <= other.start - told.end <= _BEFORE_PRICE or 0 <= told.start - other.end <= _BEHIND_PRICE)
        for other in beside.found
    )


def _is_one(told: Value) -> bool:
    return isinstance(told, Amount) and told.number == 1 and told.unit in _PER


def is_weak(told: Value, text: str) -> bool:
    """'두 사람', '하나', '한 대 단가': counted by the writer, and not told by the passage."""
    each = _is_one(told) and _EACH.match(text, told.end)
    return bool(each) or _WEAK.fullmatch(text[told.start : told.end]) is not None


def _same_amount(told: Amount, value: Value, scale: Decimal, slack: Decimal) -> bool:
    if isinstance(value, Amount):
        return same(told, value, scale, slack)
    if isinstance(value, Day):  # '25일에' of 6월 25일, '2025' of a date
        parts = {"seconds": (value.day,), "": (value.year, value.month, value.day), "months": (value.year,)}
        return told.number in [part for part in parts.get(told.unit, ()) if part is not None]
    return isinstance(value, Clock) and told.unit == "" and told.number == value.hour


def _is_part(told: Day, value: Amount) -> bool:
    """A year alone, of a number alone."""
    return told.month is None and told.day is None and value.number == told.year and value.unit in ("", "months")


def _all(text: str) -> Iterator[Value]:
    yield from (Code(*found.span(), _bare(found[0])) for found in _ADDRESS.finditer(text))
    yield from days(text)
    yield from clocks(text)
    yield from weekdays(text)
    yield from (Code(*found.span(), _bare(found[0])) for found in _PHONE.finditer(text))
    for found in _CODE.finditer(text):
        if not _NO_CODE.fullmatch(found[0]):
            yield Code(*found.span(), _bare(found[0]))
    for found in _CLASS.finditer(text):
        yield Code(*found.span(1), found[1].lower())
    for found in _NUMBERED.finditer(text):
        yield Code(*found.span(), f"{found[1]}{found[2]}".lower())
    yield from amounts(text)


def _bare(code: str) -> str:
    return re.sub(r"[-_\s/#.]", "", code).lower()
