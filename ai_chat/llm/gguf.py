"""A GGUF file, whole or in parts -> ModelSpec.

Takes a path, gives what the header says of the model in the memory plan's words: sizes of its parts, heads, windows.
Gives InputError with a code for whatever is not a language model of a known version. Knows no engine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ai_chat.errors import InputError
from ai_chat.llm.architectures import DENSE, FILE_TYPES, NOT_GENERATING, has_window
from ai_chat.llm.header import MERGES, TOKENS, Header, Tensor, Value, read_header
from ai_chat.memory.spec import ModelSpec

_MAX_LAYERS = 1024
_MAX_PARTS = 1000
_FLOAT_BYTES = 4
_GUESSED = 1024  # added to a file type that its maker was not sure of


class _Keys:
    """What a header says: texts, "" where one is missing; numbers of its architecture, 0 where one is missing or makes no sense."""

    def __init__(self, keys: dict[str, Value]) -> None:
        self._keys = keys
        self.architecture = self.text("general.architecture")

    def text(self, key: str, missing: str = "") -> str:
        value = self._keys.get(key)
        return value if isinstance(value, str) else missing

    def general(self, key: str, missing: int = 0) -> int:
        """A number that no architecture is named before; of an array that is counted and not read, its length."""
        value = self._keys.get(key)
        return value if isinstance(value, int) else missing

    def numbers(self, key: str) -> tuple[int, ...]:
        value = self._keys.get(f"{self.architecture}.{key}", ())
        items = value if isinstance(value, tuple) else (value,)
        return tuple(max(0, int(item)) for item in items if isinstance(item, int))

    def number(self, key: str) -> int:
        """The largest, where each layer has its own."""
        return max(self.numbers(key), default=0)

    def has(self, start: str) -> bool:
        return any(key.startswith(f"{self.architecture}.{start}") for key in self._keys)


def read_spec(path: Path) -> ModelSpec:
    """Raises InputError as `read_header` does, and: model_unsupported, model_part_missing, model_part_wrong."""
    first = read_header(path)
    files = _files(path, first)
    told = _Keys(first.keys)
    kind = told.text("general.type", "model")
    if kind != "model" or not told.architecture or told.architecture in NOT_GENERATING:
        raise InputError("model_unsupported", path=str(path), reason=f"{kind} {told.architecture}".strip())
    layers = told.number("block_count")
    if layers > _MAX_LAYERS:
        raise InputError("model_damaged", path=str(path), found=f"block_count={layers}")
    return _spec(files, told, layers, [first, *map(read_header, files[1:])])


def _files(path: Path, first: Header) -> tuple[Path, ...]:
    """The file itself, or all parts of a split one in their order."""
    count, number = first.keys.get("split.count", 1), first.keys.get("split.no", 0)
    if not isinstance(count, int) or not isinstance(number, int) or not 0 <= number < max(1, count) <= _MAX_PARTS:
        raise InputError("model_damaged", path=str(path), found=f"split.no={number}, split.count={count}")
    if count <= 1:
        return (path,)
    stem = re.sub(r"-\d{5}-of-\d{5}$", "", path.stem)
    files = tuple(path.with_name(f"{stem}-{part:05}-of-{count:05}.gguf") for part in range(1, count + 1))
    if number:
        raise InputError("model_part_wrong", path=str(path), first=files[0].name)
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise InputError("model_part_missing", path=str(path), missing=", ".join(missing[:3]), count=len(missing))
    return files


def _spec(files: tuple[Path, ...], told: _Keys, layers: int, headers: list[Header]) -> ModelSpec:
    tensors = [tensor for header in headers for tensor in header.tensors]
    width, heads = told.number("embedding_length"), told.number("attention.head_count")
    head = width // heads if heads else 0
    parts = _bytes_by_part(tensors, layers)
    return ModelSpec(
        architecture=told.architecture,
        name=told.text("general.name", files[0].stem),
        context_length=told.number("context_length"),
        chat_template=bool(told.text("tokenizer.chat_template")),
        parameters=_parameters(told.text("general.size_label"), sum(tensor.elements for tensor in tensors)),
        file_bytes=sum(header.file_bytes for header in headers),
        files=tuple(map(str, files)),
        file_type=_file_type(told, tensors),
        layers=layers,
        width=width,
        heads=heads,
        kv_heads=_kv_heads(told, layers, heads),
        key_width=told.number("attention.key_length") or head,
        value_width=told.number("attention.value_length") or head,
        feed_forward=_feed_forward(told),
        vocabulary=told.general(TOKENS) or told.number("vocab_size"),
        merges=told.general(MERGES),
        windows=_windows(told, layers),
        experts=told.number("expert_count"),
        layer_bytes=tuple(parts[layer] for layer in range(layers)),
        embedding_bytes=parts["token_embd"],
        output_bytes=parts["output"],
        other_bytes=parts["other"],
        state_bytes=_state_bytes(told, layers, width),
        exact=_is_exact(told, tensors) and layers * heads * width > 0,
    )


def _bytes_by_part(tensors: Iterable[Tensor], layers: int) -> Counter[str | int]:
    """By layer number, "token_embd", "output" and "other"."""
    parts: Counter[str | int] = Counter()
    for tensor in tensors:
        found = re.match(r"blk\.(\d{1,4})\.|(token_embd|output)\.", tensor.name)
        part: str | int = "other"
        if found is not None:
            part = found[2] or int(found[1])
        parts[part if isinstance(part, str) or part < layers else "other"] += tensor.bytes
    return parts


def _kv_heads(told: _Keys, layers: int, heads: int) -> tuple[int, ...]:
    """Of each layer; the last ones of some architectures look at what earlier ones keep."""
    found = told.numbers("attention.head_count_kv") or (heads,)
    each = found if len(found) == layers else (max(found),) * layers
    own = layers - min(layers, told.number("attention.shared_kv_layers"))
    return each[:own] + (0,) * (layers - own)


def _windows(told: _Keys, layers: int) -> tuple[int, ...]:
    pattern = told.numbers("attention.sliding_window_pattern")
    slides, usual = has_window(told.architecture, layers - told.number("nextn_predict_layers"), pattern)
    window = told.number("attention.sliding_window") or usual
    return tuple(window if slides(layer) else 0 for layer in range(layers))


def _feed_forward(told: _Keys) -> int:
    """Values wide at once: of the dense block, or of the experts that a token goes through."""
    dense = told.number("feed_forward_length")
    expert = told.number("expert_feed_forward_length") or (dense if told.number("expert_count") else 0)
    return max(dense, expert * (max(1, told.number("expert_used_count")) + told.number("expert_shared_count")))


def _state_bytes(told: _Keys, layers: int, width: int) -> int:
    """What recurrent layers keep for one sequence, as if every layer did: convolution and state, in 32-bit floats."""
    inner, state = told.number("ssm.inner_size"), told.number("ssm.state_size")
    values = max(0, told.number("ssm.conv_kernel") - 1) * (inner + 2 * told.number("ssm.group_count") * state)
    values += inner * state
    if told.has("wkv."):
        values += width * (told.number("wkv.head_size") + 2)
    values += width * max(0, told.number("shortconv.l_cache") - 1)
    return values * _FLOAT_BYTES * layers


def _is_exact(told: _Keys, tensors: Iterable[Tensor]) -> bool:
    odd = ("expert_count", "ssm.", "wkv.", "shortconv.", "attention.kv_lora_rank", "attention.key_length_swa")
    return (
        told.architecture in DENSE and not any(told.has(key) for key in odd) and all(tensor.type for tensor in tensors)
    )


def _file_type(told: _Keys, tensors: Iterable[Tensor]) -> str:
    """As its maker called it ("Q4_K_M"), else the type that most of its bytes have."""
    named = FILE_TYPES.get(told.general("general.file_type", -1) % _GUESSED)
    if named:
        return named
    sizes: Counter[str] = Counter()
    for tensor in tensors:
        sizes[tensor.type] += tensor.bytes
    return sizes.most_common(1)[0][0] if sizes else ""


def _parameters(label: str, counted: int) -> float:
    """'270M' -> 2.7e8, '1.5B' -> 1.5e9, '8x7B' -> 5.6e10; never more than there are in the file."""
    found = re.fullmatch(r"(?:(\d+)x)?(\d+(?:\.\d+)?)([KMBT])", label)
    if found is None:
        return float(counted)
    experts, number, unit = found.groups()
    named = int(experts or 1) * float(number) * {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}[unit]
    return min(named, float(counted)) if counted else named
