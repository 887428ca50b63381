"""One page of a PDF as a picture, and where marks stand on it.

Takes a Source and a Page, gives an image and boxes as fractions of it. A PDF of one page at a time is held.
"""

from __future__ import annotations

from contextlib import closing

import pypdfium2 as pdfium
from PIL import Image

from ai_chat.errors import InputError
from ai_chat.loaders.detect import Source
from ai_chat.loaders.pdf.document import open_page, open_pdf
from ai_chat.loaders.pdf.letters import Letters
from ai_chat.rendering.pdf_marks import mark_boxes
from ai_chat.rendering.wire import Box, Page

_SCALE = 4.0  # at most so many pixels a point: 288 dpi


def draw_page(source: Source, page: Page, longest: int) -> tuple[Image.Image, list[list[Box]]]:
    """InputError picture_failed, or why the file cannot be opened."""
    with closing(open_pdf(source)) as document:
        try:
            with closing(open_page(document, page.number - 1)) as drawn:
                scale = min(_SCALE, longest / max(*drawn.get_size(), 1.0))
                return drawn.render(scale=scale).to_pil().convert("RGB"), _boxes(drawn, page)
        except (pdfium.PdfiumError, IndexError) as error:
            raise InputError("picture_failed", name=page.name, number=page.number, reason=str(error)) from error


def _boxes(drawn: pdfium.PdfPage, page: Page) -> list[list[Box]]:
    if not any(mark.raw for mark in page.marks):
        return [list(mark.boxes) for mark in page.marks]
    with closing(Letters(drawn)) as letters:
        return [list(mark.boxes) or mark_boxes(letters, mark) for mark in page.marks]
