"""Where in its document something stands, in words. Takes what names a unit, gives text that is not yet escaped."""

from __future__ import annotations

import re

from ai_chat.types import UnitRef
from ai_chat.ui.strings import Language, say

_SPAN = re.compile(r"(lines|rows) (\d+)-(\d+)")  # as the loaders label parts that have no name


def place(unit: UnitRef, page: int | None, language: Language) -> str:
    """Text read off a picture says so: its letters and numbers may be wrong."""
    named = _named(unit, page, language)
    return say(language, "by_ocr", place=named) if unit.ocr else named


def _named(unit: UnitRef, page: int | None, language: Language) -> str:
    if page is not None:
        return say(language, "page", number=page)
    if span := _SPAN.fullmatch(unit.label):
        name, first, last = span.groups()
        return say(language, name, span=first if first == last else f"{first}–{last}")
    if not unit.label:
        return say(language, "part", number=unit.number)
    return say(language, unit.kind, number=unit.number, label=unit.label)


def page_of(unit: UnitRef) -> int | None:
    """The page's number, where the unit is one."""
    return unit.number if unit.kind == "page" else None
