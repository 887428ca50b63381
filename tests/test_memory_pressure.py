"""How hard memory is pressed: thresholds of each cause, and the slow mind of the gauge."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.memory.pressure import FALL, RISE, Gauge, Strain, causes, left, worst
from ai_chat.memory.report import LEVELS, Pressure
from ai_chat.sizes import GIB, MIB

CALM = Strain(budget=4 * GIB, planned=3 * GIB, measured=3 * GIB, total=16 * GIB, available=12 * GIB)


def level(strain: Strain) -> str:
    return LEVELS[max(cause.level for cause in causes(strain))]


def kept(strain: Strain) -> str:
    return LEVELS[max(cause.kept_level for cause in causes(strain))]


@pytest.mark.parametrize(
    ("strain", "now", "stays"),
    [
        (CALM, "ok", "ok"),
        (replace(CALM, measured=4 * GIB, planned=4 * GIB), "ok", "ok"),  # a plan may fill the budget
        (replace(CALM, measured=4 * GIB), "ok", "tight"),  # nobody planned for so much
        (replace(CALM, measured=4 * GIB + 1, planned=4 * GIB), "tight", "critical"),
        (replace(CALM, measured=4 * GIB + 256 * MIB), "tight", "critical"),
        (replace(CALM, measured=4 * GIB + 257 * MIB), "critical", "critical"),
        (replace(CALM, available=385 * MIB), "ok", "ok"),
        (replace(CALM, available=300 * MIB), "ok", "tight"),
        (replace(CALM, available=255 * MIB), "tight", "critical"),
        (replace(CALM, available=127 * MIB), "critical", "critical"),
        (replace(CALM, limit=10 * GIB, held=9 * GIB), "ok", "ok"),  # the default budget's plan, none of it mapped
        (replace(CALM, limit=10 * GIB, held=int(9.4 * GIB)), "ok", "tight"),
        (replace(CALM, limit=10 * GIB, held=int(9.6 * GIB)), "tight", "critical"),
        (replace(CALM, limit=10 * GIB, held=int(9.8 * GIB)), "critical", "critical"),
        (replace(CALM, stalled=9.0), "ok", "ok"),
        (replace(CALM, stalled=15.0), "ok", "tight"),
        (replace(CALM, stalled=21.0), "tight", "tight"),
        (replace(CALM, stalled=50.0), "tight", "critical"),
        (replace(CALM, stalled=61.0), "critical", "critical"),
    ],
)
def test_each_cause_has_its_thresholds(strain: Strain, now: Pressure, stays: Pressure) -> None:
    assert (level(strain), kept(strain)) == (now, stays)


def test_a_small_limit_leaves_room_to_be_calm_in() -> None:
    small = replace(CALM, limit=512 * MIB, held=400 * MIB, budget=450 * MIB, measured=100 * MIB, planned=100 * MIB)
    assert level(small) == "ok"


def test_what_is_left_is_the_least_of_machine_and_limit() -> None:
    assert left(CALM) == 12 * GIB
    assert left(replace(CALM, limit=8 * GIB, held=7 * GIB)) == GIB
    assert left(replace(CALM, limit=8 * GIB, held=9 * GIB)) == 0


def test_the_worst_cause_is_told_with_its_numbers() -> None:
    assert str(worst(replace(CALM, measured=5 * GIB))) == "budget 5.00 GiB (tight above 4.00 GiB)"
    assert str(worst(replace(CALM, stalled=70.0))) == "stalled 70 % of the time (tight above 20 %)"


def run(*available: int) -> list[Pressure]:
    gauge = Gauge()
    return [gauge.take(replace(CALM, available=each * MIB)) for each in available]


def test_one_bad_look_is_not_believed() -> None:
    assert run(9000, 200, 9000, 200, 9000) == ["ok"] * 5


def test_two_bad_looks_are() -> None:
    assert run(200, 200, 100, 100) == ["ok", "tight", "tight", "critical"]


def test_the_milder_of_two_looks_counts() -> None:
    assert run(200, 100) == ["ok", "tight"]


def test_it_comes_back_after_three_looks_below_the_lower_threshold() -> None:
    assert run(200, 200, 9000, 9000, 9000) == ["ok", "tight", "tight", "tight", "ok"]
    assert run(200, 200, 300, 300, 300, 300) == ["ok"] + ["tight"] * 5


def test_it_comes_back_step_by_step() -> None:
    assert run(100, 100, 300, 300, 300, 9000, 9000, 9000) == ["ok", *["critical"] * 3, *["tight"] * 3, "ok"]


@given(st.lists(st.integers(257, 383), max_size=30), st.sampled_from([9000, 200]))
def test_nothing_between_the_thresholds_changes_it(between: list[int], before: int) -> None:
    states = run(before, before, *between)
    assert set(states[1:]) == {"ok" if before == 9000 else "tight"}


@given(st.lists(st.integers(0, 1000), max_size=60))
def test_it_never_flaps(available: list[int]) -> None:
    """Worse takes RISE looks that agree, better FALL of them: no two changes of direction are nearer."""
    states = [LEVELS.index(each) for each in run(9000, *available)]
    changes = [n for n in range(1, len(states)) if states[n] != states[n - 1]]
    for first, second in pairwise(changes):
        rose_then_fell = states[first] > states[first - 1] and states[second] < states[second - 1]
        fell_then_rose = states[first] < states[first - 1] and states[second] > states[second - 1]
        assert not rose_then_fell or second - first >= FALL
        assert not fell_then_rose or second - first >= RISE


@given(st.lists(st.integers(0, 1000), min_size=RISE, max_size=60))
def test_it_is_never_milder_than_the_last_looks_agree_on(available: list[int]) -> None:
    last = min(LEVELS.index(level(replace(CALM, available=each * MIB))) for each in available[-RISE:])
    assert LEVELS.index(run(*available)[-1]) >= last
