"""Plans for real geometries: golden tables, what settings of the user do, and what a refusal says would fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ai_chat.errors.sentences import sentence
from ai_chat.memory.machine import Machine
from ai_chat.memory.plan import Plan, Refusal, Wishes, make_plan
from ai_chat.memory.spec import ModelSpec
from ai_chat.sizes import GIB
from tests.plan_cases import LARGE, LARGER, LOW, MEDIUM, OTHERS, ROOMY, SMALL, machine, model, plan, told

HUGE = model("32b", 64, 5120, 40, 8, 27_648, 19.85)


@pytest.mark.parametrize(
    ("spec", "wishes", "gib", "expected"),
    [
        (LARGE, LOW, 16, "4096/256 x1 q8_0 mapped 0"),
        (LARGE, LOW, 8, "4096/256 x1 q8_0 mapped 0"),
        (LARGE, LOW, 6, "4096/256 x1 q8_0 mapped 0"),
        (LARGE, LOW, 5, "3072/128 x1 q8_0 mapped 0"),
        (LARGE, LOW, 4, "refused, 4.9"),
        (LARGE, LOW, 3, "refused, 4.9"),
        (SMALL, LOW, 3, "4096/256 x1 q8_0 mapped 0"),
        (SMALL, LOW, 1.7, "4096/256 x1 q8_0 mapped 0"),
        (SMALL, LOW, 1.2, "refused, 1.5"),
        (LARGE, ROOMY, 16, "8192/512 x1 f16 held 512"),
        (LARGE, ROOMY, 8, "8192/512 x1 f16 mapped 512"),
        (LARGE, ROOMY, 6, "8192/512 x1 f16 mapped 256"),
        (LARGE, ROOMY, 5.2, "8192/256 x1 q8_0 mapped 0"),
        (LARGE, ROOMY, 5, "3072/128 x1 q8_0 mapped 0"),
        (SMALL, ROOMY, 3, "8192/512 x1 f16 mapped 512"),
    ],
    ids=str,
)
def test_plans_without_a_gpu(spec: ModelSpec, wishes: Wishes, gib: float, expected: str) -> None:
    assert told(plan(spec, wishes, gib)) == expected


@pytest.mark.parametrize(
    ("gpus", "spec", "wishes", "expected"),
    [
        ((4,), LARGE, LOW, "4096/128 x1 q8_0 mapped 0 gpu 18"),
        ((8,), MEDIUM, LOW, "4096/256 x1 q8_0 mapped 0 gpu 37"),
        ((8,), LARGE, LOW, "4096/256 x1 q8_0 mapped 0 gpu 29"),
        ((8,), LARGER, LOW, "4096/256 x1 q8_0 mapped 0 gpu 37"),
        ((8,), MEDIUM, ROOMY, "8192/512 x4 f16 mapped 512 gpu 37"),
        ((8,), LARGE, ROOMY, "8192/512 x2 f16 mapped 512 gpu 29"),
        ((8,), LARGER, ROOMY, "8192/512 x1 f16 mapped 512 gpu 37"),
        ((12,), LARGE, ROOMY, "8192/512 x4 f16 mapped 512 gpu 29"),
        ((12,), LARGER, ROOMY, "8192/512 x4 f16 mapped 512 gpu 37"),
        ((24,), LARGE, LOW, "4096/256 x1 q8_0 mapped 0 gpu 29"),
        ((24, 24), LARGER, ROOMY, "8192/512 x4 f16 mapped 512 gpu 37 1:0"),
        ((8, 12), LARGE, LOW, "4096/256 x1 q8_0 mapped 0 gpu 29 0:1"),
        ((6, 6), LARGER, LOW, "4096/256 x1 q8_0 mapped 0 gpu 37 0.5:0.5"),
    ],
    ids=str,
)
def test_plans_with_gpus(gpus: tuple[float, ...], spec: ModelSpec, wishes: Wishes, expected: str) -> None:
    assert told(plan(spec, wishes, 12, *gpus)) == expected


def test_a_model_for_two_gpus_is_split_and_stays_within_each() -> None:
    found = plan(HUGE, LOW, 12, 16, 16)
    assert isinstance(found, Plan) and (found.gpu_layers, found.tensor_split) == (65, (0.5, 0.5))
    held = [sum(line.bytes for line in found.lines if line.place == f"gpu{gpu}") for gpu in (0, 1)]
    assert all(5 * GIB < size <= 0.8 * 16 * GIB for size in held)


def test_layers_that_find_no_room_on_the_gpu_are_told_of() -> None:
    found = plan(LARGE, LOW, 8, 4)
    assert isinstance(found, Plan) and {problem.code for problem in found.concessions} >= {"plan_gpu_part"}
    assert found.gpu_layers < 29 and found.ram < 4 * GIB


def test_a_gpu_that_the_engine_cannot_use_is_told_of() -> None:
    found = make_plan(LARGE, machine(8), LOW, budget=8 * GIB, others=0, gpus_usable=False)
    assert isinstance(found, Plan) and found.gpu_layers == 0
    assert [problem.code for problem in found.warnings] == ["plan_gpu_unusable"]


def test_the_sentence_of_a_lowered_context() -> None:
    found = plan(LARGE, ROOMY, 5)
    assert isinstance(found, Plan)
    said = [sentence(problem, "en") for problem in found.concessions]
    assert "The context was lowered from 8192 to 3072 tokens to stay under 5.00 GiB." in said


def test_slots_follow_the_cores() -> None:
    assert [told(plan(SMALL, ROOMY, 16, cores=cores)).split()[1] for cores in (0, 2, 8, 64)] == ["x1", "x1", "x2", "x4"]


def test_a_setting_of_the_user_is_kept_where_others_are_lowered() -> None:
    found = plan(LARGE, replace(LOW, n_ctx=8192, fixed=frozenset({"n_ctx"})), 5.1)
    assert isinstance(found, Plan) and (found.n_ctx, found.n_batch, found.kv_type) == (8192, 128, "q4_0")


def test_a_setting_that_costs_much_is_warned_of() -> None:
    found = plan(LARGE, replace(LOW, n_ctx=32_768, fixed=frozenset({"n_ctx"})), 12)
    assert isinstance(found, Plan) and found.n_ctx == 32_768
    assert [problem.code for problem in found.warnings] == ["plan_setting_costs"]


@pytest.mark.parametrize("n_ctx", [65_536, 10**9])
def test_a_context_above_the_training_length_is_lowered_with_a_warning(n_ctx: int) -> None:
    found = plan(SMALL, replace(LOW, n_ctx=n_ctx, fixed=frozenset({"n_ctx"})), 12)
    assert isinstance(found, Plan) and found.n_ctx == 32_768
    assert "plan_context_trained" in {problem.code for problem in found.warnings}


def test_a_preset_above_the_training_length_is_a_concession() -> None:
    found = plan(replace(SMALL, context_length=2048), LOW, 12)
    assert isinstance(found, Plan) and (found.n_ctx, found.warnings) == (2048, ())
    assert [problem.code for problem in found.concessions] == ["plan_context_trained"]


def test_a_setting_that_cannot_be_kept_is_refused_with_the_largest_that_can() -> None:
    wishes = replace(LOW, n_ctx=32_768, fixed=frozenset({"n_ctx"}))
    refused = plan(LARGE, wishes, 5.2)
    assert isinstance(refused, Refusal) and refused.problem.code == "plan_refused"
    largest = next(fit for fit in refused.problem.values["fits"].split(", ") if fit.startswith("N_CTX="))
    n_ctx = int(largest.removeprefix("N_CTX="))
    assert 8192 <= n_ctx < 32_768
    assert isinstance(plan(LARGE, replace(wishes, n_ctx=n_ctx), 5.2), Plan)
    assert isinstance(plan(LARGE, replace(wishes, n_ctx=n_ctx + 512), 5.2), Refusal)


@pytest.mark.parametrize(("file_type", "gigabytes"), [("F16", 15.2), ("Q8_0", 8.1)])
def test_the_4_bit_file_of_the_same_model_is_named(file_type: str, gigabytes: float) -> None:
    spec = replace(model("7b", 28, 3584, 28, 4, 18_944, gigabytes), file_type=file_type)
    refused = plan(spec, LOW, 6)
    assert isinstance(refused, Refusal) and "7b Q4_K_M (-" in refused.problem.values["fits"]


def test_the_largest_model_that_fits_is_the_alternative() -> None:
    offered = [("small", SMALL), ("medium", MEDIUM), ("larger", LARGER)]
    refused = make_plan(LARGE, machine(), LOW, budget=3 * GIB, others=OTHERS, gpus_usable=False, alternatives=offered)
    assert isinstance(refused, Refusal) and refused.alternative == "medium"
    assert "medium" in sentence(refused.problem, "ko")


def test_a_budget_of_100_mb_is_refused() -> None:
    refused = make_plan(SMALL, machine(), LOW, budget=100_000_000, others=OTHERS, gpus_usable=False)
    assert isinstance(refused, Refusal) and refused.smallest > GIB
    assert refused.problem.values["fits"] == "AI_CHAT_MEMORY_BUDGET=1.6GiB"


def test_no_budget_is_named_that_the_machine_cannot_give() -> None:
    limited = replace(machine(), limit=GIB)
    refused = make_plan(SMALL, limited, LOW, budget=GIB * 9 // 10, others=OTHERS, gpus_usable=False)
    assert isinstance(refused, Refusal) and refused.smallest > GIB
    assert refused.problem.values["fits"] == "RAM >= 1.63 GiB"


def test_a_header_of_zeros_is_planned_by_the_size_of_the_file() -> None:
    unknown = ModelSpec("mystery", "m", 0, False, 0.0, file_bytes=4 * GIB, exact=False)
    found = plan(unknown, LOW, 16)
    assert isinstance(found, Plan) and found.ram > 5 * GIB and found.kv_type == "f16"
    assert [problem.code for problem in found.warnings] == ["plan_estimated"]
    assert isinstance(plan(unknown, LOW, 16, 8), Plan)


def test_heads_that_fill_no_block_are_not_quantised() -> None:
    found = plan(replace(MEDIUM, key_width=80, value_width=80), LOW, 16)
    assert isinstance(found, Plan) and found.kv_type == "f16"


def test_no_cores_and_no_memory_are_no_fault_of_the_planner() -> None:
    nothing = Machine(total=0, available=0, cores=0)
    found = make_plan(SMALL, nothing, replace(ROOMY, n_threads=0), budget=0, others=0, gpus_usable=False)
    assert isinstance(found, Refusal)
    enough = make_plan(SMALL, nothing, replace(ROOMY, n_threads=0), budget=9 * GIB, others=0, gpus_usable=False)
    assert isinstance(enough, Plan) and (enough.n_threads, enough.slots) == (1, 1)
