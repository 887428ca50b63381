"""What a file is, told from its bytes; and in which encoding."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import KNOWN_SUFFIXES, fingerprint
from ai_chat.loaders.detect import identify

KOREAN = "연차휴가는 1년에 15일입니다.\n신청은 3일 전까지 합니다.\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100
REFUSED = [
    ("a.txt", b"", "file_empty", None),
    ("a.docx", b"PK\x03\x04" + b"\x00" * 26 + b"word/document.xml", "file_damaged", "ZIP"),
    ("a.txt", b"PK\x03\x04" + b"\x00" * 26 + b"word/document.xml", "file_damaged", "ZIP"),
    ("a.hwp", OLE, "file_damaged", "OLE"),
    ("a.xyz", OLE, "file_damaged", "OLE"),
    ("a.txt", b"text\n" * 9 + bytes(1 << 16), "file_binary", "NUL"),
    ("a.eml", b"Subject: x\n\n" + bytes(1 << 16), "file_binary", "NUL"),
    ("a.txt", b"7z\xbc\xaf\x27\x1c\x00\x04", "file_binary", "7Z"),
    ("a.docx", b"SCDSA002\x00\x00\xf0\x06" + bytes(range(256)), "encryption_unknown", "SoftCamp DRM"),
    ("a.hwp", b"\x9b DRMONE  This Document is encrypted", "encryption_unknown", "Fasoo DRM"),
    ("a.hwp", bytes(range(256)) * 20, "file_binary", "?"),
    ("a.txt", bytes(range(256)) * 20, "file_binary", "?"),
    ("a.pdf", bytes(range(256)) * 20, "pdf_damaged", None),
    ("a.txt", "naïve café résumé à la carte\n".encode("latin-1"), "text_undecodable", None),
]
MAIL = b"Received: from a by b\r\nFrom: a@example.com\r\nSubject: hello\r\n\r\nText"
BMP = b"BM\x42\x00\x00\x00\x00\x00\x00\x00\x3e\x00\x00\x00\x28\x00\x00\x00"
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
        ("a.md", b"A file begins with %PDF-1.7 and ends with a mark.", "md", False),
        ("a.htm", b"<p>fragment", "html", False),
        ("a.md", b"<p align=center>readme", "md", False),
        ("a.md", b"<table><tr><td>readme", "md", False),
        ("notes", b"no suffix", "txt", False),
        ("A.CSV", b"a,b", "csv", False),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "image", False),
        ("a.pdf", b"\xff\xd8\xff\xe0" + bytes(range(200)), "image", True),
        ("a.webp", b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image", False),
        ("a.bmp", BMP, "image", False),
        ("a.txt", b"BMW 5 series\n", "txt", False),
        ("a.rtf", b"{\\rtf1 hello}", "legacy", False),
        ("a.doc", b"{\\rtf1 hello}", "legacy", False),
        ("a.hwp", b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05", "legacy", False),
        ("a.eml", b"Subject: hello\r\n\r\nText", "eml", False),
        ("a.eml", "Subject: 견적\r\n\r\n".encode("cp949") + "회신".encode(), "eml", False),
        ("a.mht", b"From: <Saved>\r\nMIME-Version: 1.0\r\n\r\nText", "eml", False),
        ("a.doc", MAIL, "eml", True),
        ("noname", MAIL, "eml", False),
        ("a.txt", MAIL, "txt", False),
        ("a.eml", b"no mail at all", "txt", True),
        ("a.xls", b"<table border=1><tr><td>1</td></tr></table>", "html", True),
        ("a.xls", b"<?xml version='1.0'?><Workbook/>", "html", True),
        ("a.xls", b"a\tb\n1\t2\n", "csv", True),
        ("a.xml", b"<?xml version='1.0'?><a>text</a>", "html", False),
    ],
)
def test_bytes_decide_and_a_wrong_suffix_is_said(
    tmp_path: Path, name: str, content: bytes, found: str, warned: bool
) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    source = identify(path, name)
    assert (source.format, source.warning is not None) == (found, warned)


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"word/document.xml": "", "[Content_Types].xml": ""}, "docx"),
        ({"xl/workbook.bin": ""}, "xlsx"),
        ({"ppt/presentation.xml": ""}, "pptx"),
        (
            {"[Content_Types].xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main"},
            "docx",
        ),
        ({"mimetype": "application/hwp+zip"}, "hwpx"),
        ({"Contents/section0.xml": ""}, "hwpx"),
        ({"mimetype": "application/epub+zip"}, "epub"),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "odt"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "ods"),
        ({"mimetype": "application/vnd.oasis.opendocument.presentation"}, "odp"),
        ({"word/documents.txt": "", "a.txt": ""}, "zip"),
        ({}, "zip"),
    ],
)
def test_members_tell_what_a_container_is(tmp_path: Path, members: dict[str, str], found: str) -> None:
    path = tmp_path / "a.bin"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert identify(path, "a.bin").format == found


def test_fingerprint_names_parser_and_version() -> None:
    assert fingerprint("보고서.PDF").startswith("pdf/pypdfium2-")
    assert fingerprint(".csv") == "csv/ai-chat/3"
    assert {".txt", ".md", ".csv", ".html", ".pdf", ".hwp", ".eml", ".zip", ".doc"} <= set(KNOWN_SUFFIXES)
