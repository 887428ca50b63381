"""A DoubleApp whose machine has something to tell: parts loaded and not, an hour of history, questions measured, failures."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from ai_chat.errors import MachineError
from ai_chat.memory.machine import Gpu, Machine
from ai_chat.memory.report import Eviction, MemoryReport, Sample, TenantReport
from ai_chat.metrics import Meter, Metrics, Waiting
from ai_chat.sizes import GIB, MIB
from ai_chat.types import CacheStats, Problem
from tests.doubles_app import HOSTILE, DoubleApp

CACHE = CacheStats(7, 40 * 1024, 8, 5, 12, 1, 200.0)


def report(now: float) -> MemoryReport:
    tenants = (
        TenantReport("page", True, 95 * MIB, 82 * MIB, 60 * MIB, 22 * MIB),
        TenantReport("model", True, 1500 * MIB, 1200 * MIB, 200 * MIB, 1000 * MIB, 10.0, 170.0),
        TenantReport("prompt_cache", False, 0, 0, 0, 0),
        TenantReport("renderer", False, 64 * MIB, 0, 0, 0),
    )
    evictions = (
        Eviction("2026-11-23T01:00:00+00:00", "embedder", "idle", 100 * MIB),
        Eviction("2026-11-23T02:00:00+00:00", "parser", "tight", 40 * MIB),
    )
    history = tuple(Sample(now - 3000 + 10 * n, 900 * MIB + n * MIB, 0, "ok") for n in range(300))
    machine = Machine(16 * GIB, 8 * GIB, 4, gpus=(Gpu(f"GPU {HOSTILE}", 8 * GIB, 6 * GIB),))
    return MemoryReport(
        True, 2 * GIB, True, "tight", 1659 * MIB, 1282 * MIB, 260 * MIB, 1022 * MIB, 0, 1, 2, 0, (), tenants, machine,
        evictions=evictions, history=history,
    )  # fmt: skip


def metrics() -> Metrics:
    meter = Meter()
    for value in (8.0, 9.0, 30.0):
        meter.observe("search_ms", value)
        meter.count("questions")
    meter.observe("total_ms", 4200.0)
    meter.observe("tokens_per_second", 17.5)
    meter.count("documents", 30)
    meter.fail(Problem("password_needed", {"name": HOSTILE}))
    return replace(meter.metrics(), queue=Waiting(1, 2, 0))


class MonitoredApp(DoubleApp):
    """The model is let go and loaded by hand; the embedder is in use, and cannot be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded = True

    def cache_stats(self) -> CacheStats:
        return CACHE

    def status(self) -> dict[str, Any]:
        told = super().status()
        model = {**told["model"], "state": "loaded" if self.loaded else "empty"}
        reading = {"paused": False, "reading": f"/x/{HOSTILE}.txt", "waiting": 3, "seconds_left": 65.0}
        embedder = {**told["embedder"], "state": "empty" if not self.loaded else "loaded"}
        return {**told, "model": model, "embedder": embedder, "ingest": reading}

    def memory_report(self, history: bool = False) -> MemoryReport:
        return report(time.time())

    def metrics(self) -> Metrics:
        return metrics()

    def optimize_memory(self) -> tuple[Eviction, ...]:
        return (Eviction("2026-11-23T03:00:00+00:00", "allocator", "asked", 5 * MIB),)

    def load_model(self, tenant: str = "model") -> None:
        if tenant == "embedder":
            raise MachineError("memory_critical", held="5 GiB", budget="6 GiB", free="10 MiB")
        self.loaded = True

    def unload(self, tenant: str) -> Eviction | None:
        if tenant == "embedder":
            return None
        self.loaded = False
        return Eviction("2026-11-23T03:00:00+00:00", tenant, "asked", 300 * MIB)
