"""The ledger, the history and the report: what is counted once, what is told apart, what is kept for an hour."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from ai_chat.memory.history import POINTS, SECONDS, History
from ai_chat.memory.report import LedgerLine, Sample
from ai_chat.sizes import GIB, MIB
from tests.doubles_memory import PLAN, DoubleTenant, Scene, household


def test_a_process_in_which_several_live_is_counted_once() -> None:
    report = household().monitor.report()
    assert report.measured == (130 + 50 + 370) * MIB
    assert [(each.name, each.loaded, each.measured // MIB) for each in report.tenants] == [
        ("page", True, 130),
        ("index", True, 0),
        ("vectors", True, 50),
        ("writer", True, 370),
        ("reader", False, 0),
    ]


def test_lines_are_measured_where_a_part_can_be_told_from_the_others() -> None:
    report = household().monitor.report()
    assert report.lines == (
        LedgerLine("page", "program", 90 * MIB, 130 * MIB),
        LedgerLine("index", "vectors", 40 * MIB),
        LedgerLine("vectors", "embedder", 60 * MIB, 50 * MIB),
        LedgerLine("writer", "weights", 300 * MIB),
        LedgerLine("writer", "kv_cache", 50 * MIB),
        LedgerLine("reader", "parser", 250 * MIB),
    )


def test_mapped_weights_are_measured_by_the_file_pages_of_their_process() -> None:
    report = household().monitor.report(PLAN, planned="writer")
    assert [line for line in report.lines if line.tenant == "writer"] == [
        LedgerLine("writer", "weights", 300 * MIB, 310 * MIB),
        LedgerLine("writer", "kv_cache", 50 * MIB),
        LedgerLine("writer", "weights", 700 * MIB, None, "gpu0"),
    ]


def test_totals_are_of_ram_and_what_is_saved_of_everything() -> None:
    report = household().monitor.report(PLAN, planned="writer", defaults=2 * GIB, loads=3, budget_set=True)
    assert report.predicted == (90 + 40 + 60 + 350 + 250) * MIB
    assert report.saved == 2 * GIB - 1050 * MIB
    assert (report.anonymous, report.file_backed) == ((80 + 50 + 60) * MIB, (20 + 30 + 310) * MIB)
    assert (report.loads, report.budget_set, report.running, report.pressure) == (3, True, True, "ok")


def test_the_plan_is_told_where_its_tenant_is_not_there() -> None:
    report = Scene().monitor.report(PLAN, planned="writer", running=False)
    assert [(line.tenant, line.part, line.measured) for line in report.lines] == [
        ("writer", "weights", None),
        ("writer", "kv_cache", None),
        ("writer", "weights", None),
    ]
    assert report.predicted == 350 * MIB


def test_idle_tenants_tell_when_they_will_go() -> None:
    by_name = {each.name: each for each in household().monitor.report().tenants}
    assert (by_name["vectors"].idle_seconds, by_name["vectors"].unload_in) == (100.0, 500.0)
    assert (by_name["writer"].idle_seconds, by_name["writer"].unload_in) == (None, None)


def test_others_hold_what_they_may_or_what_they_do_whichever_is_more() -> None:
    monitor = household().monitor
    assert monitor.others("writer") == (130 + 60 + 250) * MIB
    assert monitor.others("vectors") == (130 + 370 + 250) * MIB
    assert monitor.others("") == (130 + 60 + 370 + 250) * MIB


def test_who_lives_in_the_process_of_the_one_apart_is_no_other() -> None:
    scene = household()
    scene.tenants.append(DoubleTenant("prompts", 1, 15, 0, predicted={"kept": 64 * MIB}))
    assert scene.monitor.others("writer") == (130 + 60 + 250) * MIB


def test_a_report_repeats_a_look_that_is_fresh() -> None:
    scene = household()
    scene.look()
    scene.tenants[2].anonymous += MIB
    assert scene.monitor.report().measured == 550 * MIB
    scene.clock += 1
    assert scene.monitor.report().measured == 551 * MIB


def test_history_is_told_when_asked_for() -> None:
    scene = household()
    scene.look(3)
    assert scene.monitor.report().history == ()
    told = scene.monitor.report(history=True).history
    assert [(each.at, each.measured, each.pressure) for each in told] == [
        (at, 550 * MIB, "ok") for at in (1002.0, 1004.0, 1006.0)
    ]


@given(st.lists(st.sampled_from([0.5, 1.0, 2.0, 10.0, 700.0]), max_size=200), st.integers(0, 3 * POINTS))
def test_an_hour_is_kept_whatever_the_pace(steps: list[float], many: int) -> None:
    history, now = History(), 0.0
    for step in (*([2.0] * many), *steps):
        now += step
        history.add(Sample(now, round(now), 1, "ok"))
    kept = history.samples(now)
    assert len(kept) <= POINTS
    assert all(now - SECONDS <= each.at <= now and each.measured == round(each.at) for each in kept)
    assert [each.at for each in kept] == sorted(each.at for each in kept)
    if now > SECONDS and kept and max(steps, default=2.0) < 100:
        assert kept[0].at <= now - SECONDS + 10.0


def test_a_change_of_pressure_is_kept_however_soon_it_comes() -> None:
    history = History()
    for at, pressure in ((1.0, "ok"), (1.1, "ok"), (1.2, "tight"), (1.3, "tight"), (1.4, "ok")):
        history.add(Sample(at, 1, 1, pressure))  # type: ignore[arg-type]
    assert [(each.at, each.pressure) for each in history.samples(2.0)] == [(1.0, "ok"), (1.2, "tight"), (1.4, "ok")]


def test_optimizing_lets_go_all_that_is_idle_and_says_what_it_gave() -> None:
    scene = household()
    scene.tenants[3].idle_since = 999.0
    freed = [(each.tenant, each.why, each.freed) for each in scene.monitor.optimize()]
    assert freed == [
        ("allocator", "asked", 0),
        ("vectors", "asked", 50 * MIB),
        ("writer", "asked", 370 * MIB),
    ]
    report = scene.monitor.report()
    assert (report.evicted, report.collections, report.measured) == (2, 3, 130 * MIB)
    assert [each.tenant for each in report.evictions] == ["vectors", "writer"]


def test_many_threads_may_look_ask_and_let_go_at_once() -> None:
    scene = household()
    scene.tenants[2].idle_since = 0.0
    failures: list[BaseException] = []

    def work(number: int) -> None:
        calls = (scene.monitor.sample, scene.monitor.admit, scene.monitor.report, scene.monitor.optimize)
        try:
            for turn in range(20):
                calls[(number + turn) % 4]()
                assert scene.monitor.others("writer") > 0
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [each.tenant for each in scene.evictions] == ["vectors"]


def test_the_thread_looks_by_itself_and_ends() -> None:
    scene = household()
    scene.tenants[2].idle_since = 0.0
    scene.monitor.start()
    scene.monitor.admit()  # wakes it
    assert scene.tenants[2].gone.wait(60)
    scene.monitor.stop()
    scene.monitor.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "memory"]
