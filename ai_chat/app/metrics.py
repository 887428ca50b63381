"""What is measured and who waits, and loading and letting go at somebody's wish. Takes the parts of the moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ai_chat.app.memory import Memory
from ai_chat.app.parts import Parts
from ai_chat.app.tenants import MODEL
from ai_chat.errors import InputError, MachineError
from ai_chat.lazy import Lazy
from ai_chat.llm.lazy_model import LazyModel
from ai_chat.memory.report import Eviction
from ai_chat.metrics import Meter, Metrics
from ai_chat.types import Problem

EMBEDDER = "embedder"


def metrics_of(parts: Parts, meter: Meter) -> Metrics:
    return replace(meter.metrics(), queue=parts.turns.waiting)


def load(parts: Parts, memory: Memory, tenant: str) -> None:
    """In the background. MachineError: why there is none, or memory_critical; InputError: part_unknown."""
    loadable: dict[str, tuple[LazyModel | Lazy[Any] | None, Problem | None]] = {
        MODEL: (parts.model, parts.model_problem),
        EMBEDDER: (parts.embedder, parts.embedder_problem),
    }
    if tenant not in loadable:
        raise InputError("part_unknown", name=tenant, known=", ".join(loadable))
    lazy, problem = loadable[tenant]
    if lazy is None:
        absent = problem or Problem("starter_missing")
        raise MachineError(absent.code, **absent.values)
    memory.require_room()
    lazy.preload()


def unload(memory: Memory, tenant: str) -> Eviction | None:
    """None: it is not loaded, in use, or has nothing to let go. InputError: part_unknown."""
    known = [each.name for each in memory.look().tenants]
    if tenant not in known:
        raise InputError("part_unknown", name=tenant, known=", ".join(known))
    return memory.monitor.release(tenant)
