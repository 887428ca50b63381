"""A synthetic language model as a GGUF file: the exact geometry of a real one, random finite weights.

    python benchmarks/synthetic.py OUT.gguf --size 7b [--type q4_k_m|q8_0|f16] [--context 32768] [--no-template]

Memory and speed are those of the real file; its text is noise that never ends by itself. Written as a stream.
"""

from __future__ import annotations

import argparse
import dataclasses
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from gguf import GGMLQuantizationType as Kind
from gguf import GGUFWriter, LlamaFileType
from gguf.constants import GGML_QUANT_SIZES
from synthetic_tokens import SILENT, add_tokens

FileType = Literal["q4_k_m", "q8_0", "f16"]


@dataclass(frozen=True, slots=True)
class Geometry:
    """`tied`: the embedding is the output matrix too. `window`: of gemma3's layers but each sixth. `experts`: two are used."""

    name: str
    architecture: Literal["qwen2", "llama", "gemma3"]
    layers: int
    width: int
    heads: int
    kv_heads: int
    head: int
    feed_forward: int
    vocabulary: int
    tied: bool
    rope: float = 1e6
    window: int = 0
    experts: int = 0


TINY = Geometry("tiny", "qwen2", 2, 256, 4, 2, 64, 256, 3072, tied=True)
TINY_SLIDING = Geometry("tiny-sliding", "gemma3", 6, 256, 2, 1, 64, 256, 3072, tied=True, window=128)
TINY_EXPERTS = Geometry("tiny-experts", "llama", 2, 256, 4, 2, 64, 256, 3072, tied=True, experts=4)
GEOMETRIES = {
    "tiny": TINY,
    "tiny-sliding": TINY_SLIDING,
    "tiny-experts": TINY_EXPERTS,
    "0.5b": Geometry("qwen2.5-0.5b", "qwen2", 24, 896, 14, 2, 64, 4864, 151936, tied=True),
    "1.5b": Geometry("qwen2.5-1.5b", "qwen2", 28, 1536, 12, 2, 128, 8960, 151936, tied=True),
    "3b": Geometry("qwen2.5-3b", "qwen2", 36, 2048, 16, 2, 128, 11008, 151936, tied=True),
    "7b": Geometry("qwen2.5-7b", "qwen2", 28, 3584, 28, 4, 128, 18944, 152064, tied=False),
    "8b": Geometry("llama-3.1-8b", "llama", 32, 4096, 32, 8, 128, 14336, 128256, tied=False, rope=5e5),
}

_CONTENT = "{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
_TURNS = "{% for m in messages %}<|im_start|>{{ m.role }}\n"
_THOUGHTS = "{% if m.reasoning_content %}<think>\n{{ m.reasoning_content }}\n</think>\n\n{% endif %}"
CHAT_TEMPLATE = _TURNS + _CONTENT + "{% endif %}"
THINKING_TEMPLATE = _TURNS + _THOUGHTS + _CONTENT + "<think>\n{% endif %}"  # whose model never ends its thoughts

_FILE_TYPES = {
    "q4_k_m": LlamaFileType.MOSTLY_Q4_K_M,
    "q8_0": LlamaFileType.MOSTLY_Q8_0,
    "f16": LlamaFileType.MOSTLY_F16,
}
_FOR_ODD_ROWS = {Kind.Q4_K: Kind.Q5_0, Kind.Q6_K: Kind.Q8_0}  # what llama.cpp takes where a row is no multiple of 256
_PIECE = 8 << 20


@dataclass(frozen=True, slots=True)
class Tensor:
    """`shape`: rows, then what a row is multiplied with; a stack of experts before that. `value` None: random."""

    name: str
    shape: tuple[int, ...]
    kind: Kind
    value: float | None = None

    @property
    def bytes(self) -> int:
        block, size = GGML_QUANT_SIZES[self.kind]
        return int(np.prod(self.shape, dtype=np.int64)) // block * size


def make_model(
    path: Path,
    geometry: Geometry,
    *,
    file_type: FileType = "q4_k_m",
    context: int = 32768,
    template: str = CHAT_TEMPLATE,
) -> Path:
    """Writes the file and gives its path; an empty `template` leaves the chat template out."""
    writer = GGUFWriter(path, geometry.architecture)
    _describe(writer, geometry, context)
    writer.add_file_type(_FILE_TYPES[file_type])
    add_tokens(writer, geometry.vocabulary)
    if template:
        writer.add_chat_template(template)
    tensors = tuple(_tensors(geometry, file_type))
    for tensor in tensors:
        kind = {Kind.F32: np.float32, Kind.F16: np.float16}.get(tensor.kind, np.int32)
        writer.add_tensor_info(tensor.name, tensor.shape, np.dtype(kind), tensor.bytes, raw_dtype=tensor.kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for file in writer.fout or []:
        writer.write_padding(file, file.tell())
        for tensor in tensors:
            _write_tensor(file, tensor)
            writer.write_padding(file, tensor.bytes)
    writer.close()
    return path


def model_bytes(geometry: Geometry, file_type: FileType) -> int:
    """Of the weights alone."""
    return sum(tensor.bytes for tensor in _tensors(geometry, file_type))


def _describe(writer: GGUFWriter, geometry: Geometry, context: int) -> None:
    writer.add_name(f"{geometry.name}-synthetic")
    writer.add_context_length(context)
    writer.add_embedding_length(geometry.width)
    writer.add_block_count(geometry.layers)
    writer.add_feed_forward_length(geometry.feed_forward)
    writer.add_head_count(geometry.heads)
    writer.add_head_count_kv(geometry.kv_heads)
    writer.add_key_length(geometry.head)
    writer.add_value_length(geometry.head)
    writer.add_rope_dimension_count(geometry.head)
    writer.add_rope_freq_base(geometry.rope)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(geometry.vocabulary)
    if geometry.window:
        writer.add_sliding_window(geometry.window)
    if geometry.experts:
        writer.add_expert_count(geometry.experts)
        writer.add_expert_used_count(2)


def _tensors(geometry: Geometry, file_type: FileType) -> Iterator[Tensor]:
    """In the order and with the types that llama.cpp's quantisation gives them."""
    vocabulary, width = geometry.vocabulary, geometry.width
    yield Tensor("token_embd.weight", (vocabulary, width), _kind(file_type, width, better=geometry.tied))
    for layer in range(geometry.layers):
        for tensor in _layer(geometry, file_type, better=_more_bits(layer, geometry.layers)):
            yield dataclasses.replace(tensor, name=f"blk.{layer}.{tensor.name}")
    yield Tensor("output_norm.weight", (width,), Kind.F32, 4.0)
    if not geometry.tied:
        yield Tensor("output.weight", (vocabulary, width), _kind(file_type, width, better=True))


def _layer(geometry: Geometry, file_type: FileType, *, better: bool) -> Iterator[Tensor]:
    def matrix(name: str, rows: int, columns: int, *stack: int, better: bool = False) -> Tensor:
        return Tensor(f"{name}.weight", (*stack, rows, columns), _kind(file_type, columns, better=better))

    width, hidden = geometry.width, geometry.feed_forward
    queries, keys = geometry.heads * geometry.head, geometry.kv_heads * geometry.head
    yield from (Tensor(f"{name}.weight", (size,), Kind.F32, 1.0) for name, size in _norms(geometry))
    yield matrix("attn_q", queries, width)
    yield matrix("attn_k", keys, width)
    yield matrix("attn_v", keys, width, better=better)
    yield matrix("attn_output", width, queries)
    if geometry.architecture == "qwen2":
        for name, size in (("attn_q", queries), ("attn_k", keys), ("attn_v", keys)):
            yield Tensor(f"{name}.bias", (size,), Kind.F32, 0.0)
    stack = (geometry.experts,) if geometry.experts else ()
    tail = "_exps" if geometry.experts else ""
    if geometry.experts:
        yield Tensor("ffn_gate_inp.weight", (geometry.experts, width), Kind.F32, 0.01)
    yield matrix(f"ffn_gate{tail}", hidden, width, *stack)
    yield matrix(f"ffn_up{tail}", hidden, width, *stack)
    yield matrix(f"ffn_down{tail}", width, hidden, *stack, better=better)


def _norms(geometry: Geometry) -> Iterator[tuple[str, int]]:
    yield from (("attn_norm", geometry.width), ("ffn_norm", geometry.width))
    if geometry.architecture == "gemma3":
        yield from (("attn_q_norm", geometry.head), ("attn_k_norm", geometry.head))
        yield from (("post_attention_norm", geometry.width), ("post_ffw_norm", geometry.width))


def _more_bits(layer: int, layers: int) -> bool:
    """The layers whose values and way down keep six bits in Q4_K_M: first and last eighth, each third between."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def _kind(file_type: FileType, columns: int, *, better: bool) -> Kind:
    if file_type != "q4_k_m":
        return Kind.Q8_0 if file_type == "q8_0" else Kind.F16
    kind = Kind.Q6_K if better else Kind.Q4_K
    return _FOR_ODD_ROWS[kind] if columns % 256 else kind


def _write_tensor(file: BinaryIO, tensor: Tensor) -> None:
    if tensor.value is not None:
        np.full(tensor.shape, tensor.value, np.float32).tofile(file)
        return
    left = tensor.bytes
    if tensor.name in ("token_embd.weight", "output.weight"):
        silent = dataclasses.replace(tensor, shape=(SILENT, tensor.shape[-1])).bytes
        file.write(bytes(silent))
        left -= silent
    pool = _blocks(tensor.kind, tensor.shape[-1])
    while left:
        file.write(pool[:left])
        left -= min(left, len(pool))


@lru_cache(maxsize=32)
def _blocks(kind: Kind, columns: int) -> memoryview:
    """Random blocks of weights around 0 whose spread, 1/sqrt(columns), keeps what flows through the layers finite."""
    rng = np.random.default_rng(columns)
    spread = columns**-0.5
    size = GGML_QUANT_SIZES[kind][1]
    if kind is Kind.F16:
        return memoryview(rng.normal(0, spread, 1 << 20).astype(np.float16).tobytes())
    count = 4093  # a prime, so that rows differ; then repeated to a good length for writing
    raw = rng.integers(0, 256, (count, size), dtype=np.uint8)
    for start, scale in _scales(kind, spread):
        raw[:, start : start + 2] = np.frombuffer(np.float16(scale).tobytes(), np.uint8)
    if kind is Kind.Q4_K:
        raw[:, 4:16] = 255  # each of the eight scales and minima at its largest, 63
    if kind is Kind.Q6_K:
        raw[:, 192:208] = 64
    return memoryview(np.tile(raw, (_PIECE // raw.size + 1, 1)).tobytes())


def _scales(kind: Kind, spread: float) -> tuple[tuple[int, float], ...]:
    """Where a block's 16-bit scales stand, and what makes evenly drawn quants spread that much."""
    if kind is Kind.Q4_K:
        step = spread / 4.6 / 63
        return (0, step), (2, step * 7.5)
    if kind is Kind.Q6_K:
        return ((208, spread / 18.5 / 64),)
    return ((0, spread / (74 if kind is Kind.Q8_0 else 9.2)),)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", choices=GEOMETRIES, default="7b")
    parser.add_argument("--type", choices=_FILE_TYPES, default="q4_k_m")
    parser.add_argument("--context", type=int, default=32768)
    parser.add_argument("--no-template", action="store_true")
    options = parser.parse_args()
    started = time.perf_counter()
    template = "" if options.no_template else CHAT_TEMPLATE
    make_model(
        options.out, GEOMETRIES[options.size], file_type=options.type, context=options.context, template=template
    )
    size = options.out.stat().st_size
    print(f"{options.out}: {size:,} bytes in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
