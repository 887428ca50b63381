"""History: what was held in the last hour, in memory of a fixed size.

Takes Samples in the order of time, gives them back; knows no tenant.
"""

from __future__ import annotations

import threading
from array import array

from ai_chat.memory.report import LEVELS, Sample

SECONDS = 3600.0
POINTS = 1800
_APART = 0.75 * SECONDS / POINTS


class History:
    """A ring of POINTS samples. What comes sooner than its share of the hour is kept only where it is a change of pressure."""

    def __init__(self) -> None:
        self._at = array("d", bytes(8 * POINTS))
        self._measured = array("q", bytes(8 * POINTS))
        self._anonymous = array("q", bytes(8 * POINTS))
        self._level = array("b", bytes(POINTS))
        self._count = 0
        self._guard = threading.Lock()
        self._last: Sample | None = None

    def add(self, sample: Sample) -> None:
        last = self._last
        if last and last.pressure == sample.pressure and 0 <= sample.at - last.at < _APART:
            return
        with self._guard:
            place = self._count % POINTS
            self._at[place] = sample.at
            self._measured[place], self._anonymous[place] = sample.measured, sample.anonymous
            self._level[place] = LEVELS.index(sample.pressure)
            self._count += 1
        self._last = sample

    def samples(self, now: float) -> tuple[Sample, ...]:
        """Of the hour before `now`, oldest first."""
        with self._guard:
            places = [number % POINTS for number in range(max(0, self._count - POINTS), self._count)]
            found = [
                Sample(self._at[place], self._measured[place], self._anonymous[place], LEVELS[self._level[place]])
                for place in places
            ]
        return tuple(sample for sample in found if sample.at >= now - SECONDS)
