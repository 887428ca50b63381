"""What a file really is: its first bytes and, in a container, its members decide; the suffix chooses between kinds of plain text.

Takes a path and the name the user gave; gives a Source, or raises InputError with the reason why it is not read.
Knows no parser.
"""

from __future__ import annotations

import codecs
import re
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
    "eml": (".eml", ".mht", ".mhtml"),
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
_SAMPLES, _SAMPLE = 16, 1 << 12
_HOLLOW = 0.8  # more than any UTF-32 text

_IN_OLE: tuple[tuple[str, Format], ...] = (
    ("EncryptedPackage", "protected"),
    ("BodyText", "hwp"),
    ("ViewText", "hwp"),
    ("WordDocument", "legacy"),
    ("PowerPoint Document", "legacy"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("__properties_version1.0", "msg"),
    ("FileHeader", "hwp"),  # cut off before its body
)
_MIMETYPES: tuple[tuple[bytes, Format], ...] = (
    (b"application/hwp+zip", "hwpx"),
    (b"application/epub+zip", "epub"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.presentation", "odp"),
)
_MEMBERS: tuple[tuple[re.Pattern[str], Format], ...] = (
    (re.compile(r"/?word/document\d*\.xml", re.I), "docx"),
    (re.compile(r"/?xl/workbook\d*\.(xml|bin)", re.I), "xlsx"),
    (re.compile(r"/?ppt/presentation\d*\.xml", re.I), "pptx"),
    (re.compile(r"Contents/section\d+\.xml", re.I), "hwpx"),
)
_CONTENT_TYPES: tuple[tuple[bytes, Format], ...] = (
    (b"wordprocessingml.", "docx"),
    (b"spreadsheetml.", "xlsx"),
    (b"presentationml.", "pptx"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04")
_PDF = re.compile(rb"%PDF-\d")
_IMAGE = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|II[*+]\x00|MM\x00[*+]|RIFF....WEBP|BM.{4}\x00{4}.{4}[\x0c\x28-\x7c]\x00{3}",
    re.DOTALL,
)
_MAIL_FIELD = rb"(?:[!-9;-~]+:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*\r?\n)"
_MAIL = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:From [^\r\n]*\r?\n)?" + _MAIL_FIELD + rb"+(?:\r?\n|$)")
_MAIL_NAMES = re.compile(
    rb"^(?:from|date|subject|received|return-path|message-id|mime-version|content-type|delivered-to):", re.I | re.M
)
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
_LOCKED = ((b"SCDSA00", "SoftCamp DRM"), (b"\x9b DRMONE", "Fasoo DRM"))  # what companies here put around every document
_TYPES = "[Content_Types].xml"
_MAIL_SUFFIXES = frozenset(SUFFIXES["eml"])
_TEXTS: frozenset[Format] = frozenset({"html", "md", "csv", "txt"})
_MARKUP = ("<?xml", "<table", "<meta", "<style", "<title", "<div")


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
    """Raises file_empty, file_binary, file_damaged, format_unknown, archive_bomb, encryption_unknown, pdf_damaged, text_undecodable."""
    chosen = options or Options()
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise InputError("file_empty", name=name)
    suffix = PurePath(name).suffix.lower()
    found = "eml" if _is_mail(head, suffix) else _binary_format(path, name, head, suffix)
    if found in (None, "eml") and _is_hollow(path):
        raise InputError("file_binary", name=name, found="NUL")
    if found:
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
    mismatch = promised is not None and promised != found and found not in ("protected", "legacy")
    values = {"name": name, "suffix": suffix, "found": found.upper()}
    warning = Problem("format_mismatch", values) if mismatch else None
    return Source(path, name, found, encoding, warning, options)


def _is_hollow(path: Path) -> bool:
    """Nearly nothing but zero bytes, as a sparse file is; looked at in a few places, as there may be gigabytes of them."""
    size = path.stat().st_size
    with path.open("rb") as file:
        places = (file.seek(size * part // _SAMPLES) for part in range(_SAMPLES))
        sample = b"".join(file.read(_SAMPLE) for _place in places)
    return sample.count(0) > _HOLLOW * len(sample)


def _is_mail(head: bytes, suffix: str) -> bool:
    """A mail is in as many encodings as it has parts, so it is told before any is chosen."""
    if suffix in _MAIL_SUFFIXES:
        return _MAIL_NAMES.search(head[:4096]) is not None
    if _FORMAT_OF.get(suffix) in _TEXTS:
        return False
    fields = _MAIL.match(head)
    return fields is not None and len({name.lower() for name in _MAIL_NAMES.findall(fields[0])}) >= 3


def _binary_format(path: Path, name: str, head: bytes, suffix: str) -> Format | None:
    """None for text of some kind; InputError for what is neither text nor a document."""
    if head.startswith(_OLE):
        return _in_ole(path, name, suffix)
    if head.startswith(_ZIP):
        return _in_zip(path, name)
    if head.startswith((b"HWP Document File", b"{\\rtf")):
        return "legacy"
    if _is_pdf(head, suffix):
        return "pdf"
    if _IMAGE.match(head):
        return "image"
    for magic, found in _BINARIES:
        if head.startswith(magic):
            raise InputError("file_binary", name=name, found=found)
    for magic, found in _LOCKED:
        if head.startswith(magic):
            raise InputError("encryption_unknown", name=name, found=found)
    return None


def _is_pdf(head: bytes, suffix: str) -> bool:
    """Something may stand before its mark, but a text that speaks of it is no PDF."""
    end = 1024 if _FORMAT_OF.get(suffix) not in _TEXTS and not head.lstrip().startswith(b"<") else 8
    return _PDF.search(head, 0, end) is not None


def _in_ole(path: Path, name: str, suffix: str) -> Format:
    from ai_chat.loaders.ole import open_ole

    with open_ole(path, name) as ole:
        found = next((each for stream, each in _IN_OLE if ole.exists(stream)), None)
    if found:
        return found
    if _FORMAT_OF.get(suffix) in ("hwp", "xls", "msg", "legacy"):
        raise InputError("file_damaged", name=name, found="OLE", reason="its main part is missing")
    raise InputError("format_unknown", name=name, found="OLE")


def _in_zip(path: Path, name: str) -> Format:
    from ai_chat.loaders.guard import member_head, open_zip

    with open_zip(path, name, whole=False) as archive:
        names = frozenset(archive.namelist())
        mimetype = member_head(archive, "mimetype", name, 200) if "mimetype" in names else b""
        types = member_head(archive, _TYPES, name, _HEAD) if _TYPES in names else b""
    for mark, found in _MIMETYPES:
        if mimetype.startswith(mark):
            return found
    for pattern, found in _MEMBERS:
        if any(pattern.fullmatch(each) for each in names):
            return found
    return next((found for mark, found in _CONTENT_TYPES if mark in types), "zip")


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
    """Programs write web pages, XML and lists of values under the names of spreadsheets and documents."""
    beginning = text[:2048].lstrip("\ufeff \t\r\n").lower()
    promised = _FORMAT_OF.get(suffix)
    if beginning.startswith(("<!doctype html", "<html", "<head", "<body")):
        return "html"
    if beginning.startswith("<") and "<html" in beginning:
        return "html"
    if promised in _TEXTS:
        return promised
    if beginning.startswith(_MARKUP):
        return "html"
    return "csv" if promised in ("xls", "xlsx", "ods") else "txt"
