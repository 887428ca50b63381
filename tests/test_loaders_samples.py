"""Real documents beside the repository: every phrase of their list at its place, every hostile file with its reason.

What is read by OCR is measured elsewhere, by its share of wrong characters.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders.client import Fence, Parser
from ai_chat.loaders.detect import Options
from ai_chat.types import Problem, Unit

SAMPLES = Path(__file__).resolve().parents[1].parent / "shared" / "samples"
BY_NUMBER = {"PDF-text", "PDF-mixed", "PPTX"}
BY_LABEL = {"XLSX", "ODS"}
BY_OCR = {"IMAGE", "PDF-scanned"}
REASONS = {
    "bad_empty.pdf": "file_empty",
    "bad_truncated.pdf": "pdf_damaged",
    "bad_pageloop.pdf": "pdf_damaged",
    "bad_password_aes256.pdf": "password_needed",
    "r_libreoffice-writer-password.pdf": "password_needed",
    "r_empty_protected.pdf": "document_without_text",
    "bad_random.hwp": "file_binary",
    "bad_pixelbomb.png": "image_too_large",
    "bad_zipbomb.docx": "archive_bomb",
    "bad_billionlaughs.docx": "xml_forbidden",
    "bad_xxe.docx": "xml_forbidden",
    "bad_truncated.docx": "file_damaged",
    "r_testWORD_truncated.docx": "file_damaged",
    "bad_truncated.hwp": "file_damaged",
    "bad_truncated.hwpx": "file_damaged",
    "bad_encrypted_flag.hwp": "password_needed",
    "r_bug53475-password-is-pass.docx": "password_needed",
}
PASSWORDS = {
    "bad_password_aes256.pdf": "1234",
    "r_libreoffice-writer-password.pdf": "openpassword",
    "r_bug53475-password-is-pass.docx": "pass",
}
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample documents are not beside the repository")

Read = Callable[[str], list[Unit]]


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    """No hostile file may take longer than ten seconds."""
    with Parser(Fence(seconds=10, seconds_per_mib=0)) as opened:
        yield opened


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    """The units of a file; each is read once."""
    with Parser() as opened:
        yield cache(lambda name: units(opened, name))


def phrases() -> list[tuple[str, str, int | str]]:
    """(file, phrase, page or slide or sheet, "" where none is given) of every row that no OCR reads."""
    if not SAMPLES.is_dir():
        return []
    with (SAMPLES / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    found: list[tuple[str, str, int | str]] = []
    for name, kind, *_about, expected, places in rows:
        wanted = list(filter(None, expected.split(" || "))) if kind not in BY_OCR else []
        given = places.split(" || ") if kind in BY_NUMBER | BY_LABEL else []
        for phrase, place in zip(wanted, [*given, *[""] * len(wanted)], strict=False):
            found.append((name, phrase, int(place) if place and kind in BY_NUMBER else place))
    return [row for row in found if row[0] != "mixed_text_scan.pdf" or row[2] != 3]


def folded(text: str) -> str:
    return " ".join(text.split())


def units(parser: Parser, name: str, password: str | None = None) -> list[Unit]:
    items = parser.parse(SAMPLES / name, options=Options(password))
    return [item for item in items if isinstance(item, Unit)]


@pytest.mark.parametrize(("name", "phrase", "place"), phrases())
def test_phrase_is_found_at_its_place(read: Read, name: str, phrase: str, place: int | str) -> None:
    there = [unit for unit in read(name) if place in ("", unit.number) or str(place) in unit.label]
    assert any(folded(phrase) in folded(unit.text) for unit in there)


@pytest.mark.parametrize(("name", "code"), REASONS.items())
def test_hostile_file_ends_with_its_reason(parser: Parser, name: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        units(parser, name)
    assert caught.value.code == code


@pytest.mark.skipif(shutil.which("soffice") is not None, reason="LibreOffice is installed and reads it")
def test_old_format_says_how_to_convert_it(parser: Parser) -> None:
    with pytest.raises(InputError) as caught:
        units(parser, "r_testHWP_3.0.hwp")
    assert (caught.value.code, caught.value.values["target"]) == ("format_old", "HWPX")


@pytest.mark.parametrize(("name", "password"), PASSWORDS.items())
def test_password_opens_what_it_protects(parser: Parser, name: str, password: str) -> None:
    assert units(parser, name, password)
    with pytest.raises(InputError) as caught:
        units(parser, name, f"not {password}")
    assert caught.value.code == "password_wrong"


def test_html_named_pdf_is_read_and_said(parser: Parser) -> None:
    warning, unit, *_more = parser.parse(SAMPLES / "bad_html_named.pdf")
    assert isinstance(warning, Problem) and warning.code == "format_mismatch"
    assert isinstance(unit, Unit) and "성 베드로" in unit.text and "노출되면안됨" not in unit.text


def test_hancom_character_is_written_out(read: Read) -> None:
    first = read("r_한글문서파일형식_5.0_revision1.3.pdf")[0]
    assert "한글" in first.text and "\uf53a" not in first.text
