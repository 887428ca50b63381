"""MemoryReport: the ledger as everybody shows it: page, command line, API, MemoryOptimizer. Plain frozen values in bytes and seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ai_chat.memory.machine import Machine
from ai_chat.memory.plan import Plan
from ai_chat.types import Problem

Pressure = Literal["ok", "tight", "critical"]
LEVELS: tuple[Pressure, ...] = ("ok", "tight", "critical")


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """`measured` None: not loaded, or a part of a process that cannot be told from its other parts."""

    tenant: str
    part: str
    predicted: int
    measured: int | None = None
    place: str = "ram"


@dataclass(frozen=True, slots=True)
class TenantReport:
    """`measured`, `anonymous`, `file_backed`: PSS of its processes. `unload_in`: seconds until it is let go as idle, None: not counting."""

    name: str
    loaded: bool
    predicted: int
    measured: int
    anonymous: int
    file_backed: int
    idle_seconds: float | None = None
    unload_in: float | None = None


@dataclass(frozen=True, slots=True)
class Eviction:
    """`at`: UTC, ISO 8601. `why`: idle, tight, critical, asked."""

    at: str
    tenant: str
    why: str
    freed: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One point of the history. `at`: UTC seconds."""

    at: float
    measured: int
    anonymous: int
    pressure: Pressure


@dataclass(frozen=True, slots=True)
class MemoryReport:
    """`saved`: bytes that the plan saves against the engine's defaults. `plan` None: no model, or `problem` says why there is none."""

    running: bool
    budget: int
    budget_set: bool
    pressure: Pressure
    predicted: int
    measured: int
    anonymous: int
    file_backed: int
    saved: int
    loads: int
    evicted: int
    collections: int
    lines: tuple[LedgerLine, ...]
    tenants: tuple[TenantReport, ...]
    machine: Machine
    plan: Plan | None = None
    problem: Problem | None = None
    evictions: tuple[Eviction, ...] = ()
    history: tuple[Sample, ...] = ()
