"""Days and times of day in a text, Korean and English, as far as each is told: 3월 1일 has no year, 2024년 no month.

Takes plain text, gives moments with their places. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple


class Day(NamedTuple):
    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None


class Clock(NamedTuple):
    """`half`: the half of the day is told, so that 2시 is not 14시."""

    start: int
    end: int
    hour: int
    minute: int
    half: bool


class Weekday(NamedTuple):
    """`number` from Monday, 0."""

    start: int
    end: int
    number: int


_MONTHS_TEXT = "january february march april may june july august september october november december"
_MONTHS = _MONTHS_TEXT.split()
_MONTH = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ORDINAL = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<y>\d{4})"
_DAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d./-])(?P<y>\d{4}|['’‘]\d{2})\s?(?P<by>[-./])\s?(?P<m>\d{1,2})\s?(?P=by)\s?(?P<d>\d{1,2})(?!\d|[-/]\d)",
        r"(?<!\d)(?:(?P<y>\d{4}|['’‘]?\d{2})\s?년\s?)(?P<m>\d{1,2})\s?월\s?(?P<d>\d{1,2})\s?일",
        r"(?<!\d)(?P<m>\d{1,2})\s?월\s?(?P<d>\d{1,2})\s?일",
        r"(?<![\d.,$₩€¥-])(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])"
        r"(?![\d,-]|\.\d|\s?(?:[원명개건회불엔만억천백%]|달러|유로|바이트|won|people|pieces|units|dollars|euros|bytes))",
        rf"(?<!\d){_ORDINAL}[ -](?:of )?{_MONTH},?[ -]{_YEAR}(?!\d)",
        rf"\b{_MONTH} {_ORDINAL},? {_YEAR}(?!\d)",
        rf"(?<!\d){_ORDINAL} (?:of )?{_MONTH}(?! \d{{4}})",
        rf"\b{_MONTH} {_ORDINAL}(?![\d,:%]|\s?(?:pieces|people|won|percent))",
        rf"\b{_MONTH},? {_YEAR}(?!\d)",
        r"(?<!\d)(?P<y>\d{4}|['’‘]\d{2})\s?년\s?(?P<m>\d{1,2})\s?월",
        r"(?<![\d./-])(?P<y>(?:19|20)\d{2})[-.](?P<m>\d{1,2})(?![\d%]|[-.]\d)",
        r"(?<!\d)(?P<m>\d{1,2})\s?월(?![가-힣]*째)",
        r"(?<!\d)(?P<y>(?:1\d|20)\d{2})\s?년(?!간|\s?(?:동안|이상|이하))",
        r"(?<![\d.,:/-])(?P<y>(?:19|20)\d{2})(?![\d.,:/%-]*\d|[가-힣%]|\s?(?:won|원|달러|pieces))",
    )
)
_NAMED = re.compile(
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december)\b|(?<=\b(?:in|of) )May\b|(?<=\bsince )May\b",
    re.IGNORECASE,
)
_FURTHER = re.compile(r"(?:\([월화수목금토일]\))?\s?(?:~|-|–|,|·|과|와|및|부터|에서)\s?(\d{1,2})\s?일")
_EARLIER = re.compile(r"(?<![\d:])(\d{1,2})(?:st|nd|rd|th)?\s?(?:and|to|or|until|through|-|–|,)\s$", re.IGNORECASE)
_HALF = r"(?:(?P<half>오전|오후|새벽|아침|저녁|밤|낮)\s?)?"
_CLOCKS = (
    re.compile(rf"{_HALF}(?<![\d:.])(?P<h>\d{{1,2}}):(?P<min>\d{{2}})(?![\d:])(?:\s?(?P<after>[ap]\.?m\b\.?))?", re.IGNORECASE),
    re.compile(rf"{_HALF}(?<!\d)(?P<h>\d{{1,2}})\s?시(?!간|[가-힣]?험|행)(?:\s?(?P<min>\d{{1,2}})\s?분|\s?(?P<thirty>반))?"),
    re.compile(r"(?<![\d:.])(?P<h>\d{1,2})\s?(?P<after>[ap]\.?m\b\.?)", re.IGNORECASE),
    re.compile(rf"{_HALF}(?<![가-힣])(?P<word>열두|열한|열|한|두|세|네|다섯|여섯|일곱|여덟|아홉)\s?시(?!간|[가-힣]?험|행)(?:\s?(?P<min>\d{{1,2}})\s?분|\s?(?P<thirty>반))?"),
)  # fmt: skip
_HOURS = ("한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두")
_LEAP_YEAR = 2024
_KOREAN_WEEK = "월화수목금토일"
_ENGLISH_WEEK = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_WEEKDAY = re.compile(
    rf"(?<=일\()(?P<short>[{_KOREAN_WEEK}])(?=\))|(?<![가-힣])(?P<long>[{_KOREAN_WEEK}])요일|\b(?P<english>{'|'.join(_ENGLISH_WEEK)})days?\b",
    re.IGNORECASE,
)
_NOON = re.compile(r"(?<![가-힣])(정오|자정)|\b(noon|midnight)\b", re.IGNORECASE)


def days(text: str) -> Iterator[Day]:
    """The fuller of two that overlap comes first."""
    for pattern in _DAYS:
        for found in pattern.finditer(text):
            told = _day(found)
            if _exists(told):
                yield told
                yield from _beside(told, text)
    for found in _NAMED.finditer(text):
        yield Day(*found.span(), None, _month(found[0]), None)


def clocks(text: str) -> Iterator[Clock]:
    for pattern in _CLOCKS:
        for found in pattern.finditer(text):
            told = _clock(found)
            if told.hour <= 24 and told.minute < 60:
                yield told
    for found in _NOON.finditer(text):
        yield Clock(*found.span(), 12 if found[0].lower() in ("정오", "noon") else 0, 0, True)


def weekdays(text: str) -> Iterator[Weekday]:
    for found in _WEEKDAY.finditer(text):
        korean = found["short"] or found["long"]
        number = _KOREAN_WEEK.index(korean) if korean else _ENGLISH_WEEK.index(found["english"].lower())
        yield Weekday(*found.span(), number)


def is_on(told: Weekday, known: Day) -> bool:
    """Whether a full date falls on it."""
    full = _date(known, _LEAP_YEAR) if known.year and known.month and known.day else None
    return full is not None and full.weekday() == told.number


def days_between(one: Day, other: Day) -> int | None:
    """None where a month or a day is not told; both are of one year where only one tells it."""
    if not (one.month and one.day and other.month and other.day):
        return None
    year = one.year or other.year or _LEAP_YEAR
    first, last = _date(one, year), _date(other, year)
    return abs((last - first).days) if first and last else None


def same_day(told: Day, known: Day, years: frozenset[int]) -> bool:
    """What is told of it holds of the known one; `years` are those that may be meant where that has none."""
    return (
        (told.year is None or told.year == known.year or (known.year is None and (told.year in years or not years)))
        and (told.month is None or told.month == known.month)
        and (told.day is None or told.day == known.day)
    )


def same_clock(told: Clock, known: Clock) -> bool:
    sides = (told.half and known.half) or told.hour > 12 or known.hour > 12
    exact = told.half or told.hour > 12
    hours = told.hour == known.hour if sides and exact else told.hour % 12 == known.hour % 12
    return hours and told.minute == known.minute


def _beside(told: Day, text: str) -> Iterator[Day]:
    """'6월 21일, 28일' and '8 and 9 May' tell two days."""
    end = told.end
    while told.day and (found := _FURTHER.match(text, end)):
        end = found.end()
        further = told._replace(start=found.start(1), end=end, day=int(found[1]))
        if _exists(further):
            yield further
    before = _EARLIER.search(text[: told.start]) if told.day and told.month else None
    earlier = before and told._replace(start=before.start(1), end=before.end(1), day=int(before[1]))
    if earlier and _exists(earlier):
        yield earlier


def _day(found: re.Match[str]) -> Day:
    parts = found.groupdict()
    year = parts.get("y")
    number = int(year.lstrip("'’‘")) if year else None
    if number is not None and number < 100:
        number += 2000 if number < 70 else 1900
    month = parts.get("m")
    return Day(*found.span(), number, _month(month) if month else None, int(parts["d"]) if parts.get("d") else None)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    return next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(text.lower()[:3]))


def _exists(day: Day) -> bool:
    return _date(day, _LEAP_YEAR) is not None


def _date(day: Day, year: int) -> date | None:
    """None where the calendar does not have it; `year` where none is told."""
    try:
        return date(*(told if told is not None else other for told, other in zip(day[2:], (year, 1, 1), strict=True)))
    except ValueError:
        return None


def _clock(found: re.Match[str]) -> Clock:
    parts = found.groupdict()
    hour = _HOURS.index(parts["word"]) + 1 if parts.get("word") else int(parts["h"])
    half = (parts.get("half") or parts.get("after") or "").lower()
    if half in ("오후", "저녁", "밤", "낮") or half.startswith("p"):
        hour = hour + 12 if hour < 12 else hour
    elif half and hour == 12:
        hour = 0
    minute = 30 if parts.get("thirty") else int(parts.get("min") or 0)
    return Clock(*found.span(), hour, minute, bool(half) or (parts.get("h") or "").startswith("0"))
