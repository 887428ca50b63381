"""What one request and one caller may take: bytes of a body, time to send it, requests a second, requests at once; and a number for each.

Two pure ASGI middlewares around the door: `Gate` outside it, for every request; `Fair` inside it, where it is known who asks. Takes and
gives messages; knows no route but by how its path begins.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from ai_chat.app.kept import UPLOAD_LIMIT_MB
from ai_chat.errors import AiChatError
from ai_chat.errors.sentences import hint, sentence
from ai_chat.server.access import API_PATHS, ASGIApp, Message, Receive, Scope, Send
from ai_chat.server.logs import REQUEST
from ai_chat.server.scopes import asking
from ai_chat.types import Problem

BODY_BYTES = 8 << 20
BODY_SECONDS = 30.0  # for a body to come,
BODY_SPEED = 16_000  # and a second more for so many bytes of it
_UPLOADS = ("/api/documents", "/_stcore/upload_file")
_HEAD_BYTES = 1 << 20  # of an upload, besides the file itself
_MOST_CALLERS = 10_000
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_ROUTES = """
    api v1 metrics readyz healthz search ask turns events stop forget cache clear index verify rebuild compact status memory optimize
    load unload documents list page move remove restore retry replace relocate render original ingest pause collections
    conversations rename export rating ratings chat completions embeddings models units image jobs text openapi.json view static _stcore
    stream health host-config media sign-in sign-out page.js base.js favicon.png library monitor settings
"""
_PLAIN = frozenset(_ROUTES.split())
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Traffic:
    """Since the start: requests by the class of their status, and by the limit that ended them. `closing`: it is about to end."""

    in_flight: int = 0
    closing: bool = False
    answered: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


class Gate:
    """Each request gets an id, told in `X-Request-Id` and in every line that is logged for it."""

    def __init__(self, app: ASGIApp, *, traffic: Traffic) -> None:
        self._app = app
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passing = _Passing(scope, receive, send)
        token = REQUEST.set(passing.id)
        self._traffic.in_flight += 1
        try:
            await self._answer(passing, scope)
        finally:
            self._traffic.in_flight -= 1
            self._traffic.answered[f"{passing.status // 100}xx" if passing.status else "none"] += 1
            passing.log()
            REQUEST.reset(token)

    async def _answer(self, passing: _Passing, scope: Scope) -> None:
        if passing.announced > passing.limit:
            passing.verdict = _too_large(passing.limit)
        try:
            if passing.verdict is None:
                await self._app(scope, passing.receive, passing.send)
        except Exception:
            if passing.verdict is None:
                raise  # else it comes of the body that was cut off
        if passing.verdict is not None:
            self._traffic.refused[passing.verdict[1].code] += 1
            await passing.refuse()


class Fair:
    """At most `rate` requests a second on average (twice as many at once), and `at_once` of them under way, for each who asks."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        traffic: Traffic,
        rate: float,
        at_once: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._traffic = traffic
        self._rate = rate
        self._at_once = at_once
        self._clock = clock
        self._callers: dict[str, _Caller] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(API_PATHS):
            await self._app(scope, receive, send)
            return
        caller = self._caller(_who())
        if problem := self._refusal(caller):
            self._traffic.refused[problem.code] += 1
            await _refuse(send, 429, problem, [(b"retry-after", b"1")])
            return
        caller.under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            caller.under_way -= 1

    def _refusal(self, caller: _Caller) -> Problem | None:
        if caller.under_way >= self._at_once:
            return Problem("too_many_at_once", {"limit": self._at_once})
        if not caller.take(self._clock(), self._rate):
            return Problem("too_many_requests", {"limit": self._rate})
        return None

    def _caller(self, who: str) -> _Caller:
        if who not in self._callers and len(self._callers) >= _MOST_CALLERS:
            self._callers = {name: each for name, each in self._callers.items() if each.under_way}
        return self._callers.setdefault(who, _Caller(2 * self._rate, self._clock()))


@dataclass(slots=True)
class _Caller:
    """`left`: requests that may still come at once, as of `at`."""

    left: float
    at: float
    under_way: int = 0

    def take(self, now: float, rate: float) -> bool:
        self.left = min(2 * rate, self.left + (now - self.at) * rate)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


Verdict = tuple[int, Problem]


class _Passing:
    """One request on its way. `verdict`: a limit that it met; from then on the app is told that the client has left, and not heard."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value for name, value in scope["headers"] if name in (b"x-request-id", b"content-length")}
        offered = headers.get(b"x-request-id", b"").decode("latin-1")
        self.id = offered if _ID.fullmatch(offered) else secrets.token_hex(8)
        self.announced = _number(headers.get(b"content-length", b""))
        self.limit = limit_of(scope["path"])
        self.verdict: Verdict | None = None
        self.status = 0
        self._scope = scope
        self._receive = receive
        self._send = send
        self._read = 0
        self._whole = False
        self._began = time.perf_counter()

    async def receive(self) -> Message:
        if self.verdict is not None:
            return {"type": "http.disconnect"}
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._patience()):
                message = await self._receive()
        except TimeoutError:
            seconds = round(time.perf_counter() - self._began)
            return self._cut(408, Problem("body_too_slow", {"bytes": self._read, "seconds": seconds}))
        self._read += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        return self._cut(*_too_large(self.limit)) if self._read > self.limit else message

    async def send(self, message: Message) -> None:
        if self.verdict is not None and not self.status:
            return
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", []), (b"x-request-id", self.id.encode())]}
        await self._send(message)

    async def refuse(self) -> None:
        """What an answer that has begun already cannot say is said by ending it."""
        assert self.verdict is not None
        status, problem = self.verdict
        if not self.status:
            self.verdict = None
            await _refuse(self.send, status, problem, [(b"connection", b"close")])

    def log(self) -> None:
        about = {"method": self._scope["method"], "path": safe_path(self._scope["path"]), "status": self.status}
        milliseconds = round((time.perf_counter() - self._began) * 1000, 1)
        told = {**about, "ms": milliseconds, "read": self._read, "who": _who()}
        _LOG.log(logging.WARNING if self.status >= 500 else logging.INFO, "request", extra={"told": told})

    def _patience(self) -> float:
        """So long a body may still take: a while, and more by what has come of it."""
        return BODY_SECONDS + self._read / BODY_SPEED - (time.perf_counter() - self._began)

    def _cut(self, status: int, problem: Problem) -> Message:
        self.verdict = (status, problem)
        return {"type": "http.disconnect"}


def limit_of(path: str) -> int:
    """Bytes of a body."""
    return (UPLOAD_LIMIT_MB << 20) + _HEAD_BYTES if path.startswith(_UPLOADS) else BODY_BYTES


def safe_path(path: str) -> str:
    """As a log may tell it: the words of our own routes as they are, ids and whatever else somebody wrote as `*`."""
    return "/".join(part if not part or part in _PLAIN else "*" for part in path.split("/")[:8])


def _too_large(limit: int) -> Verdict:
    return 413, Problem("body_too_large", {"limit": limit >> 20})


def _number(value: bytes) -> int:
    return int(value) if value.isdigit() and len(value) < 19 else 0


def _who() -> str:
    """Empty where nobody was let in."""
    try:
        return asking().id
    except AiChatError:
        return ""


async def _refuse(send: Send, status: int, problem: Problem, extra: list[tuple[bytes, bytes]]) -> None:
    message = f"{sentence(problem, 'en')} {hint(problem, 'en')}".strip()
    told = {"message": message, "code": problem.code, "values": dict(problem.values), "exit_code": 1}
    body = json.dumps({"error": {**told, "type": "invalid_request_error"}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
