"""How hard memory is pressed: causes with their thresholds, and a gauge that changes its mind slowly.

Takes a Strain, the bytes of one moment; gives ok, tight or critical. Pure but for what the gauge remembers. Knows no tenant.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from ai_chat.memory.report import LEVELS, Pressure
from ai_chat.sizes import MIB, show_size

RISE, FALL = 2, 3  # looks that must agree before it gets worse, and before it gets better

STALLED = "stalled"  # the one cause that shows what was freed only after seconds
_TIGHT, _CRITICAL = 1, 2
_SPARE = 512 * MIB


@dataclass(frozen=True, slots=True)
class Strain:
    """Bytes. `measured`: PSS of our processes; `planned`: what those that are loaded may hold.

    `limit` and `held`: of the tightest cgroup, None without one, what the kernel could drop apart. `stalled`: percent of the
    last ten seconds in which something waited for memory, None where the kernel does not say.
    """

    budget: int
    planned: int
    measured: int
    total: int
    available: int
    limit: int | None = None
    held: int | None = None
    stalled: float | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """A number that should be small: above `tight` and `critical` it is so, and stays so until it is below `eased` and `calmed`."""

    name: str
    value: float
    tight: float
    critical: float
    eased: float
    calmed: float

    @property
    def level(self) -> int:
        return self._level(self.tight, self.critical)

    @property
    def kept_level(self) -> int:
        """The level that it may keep, once it is there."""
        return self._level(self.eased, self.calmed)

    def _level(self, tight: float, critical: float) -> int:
        return _CRITICAL if self.value > critical else _TIGHT if self.value > tight else 0

    def __str__(self) -> str:
        if self.name == STALLED:
            return f"{STALLED} {self.value:.0f} % of the time (tight above {self.tight:.0f} %)"
        return f"{self.name} {show_size(round(self.value))} (tight above {show_size(round(self.tight))})"


def causes(strain: Strain) -> Iterator[Cause]:
    yield _budget(strain)
    yield _whole("machine", strain.total - strain.available, strain.total, _SPARE)
    if strain.limit is not None and strain.held is not None:
        yield _whole("limit", strain.held, strain.limit, max(_SPARE, strain.limit // 10))
    if strain.stalled is not None:
        yield Cause(STALLED, strain.stalled, tight=20, critical=60, eased=10, calmed=40)


def worst(strain: Strain) -> Cause:
    return max(causes(strain), key=lambda cause: (cause.level, cause.kept_level, cause.value / cause.tight))


def left(strain: Strain) -> int:
    """Bytes that could still be had: of the machine, or below the limit."""
    below = [strain.limit - strain.held] if strain.limit is not None and strain.held is not None else []
    return max(0, min([strain.available, *below]))


class Gauge:
    """Worse when the last RISE looks say so, each; better when the last FALL do, by the lower thresholds."""

    def __init__(self) -> None:
        self._level = 0
        self._now = deque([0] * RISE, RISE)
        self._kept = deque([0] * FALL, FALL)

    @property
    def pressure(self) -> Pressure:
        return LEVELS[self._level]

    @property
    def calm(self) -> bool:
        """Nothing is pressed, nor was it at the last look."""
        return self._level == 0 and self._now[-1] == 0

    @property
    def pressing(self) -> bool:
        """Memory is to be freed: the last look was not below the lower thresholds."""
        return self._level > 0 and self._kept[-1] > 0

    def take(self, strain: Strain) -> Pressure:
        found = tuple(causes(strain))
        self._now.append(max(cause.level for cause in found))
        self._kept.append(max(cause.kept_level for cause in found))
        self._level = max(min(self._now), min(self._level, max(self._kept)))
        return self.pressure


def _budget(strain: Strain) -> Cause:
    """A plan may fill the budget: what was planned within it is never in the way of `ok`."""
    budget, margin = strain.budget, max(256 * MIB, strain.budget // 20)
    eased = max(budget * 0.95, min(strain.planned, budget))
    return Cause("budget", strain.measured, tight=budget, critical=budget + margin, eased=eased, calmed=budget)


def _whole(name: str, held: int, whole: int, spare: int) -> Cause:
    """`spare` is what a plan by the default budget leaves free at least: half of that left is tight, a quarter critical."""
    spare = min(spare, whole // 4)
    tight, critical, eased = whole - spare / 2, whole - spare / 4, whole - spare * 3 / 4
    return Cause(name, held, tight=tight, critical=critical, eased=eased, calmed=tight)
