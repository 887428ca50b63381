"""The model worker with a real model: counts, streams, cancelling, deaths."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from ai_chat.config import Settings, load_settings
from ai_chat.errors import AiChatError, InputError, MachineError
from ai_chat.llm.client import LlamaModel, open_llama, start_error
from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.lazy_model import open_lazy_model
from ai_chat.llm.models import ModelInfo
from ai_chat.llm.deltas import WholeText
from ai_chat.types import Message

_OWNER = """
import sys, time
from ai_chat.llm.client import WORKER
from ai_chat.process import Child
import dataclasses, json
from ai_chat.llm.engine import EngineOptions
child = Child.spawn(WORKER)
child.send({"options": json.loads(sys.argv[1]), "key": "k" * 32})
if sys.argv[2] == "loaded":
    child.receive(60)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings({"home": tmp_path_factory.mktemp("home"), "n_ctx": 1024}, {})


@pytest.fixture(scope="module")
def model(starter: ModelInfo, settings: Settings) -> Iterator[LlamaModel]:
    loaded = open_llama(starter, settings)
    yield loaded
    loaded.close()


@pytest.mark.parametrize("text", ["연차휴가는 15일입니다.", "The leave is 15 days. 😀", "줄\n바꿈 [1] <b>"])
def test_counts_are_those_of_the_engine(model: LlamaModel, text: str) -> None:
    counted = model.count_tokens(text)
    *_, last = model.stream(text, 1)
    assert last.usage is not None
    assert last.usage.prompt_tokens == counted


def test_messages_are_counted_with_their_template(model: LlamaModel) -> None:
    messages = [Message("system", "Answer briefly."), Message("user", "연차는?")]
    *_, last = model.stream(messages, 1)
    assert last.usage is not None
    assert last.usage.prompt_tokens == model.count_tokens(messages)


def test_a_stream_is_repeatable_and_ends_with_its_reason(model: LlamaModel) -> None:
    first, second = (list(model.stream("1, 2, 3, 4, 5,", 8)) for _ in range(2))
    assert "".join(d.text for d in first) == "".join(d.text for d in second) != ""
    assert first[-1].finish_reason == "length"
    assert first[-1].usage is not None and first[-1].usage.completion_tokens == 8


def test_a_stop_string_ends_the_stream_and_is_not_shown(model: LlamaModel) -> None:
    deltas = list(model.stream("1, 2, 3, 4, 5,", 30, [" 9"]))
    assert deltas[-1].finish_reason == "stop"
    assert "9" not in "".join(d.text for d in deltas)


def test_closing_a_stream_from_another_thread_stops_the_decoding(model: LlamaModel) -> None:
    stream = model.stream("옛날 옛날에", 900)
    next(stream)
    threading.Timer(0.1, stream.close).start()
    assert len(list(stream)) < 800
    assert model.pid is not None
    assert _settles(lambda: _cpu_ticks(model.pid or 0))


def test_closing_before_the_first_token_ends_the_iteration(model: LlamaModel) -> None:
    stream = model.stream("낱말 " * 400, 100)
    stream.close()
    assert list(stream) == []


def test_the_port_wants_its_key(model: LlamaModel) -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(f"http://127.0.0.1:{model._port}/v1/models")
    assert refused.value.code == 401
    refused.value.close()


def test_the_key_is_neither_in_the_arguments_nor_the_environment(model: LlamaModel) -> None:
    key = model._headers["Authorization"].removeprefix("Bearer ").encode()
    for name in ("cmdline", "environ"):
        assert key not in Path(f"/proc/{model.pid}/{name}").read_bytes()


def test_too_long_a_prompt_is_refused_with_the_reason(model: LlamaModel) -> None:
    with pytest.raises(MachineError, match=r"model_refused.*context"):
        list(model.stream("낱말 " * 3000, 5))


def test_sixteen_threads_load_once(starter: ModelInfo, settings: Settings) -> None:
    lazy = open_lazy_model(starter, settings)

    def ask(_: int) -> int | None:
        with lazy.lease() as loaded:
            return loaded.pid

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(ask, range(16)))) == 1
    assert lazy.state == "loaded"
    assert lazy.unload()
    assert lazy.pids == ()


def test_a_killed_worker_is_told_and_started_again(starter: ModelInfo, settings: Settings) -> None:
    lazy = open_lazy_model(starter, settings)
    with lazy.lease() as loaded:
        stream = loaded.stream("옛날 옛날에", 900)
        next(stream)
        os.kill(loaded.pid or 0, signal.SIGKILL)
        with pytest.raises(MachineError, match="model_gone"):
            list(stream)
    assert lazy.state == "empty"
    with lazy.lease() as fresh:
        assert fresh.count_tokens("다시") > 0
    lazy.close()


def test_a_silent_worker_is_ended(starter: ModelInfo, settings: Settings) -> None:
    loaded = open_llama(starter, settings, stall_seconds=0.5)
    os.kill(loaded.pid or 0, signal.SIGSTOP)
    with pytest.raises(MachineError, match="model_stalled"):
        list(loaded.stream("옛날 옛날에", 900))
    assert not loaded.alive


@pytest.mark.parametrize("moment", ["loading", "loaded"])
def test_a_worker_dies_with_an_owner_that_is_killed(starter: ModelInfo, moment: str) -> None:
    options = EngineOptions(str(starter.path), 1024, 256, 1, True)
    command = [sys.executable, "-c", _OWNER, _json(options), moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        worker = int(owner.stdout.readline())
        owner.kill()
    assert _within(2.0, lambda: not _runs(worker))


def test_a_cut_model_file_is_told_by_the_engines_reason(starter: ModelInfo, settings: Settings, tmp_path: Path) -> None:
    cut = tmp_path / "cut.gguf"
    with starter.path.open("rb") as file:
        cut.write_bytes(file.read(20_000_000))
    lazy = open_lazy_model(replace(starter, path=cut, starter=False), settings)
    with pytest.raises(InputError, match="model_truncated"), lazy.lease():
        pass
    assert lazy.state == "failed"
    assert lazy.problem is not None and lazy.problem.code == "model_truncated"


def test_a_background_load_that_fails_keeps_its_problem(starter: ModelInfo, settings: Settings, tmp_path: Path) -> None:
    lazy = open_lazy_model(replace(starter, path=tmp_path / "none.gguf", starter=False), settings)
    lazy.preload().join()
    assert lazy.problem is not None and lazy.problem.code == "model_missing"


def test_a_start_error_carries_the_telling_line(tmp_path: Path) -> None:
    unknown = "E load: error loading model: unknown model architecture: 'zebra'\nE srv: exiting"
    assert _code(start_error("m", unknown, "x")) == ("model_unsupported", "unknown model architecture: 'zebra'")
    assert _code(start_error("m", "ggml: out of memory\n\n", "x")) == ("model_start_failed", "ggml: out of memory")
    assert _code(start_error("m", "", "signal 9")) == ("model_start_failed", "signal 9")


def test_a_piece_never_ends_inside_a_syllable() -> None:
    whole = WholeText()
    assert [whole.push("가\u1100"), whole.push("\u1161"), whole.push("\u11a8나")] == ["가", "", "\u1100\u1161\u11a8나"]
    assert whole.push("끝\ufffd") + whole.rest() == "끝"


def _code(error: AiChatError) -> tuple[str, str]:
    return error.code, error.values["reason"]


def _json(options: EngineOptions) -> str:
    import dataclasses
    import json

    return json.dumps(dataclasses.asdict(options))


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _settles(read: Callable[[], int]) -> bool:
    """True once the value has stood still for half a second."""
    for _ in range(20):
        before = read()
        time.sleep(0.5)
        if read() - before <= 2:
            return True
    return False


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()
