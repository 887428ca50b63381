"""The starter's adapter: what is refused and how it is told, what it costs in the plan, and what it changes in the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic import TINY, TINY_SLIDING, make_model

from ai_chat import prompt
from ai_chat.config import Settings
from ai_chat.errors import InputError
from ai_chat.errors.sentences import sentence
from ai_chat.llm.adapter import FORM, read_adapter
from ai_chat.llm.catalogue import STARTER
from ai_chat.llm.client import LlamaModel, open_llama
from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.gguf import read_spec
from ai_chat.llm.models import (
    ADAPTER,
    ADAPTER_FINGERPRINT,
    ModelInfo,
    model_info,
    spec_of,
    starter_adapter,
    starter_model,
)
from ai_chat.llm.planning import plan_model
from ai_chat.memory.machine import read_machine
from ai_chat.memory.spec import ModelSpec
from ai_chat.types import Problem
from tests.gguf_files import F16, FakeTensor, Value, gguf, write
from tests.program import Program
from training.export import write_adapter

KEYS: dict[str, Value] = {
    "general.architecture": "gemma3",
    "general.type": "adapter",
    "adapter.type": "lora",
    "adapter.lora.alpha": 2.0,
    "ai_chat.adapter.prompt": FORM,
}
NAME = "blk.17.attn_q.weight"
A, B = FakeTensor(f"{NAME}.lora_a", (640, 2), F16), FakeTensor(f"{NAME}.lora_b", (2, 1024), F16, 2560)
BYTES = 2560 + 4096
TEXT = "질문: 연차는 며칠인가요?\n답:"


def made(path: Path, spec: ModelSpec, size: float = 0.0, rank: int = 2) -> Path:
    """An adapter of every layer's attn_q: of the b, `size` random; zeros change nothing."""
    random = np.random.default_rng(1)
    arrays = {}
    for layer in range(spec.layers):
        name = f"blk.{layer}.attn_q.weight"
        arrays[f"{name}.lora_a"] = random.normal(size=(rank, spec.width)).astype(np.float32)
        arrays[f"{name}.lora_b"] = size * random.normal(size=(spec.heads * spec.key_width, rank)).astype(np.float32)
    write_adapter(path, arrays, alpha=float(rank), architecture=spec.architecture, base_sha256="0" * 64)
    return path


def refused(path: Path) -> Problem:
    found = starter_adapter(path)
    assert isinstance(found, Problem)
    assert all(sentence(found, language) for language in ("ko", "en"))
    return found


def test_what_training_writes_is_taken(tmp_path: Path) -> None:
    found = read_adapter(made(tmp_path / "a.gguf", STARTER.spec()), STARTER.spec())
    assert (found.rank, found.base_sha256, found.bytes) == (2, "0" * 64, found.path.stat().st_size)
    assert (found.name, found.licence) == ("AI-CHAT starter adapter", "Gemma Terms of Use")


def test_the_form_is_that_of_the_prompts() -> None:
    assert FORM == prompt.COMPLETION_FORM


def test_a_new_file_has_a_new_fingerprint(tmp_path: Path) -> None:
    one, other = (read_adapter(made(tmp_path / "a.gguf", STARTER.spec(), size), STARTER.spec()) for size in (0.0, 1.0))
    assert len(one.fingerprint) == 12 and one.fingerprint != other.fingerprint


def test_the_file_in_the_package_fits() -> None:
    found = starter_adapter()
    assert not isinstance(found, Problem)
    assert found.bytes <= 8_000_000


def test_a_weight_of_the_package_that_has_changed_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    weights = bytearray(ADAPTER.read_bytes())
    weights[-1] ^= 1
    path.write_bytes(weights)
    with pytest.raises(InputError) as refused:
        read_adapter(path, STARTER.spec(), fingerprint=ADAPTER_FINGERPRINT)
    assert refused.value.code == "adapter_damaged"


@pytest.mark.parametrize(
    ("code", "keys", "tensors"),
    [
        ("adapter_damaged", {}, ()),
        ("adapter_damaged", {}, (A,)),
        ("adapter_damaged", {}, (A, replace(B, name="blk.17.attn_q.lora_b"))),
        ("adapter_damaged", {}, (A, replace(B, kind=8))),
        ("adapter_damaged", {}, (A, replace(B, kind=99))),
        ("adapter_damaged", {}, (A, replace(B, shape=(2048,)))),
        ("adapter_damaged", {"adapter.lora.alpha": float("nan")}, (A, B)),
        ("adapter_damaged", {"adapter.lora.alpha": 0.0}, (A, B)),
        ("adapter_misfit", {"general.type": "model"}, (A, B)),
        ("adapter_misfit", {"adapter.type": "control"}, (A, B)),
        ("adapter_misfit", {"general.architecture": "qwen2"}, (A, B)),
        ("adapter_misfit", {"ai_chat.adapter.prompt": "another/1"}, (A, B)),
        ("adapter_misfit", {}, (replace(A, shape=(1280, 1)), B)),
        ("adapter_misfit", {}, (A, replace(B, shape=(2, 640)))),
        ("adapter_misfit", {}, (A, replace(B, shape=(1, 2048)))),
        ("adapter_misfit", {}, tuple(replace(each, name=each.name.replace("17", "18")) for each in (A, B))),
        ("adapter_misfit", {}, tuple(replace(each, name=each.name.replace("attn_q", "attn_norm")) for each in (A, B))),
    ],
)
def test_what_is_wrong_is_told(
    code: str, keys: dict[str, Value], tensors: tuple[FakeTensor, ...], tmp_path: Path
) -> None:
    assert refused(write(tmp_path, gguf(KEYS | keys, tensors, BYTES))).code == code


def test_the_same_without_a_fault_is_taken(tmp_path: Path) -> None:
    assert not isinstance(starter_adapter(write(tmp_path, gguf(KEYS, (A, B), BYTES))), Problem)


@pytest.mark.parametrize("keep", [0, 3, 20, 200, 5000, BYTES])
def test_a_cut_file_is_damaged(keep: int, tmp_path: Path) -> None:
    assert refused(write(tmp_path, gguf(KEYS, (A, B), BYTES)[:keep])).code in ("adapter_damaged", "adapter_missing")


def test_another_file_in_its_place_is_damaged(tmp_path: Path) -> None:
    assert refused(write(tmp_path, b"PK\x03\x04" + bytes(100))).code == "adapter_damaged"


def test_a_model_is_no_adapter(starter: ModelInfo) -> None:
    assert refused(starter.path).values["what"] == "general.type"


def test_a_missing_adapter_leaves_the_starter_bare(home: Settings, starter: ModelInfo) -> None:
    bare = starter_model(home.models_dir, home.home / "absent.gguf")
    assert bare is not None and bare.adapter_problem is not None
    assert (bare.adapter, bare.adapter_fingerprint, bare.adapter_problem.code) == (None, "", "adapter_missing")


def test_a_file_of_the_users_gets_no_adapter(starter: ModelInfo) -> None:
    own = model_info(starter.path)
    assert (own.adapter, own.adapter_problem, own.starter) == (None, None, False)


def test_the_catalogue_has_the_shapes_of_the_file(starter: ModelInfo, tmp_path: Path) -> None:
    path = made(tmp_path / "a.gguf", read_spec(starter.path))
    assert read_adapter(path, STARTER.spec()) == read_adapter(path, read_spec(starter.path))


def test_the_plan_counts_it(home: Settings, starter: ModelInfo, tmp_path: Path) -> None:
    adapter = made(tmp_path / "a.gguf", STARTER.spec(), rank=16)
    plans = []
    for path in (tmp_path / "absent.gguf", adapter):
        info = starter_model(home.models_dir, path)
        assert info is not None and not info.trusted
        plans.append(plan_model(info, home, read_machine(), 0))
    bare, whole = plans
    lines = {line.part: line.bytes for line in whole.lines}
    size = adapter.stat().st_size
    assert abs(lines["adapter"] - size) < 100 and "adapter" not in {line.part for line in bare.lines}
    assert size <= whole.ram - bare.ram + 100


def test_on_a_gpu_it_stands_where_its_layers_are(starter: ModelInfo) -> None:
    from ai_chat.memory.predict import predict

    spec = replace(spec_of(starter), adapter_bytes=18_000)
    usual = {"n_ctx": 4096, "slots": 1, "n_batch": 256, "mmap": True, "prompt_cache": 0}
    found = predict(spec, kv_type="q8_0", gpu_layers=10, **usual)  # type: ignore[arg-type]
    assert {line.place: line.bytes for line in found if line.part == "adapter"} == {"ram": 9_000, "gpu0": 9_000}


@contextmanager
def loaded(path: Path, adapter: Path | None = None, slots: int = 1) -> Iterator[LlamaModel]:
    model = LlamaModel.start(EngineOptions(str(path), 512 * slots, 64, 1, slots=slots, adapter=str(adapter or "")))
    yield model
    model.close()


def written(model: LlamaModel, text: str = TEXT) -> str:
    return "".join(delta.text for delta in model.stream(text, 12))


@pytest.fixture(scope="module", params=["synthetic", "starter"])
def base(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param == "starter":
        info: ModelInfo = request.getfixturevalue("starter")
        return info.path
    return make_model(tmp_path_factory.mktemp("tiny") / "tiny.gguf", TINY_SLIDING)


def test_an_adapter_changes_what_is_written_and_one_of_zeros_does_not(base: Path, tmp_path: Path) -> None:
    spec = read_spec(base)
    with loaded(base) as bare, loaded(base, made(tmp_path / "0.gguf", spec)) as zeros:
        assert written(bare) == written(zeros)
        with loaded(base, made(tmp_path / "1.gguf", spec, 0.5)) as changed:
            assert written(changed) != written(bare)


def test_every_slot_has_it(tmp_path: Path) -> None:
    tiny = make_model(tmp_path / "tiny.gguf", TINY_SLIDING)
    adapter = made(tmp_path / "a.gguf", read_spec(tiny), 0.5)
    with loaded(tiny, adapter) as one, loaded(tiny, adapter, slots=2) as two, loaded(tiny, slots=2) as bare:
        open_streams = [two.stream(TEXT, 12) for _ in range(2)]
        told = ["".join(delta.text for delta in stream) for stream in open_streams]
        assert told == [written(one)] * 2
        assert told[0] != written(bare)


def test_another_quantisation_of_the_same_shapes_does(tmp_path: Path) -> None:
    fine = make_model(tmp_path / "fine.gguf", TINY_SLIDING, file_type="q8_0")
    coarse = make_model(tmp_path / "coarse.gguf", TINY_SLIDING)
    adapter = made(tmp_path / "a.gguf", read_spec(coarse), 0.5)
    assert read_adapter(adapter, read_spec(fine)).bytes == read_adapter(adapter, read_spec(coarse)).bytes
    with loaded(fine, adapter) as model:
        assert written(model)


@pytest.mark.parametrize("spoil", [lambda data: data[: len(data) // 2], lambda data: b"X" + data[1:]], ids=["cut", "X"])
def test_one_that_was_spoiled_after_it_was_chosen_is_told(
    spoil: Callable[[bytes], bytes], home: Settings, starter: ModelInfo, tmp_path: Path
) -> None:
    adapter = made(tmp_path / "a.gguf", STARTER.spec())
    info = starter_model(starter.path.parent, adapter)
    assert info is not None and info.adapter == adapter
    adapter.write_bytes(spoil(adapter.read_bytes()))
    with pytest.raises(InputError, match="adapter_damaged"):
        open_llama(info, plan_model(info, home, read_machine(), 0))


def test_the_engine_itself_takes_no_adapter_of_another_model(tmp_path: Path) -> None:
    tiny = make_model(tmp_path / "tiny.gguf", TINY)
    other = made(tmp_path / "a.gguf", replace(read_spec(tiny), architecture="gemma3"))
    with pytest.raises(Exception, match="model_start_failed"):
        LlamaModel.start(EngineOptions(str(tiny), 512, 64, 1, adapter=str(other)))


def test_show_tells_base_adapter_and_template(program: Program, starter: ModelInfo) -> None:
    shown = program("models", "show", "starter", "--json").json["model"]
    assert (shown["base"], shown["template"], shown["trusted"]) == (STARTER.file, FORM, False)
    assert shown["adapter"]["in_use"] is ADAPTER.exists()
    assert (shown["adapter"]["error"] is None) is ADAPTER.exists()
    told = program("models", "show", "starter").out
    assert STARTER.file in told and FORM in told


def test_no_other_model_is_shown_with_one(program: Program, starter: ModelInfo) -> None:
    others = [model for model in program("models", "list", "--json").json["models"] if not model["starter"]]
    assert others and all(model["adapter"] is None and model["base"] is None for model in others)
