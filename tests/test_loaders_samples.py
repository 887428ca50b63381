"""Real documents beside the repository: every phrase of their list on its page, every hostile file with its reason."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders.client import Parser
from ai_chat.types import Problem, Unit

SAMPLES = Path(__file__).resolve().parents[1].parent / "shared" / "samples"
FORMATS = ("TXT", "MD", "CSV", "HTML", "PDF-text")
REASONS = {
    "bad_empty.pdf": "file_empty",
    "bad_truncated.pdf": "pdf_damaged",
    "bad_pageloop.pdf": "pdf_damaged",
    "bad_password_aes256.pdf": "password_needed",
    "r_libreoffice-writer-password.pdf": "password_needed",
    "r_empty_protected.pdf": "document_without_text",
    "scan_3pages.pdf": "needs_ocr",
    "r_ocr_test_rotated_90.pdf": "needs_ocr",
    "bad_random.hwp": "file_binary",
    "bad_pixelbomb.png": "format_unknown",
    "bad_zipbomb.docx": "format_unknown",
    "bad_billionlaughs.docx": "format_unknown",
    "bad_truncated.hwp": "format_unknown",
    "bad_truncated.hwpx": "format_unknown",
    "r_testHWP_3.0.hwp": "format_unknown",
}
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample documents are not beside the repository")


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as opened:
        yield opened


def phrases() -> list[tuple[str, str, int | None]]:
    """(file, phrase, page) of every row in the formats read so far."""
    if not SAMPLES.is_dir():
        return []
    with (SAMPLES / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    found: list[tuple[str, str, int | None]] = []
    for name, kind, *_about, expected, places in rows:
        pages = [int(place) if place else None for place in places.split(" || ")] if kind == "PDF-text" else []
        for index, phrase in enumerate(filter(None, expected.split(" || ")) if kind in FORMATS else ()):
            found.append((name, phrase, pages[index] if pages else None))
    return found


def folded(text: str) -> str:
    return " ".join(text.split())


def units(parser: Parser, name: str) -> list[Unit]:
    return [item for item in parser.parse(SAMPLES / name) if isinstance(item, Unit)]


@pytest.mark.parametrize(("name", "phrase", "page"), phrases())
def test_phrase_is_found_on_its_page(parser: Parser, name: str, phrase: str, page: int | None) -> None:
    candidates = [unit for unit in units(parser, name) if page in (None, unit.number)]
    assert any(folded(phrase) in folded(unit.text) for unit in candidates)


@pytest.mark.parametrize(("name", "code"), REASONS.items())
def test_hostile_file_ends_with_its_reason(parser: Parser, name: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        units(parser, name)
    assert caught.value.code == code


def test_scanned_page_among_others_is_a_warning(parser: Parser) -> None:
    items = list(parser.parse(SAMPLES / "mixed_text_scan.pdf"))
    assert [(i.code, i.values["pages"]) for i in items if isinstance(i, Problem)] == [("page_without_text", "3")]


def test_html_named_pdf_is_read_and_said(parser: Parser) -> None:
    warning, unit, *_more = parser.parse(SAMPLES / "bad_html_named.pdf")
    assert isinstance(warning, Problem) and warning.code == "format_mismatch"
    assert isinstance(unit, Unit) and "성 베드로" in unit.text and "노출되면안됨" not in unit.text


def test_hancom_character_is_written_out(parser: Parser) -> None:
    first = units(parser, "r_한글문서파일형식_5.0_revision1.3.pdf")[0]
    assert "한글" in first.text and "\uf53a" not in first.text
