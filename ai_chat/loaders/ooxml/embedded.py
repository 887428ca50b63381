"""Documents embedded in OOXML: workbooks, documents and files that stand in it as objects, and what Word imports when it opens it.

Takes a package and its parts, writes each document into the spool folder and gives it as an Attachment. Formulas and drawings of
other programs are no documents, and pictures are only where there is nothing else. An object's own container is read by olefile.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from ai_chat.errors import InputError
from ai_chat.loaders.detect import SUFFIXES, Source
from ai_chat.loaders.enclosed import bounded, enclose, safe_name
from ai_chat.loaders.ole import checked_ole
from ai_chat.loaders.ooxml.package import Package
from ai_chat.types import Attachment, Problem

_KINDS = ("package", "oleObject", "aFChunk")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NATIVE = "\x01Ole10Native"
_WHOLE = (("WordDocument", ".doc"), ("Workbook", ".xls"), ("PowerPoint Document", ".ppt"), ("BodyText", ".hwp"))
_STREAMS = ("Package", "CONTENTS", "EmbeddedOdf")
_MAGIC = ((b"%PDF-", ".pdf"), (b"PK\x03\x04", ".zip"))


class File(NamedTuple):
    name: str
    data: bytes


def embedded(package: Package, parts: Iterable[str], source: Source) -> Iterator[Attachment | Problem]:
    """The documents that these parts refer to, each once."""
    return _enclosed(package, _related(package, parts, _KINDS), source)


def pictures(package: Package, parts: Iterable[str], source: Source) -> Iterator[Attachment | Problem]:
    """For parts that hold nothing but pictures, which may be scans."""
    targets = _related(package, parts, ("image",))
    return _enclosed(package, [each for each in targets if each.lower().endswith(SUFFIXES["image"])], source)


def _related(package: Package, parts: Iterable[str], kinds: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(each for part in parts for kind in kinds for each in package.related(part, kind)))


def _enclosed(package: Package, targets: Sequence[str], source: Source) -> Iterator[Attachment | Problem]:
    taken, left = bounded(targets, source)
    for target in taken:
        base = PurePosixPath(target).name
        data = package.read(target)
        found = in_object(data, base) if data.startswith(_OLE) else File(base, data)
        if found:
            yield enclose(safe_name(found.name, base), found.data, source)
    yield from left


def in_object(data: bytes, base: str) -> File | None:
    """None for an object that holds no file."""
    try:
        with checked_ole(io.BytesIO(data), base) as ole:
            if ole.exists(_NATIVE):
                return _native(ole.openstream(_NATIVE).read())
            stem = PurePosixPath(base).stem
            if suffix := next((suffix for stream, suffix in _WHOLE if ole.exists(stream)), None):
                return File(stem + suffix, data)
            inner = next((ole.openstream(stream).read() for stream in _STREAMS if ole.exists(stream)), b"")
    except InputError:
        return File(base, data)  # which says what is wrong with it when it is read
    suffix = next((suffix for mark, suffix in _MAGIC if inner.startswith(mark)), None)
    return File(stem + suffix, inner) if suffix else None


def _native(stream: bytes) -> File | None:
    """A file dragged into a document: its name, two paths, its bytes."""
    name, rest = stream[6:].split(b"\0", 1)
    _path, rest = rest.split(b"\0", 1)
    position = 8 + int.from_bytes(rest[4:8], "little")
    size = int.from_bytes(rest[position : position + 4], "little")
    data = rest[position + 4 : position + 4 + size]
    return File(name.decode("cp949", "replace"), data) if data else None
