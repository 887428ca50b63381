"""A chunk and its neighbours of the same unit, joined into a passage to read.

Takes spans of one unit, gives the span to read. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from ai_chat.chunking import Span

LONGEST = 900  # characters of a passage to read
ALSO_GOOD = 0.6  # of the chunk's score: a neighbour that has it is joined; measured: docs/retrieval.md


def joined(best: Span, neighbours: Iterable[Span]) -> Span:
    """`neighbours` stand before or behind `best`, the more wanted first; one that would make it too long is left out."""
    start, end = best
    for first, last in neighbours:
        if max(end, last) - min(start, first) <= LONGEST:
            start, end = min(start, first), max(end, last)
    return start, end
