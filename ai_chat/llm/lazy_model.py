"""LazyModel: the chosen model, loaded at first use or in the background, let go when idle, restarted when it died.

Takes a ModelInfo and a maker; gives leases on an Llm. Knows no engine and no memory plan.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from ai_chat.config import Settings
from ai_chat.errors import AiChatError, MachineError
from ai_chat.lazy import Lazy, State
from ai_chat.llm import Llm
from ai_chat.llm.crash_loop import CrashLoop
from ai_chat.llm.loading import LOAD_ENDED, Tell
from ai_chat.llm.models import ModelInfo
from ai_chat.memory.plan import Plan
from ai_chat.types import Problem

_TELL_SECONDS = 0.2
_CLOSE_SECONDS = 5.0
_OF_MEMORY = "model_out_of_memory"
_ENDED = frozenset(("model_gone", "model_stalled"))
_NOT_LOADED = frozenset(("model_start_failed", "load_stalled", _OF_MEMORY))
_LOG = logging.getLogger(__name__)

Planner = Callable[[int | None], Plan]
Make = Callable[[Tell, bool], Llm]


class LazyModel:
    """Single flight: however many threads ask, one load happens, and all get its value or its error.

    `make` tells how far it is, and is given MachineError lazy_ended where nobody wants it any more; its second argument is True where the
    engine is to do without a prompt cache.
    """

    def __init__(self, info: ModelInfo, make: Make, clock: Callable[[], float] = time.monotonic) -> None:
        self.info = info
        self._make = make
        self._lazy: Lazy[Llm] = Lazy(self._load, _close, clock)
        self._crashes = CrashLoop(clock)
        self._fraction: float | None = None
        self._frugal = False
        self._closed = False
        self._guard = threading.Lock()
        self._mourned: Llm | None = None

    @property
    def state(self) -> State:
        """`empty` again where the worker has died since."""
        model = self._lazy.peek()
        return "empty" if model is not None and not model.alive else self._lazy.state

    @property
    def progress(self) -> float | None:
        """0 to 1 while it is being loaded, else None."""
        return self._fraction

    @property
    def slots(self) -> int:
        """Answers at a time; 1 until it is loaded."""
        model = self._lazy.peek()
        return model.slots if model is not None else 1

    @property
    def loads(self) -> int:
        return self._lazy.loads

    @property
    def plan(self) -> Plan | None:
        """What the loaded model was loaded by."""
        model = self._lazy.peek()
        return model.plan if model is not None else None

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

    def release_prompt_cache(self) -> bool:
        """Start the idle worker anew without the prompts that it keeps in memory: the engine itself never lets them go."""
        plan = self.plan
        if plan is None or not plan.prompt_cache:
            return False
        self._frugal = True  # for whoever loads it next, which may be a question
        if not self._lazy.unload():
            self._frugal = False
            return False
        self.preload()
        return True

    def close(self) -> None:
        """End the worker for good, whoever holds it or waits for it to load."""
        self._closed = True
        self._lazy.end(_CLOSE_SECONDS)

    @contextmanager
    def lease(self, tell: Tell | None = None) -> Iterator[Llm]:
        """Load where needed and hold the model; a worker that died is replaced by a new one.

        `tell` is called in this thread while it is being loaded; what it raises ends the waiting, not the load.
        """
        self._bury()
        if tell is not None:
            self._await_load(tell)
        with self._lazy.lease() as model:
            try:
                yield model
            except MachineError as error:
                if error.code in _ENDED:
                    self._mourn(model, error)
                raise
            finally:
                self._replace_cut_short(model)

    def _replace_cut_short(self, model: Llm) -> None:
        """One that went on for an answer that was cancelled was ended: the next question is not to wait for its load."""
        if not model.alive and model is not self._mourned:
            self._bury()
            self.preload()

    def _bury(self) -> None:
        model = self._lazy.peek()
        if model is not None and not model.alive:
            self._lazy.discard(model)

    def _await_load(self, tell: Tell) -> None:
        if self._lazy.peek() is not None:
            return
        thread = self.preload()
        while thread.is_alive():
            tell(self._fraction or 0.0)
            thread.join(_TELL_SECONDS)
        if self._lazy.peek() is None and self._lazy.error is not None:
            raise self._lazy.error

    def _mourn(self, model: Llm, error: MachineError) -> None:
        """A death is counted once, however many were using the model."""
        with self._guard:
            if model is not self._mourned:
                self._mourned = model
                self._crashes.died(error.problem)

    def _load(self) -> Llm:
        self._crashes.check()
        frugal, self._frugal = self._frugal, False
        self._fraction = 0.0
        try:
            return self._make(self._tell, frugal)
        except MachineError as error:
            if error.code in _NOT_LOADED:
                self._crashes.died(error.problem)
            raise
        finally:
            self._fraction = None

    def _tell(self, fraction: float) -> None:
        if self._closed:
            raise MachineError(LOAD_ENDED)
        self._fraction = fraction


def open_lazy_model(info: ModelInfo, settings: Settings, plan: Planner | None = None) -> LazyModel:
    """Nothing is loaded yet. `plan` is asked at each load, with the bytes it may have after one that ran out of memory."""
    planner = plan or partial(_alone, info, settings)

    def make(tell: Tell, frugal: bool) -> Llm:
        if info.endpoint:
            from ai_chat.llm.endpoint import open_endpoint

            return open_endpoint(info, settings)
        from ai_chat.llm.client import open_llama

        return load_planned(planner, lambda each: open_llama(info, each, tell), frugal)

    return LazyModel(info, make)


def _alone(info: ModelInfo, settings: Settings, cap: int | None) -> Plan:
    """Where nothing else of the program counts."""
    from ai_chat.llm.planning import plan_model
    from ai_chat.memory.machine import read_machine

    return plan_model(info, settings, read_machine(), 0, cap)


def load_planned(plan: Planner, load: Callable[[Plan], Llm], frugal: bool = False) -> Llm:
    """Out of memory: once more with three quarters of what was planned, then MachineError model_out_of_memory."""
    first = _without_cache(plan(None)) if frugal else plan(None)
    try:
        return load(first)
    except MachineError as error:
        if error.code != _OF_MEMORY:
            raise
        ran_out = error
    cap = first.ram * 3 // 4
    _LOG.warning("out of memory with a plan of %d bytes; once more with %d", first.ram, cap)
    try:
        return load(plan(cap))
    except MachineError as error:
        if error.code == "plan_refused":
            raise ran_out from error
        raise


def _without_cache(plan: Plan) -> Plan:
    return replace(plan, prompt_cache=0, lines=tuple(line for line in plan.lines if line.part != "prompt_cache"))


def _close(model: Llm) -> None:
    model.close()
