"""Samples -> token ids, positions and masks: every question sees its beginning and itself, and no other question.

Takes a tokenizer; gives tensors for one forward pass over a sample. Knows no training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from training.compose import Sample

Encode = Callable[[str], list[int]]


@dataclass(frozen=True, slots=True)
class Packed:
    """Of one sample with `n` tokens: `ids` and `positions` (1, n), masks (1, 1, n, n), True where a token may look.

    `at[i]` is the position in the pack whose next token is `wanted[i]`; `of[i]` the number of the question it belongs to.
    """

    ids: Tensor
    positions: Tensor
    full: Tensor
    sliding: Tensor
    at: Tensor
    wanted: Tensor
    of: Tensor


def pack(sample: Sample, encode: Encode, begin: int, window: int) -> Packed:
    """`begin` is the token that every prompt opens with, `window` what a sliding layer sees."""
    shared = [begin, *encode(sample.beginning)]
    ids, positions, block = list(shared), list(range(len(shared))), [0] * len(shared)
    at, wanted, of = [], [], []
    for number, one in enumerate(sample.asked, 1):
        question, answer = encode(one.question), encode(one.answer)
        first = len(ids) + len(question) - 1
        at += range(first, first + len(answer))
        wanted += answer
        of += [number - 1] * len(answer)
        own = question + answer[:-1]
        positions += range(len(shared), len(shared) + len(own))
        block += [number] * len(own)
        ids += own
    full, sliding = _masks(torch.tensor(positions), torch.tensor(block), window)
    return Packed(
        torch.tensor([ids]), torch.tensor([positions]), full, sliding, *map(torch.tensor, (at, wanted, of))
    )


def _masks(positions: Tensor, block: Tensor, window: int) -> tuple[Tensor, Tensor]:
    behind = positions[:, None] - positions[None, :]
    seen = (behind >= 0) & ((block[None, :] == block[:, None]) | (block[None, :] == 0))
    return seen[None, None], (seen & (behind < window))[None, None]
