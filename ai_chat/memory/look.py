"""Looking: tenants, their processes and the machine at one moment, and how long that took.

Takes the probes; gives Looks. Decides nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ai_chat.memory.ledger import Ledger, enter, take
from ai_chat.memory.machine import Machine
from ai_chat.memory.measure import NOTHING, Footprint
from ai_chat.memory.pressure import Strain
from ai_chat.memory.tenants import Tenant

FRESH_SECONDS = 1.0  # a look that is no older will do for a report

Probe = Callable[[Iterable[int]], dict[int, Footprint]]


@dataclass(frozen=True, slots=True)
class Look:
    """`at`: seconds of the clock; `own`: anonymous bytes of this process."""

    at: float
    ledger: Ledger
    machine: Machine
    strain: Strain
    own: int

    @property
    def held(self) -> int:
        return self.ledger.found.pss

    @property
    def loaded(self) -> bool:
        """Whether anything is there that could be let go."""
        return any(entry.loaded and entry.order is not None for entry in self.ledger.entries)


class Watch:
    """May be asked by many threads; `cost`: processor seconds of the last look; `last`: what it saw."""

    def __init__(
        self,
        budget: int,
        tenants: Callable[[], Sequence[Tenant]],
        probe: Probe,
        machine: Callable[[], Machine],
        stalled: Callable[[], float | None],
        clock: Callable[[], float],
        effort: Callable[[], float],
    ) -> None:
        self._budget = budget
        self._tenants = tenants
        self._probe = probe
        self._machine = machine
        self._stalled = stalled
        self._clock = clock
        self._effort = effort
        self.last: Look | None = None
        self.cost = 0.0

    def look(self) -> Look:
        at, began = self._clock(), self._effort()
        entries = take(self._tenants())
        footprints = self._probe({pid: None for entry in entries for pid in entry.pids})
        ledger = enter(entries, footprints)
        machine = self._machine()
        own = footprints.get(os.getpid(), NOTHING).anonymous
        look = Look(at, ledger, machine, self._strain(ledger, machine), own)
        self.last, self.cost = look, self._effort() - began
        return look

    def recent(self) -> Look:
        last = self.last
        return last if last and self._clock() - last.at < FRESH_SECONDS else self.look()

    def _strain(self, ledger: Ledger, machine: Machine) -> Strain:
        return Strain(
            budget=self._budget,
            planned=ledger.planned,
            measured=ledger.found.pss,
            total=machine.total,
            available=machine.available,
            limit=machine.limit,
            held=_unreclaimable(machine, ledger.found),
            stalled=self._stalled(),
        )


def _unreclaimable(machine: Machine, found: Footprint) -> int | None:
    """Of the cgroup: without the file pages that are mapped, which the kernel drops when it must."""
    return None if machine.used is None else max(found.anonymous, machine.used - machine.mapped)
