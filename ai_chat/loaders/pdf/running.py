"""Lines that stand at the head or foot of page after page: running titles, page numbers.

Takes the outermost lines of neighbouring pages, gives the spans of one page that repeat. Numbers must stay the same or count with the
pages, so that the last row of a table is never taken for one. Pure; knows no PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

WINDOW = 8
"""How many pages before and behind one are compared with it."""

_OTHERS = 2  # pages must have the line too
_HEIGHT = 4.0  # points that it may stand higher or lower
_LONGEST = 120
_NUMBER = re.compile(r"\d{1,9}")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Edge:
    """text[start:end] of a page, at the height `y` above its foot or, negative, below its head."""

    start: int
    end: int
    y: float
    words: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Edges:
    """Of one page."""

    page: int
    edges: tuple[Edge, ...]


def edge(text: str, start: int, end: int, y: float) -> Iterator[Edge]:
    """The line, if it is short enough to be said on every page."""
    line = text[start:end]
    if len(line) <= _LONGEST:
        numbers = tuple(map(int, _NUMBER.findall(line)))
        yield Edge(start, end, y, _SPACE.sub("", _NUMBER.sub("#", line)), numbers)


def repeated(own: Edges, near: Iterable[Edges]) -> Iterator[tuple[int, int]]:
    """A foot that counts the pages needs one other page, all other lines two."""
    others = [other for other in near if other.page != own.page and abs(other.page - own.page) <= WINDOW]
    for line in own.edges:
        found = [same for other in others for same in _same(other, line, other.page - own.page)]
        counts = line.y > 0 and any(same.numbers != line.numbers for same in found)
        if len(found) >= (1 if counts else _OTHERS):
            yield line.start, line.end


def skipped(text: str, spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ascending and apart; nothing where nothing else would be left."""
    ordered = sorted(spans)
    rest = "".join(text[start:end] for start, end in _between(ordered, len(text)))
    return tuple(ordered) if rest.strip() else ()


def _between(spans: Sequence[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    last = 0
    for start, end in spans:
        yield last, start
        last = end
    yield last, length


def _same(page: Edges, line: Edge, apart: int) -> Iterator[Edge]:
    """The line of another page that is this one, if it has one."""
    found = (
        other
        for other in page.edges
        if other.words == line.words
        and abs(other.y - line.y) <= _HEIGHT
        and all(there in (here, here + apart) for here, there in zip(line.numbers, other.numbers, strict=True))
    )
    yield from islice(found, 1)
