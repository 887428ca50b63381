"""PDF text by pages, and what is said about pages and files that have none."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.loaders.detect import Options
from ai_chat.loaders.pages import page_list
from ai_chat.types import Attachment, Problem, Unit

PICTURE = "picture"
LOOP = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 2000000000>>endobj\ntrailer<</Root 1 0 R/Size 3>>\n%%EOF"
)


def pdf(*pages: str, password: str | None = None, encrypted: StandardEncryption | None = None) -> bytes:
    """One page a text, of its lines; PICTURE draws a rectangle instead, "" nothing."""
    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
    buffer = BytesIO()
    canvas = Canvas(buffer, encrypt=encrypted or (StandardEncryption(password) if password else None), invariant=1)
    for page in pages:
        if page == PICTURE:
            canvas.rect(100, 100, 200, 200, fill=1)
        canvas.setFont("HYSMyeongJo-Medium", 12)
        for row, line in enumerate(page.splitlines() if page != PICTURE else ()):
            canvas.drawString(72, 770 - 16 * row, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read(folder: Path, content: bytes, options: Options | None = None) -> tuple[list[Unit], list[Problem]]:
    path = folder / "a.pdf"
    path.write_bytes(content)
    items = list(load(path, "a.pdf", options))
    return [i for i in items if isinstance(i, Unit)], [i for i in items if isinstance(i, Problem)]


def refusal(folder: Path, content: bytes, options: Options | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, content, options)
    return caught.value.code


@pytest.fixture
def without_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def test_a_unit_a_page_in_order(tmp_path: Path) -> None:
    units, problems = read(tmp_path, pdf("연차휴가 규정\n제1조 목적", "Second page."))
    assert [(u.kind, u.number, u.label, u.text) for u in units] == [
        ("page", 1, "1", "연차휴가 규정\n제1조 목적"),
        ("page", 2, "2", "Second page."),
    ]
    assert problems == []


@pytest.mark.usefixtures("without_tesseract")
def test_pages_of_pictures_are_listed_in_one_warning(tmp_path: Path) -> None:
    units, (warning, missing) = read(tmp_path, pdf("글", PICTURE, PICTURE, "글", PICTURE, ""))
    assert [unit.number for unit in units] == [1, 4]
    assert warning.code == "page_without_text"
    assert (warning.values["pages"], warning.values["count"], warning.values["total"]) == ("2-3, 5", 3, 6)
    assert missing.code == "ocr_missing"


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
@pytest.mark.usefixtures("without_tesseract")
def test_refusal(tmp_path: Path, content: bytes, code: str) -> None:
    assert refusal(tmp_path, content) == code


def test_a_cut_tail_still_gives_its_pages(tmp_path: Path) -> None:
    whole = pdf("첫 쪽", "둘째 쪽")
    units, _problems = read(tmp_path, whole[: whole.rindex(b"startxref")])
    assert [unit.text for unit in units] == ["첫 쪽", "둘째 쪽"]


def test_a_password_opens(tmp_path: Path) -> None:
    content = pdf("비밀 문서", password="열쇠1")
    units, _problems = read(tmp_path, content, Options("열쇠1"))
    assert [unit.text for unit in units] == ["비밀 문서"]
    assert refusal(tmp_path, content, Options("다른 것")) == "password_wrong"


def test_a_password_that_only_guards_printing_is_not_asked_for(tmp_path: Path) -> None:
    units, problems = read(tmp_path, pdf("열람 허용", encrypted=StandardEncryption("", "owner", canPrint=0)))
    assert ([unit.text for unit in units], problems) == (["열람 허용"], [])


def test_one_page_a_thousand_times(tmp_path: Path) -> None:
    units, (warning,) = read(tmp_path, pdf(*["같은 쪽입니다"] * 600))
    assert warning.code == "pages_repeated"
    assert len(units) == 501


def test_damage_is_told_and_never_crashes(tmp_path: Path) -> None:
    whole = pdf("첫 쪽\n연차휴가", "둘째 쪽", PICTURE)
    for step in range(40):
        damaged = bytearray(whole)
        for position in range(step * 7, len(whole), 97):
            damaged[position] ^= 0x55
        try:
            read(tmp_path, bytes(damaged[: len(whole) - step * 11]))
        except InputError as error:
            assert error.code in (
                "pdf_damaged",
                "file_binary",
                "text_undecodable",
                "document_without_text",
                "needs_ocr",
            )


def test_what_is_filled_into_a_form_is_read(tmp_path: Path) -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.drawString(72, 770, "Name:")
    canvas.acroForm.textfield(name="name", value="Hong Gildong", x=120, y=760, width=200, height=20)
    canvas.save()
    drawn = buffer.getvalue()
    for content in (drawn, drawn.replace(b"/AP <<", b"/XX <<")):  # the second leaves the drawing to whoever shows it
        (unit,), _ = read(tmp_path, content)
        assert "Name:" in unit.text
        assert "Hong Gildong" in unit.text


def test_attached_files_come_along(tmp_path: Path) -> None:
    document = pdfium.PdfDocument(pdf("표지"))
    document.new_attachment("붙임.txt").set_data("붙임 문서의 글".encode())
    document.new_attachment("a.exe").set_data(b"MZ\x90\x00" + bytes(range(256)))
    path, spool = tmp_path / "a.pdf", tmp_path / "spool"
    spool.mkdir()
    document.save(str(path))
    document.close()
    items = list(load(path, "a.pdf", Options(spool=spool)))
    (attachment,) = (item for item in items if isinstance(item, Attachment))
    assert (attachment.name, Path(attachment.path).read_text("utf-8")) == ("붙임.txt", "붙임 문서의 글")
    assert [item.code for item in items if isinstance(item, Problem)] == ["attachment_skipped"]


def test_page_list() -> None:
    assert page_list([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10"
