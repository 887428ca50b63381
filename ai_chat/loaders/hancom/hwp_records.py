"""The streams of an HWP 5 file -> trees of records.

Takes an open OLE file, gives what its header says and, for each section, a tree a paragraph: unpacked within bounds, decrypted where
the file is one for distribution only. Raises InputError. Knows no meaning of a record but where a paragraph of the body begins.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ai_chat.errors import InputError
from ai_chat.loaders.guard import MEMBER, RATIO, inflated

if TYPE_CHECKING:
    from olefile import OleFileIO

SIGNATURE = b"HWP Document File"
DISTRIBUTION = 28
PARAGRAPH = 66
_IGNORED = frozenset((68, 69, 70))  # shapes of characters, places of lines, marked ranges
_DEEPEST = 100
_SMALL = 4 << 20
_COMPRESSED, _PASSWORD, _DISTRIBUTED, _DRM, _CERTIFICATE = 1, 1 << 1, 1 << 2, 1 << 4, (1 << 8) | (1 << 10)
_SECTION = re.compile(r"section(\d+)", re.IGNORECASE)


class Node(NamedTuple):
    tag: int
    data: bytes
    children: list[Node]


@dataclass(frozen=True, slots=True)
class Header:
    compressed: bool
    distributed: bool


def read_header(ole: OleFileIO, name: str, password: str | None) -> Header:
    """InputError file_damaged, password_needed, encryption_unknown: how a password becomes a key was never published."""
    data = ole.openstream("FileHeader").read()
    if not data.startswith(SIGNATURE) or len(data) < 40:
        raise InputError("file_damaged", name=name, found="FileHeader", reason="its signature is missing")
    (flags,) = struct.unpack_from("<I", data, 36)
    if flags & _PASSWORD and not password:
        raise InputError("password_needed", name=name)
    if flags & (_PASSWORD | _DRM | _CERTIFICATE):
        kind = "HWP 5" if flags & _PASSWORD else "DRM" if flags & _DRM else "PKI"
        raise InputError("encryption_unknown", name=name, found=kind)
    return Header(bool(flags & _COMPRESSED), bool(flags & _DISTRIBUTED))


def sections(ole: OleFileIO, header: Header) -> list[str]:
    """The streams of the body in their order."""
    folder = "ViewText" if header.distributed else "BodyText"
    found = [(int(mark[1]), entry[1]) for entry in ole.listdir() if entry[0] == folder and (mark := _numbered(entry))]
    return [f"{folder}/{stream}" for _number, stream in sorted(found)]


def read_stream(ole: OleFileIO, stream: str, header: Header, name: str) -> bytes:
    """One stream as records lie in it; InputError file_damaged, archive_bomb."""
    data = ole.openstream(stream).read()
    if stream.startswith("ViewText"):
        data = _decrypted(data, stream, name)
    return _inflated(data, stream, name) if header.compressed else data


def read_binary(ole: OleFileIO, header: Header, name: str, stream: str) -> bytes:
    """A picture or object; most are packed, and trying tells which are not."""
    data: bytes = ole.openstream(stream).read()
    try:
        return _inflated(data, stream, name) if header.compressed else data
    except InputError as error:
        if error.code != "file_damaged":
            raise
        return data


def trees(data: bytes, name: str, stream: str) -> Iterator[Node]:
    """A tree for each record of level 0: a paragraph and all that is anchored in it. A level too deep is one below the last."""
    path: list[Node] = []
    for tag, level, payload in _records(data, name, stream):
        node = Node(tag, payload, [])
        if path and level:
            del path[level:]
            path[-1].children.append(node)
            path.append(node)
        else:
            yield from path[:1]
            path = [node]
        if len(path) > _DEEPEST:
            raise InputError("too_deep", name=name, limit=_DEEPEST)
    yield from path[:1]


def _records(data: bytes, name: str, stream: str) -> Iterator[tuple[int, int, bytes]]:
    position, end = 0, len(data)
    unpack = struct.Struct("<I").unpack_from
    while position + 4 <= end:
        (head,) = unpack(data, position)
        size = head >> 20
        position += 4
        if size == 0xFFF:
            if position + 4 > end:
                break
            (size,) = unpack(data, position)
            position += 4
        if position + size > end:
            raise InputError("file_damaged", name=name, found=stream, reason="a record is cut off")
        tag = head & 0x3FF
        if tag not in _IGNORED:
            yield tag, head >> 10 & 0x3FF, data[position : position + size]
        position += size


def _numbered(entry: list[str]) -> re.Match[str] | None:
    return _SECTION.fullmatch(entry[1]) if len(entry) == 2 else None


def _inflated(data: bytes, stream: str, name: str) -> bytes:
    try:
        return inflated(data, name, min(MEMBER, max(_SMALL, len(data) * RATIO)))
    except zlib.error as error:
        raise InputError("file_damaged", name=name, found=stream, reason=str(error)) from error


def _decrypted(data: bytes, stream: str, name: str) -> bytes:
    """A file for distribution carries its key: 16 of 256 bytes that are masked by a known generator of numbers."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if len(data) < 260 or int.from_bytes(data[:4], "little") & 0x3FF != DISTRIBUTION:
        raise InputError("file_damaged", name=name, found=stream, reason="its key is missing")
    seed = int.from_bytes(data[4:8], "little")
    start = 4 + (seed & 0x0F)
    mask = _mask(seed)
    key = bytes(a ^ b for a, b in zip(data[4 + start : 20 + start], mask[start : start + 16], strict=True))
    body = data[260 : len(data) - (len(data) - 260) % 16]
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()
    return decryptor.update(body) + decryptor.finalize()


def _mask(seed: int) -> bytes:
    """Runs of one byte, byte and length drawn in turn from Microsoft's `rand` (Hancom, distribution documents, revision 1.2, 2.2)."""
    mask = bytearray()
    while len(mask) < 256:
        seed = (seed * 214013 + 2531011) & 0xFFFFFFFF
        value = seed >> 16 & 0xFF
        seed = (seed * 214013 + 2531011) & 0xFFFFFFFF
        mask += bytes([value]) * ((seed >> 16 & 0x0F) + 1)
    return bytes(mask[:256])
