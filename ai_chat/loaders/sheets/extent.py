"""The pre-check of XLS and XLSB: calamine makes a field of all cells between the first and the last, so few cells must not claim many.

Takes a file, raises InputError archive_bomb or file_damaged before it is opened; walks over the heads of records alone.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from struct import unpack_from

from ai_chat.errors import InputError
from ai_chat.loaders.guard import read_member
from ai_chat.loaders.ole import open_ole

_MOST_CELLS = 20_000_000  # more than the largest sheet of Excel 97
_XLS_COLUMNS = 256
_XLS_CELLS = frozenset((0x06, 0x7E, 0xBD, 0xBE, 0xD6, 0xFD, 0x201, 0x203, 0x204, 0x205, 0x27E))
_XLS_RUNS = (0xBD, 0xBE)  # of cells, whose last one is told at the end
_LOCKED = 0x2F
_XLSB_ROW, _XLSB_CELLS = 0, range(1, 12)


def check_xls(path: Path, name: str) -> None:
    with open_ole(path, name, "XLS") as ole:
        data = ole.openstream("Workbook" if ole.exists("Workbook") else "Book").read()
    for kind, start, size in _xls_records(data):
        if kind == _LOCKED:
            return  # what follows is not yet plain
        if kind not in _XLS_CELLS or size < 4:
            continue
        last = start + size - 2 if kind in _XLS_RUNS else start + 2
        if (column := unpack_from("<H", data, last)[0]) >= _XLS_COLUMNS:
            raise InputError("file_damaged", name=name, found="XLS", reason=f"column {column}")


def check_xlsb(archive: zipfile.ZipFile, name: str) -> None:
    for member in archive.namelist():
        if member.startswith("xl/worksheets/") and member.endswith(".bin"):
            height, width = _xlsb_extent(read_member(archive, member, name))
            if height * width > _MOST_CELLS:
                raise InputError(
                    "archive_bomb", name=name, found=f"{height:,} x {width:,} cells", limit=f"{_MOST_CELLS:,} cells"
                )


def _xls_records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(kind, where its content starts, how long it is)."""
    at = 0
    while at + 4 <= len(data):
        kind, size = unpack_from("<HH", data, at)
        yield kind, at + 4, min(size, len(data) - at - 4)
        at += 4 + size


def _xlsb_extent(data: bytes) -> tuple[int, int]:
    rows, columns = set[int](), set[int]()
    row = 0
    for kind, start, size in _xlsb_records(data):
        if size < 4:
            continue
        if kind == _XLSB_ROW:
            row = unpack_from("<I", data, start)[0]
        elif kind in _XLSB_CELLS:
            rows.add(row)
            columns.add(unpack_from("<I", data, start)[0])
    return (max(rows) - min(rows) + 1, max(columns) - min(columns) + 1) if rows else (0, 0)


def _xlsb_records(data: bytes) -> Iterator[tuple[int, int, int]]:
    at = 0
    while at < len(data):
        kind, at = _number(data, at, 2)
        size, at = _number(data, at, 4)
        yield kind, at, min(size, max(0, len(data) - at))
        at += size


def _number(data: bytes, at: int, longest: int) -> tuple[int, int]:
    """Seven bits a byte, the lowest first, and where it ends."""
    value = 0
    for place in range(longest):
        if at >= len(data):
            break
        byte = data[at]
        value |= (byte & 0x7F) << (7 * place)
        at += 1
        if byte < 0x80:
            break
    return value, at
