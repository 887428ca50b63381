"""Signs of centred rows as bits: a sketch of 48 bytes for 384 dimensions, compared by counting the bits that differ.

Takes whole-number rows and their centre, gives bits and distances. Pure; what it finds near is a guess, for others to score.
Embeddings all lie in one narrow cone: without a centre most signs are equal and the guess is worth nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Distances = NDArray[np.uint16]

_WORD = 64
_BLOCK = 8192  # rows at a time: what lies between stays in the processor's cache


def words(dim: int) -> int:
    """Words of 64 bits a row."""
    return -(-dim // _WORD)


def sign_bits(rows: NDArray[np.int16] | NDArray[np.float32], centre: NDArray[np.int16]) -> Bits:
    """(n, words): a bit for each number that is greater than that of the centre, the rest of the last word empty."""
    packed = np.packbits(rows > centre, axis=1)
    padded = np.zeros((len(rows), words(rows.shape[1]) * 8), np.uint8)
    padded[:, : packed.shape[1]] = packed
    return padded.view(np.uint64)


def distances(bits: Bits, query: Bits) -> Distances:
    """How many bits of each row (n, words) differ from those of the query (words,)."""
    found = np.zeros(len(bits), np.uint16)
    for start in range(0, len(bits), _BLOCK):
        block, sums = bits[start : start + _BLOCK], found[start : start + _BLOCK]
        for word in range(bits.shape[1]):
            sums += np.bitwise_count(block[:, word] ^ query[word])
    return found
