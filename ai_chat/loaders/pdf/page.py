"""One page of a PDF that holds its text: what stands on it, in reading order, ruled tables as lines that name their columns.

Takes an open page, gives its text with the way back to PDFium's page text, the lines at its edges, and what makes its text doubtful.
Knows no other page but the table that may go on from the one before.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

import pypdfium2 as pdfium

from ai_chat.loaders.normalise import Normalised, Offsets, normalise, raw_of
from ai_chat.loaders.pdf.columns import reading_order, row_order
from ai_chat.loaders.pdf.layout import artefacts
from ai_chat.loaders.pdf.letters import Letters, Stretch
from ai_chat.loaders.pdf.quality import Doubt, doubt
from ai_chat.loaders.pdf.rules import grids
from ai_chat.loaders.pdf.running import Edge, edge
from ai_chat.loaders.pdf.tables import Table, lines_of, tables
from ai_chat.loaders.pdf.weave import Weave

_EDGE = 0.12  # of the page's height
_SAMPLE = 60  # letters that are asked whether the file names them


@dataclass(frozen=True, slots=True)
class PageText:
    """`last`: the table that ends the page, with the names of its columns, in case the next page goes on with it."""

    text: str
    offsets: Offsets
    edges: tuple[Edge, ...]
    doubt: Doubt | None
    last: OpenTable | None


@dataclass(frozen=True, slots=True)
class OpenTable:
    table: Table
    names: tuple[str, ...] | None


def read_text(page: pdfium.PdfPage, before: OpenTable | None = None) -> PageText:
    letters = Letters(page)
    try:
        return _read(page, letters, before)
    finally:
        letters.close()


def _read(page: pdfium.PdfPage, letters: Letters, before: OpenTable | None) -> PageText:
    if not letters.raw.strip():
        return PageText("", ((0, 0),), (), None, None)
    dropped = artefacts(letters)
    found = tables(grids(page), letters, dropped)
    names = _names(found, letters, before)
    lines = _outside(letters, found)
    order = reading_order(letters, lines)
    rows = None if order else row_order(letters, lines)
    if found or order or rows:
        text, offsets = _woven(letters, rows or [[line] for line in order or lines], found, names, dropped)
    else:
        text, offsets = normalise(letters.raw, dropped=dropped)
    in_tables = [span for table in found for span in table.spans]
    edges = tuple(_edges(letters, text, offsets, in_tables))
    return PageText(text, offsets, edges, doubt(text, _unmapped(letters)), _last(found, letters, names))


def _woven(
    letters: Letters,
    rows: Sequence[Sequence[Stretch]],
    found: Sequence[Table],
    names: Sequence[tuple[str, ...] | None],
    dropped: frozenset[int],
) -> Normalised:
    """The parts of a row on one line. A table stands where its first letter stands in the order of the file; in columns, above the first
    line below it."""
    weave = Weave(letters.raw, dropped)
    waiting = list(zip(found, names, strict=True))
    for row in rows:
        while waiting and waiting[0][0].spans[0] < (row[0].start, row[0].end):
            _say(weave, *waiting.pop(0))
        for part in row:
            weave.span(part.start, part.end)
            if part is not row[-1]:
                weave.say(" ", part.end - 1)
        if not _goes_on(letters.raw, row[-1].end, dropped):
            weave.line_end()
    for table, header in waiting:
        _say(weave, table, header)
    return weave.normalised()


def _goes_on(raw: str, end: int, dropped: frozenset[int]) -> bool:
    """Whether the line end behind is an artefact, inside a word."""
    return end in dropped and raw[end] == "\r"


def _say(weave: Weave, table: Table, names: tuple[str, ...] | None) -> None:
    weave.line_end(2)
    for line in lines_of(table, names):
        weave.pieces(line.text, line.sources)
        weave.line_end()
    weave.line_end(2)


def _outside(letters: Letters, found: Sequence[Table]) -> Sequence[Stretch]:
    """The lines without what of them stands in a table."""
    if not found:
        return letters.lines
    spans = sorted(span for table in found for span in table.spans)
    return [part for line in letters.lines for part in _without(letters, line, spans)]


def _without(letters: Letters, line: Stretch, spans: Sequence[tuple[int, int]]) -> Iterator[Stretch]:
    first = bisect_right(spans, line.start, key=itemgetter(1))
    inside = spans[first : bisect_left(spans, line.end, lo=first, key=itemgetter(0))]
    if not inside:
        yield line
        return
    for start, end in _gaps(line.start, line.end, inside):
        if text := letters.raw[start:end].strip():
            first = letters.raw.index(text[0], start)
            yield letters.stretch(first, first + len(text))


def _gaps(start: int, end: int, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for low, high in spans:
        yield start, low
        start = high
    yield start, end


def _edges(letters: Letters, text: str, offsets: Offsets, in_tables: Sequence[tuple[int, int]]) -> Iterator[Edge]:
    """The lines near the head and the foot of the page; no rows of tables."""
    low, high = letters.page.bottom, letters.page.top
    near = _EDGE * (high - low)
    raw_at = raw_of(offsets)
    start = 0
    for line in text.split("\n"):
        if words := line.strip():
            first = start + line.index(words[0])
            raw = raw_at(first)
            _, y = letters.box(raw).middle
            outer = y - low if y < low + near else y - high if y > high - near else None
            if outer is not None and not any(a <= raw < b for a, b in in_tables):
                yield from edge(text, first, first + len(words), outer)
        start += len(line) + 1


def _names(found: Sequence[Table], letters: Letters, before: OpenTable | None) -> list[tuple[str, ...] | None]:
    """The names that each table takes from the page before: only its first, and only at its head."""
    names: list[tuple[str, ...] | None] = [None] * len(found)
    if before and before.names and found and found[0].goes_on_from(before.table) and not found[0].names:
        page = letters.page
        limit = page.top - _EDGE * (page.top - page.bottom)
        if not any(found[0].box.top < line.box.middle[1] < limit for line in letters.lines):
            names[0] = before.names
    return names


def _last(found: Sequence[Table], letters: Letters, names: Sequence[tuple[str, ...] | None]) -> OpenTable | None:
    if not found:
        return None
    page, table = letters.page, min(found, key=lambda table: table.box.bottom)
    limit = page.bottom + _EDGE * (page.top - page.bottom)
    if any(limit < line.box.middle[1] < table.box.bottom for line in letters.lines):
        return None
    return OpenTable(table, table.names or names[found.index(table)])


def _unmapped(letters: Letters) -> float:
    """The share of letters that the file names by no character, of a few spread over the page."""
    step = max(1, len(letters.raw) // _SAMPLE)
    seen = [position for position in range(0, len(letters.raw), step) if letters.raw[position].strip()]
    return sum(map(letters.is_unmapped, seen)) / max(1, len(seen))
