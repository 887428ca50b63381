"""The memory contract at work: one monitor for a home, the model planned beside all other parts, and the ledger of both.

Takes settings and the Parts of the moment. `open_source` finds who can tell of a home's memory from any process. What is planned
and let go is decided in `memory`; here the parts are handed to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ai_chat.app.tenants import MODEL, tenants_of, tenants_to_be
from ai_chat.config import Settings, load_settings
from ai_chat.errors import AiChatError, MachineError
from ai_chat.llm.models import ModelInfo, choose_model, spec_of
from ai_chat.memory.budget import choose_budget
from ai_chat.memory.machine import Machine, read_machine, read_pressure
from ai_chat.memory.measure import measure, total
from ai_chat.memory.monitor import Monitor
from ai_chat.memory.optimizer import MemorySource
from ai_chat.memory.plan import Plan
from ai_chat.memory.predict import engine_defaults
from ai_chat.memory.report import Eviction, MemoryReport
from ai_chat.memory.tenants import Tenant
from ai_chat.owner import read_owner
from ai_chat.types import Problem

if TYPE_CHECKING:
    from ai_chat.app.parts import Parts


_FOR_SEVERAL_PARSERS = 8 << 30
_MOST_PARSERS = 4


class Memory:
    """Of the process that owns the home. `parts` are those of the moment: a reader becomes the owner with new ones."""

    def __init__(self, settings: Settings, parts: Callable[[], Parts]) -> None:
        self._settings = settings
        self._parts = parts
        self._plan: Plan | None = None
        self.monitor = _monitor(settings, self._tenants)

    def plan(self, info: ModelInfo, cap: int | None = None) -> Plan:
        """For a load that begins now, beside what all others hold or may hold; MachineError plan_refused."""
        self._plan = None
        self._plan = _planned(info, self._settings, self.monitor, cap)
        return self._plan

    @property
    def parsers(self) -> int:
        """How many files are read at a time."""
        return parsers_within(self.monitor.budget)

    def require_room(self) -> None:
        """MachineError memory_critical while no new work may begin."""
        problem = self.monitor.admit()
        if problem is not None:
            raise MachineError(problem.code, **problem.values)

    def look(self) -> MemoryReport:
        """What is measured, without a plan."""
        return self.monitor.report(budget_set=self._settings.memory_budget is not None)

    def report(self, *, running: bool, history: bool) -> MemoryReport:
        parts = self._parts()
        model = parts.model
        if model is None:
            none = parts.model_problem or Problem("starter_missing")
            return _report(self.monitor, self._settings, none, running=running, history=history)
        return _report(
            self.monitor,
            self._settings,
            model.info,
            self._plan if model.state == "loading" else model.plan,
            loads=model.loads,
            running=running,
            history=history,
        )

    def _tenants(self) -> tuple[Tenant, ...]:
        return tenants_of(self._parts(), self._settings, self._plan_of_model, self.parsers)

    def _plan_of_model(self) -> Plan | None:
        """By which it is loaded, else the last one."""
        model = self._parts().model
        return (model.plan if model else None) or self._plan


def parsers_within(budget: int) -> int:
    """One under a small budget."""
    return 1 if budget < _FOR_SEVERAL_PARSERS else min(os.cpu_count() or 1, _MOST_PARSERS)


class Unowned:
    """A source for a home that no server owns: nothing runs, there is the plan of the chosen model alone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def memory_report(self, history: bool = False) -> MemoryReport:
        monitor = _monitor(self._settings, lambda: tenants_to_be(self._settings, parsers_within(monitor.budget)))
        return _report(monitor, self._settings, choose_model(self._settings), running=False, history=history)

    def optimize_memory(self) -> tuple[Eviction, ...]:
        return ()


@contextmanager
def open_source(settings: Settings | None = None) -> Iterator[MemorySource]:
    """Whoever owns the home of these settings (those of the environment), else what would be if somebody did."""
    chosen = settings or load_settings()
    owner = read_owner(chosen.run_dir)
    if owner is None or not owner.address or not owner.key:
        yield Unowned(chosen)
        return
    from ai_chat.app.remote import RemoteApp

    yield RemoteApp(owner.address, owner.key, owner.pid)


def _planned(info: ModelInfo, settings: Settings, monitor: Monitor, cap: int | None = None) -> Plan:
    """Within the budget of the start, or of what is free now, where that has become less."""
    from ai_chat.llm.planning import plan_model

    return plan_model(info, settings, read_machine(), monitor.others(MODEL), cap, monitor.budget, monitor.held)


def _report(
    monitor: Monitor,
    settings: Settings,
    chosen: ModelInfo | Problem,
    plan: Plan | None = None,
    *,
    loads: int = 0,
    running: bool,
    history: bool,
) -> MemoryReport:
    """With the plan that the chosen model was loaded by, or would be now, or the reason why there is none."""
    problem = chosen if isinstance(chosen, Problem) else None
    defaults = 0
    if isinstance(chosen, ModelInfo) and not chosen.endpoint:
        try:
            defaults = engine_defaults(spec_of(chosen))
            plan = plan or _planned(chosen, settings, monitor)
        except AiChatError as error:
            problem = error.problem
    return monitor.report(
        plan,
        problem,
        planned=MODEL,
        defaults=defaults,
        loads=loads,
        budget_set=settings.memory_budget is not None,
        running=running,
        history=history,
    )


def _monitor(settings: Settings, tenants: Callable[[], tuple[Tenant, ...]]) -> Monitor:
    return Monitor(
        choose_budget(settings.memory_budget, _without_gpus(), total(measure([os.getpid()]).values()))[0],
        tenants,
        machine=read_machine,
        keep_alive=settings.keep_alive,
        stalled=read_pressure,
    )


def _without_gpus() -> Machine:
    """The budget is of RAM: a driver need not be asked for it."""
    return read_machine(gpus=lambda: ())
