"""One generation at a time, in the order of asking.

Takes tickets, tells each its place; knows no model.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Queue:
    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._waiting: deque[object] = deque()

    @contextmanager
    def turn(self, tell: Callable[[int], None], given_up: Callable[[], bool]) -> Iterator[bool]:
        """Wait for our turn; `tell` hears how many are before us. False: `given_up` was true first."""
        ticket = object()
        with self._moved:
            self._waiting.append(ticket)
        try:
            yield self._wait(ticket, tell, given_up)
        finally:
            with self._moved:
                self._waiting.remove(ticket)
                self._moved.notify_all()

    @property
    def occupied(self) -> bool:
        """Whether somebody has the turn."""
        return bool(self._waiting)

    def wake(self) -> None:
        """Somebody gave up: let the waiting look."""
        with self._moved:
            self._moved.notify_all()

    def _wait(self, ticket: object, tell: Callable[[int], None], given_up: Callable[[], bool]) -> bool:
        told = 0
        while (before := self._next_place(ticket, told, given_up)) is not None:
            if before == 0:
                return True
            tell(before)
            told = before
        return False

    def _next_place(self, ticket: object, told: int, given_up: Callable[[], bool]) -> int | None:
        """How many are before us, once it is another number than was told; None when given up."""
        with self._moved:
            while not given_up():
                before = self._waiting.index(ticket)
                if before == 0 or before != told:
                    return before
                self._moved.wait()
        return None
