"""A conversation with a model server over real sockets: what is understood, and what each failure is taken for."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.errors import MachineError
from ai_chat.llm import Delta
from ai_chat.llm.address import is_loopback
from ai_chat.llm.deltas import Deltas, Thoughts, WholeText
from ai_chat.llm.events import LONGEST, EventParser
from ai_chat.llm.failures import Garbled, Refused, Unreachable
from ai_chat.llm.openai import Conversation
from ai_chat.types import Usage
from tests.endpoint_server import (
    CHAT,
    DONE,
    EndpointServer,
    Reply,
    chunk,
    cuts,
    drips,
    event,
    hangs,
    html,
    raw,
    says,
    sends,
    streams,
    usage,
)

KEY = "sk-geheim-123"
PATH = "/v1/chat/completions"


class Broken(MachineError):
    """Carries the failure itself, so that tests see what the border was given."""

    def __init__(self, error: Exception) -> None:
        super().__init__("model_gone", reason=str(error))
        self.failure = error


def talk(server: EndpointServer, *, key: str = KEY, model: str = "", seconds: float = 0.4) -> Conversation:
    return Conversation(
        server.address, key, model=model, connect_seconds=5, call_seconds=seconds, stall_seconds=seconds, broken=Broken
    )


def read(reply: Reply, seconds: float = 0.4) -> list[Delta]:
    with EndpointServer({CHAT: reply}) as server:
        return list(talk(server, seconds=seconds).stream(PATH, {}))


def failure(reply: Reply, seconds: float = 0.4) -> Exception:
    with pytest.raises(Broken) as broken:
        read(reply, seconds)
    return broken.value.failure


def text(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas)


# -- calls --------------------------------------------------------------------


def test_a_call_names_the_model_and_carries_the_key() -> None:
    with EndpointServer({"POST /x": says({"a": 1})}) as server:
        assert talk(server, model="m").post("/x", {"b": "가"}) == {"a": 1}
        (asked,) = server.asked()
    assert asked.body == {"model": "m", "b": "가"}
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert asked.headers["Accept-Encoding"] == "identity"


def test_without_a_key_none_is_sent() -> None:
    with EndpointServer({"GET /x": says({})}) as server:
        assert talk(server, key="").get("/x") == {}
        assert "Authorization" not in server.asked()[0].headers


def test_what_stands_before_every_path_is_kept() -> None:
    with EndpointServer({"GET /prefix/x": says({"a": 1})}) as server:
        talk_there = Conversation(server.address + "/prefix/", "", broken=Broken)
        assert talk_there.get("/x") == {"a": 1}


CALLS: dict[str, tuple[Reply, type[Exception], str]] = {
    "html": (html(), Garbled, "<!DOCTYPE html>"),
    "html with an error": (html(404), Refused, "Welcome"),
    "no object": (says([1, 2]), Garbled, "[1, 2]"),
    "nothing": (sends(b""), Garbled, ""),
    "deep nesting": (sends(b"[" * 200_000), Garbled, "[[["),
    "gzip unasked": (sends(b"\x1f\x8b\x08\x00zip"), Garbled, "zip"),
    "error of openai": (says({"error": {"message": "bad key", "code": "x"}}, 401), Refused, "bad key"),
    "error of ollama": (says({"error": "no model"}, 404), Refused, "no model"),
    "error of vllm": (says({"object": "error", "message": "too long", "code": 400}, 400), Refused, "too long"),
    "error of fastapi": (says({"detail": [{"loc": ["body"], "msg": "missing"}]}, 422), Refused, "missing"),
    "error without words": (sends(b"", 500), Refused, ""),
    "redirect": (sends(b"", 307, {"Location": "http://example.org/v1?k=1"}), Refused, "redirect to http://example.org"),
    "no http": (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), Garbled, "SSH-2.0"),
    "closed": (raw(b""), ConnectionError, "closed"),
    "cut in the head": (raw(b"HTTP/1.1 200 OK\r\nContent-Le"), Garbled, ""),
    "cut in the body": (raw(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"a"'), Exception, "IncompleteRead"),
    "endless head": (raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000), Garbled, "header line"),
    "hang": (hangs, TimeoutError, ""),
    "dripping head": (drips(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 90, 0.05), TimeoutError, ""),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_fails_tells_what_kind_of_failure_it_is(name: str) -> None:
    reply, kind, words = CALLS[name]
    with EndpointServer({"GET /x": reply}) as server, pytest.raises(Broken) as broken:
        talk(server).get("/x")
    assert isinstance(broken.value.failure, kind)
    assert words in str(broken.value.failure)


def test_a_refusal_tells_when_to_come_back() -> None:
    for header, seconds in (("7", 7.0), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)):
        with EndpointServer({"GET /x": says({}, 429, {"Retry-After": header})}) as server:
            with pytest.raises(Broken) as broken:
                talk(server).get("/x")
            assert isinstance(broken.value.failure, Refused)
            assert (broken.value.failure.status, broken.value.failure.retry_after) == (429, seconds)


def test_a_redirect_is_not_followed() -> None:
    with EndpointServer({"GET /x": says({"secret": 1})}) as other:
        away = sends(b"", 302, {"Location": other.address + "/x"})
        with EndpointServer({"GET /x": away}) as server, pytest.raises(Broken):
            talk(server).get("/x")
        assert other.asked() == []


def test_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for address in (f"http://127.0.0.1:{port}", f"https://127.0.0.1:{port}"):
        with pytest.raises(Broken) as broken:
            Conversation(address, "", broken=Broken).get("/x")
        assert isinstance(broken.value.failure, Unreachable)
        assert isinstance(broken.value.failure.__cause__, ConnectionRefusedError)


def test_the_key_is_in_no_error() -> None:
    replies = [
        says({"error": {"message": f"unknown key {KEY}"}}, 401),
        sends(f"<p>{KEY}</p>".encode()),
        raw(f"HTTX {KEY}\r\n\r\n".encode()),
        streams([event({"error": {"message": f"{'x' * 290} {KEY}"}})]),
        streams([f"Bearer {KEY}\n".encode()]),
    ]
    for reply in replies:
        found = failure(reply)
        assert KEY not in str(found)
        assert "***" in str(found) or "x" * 290 in str(found)


# -- https ----------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate and its key, signed by nobody else, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate")
    both = tmp_path / "both.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    made += ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(both)]
    done = subprocess.run([*made, "-out", str(tmp_path / "cert.pem")], capture_output=True, check=True)
    assert done.returncode == 0
    both.write_bytes(both.read_bytes() + (tmp_path / "cert.pem").read_bytes())
    return both


@pytest.fixture
def secure(certificate: Path) -> Iterator[EndpointServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with EndpointServer({"GET /x": says({"a": 1}), CHAT: [streams([chunk("가"), DONE]), hangs]}, context) as server:
        yield server


def test_https_with_an_unknown_certificate_is_refused_before_anything_is_sent(secure: EndpointServer) -> None:
    with pytest.raises(Broken, match="CERTIFICATE_VERIFY_FAILED") as broken:
        talk(secure).get("/x")
    assert isinstance(broken.value.failure, Unreachable)
    assert secure.asked() == []


def test_https_with_a_certificate_that_the_system_knows(
    secure: EndpointServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("cert.pem")))
    conversation = talk(secure, seconds=5)
    assert conversation.get("/x") == {"a": 1}
    assert text(list(conversation.stream(PATH, {}))) == "가"
    stream = conversation.stream(PATH, {})
    threading.Timer(0.1, stream.close).start()
    assert list(stream) == []


def test_https_asked_of_a_plain_server_is_told() -> None:
    with EndpointServer({}) as server, pytest.raises(Broken, match="SSL") as broken:
        Conversation(server.address.replace("http", "https"), "", broken=Broken).get("/x")
    assert isinstance(broken.value.failure, Unreachable)


# -- streams: what is understood --------------------------------------------------


def test_a_stream_gives_its_text_its_reason_and_its_usage() -> None:
    deltas = read(streams([chunk("가"), chunk("나", "length"), usage(5, 2), DONE]))
    assert [delta.text for delta in deltas] == ["가", "나", ""]
    assert (deltas[-1].finish_reason, deltas[-1].usage) == ("length", Usage(5, 2))


def test_tokens_from_the_cache_are_told_by_either_name() -> None:
    for last in (
        usage(9, 1, prompt_tokens_details={"cached_tokens": 6}),
        event({"choices": [], "timings": {"cache_n": 6}, "usage": {"prompt_tokens": 9, "completion_tokens": 1}}),
    ):
        assert read(streams([chunk("가"), last, DONE]))[-1].usage == Usage(9, 1, 6)


FORGIVEN: dict[str, list[bytes]] = {
    "no usage": [chunk("가"), chunk("나", "stop"), DONE],
    "no reason": [chunk("가"), chunk("나"), usage(), DONE],
    "no end": [chunk("가"), chunk("나", "stop")],
    "only text": [chunk("가"), chunk("나")],
    "null usage in each": [event({"choices": [{"delta": {"content": "가나"}}], "usage": None, "error": None}), DONE],
    "usage in each": [chunk("가"), usage(1, 1), chunk("나"), usage(1, 2), DONE],
    "comments and pings": [b": ping\n\n", chunk("가"), b":\n\n: processing\n\n", chunk("나", "stop"), DONE],
    "named events": [b"event: message\nid: 1\nretry: 10\n" + chunk("가나"), DONE],
    "carriage returns": [chunk("가").replace(b"\n", b"\r\n"), chunk("나").replace(b"\n", b"\r\n")],
    "bare returns": [chunk("가").replace(b"\n", b"\r"), chunk("나").replace(b"\n", b"\r"), DONE],
    "no blank lines": [chunk("가").strip() + b"\n", chunk("나", "stop").strip() + b"\n", DONE],
    "no space after the colon": [chunk("가나").replace(b"data: ", b"data:"), DONE],
    "an object over several lines": [b'data: {"choices":\ndata: [{"delta":\ndata: {"content": "\xea\xb0\x80'
                                     b'\xeb\x82\x98"}}]}\n\n', DONE],
    "a byte order mark": [b"\xef\xbb", b"\xbf" + chunk("가나"), DONE],
    "a body that is no stream": [b'{"choices": [{"message": {"content": "\xea\xb0\x80', b'\xeb\x82\x98"}}]}'],
    "a pretty body": [json.dumps({"choices": [{"message": {"content": "가나"}}]}, indent=2).encode()],
    "completions": [event({"choices": [{"text": "가나", "finish_reason": "stop"}]}), DONE],
    "null and empty deltas": [chunk("", role="assistant"), event({"choices": [{"delta": None}]}), chunk("가나"), DONE],
    "fields of the wrong type": [event({"choices": "x", "usage": 3}), event({"choices": [1, {"delta": 5}]}),
                                 chunk("가나", tool_calls=[]), event({"choices": [{"delta": {"content": 7}}]}), DONE],
    "more after the end": [chunk("가나"), DONE, b"garbage"],
    "nothing behind the last line": [chunk("가나"), b"data: [DONE]"],
    "an event cut at the end of the line": [chunk("가"), chunk("나").rstrip(b"\n")],
}  # fmt: skip


@pytest.mark.parametrize("name", FORGIVEN)
def test_what_servers_leave_out_or_add_is_forgiven(name: str) -> None:
    deltas = read(streams(FORGIVEN[name]))
    assert text(deltas) == "가나"
    assert deltas[-1].finish_reason == "stop"


@pytest.mark.parametrize("name", FORGIVEN)
def test_pieces_may_be_cut_anywhere(name: str) -> None:
    parser, deltas = EventParser(), Deltas()
    found = [each for byte in b"".join(FORGIVEN[name]) for each in parser.feed(bytes([byte]))]
    pieces = [deltas.push(each) for each in (*found, *parser.finish())]
    assert "".join(piece.text for piece in pieces if piece) + deltas.last().text == "가나"


def test_a_slow_first_token_is_waited_for() -> None:
    assert text(read(streams([chunk("가"), DONE], pause=0.25))) == "가"


def test_an_answer_that_is_complete_is_not_lost_by_what_follows() -> None:
    for then in (cuts, raw(b"zz\r\n")):
        deltas = read(streams([chunk("가"), chunk("", "stop")], then=then))
        assert (text(deltas), deltas[-1].finish_reason) == ("가", "stop")


def test_thoughts_are_kept_apart_by_field_or_tag() -> None:
    by_field = read(streams([chunk("", reasoning_content="음"), chunk("", reasoning="…"), chunk("네"), DONE]))
    by_tag = read(streams([chunk("<thi"), chunk("nk>음</th"), chunk("ink>\n"), chunk("\n네"), DONE]))
    for deltas in (by_field, by_tag):
        assert text(deltas) == "네"
        assert "음" in "".join(delta.thought for delta in deltas)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("<think>a</think>b", ("b", "a")),
        ("\n <think>\na < b</thin</think>\n\nb <think>", ("b <think>", "\na < b</thin")),
        ("<thought>a</think></thought>b", ("b", "a</think>")),
        ("<think></think>", ("", "")),
        ("<think>never closed </thi", ("", "never closed </thi")),
        ("<thin air>", ("<thin air>", "")),
        (" 15일 <think>x</think>", (" 15일 <think>x</think>", "")),
        ("<", ("<", "")),
        ("  ", ("  ", "")),
    ],
)
def test_thoughts_are_found_however_the_text_is_cut(said: str, expected: tuple[str, str]) -> None:
    for size in (1, 2, 3, 5, 100):
        thoughts = Thoughts()
        pairs = [thoughts.push(said[i : i + size]) for i in range(0, len(said), size)] + [thoughts.rest()]
        assert ("".join(a for a, _ in pairs), "".join(b for _, b in pairs)) == expected


def test_a_piece_never_ends_inside_a_syllable() -> None:
    whole = WholeText()
    assert [whole.push("가\u1100"), whole.push("\u1161"), whole.push("\u11a8나")] == ["가", "", "\u1100\u1161\u11a8나"]
    assert whole.push("끝\ufffd") + whole.rest() == "끝"


def test_halves_of_utf_16_are_joined_or_left_out() -> None:
    halves = [
        rb'{"choices": [{"delta": {"content": "\ud83d"}}]}',
        rb'{"choices": [{"delta": {"content": "\ude00\udc00."}}]}',
        rb'{"choices": [{"delta": {"content": "\ud83d"}}]}',
    ]
    deltas = read(streams([b"data: " + each + b"\n\n" for each in halves] + [DONE]))
    assert text(deltas) == "😀\ufffd."
    assert text(deltas).encode()


FIELDS = ("choices", "delta", "message", "content", "text", "reasoning", "finish_reason", "usage", "error", "code",
          "prompt_tokens", "completion_tokens", "prompt_tokens_details", "cached_tokens", "timings", "cache_n")  # fmt: skip

# -- streams: what is not ----------------------------------------------------------

STREAMS: dict[str, tuple[Reply, type[Exception], str]] = {
    "html": (html(), Garbled, "<!DOCTYPE"),
    "an error instead": (says({"error": {"message": "model is loading"}}, 503), Refused, "loading"),
    "an error in the body": (says({"error": {"message": "no such model"}}), Refused, "no such model"),
    "an error in the stream": (
        streams([chunk("가"), event({"error": {"message": "oom", "code": 500}})]),
        Refused,
        "oom",
    ),
    "an error event": (streams([chunk("가"), b'event: error\ndata: {"error": "gone"}\n\n']), Refused, "gone"),
    "an error line": (streams([b'error: {"message": "slots are full", "code": 503}\n\n']), Refused, "slots are full"),
    "an empty body": (streams([]), Garbled, ""),
    "only pings at all": (streams([b": ping\n\n"]), Garbled, ""),
    "garbage at the start": (streams([b"\x00\xff\xfe\x80" * 10]), Garbled, ""),
    "garbage in the middle": (streams([chunk("가"), b"\xff\xfe\x00\n\n"]), Garbled, ""),
    "an object that never closes": (streams([b'data: {"choices": [\n\n']), Garbled, '{"choices": ['),
    "a list": (streams([b"data: [1]\n\n"]), Garbled, "[1]"),
    "a cut body": (sends(b'{"choices": [', 200), Garbled, "choices"),
    "a line without end": (streams([b"data: " + b"x" * (LONGEST // 4)] * 5), Garbled, "bytes without an end"),
    "an event without end": (streams([b"data: " + b"x" * (LONGEST // 4) + b"\n"] * 5), Garbled, "bytes without an end"),
    "a body without end": (streams([b'{"' + b"x" * (LONGEST // 4)] * 5), Garbled, "bytes without an end"),
    "cut between chunks": (streams([chunk("가")], then=cuts), Exception, "IncompleteRead"),
    "cut without a length": (raw(b"HTTP/1.1 200 OK\r\n\r\n" + chunk("가")), Exception, "ended early"),
    "cut before the head": (raw(b""), ConnectionError, ""),
    "half a chunk": (streams([chunk("가")], then=raw(b"ff\r\ndata: {")), Exception, "IncompleteRead"),
    "hang before the head": (hangs, TimeoutError, ""),
    "hang in the middle": (streams([chunk("가")], then=hangs), TimeoutError, ""),
    "pings for ever": (streams([b": ping\n\n"] * 200, pause=0.02), TimeoutError, "pings"),
    "a dripping line": (streams([b"d"] * 200, pause=0.02), TimeoutError, "pings"),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_that_fails_tells_what_kind_of_failure_it_is(name: str) -> None:
    reply, kind, words = STREAMS[name]
    found = failure(reply, seconds=0.2)
    assert isinstance(found, kind)
    assert words in (str(found) or type(found).__name__)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(st.binary(max_size=20) | st.sampled_from([b"data: ", b"{", b"}", b"\n", b"\r", b":", b"[DONE]"])))
def test_no_bytes_break_the_parser(pieces: list[bytes]) -> None:
    parser = EventParser()
    try:
        found = [each for piece in pieces for each in parser.feed(piece)] + list(parser.finish())
    except Garbled:
        return
    assert all(isinstance(each, dict) for each in found)


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4), max_size=4))
def test_no_document_breaks_the_deltas(documents: list[dict[str, Any]]) -> None:
    deltas = Deltas()
    try:
        pieces = [deltas.push(each) for each in documents]
    except Refused:
        return
    for piece in [*pieces, deltas.last()]:
        assert piece is None or piece.text.encode() is not None


@pytest.mark.parametrize("reply", [hangs, streams([chunk("가")], then=hangs), streams([chunk("가")] * 500, pause=0.02)])
def test_closing_from_another_thread_ends_the_iteration(reply: Reply) -> None:
    with EndpointServer({CHAT: reply}) as server:
        stream = talk(server, seconds=30).stream(PATH, {})
        threading.Timer(0.1, stream.close).start()
        assert all(delta.text == "가" for delta in stream)
        stream.close()


def test_closing_before_reading_ends_the_iteration() -> None:
    with EndpointServer({CHAT: streams([chunk("가"), DONE])}) as server:
        stream = talk(server).stream(PATH, {})
        stream.close()
        assert list(stream) == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [("localhost", True), ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("::ffff:127.0.0.1", True),
     ("0.0.0.0", False), ("localhost.example.org", False), ("127.0.0.1.nip.io", False), ("127.1", False),
     ("2130706433", False), ("10.0.0.1", False), ("::", False), ("::ffff:10.0.0.1", False), ("", False)],
)  # fmt: skip
def test_loopback_is_decided_without_asking_for_names(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
