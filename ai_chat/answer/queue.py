"""Who may use the model now: as many at once as it has slots, the others in a fair order.

Takes tickets by conversation, tells each its place; knows no model. One conversation has one answer written at a time, in
the order of asking; between conversations the turn goes round, so that ten questions of one do not keep another waiting. What is
asked in the background goes when nobody else is served or waits, one at a time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, zip_longest


class Queue:
    """`slots`: how many may go at once, asked whenever something moves."""

    def __init__(self, slots: Callable[[], int] = lambda: 1) -> None:
        self._slots = slots
        self._moved = threading.Condition()
        self._waiting: dict[str, deque[object]] = {}  # by conversation, the next one first
        self._going: dict[object, str] = {}
        self._behind: deque[object] = deque()  # what is asked in the background

    @contextmanager
    def turn(
        self, conversation: str, tell: Callable[[int], None], given_up: Callable[[], bool], *, background: bool = False
    ) -> Iterator[bool]:
        """Wait for our turn; `tell` hears how many are before us, whenever that changes. False: `given_up` was true first."""
        ticket = object()
        with self._moved:
            (self._behind if background else self._waiting.setdefault(conversation, deque())).append(ticket)
            self._moved.notify_all()
        try:
            yield self._wait(ticket, tell, given_up)
        finally:
            with self._moved:
                if ticket in self._behind:
                    self._behind.remove(ticket)
                else:
                    self._leave(ticket, conversation)
                self._moved.notify_all()

    @property
    def lengths(self) -> tuple[int, int, int]:
        """How many have the turn, wait for it, and wait in the background."""
        with self._moved:
            return len(self._going), sum(map(len, self._waiting.values())), len(self._behind)

    @property
    def occupied(self) -> bool:
        """Whether somebody has the turn or waits for it."""
        return bool(self._waiting or self._going or self._behind)

    def wake(self) -> None:
        """Somebody gave up, or there are more slots: let the waiting look."""
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
        """How many are before us, once it is another number than was told; 0: it is our turn; None when given up."""
        with self._moved:
            while not given_up():
                if self._admit(ticket):
                    return 0
                before = self._order().index(ticket) + 1
                if before != told:
                    return before
                self._moved.wait()
        return None

    def _admit(self, ticket: object) -> bool:
        """Where a slot is free it goes to the first whose conversation has no answer under way."""
        if ticket in self._behind:
            return self._admit_behind(ticket)
        if len(self._going) >= max(1, self._slots()):
            return False
        free = (name for name in self._waiting if name not in self._going.values())
        name = next(free, None)
        if name is None or self._waiting[name][0] is not ticket:
            return False
        self._forget(ticket, name)
        self._going[ticket] = name
        self._moved.notify_all()  # the next one may go, too
        return True

    def _admit_behind(self, ticket: object) -> bool:
        if self._waiting or self._going or self._behind[0] is not ticket:
            return False
        self._behind.popleft()
        self._going[ticket] = ""
        return True

    def _order(self) -> list[object]:
        """The waiting in the order in which their turns will come, as far as is known."""
        busy = set(self._going.values())
        lines = [line for name, line in self._waiting.items() if name not in busy]
        lines += [line for name, line in self._waiting.items() if name in busy]
        rounds = chain.from_iterable(zip_longest(*lines))
        return [*(ticket for ticket in rounds if ticket is not None), *self._behind]

    def _leave(self, ticket: object, conversation: str) -> None:
        """After its turn a conversation goes behind all others that wait."""
        if self._going.pop(ticket, None) is None:
            self._forget(ticket, conversation)
        elif conversation in self._waiting:
            self._waiting[conversation] = self._waiting.pop(conversation)

    def _forget(self, ticket: object, conversation: str) -> None:
        line = self._waiting[conversation]
        line.remove(ticket)
        if not line:
            del self._waiting[conversation]
