"""GGUF files byte by byte, sound or lying: for tests of those who read them."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Value = str | int | float | bool | Sequence[str] | Sequence[int]

F32, F16, Q4_K = 0, 1, 12
_INT32, _UINT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 5, 4, 6, 7, 8, 9


@dataclass(frozen=True, slots=True)
class FakeTensor:
    name: str
    shape: tuple[int, ...]
    kind: int = F32
    offset: int = 0


CHAT: dict[str, Value] = {
    "general.architecture": "qwen2",
    "general.name": "Small Talk",
    "general.size_label": "3B",
    "general.file_type": 15,
    "qwen2.context_length": 32768,
    "qwen2.block_count": 2,
    "qwen2.embedding_length": 2048,
    "qwen2.attention.head_count": 16,
    "tokenizer.ggml.tokens": ["a", "나", "c"],
    "tokenizer.chat_template": "{{ messages }}",
}


def text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def key(name: str, value: Value) -> bytes:
    if isinstance(value, str):
        return text(name) + struct.pack("<I", _STRING) + text(value)
    if isinstance(value, bool):
        return text(name) + struct.pack("<I?", _BOOL, value)
    if isinstance(value, float):
        return text(name) + struct.pack("<If", _FLOAT32, value)
    if isinstance(value, int):
        return text(name) + struct.pack("<I", _INT32 if value < 0 else _UINT32) + struct.pack("<I", value % (1 << 32))
    return text(name) + struct.pack("<I", _ARRAY) + _items(value)


def _items(values: Sequence[str] | Sequence[int]) -> bytes:
    if values and all(isinstance(item, bool) for item in values):
        return struct.pack(f"<IQ{len(values)}?", _BOOL, len(values), *values)
    numbers = [item for item in values if isinstance(item, int)]
    if numbers:
        return struct.pack(f"<IQ{len(numbers)}I", _UINT32, len(numbers), *numbers)
    return struct.pack("<IQ", _STRING, len(values)) + b"".join(text(str(item)) for item in values)


def gguf(keys: Mapping[str, Value], tensors: Sequence[FakeTensor] = (), data: int = 0, version: int = 3) -> bytes:
    """A header, and `data` bytes after it where tensors begin."""
    infos = b"".join(
        text(tensor.name)
        + struct.pack(f"<I{len(tensor.shape)}QIQ", len(tensor.shape), *tensor.shape, tensor.kind, tensor.offset)
        for tensor in tensors
    )
    body = b"".join(key(name, value) for name, value in keys.items()) + infos
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(keys)) + body
    return head + bytes(-len(head) % 32 + data if tensors else 0)


def write(folder: Path, data: bytes, name: str = "model.gguf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
