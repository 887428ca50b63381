"""An adapter: a GGUF file of low-rank weights that the engine adds to those of a base model. Is it sound, and does it fit?

Takes a path and the base's ModelSpec, gives an Adapter or InputError. Of its weights only the hash is made. Knows no engine:
what would be refused or misread there is refused here, with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import file_digest
from math import isfinite
from pathlib import Path

from ai_chat.errors import InputError
from ai_chat.llm.header import Header, Tensor, read_header
from ai_chat.memory.spec import ModelSpec

Shape = tuple[int, int]

FORM = "passages-question-answer/1"  # COMPLETION_FORM of ai_chat.prompt, as a test holds
_NAME = re.compile(r"(blk\.(\d{1,4})\.(\w+)\.weight)\.lora_([ab])")
_BLOCKS = {"F32": 1, "F16": 1, "BF16": 1, "Q8_0": 32}  # values that a row is stored in
_FINGERPRINT = 12


@dataclass(frozen=True, slots=True)
class Adapter:
    """`rank`: the largest of its matrices'. `base_sha256`: of the file that it was trained on; another of the same shapes will do.

    `fingerprint`: the beginning of the file's SHA-256.
    """

    path: Path
    name: str
    licence: str
    bytes: int
    rank: int
    base_sha256: str
    fingerprint: str


def read_adapter(path: Path, base: ModelSpec, form: str = FORM, fingerprint: str = "") -> Adapter:
    """`form`: of the prompts that it will be given; `fingerprint`: that it must have.

    Raises InputError: adapter_missing, adapter_damaged, adapter_misfit.
    """
    header = _header(path)
    _check_kind(path, header, base, form)
    shapes = dict(_matrices(base))
    ranks = [_check_pair(path, name, pair, shapes) for name, pair in _pairs(path, header.tensors).items()]
    if not ranks:
        raise InputError("adapter_damaged", path=str(path), found="tensors=0")
    found = _fingerprint(path)
    if fingerprint and found != fingerprint:
        raise InputError("adapter_damaged", path=str(path), found=f"sha256={found}")
    told = {key: value for key, value in header.keys.items() if isinstance(value, str)}
    return Adapter(
        path=path,
        name=told.get("general.name", path.stem),
        licence=told.get("general.license", "-"),
        bytes=header.file_bytes,
        rank=max(ranks),
        base_sha256=told.get("ai_chat.adapter.base_sha256", ""),
        fingerprint=found,
    )


def _header(path: Path) -> Header:
    try:
        return read_header(path)
    except InputError as error:
        values = {key: value for key, value in error.values.items() if key != "path"}
        if error.code == "model_missing":
            raise InputError("adapter_missing", path=str(path), **values) from error
        found = ", ".join(f"{key}={value}" for key, value in values.items())
        raise InputError("adapter_damaged", path=str(path), found=found) from error


def _check_kind(path: Path, header: Header, base: ModelSpec, form: str) -> None:
    wanted = {
        "general.type": "adapter",
        "adapter.type": "lora",
        "general.architecture": base.architecture,
        "ai_chat.adapter.prompt": form,
    }
    for key, expected in wanted.items():
        _check(path, key, header.keys.get(key, "-"), expected)
    alpha = header.keys.get("adapter.lora.alpha")
    if not isinstance(alpha, float) or not isfinite(alpha) or alpha <= 0:
        raise InputError("adapter_damaged", path=str(path), found=f"adapter.lora.alpha={alpha}")


def _pairs(path: Path, tensors: tuple[Tensor, ...]) -> dict[str, dict[str, Tensor]]:
    """By the matrix that they are added to: its "a" and its "b"."""
    pairs: dict[str, dict[str, Tensor]] = {}
    for tensor in tensors:
        found = _NAME.fullmatch(tensor.name)
        if found is None or len(tensor.shape) != 2 or tensor.shape[0] % _BLOCKS.get(tensor.type, tensor.shape[0] + 1):
            told = f"{tensor.name[:64]} {tensor.type} {_shown(tensor.shape)}"
            raise InputError("adapter_damaged", path=str(path), found=told)
        pairs.setdefault(found[1], {})[found[4]] = tensor
    return pairs


def _check_pair(path: Path, name: str, pair: dict[str, Tensor], shapes: Mapping[str, Shape]) -> int:
    """Its rank. The matrix takes `wide` values and gives `high`: a is (wide, rank), b is (rank, high), as GGUF counts."""
    if len(pair) != 2:
        raise InputError("adapter_damaged", path=str(path), found=f"{name}.lora_{next(iter(pair))}")
    if name not in shapes:
        raise InputError("adapter_misfit", path=str(path), what=name, found="+", expected="-")
    wide, high = shapes[name]
    rank = max(1, pair["a"].shape[1])
    _check(path, f"{name}.lora_a", _shown(pair["a"].shape), _shown((wide, rank)))
    _check(path, f"{name}.lora_b", _shown(pair["b"].shape), _shown((rank, high)))
    return rank


def _matrices(base: ModelSpec) -> Iterator[tuple[str, Shape]]:
    """Those of a dense model's layers: how many values go in, how many come out."""
    for layer, kv_heads in enumerate(base.kv_heads):
        yield from ((f"blk.{layer}.{name}.weight", shape) for name, shape in _layer(base, kv_heads))


def _layer(base: ModelSpec, kv_heads: int) -> Iterator[tuple[str, Shape]]:
    yield "attn_q", (base.width, base.heads * base.key_width)
    yield "attn_k", (base.width, kv_heads * base.key_width)
    yield "attn_v", (base.width, kv_heads * base.value_width)
    yield "attn_output", (base.heads * base.value_width, base.width)
    yield "ffn_gate", (base.width, base.feed_forward)
    yield "ffn_up", (base.width, base.feed_forward)
    yield "ffn_down", (base.feed_forward, base.width)


def _check(path: Path, what: str, found: object, expected: object) -> None:
    if found != expected:
        raise InputError("adapter_misfit", path=str(path), what=what, found=str(found)[:64], expected=str(expected))


def _shown(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "-"


def _fingerprint(path: Path) -> str:
    try:
        found = path.stat()
        return _hashed(path, found.st_size, found.st_mtime_ns)
    except OSError as error:
        raise InputError("adapter_missing", path=str(path), reason=error.strerror or str(error)) from error


@lru_cache(maxsize=4)
def _hashed(path: Path, _bytes: int, _mtime_ns: int) -> str:
    """Made once a change of the file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()[:_FINGERPRINT]
