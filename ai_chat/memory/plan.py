"""Plan: how a model is to be loaded so that everything stays inside one budget. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ai_chat.memory.predict import RAM
from ai_chat.memory.predict import KvType as KvType
from ai_chat.memory.predict import PlanLine as PlanLine
from ai_chat.types import Problem


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the settings ask for; a name in `fixed` was set by the user and is kept or refused, never lowered."""

    n_ctx: int
    n_batch: int
    n_threads: int
    slots: int | None = None
    low_vram: bool = True
    gpu_memory_fraction: float = 0.8
    fixed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """`n_ctx` in tokens a slot; `budget` bytes of RAM for the whole program, `others` what its other parts hold or may hold.

    `prompt_cache` in MiB. `concessions` and `warnings` are sentences' codes with their values.
    """

    model: str
    budget: int
    others: int
    n_ctx: int
    n_batch: int
    n_threads: int
    slots: int
    kv_type: KvType
    mmap: bool
    prompt_cache: int
    gpu_layers: int
    tensor_split: tuple[float, ...]
    lines: tuple[PlanLine, ...]
    concessions: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def ram(self) -> int:
        """Bytes of RAM that the model's process may come to hold."""
        return sum(line.bytes for line in self.lines if line.place == RAM)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`smallest`: the smallest budget in bytes that would work; `alternative`: the name of a model that would work in this one."""

    problem: Problem
    smallest: int
    alternative: str | None = None
