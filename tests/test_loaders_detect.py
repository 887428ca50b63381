"""What a file is, told from its bytes; and in which encoding."""

from __future__ import annotations

from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import KNOWN_SUFFIXES, fingerprint
from ai_chat.loaders.detect import identify

KOREAN = "연차휴가는 1년에 15일입니다.\n신청은 3일 전까지 합니다.\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
REFUSED = [
    ("a.txt", b"", "file_empty", None),
    ("a.txt", PNG, "file_binary", "PNG"),
    ("a.pdf", PNG, "file_binary", "PNG"),
    ("a.png", PNG, "format_unknown", "PNG"),
    ("a.docx", b"PK\x03\x04" + b"\x00" * 26 + b"word/document.xml", "format_unknown", "DOCX"),
    ("a.txt", b"PK\x03\x04" + b"\x00" * 26 + b"word/document.xml", "format_unknown", "DOCX"),
    ("a.hwp", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "format_unknown", "HWP"),
    ("a.rtf", b"{\\rtf1 hello}", "format_unknown", "RTF"),
    ("a.eml", b"Subject: hello\r\n\r\nText", "format_unknown", "EML"),
    ("a.hwp", bytes(range(256)) * 20, "file_binary", "?"),
    ("a.txt", bytes(range(256)) * 20, "file_binary", "?"),
    ("a.pdf", bytes(range(256)) * 20, "pdf_damaged", None),
    ("a.txt", "naïve café résumé à la carte\n".encode("latin-1"), "text_undecodable", None),
]
ENCODINGS = [
    (KOREAN.encode("utf-8"), "utf-8"),
    (KOREAN.encode("utf-8-sig"), "utf-8-sig"),
    (KOREAN.encode("cp949"), "cp949"),
    (KOREAN.encode("utf-16"), "utf-16"),
    (KOREAN.encode("utf-16-le"), "utf-16-le"),
    (KOREAN.encode("utf-16-be"), "utf-16-be"),
    ("똠방각하 펲시맨 햏".encode("cp949"), "cp949"),
    (b"plain ASCII\n", "utf-8"),
]


@pytest.mark.parametrize(("name", "content", "code", "found"), REFUSED, ids=range(len(REFUSED)))
def test_refusal_has_its_reason(tmp_path: Path, name: str, content: bytes, code: str, found: str | None) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        identify(path, name)
    assert caught.value.code == code
    assert found is None or caught.value.values["found"] == found


@pytest.mark.parametrize(("content", "encoding"), ENCODINGS, ids=range(len(ENCODINGS)))
def test_encoding(tmp_path: Path, content: bytes, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    assert identify(path, "a.txt").encoding == encoding


@pytest.mark.parametrize("declared", ["euc-kr", "ks_c_5601-1987", "EUC_KR"])
def test_declared_euc_kr_means_cp949(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(f'<html><meta charset="{declared}"><p>똠방각하'.encode("cp949"))
    assert identify(path, "a.html").encoding == "cp949"


def test_declared_charset_comes_before_the_korean_guess(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes('<html><meta charset="shift_jis"><p>日本語の文書'.encode("cp932"))
    assert identify(path, "a.html").encoding == "cp932"


@pytest.mark.parametrize(
    ("name", "content", "found", "warned"),
    [
        ("a.pdf", b"<!DOCTYPE html><html><body>x", "html", True),
        ("a.pdf", b"just text", "txt", True),
        ("a.docx", b"just text", "txt", True),
        ("a.txt", b"%PDF-1.4\n", "pdf", True),
        ("a.htm", b"<p>fragment", "html", False),
        ("a.md", b"<p align=center>readme", "md", False),
        ("notes", b"no suffix", "txt", False),
        ("A.CSV", b"a,b", "csv", False),
    ],
)
def test_bytes_decide_and_a_wrong_suffix_is_said(
    tmp_path: Path, name: str, content: bytes, found: str, warned: bool
) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    source = identify(path, name)
    assert (source.format, source.warning is not None) == (found, warned)


def test_fingerprint_names_parser_and_version() -> None:
    assert fingerprint("보고서.PDF").startswith("pdf/pypdfium2-")
    assert fingerprint(".csv") == "csv/ai-chat/2"
    assert {".txt", ".md", ".csv", ".html", ".pdf"} <= set(KNOWN_SUFFIXES)
