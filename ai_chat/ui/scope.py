"""Where a conversation searches: the collections, kinds of files and dates that were chosen for it.

Pure: takes a choice and gives a Scope, and back again, so that the last question tells what was chosen. Knows no Streamlit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from ai_chat.filters import TYPE
from ai_chat.types import DEFAULT_COLLECTION, PRIVATE, SAMPLES_COLLECTION, Scope
from ai_chat.ui.strings import Language, say

TYPES = {
    "pdf": "type_pdf",
    "hwp": "type_hwp",
    "word": "type_word",
    "excel": "type_excel",
    "powerpoint": "type_powerpoint",
    "txt": "type_txt",
    "md": "type_md",
    "html": "type_html",
    "csv": "type_csv",
    "eml": "type_eml",
}
"""Kinds of files as filters name them, each with the name of its words."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

Part = Literal["collections", "types", "dates"]


@dataclass(frozen=True, slots=True)
class Choice:
    """Nothing chosen is everything. `first` and `last` are days of the document, both included."""

    collections: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None

    def scope(self, private: str | None = None) -> Scope:
        """`private` is searched besides: the collection of the conversation."""
        filters = [(TYPE, each) for each in self.types]
        if self.first:
            filters.append(("after", self.first.isoformat()))
        if self.last:
            filters.append(("before", (self.last + timedelta(days=1)).isoformat()))
        also = (private,) if private else ()
        return Scope(collections=self.collections or None, filters=tuple(filters), also=also)

    def without(self, part: Part, value: str = "") -> Choice:
        """One collection or type less, or any date."""
        if part == "collections":
            return replace(self, collections=tuple(each for each in self.collections if each != value))
        if part == "types":
            return replace(self, types=tuple(each for each in self.types if each != value))
        return replace(self, first=None, last=None)


EVERYTHING = Choice()


def choice_of(scope: Scope) -> Choice:
    """What was chosen for a question that was asked with this scope."""
    last = next((value for key, value in scope.filters if key == "before"), None)
    first = next((value for key, value in scope.filters if key == "after"), None)
    return Choice(
        collections=scope.collections or (),
        types=tuple(value for key, value in scope.filters if key == TYPE),
        first=_day(first),
        last=before - timedelta(days=1) if (before := _day(last)) else None,
    )


def _day(text: str | None) -> date | None:
    """None also of what the chooser cannot show, such as a month that a command asked for."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing chosen, in words; `part` and `value` name it."""

    part: Part
    value: str
    words: str


def chips(choice: Choice, language: Language) -> list[Chip]:
    """What was chosen, in the order of the chooser."""
    found = [Chip("collections", each, collection_words(each, language)) for each in choice.collections]
    found += [Chip("types", each, type_words(each, language)) for each in choice.types]
    if choice.first or choice.last:
        found.append(Chip("dates", "", _dates(choice, language)))
    return found


def collection_words(name: str, language: Language) -> str:
    known = {DEFAULT_COLLECTION: "collection_documents", SAMPLES_COLLECTION: "collection_samples"}
    return say(language, known[name]) if name in known else name


def type_words(kind: str, language: Language) -> str:
    return say(language, TYPES[kind]) if kind in TYPES else kind


def _dates(choice: Choice, language: Language) -> str:
    first, last = (each.isoformat() if each else "" for each in (choice.first, choice.last))
    if first and last:
        return f"{first} – {last}"
    return say(language, "dates_from", day=first) if first else say(language, "dates_until", day=last)


def private_collection(conversation: str) -> str:
    """The name of the collection that holds what was dropped into a conversation."""
    return PRIVATE + conversation


def choosable(collections: Sequence[str], choice: Choice) -> list[str]:
    """The collections to offer: those that are there, and those chosen that are there no more."""
    return [*collections, *(each for each in choice.collections if each not in collections)]
