"""The tables that stand in a unit's text: rows of named cells, each with its place.

Takes text as the loaders write it ("name: cell | name: cell", "cell | cell", Markdown, columns set with spaces), gives Tables.
Pure; knows no question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ai_chat.loaders.grid import is_value

Cell = tuple[str, str]
"""Its column's name, "" where that is not known, and what it holds."""

_RULE = re.compile(r"\|?[\s:|-]*-{2,}[\s:|-]*\|?")
_NAMED = re.compile(r"([^:|]{1,60}?): (.+)")
_GAP = re.compile(r" {2,}|\t+")
_CAPTION_LINES = 2
_LONGEST_CAPTION = 120


@dataclass(frozen=True, slots=True)
class Row:
    """It stands at start:end of the text; a long row over several lines is one."""

    cells: tuple[Cell, ...]
    start: int
    end: int

    @property
    def text(self) -> str:
        """As the reader sees it: every cell with the name of its column."""
        return " | ".join(f"{name}: {cell}" if name else cell for name, cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """`caption`: the lines right before it."""

    rows: tuple[Row, ...]
    caption: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for row in self.rows for name, _ in row.cells if name))


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int

    @property
    def form(self) -> str:
        """How the line writes a row, "" where it is none; blank lines are of no table."""
        bare = self.text.strip()
        if bare.startswith("|") and bare.endswith("|") and len(bare) > 2:
            return "markdown"
        if " | " in bare:
            return "cells"
        return "spaced" if _spaced(bare) else ""


def tables(text: str) -> list[Table]:
    """In reading order; columns set with spaces count as a table only under a line that names as many columns."""
    found: list[Table] = []
    before: list[str] = []
    for form, group in groupby(_lines(text), lambda line: line.form):
        lines = list(group)
        caption = " ".join(before[-_CAPTION_LINES:])
        found += [Table(rows, caption) for rows in _READERS[form](lines) if rows] if form else ()
        before = [] if form else [line.text.strip()[:_LONGEST_CAPTION] for line in lines if line.text.strip()]
    return found


def _lines(text: str) -> Iterator[_Line]:
    start = 0
    for line in text.split("\n"):
        yield _Line(line, start)
        start += len(line) + 1


def _spaced(line: str) -> list[str]:
    """The cells of a line that is set in columns."""
    cells = _GAP.split(line)
    return cells if len(cells) > 1 and not any(cell.startswith((":", "：")) for cell in cells) else []


def _of_spaced(lines: Sequence[_Line]) -> Iterator[tuple[Row, ...]]:
    names = _spaced(lines[0].text.strip())
    rows = [_spaced(line.text.strip()) for line in lines[1:]]
    if rows and not any(map(is_value, names)) and all(len(cells) == len(names) for cells in rows):
        told = zip(lines[1:], rows, strict=True)
        yield tuple(_row(line, list(zip(names, cells, strict=True))) for line, cells in told)


def _of_markdown(lines: Sequence[_Line]) -> Iterator[tuple[Row, ...]]:
    names: list[str] = []
    rows: list[Row] = []
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        cells = _markdown_cells(line)
        if _RULE.fullmatch(line.text.strip()) or cells == names:  # the header is repeated in a long table
            continue
        if following and _RULE.fullmatch(following.text.strip()):
            yield tuple(rows)
            names, rows = cells, []
            continue
        named = [*names, *[""] * (len(cells) - len(names))]
        if any(cells):
            rows.append(_row(line, [pair for pair in zip(named, cells, strict=False) if pair[1]]))
    yield tuple(rows)


def _markdown_cells(line: _Line) -> list[str]:
    return [cell.strip() for cell in line.text.strip().strip("|").split("|")]


def _of_cells(lines: Sequence[_Line]) -> Iterator[tuple[Row, ...]]:
    """A row without names is followed by named ones where it is the header of columns that have nothing in them."""
    rows: list[Row] = []
    for line in lines:
        row = _row(line, [_cell(part) for part in line.text.strip().split(" | ")])
        if rows and _goes_on(rows[-1], row):
            rows[-1] = Row((*rows[-1].cells, *row.cells[_shared(rows[-1], row) :]), rows[-1].start, row.end)
        elif rows and _is_another(rows[-1], row):
            yield tuple(rows)
            rows = [row]
        else:
            rows.append(row)
    yield tuple(rows)


def _cell(part: str) -> Cell:
    named = _NAMED.fullmatch(part.strip())
    return (named[1].strip(), named[2].strip()) if named else ("", part.strip())


def _row(line: _Line, cells: Sequence[Cell]) -> Row:
    start = line.start + len(line.text) - len(line.text.lstrip())
    return Row(tuple(cells), start, line.start + len(line.text.rstrip()))


def _goes_on(upper: Row, lower: Row) -> bool:
    """A long row is written as several lines that begin alike and name other columns."""
    shared = _shared(upper, lower)
    names = {name for name, _ in upper.cells}
    rest = [name for name, _ in lower.cells[shared:]]
    return bool(shared and rest) and all(name and name not in names for name in rest)


def _shared(upper: Row, lower: Row) -> int:
    """How many cells both begin with."""
    pairs = zip(upper.cells, lower.cells, strict=False)
    return next(
        (place for place, (one, other) in enumerate(pairs) if one != other), min(len(upper.cells), len(lower.cells))
    )


def _is_another(upper: Row, lower: Row) -> bool:
    """Rows of one table have their first column in common."""
    return upper.cells[0][0] != lower.cells[0][0]


_READERS = {"markdown": _of_markdown, "cells": _of_cells, "spaced": _of_spaced}
