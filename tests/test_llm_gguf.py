"""The header of a GGUF file, sound and broken."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import TINY, TINY_EXPERTS, TINY_SLIDING, make_model

from ai_chat.errors import InputError
from ai_chat.errors.sentences import sentence
from ai_chat.llm.gguf import read_spec
from ai_chat.llm.models import ModelInfo, is_trusted, model_info
from ai_chat.memory.spec import ModelSpec
from tests.gguf_files import CHAT, F16, Q4_K, FakeTensor, Value, gguf, key, text, write

_SMALL = (
    FakeTensor("token_embd.weight", (256, 3), Q4_K, 0),
    FakeTensor("blk.0.attn_q.weight", (256, 2), F16, 448),
    FakeTensor("blk.1.attn_q.weight", (256, 4), F16, 1472),
    FakeTensor("output.weight", (256, 3), Q4_K, 3520),
    FakeTensor("output_norm.weight", (256,), offset=3968),
)
_SMALL_BYTES = 4992


def _spec(folder: Path, architecture: str, **keys: Value) -> ModelSpec:
    """Of a header; `__` in a key is a dot, and the architecture comes before it."""
    own = {f"{architecture}.{name.replace('__', '.')}": value for name, value in keys.items()}
    return read_spec(write(folder, gguf({"general.architecture": architecture, **own})))


def _code(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_spec(path)
    return caught.value.code


def test_a_header_becomes_a_spec(tmp_path: Path) -> None:
    spec = read_spec(write(tmp_path, gguf(CHAT)))
    assert (spec.architecture, spec.name, spec.context_length) == ("qwen2", "Small Talk", 32768)
    assert (spec.chat_template, spec.parameters, spec.file_type) == (True, 3e9, "Q4_K_M")
    assert (spec.layers, spec.heads, spec.kv_heads, spec.vocabulary) == (2, 16, (16, 16), 3)
    assert (spec.key_width, spec.value_width, spec.windows, spec.exact) == (128, 128, (0, 0), True)


def test_a_model_of_known_geometry_is_read_back(tmp_path: Path) -> None:
    path = make_model(tmp_path / "tiny.gguf", TINY)
    spec = read_spec(path)
    assert (spec.layers, spec.width, spec.heads, spec.kv_heads) == (2, 256, 4, (2, 2))
    assert (spec.key_width, spec.value_width, spec.feed_forward, spec.vocabulary) == (64, 64, 256, 3072)
    assert spec.embedding_bytes == 3072 * 210 and spec.output_bytes == 0  # Q6_K, because it is the output matrix too
    assert spec.merges == 3072 - 256 - 3
    assert spec.parameters == 3072 * 256 + 2 * (256 * (256 + 2 * 128 + 256 + 3 * 256) + 512 + 512) + 256
    weights = spec.embedding_bytes + spec.output_bytes + sum(spec.layer_bytes) + spec.other_bytes
    assert 0 <= spec.file_bytes - weights < 150_000  # the header, above all its tokens
    assert spec.exact and spec.files == (str(path),)


def test_experts_and_windows_are_told(tmp_path: Path) -> None:
    experts = read_spec(make_model(tmp_path / "experts.gguf", TINY_EXPERTS))
    assert (experts.experts, experts.feed_forward, experts.exact) == (4, 2 * 256, False)
    assert read_spec(make_model(tmp_path / "sliding.gguf", TINY_SLIDING)).windows == (128,) * 5 + (0,)


def test_the_starter_is_a_base_model(starter: ModelInfo) -> None:
    spec = read_spec(starter.path)
    assert (spec.architecture, spec.context_length, spec.key_width) == ("gemma3", starter.context_length, 256)
    assert not spec.chat_template and not is_trusted(spec)
    assert spec.windows == ((512,) * 5 + (0,)) * 3
    assert (spec.layers, spec.kv_heads, spec.vocabulary, spec.exact) == (18, (1,) * 18, 262_144, True)
    assert (spec.embedding_bytes, sum(spec.layer_bytes), spec.other_bytes) == (178_257_920, 68_327_424, 2560)


@pytest.mark.parametrize(("size", "rewrites"), [("3B", True), ("7B", True), ("1.7B", False), ("odd", False)])
def test_a_follow_up_is_left_to_a_large_chat_model(tmp_path: Path, size: str, rewrites: bool) -> None:
    told = gguf({**CHAT, "general.size_label": size})
    assert model_info(write(tmp_path, told)).rewrites is rewrites


def test_only_a_large_chat_model_is_trusted(tmp_path: Path) -> None:
    assert model_info(write(tmp_path, gguf(CHAT))).trusted
    assert not model_info(write(tmp_path, gguf({**CHAT, "general.size_label": "1.7B"}))).trusted
    assert not model_info(write(tmp_path, gguf({**CHAT, "general.size_label": "odd"}))).trusted


def test_a_label_cannot_claim_more_than_the_file_has(tmp_path: Path) -> None:
    spec = read_spec(write(tmp_path, gguf({**CHAT, "general.size_label": "70B"}, _SMALL, _SMALL_BYTES)))
    assert spec.parameters == 256 * (3 + 2 + 4 + 3 + 1)


def test_weights_are_summed_by_part(tmp_path: Path) -> None:
    spec = read_spec(write(tmp_path, gguf(CHAT, _SMALL, _SMALL_BYTES)))
    assert (spec.embedding_bytes, spec.layer_bytes, spec.output_bytes) == (432, (1024, 2048), 432)
    assert spec.other_bytes == 1024


def test_a_layer_beyond_the_last_counts_as_something_else(tmp_path: Path) -> None:
    spec = read_spec(write(tmp_path, gguf(CHAT, [FakeTensor("blk.9.x.weight", (8,))], 32)))
    assert (spec.layer_bytes, spec.other_bytes) == ((0, 0), 32)


def test_a_type_not_known_here_takes_what_lies_between(tmp_path: Path) -> None:
    tensors = (FakeTensor("blk.0.a.weight", (64,), 999, 0), FakeTensor("blk.1.a.weight", (8,), offset=96))
    spec = read_spec(write(tmp_path, gguf(CHAT, tensors, 128)))
    assert (spec.layer_bytes, spec.exact) == ((96, 32), False)


def test_without_a_named_file_type_the_heaviest_one_counts(tmp_path: Path) -> None:
    keys = {name: value for name, value in CHAT.items() if name != "general.file_type"}
    assert read_spec(write(tmp_path, gguf(keys, _SMALL, _SMALL_BYTES))).file_type == "F16"
    assert read_spec(write(tmp_path, gguf({**keys, "general.file_type": 1024 + 7}))).file_type == "Q8_0"


@pytest.mark.parametrize(
    ("architecture", "keys", "windows"),
    [
        ("gemma2", {"block_count": 4}, (4096, 0, 4096, 0)),
        ("gemma2", {"block_count": 4, "attention__sliding_window": 1024}, (1024, 0, 1024, 0)),
        ("gemma3", {"block_count": 7, "attention__sliding_window": 512}, (512,) * 5 + (0, 512)),
        ("gemma3", {"block_count": 2}, (0, 0)),
        ("gemma3", {"block_count": 2, "attention__sliding_window": 8, "attention__sliding_window_pattern": 2}, (8, 0)),
        ("cohere2", {"block_count": 4, "attention__sliding_window": 4096}, (4096, 4096, 4096, 0)),
        ("exaone4", {"block_count": 30, "attention__sliding_window": 4096}, (0,) * 30),
        ("exaone4", {"block_count": 64}, (4096, 4096, 4096, 0) * 16),
        ("phi3", {"block_count": 2, "attention__sliding_window": 2047}, (0, 0)),
        ("llama", {"block_count": 2, "attention__sliding_window": 4096}, (0, 0)),
        (
            "gemma4",
            {
                "block_count": 3,
                "attention__sliding_window": 512,
                "attention__sliding_window_pattern": [True, True, False],
            },
            (512, 512, 0),
        ),
    ],
)
def test_windows_follow_the_engine(
    tmp_path: Path, architecture: str, keys: dict[str, Value], windows: tuple[int, ...]
) -> None:
    assert _spec(tmp_path, architecture, **keys).windows == windows


def test_each_layer_may_have_its_own_heads(tmp_path: Path) -> None:
    spec = _spec(tmp_path, "deci", block_count=3, attention__head_count=[8, 8, 4], attention__head_count_kv=[2, 0, 1])
    assert (spec.heads, spec.kv_heads) == (8, (2, 0, 1))


def test_heads_of_a_wrong_number_of_layers_are_taken_at_their_largest(tmp_path: Path) -> None:
    assert _spec(tmp_path, "llama", block_count=3, attention__head_count_kv=[1, 8]).kv_heads == (8, 8, 8)


def test_layers_that_share_keep_nothing(tmp_path: Path) -> None:
    keys: dict[str, Value] = {"attention__head_count_kv": 2, "attention__shared_kv_layers": 3}
    assert _spec(tmp_path, "gemma4", block_count=4, **keys).kv_heads == (2, 0, 0, 0)
    keys["attention__shared_kv_layers"] = 9
    assert _spec(tmp_path, "gemma4", block_count=4, **keys).kv_heads == (0, 0, 0, 0)


_DENSE: dict[str, Value] = {"block_count": 2, "embedding_length": 64, "attention__head_count": 2}


@pytest.mark.parametrize(
    ("architecture", "keys", "exact"),
    [
        ("llama", _DENSE, True),
        ("exaone", _DENSE, True),
        ("llama", {**_DENSE, "expert_count": 8}, False),
        ("llama", {}, False),
        ("deepseek2", {**_DENSE, "attention__kv_lora_rank": 512}, False),
        ("falcon-h1", {**_DENSE, "ssm__state_size": 16}, False),
        ("not-yet-born", _DENSE, False),
    ],
)
def test_only_what_is_known_is_exact(tmp_path: Path, architecture: str, keys: dict[str, Value], exact: bool) -> None:
    assert _spec(tmp_path, architecture, **keys).exact is exact


def test_recurrent_layers_keep_a_state(tmp_path: Path) -> None:
    keys: dict[str, Value] = {"ssm__conv_kernel": 4, "ssm__inner_size": 100, "ssm__state_size": 16}
    assert _spec(tmp_path, "mamba", block_count=2, **keys).state_bytes == 2 * 4 * (3 * 100 + 1600)
    assert _spec(tmp_path, "rwkv7", block_count=1, embedding_length=64, wkv__head_size=8).state_bytes == 4 * 64 * 10


def test_numbers_that_make_no_sense_are_none(tmp_path: Path) -> None:
    spec = _spec(tmp_path, "llama", block_count=1, context_length=-5, embedding_length="wide", attention__head_count=0)
    assert (spec.context_length, spec.width, spec.key_width, spec.kv_heads) == (0, 0, 0, (0,))


def _split(folder: Path, count: int = 3, stem: str = "big") -> list[Path]:
    """Parts as llama.cpp writes them: the keys in the first, a tensor in each."""
    parts = []
    for number in range(count):
        keys: dict[str, Value] = {"split.no": number, "split.count": count, **(CHAT if number == 0 else {})}
        data = gguf(keys, [FakeTensor(f"blk.{number % 2}.part{number}.weight", (8,))], 32)
        parts.append(write(folder, data, f"{stem}-{number + 1:05}-of-{count:05}.gguf"))
    return parts


def test_parts_are_followed_and_summed(tmp_path: Path) -> None:
    parts = _split(tmp_path)
    spec = read_spec(parts[0])
    assert spec.files == tuple(map(str, parts))
    assert (spec.layer_bytes, spec.file_bytes) == ((64, 32), sum(part.stat().st_size for part in parts))


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    parts = _split(tmp_path)
    parts[1].unlink()
    with pytest.raises(InputError) as caught:
        read_spec(parts[0])
    assert caught.value.code == "model_part_missing"
    assert "big-00002-of-00003.gguf" in sentence(caught.value.problem, "en")


def test_another_part_names_the_first(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_spec(_split(tmp_path)[2])
    assert (caught.value.code, caught.value.values["first"]) == ("model_part_wrong", "big-00001-of-00003.gguf")


def test_a_part_that_was_renamed_misses_the_others(tmp_path: Path) -> None:
    assert _code(_split(tmp_path)[0].rename(tmp_path / "mine.gguf")) == "model_part_missing"


def test_a_damaged_part_is_told(tmp_path: Path) -> None:
    parts = _split(tmp_path)
    parts[2].write_bytes(parts[2].read_bytes()[:-8])
    assert _code(parts[0]) == "model_truncated"


def _header(tensors: int, keys: int, rest: bytes = b"") -> bytes:
    return b"GGUF" + struct.pack("<IQQ", 3, tensors, keys) + rest


def _array(kind: int, count: int, rest: bytes = b"") -> bytes:
    return _header(0, 1, text("x") + struct.pack("<IIQ", 9, kind, count) + rest)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "model_truncated"),
        (b"%PDF-1.7 not a model", "model_not_gguf"),
        (b"GGUF\x03\x00", "model_truncated"),
        (gguf(CHAT, version=9), "model_version_unknown"),
        (b"GGUF" + struct.pack(">IQQ", 3, 0, 0), "model_version_unknown"),
        (gguf(CHAT)[:-20], "model_truncated"),
        (_header(0, 1 << 60), "model_damaged"),
        (_header(1 << 60, 0), "model_damaged"),
        (_header(60_000, 4000), "model_truncated"),
        (_header(0, 1, struct.pack("<Q", 1 << 62)), "model_damaged"),
        (_header(0, 1, text("x") + struct.pack("<I", 77)), "model_damaged"),
        (_array(8, 1 << 40), "model_damaged"),
        (_array(8, 1000), "model_truncated"),
        (_array(4, 1 << 62), "model_truncated"),
        (_array(9, 1 << 62), "model_damaged"),
        (_array(9, 1, struct.pack("<IQ", 9, 1) * 6), "model_damaged"),
        (gguf({"general.architecture": "bert"}), "model_unsupported"),
        (gguf({"general.type": "adapter", "general.architecture": "gemma3"}), "model_unsupported"),
        (gguf({}), "model_unsupported"),
        (gguf({**CHAT, "qwen2.block_count": 4_000_000_000}), "model_damaged"),
        (gguf({**CHAT, "general.alignment": 0}), "model_damaged"),
        (gguf({**CHAT, "split.count": 4_000_000_000}), "model_damaged"),
        (gguf({**CHAT, "split.count": 2, "split.no": 7}), "model_damaged"),
        (gguf(CHAT, _SMALL, _SMALL_BYTES - 8), "model_truncated"),
        (gguf(CHAT, [FakeTensor("a.weight", (1 << 63, 1 << 63))], 64), "model_truncated"),
        (gguf(CHAT, [FakeTensor("a.weight", (1,), offset=1 << 63)], 64), "model_truncated"),
        (gguf(CHAT, [FakeTensor("a.weight", (1,) * 9)], 64), "model_damaged"),
        (gguf(CHAT, [FakeTensor("a.weight", (16,)), FakeTensor("b.weight", (16,))], 64), "model_damaged"),
    ],
)
def test_a_bad_file_is_told_by_its_code(tmp_path: Path, data: bytes, code: str) -> None:
    assert _code(write(tmp_path, data)) == code


def test_big_endian_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="big-endian"):
        read_spec(write(tmp_path, b"GGUF" + struct.pack(">IQQ", 3, 0, 0)))


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.gguf"
    os.mkfifo(pipe)
    for path in (tmp_path / "none.gguf", tmp_path, pipe, Path(os.devnull), tmp_path / ("x" * 300)):
        assert _code(path) == "model_missing"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, gguf(CHAT))
    path.chmod(0)
    assert _code(path) == "model_missing"


def _survives(path: Path) -> None:
    try:
        read_spec(path)
    except InputError as error:
        assert error.code.startswith("model_")


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("noise")


@settings(deadline=None, derandomize=True)
@given(cut=st.integers(4, 800), rest=st.binary(max_size=40))
def test_no_cut_ends_in_another_error(noise: Path, cut: int, rest: bytes) -> None:
    _survives(write(noise, gguf(CHAT, _SMALL, _SMALL_BYTES)[:cut] + rest))


@settings(deadline=None, derandomize=True)
@given(data=st.binary(max_size=400))
def test_no_bytes_end_in_another_error(noise: Path, data: bytes) -> None:
    _survives(write(noise, b"GGUF\x03\x00\x00\x00" + data))


@settings(deadline=None, derandomize=True)
@given(changes=st.dictionaries(st.integers(8, 760), st.integers(0, 255), min_size=1, max_size=8))
def test_no_change_ends_in_another_error(noise: Path, changes: dict[int, int]) -> None:
    data = bytearray(gguf(CHAT, _SMALL, _SMALL_BYTES))
    for place, value in changes.items():
        data[place] = value
    _survives(write(noise, bytes(data)))


_ANY_VALUE: st.SearchStrategy[Any] = st.one_of(
    st.integers(-(1 << 31), (1 << 32) - 1),
    st.booleans(),
    st.floats(width=32),
    st.text(max_size=8),
    st.lists(st.integers(0, (1 << 32) - 1), max_size=8),
)
_ANY_KEY = st.sampled_from(
    [
        "general.architecture",
        "general.type",
        "general.alignment",
        "general.file_type",
        "split.no",
        "split.count",
        "tokenizer.ggml.tokens",
        *(
            f"gemma3.{name}"
            for name in ("block_count", "attention.head_count", "attention.sliding_window", "ssm.state_size")
        ),
        "gemma3.attention.head_count_kv",
        "gemma3.attention.sliding_window_pattern",
        "gemma3.attention.shared_kv_layers",
    ]
)


@settings(deadline=None, derandomize=True)
@given(keys=st.dictionaries(_ANY_KEY, _ANY_VALUE))
def test_no_value_ends_in_another_error(noise: Path, keys: dict[str, Any]) -> None:
    head = b"GGUF" + struct.pack("<IQQ", 3, 0, len(keys) + 1) + key("general.architecture", "gemma3")
    _survives(write(noise, head + b"".join(key(name, value) for name, value in keys.items())))
