"""The monitor: looks at what tenants hold, lets go what is idle, and refuses new work before the kernel has to choose.

Takes a budget, tenants and probes; gives samples, refusals and the ledger. Each decision is logged with its numbers.
Knows no tenant by name: their `order` is the order in which they are let go.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal

from ai_chat.errors import AiChatError
from ai_chat.memory.history import History
from ai_chat.memory.ledger import Entry
from ai_chat.memory.look import Look, Probe, Watch
from ai_chat.memory.machine import Machine, read_pressure
from ai_chat.memory.measure import Footprint, measure
from ai_chat.memory.order import Order
from ai_chat.memory.plan import Plan
from ai_chat.memory.pressure import STALLED, Gauge, left, worst
from ai_chat.memory.report import Eviction, MemoryReport, Pressure, Sample
from ai_chat.memory.tenants import Tenant
from ai_chat.memory.trim import trim
from ai_chat.sizes import MIB, show_size
from ai_chat.types import Problem

CALM_SECONDS, LOADED_SECONDS, PRESSED_SECONDS, LONGEST_SECONDS = 5.0, 2.0, 1.0, 10.0
LOOKING_SHARE = 0.01  # of a processor may go into looking, while there is no pressure
STALL_SECONDS = 10.0  # over so many the kernel averages: until then it does not show what a release has done
GROWN = 16 * MIB  # by so much over its least since the last trim, this process is trimmed
KEPT_EVICTIONS = 100
_LOG = logging.getLogger(__name__)
_STOP_SECONDS = 5.0

Why = Literal["idle", "tight", "critical", "asked"]


class Monitor:
    """`sample` looks and decides; `start` has a thread do so until `stop`. All methods may be called from any thread.

    `keep_alive`: seconds after which what is idle is let go, 0 at once, -1 never. `stalled`: percent of the last ten seconds in
    which something waited for memory. `effort`: processor seconds. `now`: UTC seconds. `evictions`: the last ones, oldest first.
    """

    def __init__(
        self,
        budget: int,
        tenants: Callable[[], Sequence[Tenant]],
        *,
        machine: Callable[[], Machine],
        keep_alive: int,
        probe: Probe = measure,
        stalled: Callable[[], float | None] = read_pressure,
        give_back: Callable[[], None] = trim,
        clock: Callable[[], float] = time.monotonic,
        effort: Callable[[], float] = time.thread_time,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.budget = budget
        self._tenants = tenants
        self._keep_alive = keep_alive
        self._give_back = give_back
        self._clock = clock
        self._now = now
        self._watch = Watch(budget, tenants, probe, machine, stalled, clock, effort)
        self._order = Order(keep_alive)
        self._gauge = Gauge()
        self._history = History()
        self._deciding = threading.Lock()
        self.evictions: tuple[Eviction, ...] = ()
        self._evicted = self._collections = 0
        self._least_own: int | None = None
        self._relieved = -math.inf
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    @property
    def pressure(self) -> Pressure:
        return self._gauge.pressure

    @property
    def pause(self) -> float:
        """Seconds to the next look: soon under pressure, seldom while nothing is loaded; a slow look is followed by a long pause."""
        if not self._gauge.calm:
            return PRESSED_SECONDS
        last = self._watch.last
        wanted = LOADED_SECONDS if last and last.loaded else CALM_SECONDS
        return max(wanted, min(self._watch.cost / LOOKING_SHARE, LONGEST_SECONDS))

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Waits a while for a release that is under way."""
        self._stopping = True
        self._wake.set()
        if self._thread:
            self._thread.join(_STOP_SECONDS)

    def sample(self) -> Sample:
        """Look; let go those whose time is over, else, under pressure, one in the order."""
        with self._deciding:
            look = self._watch.look()
            self._judge(look)
            if not self._let_idle_go(look) and not self._relieve(look):
                self._trim_where_grown(look)
            return self._record()

    def admit(self) -> Problem | None:
        """Why no new work may begin now; None: it may."""
        look = self._watch.last
        if look is None or self._clock() - look.at > LOADED_SECONDS:
            self._wake.set()  # something will be loaded: look soon
        if look is None or self.pressure != "critical":
            return None
        held, free = show_size(look.held), show_size(left(look.strain))
        _LOG.warning("refused new work: %s", _numbers(look))
        return Problem("memory_critical", {"held": held, "budget": show_size(self.budget), "free": free})

    def others(self, name: str) -> int:
        """Bytes that all tenants but this one hold or may hold."""
        return self._watch.recent().ledger.without(name)

    @property
    def held(self) -> Footprint:
        """What all processes hold."""
        return self._watch.recent().ledger.found

    def optimize(self) -> tuple[Eviction, ...]:
        """Trim the allocator, then let go everything that is idle; what each gave back."""
        with self._deciding:
            before = self._watch.look()
            self._trim()
            look = self._watch.look()
            trimmed = Eviction(self._utc(), "allocator", "asked", max(0, before.held - look.held))
            released = [self._release(entry, "asked") for entry in look.ledger.entries]
            self._record()
        return (trimmed, *(each for each in released if each))

    def release(self, name: str) -> Eviction | None:
        """Let this one go, as somebody asks; None: it is not loaded, in use, or has nothing to let go."""
        with self._deciding:
            look = self._watch.look()
            entry = next((each for each in look.ledger.entries if each.name == name), None)
            done = self._release(entry, "asked") if entry else None
            self._record()
            return done

    def report(
        self,
        plan: Plan | None = None,
        problem: Problem | None = None,
        *,
        planned: str = "",
        defaults: int = 0,
        loads: int = 0,
        budget_set: bool = False,
        running: bool = True,
        history: bool = False,
    ) -> MemoryReport:
        """`plan` is for the tenant of the name `planned`; `defaults`: bytes that its engine would take if left alone."""
        look = self._watch.recent()
        lines = look.ledger.lines(plan, planned)
        found = look.ledger.found
        return MemoryReport(
            running=running,
            budget=self.budget,
            budget_set=budget_set,
            pressure=self.pressure,
            predicted=sum(line.predicted for line in lines if line.place == "ram"),
            measured=found.pss,
            anonymous=found.anonymous,
            file_backed=found.file_backed,
            saved=max(0, defaults - sum(line.bytes for line in plan.lines)) if plan else 0,
            loads=loads,
            evicted=self._evicted,
            collections=self._collections,
            lines=lines,
            tenants=look.ledger.tenants(self._clock(), self._keep_alive),
            machine=look.machine,
            plan=plan,
            problem=problem,
            evictions=self.evictions,
            history=self._history.samples(self._now()) if history else (),
        )

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(self.pause)
            self._wake.clear()
            if not self._stopping:
                self.sample()

    def _judge(self, look: Look) -> None:
        before, now = self.pressure, self._gauge.take(look.strain)
        if before == now:
            return
        _LOG.log(logging.INFO if now == "ok" else logging.WARNING, "memory %s: %s", now, _numbers(look))
        if now == "critical":
            self._trim()

    def _let_idle_go(self, look: Look) -> bool:
        gone = [self._release(entry, "idle") for entry in self._order.idle(look.ledger.entries, look.at)]
        return any(gone)

    def _relieve(self, look: Look) -> bool:
        """Let one go, if memory is pressed; those that have nothing to let go are passed over."""
        stalled = worst(look.strain).name == STALLED
        if not self._gauge.pressing or (stalled and look.at < self._relieved + STALL_SECONDS):
            return False
        critical = self.pressure == "critical"
        waiting = self._order.pressed(look.ledger.entries, look.at, critical=critical)
        done = any(self._release(entry, "critical" if critical else "tight") for entry in waiting)
        self._relieved = look.at if done else self._relieved
        return done

    def _release(self, entry: Entry, why: Why) -> Eviction | None:
        """None: it has been used since, or did not let go. What was freed is measured, the trimmed allocator included."""
        tenant = next((each for each in self._tenants() if each.name == entry.name), None)
        since, last = entry.idle_since, self._watch.last
        if tenant is None or last is None or since is None or tenant.idle_since != since:
            return None
        did = self._ask(tenant)
        self._order.asked(entry, self._clock(), did=did)
        if not did:
            return None
        self._trim()
        look = self._watch.look()
        eviction = Eviction(self._utc(), entry.name, why, max(0, last.held - look.held))
        self.evictions = (*self.evictions[1 - KEPT_EVICTIONS :], eviction)
        self._evicted += 1
        numbers = show_size(eviction.freed), _numbers(look)
        level = logging.WARNING if why in ("tight", "critical") else logging.INFO
        _LOG.log(level, "let go of %s (%s, idle for %.0f s): freed %s; %s", entry.name, why, look.at - since, *numbers)
        return eviction

    def _ask(self, tenant: Tenant) -> bool:
        try:
            return tenant.release()
        except (AiChatError, OSError) as error:
            _LOG.warning("%s could not be let go: %s", tenant.name, error)
            return False

    def _trim(self) -> None:
        self._give_back()
        self._collections += 1
        self._least_own = None

    def _trim_where_grown(self, look: Look) -> None:
        """What this process allocated for a while and freed stays with its allocator until it is asked."""
        self._least_own = look.own if self._least_own is None else min(self._least_own, look.own)
        if look.own > self._least_own + GROWN:
            self._trim()

    def _record(self) -> Sample:
        look = self._watch.last or self._watch.look()
        sample = Sample(self._now(), look.held, look.ledger.found.anonymous, self.pressure)
        self._history.add(sample)
        return sample

    def _utc(self) -> str:
        return datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="seconds")


def _numbers(look: Look) -> str:
    sizes = f"{show_size(look.held)} held of {show_size(look.strain.budget)}, {show_size(left(look.strain))} left"
    return f"{sizes}; nearest: {worst(look.strain)}"
