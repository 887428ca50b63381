"""A table of cells -> lines that can be read, found and cited one by one: each row says the names of its columns.

Takes rows of cells in order, gives lines. Where a first row reads as a header, a row becomes "name: cell | name: cell"; a wide table
says its header in a line of its own, again and again; a table without one, such as a form, becomes "cell | cell".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ai_chat.loaders.headers import with_headers

Row = Sequence[str]

_WIDE_COLUMNS = 12
_WIDE_HEADER = 160
_NUMBER = re.compile(r"[-+₩$€]?[\d.,:/%\s-]*\d[\d.,:/%\s-]*[%원]?")


def table_lines(rows: Sequence[Row], header: bool | None = None) -> Iterator[str]:
    """`header`: whether the first row that is not empty is one; None looks at it. Empty rows are left out."""
    filled = [folded for row in rows if any(folded := [" ".join(cell.split()) for cell in row])]
    if not filled:
        return
    if len(filled) == 1 or not (is_header(filled[0]) if header is None else header):
        yield from (" | ".join(cell for cell in row if cell) for row in filled)
        return
    head = filled[0]
    wide = is_wide(head)
    lines = [row_line(row, None if wide else head) for row in filled[1:]]
    yield from with_headers(" | ".join(head), lines) if wide else lines


def is_header(row: Row) -> bool:
    return len(row) > 1 and all(row) and not any(_NUMBER.fullmatch(cell) for cell in row)


def is_wide(header: Row) -> bool:
    return len(header) > _WIDE_COLUMNS or len("".join(header)) > _WIDE_HEADER


def row_line(row: Row, header: Row | None) -> str:
    if header is None:
        return " | ".join(row)
    names = [*header, *([""] * (len(row) - len(header)))]
    return " | ".join(f"{name}: {cell}" if name else cell for name, cell in zip(names, row, strict=False) if cell)
