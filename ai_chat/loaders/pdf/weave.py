"""Text put together from spans of a page's raw text and from words that do not stand there, with the way back to the raw text.

Takes spans and words in the order in which they are to be read, gives normalised text and its offsets. Knows no PDF.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from ai_chat.loaders.normalise import Normalised, chained, normalise


class Weave:
    """`dropped` are raw positions to leave out."""

    def __init__(self, raw: str, dropped: Iterable[int] = ()) -> None:
        self._raw = raw
        self._dropped = sorted(dropped)
        self._parts: list[str] = []
        self._pairs: list[tuple[int, int]] = [(0, 0)]
        self.length = 0

    def span(self, start: int, end: int) -> None:
        for position in self._dropped[bisect_left(self._dropped, start) : bisect_left(self._dropped, end)]:
            self._add(self._raw[start:position], start)
            start = position + 1
        self._add(self._raw[start:end], start)

    def say(self, words: str, there: int) -> None:
        """Words that stand for the raw position `there`, each letter of them."""
        for letter in words:
            self._add(letter, there)

    def line_end(self, lines: int = 1) -> None:
        """As many line ends as are missing here."""
        if not self.length:
            return
        there = self._pairs[-1][1] + self.length - self._pairs[-1][0] - 1
        tail = "".join(self._parts[-2:])[-lines:]
        for _ in range(lines - (len(tail) - len(tail.rstrip("\n")))):
            self._add("\n", there)

    def pieces(self, text: str, sources: Sequence[int]) -> None:
        """A text whose letters each stand for a raw position."""
        start = 0
        for end in range(1, len(text) + 1):
            if end == len(text) or sources[end] != sources[end - 1] + 1:
                self._add(text[start:end], sources[start])
                start = end

    def normalised(self) -> Normalised:
        text, offsets = normalise("".join(self._parts))
        own = tuple(self._pairs)
        return Normalised(text, own if offsets == ((0, 0),) else chained(offsets, own))

    def _add(self, text: str, there: int) -> None:
        if not text:
            return
        here, last = self._pairs[-1]
        if there - last != self.length - here:
            if here == self.length:
                self._pairs.pop()
            self._pairs.append((self.length, there))
        self._parts.append(text)
        self.length += len(text)
