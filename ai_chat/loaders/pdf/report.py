"""What became of the pages of a PDF, and what is said about it at the end.

Takes numbers of pages, gives Problems, or raises InputError where no page could be read. Knows no PDF.
"""

from __future__ import annotations

from collections.abc import Iterator

from ai_chat.errors import InputError
from ai_chat.loaders.pages import ocr_warning, page_list, waiting_for_ocr
from ai_chat.types import Problem

_BROKEN_IN_A_ROW = 200
_SAME_IN_A_ROW = 500  # pages that are one and the same: a tree of pages that multiplies one


class Report:
    def __init__(self, name: str, total: int) -> None:
        self.name = name
        self.total = total
        self._read = self._in_a_row = self._same = 0
        self._last = ""
        self._silent: list[int] = []
        self._broken: list[int] = []
        self._by_ocr: dict[int, float] = {}

    @property
    def is_hopeless(self) -> bool:
        return self._in_a_row >= _BROKEN_IN_A_ROW or self._same >= _SAME_IN_A_ROW

    def broken(self, number: int) -> None:
        self._broken.append(number)
        self._in_a_row += 1

    def loaded(self, text: str) -> None:
        """A page was opened; `text` is what it says by itself."""
        self._in_a_row = 0
        self._same = self._same + 1 if text.strip() and text == self._last else 0
        self._last = text

    def read(self) -> None:
        """There is a unit of this page, or will be."""
        self._read += 1

    def silent(self, number: int) -> None:
        self._silent.append(number)

    def by_ocr(self, number: int, confidence: float) -> None:
        self._by_ocr[number] = confidence

    def problems(self) -> Iterator[Problem]:
        """Raises when no page gave text: pictures need OCR, broken pages mean a damaged file."""
        if not self._read:
            self._refuse()
        if self._by_ocr:
            yield ocr_warning(self.name, list(self._by_ocr), list(self._by_ocr.values()), self.total)
        if self._silent:
            yield from waiting_for_ocr(self.name, self._silent, self.total)
        if self._broken:
            values = {"name": self.name, "pages": page_list(self._broken), "count": len(self._broken)}
            yield Problem("page_unreadable", {**values, "total": self.total})
        if self._same >= _SAME_IN_A_ROW:
            yield Problem("pages_repeated", {"name": self.name, "count": self._same, "total": self.total})

    def _refuse(self) -> None:
        if self._silent:
            raise InputError("needs_ocr", name=self.name, pages=self.total)
        if self._broken or not self.total:
            raise InputError("pdf_damaged", name=self.name, reason="no page can be opened")
