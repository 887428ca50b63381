"""The plan of one model under these settings: what `memory.plan` decides, for a ModelInfo or the ModelSpec of a file to come.

Takes settings, a Machine and what the other parts of the program take, gives a Plan, or raises MachineError plan_refused.
"""

from __future__ import annotations

from dataclasses import replace

from ai_chat.config import Settings
from ai_chat.errors import MachineError
from ai_chat.llm.catalogue import CATALOGUE
from ai_chat.llm.devices import engine_gpus
from ai_chat.llm.models import ModelInfo, spec_of
from ai_chat.memory.budget import choose_budget
from ai_chat.memory.machine import Gpu, Machine
from ai_chat.memory.measure import NOTHING, Footprint
from ai_chat.memory.plan import Plan, Refusal, Wishes, make_plan
from ai_chat.memory.spec import ModelSpec

_KEPT_AS_SET = ("n_ctx", "n_batch", "slots")


def plan_model(
    info: ModelInfo,
    settings: Settings,
    machine: Machine,
    others: int,
    cap: int | None = None,
    budget: int | None = None,
    held: Footprint = NOTHING,
) -> Plan:
    """Raises MachineError plan_refused, and InputError as `read_spec` does. `others`: bytes that the rest of the program holds or may
    hold; `cap`: bytes that the model may take at most; `budget`: what the whole program had when it began, if it has; `held`: what
    it holds of the machine now."""
    return plan_spec(replace(spec_of(info), name=info.name), settings, machine, others, cap, budget, held)


def plan_spec(
    spec: ModelSpec,
    settings: Settings,
    machine: Machine,
    others: int,
    cap: int | None = None,
    budget: int | None = None,
    held: Footprint = NOTHING,
) -> Plan:
    """The same for a file that need not be here. Raises MachineError plan_refused."""
    allowed, problem = choose_budget(settings.memory_budget, machine, held)
    limits = [allowed, budget, None if cap is None else others + cap]
    gpus = _usable_gpus(machine)
    found = make_plan(
        spec,
        replace(machine, gpus=gpus or machine.gpus),
        wishes_of(settings),
        budget=min(limit for limit in limits if limit is not None),
        others=others,
        gpus_usable=bool(gpus),
        alternatives=[(model.name, model.spec()) for model in CATALOGUE if model.commercial],
    )
    if isinstance(found, Refusal):
        raise MachineError(found.problem.code, **found.problem.values)
    return found if problem is None else replace(found, warnings=(*found.warnings, problem))


def _usable_gpus(machine: Machine) -> tuple[Gpu, ...]:
    """As the engine sees them, with what is free now where the driver counts the same ones."""
    if not machine.gpus:
        return ()
    seen = engine_gpus()
    return machine.gpus if len(seen) == len(machine.gpus) else seen


def wishes_of(settings: Settings) -> Wishes:
    return Wishes(
        n_ctx=settings.n_ctx,
        n_batch=settings.n_batch,
        n_threads=settings.engine_threads,
        slots=settings.slots,
        low_vram=settings.low_vram,
        gpu_memory_fraction=settings.gpu_memory_fraction,
        fixed=frozenset(name for name in _KEPT_AS_SET if settings.is_set(name)),
    )
