"""How often a password may be tried: by name and by address, whether the name is anybody's or not.

Takes names and addresses, gives yes or no. Pure but for its clock; forgets the oldest where there are too many.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable

TRIES_A_MINUTE = 8  # of an address
TRIES, LOCKED_SECONDS = 5, 900.0  # of a name, and how long from the first of them
_MOST = 10_000


class Tries:
    """How many there were for a key of late; the oldest keys are forgotten."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._at: OrderedDict[str, deque[float]] = OrderedDict()

    def full(self, key: str, now: float) -> bool:
        tries = self._at.get(key)
        return tries is not None and len(tries) == self._most and now - tries[0] < self._seconds

    def add(self, key: str, now: float) -> None:
        self._at.setdefault(key, deque(maxlen=self._most)).append(now)
        self._at.move_to_end(key)
        while len(self._at) > _MOST:
            self._at.popitem(last=False)

    def forget(self, key: str) -> None:
        self._at.pop(key, None)


class Throttle:
    """A try counts when it is let through, before it is known to be wrong, so that many at once are no way around."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._names = Tries(TRIES, LOCKED_SECONDS)
        self._addresses = Tries(TRIES_A_MINUTE, 60.0)

    def admits(self, name: str, address: str) -> bool:
        """Whether one more may be tried now. One that is turned away does not count: nobody is locked out for ever."""
        now = self._clock()
        with self._guard:
            if self._names.full(name, now) or self._addresses.full(address, now):
                return False
            self._names.add(name, now)
            self._addresses.add(address, now)
            return True

    def right(self, name: str, address: str) -> None:
        """The last one was right: the ones before it are forgotten."""
        with self._guard:
            self._names.forget(name)
            self._addresses.forget(address)
