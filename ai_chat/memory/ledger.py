"""The ledger: what tenants said they may hold, beside what their processes are found to hold.

Takes tenants, footprints and the model's plan; gives the lines and totals of a MemoryReport. Pure, looks at nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ai_chat.memory.measure import Footprint, total
from ai_chat.memory.plan import Plan
from ai_chat.memory.report import LedgerLine, TenantReport
from ai_chat.memory.tenants import Tenant


@dataclass(frozen=True, slots=True)
class Entry:
    """A tenant at one moment. `own`: what its processes hold, those apart that a tenant before it has named."""

    name: str
    order: int | None
    predicted: Mapping[str, int]
    pids: tuple[int, ...]
    idle_since: float | None
    own: tuple[Footprint, ...] = ()

    @property
    def loaded(self) -> bool:
        return bool(self.pids)

    @property
    def may_hold(self) -> int:
        return sum(self.predicted.values())

    @property
    def found(self) -> Footprint:
        return total(self.own)


@dataclass(frozen=True, slots=True)
class Ledger:
    entries: tuple[Entry, ...] = ()
    found: Footprint = field(default_factory=Footprint)

    @property
    def planned(self) -> int:
        """What those that are loaded may hold."""
        return sum(entry.may_hold for entry in self.entries if entry.loaded)

    def without(self, name: str) -> int:
        """Bytes that all but this tenant hold or may hold, whichever is more; who lives in one process counts together."""
        apart = next((entry.pids for entry in self.entries if entry.name == name), ())
        predicted: dict[int | None, int] = {}
        measured: dict[int | None, int] = {}
        for entry in self.entries:
            home = entry.pids[0] if entry.pids else None
            if entry.name != name and home not in apart:
                predicted[home] = predicted.get(home, 0) + entry.may_hold
                measured[home] = measured.get(home, 0) + entry.found.pss
        return sum(max(size, measured[home]) for home, size in predicted.items())

    def tenants(self, now: float, keep_alive: int) -> tuple[TenantReport, ...]:
        return tuple(_tenant(entry, now, keep_alive) for entry in self.entries)

    def lines(self, plan: Plan | None, planned: str) -> tuple[LedgerLine, ...]:
        """`plan` is for the tenant of the name `planned`, there or not: its lines know where they are; all others are in RAM."""
        known = {entry.name for entry in self.entries}
        entries = (
            self.entries if plan is None or planned in known else (*self.entries, Entry(planned, None, {}, (), None))
        )
        return tuple(line for entry in entries for line in _lines(entry, plan if entry.name == planned else None))


def take(tenants: Sequence[Tenant]) -> tuple[Entry, ...]:
    """As they say at this moment."""
    return tuple(Entry(each.name, each.order, dict(each.predicted), each.pids, each.idle_since) for each in tenants)


def enter(entries: Sequence[Entry], footprints: Mapping[int, Footprint]) -> Ledger:
    """Each process is the first's that names it; what has died holds nothing."""
    seen: set[int] = set()
    entered = []
    for entry in entries:
        own = tuple(footprints[pid] for pid in dict.fromkeys(entry.pids) if pid in footprints and pid not in seen)
        seen.update(entry.pids)
        entered.append(_with(entry, own))
    return Ledger(tuple(entered), total(footprints.values()))


def _with(entry: Entry, own: tuple[Footprint, ...]) -> Entry:
    return Entry(entry.name, entry.order, entry.predicted, entry.pids, entry.idle_since, own)


def _tenant(entry: Entry, now: float, keep_alive: int) -> TenantReport:
    idle = None if entry.idle_since is None else max(0.0, now - entry.idle_since)
    found = entry.found
    return TenantReport(
        name=entry.name,
        loaded=entry.loaded,
        predicted=entry.may_hold,
        measured=found.pss,
        anonymous=found.anonymous,
        file_backed=found.file_backed,
        idle_seconds=idle,
        unload_in=None if idle is None or keep_alive < 0 else max(0.0, keep_alive - idle),
    )


def _lines(entry: Entry, plan: Plan | None) -> Iterator[LedgerLine]:
    if plan is None:
        alone = entry.found.pss if entry.own and len(entry.predicted) == 1 else None
        for part, size in entry.predicted.items():
            yield LedgerLine(entry.name, part, size, alone)
        return
    mapped = [line for line in plan.lines if line.file_backed and line.place == "ram"]
    for line in plan.lines:
        told = entry.own and mapped == [line]  # its pages are the process's file pages
        yield LedgerLine(entry.name, line.part, line.bytes, entry.found.file_backed if told else None, line.place)
