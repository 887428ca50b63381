"""Where in its document something stands, in words. Takes what names a unit, gives text that is not yet escaped."""

from __future__ import annotations

import re

from ai_chat.types import UnitRef
from ai_chat.ui.strings import Language, say

_SPAN = re.compile(r"(lines|rows) (\d+)-(\d+)")  # as the loaders label parts that have no name


def place(kind: str, number: int, label: str, page: int | None, language: Language) -> str:
    if page is not None:
        return say(language, "page", number=page)
    if span := _SPAN.fullmatch(label):
        name, first, last = span.groups()
        return say(language, name, span=first if first == last else f"{first}–{last}")
    if not label:
        return say(language, "part", number=number)
    return say(language, kind, number=number, label=label)


def page_of(unit: UnitRef) -> int | None:
    """The page's number, where the unit is one."""
    return unit.number if unit.kind == "page" else None
