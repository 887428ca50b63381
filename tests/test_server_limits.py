"""Limits of a request and of a caller: over the real middleware, and over real sockets where it is a connection that misbehaves."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from ai_chat.app import App
from ai_chat.lazy import Lazy
from ai_chat.metrics import Waiting
from ai_chat.server import limits
from ai_chat.server.ending import end_answers
from ai_chat.server.limits import BODY_BYTES, Fair, Gate, Traffic, limit_of
from ai_chat.server.patience import PatientProtocol
from ai_chat.server.scopes import let_in
from ai_chat.users import LOCAL
from tests.doubles_app import DoubleApp

_SHORT = 0.4  # seconds, in place of those of the server


class Hurried(PatientProtocol):
    head_seconds = _SHORT
    take_seconds = _SHORT


async def _read(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def _caught(request: Request) -> Response:
    """As FastAPI does: whatever is wrong with a body is a 400."""
    try:
        return PlainTextResponse(str(len(await request.body())))
    except ClientDisconnect:
        return PlainTextResponse("no body", 400)


async def _stream(request: Request) -> Response:
    async def much() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 65_536
                await asyncio.sleep(0)
        finally:
            request.app.state.left.set()

    return StreamingResponse(much())


def gated(traffic: Traffic) -> Starlette:
    routes = [Route(path, _read, methods=["POST", "GET"]) for path in ("/api/x", "/api/documents")]
    routes += [Route("/api/caught", _caught, methods=["POST"]), Route("/api/stream", _stream)]
    app = Starlette(routes=routes, middleware=[Middleware(Gate, traffic=traffic)])
    app.state.left = threading.Event()
    return app


@contextmanager
def listening(app: Starlette) -> Iterator[int]:
    """The app on a socket, under the protocol of the server with short patience."""
    config = uvicorn.Config(app, http=Hurried, log_level="critical", port=0, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)


def told(connection: socket.socket) -> bytes:
    """All that comes until the other side ends it."""
    connection.settimeout(20)
    found = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            found += part
    return found


async def send(app: Starlette, *requests: Callable[[httpx.AsyncClient], object]) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://h") as client:
        return list(await asyncio.gather(*(request(client) for request in requests)))  # type: ignore[call-overload]


# -- bodies ------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/x", "/api/caught"])
def test_a_large_body_is_refused_by_what_it_announces_and_by_what_comes(path: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * (BODY_BYTES // 8)

    traffic = Traffic()
    app = gated(traffic)
    told = asyncio.run(
        send(
            app,
            lambda client: client.post(path, content=b"x" * (BODY_BYTES + 1)),
            lambda client: client.post(path, content=pieces()),
            lambda client: client.post(path, content=b"x" * BODY_BYTES),
        )
    )
    assert [each.status_code for each in told] == [413, 413, 200]
    assert told[0].json()["error"]["code"] == "body_too_large"
    assert told[1].json()["error"]["values"] == {"limit": BODY_BYTES >> 20}
    assert traffic.refused == {"body_too_large": 2}
    assert traffic.in_flight == 0


def test_uploads_may_be_larger() -> None:
    assert limit_of("/api/documents") > 200 << 20 > limit_of("/api/search") == BODY_BYTES


def test_an_announced_hundred_megabytes_are_not_waited_for() -> None:
    with listening(gated(Traffic())) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /api/x HTTP/1.1\r\nhost: h\r\ncontent-length: 104857600\r\n\r\n")
        assert told(connection).startswith(b"HTTP/1.1 413 ")


def test_a_slow_body_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BODY_SECONDS", _SHORT)
    traffic = Traffic()
    with listening(gated(traffic)) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /api/x HTTP/1.1\r\nhost: h\r\ncontent-length: 1000\r\n\r\nabc")
        answer = told(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["values"]["bytes"] == 3
    assert traffic.refused == {"body_too_slow": 1}


# -- connections -------------------------------------------------------------------


@pytest.mark.parametrize("head", [b"", b"GET /api/x HT", b"GET /api/x HTTP/1.1\r\nhost: h\r\nx-slow: "])
def test_a_head_that_does_not_come_ends_the_connection(head: bytes) -> None:
    with listening(gated(Traffic())) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head)
        assert told(connection) == b""


def test_one_byte_after_the_other_gives_no_more_time() -> None:
    with listening(gated(Traffic())) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        sent = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            for byte in b"GET /api/x HTTP/1.1\r\nhost: h\r\nx-slow: " + b"x" * 4000:
                connection.sendall(bytes([byte]))
                sent += 1
                time.sleep(0.02)
        assert sent < 1000


def test_a_second_request_of_a_connection_may_not_come_slowly_either() -> None:
    with listening(gated(Traffic())) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /api/x HTTP/1.1\r\nhost: h\r\n\r\nGET /api/x HT")
        assert told(connection).count(b"HTTP/1.1 ") == 1


def test_a_stream_that_nobody_takes_is_ended() -> None:
    """Half-closed or asleep: its answer is given up, and the app hears of it."""
    app = gated(Traffic())
    with listening(app) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /api/stream HTTP/1.1\r\nhost: h\r\n\r\n")
        assert app.state.left.wait(20)


def test_a_stream_whose_client_goes_is_ended() -> None:
    app = gated(Traffic())
    with listening(app) as port:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET /api/stream HTTP/1.1\r\nhost: h\r\n\r\n")
            connection.recv(1000)
        assert app.state.left.wait(20)


# -- callers -----------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def fair(clock: Clock, *, rate: float = 5, at_once: int = 100) -> tuple[Starlette, asyncio.Event, Traffic]:
    release, traffic = asyncio.Event(), Traffic()

    async def hello(request: Request) -> Response:
        if request.query_params.get("wait"):
            await release.wait()
        return PlainTextResponse("inside")

    class Door:
        def __init__(self, app: Callable[..., object]) -> None:
            self._app = app

        async def __call__(self, scope: dict[str, object], receive: object, send: object) -> None:
            let_in(LOCAL)
            await self._app(scope, receive, send)  # type: ignore[misc]

    middleware = [
        Middleware(Door),
        Middleware(Fair, traffic=traffic, rate=rate, at_once=at_once, clock=clock),
    ]
    return Starlette(routes=[Route("/api/x", hello), Route("/page", hello)], middleware=middleware), release, traffic


def test_a_caller_has_a_rate_and_more_after_a_while() -> None:
    clock = Clock()
    app, _release, traffic = fair(clock)

    def burst(path: str = "/api/x") -> list[int]:
        return [each.status_code for each in asyncio.run(send(app, *[lambda client: client.get(path)] * 14))]

    assert sorted(burst()) == [200] * 10 + [429] * 4
    clock.now += 0.6
    assert burst().count(200) == 3
    assert burst("/page") == [200] * 14, "the page's own files are not counted"
    assert traffic.refused == {"too_many_requests": 15}


def test_a_caller_has_so_many_at_once() -> None:
    async def run() -> list[httpx.Response]:
        app, release, _traffic = fair(Clock(), rate=1000, at_once=3)
        waiting = asyncio.create_task(send(app, *[lambda client: client.get("/api/x?wait=1")] * 3))
        await asyncio.sleep(0.1)
        refused = await send(app, lambda client: client.get("/api/x"))
        release.set()
        done = await waiting
        return [*refused, *done, *(await send(app, lambda client: client.get("/api/x")))]

    first, *rest = asyncio.run(run())
    assert (first.status_code, first.json()["error"]["code"]) == (429, "too_many_at_once")
    assert first.headers["retry-after"] == "1"
    assert [each.status_code for each in rest] == [200] * 4


# -- the end -----------------------------------------------------------------------


class Answering(DoubleApp):
    """Writes one answer until `finished`."""

    def __init__(self) -> None:
        super().__init__()
        self.finished = threading.Event()

    def metrics(self):  # type: ignore[no-untyped-def]
        from dataclasses import replace

        return replace(super().metrics(), queue=Waiting(written=not self.finished.is_set()))


def ended(app: Answering, seconds: float, hurry: bool = False) -> Lazy[App]:
    opening: Lazy[App] = Lazy(lambda: app, close=lambda each: each.close())
    with opening.lease():
        asyncio.run(end_answers(opening, lambda: hurry, seconds))
    return opening


def test_the_end_waits_for_an_answer_and_closes_behind_it() -> None:
    app = Answering()
    threading.Timer(0.3, app.finished.set).start()
    ended(app, 30)
    assert app.finished.is_set() and app.closed


@pytest.mark.parametrize(("seconds", "hurry"), [(0.2, False), (600, True)])
def test_the_end_is_bounded(seconds: float, hurry: bool) -> None:
    app = Answering()
    ended(app, seconds, hurry)
    assert app.closed and not app.finished.is_set()
