"""What the program measures of itself while it runs: how long things take, how much is done, what failed; of the last hour.

Takes single observations from any thread, gives a Metrics of the moment. The clocks are parameters. Knows nothing of what it measures.
"""

from __future__ import annotations

import math
import threading
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from ai_chat.types import Problem

Measure = Literal["search_ms", "first_token_ms", "total_ms", "queue_ms", "tokens_per_second"]
Counter = Literal["questions", "written", "from_cache", "documents", "chunks", "vectors"]

HOUR = 3600.0
OBSERVATIONS = 2048  # kept of each measure: 34 a minute over an hour
BUCKET = 10.0  # seconds in which what is counted is put together
SPEED_SECONDS = 60.0  # over which a speed is told
FAILURES = 64  # different codes that are kept apart
_MINUTE = 60
_BUCKETS = int(HOUR / BUCKET)


@dataclass(frozen=True, slots=True)
class Spread:
    """Of the last hour: `count` observations, `p50` and `p95` of them by nearest rank. Since the start: how many in all, and their sum."""

    count: int
    p50: float
    p95: float
    all_count: int
    all_sum: float


@dataclass(frozen=True, slots=True)
class Failure:
    """`last_at`: UTC seconds; `problem` is that of the last time."""

    count: int
    last_at: float
    problem: Problem


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of the last hour in which something was measured, from `at` (UTC seconds) on: medians, and what was counted."""

    at: int
    medians: Mapping[Measure, float]
    counts: Mapping[Counter, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Questions at this moment: answers being `written`, and those that wait for the model; `behind` wait until nobody else does."""

    written: int = 0
    waiting: int = 0
    behind: int = 0


@dataclass(frozen=True, slots=True)
class Metrics:
    """`spreads`: of what was measured in the last hour. `counts` and `failures`: since `since` (UTC seconds). `speeds`: a second, over
    the last minute. `minutes`: oldest first. `lag`: how many changes of the library each index has not got yet, -1: it cannot be read.
    """

    since: float
    spreads: Mapping[Measure, Spread]
    counts: Mapping[Counter, int]
    speeds: Mapping[Counter, float]
    failures: Mapping[str, Failure]
    minutes: tuple[Minute, ...]
    queue: Waiting = field(default_factory=Waiting)
    lag: Mapping[str, int] = field(default_factory=dict)


class Meter:
    """Each call writes into rings of a fixed size and holds its lock for an instant. `clock`: monotonic seconds; `now`: UTC seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, now: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._now = now
        self._since = now()
        self._observed: dict[Measure, _Observations] = {name: _Observations() for name in get_args(Measure)}
        self._counted: dict[Counter, _Counts] = {name: _Counts() for name in get_args(Counter)}
        self._failures: dict[str, Failure] = {}
        self._failing = threading.Lock()

    def observe(self, name: Measure, value: float | None) -> None:
        """None, and what is no number, is nothing that was measured."""
        if value is not None and math.isfinite(value):
            self._observed[name].add(self._clock(), value)

    def count(self, name: Counter, number: int = 1) -> None:
        self._counted[name].add(self._clock(), number)

    def fail(self, problem: Problem) -> None:
        """By its code; beyond FAILURES codes new ones are not told apart."""
        with self._failing:
            code = problem.code if problem.code in self._failures or len(self._failures) < FAILURES else "other"
            before = self._failures.get(code)
            self._failures[code] = Failure(before.count + 1 if before else 1, self._now(), problem)

    def metrics(self) -> Metrics:
        clock, now = self._clock(), self._now()
        observed = {name: each.since(clock - HOUR) for name, each in self._observed.items()}
        spreads = {name: self._spread(name, [value for _at, value in found]) for name, found in observed.items()}
        with self._failing:
            failures = dict(self._failures)
        return Metrics(
            since=self._since,
            spreads={name: spread for name, spread in spreads.items() if spread.all_count},
            counts={name: each.total for name, each in self._counted.items()},
            speeds={name: each.speed(clock) for name, each in self._counted.items()},
            failures=failures,
            minutes=_minutes(
                observed, {name: each.since(clock - HOUR) for name, each in self._counted.items()}, now - clock
            ),
        )

    def _spread(self, name: Measure, values: list[float]) -> Spread:
        """Of nothing in the last hour the quantiles are 0."""
        kept = self._observed[name]
        values.sort()
        return Spread(len(values), nearest_rank(values, 0.5), nearest_rank(values, 0.95), kept.total, kept.sum)


class _Observations:
    """The last OBSERVATIONS with their times, in the order in which they came."""

    def __init__(self) -> None:
        self._at = array("d", bytes(8 * OBSERVATIONS))
        self._values = array("d", bytes(8 * OBSERVATIONS))
        self._guard = threading.Lock()
        self.total = 0
        self.sum = 0.0

    def add(self, at: float, value: float) -> None:
        with self._guard:
            place = self.total % OBSERVATIONS
            self._at[place], self._values[place] = at, value
            self.total += 1
            self.sum += value

    def since(self, at: float) -> list[tuple[float, float]]:
        with self._guard:
            kept = min(self.total, OBSERVATIONS)
            found = list(zip(self._at[:kept], self._values[:kept], strict=True))
        return [each for each in found if each[0] >= at]


class _Counts:
    """A ring of _BUCKETS sums; a place is used anew when its time has come again."""

    def __init__(self) -> None:
        self._numbers = array("q", [-1]) * _BUCKETS  # of which bucket since the clock's zero
        self._sums = array("q", bytes(8 * _BUCKETS))
        self._guard = threading.Lock()
        self.total = 0

    def add(self, at: float, number: int) -> None:
        bucket = int(at // BUCKET)
        place = bucket % _BUCKETS
        with self._guard:
            if self._numbers[place] != bucket:
                self._numbers[place], self._sums[place] = bucket, 0
            self._sums[place] += number
            self.total += number

    def since(self, at: float) -> list[tuple[float, int]]:
        """When each bucket began, and what was counted in it."""
        first = int(at // BUCKET)
        with self._guard:
            found = list(zip(self._numbers, self._sums, strict=True))
        return [(number * BUCKET, counted) for number, counted in found if number > first and counted]

    def speed(self, now: float) -> float:
        """A second, over the last minute, or since it began within that."""
        found = self.since(now - SPEED_SECONDS)
        if not found:
            return 0.0
        return sum(counted for _at, counted in found) / max(now - min(at for at, _counted in found), BUCKET)


def nearest_rank(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share does not exceed; 0 of none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def _minutes(
    observed: Mapping[Measure, Sequence[tuple[float, float]]],
    counted: Mapping[Counter, Sequence[tuple[float, int]]],
    to_utc: float,
) -> tuple[Minute, ...]:
    """`to_utc` is added to a clock's time."""
    values: dict[int, dict[Measure, list[float]]] = {}
    counts: dict[int, dict[Counter, int]] = {}
    for measure, found in observed.items():
        for at, value in found:
            values.setdefault(_minute(at + to_utc), {}).setdefault(measure, []).append(value)
    for counter, sums in counted.items():
        for at, number in sums:
            minute = counts.setdefault(_minute(at + to_utc), {})
            minute[counter] = minute.get(counter, 0) + number
    return tuple(Minute(at, _medians(values.get(at, {})), counts.get(at, {})) for at in sorted({*values, *counts}))


def _medians(values: Mapping[Measure, list[float]]) -> dict[Measure, float]:
    return {measure: nearest_rank(sorted(each), 0.5) for measure, each in values.items()}


def _minute(at: float) -> int:
    return int(at // _MINUTE) * _MINUTE
