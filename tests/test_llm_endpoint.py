"""Any OpenAI-compatible endpoint as the language model: choosing, loading, counting, answering, and every way to fail."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from ai_chat.config import Settings, load_settings
from ai_chat.errors import InputError, MachineError
from ai_chat.errors.sentences import hint, sentence
from ai_chat.llm import Llm
from ai_chat.llm.address import parse_address
from ai_chat.llm.endpoint import EndpointModel, endpoint_info, open_endpoint
from ai_chat.llm.estimate import estimate, estimate_tokens
from ai_chat.llm.models import ModelInfo, choose_model
from ai_chat.types import Message, Problem, Usage
from tests.endpoint_server import (
    CHAT,
    DONE,
    MODELS,
    EndpointServer,
    Reply,
    answers,
    chunk,
    cuts,
    event,
    hangs,
    html,
    lists,
    llama_server,
    ollama,
    raw,
    says,
    sends,
    streams,
    vllm,
)

KEY = "sk-geheim-123"
ASKED = [Message("system", "짧게 답하세요."), Message("user", "연차는 며칠인가요?")]
LONG = [Message("user", "연차는 며칠인가요? " * 400)]
Routes = dict[str, Reply | Sequence[Reply]]


def configured(tmp_path: Path, address: str, **options: Any) -> Settings:
    return load_settings({"home": tmp_path, "llm_endpoint": address, **options}, {})


def opened(tmp_path: Path, server: EndpointServer, *, path: str = "/v1", **options: Any) -> EndpointModel:
    settings = configured(tmp_path, server.address + path, **options)
    info = endpoint_info(settings)
    assert isinstance(info, ModelInfo)
    return open_endpoint(info, settings, call_seconds=0.5, stall_seconds=0.5, pauses=(0.01, 0.01))


def text_of(model: Llm, prompt: Any = ASKED) -> str:
    return "".join(delta.text for delta in model.stream(prompt, 32))


def load_error(tmp_path: Path, routes: Routes, **options: Any) -> MachineError:
    with EndpointServer(routes) as server, pytest.raises(MachineError) as failed:
        opened(tmp_path, server, **options)
    return failed.value


def answer_error(tmp_path: Path, *replies: Reply) -> MachineError:
    with EndpointServer({MODELS: lists("m"), CHAT: replies}) as server:
        model = opened(tmp_path, server)
        with pytest.raises(MachineError) as failed:
            text_of(model)
    return failed.value


def told(error: MachineError | InputError | Problem) -> str:
    problem = error if isinstance(error, Problem) else error.problem
    return " ".join(f(problem, language) for f in (sentence, hint) for language in ("en", "ko"))


# -- choosing ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "root", "api", "place"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "/v1", "127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080", "/v1", "127.0.0.1:8080"),
        (" http://127.0.0.1:8080/v1/ ", "http://127.0.0.1:8080", "/v1", "127.0.0.1:8080"),
        ("HTTP://LocalHost:11434/v1", "http://localhost:11434", "/v1", "localhost:11434"),
        ("http://[::1]:8000", "http://[::1]:8000", "/v1", "[::1]:8000"),
        ("https://models.example.org", "https://models.example.org", "/v1", "models.example.org"),
        ("https://example.org/team/v1", "https://example.org/team", "/v1", "example.org"),
        ("https://example.org/v1beta/openai/", "https://example.org/v1beta/openai", "", "example.org"),
        ("http://localhost/v1/chat/completions", "http://localhost", "/v1", "localhost"),
        ("http://모델.한국/v1", "http://모델.한국", "/v1", "모델.한국"),
    ],
)
def test_addresses_are_understood_as_people_write_them(text: str, root: str, api: str, place: str) -> None:
    address = parse_address(text)
    assert (address.root, address.api, address.place) == (root, api, place)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "endpoint_scheme_unknown"),
        ("127.0.0.1:8080", "endpoint_scheme_unknown"),
        ("localhost:11434", "endpoint_scheme_unknown"),
        ("ftp://localhost", "endpoint_scheme_unknown"),
        ("file:///etc/passwd", "endpoint_scheme_unknown"),
        ("http:localhost", "endpoint_scheme_unknown"),
        ("http://", "endpoint_host_missing"),
        ("http:///v1", "endpoint_host_missing"),
        ("http://:8080", "endpoint_host_missing"),
        ("http://localhost:", "endpoint_port_invalid"),
        ("http://localhost:0", "endpoint_port_invalid"),
        ("http://localhost:65536", "endpoint_port_invalid"),
        ("http://localhost:http", "endpoint_port_invalid"),
        ("http://me:geheim@localhost:1", "endpoint_userinfo"),
        ("http://geheim@localhost", "endpoint_userinfo"),
        ("http://me:geheim@[::1", "endpoint_address_invalid"),
        ("http://local host/v1", "endpoint_address_invalid"),
        ("http://localhost/v1?key=geheim", "endpoint_address_invalid"),
        ("http://localhost/v1#geheim", "endpoint_address_invalid"),
        ("http://localhost/a b", "endpoint_address_invalid"),
        ("http://localhost/한글", "endpoint_address_invalid"),
        ("http://" + "a" * 70 + ".org", "endpoint_address_invalid"),
        ("http://a..b/v1", "endpoint_address_invalid"),
        ("http://local\r\nhost/v1", "endpoint_address_invalid"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_address(text)
    assert refused.value.code == code
    assert "geheim" not in told(refused.value)
    assert endpoint_info(configured(tmp_path, text or " ")) is not None


def test_choosing_opens_no_socket(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(0.05)
        info = choose_model(configured(tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}", llm_model="qwen3"))
        with pytest.raises(TimeoutError):
            silent.accept()
    assert isinstance(info, ModelInfo)
    assert (info.trusted, info.chat_template, info.starter, info.path) == (True, True, False, Path())
    assert info.name.startswith("qwen3@127.0.0.1:")
    assert info.endpoint.endswith("/v1")


@pytest.mark.parametrize("address", ["http://192.168.0.7:8000/v1", "https://models.example.org", "http://0.0.0.0:80"])
def test_another_machine_must_be_allowed(tmp_path: Path, address: str) -> None:
    refused = endpoint_info(configured(tmp_path, address))
    assert isinstance(refused, Problem)
    assert refused.code == "endpoint_not_allowed"
    assert "AI_CHAT_ALLOW_REMOTE=1" in told(refused)
    assert isinstance(endpoint_info(configured(tmp_path, address, allow_remote="1")), ModelInfo)


@pytest.mark.parametrize("key", ["sk-geheim\n", "sk geheim", "sk-geheim\r\nX-Other: 1", "열쇠geheim"])
def test_a_key_that_cannot_be_sent_is_told_without_it(tmp_path: Path, key: str) -> None:
    problem = endpoint_info(configured(tmp_path, "http://127.0.0.1:1", llm_key=key))
    assert isinstance(problem, Problem)
    assert problem.code == "endpoint_key_invalid"
    assert "geheim" not in told(problem)


# -- loading -------------------------------------------------------------------


def test_an_ollama_tells_its_models_and_windows(tmp_path: Path) -> None:
    with EndpointServer(ollama("exaone3.5:latest", "qwen3:4b", trained=2048)) as server:
        model = opened(tmp_path, server, llm_model="exaone3.5")
        assert (model.facts.model, model.n_ctx, model.slots, model.pid, model.alive) == (
            "exaone3.5:latest", 2048, 4, None, True,
        )  # fmt: skip
        assert text_of(model) == "네."
        (asked,) = server.asked(CHAT)
    assert asked.body["model"] == "exaone3.5:latest"
    assert asked.body["messages"] == [asdict(message) for message in ASKED]
    assert (asked.body["max_tokens"], asked.body["temperature"], asked.body["stream"]) == (32, 0, True)
    assert set(asked.body) == {"model", "messages", "max_tokens", "temperature", "stream", "stream_options"}


def test_an_ollama_model_that_thinks_is_told_not_to(tmp_path: Path) -> None:
    with EndpointServer(ollama("a", capabilities=["completion", "thinking"])) as server:
        assert text_of(opened(tmp_path, server)) == "네."
        assert server.asked(CHAT)[0].body["reasoning_effort"] == "none"


@pytest.mark.parametrize("shown", [html(), says({"model_info": 3, "parameters": ["num_ctx 5"], "capabilities": "x"})])
def test_an_ollama_that_tells_nonsense_has_the_default_window(tmp_path: Path, shown: Reply) -> None:
    with EndpointServer({**ollama("a"), "POST /api/show": shown}) as server:
        assert opened(tmp_path, server).n_ctx == 4096


def test_the_window_set_for_an_ollama_model_counts(tmp_path: Path) -> None:
    with EndpointServer(ollama("a", parameters='stop "<|im_end|>"\nnum_ctx                        16384')) as server:
        assert opened(tmp_path, server).n_ctx == 16384


def test_a_vllm_counts_and_tells_its_window(tmp_path: Path) -> None:
    with EndpointServer(vllm("q", window=4000, count=42)) as server:
        model = opened(tmp_path, server)
        assert (model.n_ctx, model.count_tokens(LONG), model.count_tokens("연차 " * 2000)) == (4000, 42, 42)
        assert text_of(model) == "네."
        assert server.asked(CHAT)[0].body["chat_template_kwargs"] == {"enable_thinking": False}
        assert [list(asked.body) for asked in server.asked("POST /tokenize")[1:]] == [
            ["model", "messages", "chat_template_kwargs"], ["model", "prompt"],
        ]  # fmt: skip


def test_a_llama_server_counts_and_tells_its_window(tmp_path: Path) -> None:
    with EndpointServer(llama_server("q.gguf", window=2048, tokens=9)) as server:
        model = opened(tmp_path, server)
        assert (model.n_ctx, model.count_tokens(LONG)) == (2048, 9)


def test_a_short_prompt_is_not_sent_to_be_counted(tmp_path: Path) -> None:
    with EndpointServer(llama_server("q.gguf", window=8192)) as server:
        model = opened(tmp_path, server)
        before = len(server.asked())
        assert model.count_tokens(ASKED) == estimate(ASKED)
        assert len(server.asked()) == before


@pytest.mark.parametrize("reply", [says({}, 404), html(), says({"tokens": "many"}), says({"detail": "no"}, 422)])
def test_a_server_that_does_not_count_is_estimated(tmp_path: Path, reply: Reply) -> None:
    for routes in (vllm("q"), llama_server("q")):
        with EndpointServer({**routes, "POST /tokenize": reply}) as server:
            model = opened(tmp_path, server)
            assert model.facts.counter is None
            assert model.count_tokens(LONG) == estimate(LONG)


def test_a_count_that_fails_later_is_estimated_or_told(tmp_path: Path) -> None:
    counted = [says({"count": 3}), says({"else": 1}), hangs]
    with EndpointServer({**vllm("q", window=300), "POST /tokenize": counted}) as server:
        model = opened(tmp_path, server)
        assert model.count_tokens(LONG) == estimate(LONG)
        with pytest.raises(MachineError, match="endpoint_stalled"):
            model.count_tokens(LONG)


@pytest.mark.parametrize("props", [says({}, 404), html(), says([]), says({"default_generation_settings": "x"})])
def test_without_a_served_window_the_trained_one_bounds_ours(tmp_path: Path, props: Reply) -> None:
    trained = lists("q", owned_by="llamacpp", meta={"n_ctx_train": 2048})
    with EndpointServer({**llama_server("q"), MODELS: trained, "GET /props": props}) as server:
        assert opened(tmp_path, server).n_ctx == 2048


def test_n_ctx_as_set_wins(tmp_path: Path) -> None:
    with EndpointServer(vllm("q", window=32768)) as server:
        assert opened(tmp_path, server, n_ctx=1024).n_ctx == 1024
    with EndpointServer({MODELS: lists("q", max_model_len=0, context_length="many")}) as server:
        assert opened(tmp_path, server).n_ctx == 4096


def test_slots_as_set_win(tmp_path: Path) -> None:
    with EndpointServer({MODELS: lists("q")}) as server:
        assert opened(tmp_path, server, slots=2).slots == 2


def test_without_a_model_list_the_named_model_is_asked(tmp_path: Path) -> None:
    with EndpointServer({CHAT: answers("네")}) as server:
        assert text_of(opened(tmp_path, server, llm_model="m")) == "네"
    assert load_error(tmp_path, {}).code == "endpoint_refused"


def test_the_path_of_the_address_is_used(tmp_path: Path) -> None:
    routes: Routes = {"GET /v1beta/openai/models": lists("g"), "POST /v1beta/openai/chat/completions": answers("네")}
    with EndpointServer(routes) as server:
        assert text_of(opened(tmp_path, server, path="/v1beta/openai/")) == "네"


def test_one_of_several_models_must_be_chosen(tmp_path: Path) -> None:
    many = [f"m{number}" for number in range(30)]
    error = load_error(tmp_path, {MODELS: lists(*many)})
    assert (error.code, error.values["count"]) == ("endpoint_model_unset", 30)
    assert "m0, m1" in told(error) and "m29" not in told(error)
    assert load_error(tmp_path, {MODELS: says({"object": "list", "data": None})}).values["count"] == 0


def test_an_unknown_model_names_those_that_are_there(tmp_path: Path) -> None:
    error = load_error(tmp_path, {MODELS: lists("a", "b")}, llm_model="c")
    assert error.code == "endpoint_model_unknown"
    assert "'c'" in told(error) and "a, b" in told(error)


LOADS: dict[str, tuple[Reply, str, str]] = {
    "html": (html(), "endpoint_garbage", "usually ends with /v1"),
    "html 404": (html(404), "endpoint_refused", "usually ends with /v1"),
    "another api": (says({"version": "1.0"}), "endpoint_garbage", "version"),
    "a list of nothing known": (says({"data": {"a": 1}}), "endpoint_garbage", "data"),
    "garbage": (raw(b"\x00\xff garbage"), "endpoint_garbage", "garbage"),
    "wrong key": (says({"error": {"message": "Incorrect API key"}}, 401), "endpoint_refused", "Incorrect API key"),
    "forbidden": (says({"error": "not yours"}, 403), "endpoint_refused", "HTTP 403"),
    "redirect": (
        sends(b"", 301, {"Location": "https://else.example/v1"}),
        "endpoint_refused",
        "redirect to https://else",
    ),
    "error of the server": (says({"error": {"message": "cuda oom"}}, 500), "endpoint_failed", "cuda oom"),
    "error without words": (sends(b"", 500), "endpoint_failed", "HTTP 500"),
    "hang": (hangs, "endpoint_stalled", "said nothing"),
    "closed": (raw(b""), "endpoint_broke_off", "127.0.0.1"),
    "busy for long": (says({}, 429, {"Retry-After": "3600"}), "endpoint_busy", "at the moment"),
}


@pytest.mark.parametrize("name", LOADS)
def test_a_server_that_cannot_be_used_is_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    reply, code, words = LOADS[name]
    error = load_error(tmp_path, {MODELS: reply})
    assert error.code == code
    assert words in told(error)
    assert "127.0.0.1:" in told(error)


def test_nobody_there_is_unreachable(tmp_path: Path) -> None:
    with EndpointServer({}) as server:
        address = server.address
    settings = configured(tmp_path, address)
    info = endpoint_info(settings)
    assert isinstance(info, ModelInfo)
    with pytest.raises(MachineError, match="endpoint_unreachable"):
        open_endpoint(info, settings, pauses=(0.01,))


# -- answering -------------------------------------------------------------------

ONCE: dict[str, Reply] = {
    "busy": says({"error": "slow down"}, 429, {"Retry-After": "0"}),
    "loading": says({"error": {"message": "Loading model"}}, 503),
    "bad gateway": html(502),
    "gateway time-out": html(504),
    "closed before the first byte": raw(b""),
    "full, told in the stream": streams([event({"error": {"message": "full", "code": 503}})]),
}


@pytest.mark.parametrize("name", ONCE)
def test_a_server_that_is_busy_once_is_asked_again(tmp_path: Path, name: str) -> None:
    with EndpointServer({MODELS: lists("m"), CHAT: [ONCE[name], answers("네")]}) as server:
        assert text_of(opened(tmp_path, server)) == "네"
        assert len(server.asked(CHAT)) == 2


def test_a_server_that_is_busy_while_loading_is_asked_again(tmp_path: Path) -> None:
    for reply in (says({}, 429), says({}, 503, {"Retry-After": "0"}), raw(b"")):
        with EndpointServer({MODELS: [reply, reply, lists("m")]}) as server:
            assert opened(tmp_path, server).facts.model == "m"


def test_it_is_asked_again_only_so_often(tmp_path: Path) -> None:
    with EndpointServer({MODELS: lists("m"), CHAT: says({}, 503)}) as server:
        model = opened(tmp_path, server)
        with pytest.raises(MachineError, match="endpoint_busy"):
            text_of(model)
        assert len(server.asked(CHAT)) == 3


ANSWERS: dict[str, tuple[Reply, str]] = {
    "cut": (streams([chunk("네")], then=cuts), "endpoint_broke_off"),
    "hang": (streams([chunk("네")], then=hangs), "endpoint_stalled"),
    "hang before the first byte": (hangs, "endpoint_stalled"),
    "garbage": (streams([chunk("네"), b"\xff\xfe\n\n"]), "endpoint_garbage"),
    "full": (streams([chunk("네"), event({"error": {"message": "full", "code": 503}})]), "endpoint_busy"),
    "too long": (says({"error": {"message": "This model's maximum context length is 2048"}}, 400), "endpoint_window"),
    "refused": (says({"error": {"message": "unknown field"}}, 400), "endpoint_refused"),
    "a thought, then cut": (streams([chunk("", reasoning="음")], then=cuts), "endpoint_broke_off"),
    "html": (html(), "endpoint_garbage"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_is_asked_twice_once_an_answer_has_begun(tmp_path: Path, name: str) -> None:
    reply, code = ANSWERS[name]
    assert answer_error(tmp_path, reply, answers("zweite")).code == code


def test_what_came_before_the_end_has_been_given(tmp_path: Path) -> None:
    with EndpointServer({MODELS: lists("m"), CHAT: streams([chunk("가나")], then=cuts)}) as server:
        stream = opened(tmp_path, server).stream(ASKED, 8)
        assert next(stream).text == "가나"
        with pytest.raises(MachineError, match="endpoint_broke_off"):
            next(stream)
        stream.close()


def test_usage_and_thoughts_come_through(tmp_path: Path) -> None:
    pieces = [
        chunk("<think>음</think>네"),
        event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}),
    ]
    with EndpointServer({MODELS: lists("m"), CHAT: streams([*pieces, DONE])}) as server:
        *begun, last = opened(tmp_path, server).stream(ASKED, 8, ["\n"])
        assert server.asked(CHAT)[0].body["stop"] == ["\n"]
    assert [(delta.text, delta.thought) for delta in begun] == [("네", "음")]
    assert (last.finish_reason, last.usage) == ("stop", Usage(7, 2))


def test_text_is_completed(tmp_path: Path) -> None:
    completed = streams([event({"choices": [{"text": " 15일"}]}), DONE])
    with EndpointServer({MODELS: lists("m"), "POST /v1/completions": completed}) as server:
        assert text_of(opened(tmp_path, server), "연차는") == " 15일"


@pytest.mark.parametrize("reply", [hangs, streams([chunk("네")], then=hangs), says({}, 429, {"Retry-After": "15"})])
def test_closing_from_another_thread_ends_the_answer(tmp_path: Path, reply: Reply) -> None:
    with EndpointServer({MODELS: lists("m"), CHAT: reply}) as server:
        settings = configured(tmp_path, server.address)
        info = endpoint_info(settings)
        assert isinstance(info, ModelInfo)
        stream = open_endpoint(info, settings).stream(ASKED, 8)
        threading.Timer(0.1, stream.close).start()
        assert [delta.text for delta in stream] in ([], ["네"])


def test_the_key_goes_to_the_server_and_nowhere_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = says({"error": {"message": f"bad key {KEY}"}}, 401)
    with EndpointServer({MODELS: lists(f"m {KEY}"), CHAT: echo}) as server:
        model = opened(tmp_path, server, llm_key=KEY)
        with pytest.raises(MachineError) as failed:
            text_of(model)
        assert server.asked()[0].headers["Authorization"] == f"Bearer {KEY}"
        error = load_error(tmp_path, {MODELS: lists(KEY, f"b{KEY}")}, llm_key=KEY)
    for found in (told(failed.value), told(error), repr(failed.value), repr(error), caplog.text, repr(model)):
        assert KEY not in found
    assert "***" in told(failed.value)


# -- estimating --------------------------------------------------------------------


def test_an_estimate_is_careful_and_grows_with_the_text() -> None:
    text = "제5조 직원에게 15일의 연차 유급휴가를 부여한다. The leave is 15 days (see §3). 漢字 😀"
    sizes = [estimate_tokens(text[:end]) for end in range(len(text) + 1)]
    assert sizes == sorted(sizes)
    assert estimate_tokens("") == 0
    assert estimate([Message("user", text)]) > estimate(text) > len(text) * 0.8


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("연차휴가는 며칠인가요?", 10),
        ("제5조 직원에게 15일의 연차 유급휴가를 부여한다. 병가는 연 60일까지 쓸 수 있다.", 30),
        ("The warranty on hydraulic chucks is 24 months (see p. 12).", 19),
        ("2024. 10. 19. 02-1234-5678 / ₩1,234,567원 (부가세 별도)", 45),
        ("def f(x: int) -> int:\n    return x**2 + 1\n", 20),
        ("漢字と仮名 😀👍🏽 ½ → ‘인용’ · 각주※", 17),
        ("ㅋㅋㅋ ㅠㅠ 뷁 쀍 햏", 13),
        ("| 항목 | 값 |\n|---|---|\n| 가 | 1 |", 16),
    ],
)
def test_an_estimate_is_no_lower_than_what_the_starters_tokenizer_counts(text: str, counted: int) -> None:
    assert counted < estimate_tokens(text) < 3 * counted
