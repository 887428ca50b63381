"""Times that a question names -> days: "2024년 3월", "지난달", "최근 2주", "2023년부터 2024년까지", "since March 2024".

Takes a text and today's date, gives Periods and the text without them. Pure.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

Days = tuple[datetime.date, datetime.date]
"""The first day, and the day behind the last one."""

_DAY = datetime.timedelta(days=1)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_COUNTS = {
    "한": 1,
    "두": 2,
    "세": 3,
    "석": 3,
    "네": 4,
    "넉": 4,
    "다섯": 5,
    "여섯": 6,
    "일": 1,
    "a": 1,
    "one": 1,
    "two": 2,
    "three": 3,
}
_UNITS = {
    "일": 1,
    "day": 1,
    "주일": 7,
    "주": 7,
    "week": 7,
    "달": 30,
    "월": 30,
    "month": 30,
    "년": 365,
    "해": 365,
    "year": 365,
}
_OPEN_AFTER = r"\s?(?:이후(?:에|로)?|부터|넘어서)"
_OPEN_BEFORE = r"\s?(?:이전(?:에|의)?|전(?:에|의)?(?=\s|$))"
_UP_TO = r"\s?까지(?:의)?"
_WITHIN = r"(?:에|의|도|자|중|동안|분|에서)*(?=\s|$|[^\w])"


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` on, before `end`; None: no border."""

    first: datetime.date | None
    end: datetime.date | None


def periods(text: str, today: datetime.date) -> tuple[list[Period], str]:
    """In the order of the patterns, and what is left of the text."""
    found: list[Period] = []
    for pattern, read in _PATTERNS:

        def cut(match: re.Match[str], read: Callable[[re.Match[str], datetime.date], Days | None] = read) -> str:
            days = read(match, today)
            if days is None:
                return match[0]
            found.append(_bordered(days, match))
            return " "

        text = pattern.sub(cut, text)
    return found, text


def _bordered(days: Days, match: re.Match[str]) -> Period:
    """The days themselves, or all from them on, before them or up to their end."""
    first, end = days
    before, behind = (match["before"] or "").strip().casefold(), (match["behind"] or "").strip()
    if re.fullmatch(_OPEN_AFTER, behind) or before in ("since", "after"):
        return Period(first, None)
    if re.fullmatch(_OPEN_BEFORE, behind) or before == "before":
        return Period(None, first)
    if re.fullmatch(_UP_TO, behind) or before in ("until", "up to", "to", "through"):
        return Period(None, end)
    return Period(first, end)


def _written(match: re.Match[str], _today: datetime.date) -> Days | None:
    """A year, a part of it, a month or a day; None for a day that no calendar has."""
    parts = match.groupdict()
    year, month, day = int(parts["year"]), _month(parts.get("month")), int(parts.get("day") or 0)
    if part := parts.get("part"):
        return _part_of(year, part)
    try:
        first = datetime.date(year, month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first + _DAY
    return (first, _later(first, 1)) if month else (first, first.replace(year=year + 1))


def _part_of(year: int, part: str) -> Days:
    if part[0] in "상하":
        first = datetime.date(year, 1 if part[0] == "상" else 7, 1)
        return first, _later(first, 6)
    first = datetime.date(year, 3 * (int(re.sub(r"\D", "", part)) - 1) + 1, 1)
    return first, _later(first, 3)


def _between(match: re.Match[str], today: datetime.date) -> Days | None:
    """Two years, with all that lies between."""
    first, last = sorted((int(match["year"]), int(match["other"])))
    return datetime.date(first, 1, 1), datetime.date(last + 1, 1, 1)


def _named(match: re.Match[str], today: datetime.date) -> Days:
    word = "".join(match["name"].casefold().split())
    for names, read in _NAMED.items():
        if word in names.split("|"):
            return read(today)
    raise AssertionError(word)  # the pattern is made of these names


def _recent(match: re.Match[str], today: datetime.date) -> Days:
    count = match["count"].casefold()
    unit = match["unit"].casefold()
    days = (int(count) if count.isdigit() else _COUNTS[count]) * _UNITS[unit]
    return today - days * _DAY, today + _DAY


def _week(today: datetime.date) -> Days:
    first = today - today.weekday() * _DAY
    return first, first + 7 * _DAY


def _last_week(today: datetime.date) -> Days:
    return _week(today - 7 * _DAY)


def _this_month(today: datetime.date) -> Days:
    return today.replace(day=1), _later(today, 1)


def _last_month(today: datetime.date) -> Days:
    return _later(today, -1), today.replace(day=1)


def _year(back: int) -> Callable[[datetime.date], Days]:
    return lambda today: (datetime.date(today.year - back, 1, 1), datetime.date(today.year - back + 1, 1, 1))


def _day(back: int) -> Callable[[datetime.date], Days]:
    return lambda today: (today - back * _DAY, today - (back - 1) * _DAY)


def _later(day: datetime.date, months: int) -> datetime.date:
    """The first day of the month so many months on."""
    month = day.year * 12 + day.month - 1 + months
    return datetime.date(month // 12, month % 12 + 1, 1)


def _month(written: str | None) -> int:
    if not written:
        return 0
    return int(written) if written.isdigit() else _MONTHS.index(written[:3].casefold()) + 1


_NAMED: dict[str, Callable[[datetime.date], Days]] = {
    "오늘|today": _day(0),
    "어제|yesterday": _day(1),
    "그제|그저께|엊그제": _day(2),
    "이번주|금주|thisweek": _week,
    "지난주|저번주|lastweek": _last_week,
    "이번달|이달|금월|thismonth": _this_month,
    "지난달|저번달|전월|lastmonth": _last_month,
    "올해|금년|thisyear": _year(0),
    "작년|지난해|전년|lastyear": _year(1),
    "재작년|지지난해": _year(2),
}
_SPACED = (
    r"이번 ?주|지난 ?주|저번 ?주|금주|이번 ?달|이달|금월|지난 ?달|저번 ?달|전월|올해|금년|작년"
    r"|지난 ?해|전년|재작년|지지난해|오늘|어제|그제|그저께|엊그제"
    r"|\b(?:today|yesterday|this week|last week|this month|last month|this year|last year)\b"
)


def _pattern(core: str) -> re.Pattern[str]:
    """With the words before or behind that make it a border."""
    before = r"(?:\b(?P<before>since|after|before|until|up to|to|through)\s+)?"
    behind = rf"(?P<behind>{_OPEN_AFTER}|{_OPEN_BEFORE}|{_UP_TO}|{_WITHIN})"
    return re.compile(before + core + behind, re.IGNORECASE)


_Read = Callable[[re.Match[str], datetime.date], Days | None]
_PATTERNS: tuple[tuple[re.Pattern[str], _Read], ...] = (
    (
        re.compile(
            rf"(?:\bbetween )?{_YEAR}년?\s?(?:[~∼〜–-]|에서|\band\b|\bto\b)\s?(?P<other>(?:19|20)\d\d)년?(?:\s?사이)?"
            rf"(?P<before>)(?P<behind>{_WITHIN})(?![-.]\d)",
            re.IGNORECASE,
        ),
        _between,
    ),
    (_pattern(rf"{_YEAR}년도?\s?(?P<part>[1-4]\s?분기|[상하]반기)"), _written),
    (_pattern(rf"\b(?P<part>q[1-4])\s+{_YEAR}"), _written),
    (_pattern(rf"{_YEAR}년\s?(?P<month>\d{{1,2}})월(?:\s?(?P<day>\d{{1,2}})일)?"), _written),
    (_pattern(rf"(?<![\d.-]){_YEAR}[-./](?P<month>\d{{1,2}})(?:[-./](?P<day>\d{{1,2}}))?(?![\d-])"), _written),
    (_pattern(rf"\b(?P<day>\d{{1,2}}) {_MONTH},? {_YEAR}"), _written),
    (_pattern(rf"\b{_MONTH} (?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? )?{_YEAR}"), _written),
    (_pattern(rf"(?<![\d.-]){_YEAR}(?:년도?)?(?![\d-])"), _written),
    (
        _pattern(
            r"(?:최근|지난|\b(?:the )?(?:last|past))\s?(?P<count>\d{1,3}|한|두|세|석|네|넉|다섯|여섯|일(?=주)|a|one|two|three)\s?"
            r"(?:개(?=월))?(?P<unit>주일|일|주|달|월|년|해|day|week|month|year)s?(?:간|\s?동안)*"
        ),
        _recent,
    ),
    (_pattern(rf"(?P<name>{_SPACED})"), _named),
)  # fmt: skip
