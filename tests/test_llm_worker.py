"""The model worker with real models: counts, streams, slots, the KV cache, cancelling, its closed doors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from synthetic import TINY, TINY_SLIDING, make_model

from ai_chat.errors import MachineError
from ai_chat.llm.client import LlamaModel
from ai_chat.llm.deltas import WholeText
from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.models import ModelInfo
from ai_chat.types import Message, Usage
from tests.patience import eventually


@pytest.fixture(scope="module")
def model(starter: ModelInfo) -> Iterator[LlamaModel]:
    loaded = LlamaModel.start(EngineOptions(str(starter.path), 1024, 256, 1))
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    make_model(path, TINY)
    return path


@pytest.fixture(scope="module")
def slots(tiny: Path) -> Iterator[LlamaModel]:
    """Two slots of 2048 tokens."""
    loaded = LlamaModel.start(EngineOptions(str(tiny), 4096, 64, 1, slots=2))
    yield loaded
    loaded.close()


@pytest.mark.parametrize("text", ["연차휴가는 15일입니다.", "The leave is 15 days. 😀", "줄\n바꿈 [1] <b>"])
def test_counts_are_those_of_the_engine(model: LlamaModel, text: str) -> None:
    assert usage(model, text, 1).prompt_tokens == model.count_tokens(text)


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


def test_too_long_a_prompt_is_refused_with_the_reason(model: LlamaModel) -> None:
    with pytest.raises(MachineError, match=r"model_refused.*context"):
        list(model.stream("낱말 " * 3000, 5))
    assert model.alive


def test_each_slot_has_the_whole_window_and_both_decode_at_once(slots: LlamaModel) -> None:
    assert (slots.slots, slots.n_ctx) == (2, 2048)
    streams = [slots.stream(text, 1900) for text in ("하나", "둘")]
    eventually(lambda: decoding(slots) == 2)
    for stream in streams:
        stream.close()
    assert usage(slots, words(1, 400), 4).prompt_tokens > 1024


def test_a_follow_up_finds_its_conversation_in_the_slot_that_holds_it(slots: LlamaModel) -> None:
    one, other = words(10, 150), words(11, 150)
    for prompt in (one, other):
        usage(slots, prompt, 4)
    for prompt in (one, other):
        follow_up = usage(slots, prompt + words(12, 30), 4)
        assert follow_up.cached_tokens > 0.7 * follow_up.prompt_tokens


def test_a_prompt_cache_brings_back_a_conversation_that_another_has_displaced(tiny: Path) -> None:
    found = []
    for mib in (0, 16):
        loaded = LlamaModel.start(EngineOptions(str(tiny), 1024, 256, 1, prompt_cache=mib))
        for number in (1, 2):
            usage(loaded, words(number, 80), 2)
        found.append(usage(loaded, words(1, 80), 2).cached_tokens)
        loaded.close()
    assert found[0] == 0
    assert found[1] > 200


@pytest.mark.parametrize("kv_type", ["f16", "q8_0", "q4_0"])
def test_sliding_windows_do_not_lose_the_conversation(tmp_path: Path, kv_type: str) -> None:
    """The answer is told differently in the next prompt: the cache goes back to the end of the question."""
    path = tmp_path / "sliding.gguf"
    make_model(path, TINY_SLIDING)
    loaded = LlamaModel.start(EngineOptions(str(path), 2048, 64, 1, kv_type))  # type: ignore[arg-type]
    asked = words(1, 200)
    usage(loaded, asked, 400)
    follow_up = usage(loaded, asked + words(2, 40), 4)
    loaded.close()
    assert follow_up.cached_tokens > 0.6 * follow_up.prompt_tokens


def test_the_file_is_mapped_or_read_as_planned(tiny: Path) -> None:
    mapped, read = (LlamaModel.start(EngineOptions(str(tiny), 512, 64, 1, mmap=mmap)) for mmap in (True, False))
    maps = [Path(f"/proc/{each.pid}/maps").read_text() for each in (mapped, read)]
    mapped.close()
    read.close()
    assert str(tiny) in maps[0]
    assert str(tiny) not in maps[1]


def test_closing_a_stream_from_another_thread_stops_the_decoding(slots: LlamaModel) -> None:
    stream = slots.stream("옛날 옛날에", 1800)
    next(stream)
    threading.Timer(0.1, stream.close).start()
    assert len(list(stream)) < 1700
    assert not decoding(slots)


def test_closing_before_the_first_token_ends_the_iteration(slots: LlamaModel) -> None:
    stream = slots.stream(words(3, 300), 100)
    stream.close()
    assert list(stream) == []


def test_a_worker_that_reads_on_for_nobody_is_ended(starter: ModelInfo) -> None:
    """A batch of 4,000 tokens takes seconds, and the engine looks up only after it."""
    loaded = LlamaModel.start(EngineOptions(str(starter.path), 4096, 4096, 1))
    stream = loaded.stream(words(4, 700), 10)
    eventually(lambda: decoding(loaded) > 0)
    stream.close()
    assert not loaded.alive
    loaded.close()


def test_a_worker_is_not_ended_while_another_stream_lives(tiny: Path) -> None:
    loaded = LlamaModel.start(EngineOptions(str(tiny), 8192, 2048, 1, slots=2))
    living = loaded.stream("하나", 2000)
    next(living)
    loaded.stream(words(5, 800), 10).close()
    assert loaded.alive
    assert next(living).text
    living.close()
    loaded.close()


def test_many_streams_at_once_all_end(slots: LlamaModel) -> None:
    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(lambda number: usage(slots, words(number, 30), 10), range(16)))
    assert all(end.completion_tokens == 10 for end in ends)


def test_the_port_wants_its_key(slots: LlamaModel) -> None:
    for path in ("/v1/models", "/slots", "/props"):
        with pytest.raises(HTTPError) as refused:
            urlopen(f"http://127.0.0.1:{slots.engine._port}{path}")
        assert refused.value.code == 401
        refused.value.close()


def test_what_was_asked_is_not_to_be_had_from_the_port(slots: LlamaModel) -> None:
    usage(slots, "비밀스러운 질문", 2)
    assert "비밀" not in str(slots.engine.get_list("/slots"))


def test_a_piece_never_ends_inside_a_syllable() -> None:
    whole = WholeText()
    assert [whole.push("가\u1100"), whole.push("\u1161"), whole.push("\u11a8나")] == ["가", "", "\u1100\u1161\u11a8나"]
    assert whole.push("끝\ufffd") + whole.rest() == "끝"


def words(seed: int, count: int) -> str:
    """Four or five tokens each; no two seeds begin alike."""
    return " ".join(str((seed * 7919 + n * 104_729) % 9973) for n in range(count))


def usage(model: LlamaModel, prompt: str, tokens: int) -> Usage:
    *_, last = model.stream(prompt, tokens)
    assert last.usage is not None
    return last.usage


def decoding(model: LlamaModel) -> int:
    """How many slots do."""
    return sum(slot["is_processing"] for slot in model.engine.get_list("/slots"))
