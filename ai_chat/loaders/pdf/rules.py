"""The ruled lines of a PDF page, and the grids of cells that they draw.

Takes a page's path objects, gives Grids as the page is looked at, y upwards. Looks at no text: whether a grid is a table is told by
what stands in it. Rectangles count by their edges, thin filled ones as lines; curves and slanted lines count for nothing.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import pypdfium2 as pdfium
import pypdfium2.raw as c_pdfium

from ai_chat.loaders.pdf.letters import upright

_THIN = 3.0  # points; what is thinner is a line
_SHORT = 4.0  # points; what is shorter rules no cell
_APART = 6.0  # points between two lines that are not one
_NEAR = 2.5  # points between lines that are one, or that touch
_MOST_OBJECTS = 20_000
_MOST_SEGMENTS = 50_000
_MOST_LINES = 3_000  # more are a drawing
_MOST_CELLS = 20_000
_DEEPEST = 4

Drawn: TypeAlias = "c_pdfium.FPDF_PAGEOBJECT"
Matrix = tuple[float, float, float, float, float, float]
Stroke = tuple[float, float, float, float]  # left, bottom, right, top
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


class Line(NamedTuple):
    """A horizontal line at y = `at` from x = `low` to `high`, or a vertical one at x = `at`."""

    at: float
    low: float
    high: float


class Place(NamedTuple):
    """A cell of a grid: its first row and column, counted from the top left, and how many it covers."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Grid:
    """`xs` and `ys` ascend; `places` maps each (row, column) to the cell that covers it."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    places: dict[tuple[int, int], Place]

    @property
    def columns(self) -> int:
        return len(self.xs) - 1

    @property
    def rows(self) -> int:
        return len(self.ys) - 1

    def at(self, x: float, y: float) -> Place | None:
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y)
        return self.places.get((len(self.ys) - 1 - row, column))


def grids(page: pdfium.PdfPage) -> list[Grid]:
    """From the top of the page to its foot."""
    across: list[Line] = []
    down: list[Line] = []
    turned = page.get_rotation()
    for stroke in _strokes(page):
        left, bottom, right, top = upright(*stroke, turned)
        if top - bottom <= _THIN < _SHORT <= right - left:
            across.append(Line((top + bottom) / 2, left, right))
        elif right - left <= _THIN < _SHORT <= top - bottom:
            down.append(Line((left + right) / 2, bottom, top))
        if len(across) + len(down) > _MOST_LINES:
            return []
    found = (grid_of(*part) for part in _touching(_merged(across), _merged(down)))
    return sorted((grid for grid in found if grid), key=lambda grid: (-grid.ys[-1], grid.xs[0]))


def grid_of(across: Sequence[Line], down: Sequence[Line]) -> Grid | None:
    """None where they make less than two rows or two columns, or more cells than any page of text has."""
    if len(across) < 2 or not down:
        return None
    ys, low, high = _places(across), min(line.low for line in across), max(line.high for line in across)
    xs = _places(down)
    xs = (*((low,) if xs[0] - low > 2 * _SHORT else ()), *xs, *((high,) if high - xs[-1] > 2 * _SHORT else ()))
    if len(xs) < 3 or len(ys) < 3 or len(xs) * len(ys) > _MOST_CELLS:
        return None
    return Grid(xs, ys, _cells(xs, ys, across, down))


def _strokes(page: pdfium.PdfPage) -> Iterator[Stroke]:
    segments = 0
    object_at = partial(c_pdfium.FPDFPage_GetObject, page)
    paths = _paths(c_pdfium.FPDFPage_CountObjects(page), object_at, _SAME, _DEEPEST, iter(range(_MOST_OBJECTS)))
    for path, outer in paths:
        box = _moved(_bounds(path), outer)
        width, height = box[2] - box[0], box[3] - box[1]
        if width <= _THIN or height <= _THIN:
            if max(width, height) >= _SHORT:
                yield box
        elif _is_stroked(path):
            count = c_pdfium.FPDFPath_CountSegments(path)
            segments += count
            if segments > _MOST_SEGMENTS:
                return
            yield from _edges(path, count, outer)


def _paths(
    count: int, object_at: Callable[[int], Drawn], outer: Matrix, depth: int, budget: Iterator[int]
) -> Iterator[tuple[Drawn, Matrix]]:
    """Those of a page, and of what it holds together; `budget` is shared, as many things may hold the same thing."""
    for index, _ in zip(range(count), budget, strict=False):
        drawn = object_at(index)
        kind = c_pdfium.FPDFPageObj_GetType(drawn)
        if kind == c_pdfium.FPDF_PAGEOBJ_PATH:
            yield drawn, outer
        elif kind == c_pdfium.FPDF_PAGEOBJ_FORM and depth:
            inner, inside = _times(_matrix(drawn), outer), partial(c_pdfium.FPDFFormObj_GetObject, drawn)
            yield from _paths(c_pdfium.FPDFFormObj_CountObjects(drawn), inside, inner, depth - 1, budget)


def _edges(path: Drawn, count: int, outer: Matrix) -> Iterator[Stroke]:
    """Of a path of so many segments, those between two corners."""
    matrix = _times(_matrix(path), outer)
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for index in range(count):
        segment = c_pdfium.FPDFPath_GetPathSegment(path, index)
        kind = c_pdfium.FPDFPathSegment_GetType(segment)
        c_pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        here = _point(x.value, y.value, matrix)
        if kind == c_pdfium.FPDF_SEGMENT_LINETO:
            yield _box(last, here)
        elif kind == c_pdfium.FPDF_SEGMENT_MOVETO:
            start = here
        last = here
        if c_pdfium.FPDFPathSegment_GetClose(segment):
            yield _box(last, start)
            last = start


def _is_stroked(path: Drawn) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(c_pdfium.FPDFPath_GetDrawMode(path, fill, stroke)) and bool(stroke.value)


def _bounds(drawn: Drawn) -> Stroke:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    c_pdfium.FPDFPageObj_GetBounds(drawn, left, bottom, right, top)
    return left.value, bottom.value, right.value, top.value


def _matrix(drawn: Drawn) -> Matrix:
    found = c_pdfium.FS_MATRIX()
    if not c_pdfium.FPDFPageObj_GetMatrix(drawn, found):
        return _SAME
    return found.a, found.b, found.c, found.d, found.e, found.f


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    if outer == _SAME:
        return inner
    (g, h), (i, j), (k, m) = (_point(x, y, (*outer[:4], 0, 0)) for x, y in ((a, b), (c, d), (e, f)))
    return g, h, i, j, k + outer[4], m + outer[5]


def _point(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _moved(box: Stroke, matrix: Matrix) -> Stroke:
    if matrix == _SAME:
        return box
    return _box(_point(box[0], box[1], matrix), _point(box[2], box[3], matrix))


def _box(one: tuple[float, float], other: tuple[float, float]) -> Stroke:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])


def _merged(lines: Iterable[Line]) -> list[Line]:
    """Pieces of one line, and lines drawn twice, as one."""
    rows: list[list[Line]] = []
    for line in sorted(lines):
        if rows and line.at - rows[-1][-1].at <= _NEAR and line.at - rows[-1][0].at <= 2 * _NEAR:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in _joined(row)]


def _joined(row: list[Line]) -> Iterator[Line]:
    at = sum(line.at for line in row) / len(row)
    low = high = None
    for line in sorted(row, key=lambda line: line.low):
        if high is not None and low is not None and line.low <= high + _NEAR:
            high = max(high, line.high)
            continue
        if high is not None and low is not None:
            yield Line(at, low, high)
        low, high = line.low, line.high
    if high is not None and low is not None:
        yield Line(at, low, high)


def _touching(across: list[Line], down: list[Line]) -> Iterator[tuple[list[Line], list[Line]]]:
    """Lines that cross or touch each other, directly or by way of others."""
    heights = [line.at for line in across]  # ascending, as `_merged` gives them
    group = list(range(len(across) + len(down)))

    def root(member: int) -> int:
        while group[member] != member:
            group[member] = group[group[member]]
            member = group[member]
        return member

    for number, line in enumerate(down, len(across)):
        for other in range(bisect_left(heights, line.low - _NEAR), bisect_right(heights, line.high + _NEAR)):
            if across[other].low - _NEAR <= line.at <= across[other].high + _NEAR:
                group[root(other)] = root(number)
    parts: dict[int, tuple[list[Line], list[Line]]] = {}
    for member in range(len(group)):
        part = parts.setdefault(root(member), ([], []))
        if member < len(across):
            part[0].append(across[member])
        else:
            part[1].append(down[member - len(across)])
    yield from parts.values()


def _places(lines: Sequence[Line]) -> tuple[float, ...]:
    found: list[float] = []
    for at in sorted(line.at for line in lines):
        if not found or at - found[-1] > _APART:
            found.append(at)
    return tuple(found)


def _cells(
    xs: Sequence[float], ys: Sequence[float], across: Sequence[Line], down: Sequence[Line]
) -> dict[tuple[int, int], Place]:
    """Every cell of the grid grows to the right and downwards until a line stops it."""
    rows, columns = len(ys) - 1, len(xs) - 1
    middles = [(low + high) / 2 for low, high in pairwise(ys)][::-1]
    centres = [(low + high) / 2 for low, high in pairwise(xs)]
    right = {(row, column) for column in range(columns - 1) for row in _ruled(down, xs[column + 1], middles)}
    below = {(row, column) for row in range(rows - 1) for column in _ruled(across, ys[rows - 1 - row], centres)}
    places: dict[tuple[int, int], Place] = {}
    for row in range(rows):
        for column in range(columns):
            if (row, column) not in places:
                place = _grown(row, column, rows, columns, right, below, places)
                covered = range(place.columns)
                places.update(((row + y, column + x), place) for y in range(place.rows) for x in covered)
    return places


def _grown(
    row: int,
    column: int,
    rows: int,
    columns: int,
    right: set[tuple[int, int]],
    below: set[tuple[int, int]],
    taken: dict[tuple[int, int], Place],
) -> Place:
    end = column
    while end + 1 < columns and (row, end) not in right and (row, end + 1) not in taken:
        end += 1
    last = row
    while last + 1 < rows and all(
        (last, c) not in below and (last + 1, c) not in taken for c in range(column, end + 1)
    ):
        last += 1
    return Place(row, column, last - row + 1, end - column + 1)


def _ruled(lines: Sequence[Line], at: float, middles: Sequence[float]) -> Iterator[int]:
    """Which of these places a line passes that stands at `at`."""
    near = [line for line in lines if abs(line.at - at) <= _APART]
    for number, middle in enumerate(middles):
        if any(line.low <= middle <= line.high for line in near):
            yield number
