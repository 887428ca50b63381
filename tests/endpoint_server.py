"""A model server on loopback that does what it is told: answers, hangs, breaks off, lies. Real HTTP over real sockets.

Takes replies by route ("POST /v1/chat/completions"); several for one route are given one after the other, the last again and
again. Keeps what it was asked.
"""

from __future__ import annotations

import json
import ssl
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

CHAT = "POST /v1/chat/completions"
MODELS = "GET /v1/models"


@dataclass(frozen=True, slots=True)
class Asked:
    route: str
    headers: Mapping[str, str]
    body: Any


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._reply()

    def do_POST(self) -> None:
        self._reply()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a test's output is its own."""

    def _reply(self) -> None:
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        route = f"{self.command} {self.path}"
        self.server.asked.append(Asked(route, dict(self.headers), json.loads(body) if body else None))
        try:
            self.server.next_reply(route)(self)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the client has hung up: many tests are about just that

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def rest(self, seconds: float | None = None) -> None:
        """Say nothing, but not beyond the end of the server."""
        self.server.ending.wait(seconds)


Reply = Callable[[Handler], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True

    def __init__(self, routes: Mapping[str, Reply | Sequence[Reply]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Asked] = []
        self.ending = threading.Event()
        self._routes = {
            route: list(replies) if isinstance(replies, Sequence) else [replies] for route, replies in routes.items()
        }
        self._taking = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or whose handshake fails, is what many tests are about; anything else is a fault."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def next_reply(self, route: str) -> Reply:
        with self._taking:
            replies = self._routes.get(route, [says({"error": {"message": "no such route"}}, 404)])
            return replies.pop(0) if len(replies) > 1 else replies[0]


class EndpointServer:
    """Use `with`; `address` is its root."""

    def __init__(
        self, routes: Mapping[str, Reply | Sequence[Reply]], certificate: ssl.SSLContext | None = None
    ) -> None:
        self._server = _Server(routes)
        if certificate is not None:
            self._server.socket = certificate.wrap_socket(self._server.socket, True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.address = f"http{'s' if certificate else ''}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.ending.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def asked(self, route: str = "") -> list[Asked]:
        return [each for each in self._server.asked if not route or each.route == route]


# -- replies ----------------------------------------------------------------


def says(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return sends(json.dumps(document).encode(), status, {"Content-Type": "application/json", **(headers or {})})


def sends(content: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    def reply(handler: Handler) -> None:
        handler.head(status, {"Content-Length": str(len(content)), **(headers or {})})
        handler.wfile.write(content)

    return reply


def html(status: int = 200) -> Reply:
    page = b"<!DOCTYPE html><html><head><style>p {}</style></head><body><h1>Welcome</h1></body></html>"
    return sends(page, status, {"Content-Type": "text/html"})


def raw(content: bytes) -> Reply:
    """Bytes that need not be HTTP, then the end."""
    return lambda handler: _write(handler, content)


def hangs(handler: Handler) -> None:
    """The request is taken, and nothing is ever said."""
    handler.rest()


def drips(content: bytes, seconds: float) -> Reply:
    """A byte, a pause, a byte: each in time, the whole never."""

    def reply(handler: Handler) -> None:
        for byte in content:
            _write(handler, bytes([byte]))
            handler.rest(seconds)

    return reply


def streams(pieces: Iterable[bytes], *, pause: float = 0.0, then: Reply | None = None) -> Reply:
    """Chunks as they are, with pauses; whole at the end unless `then` does something else."""
    kept = list(pieces)

    def reply(handler: Handler) -> None:
        handler.head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        for piece in kept:
            handler.rest(pause)
            _write(handler, b"%x\r\n%s\r\n" % (len(piece), piece))
        if then is not None:
            then(handler)
        else:
            _write(handler, b"0\r\n\r\n")

    return reply


def cuts(handler: Handler) -> None:
    """After `streams`: the connection ends in the middle."""


def _write(handler: Handler, content: bytes) -> None:
    handler.wfile.write(content)
    handler.wfile.flush()


# -- what servers say ---------------------------------------------------------


def event(document: Any) -> bytes:
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"


def chunk(text: str = "", finish: str | None = None, **delta: Any) -> bytes:
    """One event of a chat completion."""
    return event({"choices": [{"index": 0, "delta": {"content": text, **delta}, "finish_reason": finish}]})


def usage(prompt: int = 11, completion: int = 3, **details: Any) -> bytes:
    return event({"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": completion, **details}})


DONE = b"data: [DONE]\n\n"


def answers(*texts: str) -> Reply:
    """A proper stream: the texts, the reason, the usage, the end."""
    return streams([*map(chunk, texts), chunk("", "stop"), usage(completion=len(texts)), DONE])


def lists(*names: str, **entry: Any) -> Reply:
    return says({"object": "list", "data": [{"id": name, "object": "model", **entry} for name in names]})


def ollama(*names: str, parameters: str = "", trained: int = 32768, **more: Any) -> dict[str, Reply | Sequence[Reply]]:
    """As Ollama's documentation describes it."""
    shown = {"parameters": parameters, "model_info": {"general.architecture": "q", "q.context_length": trained}, **more}
    return {MODELS: lists(*names, owned_by="library"), "POST /api/show": says(shown), CHAT: answers("네", "."),
            "GET /": sends(b"Ollama is running")}  # fmt: skip


def vllm(name: str, window: int = 8192, count: int = 42) -> dict[str, Reply | Sequence[Reply]]:
    return {
        MODELS: lists(name, owned_by="vllm", max_model_len=window),
        "POST /tokenize": says({"count": count, "max_model_len": window, "tokens": list(range(count))}),
        CHAT: answers("네", "."),
    }


def llama_server(name: str, window: int = 4096, tokens: int = 7) -> dict[str, Reply | Sequence[Reply]]:
    return {
        MODELS: lists(name, owned_by="llamacpp", meta={"n_ctx_train": 131072}),
        "GET /props": says({"default_generation_settings": {"n_ctx": window}, "total_slots": 1}),
        "POST /apply-template": says({"prompt": "<s>가"}),
        "POST /tokenize": says({"tokens": list(range(tokens))}),
        CHAT: answers("네", "."),
    }
