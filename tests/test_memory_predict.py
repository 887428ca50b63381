"""The parts of a model's memory: golden bytes against what llama.cpp logs of its own buffers, and where they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ai_chat.memory.predict import CHECKPOINTS, KvType, PlanLine, engine_defaults, kv_types, predict
from ai_chat.memory.spec import ModelSpec
from ai_chat.sizes import GIB, MIB
from tests.plan_cases import LARGE, SMALL

STARTER = ModelSpec(
    architecture="gemma3",
    name="270m",
    context_length=32_768,
    chat_template=False,
    parameters=2.7e8,
    file_bytes=253_113_024,
    file_type="Q4_K_M",
    layers=18,
    width=640,
    heads=4,
    kv_heads=(1,) * 18,
    key_width=256,
    value_width=256,
    feed_forward=2048,
    vocabulary=262_144,
    windows=tuple(0 if layer % 6 == 5 else 512 for layer in range(18)),
    layer_bytes=(68_327_424 // 18,) * 18,
    embedding_bytes=178_257_920,
    other_bytes=2560,
)


def parts(spec: ModelSpec, **changed: Any) -> dict[str, float]:
    """MiB in RAM."""
    return {line.part: line.bytes / MIB for line in lines(spec, **changed) if line.place == "ram"}


def lines(spec: ModelSpec, **changed: Any) -> tuple[PlanLine, ...]:
    usual: dict[str, Any] = {
        "n_ctx": 4096,
        "slots": 1,
        "n_batch": 256,
        "kv_type": "q8_0",
        "mmap": True,
        "prompt_cache": 0,
    }
    return predict(spec, **{**usual, **changed})


@pytest.mark.parametrize(
    ("spec", "changed", "logged"),
    [
        (STARTER, {}, 6.38 + 5.98),
        (STARTER, {"kv_type": "f16"}, 12.0 + 11.25),
        (STARTER, {"n_batch": 512}, 6.38 + 7.97),
        (STARTER, {"n_ctx": 16_384}, 25.5 + 5.98),
        (SMALL, {}, 59.5),
        (SMALL, {"kv_type": "f16"}, 112.0),
        (SMALL, {"n_ctx": 2048, "slots": 4}, 119.0),
        (LARGE, {"kv_type": "f16"}, 224.0),
        (LARGE, {"kv_type": "q4_0"}, 63.0),
        (LARGE, {"n_ctx": 1000, "kv_type": "f16"}, 56.0),
    ],
    ids=str,
)
def test_the_kv_cache_is_as_large_as_the_engine_makes_it(
    spec: ModelSpec, changed: dict[str, Any], logged: float
) -> None:
    assert parts(spec, **changed)["kv_cache"] == pytest.approx(logged, abs=0.02)


@pytest.mark.parametrize(
    ("spec", "changed", "logged"),
    [
        (STARTER, {}, 12.04),
        (STARTER, {"kv_type": "f16"}, 11.51),
        (STARTER, {"n_batch": 512}, 23.81),
        (STARTER, {"n_ctx": 16_384}, 18.04),
        (SMALL, {}, 35.84),
        (SMALL, {"kv_type": "f16", "n_batch": 64}, 8.94),
    ],
    ids=str,
)
def test_the_compute_buffer_is_never_smaller_than_the_engine_makes_it(
    spec: ModelSpec, changed: dict[str, Any], logged: float
) -> None:
    assert logged <= parts(spec, **changed)["compute"] <= logged * 1.25 + 2


def test_mapped_weights_are_file_backed_and_held_ones_are_not() -> None:
    for mmap in (True, False):
        weights = [line for line in lines(STARTER, mmap=mmap) if line.part == "weights"]
        assert [line.file_backed for line in weights] == [mmap]
        assert weights[0].bytes == pytest.approx(235.16 * MIB, rel=0.001)


def test_a_prompt_cache_counts_with_the_state_that_is_being_added() -> None:
    assert "prompt_cache" not in parts(SMALL)
    assert parts(SMALL, prompt_cache=512)["prompt_cache"] == pytest.approx(512 + 59.5)
    assert parts(SMALL, prompt_cache=32)["prompt_cache"] == pytest.approx(64)


def test_windows_are_kept_as_checkpoints() -> None:
    assert parts(STARTER, slots=2)["prompt_cache"] == pytest.approx(CHECKPOINTS * 2 * 3.984, abs=0.02)


def test_layers_on_gpus_take_their_caches_along() -> None:
    whole = lines(LARGE, gpu_layers=29, tensor_split=(0.5, 0.5))
    caches = {line.place: line.bytes for line in whole if line.part == "kv_cache"}
    assert set(caches) == {"gpu0", "gpu1"} and sum(caches.values()) == 119 * MIB
    assert not [line for line in whole if line.place != "ram" and line.file_backed]
    half = lines(LARGE, gpu_layers=15)
    weights = {line.place: line.bytes for line in half if line.part == "weights"}
    assert weights["gpu0"] == 14 * LARGE.layer_bytes[0] + LARGE.output_bytes
    assert weights["ram"] == 14 * LARGE.layer_bytes[0] + LARGE.embedding_bytes


def test_an_output_that_is_the_embedding_again_is_copied_to_the_gpu() -> None:
    weights = {line.place: line.bytes for line in lines(STARTER, gpu_layers=99) if line.part == "weights"}
    assert weights["gpu0"] - sum(STARTER.layer_bytes) == STARTER.embedding_bytes
    assert weights["ram"] == STARTER.embedding_bytes + STARTER.other_bytes


@pytest.mark.parametrize("changed", [{"exact": False}, {"layers": 0, "layer_bytes": ()}, {"width": 0}], ids=str)
def test_what_is_not_known_is_estimated_high(changed: dict[str, Any]) -> None:
    unsure = replace(LARGE, **changed)
    assert sum(line.bytes for line in lines(unsure)) >= sum(line.bytes for line in lines(LARGE))


def test_a_quantised_cache_needs_heads_of_whole_blocks() -> None:
    kinds: tuple[KvType, ...] = ("f16", "q8_0", "q4_0")
    assert kv_types(LARGE) == kinds
    for width in (0, 80, 33):
        assert kv_types(replace(LARGE, key_width=width)) == ("f16",)


def test_the_engines_own_defaults_of_a_7b() -> None:
    assert 8.2 * GIB < engine_defaults(LARGE) < 8.9 * GIB
