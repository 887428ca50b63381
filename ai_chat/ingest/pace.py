"""How far the reading of many files is, and how long the rest will take at the pace so far.

Takes files as they come and are finished, gives events. Time is that of the caller's clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from ai_chat.ingest.file import File
from ai_chat.loaders.detect import SUFFIXES
from ai_chat.types import IngestEvent, Outcome, Problem, Progress

_A_FILE = 20_000  # bytes that a file counts besides its own: opening, hashing, storing
_A_PICTURE = 2_000_000  # reading it off takes so much longer than a file of text
_SOONEST = 2.0  # seconds before which nothing can be told


class Pace:
    """`before`: how many were finished, failed, without being read."""

    def __init__(self, files: Iterable[File], before: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = self._last = clock()
        self._done = self._total = before
        self._work = self._worked = 0
        self.add(files)

    def add(self, files: Iterable[File]) -> None:
        for file in files:
            self._total += 1
            self._work += _weight(file)

    def event(self, file: File, pages: Progress | None = None) -> IngestEvent:
        """It is being read."""
        return IngestEvent(self._done, self._total, file.shown, pages=pages, seconds_left=self._left())

    def finished(self, file: File, outcome: Outcome, document_id: str | None, problem: Problem | None) -> IngestEvent:
        self._done += 1
        self._worked += _weight(file)
        self._last = self._clock()
        return IngestEvent(
            self._done, self._total, file.shown, outcome, document_id, problem, seconds_left=self._left()
        )

    def _left(self) -> float | None:
        """From when a file was last finished it is counted down; None where that is over, and nothing known anew."""
        elapsed = self._last - self._begun
        if elapsed < _SOONEST or not self._worked:
            return None
        left = elapsed * max(self._work - self._worked, 0) / self._worked - (self._clock() - self._last)
        return left if left >= 0 else None


def _weight(file: File) -> int:
    size = 0
    with suppress(OSError):  # what is wrong with it is said in its turn
        size = file.path.stat().st_size
    return _A_FILE + size + (_A_PICTURE if file.name.lower().endswith(SUFFIXES["image"]) else 0)
