"""The numbered events of one Turn while it runs: written to the store, kept for those who follow.

Takes events from the Turn's thread, gives them to any number of readers, each from where it stands. Short deltas are
gathered, so that about ten a second are written. Knows no search and no model.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from ai_chat.errors import MachineError
from ai_chat.types import Event, EventKind

GATHER_SECONDS = 0.1
_LOG = logging.getLogger(__name__)


class EventStore(Protocol):
    """Where events outlive the process; `done` finishes the turn there."""

    def append_events(self, turn_id: str, events: list[Event], /) -> None: ...


class TurnOver(Exception):
    """The Turn was stopped: whoever still works on it may leave."""


class TurnLog:
    """Append from one thread, `finish` from any: nothing follows `done`."""

    def __init__(self, turn_id: str, store: EventStore, clock: Callable[[], float] = time.perf_counter) -> None:
        self.turn_id = turn_id
        self._store = store
        self._clock = clock
        self._grown = threading.Condition()
        self._events: list[Event] = []
        self._gathered = ""
        self._written_at = float("-inf")
        self._over = False
        self.started_at = clock()

    @property
    def over(self) -> bool:
        return self._over

    @property
    def end(self) -> Mapping[str, Any] | None:
        """What `done` carries, once it is there."""
        last = self._events[-1] if self._events else None
        return last.data if last and last.kind == "done" else None

    def milliseconds(self) -> float:
        """Since the Turn began."""
        return round((self._clock() - self.started_at) * 1000, 1)

    def append(self, kind: EventKind, data: Mapping[str, Any] | None = None) -> None:
        """Raises TurnOver after the end, MachineError where the store cannot write."""
        with self._grown:
            if self._over:
                raise TurnOver
            self._write([*self._gathered_delta(), (kind, data or {})])

    def text(self, piece: str) -> None:
        """A piece of the answer; raises as `append` does."""
        with self._grown:
            if self._over:
                raise TurnOver
            self._gathered += piece
            if self._clock() - self._written_at >= GATHER_SECONDS:
                self._write(self._gathered_delta())

    def flush(self) -> None:
        """What was gathered is told now: no piece follows soon."""
        with self._grown:
            if not self._over:
                self._write(self._gathered_delta())

    def finish(self, data: Mapping[str, Any]) -> bool:
        """Write `done`; False when the Turn was over already. Followers end even where the store cannot write."""
        with self._grown:
            if self._over:
                return False
            self._over = True
            try:
                self._write([*self._gathered_delta(), ("done", data)])
            except MachineError as error:
                _LOG.error("turn %s: its end could not be stored: %s", self.turn_id, error)
            finally:
                if not self._events or self._events[-1].kind != "done":
                    self._keep(Event(len(self._events) + 1, "done", dict(data)))
            return True

    def follow(self, after: int = 0) -> Iterator[Event]:
        """Events after number `after`, until `done`."""
        while True:
            with self._grown:
                while len(self._events) <= after and not self._over:
                    self._grown.wait()
                fresh = self._events[after:]
            if not fresh:
                return
            yield from fresh
            after = fresh[-1].seq

    def _gathered_delta(self) -> list[tuple[EventKind, Mapping[str, Any]]]:
        text, self._gathered = self._gathered, ""
        return [("delta", {"text": text})] if text else []

    def _write(self, steps: list[tuple[EventKind, Mapping[str, Any]]]) -> None:
        first = len(self._events) + 1
        events = [Event(first + n, kind, dict(data)) for n, (kind, data) in enumerate(steps)]
        if not events:
            return
        self._store.append_events(self.turn_id, events)
        self._written_at = self._clock()
        for event in events:
            self._keep(event)

    def _keep(self, event: Event) -> None:
        self._events.append(event)
        self._grown.notify_all()
