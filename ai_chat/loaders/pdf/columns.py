"""The reading order of a page in columns whose file was written line by line across them, and of rows written in pieces.

Takes the lines of a page, gives their parts in the order in which people read them, or None where the order of the file is as good:
where it never goes back and forth between columns, and where what looks like columns is a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from ai_chat.loaders.pdf.letters import Letters, Stretch

_FEWEST, _MOST = 10, 2_000  # lines of a page that may have columns
_GAP = 1.0  # font sizes between columns
_LINES = 5  # of each column
_LETTERS = 12  # on the line of a column
_WIDTH = 0.2  # of the text's width is the narrowest column
_BROAD = 0.45  # of the page; a shorter line does not run across columns
_LEVEL = 0.3  # of a line's height
_CROSSING = 0.3  # of the lines may run across both columns


def reading_order(letters: Letters, lines: Sequence[Stretch]) -> list[Stretch] | None:
    if not _FEWEST <= len(lines) <= _MOST:
        return None
    parts = [part for line in lines for part in _parts(letters, line)]
    if len(parts) - len(lines) < _LINES and _climbs(parts) < _LINES:
        return None
    ordered = _ordered(parts)
    return ordered if _jumps(parts, ordered) else None


def row_order(letters: Letters, lines: Sequence[Stretch]) -> list[list[Stretch]] | None:
    """The parts of each row, where the file draws some columns of a table after the others: cells of one row lie far apart in it."""
    rows = _rows(lines)
    torn = [row for row in rows if _is_torn(row)]
    if len(torn) < _LINES or 2 * sum(map(len, torn)) < len(lines):
        return None
    return [
        sorted((part for line in row for part in _cut(letters, line)), key=lambda part: part.box.left) for row in rows
    ]


def _rows(lines: Sequence[Stretch]) -> list[list[Stretch]]:
    """Lines whose middles are level, from the top."""
    rows: list[list[Stretch]] = []
    for line in sorted(lines, key=lambda line: -line.box.middle[1]):
        if rows and rows[-1][0].box.middle[1] - line.box.middle[1] < _LEVEL * line.box.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _is_torn(row: Sequence[Stretch]) -> bool:
    """Whether one line of a row reaches over another, as no column reaches into the next."""
    sides = sorted((line.box.left, line.box.right) for line in row)
    return any(left < before for (_, before), (left, _) in pairwise(sides))


def _climbs(parts: Sequence[Stretch]) -> int:
    """How often the file goes on beside or above a line, which it does at the head of a column."""
    return sum(1 for part, after in pairwise(parts) if after.box.middle[1] > part.box.bottom)


def _parts(letters: Letters, line: Stretch) -> Iterator[Stretch]:
    """Cut at gaps that are too wide for a space, which PDFium wrote there."""
    page = letters.page
    if line.box.right - line.box.left < _BROAD * (page.right - page.left):
        yield line
    else:
        yield from _cut(letters, line)


def _cut(letters: Letters, line: Stretch) -> Iterator[Stretch]:
    start, position = line.start, letters.raw.find(" ", line.start, line.end)
    cut = False
    while position >= 0:
        if letters.is_inferred(position):
            before, after = letters.box(position - 1), letters.box(position + 1)
            if after.left - before.right > _GAP * before.height or after.right < before.left:
                yield letters.stretch(start, position)
                start, cut = position + 1, True
        position = letters.raw.find(" ", position + 1, line.end)
    yield letters.stretch(start, line.end) if cut else line


def _ordered(parts: list[Stretch]) -> list[Stretch]:
    """In bands from the top: what runs across ends a band, in which the left column goes before the right one."""
    gutter = _gutter(parts)
    if gutter is None:
        return parts
    found: list[Stretch] = []
    left: list[Stretch] = []
    right: list[Stretch] = []
    for part in sorted(parts, key=lambda part: (-part.box.middle[1], part.box.left)):
        if part.box.right <= gutter + 1:
            left.append(part)
        elif part.box.left >= gutter - 1:
            right.append(part)
        else:
            found += (*_ordered(left), *_ordered(right), part)
            left, right = [], []
    return [*found, *_ordered(left), *_ordered(right)]


def _gutter(parts: Sequence[Stretch]) -> float | None:
    """The x with which most parts begin a column of running text to the right of another, and few cross it."""
    if len(parts) < 2 * _LINES:
        return None
    low, high = min(part.box.left for part in parts), max(part.box.right for part in parts)
    width = high - low
    starts = sorted(
        {round(part.box.left) for part in parts if low + _WIDTH * width < part.box.left < high - _WIDTH * width}
    )
    best: tuple[int, float] | None = None
    for start in starts:
        left = [part for part in parts if part.box.right <= start]
        right = [part for part in parts if part.box.left >= start - 1]
        crossing = len(parts) - len(left) - len(right)
        if crossing > _CROSSING * len(parts) or (best and crossing >= best[0]):
            continue
        if _is_column(left, width) and _is_column(right, width):
            best = crossing, start - 1
    return best[1] if best else None


def _is_column(parts: Sequence[Stretch], width: float) -> bool:
    if len(parts) < _LINES:
        return False
    letters = median(part.end - part.start for part in parts)
    return letters >= _LETTERS and median(part.box.right - part.box.left for part in parts) >= _WIDTH * width


def _jumps(parts: Sequence[Stretch], ordered: Sequence[Stretch]) -> bool:
    """Whether the file goes back and forth: many neighbours of the one order are none in the other."""
    following = {part.start: after.start for part, after in pairwise(ordered)}
    torn = sum(1 for part, after in pairwise(parts) if following.get(part.start) != after.start)
    return torn >= _LINES and torn > 0.3 * len(parts)
