"""What is given up, and in which order, until a model fits: from the plan wished for down to the smallest that still answers.

Takes a ModelSpec and Wishes, gives Choices, best first, and a sentence's code for each step between two of them. Pure; knows no budget.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ai_chat.memory.predict import KV_BYTES, KvType, PlanLine, kv_types, predict
from ai_chat.memory.spec import ModelSpec
from ai_chat.types import Problem

PROMPT_CACHES = (512, 256, 128, 64, 0)  # MiB of prompts that other conversations come back to
_MOST_SLOTS = 4
_CORES_A_SLOT = 4  # fewer, and answers side by side are slower than one after the other

# What is cheap to give up stands first. The first part keeps answers as good as they were: only time is lost.
_GENTLE: tuple[tuple[str, Any], ...] = (
    ("mmap", True),
    ("slots", 2),
    ("slots", 1),
    ("kv_type", "q8_0"),
    ("n_batch", 256),
    ("n_ctx", 8192),
    ("n_ctx", 4096),
    ("n_batch", 128),
)
_HARD: tuple[tuple[str, Any], ...] = (
    ("n_ctx", 3072),
    ("n_ctx", 2048),
    ("kv_type", "q4_0"),
    ("n_batch", 64),
    ("n_ctx", 1024),
)
_CODES = {
    "prompt_cache": "plan_prompt_cache_lowered",
    "mmap": "plan_weights_mapped",
    "slots": "plan_slots_lowered",
    "kv_type": "plan_kv_lowered",
    "n_batch": "plan_batch_lowered",
    "n_ctx": "plan_context_lowered",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the settings ask for; a name in `fixed` was set by the user and is kept or refused, never lowered."""

    n_ctx: int
    n_batch: int
    n_threads: int
    slots: int | None = None
    low_vram: bool = True
    gpu_memory_fraction: float = 0.8
    fixed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to load a model. `n_ctx` in tokens a slot, `prompt_cache` in MiB."""

    n_ctx: int
    n_batch: int
    slots: int
    kv_type: KvType
    mmap: bool
    prompt_cache: int

    def lines(self, spec: ModelSpec, gpu_layers: int = 0, tensor_split: tuple[float, ...] = ()) -> tuple[PlanLine, ...]:
        return predict(
            spec,
            n_ctx=self.n_ctx,
            slots=self.slots,
            n_batch=self.n_batch,
            kv_type=self.kv_type,
            mmap=self.mmap,
            prompt_cache=self.prompt_cache,
            gpu_layers=gpu_layers,
            tensor_split=tensor_split,
        )


def wished(spec: ModelSpec, wishes: Wishes, cores: int, gpus: int) -> Choice:
    """What there would be with memory enough: never a longer window than was trained for, nor a batch longer than the window."""
    n_ctx = max(1, min(wishes.n_ctx, spec.context_length or wishes.n_ctx))
    kinds = kv_types(spec)
    return Choice(
        n_ctx=n_ctx,
        n_batch=max(1, min(wishes.n_batch, n_ctx)),
        slots=wishes.slots or _slots(wishes, cores, gpus),
        kv_type="q8_0" if wishes.low_vram and "q8_0" in kinds else "f16",
        mmap=wishes.low_vram or gpus > 0,
        prompt_cache=0 if wishes.low_vram else PROMPT_CACHES[0],
    )


def gentle_steps(spec: ModelSpec, first: Choice, fixed: frozenset[str]) -> tuple[Choice, ...]:
    """The first choice, without a prompt cache, and those below it that write the same answers, some of them later."""
    return tuple(_walk(spec, replace(first, prompt_cache=0), fixed, _GENTLE))


def hard_steps(spec: ModelSpec, last: Choice, fixed: frozenset[str]) -> tuple[Choice, ...]:
    """Below the last gentle one: less of the documents is read for an answer, or less exactly."""
    return tuple(_walk(spec, last, fixed, _HARD))[1:]


def steps_between(first: Choice, chosen: Choice) -> Iterator[Problem]:
    """A sentence for each value that differs, in the order in which they were given up."""
    for name in _CODES:
        before, after = getattr(first, name), getattr(chosen, name)
        if before != after:
            yield Problem(_CODES[name], {"before": before, "after": after})


def _slots(wishes: Wishes, cores: int, gpus: int) -> int:
    if wishes.low_vram:
        return 1
    return _MOST_SLOTS if gpus else max(1, min(_MOST_SLOTS, cores // _CORES_A_SLOT))


def _walk(
    spec: ModelSpec, first: Choice, fixed: frozenset[str], steps: tuple[tuple[str, Any], ...]
) -> Iterator[Choice]:
    yield first
    choice = first
    kinds = kv_types(spec)
    for name, value in steps:
        if name in fixed or (name == "kv_type" and value not in kinds):
            continue
        lower = _take(choice, name, value)
        if lower != choice:
            choice = lower
            yield choice


def _take(choice: Choice, name: str, value: Any) -> Choice:
    """The step, unless it would lead up."""
    if _rank(value) >= _rank(getattr(choice, name)):
        return choice
    lower = replace(choice, **{name: value})
    return replace(lower, n_batch=min(lower.n_batch, lower.n_ctx))


def _rank(value: bool | int | KvType) -> float:
    """Higher costs more memory, or memory that cannot be taken back, as that of weights that are not mapped."""
    if isinstance(value, bool):
        return not value
    return value if isinstance(value, int) else KV_BYTES[value]
