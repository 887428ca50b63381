"""Choosing a model, and putting the starter together."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from synthetic import TINY, TINY_SLIDING, make_model

from ai_chat.config import Settings
from ai_chat.errors import AiChatError, MachineError
from ai_chat.errors.sentences import sentence
from ai_chat.llm.models import ModelInfo, choose_model, prepare, spec_of
from ai_chat.types import Problem


def test_without_a_file_of_the_users_the_starter_answers(home: Settings, starter: ModelInfo) -> None:
    chosen = choose_model(home)
    assert isinstance(chosen, ModelInfo)
    assert (chosen.starter, chosen.trusted, chosen.path.parent) == (True, False, home.models_dir)
    assert not chosen.path.exists()  # choosing is cheap: the file is made at the first load


def test_a_broken_choice_is_a_problem_not_a_crash(home: Settings, tmp_path: Path) -> None:
    chosen = choose_model(replace(home, model=tmp_path / "gone.gguf"))
    assert isinstance(chosen, Problem)
    assert chosen.code == "model_missing"


def test_the_terms_are_at_hand(starter: ModelInfo) -> None:
    assert starter.terms is not None and "Gemma" in sentence(Problem(starter.terms), "ko")
    assert starter.terms_file is not None and starter.terms_file.stat().st_size > 1000


def test_a_damaged_starter_is_made_anew(starter: ModelInfo) -> None:
    sound = starter.path.stat().st_size
    starter.path.write_bytes(b"GGUF")
    prepare(starter)
    assert starter.path.stat().st_size == sound
    assert [path.name for path in starter.path.parent.iterdir() if path.suffix == ".tmp"] == []


def test_the_starter_is_what_its_makers_published(starter: ModelInfo) -> None:
    assert starter.terms_file is not None
    published = (starter.terms_file.parent / "SHA256SUMS").read_text("utf-8").split()[0]
    with starter.path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    assert digest.hexdigest() == published


def test_a_starter_that_cannot_be_written_is_told(starter: ModelInfo, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(MachineError, match="model_unwritable"):
        prepare(replace(starter, path=tmp_path / "models" / "starter.gguf"))


def test_an_endpoint_comes_before_any_file(home: Settings, tmp_path: Path) -> None:
    chosen = choose_model(replace(home, llm_endpoint="http://127.0.0.1:8080/v1", model=tmp_path / "gone.gguf"))
    assert isinstance(chosen, ModelInfo)
    assert chosen.endpoint.startswith("http://127.0.0.1:8080") and chosen.path == Path()
    far = choose_model(replace(home, llm_endpoint="http://example.org/v1"))
    assert isinstance(far, Problem) and far.code == "endpoint_not_allowed"


def test_a_plan_can_be_made_before_the_starter_is(home: Settings, starter: ModelInfo) -> None:
    absent = spec_of(replace(starter, path=home.models_dir / "absent.gguf"))
    assert (absent.layers, absent.file_bytes) == (spec_of(starter).layers, starter.file_bytes)


def test_a_header_is_read_again_once_its_file_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    make_model(path, TINY)
    info = ModelInfo("a", path, False, False, False, 256, path.stat().st_size)
    before = spec_of(info)
    assert spec_of(info) == before
    make_model(path, TINY_SLIDING)
    assert spec_of(info) != before
    path.unlink()
    with pytest.raises(AiChatError):
        spec_of(info)
