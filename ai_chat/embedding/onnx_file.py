"""Writes a model in the ONNX format: operators and weights in, the bytes of a file out.

Protocol Buffers messages of onnx.proto (field numbers from there), only as far as our own model needs them.
Knows no operator's meaning and nothing of embedding.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FORMAT_VERSION = 8
_OPERATORS = (("", 17), ("com.microsoft", 1))
_FLOAT = 1
_TYPES = {np.dtype(np.float32): _FLOAT, np.dtype(np.int8): 3, np.dtype(np.int64): 7}


class Graph:
    """Collects operators and weights; values go by name."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._weights: list[bytes] = []

    def weight(self, values: NDArray[Any]) -> str:
        """Adds an array; gives its name."""
        name = f"w{len(self._weights)}"
        dims = b"".join(_number(1, size) for size in values.shape)
        content = _bytes(9, np.ascontiguousarray(values).tobytes())
        self._weights.append(dims + _number(2, _TYPES[values.dtype]) + _bytes(8, name.encode()) + content)
        return name

    def add(self, operator: str, inputs: Sequence[str], outputs: int = 1, domain: str = "", **attributes: Any) -> Any:
        """Adds an operator; gives the name of its output, or a list of names where there are several."""
        names = [f"v{len(self._nodes)}.{number}" for number in range(outputs)]
        node = _strings(1, inputs) + _strings(2, names) + _strings(4, [operator])
        settings = (_bytes(5, _attribute(name, value)) for name, value in attributes.items())
        self._nodes.append(node + b"".join(settings) + _strings(7, [domain]))
        return names[0] if outputs == 1 else names

    def to_bytes(self, source: str, source_shape: Sequence[int | str], results: Sequence[str]) -> bytes:
        """The file: from one input of float32 to its outputs."""
        graph = b"".join(self._parts(source, source_shape, results))
        versions = (_bytes(8, _strings(1, [domain]) + _number(2, version)) for domain, version in _OPERATORS)
        return _number(1, _FORMAT_VERSION) + _bytes(7, graph) + b"".join(versions)

    def _parts(self, source: str, source_shape: Sequence[int | str], results: Sequence[str]) -> Iterator[bytes]:
        for node in self._nodes:
            yield _bytes(1, node)
        yield _strings(2, ["graph"])
        for weight in self._weights:
            yield _bytes(5, weight)
        yield _bytes(11, _value(source, source_shape))
        for result in results:
            yield _bytes(12, _value(result, ()))


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    """A described input or output; a size given by name is open. An empty shape says nothing about it."""
    sizes = b"".join(_bytes(1, _number(1, size) if isinstance(size, int) else _strings(2, [size])) for size in shape)
    tensor = _number(1, _FLOAT) + (_bytes(2, sizes) if shape else b"")
    return _strings(1, [name]) + _bytes(2, _bytes(1, tensor))


def _attribute(name: str, value: float | int | Sequence[int]) -> bytes:
    if isinstance(value, float):
        return _strings(1, [name]) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return _strings(1, [name]) + _number(3, value) + _number(20, 2)
    return _strings(1, [name]) + b"".join(_number(8, each) for each in value) + _number(20, 7)


def _strings(field: int, texts: Iterable[str]) -> bytes:
    return b"".join(_bytes(field, text.encode()) for text in texts)


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1  # a negative number is written as its two's complement
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
