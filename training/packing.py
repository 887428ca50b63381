"""Samples -> token ids, positions and masks: every question sees its beginning and itself, and no other question.

Takes a tokenizer, gives arrays for one forward pass over a sample. Knows no training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.compose import Sample

Encode = Callable[[str], list[int]]
Ids = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Packed:
    """Of one sample with n tokens: `ids` and `positions` (n,), masks (n, n), True where a token may look.

    `at[i]` is the place in the pack whose next token is `wanted[i]`; `of[i]` the number of the question it belongs to.
    """

    ids: Ids
    positions: Ids
    full: Mask
    sliding: Mask
    at: Ids
    wanted: Ids
    of: Ids


def pack(sample: Sample, encode: Encode, begin: int, window: int) -> Packed:
    """`begin` is the token that every prompt opens with, `window` what a sliding layer sees."""
    shared = [begin, *encode(sample.beginning)]
    ids, positions, block = list(shared), list(range(len(shared))), [0] * len(shared)
    at: list[int] = []
    wanted: list[int] = []
    of: list[int] = []
    for number, one in enumerate(sample.asked):
        question, answer = encode(one.question), encode(one.answer)
        first = len(ids) + len(question) - 1
        at += range(first, first + len(answer))
        wanted += answer
        of += [number] * len(answer)
        own = question + answer[:-1]
        positions += range(len(shared), len(shared) + len(own))
        block += [number + 1] * len(own)
        ids += own
    places = np.array(positions)
    full, sliding = _masks(places, np.array(block), window)
    return Packed(np.array(ids), places, full, sliding, np.array(at), np.array(wanted), np.array(of))


def _masks(positions: Ids, block: Ids, window: int) -> tuple[Mask, Mask]:
    behind = positions[:, None] - positions[None, :]
    seen = (behind >= 0) & ((block[None, :] == block[:, None]) | (block[None, :] == 0))
    return seen, seen & (behind < window)
