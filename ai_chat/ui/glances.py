"""What is looked at every two seconds, looked at once for all open pages. Takes questions to the App, keeps each answer for a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from ai_chat.app import App
from ai_chat.memory.report import MemoryReport
from ai_chat.metrics import Metrics
from ai_chat.types import CacheStats

FRESH_SECONDS = 1.5
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Glance:
    """The program at one moment; `report` with the history of an hour."""

    status: Mapping[str, Any]
    cache: CacheStats
    report: MemoryReport
    metrics: Metrics


class Glances:
    """Asked from any thread; whoever comes while the App is being asked waits for the same answer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._kept: dict[str, tuple[float, object]] = {}

    def facts(self, app: App) -> tuple[Mapping[str, Any], CacheStats]:
        return self._of("facts", lambda: (app.status(), app.cache_stats()))

    def model(self, app: App) -> Mapping[str, Any]:
        """The same for whoever asks."""
        return self._of("model", lambda: cast("Mapping[str, Any]", app.status()["model"]))

    def whole(self, app: App) -> Glance:
        def look() -> Glance:
            return Glance(app.status(), app.cache_stats(), app.memory_report(history=True), app.metrics())

        return self._of("whole", look)

    def forget(self) -> None:
        """Something was changed by hand: look anew."""
        with self._guard:
            self._kept.clear()

    def _of(self, name: str, look: Callable[[], T]) -> T:
        with self._guard:
            at, found = self._kept.get(name, (float("-inf"), None))
            if self._clock() - at > FRESH_SECONDS:
                found = look()
                self._kept[name] = (self._clock(), found)
            return cast("T", found)
