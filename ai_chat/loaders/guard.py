"""The pre-check of containers: sizes, ratio and entries are looked at before anything is unpacked, XML may not refer to anything.

Takes paths and bytes, gives an open ZipFile or an XML tree; raises InputError with what was found. Knows no document format.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from lxml import etree

from ai_chat.errors import InputError
from ai_chat.sizes import show_size

ENTRIES = 20_000
UNPACKED = 1 << 30
MEMBER = 256 << 20
RATIO = 200  # of what is packed; XML of large tables reaches 40
_SMALL = 16 << 20  # below this no ratio is dangerous


@contextmanager
def open_zip(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """A ZIP whose members may be read; InputError archive_bomb, file_damaged."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InputError("file_damaged", name=name, found="ZIP", reason=str(error)) from error
    with archive:
        _check(archive.infolist(), name)
        yield archive


def read_member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    """One member whole; InputError file_damaged, password_needed."""
    try:
        with archive.open(member) as file:
            return _read(file, name)
    except RuntimeError as error:  # zipfile's word for an encrypted member
        raise InputError("password_needed", name=name) from error
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, zlib.error) as error:
        raise InputError("file_damaged", name=name, found=member, reason=str(error)) from error


def parse_xml(data: bytes, name: str) -> etree._Element:
    """A tree of elements without entities; InputError xml_forbidden where it declares any, file_damaged."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise InputError("file_damaged", name=name, found="XML", reason=str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise InputError("xml_forbidden", name=name)
    return root


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > ENTRIES:
        raise InputError("archive_bomb", name=name, found=f"{len(members):,}", limit=f"{ENTRIES:,}")
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    largest = max((member.file_size for member in members), default=0)
    limit = UNPACKED if unpacked <= _SMALL else min(UNPACKED, packed * RATIO)
    if unpacked > limit or largest > MEMBER:
        raise InputError("archive_bomb", name=name, found=show_size(unpacked), limit=show_size(min(limit, MEMBER)))


def _read(file: IO[bytes], name: str) -> bytes:
    data = file.read(MEMBER + 1)
    if len(data) > MEMBER:
        raise InputError("archive_bomb", name=name, found=show_size(len(data)), limit=show_size(MEMBER))
    return data
