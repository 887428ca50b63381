"""Where marks stand on a PDF page: boxes as fractions of the page as it is shown.

Takes a page's Letters and marks. A mark's letters are looked up where its unit says that they stand in the page's text; where they do
not stand there, the words themselves are looked for. Draws nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from ai_chat.loaders.normalise import normalise, to_raw
from ai_chat.loaders.pdf.letters import Letters
from ai_chat.rendering.places import find
from ai_chat.rendering.wire import Box, Mark

_KNOWN = 0.25  # of a mark's letters: names of columns, which a row repeats, stand elsewhere
_GAP = 1.5  # of the letters' height; wider gaps part two boxes of a line


def mark_boxes(letters: Letters, mark: Mark) -> list[Box]:
    """A box for each line or cell that the mark stands in."""
    places = _known(letters.raw, mark) or _searched(letters.raw, mark.text)
    return list(_lines(_shown(letters, place) for place in places if not letters.raw[place].isspace()))


def _known(raw: str, mark: Mark) -> list[int]:
    """Where its letters stand; none where too few of them do."""
    letters = [(letter, place) for letter, place in zip(mark.text, mark.raw, strict=True) if not letter.isspace()]
    known = [place for letter, place in letters if place < len(raw) and _same(letter, raw[place])]
    return known if len(known) >= _KNOWN * len(letters) else []


def _searched(raw: str, text: str) -> list[int]:
    page, offsets = normalise(raw)
    found = find(page, text)
    return [to_raw(offsets, place) for place in range(*found)] if found else []


def _same(letter: str, raw: str) -> bool:
    """The raw text may hold the first part of a composed letter."""
    return unicodedata.normalize("NFD", letter)[0] == unicodedata.normalize("NFD", raw)[0]


def _shown(letters: Letters, place: int) -> Box:
    box, page = letters.box(place), letters.page
    width, height = max(page.right - page.left, 1e-6), max(page.top - page.bottom, 1e-6)
    return (
        (box.left - page.left) / width,
        (page.top - box.top) / height,
        (box.right - page.left) / width,
        (page.top - box.bottom) / height,
    )


def _lines(boxes: Iterable[Box]) -> Iterator[Box]:
    """Neighbours on a line in one box."""
    line: Box | None = None
    for box in boxes:
        if line and _continues(line, box):
            line = min(line[0], box[0]), min(line[1], box[1]), max(line[2], box[2]), max(line[3], box[3])
        else:
            if line:
                yield line
            line = box
    if line:
        yield line


def _continues(line: Box, box: Box) -> bool:
    height = min(line[3] - line[1], box[3] - box[1])
    overlap = min(line[3], box[3]) - max(line[1], box[1])
    gap = max(box[0] - line[2], line[0] - box[2])
    return overlap > 0.5 * height and gap < _GAP * max(line[3] - line[1], box[3] - box[1])
