"""Dates as documents write them, Korean and English, and which of them is the document's own.

Takes a file name, a text and the creation date that a file tells; gives days as ISO text, "" where there is none: a month
or a year is its first day. Numbers that only look like dates (versions, telephone and document numbers) are none. Pure.
"""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

FIRST_PAGE = 3000  # characters in which a text tells its date
_YEARS = range(1900, 2100)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<m>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:[a-z]{1,6})?\.?"
_BEFORE = r"(?<![A-Za-z\d_.]\d)(?<!\d[-/]\d)(?<!제\d)"  # looked at behind a first digit, which is found quickly
_AFTER = r"(?!\d|[-./]\d|호)"

_DAYS = (
    rf"(?P<y>\d{_BEFORE}\d{{3}})\s?(?P<by>[-./])\s?(?P<m>\d{{1,2}})\s?(?P=by)\s?(?P<d>\d{{1,2}}){_AFTER}",
    r"(?<!\d)(?P<y>\d{4}|['’‘`]?\d{2})\s?년\s?(?P<m>\d{1,2})\s?월\s?(?P<d>\d{1,2})\s?일",
    rf"(?<!\w)['’‘`](?P<y>\d{{2}})\s?(?P<by>[-./])\s?(?P<m>\d{{1,2}})\s?(?P=by)\s?(?P<d>\d{{1,2}}){_AFTER}",
    rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?{_MONTH},?[ -](?P<y>\d{{4}})\b",
    rf"\b{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})\b",
    r"(?<![\w./-])(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})(?![\w/-])",
)
_MONTHS_ALONE = (
    r"(?<!\d)(?P<y>\d{4}|['’‘`]\d{2})\s?년\s?(?P<m>\d{1,2})\s?월(?!\s?\d{1,2}\s?일)",
    rf"\b{_MONTH},?[ -](?P<y>\d{{4}})\b",
    r"(?m:^)[ \t]*(?P<y>\d{4})\s?[-./]\s?(?P<m>\d{1,2})[ \t]?\.?[ \t]*(?m:$)",
)
_NAME_DAYS = (
    r"(?<![\d.])(?<!\d[-/])(?<!제)(?P<y>\d{4})(?P<by>[-._ ])\s?(?P<m>\d{1,2})(?P=by)\s?(?P<d>\d{1,2})(?!\d|[-._]\d{3}|호)",
    r"(?<!\d)(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?!\d)",
    r"(?<![^\W_])(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d|[^\W\d_]?-\d{6})",
)
_NAME_MONTHS = (
    r"(?<![\d.])(?<!\d[-/])(?<!제)(?<!(?-i:[A-Z])-)(?P<y>\d{4})[-._](?P<m>\d{2})(?!\d|[-._]\d|호)",
    r"(?<![^\W_])(?P<y>\d{4})(?P<m>\d{2})(?!\d)",
)
_NAME_YEARS = (r"(?<![\d.])(?<!\d[-/])(?<!제)(?P<y>(?:19|20)\d{2})(?!\d|[-.]\d|호)",)
_VERSION = re.compile(r"(?:(?<![^\W_])(?:v|ver\.?|version|rev\.?)|버전|릴리[즈스])\s*$", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:(?:작성|시행|발행|발표|배포|게시|등록|공고|기안|보고|제출|회의|계약|발급|공포|최종\s?수정)\s?(?:일자|일시|일)|일\s?자|일\s?시|날\s?짜"
    r"|\b(?:date|dated|published(?: on)?|issued(?: on)?|effective(?: date| from)?|last (?:updated|modified)))\W{0,6}$",
    re.IGNORECASE,
)
_REVISION = re.compile(r"(?:제정|개정|시행|revised|amended)\W{0,6}$", re.IGNORECASE)
_LABEL_REACH = 24
_SUFFIX = re.compile(r"\.[A-Za-z]\w{0,9}$")


class Found(NamedTuple):
    """`first` to `last`: the day, or all days of the month or year that is named. `start`, `end`: where it stands."""

    start: int
    end: int
    first: datetime.date
    last: datetime.date


def document_date(name: str, inside: str = "") -> str:
    """The name's date; that `inside` the document where it is within the month or year of the name, or the name has none."""
    named = _in_name(name)
    if not named or (inside and named.first <= datetime.date.fromisoformat(inside) <= named.last):
        return inside
    return named.first.isoformat()


def text_date(text: str) -> str:
    """Of a document's first page: what is labelled as its date, else its last revision, else the first date."""
    page = unicodedata.normalize("NFKC", text[:FIRST_PAGE])
    found = _in_text(page)
    for each in found:
        if _LABEL.search(page, max(0, each.start - _LABEL_REACH), each.start):
            return each.first.isoformat()
    revisions = [each.first for each in found if _REVISION.search(page, max(0, each.start - _LABEL_REACH), each.start)]
    if revisions:
        return max(revisions).isoformat()
    single = [each.first for each in found if not _is_end_of_period(page, each)]
    return single[0].isoformat() if single else ""


def day_of(value: str) -> str:
    """The first day in a date that a file tells of itself, such as D:20240315093000+09'00' or 2024-03-15T09:30:00Z."""
    compact = re.match(r"\s*(?:D:)?(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?=\d{2}|\D|$)", value)
    found = ([_found(compact)] if compact else []) or _in_text(value.replace("T", " "))
    return found[0].first.isoformat() if found and found[0] else ""


def _in_name(name: str) -> Found | None:
    """A day before a month before a year; each by the ways of file names first."""
    stem = _SUFFIX.sub("", unicodedata.normalize("NFKC", name))
    words = stem.replace("_", " ")
    for own, written in ((_NAME_DAYS, _DAYS), (_NAME_MONTHS, _MONTHS_ALONE), (_NAME_YEARS, ())):
        if found := [*_matches(stem, own), *_matches(words, written)]:
            return found[0]
    return None


def _in_text(text: str) -> list[Found]:
    """In reading order, a month only where no day of it is written."""
    days = list(_matches(text, _DAYS))
    months = [each for each in _matches(text, _MONTHS_ALONE) if not any(d.start <= each.start < d.end for d in days)]
    return sorted([*days, *months])


def _matches(text: str, patterns: Sequence[str]) -> Iterator[Found]:
    lowered = text.lower()
    months_named = any(month in lowered for month in _MONTHS)
    for pattern in patterns:
        if _MONTH in pattern and not months_named:
            continue
        for match in re.finditer(pattern, text, re.IGNORECASE):
            if _VERSION.search(text, max(0, match.start() - 10), match.start()):
                continue
            if found := _found(match):
                yield found


def _found(match: re.Match[str]) -> Found | None:
    """None for a day that no calendar has, and for six digits that may be a day or a month."""
    parts = match.groupdict()
    year, month, day = _year(parts["y"]), _month(parts.get("m")), int(parts.get("d") or 0)
    if re.fullmatch(r"20(?:0\d|1[0-2])(?:0[1-9]|1[0-2])", match[0]):
        return None
    if year not in _YEARS:
        return None
    try:
        first = datetime.date(year, month or 1, day or 1)
    except ValueError:
        return None
    return Found(match.start(), match.end(), first, _last(first, month, day))


def _last(first: datetime.date, month: int, day: int) -> datetime.date:
    if day:
        return first
    if not month:
        return first.replace(month=12, day=31)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _year(written: str) -> int:
    digits = written.strip("'’‘`")
    return int(digits) if len(digits) == 4 else 2000 + int(digits) - 100 * (int(digits) > 69)


def _month(written: str | None) -> int:
    if not written:
        return 0
    return int(written) if written.isdigit() else _MONTHS.index(written[:3].lower()) + 1


def _is_end_of_period(text: str, found: Found) -> bool:
    """One of the two ends of "2024.1.1 ~ 2024.12.31"."""
    before, after = text[max(0, found.start - 4) : found.start], text[found.end : found.end + 6]
    return bool(re.search(r"[~∼〜–][\s(]*$", before) or re.match(r"[.\s]*(?:\(.\))?\s*(?:[~∼〜–]|부터|까지)", after))
