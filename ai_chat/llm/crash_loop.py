"""CrashLoop: a model that dies again and again is left alone for a while, each time longer.

Takes deaths with their causes and a clock, says whether it may be loaded. Knows no model.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

from ai_chat.errors import MachineError
from ai_chat.types import Problem

FORGIVEN = 2  # deaths in a row after which it is tried again at once
FIRST_PAUSE = 30.0
LONGEST_PAUSE = 900.0
STEADY_SECONDS = 600.0  # a life as long as this ends a row


class CrashLoop:
    """A row of deaths, each within ten minutes of the one before or of its load."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._deaths = 0
        self._last = -math.inf
        self._cause: dict[str, Any] = {}

    def died(self, cause: Problem) -> None:
        with self._guard:
            now = self._clock()
            self._cause = {"code": cause.code, "values": dict(cause.values)}
            self._deaths = self._deaths + 1 if now - self._last < STEADY_SECONDS + self._pause() else 1
            self._last = now

    def check(self) -> None:
        """Raises MachineError model_crash_loop, with what the last death was told as, while it must not be loaded."""
        with self._guard:
            left = self._last + self._pause() - self._clock()
        if left > 0:
            raise MachineError("model_crash_loop", deaths=self._deaths, seconds=math.ceil(left), cause=self._cause)

    def _pause(self) -> float:
        if self._deaths <= FORGIVEN:
            return 0.0
        return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (self._deaths - FORGIVEN - 1))
