"""The door: pure ASGI middleware over http and websocket.

Host and Origin are checked first, then the cookie (page), the Bearer key (API) or the token (`/?token=`); all else is
answered with a short page. Every answer carries the headers that keep the page from reaching other hosts.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from ai_chat.server.hosts import Bound
from ai_chat.server.keys import Keys
from ai_chat.server.notices import Notice, browser_language, notice_page

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]

OPEN_PATHS = frozenset({"/healthz"})
_COOKIE_DAYS = 30
_FORM_LIMIT = 4096
_TRIES_A_MINUTE = 8


class Access:
    """`script_hashes` are the inline scripts of the page's frame, the only ones the policy lets run."""

    def __init__(self, app: ASGIApp, *, keys: Keys, bound: Bound, script_hashes: tuple[str, ...] = ()) -> None:
        self._app = app
        self._keys = keys
        self._bound = bound
        self._script_hashes = script_hashes
        self._failures: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=_TRIES_A_MINUTE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send, headers)
        elif scope["path"] in OPEN_PATHS and self._bound.accepts_host(headers.get("host", "")):
            await self._app(scope, receive, send)
        else:
            await self._http(scope, receive, send, headers)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        if "origin" in headers and self._is_ours(headers) and self._has_cookie(headers):
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        if not self._is_ours(headers):
            await self._refuse(send, headers, "elsewhere", 403)
        elif scope["path"] == "/api" or scope["path"].startswith("/api/"):
            await self._api(scope, receive, send, headers)
        elif scope["path"] == "/sign-in" and scope["method"] == "POST" and self._keys.password:
            await self._sign_in(scope, receive, send, headers)
        elif token := self._token(scope):
            await self._enter(send, headers, token)
        elif not self._has_cookie(headers):
            await self._refuse(send, headers, *(("sign_in", 401) if self._keys.password else ("refused", 403)))
        elif scope["method"] not in ("GET", "HEAD") and "origin" not in headers:
            await self._refuse(send, headers, "elsewhere", 403)
        else:
            await self._app(scope, receive, _with_headers(send, self._security(headers["host"])))

    async def _api(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        kind, _, key = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._keys.is_api_key(key.strip()):
            await self._app(scope, receive, _with_headers(send, self._security(headers["host"])))
        else:
            await self._refuse(send, headers, "refused", 403)

    async def _sign_in(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        tries = self._failures[str((scope.get("client") or ("",))[0])]
        if "origin" not in headers:
            await self._refuse(send, headers, "elsewhere", 403)
        elif len(tries) == _TRIES_A_MINUTE and time.monotonic() - tries[0] < 60:
            await self._refuse(send, headers, "too_many", 429)
        elif self._keys.opens(await _form_field(receive, "password")):
            await self._let_in(send)
        else:
            tries.append(time.monotonic())
            await self._refuse(send, headers, "wrong_password", 401)

    async def _enter(self, send: Send, headers: dict[str, str], token: str) -> None:
        if self._keys.opens(token):
            await self._let_in(send)
        else:
            await self._refuse(send, headers, "refused", 403)

    async def _let_in(self, send: Send) -> None:
        cookie = (
            f"{self._cookie_name()}={self._keys.cookie()}; Path=/; Max-Age={_COOKIE_DAYS * 86400};"
            " HttpOnly; SameSite=Strict"
        )
        extra = [(b"set-cookie", cookie.encode()), (b"location", b"/"), (b"cache-control", b"no-store")]
        await _answer(send, 303, b"", [*extra, (b"referrer-policy", b"no-referrer")])

    async def _refuse(self, send: Send, headers: dict[str, str], notice: Notice, status: int) -> None:
        body = notice_page(notice, browser_language(headers.get("accept-language", "")))
        policy = b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
        # same-origin, not no-referrer: a form sent under no-referrer hides the Origin that we check
        extra = [(b"content-security-policy", policy), (b"referrer-policy", b"same-origin")]
        await _answer(send, status, body, [*extra, (b"cache-control", b"no-store"), *_FIXED])

    def _is_ours(self, headers: dict[str, str]) -> bool:
        host = headers.get("host", "")
        origin = headers.get("origin")
        return self._bound.accepts_host(host) and (origin is None or self._bound.accepts_origin(origin, host))

    def _token(self, scope: Scope) -> str:
        """The token of `/?token=...`; with a password there is none."""
        if scope["path"] != "/" or scope["method"] != "GET" or self._keys.password:
            return ""
        query: str = scope["query_string"].decode("latin-1")
        return parse_qs(query).get("token", [""])[0]

    def _has_cookie(self, headers: dict[str, str]) -> bool:
        try:
            jar = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        kept = jar.get(self._cookie_name())
        return kept is not None and self._keys.is_cookie(kept.value)

    def _cookie_name(self) -> str:
        return f"ai-chat-{self._bound.port}"  # browsers share cookies between the ports of a host

    def _security(self, host: str) -> RawHeaders:
        scripts = " ".join(["'self'", *(f"'{each}'" for each in self._script_hashes)])
        policy = (
            f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
            f" img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:;"
            f" connect-src 'self' ws://{host} wss://{host}; frame-src 'none'; object-src 'none'; base-uri 'self';"
            " form-action 'self'; frame-ancestors 'none'"
        )
        return [(b"content-security-policy", policy.encode()), (b"referrer-policy", b"no-referrer"), *_FIXED]


_FIXED: RawHeaders = [(b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"DENY")]


def _headers(scope: Scope) -> dict[str, str]:
    """Names in lower case; a header that comes twice keeps its first value, but two Host headers are no host."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "host" and name in found:
            value = ""
        elif name in found and name != "cookie":
            continue
        found[name] = f"{found[name]}; {value}" if name == "cookie" and name in found else value
    return found


def _with_headers(send: Send, extra: RawHeaders) -> Send:
    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            ours = {name for name, _ in extra}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
            message = {**message, "headers": [*kept, *extra]}
        await send(message)

    return wrapped


async def _form_field(receive: Receive, name: str) -> str:
    body = b""
    more = True
    while more and len(body) <= _FORM_LIMIT:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return parse_qs(body[:_FORM_LIMIT].decode("utf-8", "replace")).get(name, [""])[0]


async def _answer(send: Send, status: int, body: bytes, extra: RawHeaders) -> None:
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode()), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
