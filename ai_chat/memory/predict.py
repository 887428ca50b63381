"""What a model's process will come to hold, part by part, before it is started.

Takes a ModelSpec and how it is to be loaded, gives PlanLines in bytes. Pure; the formulas are those of llama.cpp's own
buffers (docs/memory.md), the constants were measured with `benchmarks/plan.py`. Knows no budget.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from ai_chat.memory.spec import ModelSpec
from ai_chat.sizes import MIB

KvType = Literal["f16", "q8_0", "q4_0"]

RAM = "ram"
CHECKPOINTS = 2  # states of earlier prompts that the engine keeps a slot, where old tokens are not kept in its KV cache
KV_BYTES: dict[KvType, float] = {"f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}

_KV_BLOCK = 32  # values in one block of a quantised type
_CELLS = 256  # the KV cache grows in steps of so many tokens
_FLOAT = 4
_FORWARD, _RESIDUAL = 3, 5  # tensors of the feed-forward's and of the model's width that are alive at once
_WORK = 1.25  # bytes a value of the widest input while it is multiplied
_INPUTS = 64  # bytes a token: its number, positions, places in the KV cache
_PROCESS = 36 * MIB  # the interpreter, the engine's library and its threads
_TOKEN, _MERGE = 230, 200  # bytes that the vocabulary takes in memory
_LAYER = 64 << 10  # what each layer adds to the graph
_SLOT, _CANDIDATE = MIB // 2, 16  # a slot, and each token of the vocabulary while one is chosen
_GPU_ENGINE, _GPU_HOST = 450 * MIB, 300 * MIB  # what a GPU's library takes of the device and of RAM
_UNKNOWN_CONTEXT = 8192  # tokens whose KV cache is taken to be as large as the file, where nothing is known
_UNKNOWN_TOKEN = 128 << 10
_REPACKED = {"Q4_K_M": 0.8, "Q4_K_S": 0.9, "Q4_0": 1.0, "IQ4_NL": 1.0}  # part of the layers that is kept once more


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One part of the model's memory: weights, adapter, kv_cache, compute, prompt_cache, engine. `place`: "ram", "gpu0", ..."""

    part: str
    bytes: int
    place: str = RAM
    file_backed: bool = False


@dataclass(frozen=True, slots=True)
class _Load:
    """How a model is to be loaded, and where each of its layers and then its output stands."""

    spec: ModelSpec
    n_ctx: int
    slots: int
    n_batch: int
    kv_type: KvType
    places: tuple[str, ...]

    @property
    def devices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.places))

    @property
    def gpus(self) -> tuple[str, ...]:
        return tuple(place for place in self.devices if place != RAM)

    def cells(self, window: int) -> int:
        """Tokens that a layer's KV cache holds of one slot: a window's with the batch that moves it on."""
        tokens = min(self.n_ctx, window + self.n_batch) if window else self.n_ctx
        return -(-tokens // _CELLS) * _CELLS


def predict(
    spec: ModelSpec,
    *,
    n_ctx: int,
    slots: int,
    n_batch: int,
    kv_type: KvType,
    mmap: bool,
    prompt_cache: int,
    gpu_layers: int = 0,
    tensor_split: tuple[float, ...] = (),
) -> tuple[PlanLine, ...]:
    """The most that each part will take once a full context was read. `n_ctx` a slot, `prompt_cache` in MiB."""
    batch = max(1, min(n_batch, n_ctx))
    load = _Load(spec, n_ctx, slots, batch, kv_type, _places(spec, gpu_layers, tensor_split))
    lines = [
        *_lines("weights", _weights(load), file_backed=mmap),
        *_lines("adapter", _adapter(load)),
        *_lines("kv_cache", _kv_cache(load)),
        *_lines("compute", _compute(load)),
        *_lines("prompt_cache", [(RAM, _prompt_cache(load, prompt_cache * MIB))]),
        *_lines("engine", _engine(load)),
    ]
    return tuple(lines)


def engine_defaults(spec: ModelSpec) -> int:
    """Bytes that llama.cpp would take as it starts by itself: 16384 tokens, batches of 512, KV at 16 bits, weights repacked."""
    lines = predict(spec, n_ctx=16_384, slots=1, n_batch=512, kv_type="f16", mmap=True, prompt_cache=0)
    repacked = sum(spec.layer_bytes) * _REPACKED.get(spec.file_type, 0.0)
    return sum(line.bytes for line in lines) + round(repacked)


def kv_types(spec: ModelSpec) -> tuple[KvType, ...]:
    """What the KV cache may be kept as, best first: a quantised head must fill whole blocks."""
    widths = (spec.key_width, spec.value_width)
    if all(width and width % _KV_BLOCK == 0 for width in widths):
        return ("f16", "q8_0", "q4_0")
    return ("f16",)


def _places(spec: ModelSpec, gpu_layers: int, tensor_split: tuple[float, ...]) -> tuple[str, ...]:
    """Of each layer and then of the output: the last ones go to the GPUs, in the order and the parts of the split."""
    count = spec.layers + 1
    moved = max(0, min(gpu_layers, count))
    shares = tensor_split or (1.0,)
    ends = [end / sum(shares) for end in accumulate(shares)]
    gpus = (min(bisect_right(ends, number / moved), len(ends) - 1) for number in range(moved))
    return (RAM,) * (count - moved) + tuple(f"gpu{gpu}" for gpu in gpus)


def _lines(part: str, sizes: Iterable[tuple[str, float]], file_backed: bool = False) -> Iterator[PlanLine]:
    """One line a place; what is mapped is mapped in RAM only."""
    total: Counter[str] = Counter()
    for place, size in sizes:
        total[place] += round(size)
    return (PlanLine(part, size, place, file_backed and place == RAM) for place, size in total.items() if size)


def _weights(load: _Load) -> Iterator[tuple[str, float]]:
    """The embedding is looked up in RAM; an output that is the embedding again is copied to where the output stands."""
    spec = load.spec
    known = spec.embedding_bytes + spec.output_bytes + spec.other_bytes + sum(spec.layer_bytes)
    unknown = 0 if spec.exact and spec.layers else max(0, spec.file_bytes - known)
    yield RAM, spec.embedding_bytes + spec.other_bytes + unknown
    yield from zip(load.places, spec.layer_bytes, strict=False)
    copied = spec.embedding_bytes if load.places[-1] != RAM else 0
    yield load.places[-1], spec.output_bytes or copied


def _adapter(load: _Load) -> Iterator[tuple[str, float]]:
    """Read, not mapped; each matrix stands where the layer is that it is added to."""
    for place in load.places[:-1]:
        yield place, load.spec.adapter_bytes / load.spec.layers


def _kv_cache(load: _Load) -> Iterator[tuple[str, float]]:
    spec = load.spec
    if not spec.layers or not any(spec.kv_heads) or not spec.key_width:
        yield RAM, load.slots * (spec.file_bytes * load.n_ctx / _UNKNOWN_CONTEXT + spec.state_bytes)
        return
    value = KV_BYTES[load.kv_type] * (spec.key_width + spec.value_width) * load.slots
    for place, heads, window in zip(load.places, spec.kv_heads, _windows(spec), strict=False):
        yield place, load.cells(window) * heads * value
        yield place, spec.state_bytes * load.slots / spec.layers


def _windows(spec: ModelSpec) -> tuple[int, ...]:
    return spec.windows or (0,) * spec.layers


def _compute(load: _Load) -> Iterator[tuple[str, float]]:
    """On each device that has layers, and where the text comes in. The widest moment is in the feed-forward."""
    spec = load.spec
    masks = sum(2 * load.cells(window) * load.n_batch for window in {0, *_windows(spec)})
    entry = masks + load.n_batch * (spec.width * _FLOAT + _INPUTS)
    output = load.slots * spec.vocabulary * _FLOAT
    yield RAM, output
    if RAM not in load.places:
        yield RAM, entry
    for place in load.devices:
        yield place, entry + output + load.n_batch * _token_bytes(spec) + _turns(load)


def _token_bytes(spec: ModelSpec) -> float:
    if not spec.width or not spec.feed_forward:
        return spec.file_bytes / 10_000 + _UNKNOWN_TOKEN
    wide = max(_FORWARD * spec.feed_forward, 4 * spec.heads * spec.key_width)
    values = (wide + _RESIDUAL * spec.width) * (1 if spec.exact else 2)
    return values * _FLOAT + spec.feed_forward * _WORK


def _turns(load: _Load) -> int:
    """The matrices that turn heads before they are quantised."""
    if load.kv_type == "f16":
        return 0
    return _FLOAT * (load.spec.key_width**2 * len({0, *_windows(load.spec)}) + load.spec.value_width**2)


def _prompt_cache(load: _Load, limit: int) -> float:
    """The cache with the state that is just being added to it, and the checkpoints of layers that forget."""
    slot = sum(size for _, size in _kv_cache(load)) / load.slots
    return limit + min(limit, slot) + CHECKPOINTS * load.slots * _checkpoint(load)


def _checkpoint(load: _Load) -> float:
    spec = load.spec
    value = KV_BYTES[load.kv_type] * (spec.key_width + spec.value_width)
    kept = sum(
        heads * min(window, load.n_ctx) for heads, window in zip(spec.kv_heads, _windows(spec), strict=False) if window
    )
    return kept * value + spec.state_bytes


def _engine(load: _Load) -> Iterator[tuple[str, float]]:
    spec = load.spec
    yield RAM, _PROCESS + spec.vocabulary * _TOKEN + spec.merges * _MERGE + spec.layers * _LAYER
    yield RAM, load.slots * (_SLOT + spec.vocabulary * _CANDIDATE)
    if load.gpus:
        yield RAM, _GPU_HOST
    for place in load.gpus:
        yield place, _GPU_ENGINE
