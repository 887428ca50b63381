"""PDF text by pages, and what is said about pages and files that have none."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.loaders.pdf import page_list
from ai_chat.types import Problem, Unit

PICTURE = "picture"
LOOP = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 2000000000>>endobj\ntrailer<</Root 1 0 R/Size 3>>\n%%EOF"
)


def pdf(*pages: str, password: str | None = None) -> bytes:
    """One page a text, of its lines; PICTURE draws a rectangle instead, "" nothing."""
    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
    buffer = BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption(password) if password else None, invariant=1)
    for page in pages:
        if page == PICTURE:
            canvas.rect(100, 100, 200, 200, fill=1)
        canvas.setFont("HYSMyeongJo-Medium", 12)
        for row, line in enumerate(page.splitlines() if page != PICTURE else ()):
            canvas.drawString(72, 770 - 16 * row, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read(folder: Path, content: bytes) -> tuple[list[Unit], list[Problem]]:
    path = folder / "a.pdf"
    path.write_bytes(content)
    items = list(load(path, "a.pdf"))
    return [i for i in items if isinstance(i, Unit)], [i for i in items if isinstance(i, Problem)]


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, content)
    return caught.value.code


def test_a_unit_a_page_in_order(tmp_path: Path) -> None:
    units, problems = read(tmp_path, pdf("연차휴가 규정\n제1조 목적", "Second page."))
    assert [(u.kind, u.number, u.label, u.text) for u in units] == [
        ("page", 1, "1", "연차휴가 규정\n제1조 목적"),
        ("page", 2, "2", "Second page."),
    ]
    assert problems == []


def test_pages_of_pictures_are_listed_in_one_warning(tmp_path: Path) -> None:
    units, (warning,) = read(tmp_path, pdf("글", PICTURE, PICTURE, "글", PICTURE, ""))
    assert [unit.number for unit in units] == [1, 4]
    assert warning.code == "page_without_text"
    assert (warning.values["pages"], warning.values["count"], warning.values["total"]) == ("2-3, 5", 3, 6)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdf(PICTURE, PICTURE), "needs_ocr"),
        (pdf("", ""), "document_without_text"),
        (pdf("비밀", password="1234"), "password_needed"),
        (pdf("잘린 문서")[:300], "pdf_damaged"),
        (b"%PDF-1.7\n" + b"rubbish " * 100, "pdf_damaged"),
        (LOOP, "pdf_damaged"),
    ],
    ids=["pictures", "blank", "password", "cut", "rubbish", "loop"],
)
def test_refusal(tmp_path: Path, content: bytes, code: str) -> None:
    assert refusal(tmp_path, content) == code


def test_a_cut_tail_still_gives_its_pages(tmp_path: Path) -> None:
    whole = pdf("첫 쪽", "둘째 쪽")
    units, _problems = read(tmp_path, whole[: whole.rindex(b"startxref")])
    assert [unit.text for unit in units] == ["첫 쪽", "둘째 쪽"]


def test_page_list() -> None:
    assert page_list([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10"
