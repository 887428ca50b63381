"""PDF with a text layer -> a unit a page, in the reading order that PDFium gives.

Raw text is PDFium's page text; artefacts of layout are left out of the normalised one. No pictures are read here: pages
without text are reported, and a file without any is refused as needing OCR.
"""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as c_pdfium

from ai_chat.errors import InputError
from ai_chat.loaders.about import metadata
from ai_chat.loaders.detect import Source
from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.pdf_layout import artefacts
from ai_chat.types import Metadata, Problem, Unit

_BROKEN_IN_A_ROW = 200


def load_pdf(source: Source) -> Iterator[Unit | Problem | Metadata]:
    document = _open(source)
    try:
        yield metadata(*(document.get_metadata_value(key) for key in ("Title", "Author", "CreationDate")))
        report = _Report(source.name)
        for index in range(len(document)):
            unit = _read_page(document, index, report)
            if unit:
                yield unit
            if report.hopeless:
                break
        yield from report.problems(len(document))
    finally:
        document.close()


class _Report:
    """What became of the pages, and what to say about it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._read = self._in_a_row = 0
        self._silent: list[int] = []
        self._broken: list[int] = []
        self._blank: list[int] = []

    @property
    def hopeless(self) -> bool:
        return self._in_a_row >= _BROKEN_IN_A_ROW

    def broken(self, number: int) -> None:
        self._broken.append(number)
        self._in_a_row += 1

    def loaded(self, number: int, *, text: bool, objects: bool) -> None:
        self._in_a_row = 0
        if text:
            self._read += 1
        else:
            (self._silent if objects else self._blank).append(number)

    def problems(self, pages: int) -> Iterator[Problem]:
        """Raises when no page gave text: pictures need OCR, broken pages mean a damaged file."""
        if not self._read:
            self._refuse(pages)
        for code, numbers in (("page_without_text", self._silent), ("page_unreadable", self._broken)):
            if numbers:
                values = {"name": self._name, "pages": page_list(numbers), "count": len(numbers), "total": pages}
                yield Problem(code, values)

    def _refuse(self, pages: int) -> None:
        if self._silent:
            raise InputError("needs_ocr", name=self._name, pages=pages)
        if self._broken or not pages:
            raise InputError("pdf_damaged", name=self._name, reason="no page can be opened")


def page_list(numbers: list[int]) -> str:
    """[1, 2, 3, 7] -> "1-3, 7"."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)


def _open(source: Source) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(source.path)
    except pdfium.PdfiumError as error:
        if error.err_code in (c_pdfium.FPDF_ERR_PASSWORD, c_pdfium.FPDF_ERR_SECURITY):
            raise InputError("password_needed", name=source.name) from error
        raise InputError("pdf_damaged", name=source.name, reason=str(error)) from error


def _read_page(document: pdfium.PdfDocument, index: int, report: _Report) -> Unit | None:
    try:
        page = document[index]
    except pdfium.PdfiumError:
        report.broken(index + 1)  # named in the warning at the end
        return None
    try:
        textpage = page.get_textpage()
        raw = textpage.get_text_range()
        text, offsets = normalise(raw, dropped=artefacts(textpage, raw))
        report.loaded(index + 1, text=bool(text.strip()), objects=c_pdfium.FPDFPage_CountObjects(page) > 0)
        return Unit("page", index + 1, str(index + 1), text, offsets) if text.strip() else None
    except pdfium.PdfiumError:
        report.broken(index + 1)
        return None
    finally:
        page.close()
