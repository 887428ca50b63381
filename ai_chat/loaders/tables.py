"""CSV and TSV -> units of up to 100 rows, labelled "rows 2-101", every row readable on its own.

Each row is written "header: value | header: value". The separator is found by trying. Knows no types: a cell is text.
Raw offsets count within the unit as written here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Literal

from ai_chat.loaders.detect import Source
from ai_chat.loaders.grid import Header, find_header, form_line, is_header, row_lines, unsaid
from ai_chat.loaders.normalise import normalise
from ai_chat.types import Unit

_SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_ROWS = 50
_UNIT_ROWS = 100
_UNIT_CHARACTERS = 20_000
_RECORD_LINES = 200

Row = list[str]
Numbered = tuple[int, Row]
NumberedLines = tuple[int, list[str]]


def load_table(source: Source) -> Iterator[Unit]:
    with source.path.open("r", encoding=source.encoding, newline="") as file:
        lines = iter(file)
        sample = list(islice(lines, _SAMPLE_ROWS))
        separator = choose_separator(sample)
        rows = ((n, row) for n, row in enumerate(records(chain(sample, lines), separator), 1) if any(row))
        head = list(islice(rows, _SAMPLE_ROWS))
        if head:
            yield from _units(_lines(head, rows))


def _lines(head: Sequence[Numbered], rest: Iterable[Numbered]) -> Iterator[NumberedLines]:
    """What is written for each row; a row that is not written itself has none."""
    found = _header([row for _n, row in head])
    if found is None:
        yield from ((n, [form_line(row)]) for n, row in chain(head, rest))
        return
    yield from ((n, [form_line(list(filter(None, row)))]) for n, row in head[: found.start])
    rows = [row for _n, row in head[found.end :]]
    yield head[found.end - 1][0], unsaid(found.names, rows)
    yield from ((n, row_lines(row, found.names)) for n, row in chain(head[found.end :], rest))


def _header(rows: Sequence[Row]) -> Header | None:
    """In a file that is nothing but a table, a first row of names is one whatever stands below."""
    return Header(tuple(rows[0]), 0, 1) if is_header(rows[0]) else find_header(rows)


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
    lines = io.StringIO(record, newline="")  # of all that ends a line, as a cell may hold the rarer kinds
    rows = csv.reader(lines, delimiter=separator, quoting=quoting, skipinitialspace=True)
    return [" ".join(cell.split()) for row in rows for cell in row]


def _units(lines: Iterable[NumberedLines]) -> Iterator[Unit]:
    number = 0
    group: list[str] = []
    start = last = size = 0
    for n, written in lines:
        if not written:
            continue
        if group and (n - start >= _UNIT_ROWS or size > _UNIT_CHARACTERS):
            yield _unit(number := number + 1, start, last, group)
            group, size = [], 0
        start = start if group else n
        group += written
        size += sum(map(len, written))
        last = n
    if group:
        yield _unit(number + 1, start, last, group)


def _unit(number: int, first: int, last: int, lines: Iterable[str]) -> Unit:
    text, offsets = normalise("\n".join(lines))
    return Unit("sheet", number, f"rows {first}-{last}", text, offsets)
