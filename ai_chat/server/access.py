"""The door: pure ASGI middleware over http and websocket.

Host and Origin are checked first, then the cookie (page), the Bearer key (API) or the token (`/?token=`); all else is
answered with a short page. Every answer carries the headers that keep the page from reaching other hosts. Where there are
users, a name and a password take the place of token and password.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from ai_chat.errors import MachineError
from ai_chat.server.hosts import Bound
from ai_chat.server.keys import Keys
from ai_chat.server.notices import Notice, browser_language, key_refusal, notice_page
from ai_chat.server.scopes import let_in
from ai_chat.users import LOCAL, Principal
from ai_chat.users.door import Door, SignedIn

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]
RawHeaders = list[tuple[bytes, bytes]]

OPEN_PATHS = frozenset({"/healthz", "/readyz"})
API_PATHS = ("/api", "/v1", "/metrics")
SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
_COOKIE_DAYS = 30
_FORM_LIMIT = 4096
_TRIES_A_MINUTE = 8


class Access:
    """`script_hashes` are the inline scripts of the page's frame, the only ones the policy lets run; `door` knows the users."""

    def __init__(
        self, app: ASGIApp, *, keys: Keys, bound: Bound, script_hashes: tuple[str, ...] = (), door: Door | None = None
    ) -> None:
        self._app = app
        self._keys = keys
        self._bound = bound
        self._script_hashes = script_hashes
        self._door = door
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
        elif not self._can_tell():
            await self._refuse(send, headers, "users_unreadable", 503)
        else:
            await self._http(scope, receive, send, headers)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        if "origin" in headers and self._is_ours(headers) and self._can_tell() and (visitor := self._visitor(headers)):
            let_in(visitor)
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        if not self._is_ours(headers):
            await self._refuse(send, headers, "elsewhere", 403)
        elif any(scope["path"] == path or scope["path"].startswith(f"{path}/") for path in API_PATHS):
            await self._api(scope, receive, send, headers)
        elif scope["path"] in (SIGN_IN, SIGN_OUT) and scope["method"] == "POST" and self._has_form(scope["path"]):
            await self._form(scope, receive, send, headers)
        elif token := self._token(scope):
            await self._enter(send, headers, token)
        elif scope["path"] == SIGN_OUT and self._has_users():
            await self._refuse(send, headers, "sign_out", 200)
        elif not (visitor := self._visitor(headers)):
            await self._refuse(send, headers, *self._closed())
        elif scope["method"] not in ("GET", "HEAD") and "origin" not in headers:
            await self._refuse(send, headers, "elsewhere", 403)
        else:
            let_in(visitor)
            await self._app(scope, receive, _with_headers(send, self._security(headers["host"])))

    async def _api(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        kind, _, key = headers.get("authorization", "").partition(" ")
        caller = self._caller(key.strip()) if kind.lower() == "bearer" else None
        if caller:
            let_in(caller)
            await self._app(scope, receive, _with_headers(send, self._security(headers["host"])))
            return
        if self._door:
            self._door.refused(_address(scope))
        await _answer(
            send,
            403 if scope["path"].startswith("/api") else 401,
            *key_refusal(browser_language(headers.get("accept-language", ""))),
            _FIXED,
        )

    def _caller(self, key: str) -> Principal | None:
        """The owner by his key of this start; a user, or the owner where there are none, by one that was made for a program."""
        if self._keys.is_api_key(key):
            return LOCAL
        return self._door.by_key(key) if self._door else None

    def _visitor(self, headers: dict[str, str]) -> Principal | None:
        cookie = self._cookie(headers)
        if self._door and self._door.guards():
            return self._door.by_cookie(cookie)
        return LOCAL if self._keys.is_cookie(cookie) else None

    def _closed(self) -> tuple[Notice, int]:
        if self._has_users():
            return "sign_in_user", 401
        return ("sign_in", 401) if self._keys.password else ("refused", 403)

    def _can_tell(self) -> bool:
        """Whether the file of the users can be read; where it cannot, nobody is let in."""
        try:
            self._has_users()
        except MachineError:
            return False
        return True

    def _has_users(self) -> bool:
        return self._door is not None and self._door.guards()

    def _has_form(self, path: str) -> bool:
        return self._has_users() or (path == SIGN_IN and bool(self._keys.password))

    async def _form(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        if "origin" not in headers:
            await self._refuse(send, headers, "elsewhere", 403)
        elif scope["path"] == SIGN_OUT:
            await self._sign_out(send, headers)
        elif self._has_users():
            await self._sign_in_user(scope, receive, send, headers)
        else:
            await self._sign_in(scope, receive, send, headers)

    async def _sign_in(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        tries = self._failures[_address(scope)]
        if len(tries) == _TRIES_A_MINUTE and time.monotonic() - tries[0] < 60:
            await self._refuse(send, headers, "too_many", 429)
        elif self._keys.opens((await _form_fields(receive)).get("password", "")):
            await self._let_in(send, headers, self._keys.cookie())
        else:
            tries.append(time.monotonic())
            await self._refuse(send, headers, "wrong_password", 401)

    async def _sign_in_user(self, scope: Scope, receive: Receive, send: Send, headers: dict[str, str]) -> None:
        import asyncio

        fields = await _form_fields(receive)
        name, password = fields.get("name", ""), fields.get("password", "")
        assert self._door is not None
        found: SignedIn = await asyncio.to_thread(self._door.sign_in, name, password, _address(scope))
        if found.cookie:
            await self._let_in(send, headers, found.cookie)
        elif found.locked:
            await self._refuse(send, headers, "locked_out", 429)
        else:
            await self._refuse(send, headers, "wrong_user", 401)

    async def _sign_out(self, send: Send, headers: dict[str, str]) -> None:
        assert self._door is not None
        self._door.sign_out(self._cookie(headers))
        await self._let_in(send, headers, "", days=0)

    async def _enter(self, send: Send, headers: dict[str, str], token: str) -> None:
        if self._keys.opens(token):
            await self._let_in(send, headers, self._keys.cookie())
        else:
            await self._refuse(send, headers, "refused", 403)

    async def _let_in(self, send: Send, headers: dict[str, str], value: str, days: int = _COOKIE_DAYS) -> None:
        """Where the page came by TLS, through a proxy, the cookie goes by nothing else."""
        secure = "; Secure" if headers.get("origin", "").startswith("https://") else ""
        cookie = f"{self._bound.cookie}={value}; Path=/; Max-Age={days * 86400}; HttpOnly; SameSite=Strict{secure}"
        extra = [(b"set-cookie", cookie.encode()), (b"location", b"/"), (b"cache-control", b"no-store")]
        await _answer(send, 303, b"", _HTML, [*extra, (b"referrer-policy", b"no-referrer")])

    async def _refuse(self, send: Send, headers: dict[str, str], notice: Notice, status: int) -> None:
        body = notice_page(notice, browser_language(headers.get("accept-language", "")))
        policy = b"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
        # same-origin, not no-referrer: a form sent under no-referrer hides the Origin that we check
        extra = [(b"content-security-policy", policy), (b"referrer-policy", b"same-origin")]
        await _answer(send, status, body, _HTML, [*extra, (b"cache-control", b"no-store"), *_FIXED])

    def _is_ours(self, headers: dict[str, str]) -> bool:
        host = headers.get("host", "")
        origin = headers.get("origin")
        return self._bound.accepts_host(host) and (origin is None or self._bound.accepts_origin(origin, host))

    def _token(self, scope: Scope) -> str:
        """The token of `/?token=...`; with a password, or with users, there is none."""
        if scope["path"] != "/" or scope["method"] != "GET" or self._keys.password or self._has_users():
            return ""
        query: str = scope["query_string"].decode("latin-1")
        return parse_qs(query).get("token", [""])[0]

    def _cookie(self, headers: dict[str, str]) -> str:
        try:
            jar = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return ""
        kept = jar.get(self._bound.cookie)
        return kept.value if kept is not None else ""

    def _security(self, host: str) -> RawHeaders:
        scripts = " ".join(["'self'", *(f"'{each}'" for each in self._script_hashes)])
        policy = (
            f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
            f" img-src 'self' data: blob:; media-src 'self' blob:; worker-src 'self' blob:;"
            f" connect-src 'self' ws://{host} wss://{host}; frame-src 'none'; object-src 'none'; base-uri 'self';"
            " form-action 'self'; frame-ancestors 'none'"
        )
        return [(b"content-security-policy", policy.encode()), (b"referrer-policy", b"no-referrer"), *_FIXED]


_FIXED: RawHeaders = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
]
_HTML = b"text/html; charset=utf-8"


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


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


async def _form_fields(receive: Receive) -> dict[str, str]:
    body = b""
    more = True
    while more and len(body) <= _FORM_LIMIT:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    fields = parse_qs(body[:_FORM_LIMIT].decode("utf-8", "replace"))
    return {name: values[0] for name, values in fields.items()}


async def _answer(send: Send, status: int, body: bytes, kind: bytes, extra: RawHeaders) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
