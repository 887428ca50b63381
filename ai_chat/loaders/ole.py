"""The pre-check of OLE files: what header and directory claim is held against the size of the file before any stream is read.

Takes a path or an open file, gives an OleFileIO; whatever it then says of a broken file becomes InputError file_damaged. Knows no
document format.
"""

from __future__ import annotations

import errno
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ai_chat.errors import InputError

if TYPE_CHECKING:
    from olefile import OleFileIO

_SECTORS = {b"\x09\x00\x06\x00": 512, b"\x0c\x00\x06\x00": 4096}  # powers of two: of a sector, of a small one
_COUNTS = (44, 64, 72)  # where it counts sectors: of the table of sectors, of that of small ones, of the list of tables
_READ = (2, 5)  # a stream, and the root, which holds the small ones
_DAMAGED = (OSError, ValueError, IndexError, OverflowError, struct.error, RecursionError)


@contextmanager
def open_ole(path: Path, name: str, found: str = "OLE") -> Iterator[OleFileIO]:
    """`found` is what the file is called in the message; InputError file_damaged."""
    with path.open("rb") as file, checked_ole(file, name, found) as ole:
        yield ole


@contextmanager
def checked_ole(file: BinaryIO, name: str, found: str = "OLE") -> Iterator[OleFileIO]:
    """`open_ole` of a file that is open, or lies in memory."""
    import olefile

    try:
        length = file.seek(0, 2)
        file.seek(0)
        _check_header(file.read(512), length)
        with olefile.OleFileIO(file) as ole:
            if any(each and each.entry_type in _READ and each.size > length for each in ole.direntries):
                raise ValueError("a stream is larger than the file")
            yield ole
    except _DAMAGED as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise  # of the disk that what is in it is written to
        raise InputError("file_damaged", name=name, found=found, reason=str(error)) from error


def _check_header(head: bytes, length: int) -> None:
    sector = _SECTORS.get(head[30:34])
    if sector is None:
        raise ValueError("its sector sizes are wrong")
    if any(int.from_bytes(head[at : at + 4], "little") * sector > length for at in _COUNTS):
        raise ValueError("it has fewer sectors than it says")
