"""MemoryOptimizer: the memory contract in three calls, from any Python process on this machine.

Takes a source of reports; without one it asks the process that owns the user's home, which is found when a call is made. Gives plain
values that `json.dumps` takes: sizes in bytes, times in seconds.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields, is_dataclass
from typing import Any, Protocol, cast

from ai_chat.errors.sentences import hint, sentence
from ai_chat.memory.report import Eviction, MemoryReport
from ai_chat.types import Problem

OWNER = "ai_chat.app.memory:open_source"


class MemorySource(Protocol):
    """Who knows how memory stands: an App."""

    def memory_report(self) -> MemoryReport: ...
    def optimize_memory(self) -> tuple[Eviction, ...]: ...


class MemoryOptimizer:
    """`source` None: whoever owns the home at each call; while nobody does, `running` is False and there is the plan alone."""

    def __init__(self, source: MemorySource | None = None) -> None:
        self._source = source

    def plan(self) -> dict[str, Any]:
        """How the chosen model is to be loaded: the fields of `Plan`, and `ram`, the bytes that its process may hold.

        Without a plan `refused` says why, as {"code", "values", "sentence", "hint"}, and only `budget` stands beside it.
        """
        with self._open() as source:
            report = source.memory_report()
        if report.plan is None:
            return {"refused": _plain(report.problem), "budget": report.budget}
        return {**_plain(report.plan), "ram": report.plan.ram, "refused": None}

    def get_optimization_stats(self) -> dict[str, Any]:
        """The fields of `MemoryReport`: `running`, `pressure` (ok, tight, critical), `budget` and `budget_set`;

        `predicted`, `measured`, `anonymous` and `file_backed` of all processes, and of each in `tenants`, by part in `lines`;
        `saved` against the engine's defaults; counts `loads`, `evicted` and `collections` (of garbage, with the allocator trimmed);
        the last `evictions`; `machine`, `plan` and `problem`, `history` where it was asked for.
        """
        with self._open() as source:
            return cast(dict[str, Any], _plain(source.memory_report()))

    def optimize(self) -> dict[str, Any]:
        """Collect garbage, trim the allocator, let go what is idle: `running`, `freed` bytes, and each of the `evictions`."""
        with self._open() as source:
            evictions = source.optimize_memory()
            running = source.memory_report().running
        return {"running": running, "freed": sum(each.freed for each in evictions), "evictions": _plain(evictions)}

    @contextmanager
    def _open(self) -> Iterator[MemorySource]:
        if self._source is not None:
            yield self._source
            return
        module, _, name = OWNER.partition(":")
        opened: AbstractContextManager[MemorySource] = getattr(importlib.import_module(module), name)()
        with opened as source:
            yield source


def _plain(value: object) -> Any:
    if isinstance(value, Problem):
        said = {"sentence": sentence(value, "en"), "hint": hint(value, "en")}
        return {"code": value.code, "values": _plain(value.values), **said}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
