"""Lazy[T]: a value made at first touch or in the background, once, and let go when idle.

Takes a maker and a closer; gives leases on the value. Knows nothing of models, indexes or processes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from ai_chat.errors import AiChatError, MachineError

T_co = TypeVar("T_co", covariant=True)
State = Literal["empty", "loading", "loaded", "failed"]


def _keep(_value: object) -> None:
    """Nothing to close."""


@dataclass(slots=True, eq=False)
class _Held(Generic[T_co]):
    """A value and how many hold it: a lease that outlives a discarded value is none on its successor."""

    value: T_co
    leases: int = 0


class Lazy(Generic[T_co]):
    """Made by double-checked locking: the fast path takes no lock on loading, a slow path makes the value once.

    A failed load is raised to every caller that waited for it, and tried anew by the next one. A new value is made only
    after the one before it has been closed, so that never two of them take memory.
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
        self._changing = threading.Lock()  # held while a value is made or closed
        self._guard = threading.Lock()  # held for an instant
        self._held: _Held[T_co] | None = None
        self._state: State = "empty"
        self._idle_since: float | None = None
        self._error: BaseException | None = None
        self._failures = 0
        self._ended = False
        self.loads = 0

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
        held = self._held
        return None if held is None else held.value

    @contextmanager
    def lease(self) -> Iterator[T_co]:
        """Hold the value: it is not unloaded before the lease ends."""
        held = self._acquire()
        try:
            yield held.value
        finally:
            self._release(held)

    def preload(self) -> threading.Thread:
        """Load in a background thread; an error stays in `error` for whoever looks, and the next lease tries again."""
        thread = threading.Thread(target=self._preload, name="preload", daemon=True)
        thread.start()
        return thread

    def unload(self) -> bool:
        """Close the value unless somebody holds or loads it; True when nothing is left loaded. Never waits for a load."""
        if not self._changing.acquire(blocking=False):
            return False
        try:
            with self._guard:
                if self._held is not None and self._held.leases:
                    return False
                held = self._forget()
            if held is not None:
                self._close(held.value)
            return True
        finally:
            self._changing.release()

    def discard(self, value: object) -> None:
        """Close a value that has broken, whoever holds it, so that the next lease makes a new one."""
        if self.peek() is not value:
            return
        with self._changing:
            with self._guard:
                if self._held is None or self._held.value is not value:
                    return
                held = self._forget()
            if held is not None:
                self._close(held.value)

    def end(self, patience: float = 0.0) -> None:
        """Close it for good, whoever holds it; a later lease raises MachineError lazy_ended. A load under way ends the same way, and is
        waited for so many seconds."""
        with self._guard:
            self._ended = True
        if self.peek() is None and self._changing.acquire(timeout=patience):
            self._changing.release()
        value = self.peek()
        if value is not None:
            self.discard(value)

    def _forget(self) -> _Held[T_co] | None:
        held, self._held = self._held, None
        self._state, self._idle_since = "empty", None
        return held

    def _preload(self) -> None:
        try:
            with self.lease():
                pass
        except AiChatError:
            return  # the thread has no caller: `error` is where it is read

    def _acquire(self) -> _Held[T_co]:
        while True:
            with self._guard:
                if self._held is not None:
                    self._held.leases += 1
                    self._idle_since = None
                    return self._held
            self._load()

    def _release(self, held: _Held[T_co]) -> None:
        with self._guard:
            held.leases -= 1
            if held.leases == 0 and held is self._held:
                self._idle_since = self._clock()

    def _load(self) -> None:
        failures = self._failures
        with self._changing:
            if self._held is not None:
                return
            if self._error is not None and self._failures != failures:
                raise self._error  # the load that we waited for
            if not self._ended:
                self._state = "loading"
                self._make_anew()
        if self._ended:
            self.end()
            raise MachineError("lazy_ended")

    def _make_anew(self) -> None:
        try:
            value = self._make()
        except BaseException as error:
            self._state, self._error = "failed", error
            self._failures += 1
            raise
        with self._guard:
            self._held, self._state, self._error = _Held(value), "loaded", None
            self._idle_since = self._clock()
            self.loads += 1
