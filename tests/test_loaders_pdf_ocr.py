"""Pages of PDF that are decided one by one: text as it stands, or what OCR reads off the picture of the page."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ai_chat.loaders import Item, load
from ai_chat.loaders.ocr.reader import OcrPage
from ai_chat.loaders.pdf.page import PageText
from ai_chat.loaders.pdf.pictures import prefers_ocr, render
from ai_chat.loaders.pdf.quality import Doubt, doubt, is_like
from ai_chat.types import Problem, Progress, Unit

SEEN = "Invoice number 4711 was paid in March.\nThe amount is 250 dollars."
SHIFTED = "".join(chr(ord(letter) + 3) if letter.isalpha() else letter for letter in 3 * SEEN).replace("e", "q")
KOREAN = "연차휴가는 1년간 80퍼센트 이상 출근한 근로자에게 15일의 유급휴가를 주는 것을 말하며 회사는 이를 보장한다."

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs system package tesseract-ocr-kor")


def picture(text: str) -> ImageReader:
    image = Image.new("L", (1240, 1754), 255)
    ImageDraw.Draw(image).multiline_text((120, 160), text, 0, ImageFont.load_default(36), spacing=24)
    return ImageReader(image)


def pdf(*pages: tuple[str, str]) -> bytes:
    """Each page: what its picture shows, and below it the text that the file tells."""
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for shown, told in pages:
        for row, line in enumerate(told.splitlines()):
            canvas.drawString(72, 700 - 16 * row, line)
        if shown:
            canvas.drawImage(picture(shown), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read(folder: Path, content: bytes) -> list[Item]:
    path = folder / "a.pdf"
    path.write_bytes(content)
    return list(load(path, "a.pdf"))


@needs_tesseract
def test_a_scan_between_pages_of_text(tmp_path: Path) -> None:
    items = read(tmp_path, pdf(("", "first page of text"), (SEEN, ""), ("", "third page of text")))
    first, scan, third = (item for item in items if isinstance(item, Unit))
    assert (first.ocr, third.ocr, scan.number) == (None, None, 2)
    assert "4711" in scan.text
    assert scan.ocr is not None
    assert scan.ocr > 0.5
    word = next(box for box in scan.boxes if scan.text[box.start : box.end] == "4711")
    assert 0 < word.left < word.right < 1
    (warning,) = (item for item in items if isinstance(item, Problem))
    assert (warning.code, warning.values["pages"], warning.values["total"]) == ("pages_by_ocr", "2", 3)
    assert Progress(2, 3) in items


@needs_tesseract
@pytest.mark.parametrize(("told", "is_read"), [(SEEN, False), (SHIFTED, True), ("Scanned by a machine", True)])
def test_a_scan_that_brings_text(tmp_path: Path, told: str, is_read: bool) -> None:
    (unit,) = (item for item in read(tmp_path, pdf((SEEN, told))) if isinstance(item, Unit))
    assert (unit.ocr is not None) == is_read
    assert "4711" in unit.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (KOREAN, None),
        (SEEN, None),
        ("", None),
        ("\ue001\ue002\ue003" * 20, "garbage"),
        ("(cid:12)(cid:40)(cid:7) total", "garbage"),
        ("깯뙜뷁쒧퍍햏갃늵" * 8, "unlikely"),
        (SHIFTED, "unlikely"),
        (KOREAN.encode("cp949").decode("latin-1"), "unlikely"),
        ("".join(map(chr, range(0x1900, 0x1940))), "unlikely"),
        ("Größe für Übung, schönes Wetter im Café, naïve Ähnlichkeit " * 4, None),
        ("0x0010 BYTE array[32] 3F 2A 00 FF " * 9, None),
    ],
)
def test_doubts(text: str, expected: Doubt | None) -> None:
    assert doubt(text) == expected


def test_letters_that_the_file_does_not_name() -> None:
    assert doubt(KOREAN, unmapped=0.5) == "garbage"


def test_what_ocr_misreads_is_like_the_text() -> None:
    assert is_like(KOREAN, KOREAN.replace("근로자", "근로차").replace("회사는", "회시는"))
    assert not is_like(KOREAN, SEEN)


def page(text: str, found: Doubt | None = None) -> PageText:
    return PageText(text, ((0, 0),), (), found, None)


@pytest.mark.parametrize(
    ("own", "seen", "confidence", "preferred"),
    [
        (page(""), SEEN, 0.2, True),
        (page(""), " \n", 0.9, False),
        (page("1"), SEEN, 0.9, True),
        (page("1"), SEEN, 0.3, False),
        (page("Annual Report 2024"), "Annual Report 2O24", 0.9, False),
        (page(SHIFTED, "unlikely"), "Invoice number", 0.9, False),
        (page(SHIFTED, "unlikely"), 3 * SEEN, 0.9, True),
        (page(SEEN, "unlikely"), SEEN, 0.9, False),
    ],
)
def test_the_better_reading(own: PageText, seen: str, confidence: float, preferred: bool) -> None:
    assert prefers_ocr(own, OcrPage(seen, (), confidence, 0)) == preferred


def test_a_picture_is_never_larger_than_can_be_held() -> None:
    document = pdfium.PdfDocument.new()
    page = document.new_page(14_400, 14_400)
    image = render(page)
    assert 24_000_000 < image.width * image.height < 26_000_000
    page.close()
    document.close()
