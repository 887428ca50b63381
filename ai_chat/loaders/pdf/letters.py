"""Where the letters of a PDF page stand: boxes and lines by their positions in PDFium's page text.

Takes an open page, gives boxes as the page is looked at: turned upright, x to the right, y upwards. Holds PDFium's text page, so
`close` it. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as c_pdfium


class Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


class Stretch(NamedTuple):
    """raw[start:end], a line or a part of one, and where it stands."""

    start: int
    end: int
    box: Box


def upright(left: float, bottom: float, right: float, top: float, turned: int) -> Box:
    """A box of a page that is shown turned by so many degrees clockwise."""
    match turned:
        case 90:
            return Box(bottom, -right, top, -left)
        case 180:
            return Box(-right, -top, -left, -bottom)
        case 270:
            return Box(-top, left, -bottom, right)
    return Box(left, bottom, right, top)


class Letters:
    """Asks PDFium about places in the page text `raw`."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._textpage = page.get_textpage()
        self.raw: str = self._textpage.get_text_range()
        self.turned: int = page.get_rotation()
        left, bottom, right, top = page.get_bbox()
        self.page = upright(left, bottom, right, top, self.turned)
        self._found = c_pdfium.FS_RECTF()
        self._is_plain = self._counts_alike()

    def close(self) -> None:
        self._textpage.close()

    def box(self, position: int) -> Box:
        """As high as its font, not as its ink."""
        found = self._found
        c_pdfium.FPDFText_GetLooseCharBox(self._textpage, self._index(position), found)
        left, bottom, right, top = found.left, found.bottom, found.right, found.top
        return upright(left, bottom, right, top, self.turned) if self.turned else Box(left, bottom, right, top)

    def font_size(self, position: int) -> float:
        return float(c_pdfium.FPDFText_GetFontSize(self._textpage, self._index(position)))

    def is_inferred(self, position: int) -> bool:
        """Whether PDFium put it there and not the file."""
        return bool(c_pdfium.FPDFText_IsGenerated(self._textpage, self._index(position)) == 1)

    def is_unmapped(self, position: int) -> bool:
        """Whether the file does not say which letter its picture stands for."""
        return bool(c_pdfium.FPDFText_HasUnicodeMapError(self._textpage, self._index(position)) == 1)

    @cached_property
    def lines(self) -> tuple[Stretch, ...]:
        """Those that hold more than white space, in the order of the page text."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[Stretch]:
        start = 0
        for line in self.raw.split("\r\n"):
            if text := line.strip():
                first = start + line.index(text[0])
                yield self.stretch(first, first + len(text))
            start += len(line) + 2

    def stretch(self, start: int, end: int) -> Stretch:
        """raw[start:end], which begins and ends with a letter that is seen."""
        first, last = self.box(start), self.box(end - 1)
        box = Box(*map(min, first[:2], last[:2]), *map(max, first[2:], last[2:]))
        return Stretch(start, end, box)

    def _counts_alike(self) -> bool:
        """Whether PDFium left no letter out of the page text, nor put any in that it does not count."""
        last = self._textpage.count_chars() - 1
        found = c_pdfium.FPDFText_GetCharIndexFromTextIndex(self._textpage, last)
        return bool(last == found == len(self.raw) - 1)

    def _index(self, position: int) -> int:
        if self._is_plain:
            return position
        return int(c_pdfium.FPDFText_GetCharIndexFromTextIndex(self._textpage, position))
