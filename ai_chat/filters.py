"""The filters of a search: their names, Korean ones too, and what their values may be.

Takes a name and a value as somebody wrote them, gives the key and the value that Scope.filters holds; an answer of before
stays as it is. Pure; knows no query and no store.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from types import MappingProxyType

from ai_chat.errors import InputError

NOT = "-"  # in front of a key: what does not fit it
COLLECTION, DOCUMENT, TYPE, AUTHOR, TITLE = "collection", "document", "type", "author", "title"
DATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "after": ("document", ">="),
        "before": ("document", "<"),
        "modified_after": ("modified", ">="),
        "modified_before": ("modified", "<"),
        "added_after": ("added", ">="),
        "added_before": ("added", "<"),
    }
)
KEYS: tuple[str, ...] = (TYPE, DOCUMENT, COLLECTION, *DATES, AUTHOR, TITLE)
_KOREAN = {
    TYPE: ("종류", "형식"),
    DOCUMENT: ("문서", "문서명", "파일", "파일명"),
    COLLECTION: ("컬렉션",),
    "after": ("이후",),
    "before": ("이전",),
    "modified_after": ("수정이후",),
    "modified_before": ("수정이전",),
    "added_after": ("추가이후", "등록이후"),
    "added_before": ("추가이전", "등록이전"),
    AUTHOR: ("저자", "작성자"),
    TITLE: ("제목",),
}
NAMES: Mapping[str, str] = MappingProxyType(
    {key: key for key in KEYS}
    | {key.replace("_", "-"): key for key in KEYS}
    | {name: key for key, names in _KOREAN.items() for name in names}
)
_SUFFIXES = {
    "pdf": ("pdf",),
    "html": ("html", "htm", "xhtml"),
    "md": ("md", "markdown"),
    "txt": ("txt", "text", "log"),
    "csv": ("csv", "tsv"),
    "word": ("docx", "doc"),
    "excel": ("xlsx", "xls", "xlsm"),
    "powerpoint": ("pptx", "ppt"),
    "hwp": ("hwp", "hwpx"),
}
_SYNONYMS = {
    "markdown": "md",
    "마크다운": "md",
    "text": "txt",
    "텍스트": "txt",
    "워드": "word",
    "엑셀": "excel",
    "파워포인트": "powerpoint",
    "한글": "hwp",
    "웹": "html",
}
_DATE = re.compile(r"(\d{4})(?:[-./년]?(\d{1,2})(?:[-./월]?(\d{1,2}))?)?[.년월일]?")
_SUFFIX = re.compile(r"[^\W_]{1,10}")
_LONE = re.compile("[\ud800-\udfff]")  # halves of characters, which no file name and no text of ours has
QUOTES = '"“”„‟＂'
_QUOTES = re.compile(f"[{QUOTES}]")
_YEARS = range(1000, 9001)
_SHOWN = 80  # characters of a wrong value


def key_of(name: str) -> str | None:
    """The key of a filter as it is written, in English or Korean; None for any other word."""
    return NAMES.get(name.casefold())


def checked(key: str, value: str) -> tuple[str, str]:
    """The filter with its value in the form that is stored: dates as their first day. InputError filter_invalid."""
    name = key.removeprefix(NOT)
    known = key_of(name)
    found = _value(known, value.strip()) if known else ""
    if not known or not found:
        raise InputError("filter_invalid", name=name, value=value[:_SHOWN], example=_example(known or TYPE))
    return key.removesuffix(name) + known, found


def pairs(key: str, value: str) -> tuple[tuple[str, str], ...]:
    """A filter checked: one pair, or one for each of several types in type:pdf,md."""
    known = key_of(key.removeprefix(NOT))
    return tuple(checked(key, each) for each in (value.rstrip(",").split(",") if known == TYPE else [value]))


def quoted(words: str) -> str:
    """Words as a phrase in a question."""
    return f'"{_QUOTES.sub(" ", words)}"'


def suffixes(kind: str) -> tuple[str, ...]:
    """The file name endings of a type, without dot."""
    return _SUFFIXES.get(kind, (kind,))


def _value(key: str, value: str) -> str:
    if _LONE.search(value):
        return ""
    if key in DATES:
        return _first_day(value)
    return _type(value) if key == TYPE else value


def _first_day(value: str) -> str:
    """2024 as 2024-01-01; "" where it is no date."""
    match = _DATE.fullmatch(value)
    if not match:
        return ""
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        return datetime.date(year, month, day).isoformat() if year in _YEARS else ""
    except ValueError:
        return ""


def _type(value: str) -> str:
    kind = value.casefold().removeprefix(".")
    return _SYNONYMS.get(kind, kind) if _SUFFIX.fullmatch(kind) else ""


def _example(key: str) -> str:
    values = ("2024", "2024-01", "2024-01-15") if key in DATES else ("pdf", "html", "md", "csv", "txt")
    return ", ".join(f"{key}:{value}" for value in values)
