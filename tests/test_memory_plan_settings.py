"""The plan under settings: the budget of the machine, what the user set, and the refusal as an error."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ai_chat.config import Settings, load_settings
from ai_chat.errors import MachineError
from ai_chat.errors.sentences import sentence
from ai_chat.llm.devices import engine_gpus
from ai_chat.llm.engine import engine_options
from ai_chat.llm.planning import plan_spec, wishes_of
from ai_chat.memory.budget import choose_budget, default_budget
from ai_chat.memory.machine import Gpu, Machine
from ai_chat.memory.measure import NOTHING, Footprint
from ai_chat.memory.plan import Plan, make_plan
from ai_chat.sizes import GIB, MIB
from tests.plan_cases import LARGE, OTHERS, SMALL

DESKTOP = Machine(total=8 * GIB, available=6 * GIB, cores=4)
CONTAINER = Machine(total=64 * GIB, available=50 * GIB, cores=4, limit=4 * GIB, used=200 * MIB)


def settings(home: Path, **values: str) -> Settings:
    return load_settings({"home": home}, values)


@pytest.mark.parametrize(
    ("machine", "held", "expected"),
    [
        (DESKTOP, NOTHING, 6 * GIB - 6 * GIB // 10),
        (DESKTOP, Footprint(anonymous=GIB), 7 * GIB - 7 * GIB // 10),
        (DESKTOP, Footprint(anonymous=9 * GIB), 8 * GIB - 8 * GIB // 10),
        (DESKTOP, Footprint(anonymous=GIB, file_backed=4 * GIB), 7 * GIB - 7 * GIB // 10),
        (replace(DESKTOP, available=GIB), NOTHING, 512 * MIB),
        (replace(DESKTOP, available=0), NOTHING, 0),
        (CONTAINER, Footprint(anonymous=200 * MIB), 4 * GIB - 512 * MIB),
        (CONTAINER, NOTHING, 4 * GIB - 712 * MIB),
        (replace(CONTAINER, mapped=150 * MIB), Footprint(50 * MIB, 0, 50 * MIB, 150 * MIB), 4 * GIB - 512 * MIB),
        (replace(CONTAINER, mapped=100 * MIB), Footprint(50 * MIB, 0, 50 * MIB, GIB), 4 * GIB - 562 * MIB),
        (replace(CONTAINER, available=2 * GIB), NOTHING, 2 * GIB - 512 * MIB),
    ],
    ids=str,
)
def test_the_default_budget_leaves_512_mib_or_a_tenth(machine: Machine, held: Footprint, expected: int) -> None:
    assert default_budget(machine, held) == expected


@pytest.mark.parametrize(
    ("asked", "machine", "expected", "code"),
    [
        (4 * GIB, DESKTOP, 4 * GIB, None),
        (7 * GIB, DESKTOP, 7 * GIB, "budget_above_free"),
        (100 * GIB, DESKTOP, 8 * GIB - 8 * GIB // 20, "budget_above_machine"),
        (4 * GIB, CONTAINER, 4 * GIB - 4 * GIB // 20, "budget_above_machine"),
        (3 * GIB, CONTAINER, 3 * GIB, None),
    ],
    ids=str,
)
def test_a_budget_that_is_set_counts_unless_the_kernel_would_kill_us(
    asked: int, machine: Machine, expected: int, code: str | None
) -> None:
    budget, problem = choose_budget(asked, machine)
    assert (budget, problem and problem.code) == (expected, code)
    assert problem is None or "?" not in sentence(problem, "ko") + sentence(problem, "en")


def test_the_preset_gives_a_small_plan(tmp_path: Path) -> None:
    plan = plan_spec(SMALL, settings(tmp_path), DESKTOP, OTHERS)
    assert (plan.n_ctx, plan.n_batch, plan.kv_type, plan.slots, plan.prompt_cache) == (4096, 256, "q8_0", 1, 0)
    assert plan.budget == default_budget(DESKTOP) and plan.concessions == plan.warnings == ()


def test_without_the_preset_there_is_more(tmp_path: Path) -> None:
    plan = plan_spec(SMALL, settings(tmp_path, LOW_VRAM="off"), DESKTOP, OTHERS)
    assert (plan.n_ctx, plan.n_batch, plan.kv_type, plan.prompt_cache) == (8192, 512, "f16", 512)


def test_threads_stay_within_the_processors_of_the_container(tmp_path: Path) -> None:
    wishes = replace(wishes_of(settings(tmp_path)), n_threads=8)
    for cores, threads in ((2, 2), (16, 8)):
        plan = make_plan(SMALL, replace(DESKTOP, cores=cores), wishes, budget=GIB * 6, others=0, gpus_usable=False)
        assert isinstance(plan, Plan) and plan.n_threads == threads


def test_what_the_user_set_is_fixed_and_the_preset_is_not(tmp_path: Path) -> None:
    assert wishes_of(settings(tmp_path, LOW_VRAM="on")).fixed == frozenset()
    wishes = wishes_of(settings(tmp_path, N_CTX="2048", AI_CHAT_SLOTS="2"))
    assert (wishes.fixed, wishes.n_ctx, wishes.slots) == (frozenset({"n_ctx", "slots"}), 2048, 2)


def test_a_budget_set_too_high_is_told_with_the_plan(tmp_path: Path) -> None:
    plan = plan_spec(SMALL, settings(tmp_path, AI_CHAT_MEMORY_BUDGET="100GB"), DESKTOP, OTHERS)
    assert [problem.code for problem in plan.warnings] == ["budget_above_machine"]


def test_a_refusal_is_an_error_that_names_a_model_of_the_catalogue(tmp_path: Path) -> None:
    with pytest.raises(MachineError) as refused:
        plan_spec(LARGE, settings(tmp_path, AI_CHAT_MEMORY_BUDGET="3GiB"), DESKTOP, OTHERS)
    assert refused.value.code == "plan_refused"
    said = sentence(refused.value.problem, "en")
    assert "3.00 GiB" in said and "AI_CHAT_MEMORY_BUDGET=4.9GiB" in said and "4b" in said


def test_a_cap_and_a_budget_of_the_program_lower_the_plan(tmp_path: Path) -> None:
    chosen = settings(tmp_path, LOW_VRAM="off", AI_CHAT_MEMORY_BUDGET="7GiB")
    first = plan_spec(SMALL, chosen, DESKTOP, OTHERS)
    again = plan_spec(SMALL, chosen, DESKTOP, OTHERS, first.ram * 3 // 4)
    assert again.ram <= first.ram * 3 // 4 and again.concessions
    assert plan_spec(SMALL, chosen, DESKTOP, OTHERS, budget=2 * GIB).budget == 2 * GIB


def test_the_engine_is_asked_for_what_was_planned(tmp_path: Path) -> None:
    plan = plan_spec(SMALL, settings(tmp_path, AI_CHAT_SLOTS="3", N_CTX="2048"), DESKTOP, OTHERS)
    options = engine_options(tmp_path / "m.gguf", plan)
    assert (options.n_ctx, options.slots, options.kv_type, options.mmap) == (3 * 2048, 3, "q8_0", True)
    assert (options.n_batch, options.gpu_layers, options.tensor_split) == (256, 0, ())


def test_an_engine_for_processors_uses_no_gpu(tmp_path: Path) -> None:
    if engine_gpus():
        pytest.skip("the engine as installed here can use a GPU")
    with_gpu = replace(DESKTOP, gpus=(Gpu("a card", 8 * GIB, 8 * GIB),))
    plan = plan_spec(SMALL, settings(tmp_path), with_gpu, OTHERS)
    assert plan.gpu_layers == 0 and [problem.code for problem in plan.warnings] == ["plan_gpu_unusable"]
