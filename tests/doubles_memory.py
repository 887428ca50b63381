"""Doubles of the memory room: tenants whose processes exist as numbers alone, and the clock and machine around them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from ai_chat.errors import AiChatError
from ai_chat.memory.machine import Machine
from ai_chat.memory.measure import Footprint
from ai_chat.memory.monitor import Monitor
from ai_chat.memory.plan import Plan, PlanLine
from ai_chat.memory.report import Eviction, Pressure
from ai_chat.sizes import GIB, MIB

PLAN = Plan(
    model="m", budget=4 * GIB, others=0, n_ctx=4096, n_batch=256, n_threads=1, slots=1, kv_type="q8_0", mmap=True,
    prompt_cache=0, gpu_layers=4, tensor_split=(),
    lines=(
        PlanLine("weights", 300 * MIB, file_backed=True),
        PlanLine("kv_cache", 50 * MIB),
        PlanLine("weights", 700 * MIB, "gpu0"),
    ),
)  # fmt: skip


@dataclass
class DoubleTenant:
    """Of `anonymous` and `files` bytes in the process `pid`; `idle_since` None: in use. `refuses`: what release() does instead."""

    name: str
    order: int | None = None
    pid: int = 0
    anonymous: int = 0
    files: int = 0
    predicted: dict[str, int] = field(default_factory=dict)
    idle_since: float | None = None
    refuses: bool | AiChatError | OSError = False
    released: int = 0
    gone: threading.Event = field(default_factory=threading.Event)

    @property
    def pids(self) -> tuple[int, ...]:
        return (self.pid,) if self.pid else ()

    def release(self) -> bool:
        assert self.idle_since is not None, f"{self.name} is in use"
        self.released += 1
        if isinstance(self.refuses, Exception):
            raise self.refuses
        if self.refuses:
            return False
        self.pid, self.idle_since = 0, None
        self.gone.set()
        return True

    def load(self, pid: int, idle_since: float | None = None) -> None:
        self.pid, self.idle_since = pid, idle_since

    @property
    def footprint(self) -> Footprint:
        return Footprint(self.anonymous + self.files, self.anonymous + self.files, self.anonymous, self.files)


class Scene:
    """A monitor over doubles: what each release was for is in `evictions`, by name and reason in `let_go`."""

    def __init__(self, *tenants: DoubleTenant, budget: int = 4 * GIB, keep_alive: int = -1) -> None:
        self.clock = 1000.0
        self.machine = Machine(total=16 * GIB, available=12 * GIB, cores=2)
        self.stalled: float | None = None
        self.cost = self._effort = 0.0
        self.tenants = list(tenants)
        self.dead: set[int] = set()
        self.trimmed = 0
        self.monitor = Monitor(
            budget,
            lambda: tuple(self.tenants),
            machine=lambda: self.machine,
            keep_alive=keep_alive,
            probe=self.probe,
            stalled=lambda: self.stalled,
            give_back=self.trim,
            clock=lambda: self.clock,
            effort=self._spend,
            now=lambda: self.clock,
        )

    def probe(self, pids: Iterable[int]) -> dict[int, Footprint]:
        """Tenants that share a process add up in it."""
        found = {pid: Footprint() for pid in pids if pid not in self.dead}
        for tenant in self.tenants:
            if tenant.pid in found:
                found[tenant.pid] += tenant.footprint
        return found

    def _spend(self) -> float:
        self._effort += self.cost
        return self._effort

    def trim(self) -> None:
        self.trimmed += 1

    def look(self, times: int = 1, *, every: float = 2.0) -> Pressure:
        for _ in range(times):
            self.clock += every
            self.monitor.sample()
        return self.monitor.pressure

    @property
    def evictions(self) -> tuple[Eviction, ...]:
        return self.monitor.evictions

    @property
    def let_go(self) -> list[tuple[str, str]]:
        return [(each.tenant, each.why) for each in self.evictions]


def ordered_tenants(size: int = 100 * MIB) -> list[DoubleTenant]:
    """One a place of the order, loaded and long idle; the page before them, in use."""
    names = ("prompts", "reader", "vectors", "answers", "writer")
    page = DoubleTenant("page", pid=1, anonymous=size)
    return [page, *(DoubleTenant(name, n, 10 + n, size, idle_since=0.0) for n, name in enumerate(names, 1))]


def household() -> Scene:
    """A page with its index, an idle embedder, a model at work, and a parser that is not loaded."""
    page = DoubleTenant("page", None, 1, 80 * MIB, 20 * MIB, {"program": 90 * MIB})
    index = DoubleTenant("index", None, 1, 0, 30 * MIB, {"vectors": 40 * MIB})
    vectors = DoubleTenant("vectors", 3, 13, 50 * MIB, predicted={"embedder": 60 * MIB}, idle_since=900.0)
    writer = DoubleTenant("writer", 5, 15, 60 * MIB, 310 * MIB, {"weights": 300 * MIB, "kv_cache": 50 * MIB})
    reader = DoubleTenant("reader", 2, 0, predicted={"parser": 250 * MIB})
    return Scene(page, index, vectors, writer, reader, keep_alive=600)
