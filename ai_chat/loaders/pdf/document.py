"""PDF -> a unit a page, in reading order; what its text cannot tell is read off its picture, where tesseract is installed.

Raw text is PDFium's page text. Each page is decided for itself: a scan between pages of text is read by OCR, a scan that brings a good
text of its own is not. Pages wait for their neighbours, which tell running heads and feet.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
import pypdfium2.raw as c_pdfium

from ai_chat.errors import InputError
from ai_chat.loaders.about import metadata
from ai_chat.loaders.detect import Source
from ai_chat.loaders.ocr.reader import Ocr, OcrPage, open_ocr
from ai_chat.loaders.pdf.attached import attachments
from ai_chat.loaders.pdf.page import OpenTable, PageText, read_text
from ai_chat.loaders.pdf.pictures import is_pictured, prefers_ocr, render
from ai_chat.loaders.pdf.report import Report
from ai_chat.loaders.pdf.running import WINDOW, Edges, repeated, skipped
from ai_chat.loaders.tesseract import OcrError
from ai_chat.types import Attachment, Metadata, Problem, Progress, Unit

_EVERY = 50  # pages between two words on the progress of a text
_FILLED = (c_pdfium.FPDF_ANNOT_WIDGET, c_pdfium.FPDF_ANNOT_FREETEXT)


@dataclass(frozen=True, slots=True)
class _Page:
    """`future`: the same page as OCR reads it."""

    number: int
    text: PageText
    future: Future[OcrPage] | None = None


def open_pdf(source: Source) -> pdfium.PdfDocument:
    """InputError pdf_damaged, password_needed, password_wrong, encryption_unknown."""
    password = source.options.password
    try:
        document = pdfium.PdfDocument(source.path, password=password)
        document.init_forms()  # draws what was filled in by programs that left the drawing to others
        return document
    except pdfium.PdfiumError as error:
        if error.err_code == c_pdfium.FPDF_ERR_PASSWORD:
            raise InputError("password_wrong" if password else "password_needed", name=source.name) from error
        if error.err_code == c_pdfium.FPDF_ERR_SECURITY:
            raise InputError("encryption_unknown", name=source.name, found="PDF") from error
        raise InputError("pdf_damaged", name=source.name, reason=str(error)) from error


def open_page(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage:
    """With what was filled into its form, and typed onto it, as part of its text; PdfiumError where it is damaged."""
    page = document[index]
    if not _is_filled(page):
        return page
    c_pdfium.FPDFPage_Flatten(page, c_pdfium.FLAT_NORMALDISPLAY)
    page.close()
    return document[index]


def load_pdf(source: Source) -> Iterator[Unit | Problem | Metadata | Progress | Attachment]:
    with closing(open_pdf(source)) as document, ExitStack() as stack:
        yield metadata(*(_told_of_itself(document, key) for key in ("Title", "Author", "CreationDate")))
        report = Report(source.name, len(document))
        reading = _Reading(source, document, report, stack)
        yield from _told(reading.pages(), report)
        yield from attachments(document, source)
        yield from report.problems()


def _told_of_itself(document: pdfium.PdfDocument, key: str) -> str:
    try:
        return str(document.get_metadata_value(key))
    except UnicodeDecodeError:  # which is damage, but the pages may be whole
        return ""


class _Reading:
    """The pages of one document, one after the other; OCR is started with the first page that asks for it."""

    def __init__(self, source: Source, document: pdfium.PdfDocument, report: Report, stack: ExitStack) -> None:
        self._source = source
        self._document = document
        self._report = report
        self._stack = stack
        self._ocr: Ocr | None = None
        self._is_looked_for = False

    def pages(self) -> Iterator[_Page]:
        before: OpenTable | None = None
        for index in range(len(self._document)):
            page = self._page(index, before)
            before = page.text.last if page else None
            if page:
                yield page
            if self._report.is_hopeless:
                return

    def _page(self, index: int, before: OpenTable | None) -> _Page | None:
        try:
            with closing(open_page(self._document, index)) as page:
                text = read_text(page, before)
                asks = bool(text.doubt) or is_pictured(page, text.text)
                return self._decided(_Page(index + 1, text), page, asks)
        except pdfium.PdfiumError:
            self._report.broken(index + 1)  # named in the warning at the end
            return None

    def _decided(self, page: _Page, drawn: pdfium.PdfPage, asks: bool) -> _Page | None:
        """None where there is nothing on it, or nothing that can be read without OCR."""
        says = bool(page.text.text.strip())
        self._report.loaded(page.text.text)
        if asks and (ocr := self._opened()):
            page = replace(page, future=ocr.submit(render(drawn)))
        elif asks and (page.text.doubt == "garbage" or not says):
            self._report.silent(page.number)
            return None
        elif not says:
            return None
        self._report.read()
        return page

    def _opened(self) -> Ocr | None:
        if not self._is_looked_for:
            self._is_looked_for = True
            self._ocr = open_ocr(self._source.options)
            if self._ocr:
                self._stack.enter_context(self._ocr)
        return self._ocr


def _told(pages: Iterator[_Page], report: Report) -> Iterator[Unit | Problem | Progress]:
    """Units, each when its neighbours are known."""
    waiting: deque[_Page] = deque()
    near: deque[Edges] = deque(maxlen=2 * WINDOW + 1)
    for page in pages:
        near.append(Edges(page.number, page.text.edges))
        waiting.append(page)
        if len(waiting) > WINDOW:
            yield from _unit(waiting.popleft(), near, report)
    while waiting:
        yield from _unit(waiting.popleft(), near, report)


def _unit(page: _Page, near: deque[Edges], report: Report) -> Iterator[Unit | Problem | Progress]:
    """The better of its own text and what OCR read."""
    number, label = page.number, str(page.number)
    if page.future:
        yield Progress(number, report.total)
        try:
            read = page.future.result()
        except OcrError as error:
            read = OcrPage("", (), 0.0, 0)
            yield Problem("page_ocr_failed", {"name": report.name, "page": number, "reason": str(error)})
        if prefers_ocr(page.text, read):
            report.by_ocr(number, read.confidence)
            yield Unit("page", number, label, read.text, ocr=read.confidence, boxes=read.boxes)
            return
    elif number % _EVERY == 0:
        yield Progress(number, report.total)
    text, offsets = page.text.text, page.text.offsets
    if text.strip():
        spans = repeated(Edges(number, page.text.edges), near)
        yield Unit("page", number, label, text, offsets, skipped(text, spans))


def _is_filled(page: pdfium.PdfPage) -> bool:
    for index in range(c_pdfium.FPDFPage_GetAnnotCount(page)):
        note = c_pdfium.FPDFPage_GetAnnot(page, index)
        kind = c_pdfium.FPDFAnnot_GetSubtype(note)
        c_pdfium.FPDFPage_CloseAnnot(note)
        if kind in _FILLED:
            return True
    return False
