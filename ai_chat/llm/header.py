"""The header of one GGUF file: its keys, and which tensors stand where.

Takes a path, gives a Header; never reads a tensor's data. Sizes and counts found in the file are bounded before they are believed,
so that no file costs much time or memory. Raises InputError for whatever is no sound GGUF file. Knows nothing of models.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from pathlib import Path
from stat import S_ISREG

from ai_chat.errors import InputError

Number = int | float
Value = str | Number | tuple[Number, ...]

MAGIC = b"GGUF"
KNOWN_VERSIONS = (2, 3)
_LFS_POINTER = b"version https://git-lfs"  # what stands in a model's place where Git LFS has not fetched it
TOKENS = "tokenizer.ggml.tokens"
MERGES = "tokenizer.ggml.merges"
# fmt: off
_TEXTS = frozenset((
    "general.type", "general.architecture", "general.name", "general.size_label", "general.license",
    "tokenizer.chat_template", "adapter.type", "ai_chat.adapter.base_sha256", "ai_chat.adapter.prompt",
))
# fmt: on
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_MAX_KEYS = 4096
_MAX_TENSORS = 1 << 16
_MAX_DIMENSIONS = 4
_MAX_TEXT = 1 << 22
_MAX_NAME = 1 << 10
_MAX_ITEMS = 1 << 22  # strings and arrays in the arrays of a file, together
_MAX_DEPTH = 4
_KEPT_ITEMS = 1024  # numbers of an array that is kept: one for each layer
_ALIGNMENT = 32
# ggml's types by number: values in a block, bytes of a block, name; as in ggml's public header
_TYPES = {
    0: (1, 4, "F32"),
    1: (1, 2, "F16"),
    2: (32, 18, "Q4_0"),
    3: (32, 20, "Q4_1"),
    6: (32, 22, "Q5_0"),
    7: (32, 24, "Q5_1"),
    8: (32, 34, "Q8_0"),
    9: (32, 40, "Q8_1"),
    10: (256, 84, "Q2_K"),
    11: (256, 110, "Q3_K"),
    12: (256, 144, "Q4_K"),
    13: (256, 176, "Q5_K"),
    14: (256, 210, "Q6_K"),
    15: (256, 292, "Q8_K"),
    16: (256, 66, "IQ2_XXS"),
    17: (256, 74, "IQ2_XS"),
    18: (256, 98, "IQ3_XXS"),
    19: (256, 50, "IQ1_S"),
    20: (32, 18, "IQ4_NL"),
    21: (256, 110, "IQ3_S"),
    22: (256, 82, "IQ2_S"),
    23: (256, 136, "IQ4_XS"),
    24: (1, 1, "I8"),
    25: (1, 2, "I16"),
    26: (1, 4, "I32"),
    27: (1, 8, "I64"),
    28: (1, 8, "F64"),
    29: (256, 56, "IQ1_M"),
    30: (1, 2, "BF16"),
    34: (256, 54, "TQ1_0"),
    35: (256, 66, "TQ2_0"),
    39: (32, 17, "MXFP4"),
    40: (64, 36, "NVFP4"),
    41: (128, 18, "Q1_0"),
}


@dataclass(frozen=True, slots=True)
class Tensor:
    """`shape` as GGUF counts: a row's values come first. `type` is "" where its number is not known here; `bytes` is then what lies
    between it and the next one."""

    name: str
    shape: tuple[int, ...]
    type: str
    offset: int
    bytes: int

    @property
    def elements(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Header:
    """`keys`: numbers, short arrays of numbers, a few texts; of the tokens their number. `file_bytes`: of the whole file."""

    keys: dict[str, Value]
    tensors: tuple[Tensor, ...]
    file_bytes: int


class _Truncated(Exception):
    """The file ends before what its header promises."""


class _Damaged(Exception):
    """The header says what cannot be; the text is the field and its value."""


class _Reader:
    """A cursor over the mapped file; every read is checked against its end."""

    def __init__(self, data: mmap.mmap, position: int) -> None:
        self._data = data
        self._size = len(data)
        self.position = position
        self._items_left = _MAX_ITEMS

    def skip(self, size: int) -> None:
        self.position += size
        if self.position > self._size:
            raise _Truncated

    def scalar(self, form: str) -> Number:
        start = self.position
        self.skip(struct.calcsize(form))
        value: Number = struct.unpack_from(form, self._data, start)[0]
        return value

    def whole(self, form: str) -> int:
        return int(self.scalar(form))

    def numbers(self, form: str, count: int) -> tuple[Number, ...]:
        start = self.position
        self.skip(count * struct.calcsize(form))
        return struct.unpack_from(f"<{count}{form[1]}", self._data, start)

    def text(self, limit: int) -> str:
        length = self.whole("<Q")
        if length > limit:
            raise _Damaged(f"string_length={length}")
        start = self.position
        self.skip(length)
        return self._data[start : self.position].decode("utf-8", "replace")

    def charge(self, count: int) -> None:
        """For items that are stepped over one by one: no file may ask for many."""
        self._items_left -= count
        if self._items_left < 0:
            raise _Damaged(f"array_length={count}")

    def skip_texts(self, count: int) -> None:
        """Past `count` strings; a vocabulary has hundreds of thousands, so this loop is kept bare."""
        self.charge(count)
        data, position, size = self._data, self.position, self._size
        length_at = struct.Struct("<Q").unpack_from
        for _ in range(count):
            if position + 8 > size:
                raise _Truncated
            position += 8 + length_at(data, position)[0]
        self.position = position
        self.skip(0)


def read_header(path: Path) -> Header:
    """Raises InputError: model_missing, model_is_pointer, model_not_gguf, model_version_unknown, model_truncated, model_damaged."""
    size = 0
    try:
        found = path.stat()
        size = found.st_size
        if not S_ISREG(found.st_mode):
            raise InputError("model_missing", path=str(path), reason="not a regular file")
        with path.open("rb") as file:
            _check_start(path, file.read(24))
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _parse(data)
    except OSError as error:
        raise InputError("model_missing", path=str(path), reason=error.strerror or str(error)) from error
    except _Truncated:
        raise InputError("model_truncated", path=str(path), bytes=size) from None
    except _Damaged as error:
        raise InputError("model_damaged", path=str(path), found=str(error)) from None


def _check_start(path: Path, head: bytes) -> None:
    if head.startswith(_LFS_POINTER):
        raise InputError("model_is_pointer", path=str(path))
    if head and head[:4] != MAGIC:
        raise InputError("model_not_gguf", path=str(path), found=repr(head[:4]))
    if len(head) < 24:
        raise InputError("model_truncated", path=str(path), bytes=len(head))
    (version,) = struct.unpack_from("<I", head, 4)
    if version not in KNOWN_VERSIONS:
        (turned,) = struct.unpack_from(">I", head, 4)
        told = f"{turned} (big-endian)" if turned in KNOWN_VERSIONS else version
        raise InputError("model_version_unknown", path=str(path), version=told)


def _parse(data: mmap.mmap) -> Header:
    reader = _Reader(data, 8)
    tensor_count, key_count = reader.whole("<Q"), reader.whole("<Q")
    if key_count > _MAX_KEYS:
        raise _Damaged(f"kv_count={key_count}")
    if tensor_count > _MAX_TENSORS:
        raise _Damaged(f"tensor_count={tensor_count}")
    keys = _read_keys(reader, key_count)
    infos = [_read_tensor(reader) for _ in range(tensor_count)]
    alignment = keys.get("general.alignment", _ALIGNMENT)
    if not isinstance(alignment, int) or alignment < 1:
        raise _Damaged(f"general.alignment={alignment}")
    start = -(-reader.position // alignment) * alignment
    return Header(keys, _placed(infos, max(0, len(data) - start)), len(data))


def _read_keys(reader: _Reader, count: int) -> dict[str, Value]:
    keys: dict[str, Value] = {}
    for _ in range(count):
        key = reader.text(_MAX_NAME)
        value = _read_value(reader, key, reader.whole("<I"))
        if key in keys:
            raise _Damaged(f"twice: {key}")
        if value is not None:
            keys[key] = value
    return keys


def _read_value(reader: _Reader, key: str, kind: int) -> Value | None:
    if kind == _ARRAY:
        return _read_array(reader, key)
    if kind != _STRING:
        return reader.scalar(_form(kind))
    if key in _TEXTS:
        return reader.text(_MAX_TEXT)
    reader.skip_texts(1)
    return None


def _read_array(reader: _Reader, key: str) -> Value | None:
    kind, count = reader.whole("<I"), reader.whole("<Q")
    if kind not in (_STRING, _ARRAY) and count <= _KEPT_ITEMS:
        return reader.numbers(_form(kind), count)
    _skip_items(reader, kind, count, 1)
    return count if key in (TOKENS, MERGES) else None


def _skip_items(reader: _Reader, kind: int, count: int, depth: int) -> None:
    if kind == _STRING:
        reader.skip_texts(count)
    elif kind != _ARRAY:
        reader.skip(count * struct.calcsize(_form(kind)))
    elif depth == _MAX_DEPTH:
        raise _Damaged(f"nested_arrays={depth}")
    else:
        reader.charge(16 * count)  # an array costs about as much as so many strings
        for _ in range(count):
            _skip_items(reader, reader.whole("<I"), reader.whole("<Q"), depth + 1)


def _form(kind: int) -> str:
    form = _SCALARS.get(kind)
    if form is None:
        raise _Damaged(f"value_type={kind}")
    return form


def _read_tensor(reader: _Reader) -> Tensor:
    name = reader.text(_MAX_NAME)
    dimensions = reader.whole("<I")
    if dimensions > _MAX_DIMENSIONS:
        raise _Damaged(f"{name[:64]}: dimensions={dimensions}")
    shape = tuple(reader.whole("<Q") for _ in range(dimensions))
    kind, offset = reader.whole("<I"), reader.whole("<Q")
    block, size, told = _TYPES.get(kind, (1, 0, ""))
    return Tensor(name, shape, told, offset, -(-prod(shape) // block) * size)


def _placed(tensors: list[Tensor], space: int) -> tuple[Tensor, ...]:
    """Each within the file and all together too; those of an unknown type take what lies between them and the next."""
    starts = sorted({tensor.offset for tensor in tensors} | {space})
    following = dict(pairwise(starts))
    placed = []
    for tensor in tensors:
        size = tensor.bytes if tensor.type else following.get(tensor.offset, space) - tensor.offset
        if size < 0 or tensor.offset + size > space:
            raise _Truncated
        placed.append(Tensor(tensor.name, tensor.shape, tensor.type, tensor.offset, size))
    if sum(tensor.bytes for tensor in placed) > space:
        raise _Damaged("overlapping tensors")
    return tuple(placed)
