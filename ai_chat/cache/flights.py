"""Single flight: of those who want the same answer at once one makes it, the others wait and then look for it.

Takes keys; knows no answer. Who waited may find nothing where the first one failed: then the next makes it, one at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LOOK_SECONDS = 0.5  # who gives up without waking us leaves at most so late


class Flights:
    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._flying: set[str] = set()

    @contextmanager
    def turn(self, key: str, given_up: Callable[[], bool], tell: Callable[[], None] = lambda: None) -> Iterator[bool]:
        """Wait until nobody else makes `key`, which is then ours; `tell` hears once that somebody does. Gives whether we waited.

        Where `given_up` comes first, it is not ours, and the caller looks again whether it has given up.
        """
        waited = self._is_flying(key)
        if waited:
            tell()
        ours = self._take(key, given_up)
        try:
            yield waited
        finally:
            if ours:
                self._leave(key)

    def wake(self) -> None:
        """Somebody gave up: let the waiting look."""
        with self._moved:
            self._moved.notify_all()

    def _is_flying(self, key: str) -> bool:
        with self._moved:
            return key in self._flying

    def _take(self, key: str, given_up: Callable[[], bool]) -> bool:
        with self._moved:
            while key in self._flying:
                if given_up():
                    return False
                self._moved.wait(_LOOK_SECONDS)
            self._flying.add(key)
            return True

    def _leave(self, key: str) -> None:
        with self._moved:
            self._flying.discard(key)
            self._moved.notify_all()
