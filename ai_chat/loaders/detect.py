"""What a file really is: its first bytes and, in a container, its members decide; the suffix chooses between kinds of plain text.

Takes a path and the name the user gave; gives a Source, or raises InputError with the reason why it is not read.
Knows no parser.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Literal

from ai_chat.errors import InputError
from ai_chat.loaders.charset import choose_encoding, control_share, declared_encoding
from ai_chat.types import Problem

Format = Literal[
    "pdf", "hwp", "hwpx", "docx", "xlsx", "xls", "ods", "image", "pptx", "eml", "msg", "zip", "odt", "odp", "epub",
    "protected", "legacy", "html", "md", "csv", "txt",
]  # fmt: skip

SUFFIXES: Mapping[Format, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "hwp": (".hwp", ".hwt"),
    "hwpx": (".hwpx", ".hwtx"),
    "docx": (".docx", ".docm", ".dotx"),
    "xlsx": (".xlsx", ".xlsm", ".xlsb", ".xltx"),
    "xls": (".xls",),
    "ods": (".ods",),
    "image": (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif"),
    "pptx": (".pptx", ".pptm", ".ppsx"),
    "eml": (".eml",),
    "msg": (".msg",),
    "zip": (".zip",),
    "odt": (".odt",),
    "odp": (".odp",),
    "epub": (".epub",),
    "legacy": (".doc", ".ppt", ".rtf"),
    "html": (".html", ".htm", ".xhtml"),
    "md": (".md", ".markdown"),
    "csv": (".csv", ".tsv"),
    "txt": (".txt", ".text", ".log"),
}
_FORMAT_OF = {suffix: name for name, suffixes in SUFFIXES.items() for suffix in suffixes}
_HEAD = 1 << 16

_IN_OLE: tuple[tuple[str, Format], ...] = (
    ("EncryptedPackage", "protected"),
    ("BodyText", "hwp"),
    ("ViewText", "hwp"),
    ("WordDocument", "legacy"),
    ("PowerPoint Document", "legacy"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("__properties_version1.0", "msg"),
)
_MIMETYPES: tuple[tuple[bytes, Format], ...] = (
    (b"application/hwp+zip", "hwpx"),
    (b"application/epub+zip", "epub"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.presentation", "odp"),
)
_MEMBERS: tuple[tuple[str, Format], ...] = (
    ("word/document", "docx"),
    ("xl/workbook", "xlsx"),
    ("ppt/presentation", "pptx"),
    ("Contents/section", "hwpx"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
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
class Options:
    """How a file is read, beside what it is. `spool`: an empty folder for what is unpacked on the way, set whenever a loader runs.

    `ocr_cache`: where pages that were read by OCR are kept, None keeps none; `ocr_jobs`: how many are read at a time.
    """

    password: str | None = None
    spool: Path | None = None
    ocr_cache: Path | None = None
    ocr_jobs: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how to read it. `encoding` is a codec name for text formats, None for all others."""

    path: Path
    name: str
    format: Format
    encoding: str | None = None
    warning: Problem | None = None
    options: Options = field(default_factory=Options)

    @property
    def spool(self) -> Path:
        assert self.options.spool is not None
        return self.options.spool


def identify(path: Path, name: str, options: Options | None = None) -> Source:
    """Raises InputError: file_empty, format_unknown, file_binary, file_damaged, pdf_damaged, text_undecodable."""
    chosen = options or Options()
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise InputError("file_empty", name=name)
    suffix = PurePath(name).suffix.lower()
    if found := _binary_format(path, name, head, suffix):
        return _source(path, name, found, None, chosen)
    encoding = choose_encoding(path, head)
    text = _decode_head(head, encoding)
    _refuse_binary(text, encoding, name, suffix)
    return _source(path, name, _text_format(text, suffix), encoding, chosen)


def format_of(name: str) -> Format:
    """The format that a name or suffix promises; plain text where it promises none."""
    suffix = name if name.startswith(".") else PurePath(name).suffix
    return _FORMAT_OF.get(suffix.lower(), "txt")


def _source(path: Path, name: str, found: Format, encoding: str | None, options: Options) -> Source:
    suffix = PurePath(name).suffix.lower()
    promised = _FORMAT_OF.get(suffix)
    mismatch = promised is not None and promised != found and found != "protected"
    values = {"name": name, "suffix": suffix, "found": found.upper()}
    warning = Problem("format_mismatch", values) if mismatch else None
    return Source(path, name, found, encoding, warning, options)


def _binary_format(path: Path, name: str, head: bytes, suffix: str) -> Format | None:
    """None for text of some kind; InputError for what is neither text nor a document."""
    if b"%PDF-" in head[:1024] and not head.lstrip().startswith(b"<"):
        return "pdf"
    if head.startswith(_OLE):
        return _in_ole(path, name, suffix)
    if head.startswith(_ZIP):
        return _in_zip(path, name, suffix)
    if head.startswith((b"HWP Document File", b"{\\rtf")):
        return "legacy"
    if head.startswith(_IMAGES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return "image"
    for magic, found in _BINARIES:
        if head.startswith(magic):
            raise InputError("file_binary", name=name, found=found)
    return None


def _in_ole(path: Path, name: str, suffix: str) -> Format:
    import olefile

    try:
        with olefile.OleFileIO(path) as ole:
            found = next((each for stream, each in _IN_OLE if ole.exists(stream)), None)
    except (OSError, ValueError, IndexError) as error:
        raise InputError("file_damaged", name=name, found="OLE", reason=str(error)) from error
    if found is None:
        raise InputError("format_unknown", name=name, found="OLE")
    return found


def _in_zip(path: Path, name: str, suffix: str) -> Format:
    from ai_chat.loaders.guard import open_zip

    with open_zip(path, name) as archive:
        names = archive.namelist()
        mimetype = archive.read("mimetype")[:200] if "mimetype" in names else b""
    for mark, found in _MIMETYPES:
        if mimetype.startswith(mark):
            return found
    return next((found for start, found in _MEMBERS if any(each.startswith(start) for each in names)), "zip")


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
    return promised if promised in ("html", "md", "csv", "eml") else "txt"
