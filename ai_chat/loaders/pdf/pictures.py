"""Pages of a PDF as pictures: which must be looked at, how they are drawn for OCR, and whether OCR read more than the text says.

Takes pages and texts, gives pictures of bounded size and decisions. Starts no OCR.
"""

from __future__ import annotations

from math import sqrt

import pypdfium2 as pdfium
import pypdfium2.raw as c_pdfium
from PIL import Image

from ai_chat.loaders.ocr.reader import DPI, OcrPage
from ai_chat.loaders.pdf.page import PageText
from ai_chat.loaders.pdf.quality import doubt, is_like, letters

_MOST_PIXELS = 25_000_000
_FEW_LETTERS = 80  # a stamp, a page number, the name of a scanner
_COVERED = 0.5  # of the page, by pictures
_MOST_OBJECTS = 2_000
_CONFIDENT = 0.5
_MORE = 1.5  # times the letters of the text, and a line


def is_pictured(page: pdfium.PdfPage, text: str) -> bool:
    """Whether a page says little or nothing by its text, and shows something else."""
    count = letters(text)
    if count:
        return count < _FEW_LETTERS and _covered(page) >= _COVERED
    return int(c_pdfium.FPDFPage_CountObjects(page)) > 0


def render(page: pdfium.PdfPage) -> Image.Image:
    """In grey, upright as it is shown."""
    width, height = (max(1.0, side) for side in page.get_size())
    scale = min(DPI / 72, sqrt(_MOST_PIXELS / (width * height)))
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        image: Image.Image = bitmap.to_pil()
        return image.copy()
    finally:
        bitmap.close()


def prefers_ocr(page: PageText, read: OcrPage) -> bool:
    """Whether what OCR read is to stand for the page."""
    if not read.text.strip():
        return False
    if not page.text.strip():
        return True
    if read.confidence < _CONFIDENT:
        return False
    own, seen = letters(page.text), letters(read.text)
    if page.doubt:
        return not is_like(page.text, read.text) and seen >= own / 3 and doubt(read.text) is None
    return seen > _MORE * own + 20


def _covered(page: pdfium.PdfPage) -> float:
    left, bottom, right, top = page.get_bbox()
    whole = max(1.0, (right - left) * (top - bottom))
    area = 0.0
    for number, drawn in enumerate(page.get_objects(filter=[c_pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
        if number >= _MOST_OBJECTS:
            break
        low_x, low_y, high_x, high_y = drawn.get_bounds()
        width, height = min(high_x, right) - max(low_x, left), min(high_y, top) - max(low_y, bottom)
        area += max(0.0, width) * max(0.0, height)
    return float(area / whole)
