"""A real llama-server as an endpoint: its facts, its counts, its streams; and a question answered by it from end to end."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from synthetic import TINY, make_model

from ai_chat.answer import answer_of
from ai_chat.answer.turns import Turns
from ai_chat.config import Settings, load_settings
from ai_chat.errors import MachineError
from ai_chat.llm.endpoint import EndpointModel, endpoint_info, open_endpoint
from ai_chat.llm.lazy_model import open_lazy_model
from ai_chat.llm.models import ModelInfo
from ai_chat.store import Store
from ai_chat.types import Hit, Message, Scope, SearchResult, UnitRef

KEY = "k" * 20
ASKED = [Message("system", "짧게 답하세요."), Message("user", "연차는 며칠인가요?")]
LONG = [Message("user", "연차휴가는 며칠인가요? " * 60)]

_SERVER = """
import sys, xllamacpp
parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.api_keys = [sys.argv[2]]
parameters.n_ctx, parameters.n_batch, parameters.n_ubatch, parameters.n_parallel = 1024, 64, 64, 1
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
parameters.hostnames, parameters.port, parameters.ui = ["127.0.0.1"], 0, False
parameters.cache_ram_mib, parameters.warmup, parameters.fit_params = 0, False, False
parameters.sse_ping_interval = 1
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
import os
os._exit(0)
"""


@dataclass(frozen=True, slots=True)
class Served:
    address: str
    pid: int


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    make_model(path, TINY)
    command = [sys.executable, "-c", _SERVER, str(path), KEY]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        address = next((line.strip() for line in server.stdout if line.startswith("http")), "")
        assert address, "the server did not start"
        yield Served(address, server.pid)
        server.kill()


def configured(home: Path, served: Served, key: str = KEY) -> Settings:
    return load_settings({"home": home, "llm_endpoint": served.address, "llm_key": key}, {})


def info_of(settings: Settings) -> ModelInfo:
    info = endpoint_info(settings)
    assert isinstance(info, ModelInfo)
    return info


@pytest.fixture
def model(tmp_path: Path, served: Served) -> EndpointModel:
    settings = configured(tmp_path, served)
    return open_endpoint(info_of(settings), settings)


def test_its_facts_are_asked(model: EndpointModel) -> None:
    assert (model.n_ctx, model.pid, model.plan) == (1024, None, None)
    assert model.facts.counter is not None


def test_its_counts_are_those_of_its_engine(model: EndpointModel) -> None:
    *_, last = model.stream(LONG, 1)
    assert last.usage is not None
    assert last.usage.prompt_tokens == model.count_tokens(LONG)


def test_a_follow_up_is_told_to_come_from_the_cache(model: EndpointModel) -> None:
    *first, last = model.stream(LONG, 4)
    told = Message("assistant", "".join(delta.text for delta in first))
    *_, again = model.stream([*LONG, told, Message("user", "그러면?")], 4)
    assert last.usage is not None and again.usage is not None
    assert again.usage.cached_tokens > last.usage.prompt_tokens * 0.6


def test_a_stream_is_repeatable_and_ends_with_its_reason(model: EndpointModel) -> None:
    first, second = (list(model.stream(ASKED, 8)) for _ in range(2))
    assert [delta.text for delta in first] == [delta.text for delta in second]
    assert first[-1].finish_reason == "length"
    assert first[-1].usage is not None and first[-1].usage.completion_tokens == 8


def test_hanging_up_stops_the_decoding(model: EndpointModel, served: Served) -> None:
    stream = model.stream(ASKED, 900)
    next(stream)
    threading.Timer(0.05, stream.close).start()
    list(stream)
    assert _settles(served.pid)


def test_a_prompt_beyond_its_window_is_refused_in_its_own_words(model: EndpointModel) -> None:
    with pytest.raises(MachineError, match=r"endpoint_window.*context"):
        list(model.stream([Message("user", "연차휴가는 며칠인가요? " * 600)], 4))


def test_a_wrong_key_is_refused_in_its_own_words(tmp_path: Path, served: Served) -> None:
    settings = configured(tmp_path, served, "wrong-key")
    with pytest.raises(MachineError, match=r"endpoint_refused.*401.*[Kk]ey") as refused:
        open_endpoint(info_of(settings), settings)
    assert "wrong-key" not in str(refused.value)


class OneHit:
    def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult:
        text = "제5조 직원에게 15일의 연차 유급휴가를 부여한다."
        hit = Hit(1, 1.0, "규정.md", "d1", "documents", 7, UnitRef("page", 3, "3쪽"), 3, text, text, 0, len(text))
        return SearchResult(query, "hybrid", (hit,), 1.0)


def test_a_question_is_answered_by_it(home: Settings, served: Served) -> None:
    settings = configured(home.home, served)
    store = Store.open(settings.database)
    lazy = open_lazy_model(info_of(settings), settings)
    turns = Turns(store, OneHit(), lazy, settings)
    try:
        answer = answer_of("", list(turns.events(turns.start("연차휴가는 며칠인가요?", Scope()))))
    finally:
        turns.close()
        lazy.close()
        store.close()
    assert answer.finish_reason in ("stop", "length")
    assert answer.answer
    assert answer.usage.prompt_tokens > 50
    assert lazy.pids == ()


def test_a_server_that_is_gone_leaves_the_evidence(home: Settings) -> None:
    settings = configured(home.home, Served("http://127.0.0.1:9", 0))
    store = Store.open(settings.database)
    turns = Turns(store, OneHit(), open_lazy_model(info_of(settings), settings), settings)
    try:
        answer = answer_of("", list(turns.events(turns.start("연차휴가는 며칠인가요?", Scope()))))
    finally:
        turns.close()
        store.close()
    assert (answer.finish_reason, answer.notice, len(answer.evidence)) == ("no_model", "endpoint_unreachable", 1)


def _settles(pid: int) -> bool:
    """True once the process uses no more time: half a second without."""
    for _ in range(20):
        before = _ticks(pid)
        time.sleep(0.5)
        if _ticks(pid) - before <= 2:
            return True
    return False


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
