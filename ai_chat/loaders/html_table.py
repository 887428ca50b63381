"""A table of HTML, row by row -> lines that name their columns; cells over several rows are said in each of them.

Takes the cells of rows with their spans, gives the lines of as many rows as make a batch. Knows no parser.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ai_chat.loaders.grid import Cell, find_header, fold, named_lines, spread, table_lines

_BATCH = 500  # rows that are kept before they are told
_MOST_SPANNED = 1000


class HtmlCell(NamedTuple):
    text: str
    is_head: bool = False
    rows: int = 1
    columns: int = 1


class HtmlTable:
    def __init__(self) -> None:
        self._cells: list[Cell] = []
        self._height = 0
        self._taken: dict[int, int] = {}  # column -> how many more rows a cell from above covers it
        self._headed: bool | None = None
        self._names: tuple[str, ...] = ()

    def add(self, row: list[HtmlCell]) -> Iterator[str]:
        """Gives lines when there are rows enough."""
        if not self._height and not self._names:
            self._headed = True if len(row) > 1 and all(cell.is_head for cell in row) else None
        self._place(row)
        self._height += 1
        if self._height >= (_BATCH + _MOST_SPANNED if self._taken else _BATCH):
            yield from self.lines()

    def lines(self) -> Iterator[str]:
        """Of the rows that wait."""
        rows = [[fold(cell) for cell in row] for row in spread(self._cells)]
        self._cells, self._height, self._taken = [], 0, {}
        rows = [row for row in rows if any(row)]
        if self._names:
            yield from named_lines(self._names, rows) if rows else ()
            return
        header = find_header(rows)
        self._names = tuple(rows[0]) if self._headed and rows else header.names if header else ()
        yield from table_lines(rows, self._headed)

    def _place(self, row: list[HtmlCell]) -> None:
        taken = {column: count - 1 for column, count in self._taken.items() if count > 1}
        column = 0
        for cell in row:
            while column in self._taken:
                column += 1
            self._cells.append(Cell(self._height, column, cell.text, cell.rows, cell.columns))
            if cell.rows > 1:
                taken.update(dict.fromkeys(range(column, column + cell.columns), cell.rows - 1))
            column += cell.columns
        self._taken = taken


def span(text: str | None) -> int:
    """Of rowspan and colspan."""
    return min(max(1, int(text)), _MOST_SPANNED) if text and text.isascii() and text.isdigit() and len(text) < 5 else 1
