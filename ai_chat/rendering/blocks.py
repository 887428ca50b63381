"""A unit's text as paragraphs and tables: lines of cells, as loaders write rows, become rows again.

Takes text, gives blocks of spans into it, so that what is marked stays marked. Pure; knows no output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ai_chat.rendering.places import Span

_BAR = " | "
_NAME = re.compile(r"([^:|]{1,60}): ")
_MOST_COLUMNS = 30

Line = tuple[Span, ...]
"""Its cells; a line of running text has one."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that stand together."""

    lines: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`names` are the columns' where each row says them, else (); None is an empty cell."""

    names: tuple[str, ...]
    rows: tuple[tuple[Span | None, ...], ...]


def blocks(text: str) -> Iterator[Paragraph | Table]:
    """In order; blank lines separate them and are in none."""
    for kind, group in groupby(_lines(text), key=lambda line: min(len(line), 2)):
        if kind == 2:
            yield from _tables(text, list(group))
        elif kind == 1:
            yield Paragraph(tuple(line[0] for line in group))


def _lines(text: str) -> Iterator[Line]:
    start = 0
    for raw in text.split("\n"):
        yield tuple(_cells(raw, start)) if raw.strip() else ()
        start += len(raw) + 1


def _cells(line: str, start: int) -> Iterator[Span]:
    for cell in line.split(_BAR):
        yield Span(start, start + len(cell))
        start += len(cell) + len(_BAR)


def _tables(text: str, lines: Sequence[Line]) -> Iterator[Table]:
    """Rows that say the names of their columns, and rows that do not, apart."""
    for named, group in groupby(lines, key=lambda line: all(_NAME.match(text, *cell) for cell in line)):
        rows = list(group)
        yield (_named(text, rows) if named else None) or Table((), tuple(rows))


def _named(text: str, lines: Sequence[Line]) -> Table | None:
    """None where the names are so many that they are no columns."""
    rows = [dict(_named_cells(text, line)) for line in lines]
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    if len(names) > _MOST_COLUMNS or any(len(row) < len(line) for row, line in zip(rows, lines, strict=True)):
        return None
    return Table(names, tuple(tuple(row.get(name) for name in names) for row in rows))


def _named_cells(text: str, line: Line) -> Iterator[tuple[str, Span]]:
    for cell in line:
        named = _NAME.match(text, *cell)
        assert named is not None
        yield named[1], Span(named.end(), cell.end)
