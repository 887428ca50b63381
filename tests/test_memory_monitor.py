"""The monitor's decisions: scripts of samples, and what is let go, refused and told."""

from __future__ import annotations

import logging
import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.errors import MachineError
from ai_chat.errors.sentences import hint, sentence
from ai_chat.memory.machine import Machine
from ai_chat.memory.monitor import CALM_SECONDS, GROWN, KEPT_EVICTIONS, LOADED_SECONDS, LONGEST_SECONDS, PRESSED_SECONDS
from ai_chat.memory.order import AGAIN_SECONDS
from ai_chat.sizes import GIB, MIB
from tests.doubles_memory import DoubleTenant, Scene, ordered_tenants

ORDER = ["prompts", "reader", "vectors", "answers", "writer"]
FULL = Machine(total=16 * GIB, available=200 * MIB, cores=2)
EMPTY = Machine(total=16 * GIB, available=100 * MIB, cores=2)
ROOMY = Machine(total=16 * GIB, available=12 * GIB, cores=2)


def pressed(scene: Scene, machine: Machine = FULL) -> Scene:
    """At the second look it is believed, and the first is let go."""
    scene.machine = machine
    scene.look(2)
    return scene


def test_nothing_happens_while_there_is_room() -> None:
    scene = Scene(*ordered_tenants())
    assert scene.look(50) == "ok"
    assert (scene.let_go, scene.trimmed, scene.monitor.admit()) == ([], 0, None)


def test_without_tenants_it_watches_the_machine() -> None:
    scene = pressed(Scene())
    assert (scene.monitor.pressure, scene.let_go) == ("tight", [])
    assert scene.monitor.report().measured == 0


def test_when_tight_one_is_let_go_a_look_in_the_order() -> None:
    scene = pressed(Scene(*ordered_tenants()))
    assert scene.let_go == [("prompts", "tight")]
    scene.look(10)
    assert scene.let_go == [(name, "tight") for name in ORDER]


def test_freeing_ends_below_the_lower_threshold() -> None:
    scene = pressed(Scene(*ordered_tenants()))
    scene.machine = ROOMY
    assert scene.look(2) == "tight"
    assert scene.look() == "ok"
    assert scene.let_go == [("prompts", "tight")]


def test_who_is_in_use_or_not_loaded_is_passed_over() -> None:
    tenants = ordered_tenants()
    scene = Scene(*tenants)
    tenants[1].idle_since = None
    tenants[2].pid, tenants[2].idle_since = 0, None
    pressed(scene)
    assert scene.let_go == [("vectors", "tight")]
    scene.look(10)
    assert [name for name, _ in scene.let_go] == ["vectors", "answers", "writer"]
    tenants[1].idle_since = 0.0
    scene.look()
    assert scene.let_go[-1] == ("prompts", "tight")


def test_who_has_no_place_in_the_order_is_never_let_go_for_pressure() -> None:
    scene = pressed(Scene(DoubleTenant("index", None, 1, GIB, idle_since=0.0)), EMPTY)
    scene.look(10)
    assert scene.let_go == []


def test_who_was_just_used_is_kept_while_tight_and_let_go_when_critical() -> None:
    writer = DoubleTenant("writer", 5, 15, GIB)
    scene = pressed(Scene(writer))
    writer.idle_since = scene.clock + 1
    scene.look(2)
    assert scene.let_go == []
    scene.look(1)
    assert scene.let_go == [("writer", "tight")]
    writer.load(16, scene.clock + 3)
    scene.machine = EMPTY
    assert scene.look(2) == "critical"
    assert scene.let_go[1:] == [("writer", "critical")]


def test_who_has_nothing_to_let_go_is_asked_again_later() -> None:
    prompts, writer = DoubleTenant("prompts", 1, 11, idle_since=0.0, refuses=True), DoubleTenant("writer", 5, 15)
    writer.idle_since = 0.0
    scene = pressed(Scene(prompts, writer))
    assert (prompts.released, scene.let_go) == (1, [("writer", "tight")])
    scene.look(int(AGAIN_SECONDS / 2) - 1)
    assert prompts.released == 1
    scene.look(2)
    assert prompts.released == 2
    prompts.idle_since = scene.clock - 100  # used meanwhile, so there may be something
    scene.look()
    assert prompts.released == 3


def test_who_fails_to_let_go_is_told_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    broken = DoubleTenant("prompts", 1, 11, idle_since=0.0, refuses=MachineError("child_died", name="x"))
    lost = DoubleTenant("reader", 2, 12, idle_since=0.0, refuses=OSError("disk"))
    scene = pressed(Scene(broken, lost, DoubleTenant("writer", 5, 15, idle_since=0.0)))
    assert scene.let_go == [("writer", "tight")]
    assert [each.getMessage() for each in caplog.records if "could not" in each.getMessage()] == [
        "prompts could not be let go: child_died {'name': 'x'}",
        "reader could not be let go: disk",
    ]


def test_more_than_the_budget_is_tight_however_much_the_machine_has() -> None:
    scene = Scene(*ordered_tenants(GIB), budget=4 * GIB)
    assert scene.look(2) == "critical"
    assert scene.look(4) == "tight"
    assert scene.look() == "ok"
    assert scene.let_go == [("prompts", "critical"), ("reader", "critical"), ("vectors", "critical")]


def test_stalls_are_an_average_so_the_next_is_let_go_only_when_it_may_have_changed() -> None:
    scene = Scene(*ordered_tenants())
    scene.stalled = 30.0
    scene.look(2)
    assert scene.let_go == [("prompts", "tight")]
    scene.look(4)
    assert len(scene.let_go) == 1
    scene.look()
    assert scene.let_go[1:] == [("reader", "tight")]


def test_mapped_pages_below_a_limit_are_no_pressure_and_all_others_are() -> None:
    scene = Scene(budget=8 * GIB)
    scene.machine = replace(ROOMY, limit=6 * GIB, used=6 * GIB, mapped=5 * GIB)
    assert scene.look(5) == "ok"
    scene.machine = replace(ROOMY, limit=6 * GIB, used=6 * GIB)
    assert scene.look(2) == "critical"


def test_anonymous_pages_count_against_the_limit_where_its_use_is_read_too_low() -> None:
    writer = DoubleTenant("writer", 5, 15, anonymous=int(5.9 * GIB))
    scene = Scene(writer, budget=8 * GIB)
    scene.machine = replace(ROOMY, limit=6 * GIB, used=GIB, mapped=GIB)
    assert scene.look(2) == "critical"


def test_mapped_weights_within_the_plan_are_no_pressure() -> None:
    plan = {"weights": 3 * GIB, "kv_cache": GIB}
    writer = DoubleTenant("writer", 5, 15, anonymous=GIB, files=3 * GIB, predicted=plan, idle_since=0.0)
    scene = Scene(writer, budget=4 * GIB)
    assert scene.look(20) == "ok"
    assert scene.let_go == []


def test_when_critical_new_work_is_refused_with_a_sentence() -> None:
    scene = pressed(Scene(DoubleTenant("page", pid=1, anonymous=GIB)), EMPTY)
    problem = scene.monitor.admit()
    assert problem is not None
    assert problem.values == {"held": "1.00 GiB", "budget": "4.00 GiB", "free": "100 MiB"}
    assert "1.00 GiB" in sentence(problem, "ko") and "100 MiB" in sentence(problem, "en")
    assert hint(problem, "ko") and hint(problem, "en")
    assert scene.trimmed == 1
    scene.machine = ROOMY
    scene.look(3)
    assert scene.monitor.admit() is None


def test_when_tight_new_work_is_admitted() -> None:
    assert pressed(Scene()).monitor.admit() is None


def test_before_the_first_look_new_work_is_admitted() -> None:
    assert Scene().monitor.admit() is None


def test_idle_for_long_enough_is_let_go_the_last_of_the_order_first() -> None:
    tenants = ordered_tenants()
    scene = Scene(*tenants, keep_alive=600)
    for tenant in tenants[1:]:
        tenant.idle_since = scene.clock
    scene.look(299)
    assert scene.let_go == []
    scene.look()
    assert scene.let_go == [(name, "idle") for name in reversed(ORDER)]


def test_idle_time_begins_anew_with_each_use() -> None:
    writer = DoubleTenant("writer", 5, 15)
    scene = Scene(writer, keep_alive=600)
    writer.idle_since = scene.clock
    scene.look(200)
    writer.idle_since = None
    scene.look(200)
    writer.idle_since = scene.clock
    scene.look(299)
    assert scene.let_go == []
    scene.look()
    assert scene.let_go == [("writer", "idle")]


def test_kept_for_no_time_is_let_go_at_the_next_look() -> None:
    writer = DoubleTenant("writer", 5, 15)
    scene = Scene(writer, keep_alive=0)
    scene.look(5)
    writer.idle_since = scene.clock
    scene.look()
    assert scene.let_go == [("writer", "idle")]


def test_what_has_no_place_in_the_order_is_let_go_when_idle() -> None:
    scene = Scene(DoubleTenant("index", None, 1, GIB, idle_since=0.0), keep_alive=10)
    scene.look()
    assert scene.let_go == [("index", "idle")]


def test_what_was_used_while_another_was_let_go_is_kept() -> None:
    """Letting go takes time: who was idle when we looked may be in use by then."""
    vectors, writer = DoubleTenant("vectors", 3, 13), DoubleTenant("writer", 5, 15)

    class Slow(DoubleTenant):
        def release(self) -> bool:
            vectors.idle_since = None
            return super().release()

    slow = Slow("prompts", 6, 16)
    scene = Scene(vectors, writer, slow, keep_alive=1)
    for tenant in scene.tenants:
        tenant.idle_since = 0.0
    scene.look()
    assert scene.let_go == [("prompts", "idle"), ("writer", "idle")]


def test_a_process_that_died_holds_nothing() -> None:
    scene = Scene(*ordered_tenants())
    scene.dead = {15}
    scene.look()
    report = scene.monitor.report()
    assert report.measured == 500 * MIB
    assert [each.measured for each in report.tenants if each.name == "writer"] == [0]


def test_what_was_freed_is_measured() -> None:
    page, reader = DoubleTenant("page", pid=1, anonymous=GIB), DoubleTenant("reader", 2, 12, 300 * MIB, 10 * MIB)
    reader.idle_since = 0.0
    scene = pressed(Scene(page, reader))
    assert [each.freed for each in scene.evictions] == [310 * MIB]
    assert scene.evictions[0].at == "1970-01-01T00:16:44+00:00"
    assert scene.trimmed == scene.monitor.report().collections == 1


def test_the_last_hundred_releases_are_kept() -> None:
    writer = DoubleTenant("writer", 5)
    scene = Scene(writer, keep_alive=0)
    for number in range(KEPT_EVICTIONS + 5):
        writer.load(20 + number, scene.clock)
        scene.look()
    assert (len(scene.evictions), scene.monitor.report().evicted) == (KEPT_EVICTIONS, KEPT_EVICTIONS + 5)
    assert scene.evictions[0].at < scene.evictions[-1].at


def test_each_decision_is_logged_with_its_numbers(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    reader = DoubleTenant("reader", 2, 12, 300 * MIB, idle_since=994.0)
    pressed(Scene(reader), EMPTY).monitor.admit()
    near = "nearest: machine 15.90 GiB (tight above 15.75 GiB)"
    assert [each.getMessage() for each in caplog.records] == [
        f"memory critical: 300 MiB held of 4.00 GiB, 100 MiB left; {near}",
        f"let go of reader (critical, idle for 10 s): freed 300 MiB; 0 B held of 4.00 GiB, 100 MiB left; {near}",
        f"refused new work: 0 B held of 4.00 GiB, 100 MiB left; {near}",
    ]


def test_a_page_that_grew_and_shrank_is_trimmed() -> None:
    page = DoubleTenant("page", pid=os.getpid(), anonymous=100 * MIB)
    scene = Scene(page)
    scene.look(5)
    page.anonymous += GROWN
    scene.look(5)
    assert scene.trimmed == 0
    page.anonymous += 1
    scene.look(5)
    assert scene.trimmed == 1


def test_it_looks_seldom_when_nothing_is_loaded_and_often_under_pressure() -> None:
    tenants = ordered_tenants()
    scene = Scene(tenants[0])
    scene.look()
    assert scene.monitor.pause == CALM_SECONDS
    scene.tenants = [*tenants]
    scene.look()
    assert scene.monitor.pause == LOADED_SECONDS
    scene.machine = FULL
    scene.look()
    assert scene.monitor.pause == PRESSED_SECONDS


@pytest.mark.parametrize(("cost", "pause"), [(0.01, LOADED_SECONDS), (0.04, 4.0), (3.0, LONGEST_SECONDS)])
def test_a_costly_look_is_followed_by_a_long_pause(cost: float, pause: float) -> None:
    scene = Scene(*ordered_tenants())
    scene.cost = cost
    scene.look()
    assert scene.monitor.pause == pytest.approx(pause)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([50, 100, 200, 300, 9000]),  # MiB that the machine has left
            st.sampled_from(["", *ORDER]),  # who begins to be used, or loads
            st.sampled_from(["", *ORDER]),  # who is let alone
        ),
        max_size=40,
    ),
    st.sampled_from([-1, 0, 5, 600]),
)
def test_whatever_comes_nobody_in_use_is_let_go_and_the_order_is_kept(
    script: list[tuple[int, str, str]], keep_alive: int
) -> None:
    tenants = {tenant.name: tenant for tenant in ordered_tenants()}
    scene = Scene(*tenants.values(), keep_alive=keep_alive)
    for available, used, left_alone in script:
        scene.machine = replace(ROOMY, available=available * MIB)
        if used:
            tenants[used].load(10 + ORDER.index(used), None)
        if left_alone and tenants[left_alone].pid:
            tenants[left_alone].idle_since = scene.clock
        before = {name: tenant.idle_since for name, tenant in tenants.items()}
        known = len(scene.evictions)
        scene.look()  # a double in use that is asked fails the test
        _check_order(scene, scene.let_go[known:], before, keep_alive)


def _check_order(scene: Scene, gone: list[tuple[str, str]], before: dict[str, float | None], keep_alive: int) -> None:
    for name, why in gone:
        since = before[name]
        assert since is not None
        if why == "idle":
            assert scene.clock - since >= keep_alive >= 0
        else:
            assert len(gone) == 1
            rest = 0 if why == "critical" else 5
            first = [n for n in ORDER if (idle := before[n]) is not None and scene.clock - idle >= rest]
            assert name == first[0]


def test_one_is_let_go_where_somebody_asks_for_it() -> None:
    scene = Scene(*ordered_tenants())
    done = scene.monitor.release("writer")
    assert done is not None and (done.tenant, done.why) == ("writer", "asked") and done.freed > 0
    assert scene.let_go == [("writer", "asked")]
    assert scene.monitor.release("writer") is None, "it is not loaded any more"


def test_what_is_in_use_refuses_or_is_not_there_stays() -> None:
    scene = Scene(
        DoubleTenant("writer", 1, pid=7, anonymous=MIB), DoubleTenant("reader", 2, pid=8, idle_since=5.0, refuses=True)
    )
    assert [scene.monitor.release(name) for name in ("writer", "reader", "banana")] == [None, None, None]
    assert scene.let_go == []
