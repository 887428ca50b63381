"""Synthetic models: sizes of the real ones, and a small one that llama.cpp loads and that answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gguf import GGUFReader
from synthetic import GEOMETRIES, THINKING_TEMPLATE, TINY, FileType, make_model, model_bytes

from ai_chat.llm.gguf import read_spec


@pytest.mark.parametrize(
    ("size", "published"),
    [("0.5b", 397_808_192), ("1.5b", 986_048_768), ("3b", 1_929_903_264), ("7b", 4_683_074_240)],
)
def test_sizes_are_those_of_the_published_files(size: str, published: int) -> None:
    """Qwen2.5 Instruct in Q4_K_M: weights alone, so without the tokenizer's six megabytes."""
    assert published - 7_000_000 < model_bytes(GEOMETRIES[size], "q4_k_m") < published


@pytest.mark.parametrize("size", ["tiny", "tiny-sliding", "tiny-experts"])
@pytest.mark.parametrize("file_type", ["q4_k_m", "q8_0", "f16"])
def test_another_reader_finds_the_same(tmp_path: Path, size: str, file_type: FileType) -> None:
    path = make_model(tmp_path / "tiny.gguf", GEOMETRIES[size], file_type=file_type)
    spec, tensors = read_spec(path), GGUFReader(path).tensors
    assert sum(tensor.n_bytes for tensor in tensors) == model_bytes(GEOMETRIES[size], file_type)
    ours = sum(spec.layer_bytes) + spec.embedding_bytes + spec.output_bytes + spec.other_bytes
    assert ours == sum(tensor.n_bytes for tensor in tensors)
    assert spec.parameters == sum(int(tensor.n_elements) for tensor in tensors)
    assert spec.file_type == file_type.upper()


def test_a_file_is_the_same_each_time(tmp_path: Path) -> None:
    first, second = (make_model(tmp_path / name, TINY).read_bytes() for name in ("a.gguf", "b.gguf"))
    assert first == second


def test_the_template_may_be_left_out(tmp_path: Path) -> None:
    assert read_spec(make_model(tmp_path / "with.gguf", TINY)).chat_template
    assert not read_spec(make_model(tmp_path / "without.gguf", TINY, template="")).chat_template


_ASK = """
import json, os, sys, xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_ctx, parameters.n_batch, parameters.n_ubatch, parameters.n_parallel = 512, 64, 64, 1
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
parameters.cache_ram_mib, parameters.warmup, parameters.fit_params, parameters.port = 0, False, False, 0
server = xllamacpp.Server(parameters)
text = "연차는 며칠인가요? 15 days."
print(json.dumps([
    server.handle_completions({"prompt": text, "max_tokens": 1}),
    server.handle_chat_completions({"messages": [{"role": "user", "content": text}], "max_tokens": 8}),
]), flush=True)
os._exit(0)
"""


def _ask(path: Path) -> Any:
    """What the model makes of a short text, plain and as a conversation; llama.cpp in a process of its own."""
    asked = subprocess.run([sys.executable, "-c", _ASK, str(path)], capture_output=True, timeout=60, check=True)
    return json.loads(asked.stdout)


@pytest.mark.parametrize("size", ["tiny", "tiny-sliding", "tiny-experts"])
def test_llama_cpp_loads_it_and_it_answers(tmp_path: Path, size: str) -> None:
    plain, answer = _ask(make_model(tmp_path / "tiny.gguf", GEOMETRIES[size]))
    assert (
        plain["usage"]["prompt_tokens"] == len("연차는 며칠인가요? 15 days.") - 1
    )  # a token a syllable and a sign, "ay" is one
    choice = answer["choices"][0]
    assert choice["finish_reason"] == "length" and answer["usage"]["completion_tokens"] == 8
    assert choice["message"]["content"]


def test_thoughts_stand_apart(tmp_path: Path) -> None:
    _plain, answer = _ask(make_model(tmp_path / "tiny.gguf", TINY, template=THINKING_TEMPLATE))
    message = answer["choices"][0]["message"]
    assert message["reasoning_content"] and not message["content"]
