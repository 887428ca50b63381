"""What a file really is: its first bytes decide, its suffix only chooses between kinds of plain text.

Takes a path and the name the user gave; gives a Source, or raises InputError with the reason why it is not read.
Knows no parser.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

from ai_chat.errors import InputError
from ai_chat.loaders.charset import choose_encoding, control_share, declared_encoding
from ai_chat.types import Problem

Format = Literal["pdf", "html", "md", "csv", "txt"]

SUFFIXES: Mapping[Format, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "html": (".html", ".htm", ".xhtml"),
    "md": (".md", ".markdown"),
    "csv": (".csv", ".tsv"),
    "txt": (".txt", ".text", ".log"),
}
_FORMAT_OF = {suffix: name for name, suffixes in SUFFIXES.items() for suffix in suffixes}
_HEAD = 1 << 16

# Documents whose loaders come later, by suffix; what a container holds cannot always be told from its first bytes.
_ZIPPED = (
    (b"application/hwp+zip", "HWPX"),
    (b"application/epub+zip", "EPUB"),
    (b"application/vnd.oasis.opendocument.text", "ODT"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ODS"),
    (b"application/vnd.oasis.opendocument.presentation", "ODP"),
    (b"word/", "DOCX"),
    (b"xl/", "XLSX"),
    (b"ppt/", "PPTX"),
    (b"Contents/section", "HWPX"),
)
_OLE_SUFFIXES = {".hwp": "HWP", ".doc": "DOC", ".xls": "XLS", ".ppt": "PPT", ".msg": "MSG"}
_ZIP_SUFFIXES = {f".{name.lower()}": name for name in ("DOCX", "XLSX", "PPTX", "HWPX", "ODT", "ODS", "ODP", "EPUB")}
_TEXT_SUFFIXES = {".eml": "EML", ".mht": "MHT", ".mhtml": "MHT", ".rtf": "RTF"}
_LATER_SUFFIXES = _OLE_SUFFIXES | _ZIP_SUFFIXES | _TEXT_SUFFIXES
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)
_IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".webp")
_BINARIES = (
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!", "RAR"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"GGUF", "GGUF"),
    (b"RIFF", "RIFF"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how to read it. `encoding` is a codec name for text formats, None for PDF."""

    path: Path
    name: str
    format: Format
    encoding: str | None = None
    warning: Problem | None = None


def identify(path: Path, name: str) -> Source:
    """Raises InputError: file_empty, format_unknown, file_binary, pdf_damaged, text_undecodable."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise InputError("file_empty", name=name)
    suffix = PurePath(name).suffix.lower()
    if _is_pdf(head):
        return _source(path, name, "pdf", None)
    _refuse_foreign(head, name, suffix)
    encoding = choose_encoding(path, head)
    text = _decode_head(head, encoding)
    _refuse_binary(text, encoding, name, suffix)
    if suffix in _TEXT_SUFFIXES:
        raise InputError("format_unknown", name=name, found=_TEXT_SUFFIXES[suffix])
    return _source(path, name, _text_format(text, suffix), encoding)


def format_of(name: str) -> Format:
    """The format that a name or suffix promises; plain text where it promises none."""
    suffix = name if name.startswith(".") else PurePath(name).suffix
    return _FORMAT_OF.get(suffix.lower(), "txt")


def _source(path: Path, name: str, found: Format, encoding: str | None) -> Source:
    suffix = PurePath(name).suffix.lower()
    promised = _FORMAT_OF.get(suffix) or _LATER_SUFFIXES.get(suffix)
    mismatch = promised is not None and promised != found
    values = {"name": name, "suffix": suffix, "found": found.upper()}
    return Source(path, name, found, encoding, Problem("format_mismatch", values) if mismatch else None)


def _is_pdf(head: bytes) -> bool:
    return b"%PDF-" in head[:1024] and not head.lstrip().startswith(b"<")


def _refuse_foreign(head: bytes, name: str, suffix: str) -> None:
    if head.startswith(_OLE):
        raise InputError(
            "format_unknown", name=name, found=_LATER_SUFFIXES.get(suffix, "OLE (HWP, DOC, XLS, PPT, MSG)")
        )
    if head.startswith(b"HWP Document File"):
        raise InputError("format_unknown", name=name, found="HWP 3.0")
    if head.startswith(b"{\\rtf"):
        raise InputError("format_unknown", name=name, found="RTF")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise InputError("format_unknown", name=name, found=_zip_kind(head, suffix))
    for magic, found in _IMAGES:
        if head.startswith(magic):
            code = "format_unknown" if suffix in _IMAGE_SUFFIXES else "file_binary"
            raise InputError(code, name=name, found=found)
    for magic, found in _BINARIES:
        if head.startswith(magic):
            raise InputError("file_binary", name=name, found=found)


def _zip_kind(head: bytes, suffix: str) -> str:
    return next((kind for mark, kind in _ZIPPED if mark in head), _ZIP_SUFFIXES.get(suffix, "ZIP"))


def _decode_head(head: bytes, encoding: str | None) -> str:
    decoder = codecs.getincrementaldecoder(encoding or "latin-1")("replace")
    return decoder.decode(head)


def _refuse_binary(text: str, encoding: str | None, name: str, suffix: str) -> None:
    if control_share(text) > 0.01:
        if suffix == ".pdf":
            raise InputError("pdf_damaged", name=name, reason="no %PDF header")
        raise InputError("file_binary", name=name, found="?")
    if encoding is None:
        tried = ["UTF-8", "UTF-16", "CP949"]
        if (declared := declared_encoding(text[:4096].encode("latin-1"))) and declared.upper() not in tried:
            tried.append(declared.upper())
        raise InputError("text_undecodable", name=name, tried=", ".join(tried))


def _text_format(text: str, suffix: str) -> Format:
    beginning = text[:2048].lstrip("\ufeff \t\r\n").lower()
    shows_html = beginning.startswith(("<!doctype html", "<html", "<head", "<body")) or (
        beginning.startswith("<") and "<html" in beginning
    )
    promised = _FORMAT_OF.get(suffix, "txt")
    if shows_html:
        return "html"
    return "txt" if promised == "pdf" else promised
