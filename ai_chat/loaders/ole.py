"""The pre-check of OLE files: what header and directory claim is held against the size of the file before any stream is read.

Takes a path, gives an open OleFileIO; whatever it then says of a broken file becomes InputError file_damaged. Knows no document format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ai_chat.errors import InputError

if TYPE_CHECKING:
    from olefile import OleFileIO

_SECTORS = {b"\x09\x00\x06\x00": 512, b"\x0c\x00\x06\x00": 4096}  # powers of two: of a sector, of a small one
_COUNTS = (
    44,
    64,
    72,
)  # where the header counts sectors: of the table of sectors, of that of small ones, of the list of tables
_READ = (2, 5)  # a stream, and the root, which holds the small ones
_DAMAGED = (OSError, ValueError, IndexError, OverflowError, struct.error, RecursionError)


@contextmanager
def open_ole(path: Path, name: str, found: str = "OLE") -> Iterator[OleFileIO]:
    """`found` is what the file is called in the message; InputError file_damaged."""
    import olefile

    with path.open("rb") as file:
        head, length = file.read(512), path.stat().st_size
        try:
            _check_header(head, length)
            with olefile.OleFileIO(file) as ole:
                if any(each and each.entry_type in _READ and each.size > length for each in ole.direntries):
                    raise ValueError("a stream is larger than the file")
                yield ole
        except _DAMAGED as error:
            raise InputError("file_damaged", name=name, found=found, reason=str(error)) from error


def _check_header(head: bytes, length: int) -> None:
    sector = _SECTORS.get(head[30:34])
    if sector is None:
        raise ValueError("its sector sizes are wrong")
    if any(int.from_bytes(head[at : at + 4], "little") * sector > length for at in _COUNTS):
        raise ValueError("it has fewer sectors than it says")
