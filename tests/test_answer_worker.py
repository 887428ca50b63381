"""Turns over real workers: a process killed in mid-answer, a follow-up in the KV cache, both forms of prompt."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from synthetic import TINY, make_model

from ai_chat.answer import Turns, answer_of
from ai_chat.config import Settings
from ai_chat.llm.client import LlamaModel
from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.lazy_model import LazyModel
from ai_chat.llm.models import ModelInfo, model_info
from ai_chat.store import Store
from ai_chat.types import Scope, Usage
from tests.test_answer_model import ASKED, LEAVE, SICK, Found


@pytest.fixture
def store(home: Settings) -> Iterator[Store]:
    opened = Store.open(home.database)
    yield opened
    opened.close()


@pytest.fixture
def info(tmp_path: Path) -> ModelInfo:
    """Noise that never ends, told as if it could be trusted."""
    path = tmp_path / "tiny.gguf"
    make_model(path, TINY)
    return replace(model_info(path), trusted=True)


def opened(info: ModelInfo) -> LazyModel:
    options = EngineOptions(str(info.path), 4096, 256, 1)
    return LazyModel(info, lambda _tell, _frugal: LlamaModel.start(options))


def test_a_worker_killed_in_mid_answer_is_started_again(store: Store, home: Settings, info: ModelInfo) -> None:
    model = opened(info)
    turns = Turns(store, Found(LEAVE), model, replace(home, max_tokens=1000))
    kinds = []
    for event in turns.events(turns.start(ASKED, Scope())):
        if event.kind == "delta" and "delta" not in kinds:
            os.kill(model.pids[0], signal.SIGKILL)
        kinds.append(event.kind)
    assert kinds.count("restarted") == 1
    assert model.loads == 2
    assert event.data["finish_reason"] == "length"
    model.close()


@pytest.mark.parametrize("chat", [True, False])
def test_a_follow_up_is_found_in_the_cache(store: Store, home: Settings, info: ModelInfo, chat: bool) -> None:
    model = opened(replace(info, chat_template=chat))
    turns = Turns(store, Found(LEAVE, SICK), model, replace(home, max_tokens=8))
    usages: list[Usage] = []
    for question in (ASKED, "병가는 며칠인가요?"):
        events = list(turns.events(turns.start(question, Scope(), conversation_id="c")))
        usages.append(answer_of(question, events).usage)
    model.close()
    assert usages[1].cached_tokens >= usages[0].prompt_tokens - 1 > 0
