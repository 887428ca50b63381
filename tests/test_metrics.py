"""What is measured of the last hour: quantiles against a sorted list, sums against a plain count, rings that do not grow."""

from __future__ import annotations

import math
import random
import statistics
import threading
import tracemalloc

import pytest

from ai_chat.metrics import FAILURES, HOUR, OBSERVATIONS, Meter, nearest_rank
from ai_chat.types import Problem

UTC = 1_700_000_040.0  # the beginning of a minute


class Clock:
    """`time` is monotonic, `utc` the same moment by the wall clock."""

    def __init__(self) -> None:
        self.time = 5_000.0

    def __call__(self) -> float:
        return self.time

    def utc(self) -> float:
        return UTC + self.time - 5_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(clock: Clock) -> Meter:
    return Meter(clock, clock.utc)


def test_nothing_measured_is_told_as_nothing(meter: Meter) -> None:
    told = meter.metrics()
    assert told.spreads == {} and told.failures == {} and told.minutes == ()
    assert set(told.counts.values()) == {0} and set(told.speeds.values()) == {0.0}
    assert told.since == UTC


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.5, 0.0), ([7.0], 0.95, 7.0), ([1.0, 2.0], 0.5, 1.0), ([1.0, 2.0, 3.0], 0.5, 2.0), (list(range(1, 101)), 0.95, 95)],
)  # fmt: skip
def test_nearest_rank(values: list[float], share: float, expected: float) -> None:
    assert nearest_rank(values, share) == expected


def test_quantiles_are_those_of_the_last_hour(meter: Meter, clock: Clock) -> None:
    draw = random.Random(7)
    seen: list[tuple[float, float]] = []
    for _ in range(1500):
        clock.time += draw.uniform(0, 6)
        value = draw.lognormvariate(3, 1)
        meter.observe("search_ms", value)
        seen.append((clock.time, value))
    told = meter.metrics().spreads["search_ms"]
    recent = sorted(value for at, value in seen if at >= clock.time - HOUR)
    assert 100 < len(recent) < 1500
    assert told.count == len(recent)
    assert told.p50 == recent[math.ceil(len(recent) / 2) - 1]
    assert abs(told.p95 - statistics.quantiles(recent, n=20)[-1]) <= max(recent) - recent[int(0.93 * len(recent))]
    assert sum(value <= told.p95 for value in recent) >= 0.95 * len(recent)
    assert told.all_count == 1500
    assert told.all_sum == pytest.approx(sum(value for _at, value in seen))


def test_of_more_than_are_kept_the_last_count(meter: Meter) -> None:
    for number in range(OBSERVATIONS + 10):
        meter.observe("total_ms", float(number))
    told = meter.metrics().spreads["total_ms"]
    assert told.count == OBSERVATIONS and told.all_count == OBSERVATIONS + 10
    assert told.p50 == 10 + OBSERVATIONS // 2 - 1


def test_after_an_hour_only_the_sums_are_left(meter: Meter, clock: Clock) -> None:
    meter.observe("search_ms", 4.0)
    meter.count("documents", 3)
    clock.time += HOUR + 60
    told = meter.metrics()
    assert told.spreads["search_ms"].count == 0 and told.spreads["search_ms"].all_sum == 4.0
    assert told.counts["documents"] == 3 and told.speeds["documents"] == 0.0 and told.minutes == ()


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_no_number_is_not_measured(meter: Meter, value: float | None) -> None:
    meter.observe("search_ms", value)
    assert meter.metrics().spreads == {}


def test_speed_is_over_the_last_minute(meter: Meter, clock: Clock) -> None:
    for _ in range(300):  # five minutes of two documents and seven chunks a second
        clock.time += 1
        meter.count("documents", 2)
        meter.count("chunks", 7)
    speeds = meter.metrics().speeds
    assert speeds["documents"] == pytest.approx(2.0, rel=0.1)
    assert speeds["chunks"] == pytest.approx(7.0, rel=0.1)
    clock.time += 75
    assert meter.metrics().speeds["documents"] == 0.0


def test_a_speed_that_has_just_begun_is_over_what_there_is(meter: Meter, clock: Clock) -> None:
    for _ in range(20):
        clock.time += 1
        meter.count("vectors", 3)
    assert meter.metrics().speeds["vectors"] == pytest.approx(3.0, rel=0.35)


def test_each_minute_has_its_medians_and_sums(meter: Meter, clock: Clock) -> None:
    for value in (1.0, 9.0, 5.0):
        meter.observe("search_ms", value)
        meter.count("questions")
    clock.time += 130
    meter.count("documents", 4)
    first, second = meter.metrics().minutes
    assert (first.at, first.medians, first.counts) == (int(UTC), {"search_ms": 5.0}, {"questions": 3})
    assert (second.at, second.medians, second.counts) == (int(UTC) + 120, {}, {"documents": 4})


def test_the_minutes_of_hours_add_up_to_those_of_the_last(meter: Meter, clock: Clock) -> None:
    for _ in range(200):
        clock.time += 60
        meter.count("questions")
        meter.observe("search_ms", clock.time)
    told = meter.metrics()
    assert 58 <= len(told.minutes) <= 61
    assert 59 <= sum(minute.counts.get("questions", 0) for minute in told.minutes) <= 60
    assert [minute.at for minute in told.minutes] == sorted(minute.at for minute in told.minutes)


def test_failures_are_counted_by_code_with_the_last_problem(meter: Meter, clock: Clock) -> None:
    meter.fail(Problem("model_gone", {"reason": "a"}))
    clock.time += 5
    meter.fail(Problem("model_gone", {"reason": "b"}))
    failure = meter.metrics().failures["model_gone"]
    assert failure.count == 2 and failure.last_at == UTC + 5 and failure.problem.values == {"reason": "b"}


def test_no_number_of_codes_makes_it_grow(meter: Meter) -> None:
    for number in range(FAILURES + 40):
        meter.fail(Problem(f"code_{number}"))
    failures = meter.metrics().failures
    assert len(failures) == FAILURES + 1 and failures["other"].count == 40


def test_all_of_it_stays_below_a_megabyte() -> None:
    tracemalloc.start()
    try:
        meter = Meter()
        for number in range(3 * OBSERVATIONS):
            meter.observe("search_ms", number)
            meter.observe("total_ms", number)
            meter.observe("queue_ms", number)
            meter.count("documents")
            meter.fail(Problem(f"code_{number}"))
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()


def test_threads_lose_nothing(meter: Meter) -> None:
    def work() -> None:
        for _ in range(2000):
            meter.observe("search_ms", 1.0)
            meter.count("chunks", 2)
            meter.fail(Problem("parser_gone"))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        meter.metrics()
    told = meter.metrics()
    assert told.spreads["search_ms"].all_sum == 8000
    assert told.counts["chunks"] == 16_000
    assert told.failures["parser_gone"].count == 8000
