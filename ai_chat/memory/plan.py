"""Plan: how a model is to be loaded so that everything stays inside one budget.

Takes a ModelSpec, a Machine, Wishes and the budget, gives a Plan with a line for each part and a sentence for each concession,
or a Refusal that says what would fit. Pure: nothing is looked at and nothing is started.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ai_chat.memory.budget import largest_budget
from ai_chat.memory.ladder import PROMPT_CACHES, Choice, gentle_steps, hard_steps, steps_between, wished
from ai_chat.memory.ladder import Wishes as Wishes
from ai_chat.memory.layers import Placed, gpu_room, place_layers
from ai_chat.memory.machine import Machine
from ai_chat.memory.predict import RAM
from ai_chat.memory.predict import KvType as KvType
from ai_chat.memory.predict import PlanLine as PlanLine
from ai_chat.memory.spec import ModelSpec
from ai_chat.sizes import GIB, MIB, show_size
from ai_chat.types import Problem

_PRESETS = {True: {"n_ctx": 4096, "n_batch": 256, "slots": 1}, False: {"n_ctx": 8192, "n_batch": 512, "slots": 4}}
_MUCH = 256 * MIB  # what a setting may cost more than the preset's before it is told
_VARIABLES = {"n_ctx": "N_CTX", "n_batch": "N_BATCH", "slots": "AI_CHAT_SLOTS"}
_LEAST = {"n_ctx": 512, "n_batch": 16, "slots": 1}
_BITS = {"F32": 32.0, "F16": 16.0, "BF16": 16.0, "Q8_0": 8.5}
_SMALL_TYPE, _SMALL_BITS = "Q4_K_M", 4.9


@dataclass(frozen=True, slots=True)
class Plan:
    """`n_ctx` in tokens a slot; `budget` bytes of RAM for the whole program, `others` what its other parts hold or may hold.

    `prompt_cache` in MiB. `concessions` and `warnings` are sentences' codes with their values.
    """

    model: str
    budget: int
    others: int
    n_ctx: int
    n_batch: int
    n_threads: int
    slots: int
    kv_type: KvType
    mmap: bool
    prompt_cache: int
    gpu_layers: int
    tensor_split: tuple[float, ...]
    lines: tuple[PlanLine, ...]
    concessions: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()

    @property
    def ram(self) -> int:
        """Bytes of RAM that the model's process may come to hold."""
        return sum(line.bytes for line in self.lines if line.place == RAM)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`smallest`: the smallest budget in bytes that would work; `alternative`: the name of a model that would work in this one."""

    problem: Problem
    smallest: int
    alternative: str | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """What is decided upon; `room`: bytes of each GPU."""

    spec: ModelSpec
    wishes: Wishes
    cores: int
    room: tuple[int, ...]
    budget: int
    others: int

    @property
    def first(self) -> Choice:
        return wished(self.spec, self.wishes, self.cores, len(self.room))

    def fits(self, placed: Placed) -> bool:
        """Weights that cannot be taken back are for those who have twice what they need."""
        free = self.budget - self.others
        return placed.ram <= (free if placed.choice.mmap else free // 2)


def make_plan(
    spec: ModelSpec,
    machine: Machine,
    wishes: Wishes,
    *,
    budget: int,
    others: int,
    gpus_usable: bool,
    alternatives: Sequence[tuple[str, ModelSpec]] = (),
) -> Plan | Refusal:
    """The best plan within `budget` bytes of RAM, of which `others` are taken, and within the GPUs' memory where the engine has any."""
    room = gpu_room(machine.gpus, wishes.gpu_memory_fraction) if gpus_usable else ()
    case = _Case(spec, wishes, machine.cores, room, budget, others)
    placed = _best(case)
    if placed is None:
        return _refuse(case, machine, gpus_usable, alternatives)
    choice = placed.choice
    return Plan(
        model=spec.name,
        budget=budget,
        others=others,
        n_ctx=choice.n_ctx,
        n_batch=choice.n_batch,
        n_threads=max(1, min(wishes.n_threads, machine.cores)),
        slots=choice.slots,
        kv_type=choice.kv_type,
        mmap=choice.mmap,
        prompt_cache=choice.prompt_cache,
        gpu_layers=placed.gpu_layers,
        tensor_split=placed.tensor_split,
        lines=placed.lines,
        concessions=tuple(_concessions(case, placed)),
        warnings=tuple(_warnings(case, placed, machine, gpus_usable)),
    )


def _best(case: _Case) -> Placed | None:
    """The best way to load it, with a prompt cache from what is left."""
    bare = _bare(case)
    if bare is None:
        return None
    caches = (size for size in PROMPT_CACHES if size <= case.first.prompt_cache)
    filled = (_with_cache(case, bare, size) for size in caches)
    return next(each for each in filled if case.fits(each))


def _with_cache(case: _Case, placed: Placed, size: int) -> Placed:
    choice = replace(placed.choice, prompt_cache=size)
    return replace(placed, choice=choice, lines=choice.lines(case.spec, placed.gpu_layers, placed.tensor_split))


def _bare(case: _Case) -> Placed | None:
    """Where answers stay as good: most layers on GPUs, then what was given up last. Else whatever fits first."""
    gentle = gentle_steps(case.spec, case.first, case.wishes.fixed)
    placed = [place_layers(case.spec, choice, case.room) for choice in gentle]
    fitting = [each for each in placed if case.fits(each)]
    if fitting:
        return max(fitting, key=lambda each: each.gpu_layers)  # the first of equals
    hard = hard_steps(case.spec, gentle[-1], case.wishes.fixed)
    below = (place_layers(case.spec, choice, case.room) for choice in hard)
    return next((each for each in below if case.fits(each)), None)


def _smallest(case: _Case) -> Placed:
    """The last rung."""
    gentle = gentle_steps(case.spec, case.first, case.wishes.fixed)
    hard = hard_steps(case.spec, gentle[-1], case.wishes.fixed)
    return place_layers(case.spec, [*gentle, *hard][-1], case.room)


def _concessions(case: _Case, placed: Placed) -> Iterator[Problem]:
    for step in steps_between(case.first, placed.choice):
        yield Problem(step.code, {**step.values, "budget": show_size(case.budget)})
    whole = case.spec.layers + 1
    if case.room and placed.gpu_layers < whole:
        yield Problem("plan_gpu_part", {"layers": placed.gpu_layers, "all": whole, "room": show_size(sum(case.room))})
    trained = case.spec.context_length
    if "n_ctx" not in case.wishes.fixed and 0 < trained < case.wishes.n_ctx:
        yield Problem("plan_context_trained", {"value": case.wishes.n_ctx, "trained": trained})


def _warnings(case: _Case, placed: Placed, machine: Machine, gpus_usable: bool) -> Iterator[Problem]:
    trained = case.spec.context_length
    if "n_ctx" in case.wishes.fixed and 0 < trained < case.wishes.n_ctx:
        yield Problem("plan_context_trained", {"value": case.wishes.n_ctx, "trained": trained})
    for name, usual in _PRESETS[case.wishes.low_vram].items():
        value = getattr(placed.choice, name)
        if name in case.wishes.fixed and value > usual:
            yield from _cost(case.spec, placed, name, value, usual)
    if not case.spec.exact or not case.spec.layers:
        yield Problem("plan_estimated", {"architecture": case.spec.architecture})
    if machine.gpus and not gpus_usable:
        yield Problem("plan_gpu_unusable", {"gpu": machine.gpus[0].name})


def _cost(spec: ModelSpec, placed: Placed, name: str, value: int, usual: int) -> Iterator[Problem]:
    """What a setting of the user takes more than the preset would, where that is much."""
    changed: dict[str, Any] = {name: usual}
    plain = replace(placed.choice, **changed).lines(spec, placed.gpu_layers, placed.tensor_split)
    more = sum(line.bytes for line in placed.lines) - sum(line.bytes for line in plain)
    if more >= _MUCH:
        told = {"name": _VARIABLES[name], "value": value, "usual": usual, "more": show_size(more)}
        yield Problem("plan_setting_costs", told)


def _refuse(case: _Case, machine: Machine, gpus_usable: bool, alternatives: Sequence[tuple[str, ModelSpec]]) -> Refusal:
    smallest = _smallest(case).ram + case.others
    alternative = _alternative(case, machine, gpus_usable, alternatives)
    fits = [*_settings_that_fit(case), *_small_type(case)]
    if alternative is not None:
        fits.append(alternative)
    fits.append(_room_that_fits(smallest, machine))
    told = {
        "model": case.spec.name,
        "budget": show_size(case.budget),
        "others": show_size(case.others),
        "needed": show_size(smallest - case.others),
        "fits": ", ".join(fits),
    }
    return Refusal(Problem("plan_refused", told), smallest, alternative)


def _room_that_fits(smallest: int, machine: Machine) -> str:
    """The smallest budget, or the memory that a machine or its limit must have for it, where this one has less."""
    most = largest_budget(machine)
    if smallest <= most:
        return f"AI_CHAT_MEMORY_BUDGET={-(-smallest * 10 // GIB) / 10}GiB"
    return f"RAM >= {show_size(-(-smallest * 20 // 19))}"


def _settings_that_fit(case: _Case) -> Iterator[str]:
    """The largest value of each setting of the user with which the others could be kept."""
    for name in sorted(case.wishes.fixed & _VARIABLES.keys()):
        value = _largest(case, name)
        if value:
            yield f"{_VARIABLES[name]}={value}"


def _largest(case: _Case, name: str) -> int:
    """0 where none fits; found by halving, in steps that the engine tells apart."""
    step = _LEAST[name]
    low, high = 0, (getattr(case.first, name) - 1) // step
    while low < high:
        middle = (low + high + 1) // 2
        changed: dict[str, Any] = {name: middle * step}
        lower = replace(case, wishes=replace(case.wishes, **changed))
        low, high = (middle, high) if case.fits(_smallest(lower)) else (low, middle - 1)
    return low * step


def _small_type(case: _Case) -> Iterator[str]:
    """The same model at 4 bits, where its file is kept at 8 or more and that one would fit."""
    bits = _BITS.get(case.spec.file_type)
    if bits is None:
        return
    small = replace(case, spec=_scaled(case.spec, _SMALL_BITS / bits))
    if case.fits(_smallest(small)):
        saved = case.spec.file_bytes - small.spec.file_bytes
        yield f"{case.spec.name} {_SMALL_TYPE} (-{show_size(saved)})"


def _scaled(spec: ModelSpec, part: float) -> ModelSpec:
    return replace(
        spec,
        file_type=_SMALL_TYPE,
        file_bytes=round(spec.file_bytes * part),
        layer_bytes=tuple(round(size * part) for size in spec.layer_bytes),
        embedding_bytes=round(spec.embedding_bytes * part),
        output_bytes=round(spec.output_bytes * part),
    )


def _alternative(
    case: _Case, machine: Machine, gpus_usable: bool, alternatives: Sequence[tuple[str, ModelSpec]]
) -> str | None:
    """The largest of the models that have a plan here."""
    for name, spec in sorted(alternatives, key=lambda each: each[1].file_bytes, reverse=True):
        found = make_plan(spec, machine, case.wishes, budget=case.budget, others=case.others, gpus_usable=gpus_usable)
        if isinstance(found, Plan) and spec.file_bytes < case.spec.file_bytes:
            return name
    return None
