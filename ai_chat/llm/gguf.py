"""The header of a GGUF file -> ModelSpec.

Takes a path, reads the magic, the version and the key-values, never a tensor; sizes found in the file are bounded.
Gives InputError with a code for whatever is not a language model of a known version. Knows no engine.
"""

from __future__ import annotations

import mmap
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from ai_chat.errors import InputError

Value = str | int | float | bool

MAGIC = b"GGUF"
KNOWN_VERSIONS = (2, 3)
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_MAX_KEYS = 65_536
_MAX_ITEMS = 1 << 24
_MAX_DEPTH = 4
_MAX_TEXT = 1 << 22
_WANTED = re.compile(r"general\.(type|architecture|name|size_label)|tokenizer\.chat_template")
_NOT_GENERATING = frozenset({"bert", "nomic-bert", "jina-bert-v2", "modern-bert", "t5encoder", "clip", "mmproj"})
# llama.cpp's llama_ftype numbers, as in its public header


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What the header says; numbers are 0 where it says nothing. `head_width` is the length of one attention head."""

    architecture: str
    name: str
    context_length: int
    chat_template: bool
    parameters: float
    head_width: int
    file_bytes: int


class _Truncated(Exception):
    """The file ends inside its header."""


class _Reader:
    """A cursor over the mapped file; every read is checked against its end."""

    def __init__(self, data: mmap.mmap, position: int) -> None:
        self._data = data
        self._size = len(data)
        self.position = position

    def skip(self, size: int) -> None:
        self.position += size
        if self.position > self._size:
            raise _Truncated

    def scalar(self, form: str) -> Value:
        start = self.position
        self.skip(struct.calcsize(form))
        value: Value = struct.unpack_from(form, self._data, start)[0]
        return value

    def whole(self, form: str) -> int:
        return int(self.scalar(form))

    def text(self) -> str:
        length = self.whole("<Q")
        start = self.position
        if length > _MAX_TEXT:
            raise _Truncated
        self.skip(length)
        return self._data[start : self.position].decode("utf-8", "replace")

    def skip_texts(self, count: int) -> None:
        """Past `count` strings; a vocabulary has hundreds of thousands, so this loop is kept bare."""
        data, position, size = self._data, self.position, self._size
        length_at = struct.Struct("<Q").unpack_from
        for _ in range(count):
            if position + 8 > size:
                raise _Truncated
            position += 8 + length_at(data, position)[0]
        self.position = position
        self.skip(0)


def read_spec(path: Path) -> ModelSpec:
    """Raises InputError: model_missing, model_not_gguf, model_version_unknown, model_truncated, model_unsupported."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            head = file.read(24)
            _check_magic(path, head)
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                keys = _read_keys(path, _Reader(data, 16), size)
    except OSError as error:
        raise InputError("model_missing", path=str(path), reason=error.strerror or str(error)) from error
    return _spec(path, keys, size)


def _check_magic(path: Path, head: bytes) -> None:
    if head[:4] != MAGIC:
        raise InputError("model_not_gguf", path=str(path), found=repr(head[:4]))
    if len(head) < 24:
        raise InputError("model_truncated", path=str(path), bytes=len(head))
    (version,) = struct.unpack_from("<I", head, 4)
    if version not in KNOWN_VERSIONS:
        raise InputError("model_version_unknown", path=str(path), version=version)


def _read_keys(path: Path, reader: _Reader, size: int) -> dict[str, Value]:
    try:
        count = reader.whole("<Q")
        if count > _MAX_KEYS:
            raise _Truncated
        keys: dict[str, Value] = {}
        for _ in range(count):
            key = reader.text()
            value = _read_value(reader, reader.whole("<I"), wanted=_WANTED.fullmatch(key) is not None)
            if value is not None:
                keys[key] = value
    except _Truncated:
        raise InputError("model_truncated", path=str(path), bytes=size) from None
    return keys


def _read_value(reader: _Reader, kind: int, *, wanted: bool) -> Value | None:
    if kind == _STRING:
        text = reader.text()
        return text if wanted else None
    if kind == _ARRAY:
        _skip_array(reader, 1)
        return None
    return reader.scalar(_form(kind))


def _skip_array(reader: _Reader, depth: int) -> None:
    kind, count = reader.whole("<I"), reader.whole("<Q")
    if count > _MAX_ITEMS or depth > _MAX_DEPTH:
        raise _Truncated
    if kind == _STRING:
        reader.skip_texts(count)
    elif kind == _ARRAY:
        for _ in range(count):
            _skip_array(reader, depth + 1)
    else:
        reader.skip(count * struct.calcsize(_form(kind)))


def _form(kind: int) -> str:
    form = _SCALARS.get(kind)
    if form is None:
        raise _Truncated
    return form


def _spec(path: Path, keys: dict[str, Value], size: int) -> ModelSpec:
    architecture = str(keys.get("general.architecture", ""))
    kind = str(keys.get("general.type", "model"))
    if kind != "model" or not architecture or architecture in _NOT_GENERATING:
        raise InputError("model_unsupported", path=str(path), reason=f"{kind} {architecture}".strip())

    def number(key: str) -> int:
        value = keys.get(f"{architecture}.{key}")
        return value if isinstance(value, int) else 0

    return ModelSpec(
        architecture=architecture,
        name=str(keys.get("general.name", path.stem)),
        context_length=number("context_length"),
        chat_template=bool(keys.get("tokenizer.chat_template")),
        parameters=_parameters(str(keys.get("general.size_label", ""))),
        head_width=number("attention.key_length")
        or number("embedding_length") // max(1, number("attention.head_count")),
        file_bytes=size,
    )


def _parameters(label: str) -> float:
    """'270M' -> 2.7e8, '1.5B' -> 1.5e9, '8x7B' -> 5.6e10."""
    found = re.fullmatch(r"(?:(\d+)x)?(\d+(?:\.\d+)?)([KMBT])", label)
    if found is None:
        return 0.0
    experts, number, unit = found.groups()
    return int(experts or 1) * float(number) * {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}[unit]
