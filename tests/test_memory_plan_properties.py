"""What holds for every plan: inside the budget, never worse with more of it, each concession told."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ai_chat.errors.sentences import SENTENCES, sentence
from ai_chat.memory.ladder import gentle_steps, hard_steps, wished
from ai_chat.memory.layers import gpu_room
from ai_chat.memory.plan import Plan, Refusal, Wishes
from ai_chat.memory.predict import KvType, predict
from ai_chat.memory.spec import ModelSpec
from ai_chat.sizes import GIB, MIB
from tests.plan_cases import LARGE, LARGER, LOW, MEDIUM, ROOMY, SMALL, machine, plan

SLIDING = replace(MEDIUM, name="sliding", windows=tuple(512 if layer % 6 else 0 for layer in range(36)))
MODELS = st.sampled_from([SMALL, MEDIUM, LARGE, LARGER, SLIDING])
WISHES = st.builds(
    Wishes,
    n_ctx=st.sampled_from([512, 1000, 4096, 8192, 20_000, 65_536]),
    n_batch=st.sampled_from([16, 256, 512, 2048]),
    n_threads=st.integers(0, 64),
    slots=st.sampled_from([None, 1, 3, 8]),
    low_vram=st.booleans(),
    fixed=st.frozensets(st.sampled_from(["n_ctx", "n_batch", "slots"])),
)
BUDGETS = st.floats(0.1, 24)
GPUS = st.lists(st.sampled_from([2.0, 4.0, 8.0, 24.0]), max_size=3)
KINDS: list[KvType] = ["f16", "q8_0", "q4_0"]
FEW = settings(max_examples=80, deadline=None)


@FEW
@given(MODELS, WISHES, BUDGETS, GPUS, st.integers(0, 64))
def test_a_plan_stays_inside_its_budget_and_every_gpu(
    spec: ModelSpec, wishes: Wishes, gib: float, gpus: list[float], cores: int
) -> None:
    found = plan(spec, wishes, gib, *gpus, cores=cores)
    if isinstance(found, Refusal):
        assert found.smallest > gib * GIB - 1
        return
    assert found.ram + found.others <= found.budget
    for number, room in enumerate(gpu_room(machine(*gpus).gpus, wishes.gpu_memory_fraction)):
        assert sum(line.bytes for line in found.lines if line.place == f"gpu{number}") <= room


@FEW
@given(MODELS, WISHES, BUDGETS)
def test_the_smallest_budget_of_a_refusal_would_do(spec: ModelSpec, wishes: Wishes, gib: float) -> None:
    found = plan(spec, wishes, gib)
    if isinstance(found, Refusal):
        assert isinstance(plan(spec, wishes, (found.smallest + 1) / GIB), Plan)
        assert isinstance(plan(spec, wishes, (found.smallest - MIB) / GIB), Refusal)


@FEW
@given(MODELS, WISHES, BUDGETS, st.floats(0, 8), st.integers(1, 16))
def test_more_budget_never_gives_a_worse_plan(
    spec: ModelSpec, wishes: Wishes, gib: float, more: float, cores: int
) -> None:
    less_found, more_found = plan(spec, wishes, gib, cores=cores), plan(spec, wishes, gib + more, cores=cores)
    if isinstance(less_found, Plan):
        assert isinstance(more_found, Plan)
        assert rung(spec, wishes, more_found, cores) <= rung(spec, wishes, less_found, cores)


@FEW
@given(MODELS, WISHES, BUDGETS, GPUS)
def test_each_concession_has_a_sentence_without_blanks(
    spec: ModelSpec, wishes: Wishes, gib: float, gpus: list[float]
) -> None:
    found = plan(spec, wishes, gib, *gpus)
    problems = (found.problem,) if isinstance(found, Refusal) else (*found.concessions, *found.warnings)
    for problem in problems:
        assert problem.code in SENTENCES
        assert "?" not in sentence(problem, "en") + sentence(problem, "ko")


@FEW
@given(MODELS, WISHES, BUDGETS)
def test_what_differs_from_the_wish_is_told_and_nothing_else(spec: ModelSpec, wishes: Wishes, gib: float) -> None:
    found = plan(spec, wishes, gib)
    if isinstance(found, Refusal):
        return
    first = wished(spec, wishes, 4, 0)
    names = ("n_ctx", "n_batch", "slots", "kv_type", "mmap", "prompt_cache")
    lowered = [problem for problem in found.concessions if problem.code != "plan_context_trained"]
    assert len(lowered) == sum(getattr(first, name) != getattr(found, name) for name in names)
    for name in wishes.fixed - {"n_ctx"}:
        if name != "n_batch":
            assert getattr(found, name) == getattr(first, name)


@FEW
@given(MODELS, st.integers(1, 70_000), st.integers(1, 70_000), st.sampled_from(KINDS), st.integers(1, 8))
def test_a_smaller_context_never_takes_more(spec: ModelSpec, one: int, other: int, kv_type: KvType, slots: int) -> None:
    small, large = (
        sum(
            line.bytes
            for line in predict(spec, n_ctx=n, slots=slots, n_batch=256, kv_type=kv_type, mmap=True, prompt_cache=64)
        )
        for n in sorted((one, other))
    )
    assert small <= large


def rung(spec: ModelSpec, wishes: Wishes, found: Plan, cores: int) -> tuple[int, int]:
    """How far down the ladder, then how much of the prompt cache is missing."""
    gentle = gentle_steps(spec, wished(spec, wishes, cores, 0), wishes.fixed)
    steps = [*gentle, *hard_steps(spec, gentle[-1], wishes.fixed)]
    same = [
        number
        for number, step in enumerate(steps)
        if (step.n_ctx, step.n_batch, step.slots, step.kv_type, step.mmap)
        == (found.n_ctx, found.n_batch, found.slots, found.kv_type, found.mmap)
    ]
    return same[0], -found.prompt_cache


def test_the_ladders_go_down_only() -> None:
    for wishes in (LOW, ROOMY):
        gentle = gentle_steps(LARGE, wished(LARGE, wishes, 16, 0), wishes.fixed)
        sizes = [
            sum(line.bytes for line in step.lines(LARGE))
            for step in (*gentle, *hard_steps(LARGE, gentle[-1], wishes.fixed))
        ]
        assert sizes == sorted(sizes, reverse=True)
