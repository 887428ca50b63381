"""Where in a unit's text the asked-for places stand. White space and letter case make no difference.

Takes normalised text, spans and a sentence, gives spans. Pure; knows no document.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple


class Span(NamedTuple):
    start: int
    end: int


def spans_of(text: str, marks: Sequence[tuple[int, int]], sentence: str) -> tuple[Span, ...]:
    """The marks as they are; with a sentence only while one of them holds it, for the text may have changed: else where it is now."""
    inside = tuple(Span(*mark) for mark in sorted(marks) if 0 <= mark[0] < mark[1] <= len(text))
    if not sentence.strip() or any(find(text[span.start : span.end], sentence) for span in inside):
        return inside
    found = find(text, sentence)
    return (found,) if found else ()


def find(text: str, sentence: str, start: int = 0) -> Span | None:
    """The first place at or behind `start`."""
    wanted, _ = _squeezed(unicodedata.normalize("NFC", sentence))
    letters, positions = _squeezed(text[start:])
    at = letters.find(wanted) if wanted else -1
    return Span(start + positions[at], start + positions[at + len(wanted) - 1] + 1) if at >= 0 else None


def _squeezed(text: str) -> tuple[str, list[int]]:
    """Its letters without white space, in lower case, and where each stands in `text`."""
    letters = [(position, plain) for position, letter in enumerate(text) for plain in letter.lower() if plain.strip()]
    return "".join(plain for _, plain in letters), [position for position, _ in letters]
