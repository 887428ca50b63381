"""The pre-check of containers: sizes, ratio and entries are looked at before anything is unpacked, XML may not refer to anything.

Takes paths and bytes, gives an open ZipFile, what is in its members, or an XML tree; raises InputError with what was found.
Knows no document format.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from lxml import etree

from ai_chat.errors import InputError
from ai_chat.loaders import zip_aes
from ai_chat.sizes import show_size

ENTRIES = 20_000
UNPACKED = 1 << 30
MEMBER = 256 << 20
RATIO = 200  # of what is packed; XML of large tables reaches 40
_SMALL = 16 << 20  # below this no ratio is dangerous
_DIRECTORY = 8 << 20  # the list of members itself, 400 bytes for each of ENTRIES
XML_OPTIONS: Mapping[str, bool] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""Of every parser of XML: it opens nothing, and what is deeper or longer than libxml2 likes is damage."""

_PIECE, _UNPACKED_PIECE = 1 << 16, 1 << 20
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zip_aes.METHOD)  # those that unpack piece by piece
_DAMAGED = (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, OverflowError, struct.error, zlib.error)
_ENTITY = re.compile(rb"<!ENTITY\b")
_OVERLAP = 32  # bytes of two pieces, so that no declaration is missed between them


@contextmanager
def open_zip(path: Path, name: str, *, whole: bool = True) -> Iterator[zipfile.ZipFile]:
    """A ZIP whose members may be read; InputError archive_bomb, file_damaged. `whole` False leaves sizes to who reads members singly."""
    with path.open("rb") as file:
        try:
            size = file.seek(0, 2)
            _check_directory(file, size, name)
            archive = zipfile.ZipFile(file)
        except (*_DAMAGED, NotImplementedError) as error:
            raise _damaged(name, "ZIP", error) from error
        with archive:
            members = archive.infolist()
            if len(members) > ENTRIES:
                raise InputError("archive_bomb", name=name, found=f"{len(members):,}", limit=f"{ENTRIES:,}")
            if whole:
                check_sizes(members, size, name)
            yield archive


def check_sizes(members: Collection[zipfile.ZipInfo], packed: int, name: str) -> None:
    """For what will be unpacked as a whole, as documents are."""
    check_ratio(members, packed, name)
    sizes = [member.file_size for member in members]
    for size, limit in ((sum(sizes), UNPACKED), (max(sizes, default=0), MEMBER)):
        if size > limit:
            raise InputError("archive_bomb", name=name, found=show_size(size), limit=show_size(limit))


def check_ratio(members: Collection[zipfile.ZipInfo], packed: int, name: str) -> None:
    """What these members claim to unpack to, against the bytes that hold them: one place may stand for many members."""
    size, limit = sum(member.file_size for member in members), max(_SMALL, packed * RATIO)
    if size > limit:
        raise InputError("archive_bomb", name=name, found=show_size(size), limit=show_size(limit))


def read_member(archive: zipfile.ZipFile, member: str | zipfile.ZipInfo, name: str) -> bytes:
    """One member whole; InputError archive_bomb, file_damaged, password_needed."""
    return b"".join(member_pieces(archive, member, name))


def member_head(
    archive: zipfile.ZipFile, member: str | zipfile.ZipInfo, name: str, size: int, password: str | None = None
) -> bytes:
    """Its first bytes, and little more is unpacked."""
    return next(member_pieces(archive, member, name, password), b"")[:size]


def member_pieces(
    archive: zipfile.ZipFile, member: str | zipfile.ZipInfo, name: str, password: str | None = None
) -> Iterator[bytes]:
    """One member in pieces of 64 KB; InputError archive_bomb, file_damaged, password_needed, password_wrong, encryption_unknown."""
    called = member if isinstance(member, str) else member.filename
    try:
        info = archive.getinfo(member) if isinstance(member, str) else member
        if info.compress_type not in _METHODS:
            raise InputError("file_damaged", name=name, found=called, reason=f"method {info.compress_type}")
        if info.file_size > MEMBER:
            raise InputError("archive_bomb", name=name, found=show_size(info.file_size), limit=show_size(MEMBER))
        yield from _bounded(_unpacked(archive, info, password), info.file_size)
    except NotImplementedError as error:
        raise InputError("encryption_unknown", name=name, found="ZIP") from error
    except RuntimeError as error:  # zipfile's word for an encrypted member
        raise InputError("password_wrong" if password else "password_needed", name=name) from error
    except _DAMAGED as error:
        if password and not isinstance(error, KeyError) and info.flag_bits & _ENCRYPTED:
            raise InputError("password_wrong", name=name) from error  # one of 256 passes for the right one at first
        raise _damaged(name, called, error) from error


def parse_xml(data: bytes, name: str) -> etree._Element:
    """A tree of elements without entities; InputError xml_forbidden where it declares any, file_damaged."""
    refuse_entities(data, name)
    parser = etree.XMLParser(**XML_OPTIONS)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise _damaged(name, "XML", error) from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise InputError("xml_forbidden", name=name)
    return root


def refuse_entities(data: bytes, name: str) -> None:
    """For XML that a library parses by itself; InputError xml_forbidden. A document type without entities is harmless."""
    plain = data.replace(b"\x00", b"") if b"\x00" in data else data  # two or four bytes a character
    if _ENTITY.search(plain):
        raise InputError("xml_forbidden", name=name)


def xml_pieces(archive: zipfile.ZipFile, member: str | zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """A member of XML too long to be held whole; InputError xml_forbidden, and as `member_pieces`."""
    before = b""
    for piece in member_pieces(archive, member, name):
        refuse_entities(before + piece, name)
        before = piece[-_OVERLAP:]
        yield piece


def inflated(data: bytes, name: str, limit: int = MEMBER) -> bytes:
    """What was packed by "deflate" without a header; InputError archive_bomb, or zlib.error."""
    unpacker, unpacked = zlib.decompressobj(-15), bytearray()
    for start in range(0, len(data), _PIECE):
        rest = data[start : start + _PIECE]
        while rest:
            unpacked += unpacker.decompress(rest, _UNPACKED_PIECE)
            rest = unpacker.unconsumed_tail
            if len(unpacked) > limit:
                raise InputError("archive_bomb", name=name, found=f"> {show_size(limit)}", limit=show_size(limit))
    if not unpacker.eof:
        raise zlib.error("it is cut off")
    return bytes(unpacked)


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, password: str | None) -> Iterator[bytes]:
    words = [password.encode(), password.encode("cp949", "replace")] if password else []  # as Korean Windows writes it
    if info.compress_type == zip_aes.METHOD:
        if not words or archive.fp is None:
            raise RuntimeError("encrypted")
        yield from zip_aes.aes_pieces(archive.fp, info, words)
        return
    with _open_member(archive, info, words) as file:
        while piece := file.read(_PIECE):
            yield piece


def _open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, words: list[bytes]) -> IO[bytes]:
    try:
        return archive.open(info, pwd=words[0] if words else None)
    except RuntimeError:
        if len(set(words)) < 2:
            raise
        return archive.open(info, pwd=words[1])


def _bounded(pieces: Iterator[bytes], claimed: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > claimed:
            raise zipfile.BadZipFile("it is larger than it says")
        yield piece


def _check_directory(file: BinaryIO, length: int, name: str) -> None:
    """The list of members is read whole by zipfile: its size stands in the last bytes of the file."""
    file.seek(max(0, length - (1 << 16) - 100))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0:
        return  # which zipfile will say
    size = int.from_bytes(tail[end + 12 : end + 16], "little")
    if end >= 76 and tail[end - 20 : end].startswith(b"PK\x06\x07"):
        size = int.from_bytes(tail[end - 36 : end - 28], "little")
    if size > _DIRECTORY:
        raise InputError("archive_bomb", name=name, found=show_size(size), limit=show_size(_DIRECTORY))


def _damaged(name: str, found: str, error: Exception) -> InputError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return InputError("file_damaged", name=name, found=found, reason=reason)
