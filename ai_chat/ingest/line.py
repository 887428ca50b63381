"""Who reads the next file: one at a time, in the order of asking, so that one file never waits for ten thousand.

Takes what each is about to read, gives turns; who waits is shown what is being read meanwhile. Knows no file.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from ai_chat.types import IngestEvent

_LONG_SECONDS = 60.0


class Line:
    """Over all threads that read files into one library. While it is paused nobody's turn comes; a file that is being read is finished."""

    def __init__(self, paused: bool = False) -> None:
        self.moved = threading.Condition()
        self.places: list[Place] = []
        self.paused = paused

    def pause(self, paused: bool) -> None:
        with self.moved:
            self.paused = paused
            self.moved.notify_all()

    def about(self) -> list[IngestEvent]:
        """What is being read, then what waits."""
        with self.moved:
            return [place.about for place in sorted(self.places, key=lambda place: not place.reading)]

    def join(self, about: IngestEvent) -> Place:
        """At the end of the line; `about` is what the others see while it is our turn. Leave it in any case."""
        place = Place(self, about)
        with self.moved:
            self.places.append(place)
        return place

    @contextmanager
    def turn(self) -> Iterator[None]:
        """For what reads no file: wait as long as it takes, paused or not."""
        place = self.join(IngestEvent(0, 0, ""))
        place.reads = False
        try:
            while not place.take(_LONG_SECONDS):
                pass
            yield
        finally:
            place.leave()


class Place:
    """A place in the line. Who does not wait at the moment is passed by, so that nobody waits for a stopped terminal."""

    def __init__(self, line: Line, about: IngestEvent) -> None:
        self._line = line
        self.about = about
        self.waiting = False
        self.reading = False
        self.reads = True

    def take(self, seconds: float) -> bool:
        """Wait for our turn, at most so long."""
        deadline = time.monotonic() + seconds
        with self._line.moved:
            self.waiting = True
            while not (first := self._is_next()) and (left := deadline - time.monotonic()) > 0:
                self._line.moved.wait(left)
            self.waiting = False
            self.reading = first
            if not first:
                self._line.moved.notify_all()
            return first

    def ahead(self) -> IngestEvent:
        """What is being read now, as the one who waits may say it; where nothing is because of a pause, what it would be."""
        with self._line.moved:
            reading = next((place.about for place in self._line.places if place.reading), None)
            paused = self._line.paused
        if reading is None and paused:
            return replace(self.about, phase="paused")
        return replace(reading or self.about, phase="waiting")

    def leave(self) -> None:
        with self._line.moved:
            self._line.places.remove(self)
            self._line.moved.notify_all()

    def _is_next(self) -> bool:
        places = self._line.places
        waiting = (place for place in places if place.waiting and not (self._line.paused and place.reads))
        return not any(place.reading for place in places) and next(waiting, None) is self
