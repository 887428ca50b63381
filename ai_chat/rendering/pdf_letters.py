"""The letters of a PDF page and their boxes, by PDFium.

Takes marks, gives boxes as fractions of the page as it is shown. A mark's letters are looked up where its unit says that they stand in
the page's text; where they do not stand there, the words themselves are looked for.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterable, Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as c_pdfium

from ai_chat.loaders.normalise import normalise, to_raw
from ai_chat.rendering.places import find
from ai_chat.rendering.wire import Box, Mark

_KNOWN = 0.6  # of a mark's letters; where fewer stand at their places, the page's text is another one
_GAP = 1.5  # of the letters' height; wider gaps part two boxes of a line
_FINE = 20_000  # device units of a page's longer side


class Letters:
    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self._textpage = page.get_textpage()
        self._raw = self._textpage.get_text_range()
        self._wide = [
            place for place, letter in enumerate(self._raw) if letter > "\uffff"
        ]  # two places each in PDFium's text
        width, height = page.get_size()
        unit = _FINE / max(width, height, 1.0)
        self._size = max(1, round(width * unit)), max(1, round(height * unit))

    def boxes(self, mark: Mark) -> Iterator[Box]:
        """One for each letter that is found, in the order of the text."""
        for place in self._known(mark) or self._searched(mark.text):
            if not self._raw[place].isspace() and (box := self._box(place)):
                yield box

    def _known(self, mark: Mark) -> list[int]:
        """Where its letters stand; none where too few of them do."""
        letters = [(letter, place) for letter, place in zip(mark.text, mark.raw, strict=True) if not letter.isspace()]
        known = [place for letter, place in letters if place < len(self._raw) and _same(letter, self._raw[place])]
        return known if len(known) >= _KNOWN * len(letters) else []

    def _searched(self, text: str) -> list[int]:
        page, offsets = normalise(self._raw)
        found = find(page, text)
        return [to_raw(offsets, place) for place in range(*found)] if found else []

    def _box(self, place: int) -> Box | None:
        wide = sum(1 for each in self._wide if each < place)
        index = c_pdfium.FPDFText_GetCharIndexFromTextIndex(self._textpage, place + wide)
        try:
            left, bottom, right, top = self._textpage.get_charbox(index, loose=True)
        except pdfium.PdfiumError:
            return None  # made up by PDFium, such as the space between two words
        (x1, y1), (x2, y2) = self._shown(left, bottom), self._shown(right, top)
        return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)

    def _shown(self, x: float, y: float) -> tuple[float, float]:
        """A place of the page as a fraction of its picture, which may be turned and cut."""
        across, down = ctypes.c_int(), ctypes.c_int()
        c_pdfium.FPDF_PageToDevice(self._page, 0, 0, *self._size, 0, x, y, ctypes.byref(across), ctypes.byref(down))
        return across.value / self._size[0], down.value / self._size[1]


def lines(boxes: Iterable[Box]) -> Iterator[Box]:
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


def _same(letter: str, raw: str) -> bool:
    """The raw text may hold the first part of a composed letter."""
    return unicodedata.normalize("NFD", letter)[0] == unicodedata.normalize("NFD", raw)[0]
