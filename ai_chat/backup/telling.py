"""How far a backup is: who works says it, who called hears it.

Takes bytes, gives steps at most ten times a second; knows no terminal.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["backup_reading", "backup_packing", "backup_checking", "restore_unpacking", "restore_preparing"]
_EVERY_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Step:
    """`done` of `total` bytes."""

    phase: Phase
    done: int
    total: int


Tell = Callable[[Step], None]


class Counter:
    """Adds up bytes of one phase and tells of them."""

    def __init__(self, phase: Phase, total: int, tell: Tell) -> None:
        self._phase: Phase = phase
        self._total = total
        self._tell = tell
        self._done = 0
        self._told = 0.0

    def add(self, number: int) -> None:
        self.reach(self._done + number)

    def reach(self, done: int) -> None:
        self._done = done
        now = time.monotonic()
        if now - self._told >= _EVERY_SECONDS or done >= self._total:
            self._told = now
            self._tell(Step(self._phase, min(done, self._total), self._total))
