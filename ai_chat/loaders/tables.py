"""CSV and TSV -> units of up to 100 rows, labelled "rows 2-101", every row readable on its own.

Each row is written "header: value | header: value"; wide tables say their header in a line of its own, again and again.
The separator is found by trying. Knows no types: a cell is text. Raw offsets count within the unit as written here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Literal

from ai_chat.loaders.detect import Source
from ai_chat.loaders.grid import is_header, is_wide, row_line
from ai_chat.loaders.headers import with_headers
from ai_chat.loaders.normalise import normalise
from ai_chat.types import Unit

_SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_ROWS = 50
_UNIT_ROWS = 100
_UNIT_CHARACTERS = 20_000
_RECORD_LINES = 200

Row = list[str]


def load_table(source: Source) -> Iterator[Unit]:
    with source.path.open("r", encoding=source.encoding, newline="") as file:
        lines = iter(file)
        sample = list(islice(lines, _SAMPLE_ROWS))
        separator = choose_separator(sample)
        rows = ((n, row) for n, row in enumerate(records(chain(sample, lines), separator), 1) if any(row))
        first = next(rows, None)
        if first is None:
            return
        header = first[1] if is_header(first[1]) else None
        yield from _units(rows if header else chain((first,), rows), header, first)


def choose_separator(sample: Sequence[str]) -> str:
    """The one that gives the most rows the same number of columns, at least two; a comma when none does."""
    best, best_score = ",", (0.0, 0)
    for separator in _SEPARATORS:
        widths = [len(row) for row in records(sample, separator) if any(row)]
        usual = max(set(widths), key=widths.count, default=1)
        score = (widths.count(usual) / len(widths), usual) if usual > 1 else (0.0, 0)
        if score > best_score:
            best, best_score = separator, score
    return best


def records(lines: Iterable[str], separator: str) -> Iterator[Row]:
    """Rows of cells. A quoted cell may run over lines; a quote that never closes is read as a character."""
    pending: list[str] = []
    for line in lines:
        pending.append(line)
        if sum(part.count('"') for part in pending[-1:]) % 2 == (1 if len(pending) == 1 else 0):
            if len(pending) < _RECORD_LINES:
                continue
            yield from (_cells(part, separator, csv.QUOTE_NONE) for part in pending)
        else:
            yield _cells("".join(pending), separator, csv.QUOTE_MINIMAL)
        pending = []
    yield from (_cells(part, separator, csv.QUOTE_NONE) for part in pending)


def _cells(record: str, separator: str, quoting: Literal[0, 3]) -> Row:
    csv.field_size_limit(max(csv.field_size_limit(), len(record) + 1))
    lines = record.splitlines(keepends=True)
    rows = csv.reader(lines, delimiter=separator, quoting=quoting, skipinitialspace=True)
    return [" ".join(cell.split()) for row in rows for cell in row]


def _units(rows: Iterable[tuple[int, Row]], header: Row | None, first: tuple[int, Row]) -> Iterator[Unit]:
    wide = header is not None and is_wide(header)
    head = " | ".join(header) if header and wide else ""
    number = 0
    for group in _groups(rows):
        lines = [row_line(row, None if wide else header) for _n, row in group]
        yield _unit(number := number + 1, group, with_headers(head, lines) if head else lines)
    if number == 0:  # a header alone
        yield _unit(1, [first], [" | ".join(first[1])])


def _groups(rows: Iterable[tuple[int, Row]]) -> Iterator[list[tuple[int, Row]]]:
    group: list[tuple[int, Row]] = []
    size = 0
    for numbered in rows:
        group.append(numbered)
        size += sum(map(len, numbered[1]))
        if len(group) == _UNIT_ROWS or size > _UNIT_CHARACTERS:
            yield group
            group, size = [], 0
    if group:
        yield group


def _unit(number: int, group: list[tuple[int, Row]], lines: Iterable[str]) -> Unit:
    text, offsets = normalise("\n".join(lines))
    return Unit("sheet", number, f"rows {group[0][0]}-{group[-1][0]}", text, offsets)
