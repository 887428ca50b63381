"""How many of a model's layers go to which GPU.

Takes a ModelSpec, a Choice and the bytes that each GPU can give, gives a count of layers and their split. Pure; knows no driver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ai_chat.memory.ladder import Choice
from ai_chat.memory.machine import Gpu
from ai_chat.memory.predict import RAM, PlanLine
from ai_chat.memory.spec import ModelSpec
from ai_chat.sizes import MIB

_MARGIN = 256 * MIB  # of free GPU memory, for whoever else draws with it


@dataclass(frozen=True, slots=True)
class Placed:
    """A Choice with its layers where they stand. `gpu_layers` counts the output as one layer more."""

    choice: Choice
    gpu_layers: int
    tensor_split: tuple[float, ...]
    lines: tuple[PlanLine, ...]

    @property
    def ram(self) -> int:
        return sum(line.bytes for line in self.lines if line.place == RAM)


def gpu_room(gpus: Sequence[Gpu], fraction: float) -> tuple[int, ...]:
    """Bytes that each GPU gives: a fraction of all it has, never all that is free."""
    return tuple(max(0, min(int(gpu.total * fraction), gpu.free - _MARGIN)) for gpu in gpus)


def place_layers(spec: ModelSpec, choice: Choice, room: Sequence[int]) -> Placed:
    """As many layers as fit; on one GPU where that holds no fewer than several, for then nothing travels between them."""
    nowhere = Placed(choice, 0, (), choice.lines(spec))
    if not spec.layers:
        return nowhere
    return max([_fill(spec, choice, room, split) for split in _splits(room)] or [nowhere], key=_layers)


def _layers(placed: Placed) -> int:
    return placed.gpu_layers


def _splits(room: Sequence[int]) -> list[tuple[float, ...]]:
    """The roomiest GPU alone, then all by what they can give."""
    if not any(room):
        return []
    if len(room) == 1:
        return [()]
    best = max(range(len(room)), key=lambda gpu: room[gpu])
    alone = tuple(1.0 if gpu == best else 0.0 for gpu in range(len(room)))
    return [alone, tuple(round(share / sum(room), 3) for share in room)]


def _fill(spec: ModelSpec, choice: Choice, room: Sequence[int], split: tuple[float, ...]) -> Placed:
    """The most layers that fit under this split, found by halving."""
    low, best = 0, Placed(choice, 0, (), choice.lines(spec))
    high = spec.layers + 1
    while low < high:
        middle = (low + high + 1) // 2
        tried = Placed(choice, middle, split, choice.lines(spec, middle, split))
        if _fits(tried.lines, room):
            low, best = middle, tried
        else:
            high = middle - 1
    return best


def _fits(lines: Sequence[PlanLine], room: Sequence[int]) -> bool:
    held = [sum(line.bytes for line in lines if line.place == f"gpu{gpu}") for gpu in range(len(room))]
    return all(taken <= given for taken, given in zip(held, room, strict=True))
