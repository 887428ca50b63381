"""The header of a GGUF file, sound and broken."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.errors import InputError
from ai_chat.llm.gguf import read_spec
from ai_chat.llm.models import ModelInfo, is_trusted, model_info

Value = str | int | Sequence[str]

_UINT32, _STRING, _ARRAY = 4, 8, 9


def _text(value: str) -> bytes:
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def _key(name: str, value: Value) -> bytes:
    if isinstance(value, str):
        return _text(name) + struct.pack("<I", _STRING) + _text(value)
    if isinstance(value, int):
        return _text(name) + struct.pack("<II", _UINT32, value)
    items = b"".join(_text(item) for item in value)
    return _text(name) + struct.pack("<IIQ", _ARRAY, _STRING, len(value)) + items


def gguf(keys: Mapping[str, Value], version: int = 3) -> bytes:
    """A header without tensors."""
    body = b"".join(_key(name, value) for name, value in keys.items())
    return b"GGUF" + struct.pack("<IQQ", version, 0, len(keys)) + body


_CHAT: dict[str, Value] = {
    "general.architecture": "qwen2",
    "general.name": "Small Talk",
    "general.size_label": "3B",
    "general.file_type": 15,
    "qwen2.context_length": 32768,
    "qwen2.embedding_length": 2048,
    "qwen2.attention.head_count": 16,
    "tokenizer.ggml.tokens": ["a", "나", "c"],
    "tokenizer.chat_template": "{{ messages }}",
}


def _write(folder: Path, data: bytes) -> Path:
    path = folder / "model.gguf"
    path.write_bytes(data)
    return path


def test_a_header_becomes_a_spec(tmp_path: Path) -> None:
    spec = read_spec(_write(tmp_path, gguf(_CHAT)))
    assert (spec.architecture, spec.name, spec.context_length) == ("qwen2", "Small Talk", 32768)
    assert (spec.chat_template, spec.parameters, spec.head_width) == (True, 3e9, 128)


def test_the_starter_is_a_base_model(starter: ModelInfo) -> None:
    spec = read_spec(starter.path)
    assert (spec.architecture, spec.context_length, spec.head_width) == ("gemma3", starter.context_length, 256)
    assert not spec.chat_template and not is_trusted(spec)


def test_only_a_large_chat_model_is_trusted(tmp_path: Path) -> None:
    assert model_info(_write(tmp_path, gguf(_CHAT))).trusted
    assert not model_info(_write(tmp_path, gguf({**_CHAT, "general.size_label": "1.7B"}))).trusted
    assert not model_info(_write(tmp_path, gguf({**_CHAT, "general.size_label": "odd"}))).trusted


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "model_not_gguf"),
        (b"%PDF-1.7 not a model", "model_not_gguf"),
        (b"GGUF\x03\x00", "model_truncated"),
        (gguf(_CHAT, version=9), "model_version_unknown"),
        (gguf(_CHAT)[:-20], "model_truncated"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60), "model_damaged"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 62), "model_damaged"),
        (gguf({"general.architecture": "bert"}), "model_unsupported"),
        (gguf({"general.type": "adapter", "general.architecture": "gemma3"}), "model_unsupported"),
        (gguf({}), "model_unsupported"),
    ],
)
def test_a_bad_file_is_told_by_its_code(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_spec(_write(tmp_path, data))
    assert caught.value.code == code


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.gguf", tmp_path):
        with pytest.raises(InputError, match="model_missing"):
            read_spec(path)


@given(cut=st.integers(4, 400), noise=st.binary(max_size=40))
def test_no_damage_ends_in_another_error(tmp_path_factory: pytest.TempPathFactory, cut: int, noise: bytes) -> None:
    path = _write(tmp_path_factory.mktemp("noise"), gguf(_CHAT)[:cut] + noise)
    try:
        read_spec(path)
    except InputError as error:
        assert error.code.startswith("model_")
