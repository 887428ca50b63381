"""LazyModel: single flight, progress, replacing what died, backing off, doing with less memory."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from synthetic import TINY, make_model

from ai_chat.config import Settings
from ai_chat.errors import InputError, MachineError
from ai_chat.errors.sentences import sentence
from ai_chat.llm import Llm
from ai_chat.llm.client import open_llama
from ai_chat.llm.crash_loop import FIRST_PAUSE, LONGEST_PAUSE, STEADY_SECONDS, CrashLoop
from ai_chat.llm.lazy_model import LazyModel, load_planned, open_lazy_model
from ai_chat.llm.loading import Tell, await_loaded
from ai_chat.llm.models import ModelInfo, model_info
from ai_chat.memory.plan import Plan, PlanLine
from ai_chat.process import Child
from ai_chat.types import Problem
from tests.doubles_llm import ScriptedLlm, plain_plan, scripted_model
from tests.patience import SECONDS, eventually

CAUSE = Problem("model_out_of_memory", {"path": "m.gguf", "reason": "signal 9"})


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Planner:
    """Less where it is capped, or nothing."""

    def __init__(self, *, refusing: bool = False) -> None:
        self.caps: list[int | None] = []
        self._refusing = refusing

    def __call__(self, cap: int | None) -> Plan:
        self.caps.append(cap)
        if cap is not None and self._refusing:
            raise MachineError("plan_refused")
        return plain_plan(n_ctx=1024 if cap is None else 512, lines=(PlanLine("kv_cache", 4000),))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> ModelInfo:
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    make_model(path, TINY)
    return model_info(path)


@pytest.fixture
def lazy(tiny: ModelInfo, home: Settings) -> Iterator[LazyModel]:
    opened = open_lazy_model(tiny, home, lambda _cap: plain_plan(prompt_cache=8, slots=2))
    yield opened
    opened.close()


def test_sixteen_threads_load_once(lazy: LazyModel) -> None:
    def ask(_: int) -> int | None:
        with lazy.lease() as loaded:
            return loaded.pid

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1
    assert (lazy.state, lazy.loads) == ("loaded", 1)
    assert lazy.unload()
    assert lazy.pids == ()


def test_slots_and_plan_are_those_of_the_loaded_model(lazy: LazyModel) -> None:
    assert told_of(lazy) == (1, None)
    with lazy.lease() as model:
        assert (model.slots, model.n_ctx) == (2, 1024)
        assert model.plan is not None
        assert told_of(lazy) == (2, model.plan)
    assert lazy.unload()
    assert told_of(lazy) == (1, None)


def test_all_who_wait_hear_how_far_it_is() -> None:
    gate = threading.Event()
    model = scripted_model(ScriptedLlm(), trusted=True, load=lambda: waited(gate))
    told: list[list[float]] = [[], []]

    def ask(number: int) -> None:
        with model.lease(told[number].append):
            pass

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask, number) for number in range(2)]
        eventually(lambda: all(0.5 in heard for heard in told))
        eventually(lambda: model.progress == 0.5)
        gate.set()
        assert all(each.result(5.0) is None for each in asking)
    assert model.progress is None
    assert model.loads == 1


def test_who_gives_up_waiting_does_not_end_the_load() -> None:
    gate = threading.Event()
    model = scripted_model(ScriptedLlm(), trusted=True, load=lambda: waited(gate))

    def give_up(_fraction: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError), model.lease(give_up):
        raise AssertionError("it was not given up")
    assert model.state in ("empty", "loading")
    gate.set()
    eventually(lambda: model.state == "loaded")


def test_who_waits_hears_why_it_failed(tiny: ModelInfo) -> None:
    def make(_tell: Tell, _frugal: bool) -> Llm:
        raise InputError("model_missing", path="m", reason="gone")

    model = LazyModel(tiny, make)
    with pytest.raises(InputError, match="model_missing"), model.lease(lambda _fraction: None):
        pass
    assert model.problem is not None and model.problem.code == "model_missing"
    assert model.state == "failed"


def test_a_killed_worker_is_told_and_started_again(lazy: LazyModel) -> None:
    with pytest.raises(MachineError, match="model_gone"), lazy.lease() as loaded:
        stream = loaded.stream("옛날 옛날에", 900)
        next(stream)
        os.kill(loaded.pid or 0, signal.SIGKILL)
        list(stream)
    assert lazy.state == "empty"
    with lazy.lease() as fresh:
        assert fresh.count_tokens("다시") > 0


def test_a_worker_that_died_idle_is_replaced(lazy: LazyModel) -> None:
    with lazy.lease() as loaded:
        first = loaded.pid
    os.kill(first or 0, signal.SIGKILL)
    eventually(lambda: lazy.state == "empty")
    with lazy.lease() as fresh:
        assert fresh.pid not in (first, None)


def test_a_worker_ended_for_a_cancelled_answer_is_loaded_again_in_the_background(tiny: ModelInfo) -> None:
    models = [ScriptedLlm(), ScriptedLlm()]
    waiting = iter(models)
    model = LazyModel(tiny, lambda _tell, _frugal: next(waiting))
    with model.lease() as loaded:
        loaded.close()
    eventually(lambda: model.state == "loaded")
    with model.lease() as fresh:
        assert fresh is models[1]


def test_the_prompt_cache_goes_with_the_idle_worker_and_comes_back_with_the_next_but_one(lazy: LazyModel) -> None:
    assert not lazy.release_prompt_cache()
    with lazy.lease() as model:
        assert not lazy.release_prompt_cache(), "in use"
        first = model.pid
    assert lazy.release_prompt_cache()
    with lazy.lease() as model:
        assert model.pid != first
        assert model.plan is not None and model.plan.prompt_cache == 0
    assert not lazy.release_prompt_cache(), "nothing is left of it"
    assert lazy.unload()
    with lazy.lease() as model:
        assert model.plan is not None and model.plan.prompt_cache == 8


def test_a_closed_model_is_not_loaded_again(lazy: LazyModel) -> None:
    with lazy.lease():
        lazy.close()
    with pytest.raises(MachineError, match="lazy_ended"), lazy.lease():
        pass


def test_closing_ends_a_load_with_its_child(tiny: ModelInfo) -> None:
    loading, children = threading.Event(), []

    def make(tell: Tell, _frugal: bool) -> Llm:
        child = Child.spawn("tests.children")  # it never says that it is ready
        children.append(child)
        loading.set()
        try:
            await_loaded(child, 1, tell)
        finally:
            child.kill()
            child.close()
        raise AssertionError("it was not to be loaded")

    model = LazyModel(tiny, make)
    thread = model.preload()
    loading.wait(10)
    model.close()
    assert [child.alive for child in children] == [False]
    thread.join()
    assert model.problem is not None and model.problem.code == "lazy_ended"


def test_a_load_that_nobody_wants_is_told_as_such(tiny: ModelInfo) -> None:
    def give_up(_fraction: float) -> None:
        raise MachineError("lazy_ended")

    with pytest.raises(MachineError, match="lazy_ended"):
        open_llama(tiny, plain_plan(), give_up)


def test_out_of_memory_is_tried_once_more_with_less() -> None:
    loaded = ScriptedLlm()
    planner = Planner()
    assert load_planned(planner, lambda plan: loaded if plan.n_ctx < 1000 else out_of_memory()) is loaded
    assert planner.caps == [None, 3000]


def test_out_of_memory_twice_is_told() -> None:
    planner = Planner()
    with pytest.raises(MachineError, match="model_out_of_memory"):
        load_planned(planner, lambda _plan: out_of_memory())
    assert len(planner.caps) == 2


def test_out_of_memory_where_less_is_refused_is_told_as_such() -> None:
    with pytest.raises(MachineError, match="model_out_of_memory"):
        load_planned(Planner(refusing=True), lambda _plan: out_of_memory())


def test_other_errors_are_not_tried_again() -> None:
    planner = Planner()

    def fail(_plan: Plan) -> Llm:
        raise MachineError("model_start_failed", path="m", reason="x")

    with pytest.raises(MachineError, match="model_start_failed"):
        load_planned(planner, fail)
    assert planner.caps == [None]


def test_a_crash_loop_is_left_alone_for_a_while(tiny: ModelInfo) -> None:
    clock = Clock()
    loads = []

    def make(_tell: Tell, _frugal: bool) -> Llm:
        loads.append(clock())
        raise MachineError(CAUSE.code, **CAUSE.values)

    model = LazyModel(tiny, make, clock)
    for _ in range(5):
        with pytest.raises(MachineError), model.lease():
            pass
    assert len(loads) == 3
    assert model.problem is not None
    assert (model.problem.code, model.problem.values["seconds"]) == ("model_crash_loop", FIRST_PAUSE)
    assert sentence(model.problem, "ko").endswith(sentence(CAUSE, "ko"))
    assert sentence(model.problem, "en").endswith(sentence(CAUSE, "en"))


def test_one_death_that_many_saw_is_one_death(tiny: ModelInfo) -> None:
    model = LazyModel(tiny, lambda _tell, _frugal: ScriptedLlm(), Clock())
    barrier = threading.Barrier(4)

    def see_it_die(_: int) -> None:
        with pytest.raises(MachineError, match="model_gone"), model.lease() as loaded:
            barrier.wait()
            loaded.close()
            raise MachineError("model_gone", reason="")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(see_it_die, range(4)))
    with model.lease():
        pass
    assert model.loads == 2


def test_the_pause_grows_with_each_death_and_ends() -> None:
    clock = Clock()
    crashes = CrashLoop(clock)
    pauses = []
    for _ in range(9):
        crashes.died(CAUSE)
        pauses.append(pause_of(crashes))
        clock.now += pauses[-1]
        crashes.check()
    assert pauses[:5] == [0, 0, FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert max(pauses) == LONGEST_PAUSE


def test_a_long_life_ends_a_row_of_deaths() -> None:
    clock = Clock()
    crashes = CrashLoop(clock)
    for _ in range(3):
        crashes.died(CAUSE)
    clock.now += FIRST_PAUSE + STEADY_SECONDS
    crashes.died(CAUSE)
    crashes.died(CAUSE)
    crashes.check()


def told_of(lazy: LazyModel) -> tuple[int, Plan | None]:
    return lazy.slots, lazy.plan


def pause_of(crashes: CrashLoop) -> float:
    try:
        crashes.check()
    except MachineError as error:
        return float(error.values["seconds"])
    return 0.0


def out_of_memory() -> Llm:
    raise MachineError("model_out_of_memory", path="m", reason="signal 9")


def waited(gate: threading.Event) -> None:
    assert gate.wait(SECONDS)
