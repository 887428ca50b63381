"""Lazy[T]: a value made at first touch or in the background, once, and let go when idle.

Takes a maker and a closer; gives leases on the value. Knows nothing of models, indexes or processes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Literal, TypeVar

from ai_chat.errors import AiChatError

T_co = TypeVar("T_co", covariant=True)
State = Literal["empty", "loading", "loaded", "failed"]


def _keep(_value: object) -> None:
    """Nothing to close."""


class Lazy(Generic[T_co]):
    """Made by double-checked locking: the fast path takes no lock on loading, a slow path makes the value once.

    A failed load is raised to every caller that waited for it, and tried anew by the next one.
    """

    def __init__(
        self,
        make: Callable[[], T_co],
        close: Callable[[T_co], None] = _keep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._make = make
        self._close = close
        self._clock = clock
        self._loading = threading.Lock()
        self._guard = threading.Lock()
        self._value: T_co | None = None
        self._state: State = "empty"
        self._leases = 0
        self._idle_since: float | None = None
        self._error: BaseException | None = None
        self._failures = 0

    @property
    def state(self) -> State:
        return self._state

    @property
    def error(self) -> BaseException | None:
        """What the last load failed with, None once one has succeeded."""
        return self._error

    @property
    def idle_since(self) -> float | None:
        """Clock time since which nobody has held a lease; None while in use or empty."""
        return self._idle_since

    def peek(self) -> T_co | None:
        """The value if it is there; never loads."""
        return self._value

    @contextmanager
    def lease(self) -> Iterator[T_co]:
        """Hold the value: it is not unloaded before the lease ends."""
        value = self._acquire()
        try:
            yield value
        finally:
            with self._guard:
                self._leases -= 1
                if self._leases == 0:
                    self._idle_since = self._clock()

    def preload(self) -> threading.Thread:
        """Load in a background thread; an error stays in `error` for whoever looks, and the next lease tries again."""
        thread = threading.Thread(target=self._preload, name="preload", daemon=True)
        thread.start()
        return thread

    def unload(self) -> bool:
        """Close the value unless somebody holds a lease; True when nothing is left loaded."""
        with self._loading, self._guard:
            if self._leases:
                return False
            value, self._value = self._value, None
            self._state, self._idle_since = "empty", None
        if value is not None:
            self._close(value)
        return True

    def discard(self, value: object) -> None:
        """Forget a value that has broken, so that the next lease makes a new one."""
        with self._guard:
            kept = self._value
            if kept is None or kept is not value:
                return
            self._value, self._state = None, "empty"
        self._close(kept)

    def _preload(self) -> None:
        try:
            with self.lease():
                pass
        except AiChatError:
            return  # the thread has no caller: `error` is where it is read

    def _acquire(self) -> T_co:
        while True:
            with self._guard:
                if self._value is not None:
                    self._leases += 1
                    self._idle_since = None
                    return self._value
            self._load()

    def _load(self) -> None:
        failures = self._failures
        with self._loading:
            if self._value is not None:
                return
            if self._error is not None and self._failures != failures:
                raise self._error  # the load that we waited for
            self._state = "loading"
            try:
                value = self._make()
            except BaseException as error:
                self._state, self._error = "failed", error
                self._failures += 1
                raise
            with self._guard:
                self._value, self._state, self._error = value, "loaded", None
                self._idle_since = self._clock()
