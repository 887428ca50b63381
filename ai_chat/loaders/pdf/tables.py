"""The ruled tables of a PDF page: which letters stand in which cell, and lines that say a row with the names of its columns.

Takes the grids of a page and its letters, gives Tables. A grid is a table when enough of its cells hold text; all others, such as
frames and the axes of a chart, are left to the running text.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from ai_chat.loaders.grid import find_header, named_lines, table_lines
from ai_chat.loaders.pdf.letters import Box, Letters, Stretch
from ai_chat.loaders.pdf.rules import Grid, Place

_FILLED = 0.4  # of a table's cells hold text
_WORD = re.compile(r"\S+")
_NEAR = 3.0  # points between the borders of columns on two pages that are the same

Spans = list[tuple[int, int]]
Home = tuple[int, Place]  # the number of a grid, and a cell of it
Near = Sequence[tuple[int, Grid]]


@dataclass(frozen=True, slots=True)
class Traced:
    """A text; `sources`: the raw position that each letter stands for."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True)
class Table:
    """Its rows from the top, each as long as the grid is wide; `spans` of the raw text stand in it, ascending."""

    box: Box
    edges: tuple[float, ...]
    spans: tuple[tuple[int, int], ...]
    rows: tuple[tuple[Traced, ...], ...]

    @cached_property
    def names(self) -> tuple[str, ...] | None:
        """Of its columns, where its first rows say them."""
        header = find_header([[cell.text for cell in row] for row in self.rows if any(cell.text for cell in row)])
        return header.names if header else None

    def goes_on_from(self, other: Table) -> bool:
        near = (abs(one - two) <= _NEAR for one, two in zip(self.edges, other.edges, strict=False))
        return len(self.edges) == len(other.edges) and all(near)


def tables(found: Sequence[Grid], letters: Letters, dropped: Container[int] = ()) -> list[Table]:
    """Those of the grids that hold text enough, in the order in which their text begins; `dropped` are spaces that are none."""
    held: list[dict[Place, Spans]] = [{} for _ in found]
    for start, end, (number, place) in _homes(found, letters):
        held[number].setdefault(place, []).append((start, end))
    full = [(grid, cells) for grid, cells in zip(found, held, strict=True) if _is_table(grid, cells)]
    kept = [_table(grid, cells, letters.raw, dropped) for grid, cells in full]
    return sorted(kept, key=lambda table: table.spans[0])


def lines_of(table: Table, names: Sequence[str] | None = None) -> Iterator[Traced]:
    """`names` of the columns from the page before, for a table that goes on and says none itself."""
    rows = [[cell.text for cell in row] for row in table.rows]
    lines = named_lines(names, [row for row in rows if any(row)]) if names and not table.names else table_lines(rows)
    return _traced(lines, [[cell for cell in row if cell.text] for row in table.rows])


def _homes(found: Sequence[Grid], letters: Letters) -> Iterator[tuple[int, int, Home]]:
    """Runs of letters in one cell of one grid. A line is asked for by its ends, then by its words, then by its letters."""
    for line in letters.lines:
        near = [(number, grid) for number, grid in enumerate(found) if _reaches(grid, line.box)]
        if near:
            for start, end, home in _runs(near, letters, line):
                if home:
                    yield start, end, home


def _runs(near: Near, letters: Letters, line: Stretch) -> Iterator[tuple[int, int, Home | None]]:
    first, last = (_home(near, letters.box(position)) for position in (line.start, line.end - 1))
    if first and first == last:
        yield line.start, line.end, first
        return
    grids = dict(near)
    for word in _WORD.finditer(letters.raw, line.start, line.end):
        start, end = word.span()
        box = letters.box(start)
        first = _home(near, box)
        if (first and _fits(grids[first[0]], first[1], box, end - start)) or first == _home(near, letters.box(end - 1)):
            yield start, end, first
        else:
            homes = ((position, _home(near, letters.box(position))) for position in range(start, end))
            for home, run in groupby(homes, key=lambda pair: pair[1]):
                positions = [position for position, _ in run]
                yield positions[0], positions[-1] + 1, home


def _fits(grid: Grid, place: Place, first: Box, count: int) -> bool:
    """Whether a word of so many letters, none broader than high, ends in the cell in which it begins."""
    return first.left + count * first.height < grid.xs[place.column + place.columns]


def _home(near: Near, box: Box) -> Home | None:
    """The smallest grid wins: it stands in a cell of the other."""
    x, y = box.middle
    homes = [(number, place) for number, grid in near if (place := grid.at(x, y))]
    if len(homes) < 2:
        return homes[0] if homes else None
    grids = dict(near)
    return min(homes, key=lambda home: _area(grids[home[0]]))


def _area(grid: Grid) -> float:
    return (grid.xs[-1] - grid.xs[0]) * (grid.ys[-1] - grid.ys[0])


def _reaches(grid: Grid, box: Box) -> bool:
    _, middle = box.middle
    return box.left < grid.xs[-1] and box.right > grid.xs[0] and grid.ys[0] < middle < grid.ys[-1]


def _is_table(grid: Grid, cells: dict[Place, Spans]) -> bool:
    filled = len(cells) >= max(3, _FILLED * len(set(grid.places.values())))
    return filled and len({place.column for place in cells}) > 1 and len({place.row for place in cells}) > 1


def _table(grid: Grid, cells: dict[Place, Spans], raw: str, dropped: Container[int]) -> Table:
    """A cell over several rows is said in each of them, one over several columns in the first."""
    texts = {place: _cell(spans, raw, dropped) for place, spans in cells.items()}
    nothing = Traced("", ())
    rows = tuple(
        tuple(
            texts.get(place, nothing) if place.column == column else nothing
            for column, place in enumerate(grid.places[row, column] for column in range(grid.columns))
        )
        for row in range(grid.rows)
    )
    spans = tuple(sorted(span for held in cells.values() for span in held))
    return Table(Box(grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1]), grid.xs, spans, rows)


def _cell(spans: Spans, raw: str, dropped: Container[int]) -> Traced:
    """Its words, one space between them, but for spaces that are dropped."""
    text = ""
    sources: list[int] = []
    for start, end in spans:
        for word in _WORD.finditer(raw, start, end):
            if text and sources[-1] + 1 not in dropped:
                text += " "
                sources.append(sources[-1])
            text += word[0]
            sources += range(*word.span())
    return Traced(text, tuple(sources))


def _traced(lines: Iterable[str], rows: Sequence[Sequence[Traced]]) -> Iterator[Traced]:
    """Each line with the letters of its row, of which a long one makes several; names of columns stand for the letter before them."""
    at = -1
    first = next(cell.sources[0] for row in rows for cell in row)
    for line in lines:
        for number in (at + 1, at, *range(at + 2, len(rows))):
            if 0 <= number < len(rows) and (sources := _sources(line, rows[number])):
                at = number
                break
        else:
            sources = [first] * len(line)
        yield Traced(line, tuple(sources))


def _sources(line: str, cells: Sequence[Traced]) -> list[int]:
    """Empty where the line holds anything but these cells in their order."""
    found: list[int] = []
    bars = line.count(" | ") + 1
    for cell in cells:
        start = _find(line, cell.text, len(found))
        if start < 0:
            continue
        bars -= 1 + cell.text.count(" | ")
        before = found[-1] if found else cell.sources[0]
        found += [before] * (start - len(found))
        found += cell.sources
    return found + found[-1:] * (len(line) - len(found)) if bars <= 0 else []


def _find(line: str, cell: str, position: int) -> int:
    """Where a cell stands whole: between bars, or behind the name of its column."""
    while (start := line.find(cell, position)) >= 0:
        behind = line[start + len(cell) : start + len(cell) + 3]
        if behind in ("", " | ") and (not start or line[:start].endswith((" | ", ": "))):
            return start
        position = start + 1
    return -1
