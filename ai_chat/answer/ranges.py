"""Amounts in a question and ranges in a cell: is 6년 within "5년 이상 7년 미만", 30 km within "up to 50 km"?

Takes texts, gives values. Pure; a range is one only where it is written as such.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_UNIT = r"(?P<unit>%|℃|[가-힣]{1,3}|[A-Za-z]{1,7})?"
_AMOUNT = re.compile(rf"(?<![\w.,-])(?P<value>\d[\d,]*(?:\.\d+)?)\s?{_UNIT}")
_BOUND = re.compile(
    r"(?P<before>under|below|less than|up to|at most|over|above|more than|at least|from|최대|최소)?\s*"
    r"(?P<value>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>%|℃|[A-Za-z]{1,7}|[가-힣]{1,3}?)?\s?"
    r"(?P<behind>이상|초과|미만|이하|이내|부터|까지|에서|or more|or less|and over|and under|[~∼〜–+]|-(?=\s?\d)|to(?=\s?\d))?"
    r"(?=$|[^\w]|(?<=[~∼〜–+-])\d|이상|초과|미만|이하|이내|부터|까지|에서)",
    re.IGNORECASE,
)
_LOW = frozenset(
    ("이상", "부터", "에서", "~", "∼", "〜", "–", "-", "+", "or more", "and over", "at least", "from", "최소", "to")
)
_ABOVE = frozenset(("초과", "over", "above", "more than"))
_HIGH = frozenset(("이하", "이내", "까지", "or less", "and under", "up to", "at most", "최대"))
_BELOW = frozenset(("미만", "under", "below", "less than"))


@dataclass(frozen=True, slots=True)
class Amount:
    """`word`: as the words of the question have it."""

    value: float
    unit: str
    word: str


@dataclass(frozen=True, slots=True)
class _Range:
    low: float
    high: float
    open_low: bool
    open_high: bool
    unit: str


def amounts(question: str) -> list[Amount]:
    """Each number with what follows it; particles stay with the unit and are compared by its beginning."""
    found = []
    for match in _AMOUNT.finditer(question):
        unit = match["unit"] or ""
        glued = unit if match[0].endswith(match["value"] + unit) else ""
        found.append(Amount(_number(match["value"]), unit, f"{match['value'].replace(',', '')}{glued}".casefold()))
    return found


def is_range(cell: str, unit: str) -> bool:
    """Whether the cell is a range in this unit."""
    read = _read(cell)
    return read is not None and _same(read.unit, unit)


def within(cell: str, amount: Amount) -> bool:
    read = _read(cell)
    if read is None or not _same(read.unit, amount.unit):
        return False
    above = amount.value > read.low if read.open_low else amount.value >= read.low
    below = amount.value < read.high if read.open_high else amount.value <= read.high
    return above and below


def _read(cell: str) -> _Range | None:
    """None where the cell is no range, or says more than one."""
    low, high, open_low, open_high, unit = -math.inf, math.inf, False, False, ""
    words = set()
    closing = False  # the number behind "5 ~" ends the range
    for match in _BOUND.finditer(cell):
        value = _number(match["value"])
        word = (match["behind"] or match["before"] or "").casefold()
        unit = unit or match["unit"] or ""
        if closing and word not in _BELOW:
            high, closing = value, False
        elif word in _LOW or word in _ABOVE:
            low, open_low = value, word in _ABOVE
            closing = word in _LOW and word not in ("이상", "+", "or more", "and over", "at least", "최소")
        elif word in _HIGH or word in _BELOW:
            high, open_high, closing = value, word in _BELOW, False
        else:
            return None
        words.add(word)
    return _Range(low, high, open_low, open_high, unit) if words and low <= high else None


def _same(one: str, other: str) -> bool:
    """A unit with a particle behind it is the unit; a missing one is any."""
    return (
        not one
        or not other
        or one.casefold().startswith(other.casefold())
        or other.casefold().startswith(one.casefold())
    )


def _number(written: str) -> float:
    return float(written.replace(",", ""))
