"""LazyModel: the chosen model, loaded at first use or in the background, let go when idle, restarted when it died.

Takes a ModelInfo and a maker; gives leases on an Llm. Knows no engine and no memory plan.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ai_chat.config import Settings
from ai_chat.errors import AiChatError
from ai_chat.lazy import Lazy, State
from ai_chat.llm import Llm
from ai_chat.llm.models import ModelInfo
from ai_chat.types import Problem


class LazyModel:
    """Single flight: however many threads ask, one load happens, and all get its value or its error."""

    def __init__(self, info: ModelInfo, make: Callable[[], Llm], clock: Callable[[], float] = time.monotonic) -> None:
        self.info = info
        self._lazy: Lazy[Llm] = Lazy(make, _close, clock)

    @property
    def state(self) -> State:
        """`empty` again where the worker has died since."""
        model = self._lazy.peek()
        return "empty" if model is not None and not model.alive else self._lazy.state

    @property
    def problem(self) -> Problem | None:
        """Why the last load failed; None once one has succeeded."""
        error = self._lazy.error
        if error is None:
            return None
        if isinstance(error, AiChatError):
            return error.problem
        return Problem("model_start_failed", {"path": str(self.info.path), "reason": repr(error)})

    @property
    def idle_since(self) -> float | None:
        return self._lazy.idle_since

    @property
    def pids(self) -> tuple[int, ...]:
        model = self._lazy.peek()
        return (model.pid,) if model is not None and model.pid is not None else ()

    def preload(self) -> threading.Thread:
        """Load in a background thread; a failure is kept in `problem`."""
        return self._lazy.preload()

    def unload(self) -> bool:
        """False while somebody holds a lease."""
        return self._lazy.unload()

    def close(self) -> None:
        """End the worker, whoever holds it."""
        model = self._lazy.peek()
        if model is not None:
            self._lazy.discard(model)

    @contextmanager
    def lease(self) -> Iterator[Llm]:
        """Load where needed and hold the model; a worker that died is replaced by a new one."""
        stale = self._lazy.peek()
        if stale is not None and not stale.alive:
            self._lazy.discard(stale)
        with self._lazy.lease() as model:
            yield model


def open_lazy_model(info: ModelInfo, settings: Settings) -> LazyModel:
    """Nothing is loaded yet."""

    def make() -> Llm:
        from ai_chat.llm.client import open_llama

        return open_llama(info, settings)

    return LazyModel(info, make)


def _close(model: Llm) -> None:
    model.close()
