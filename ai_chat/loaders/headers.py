"""A long table says its header again every few rows, so that every chunk cut from it holds one.

Takes the rows of a table as lines, says when. Knows no format; what a header looks like is the loader's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

EVERY = 200  # characters of rows between two headers, or as many as the header itself has
LONGEST = 300  # a longer header would leave no room for rows


class RunningHeader:
    """The header of one table while its rows go by."""

    def __init__(self, header: str) -> None:
        self._header = header if len(header) <= LONGEST else ""
        self._every = max(EVERY, len(header))
        self._size = 0

    def before(self, row: str) -> str:
        """What to write before this row: the header where its last one is too far above, else nothing."""
        due = self._size > 0 and self._size + len(row) > self._every
        self._size = len(row) + (0 if due else self._size)
        return self._header if due else ""


def with_headers(header: str, rows: Sequence[str]) -> Iterator[str]:
    running = RunningHeader(header)
    yield header
    for row in rows:
        if again := running.before(row):
            yield again
        yield row
