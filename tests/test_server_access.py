"""The door: what it lets through, over the real middleware and a one-line app."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from ai_chat.server.access import Access
from ai_chat.server.hosts import Bound
from ai_chat.server.keys import Keys
from ai_chat.users.door import FILE, Door
from ai_chat.users.users import Users

HOME = "http://127.0.0.1:8501"
KEYS = Keys("the-token", None, "the-api-key")
LOCKED = Keys("the-token", "비밀 번호", "the-api-key")


async def _hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("inside")


async def _socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


def guarded(keys: Keys, users: Door | None = None) -> Starlette:
    paths = ["/", "/healthz", "/api/status", "/_stcore/upload_file"]
    routes = [Route(path, _hello, methods=["GET", "POST"]) for path in paths]
    door = Middleware(Access, keys=keys, bound=Bound("127.0.0.1", 8501), script_hashes=("sha256-x",), door=users)
    return Starlette(routes=[*routes, WebSocketRoute("/_stcore/stream", _socket)], middleware=[door])


class Visitor:
    """A browser without a screen: keeps cookies, follows nothing."""

    def __init__(self, keys: Keys = KEYS, *, entered: bool = False, door: Door | None = None) -> None:
        self._app = guarded(keys, door)
        self.cookies = httpx.Cookies()
        if entered:
            self.cookies.set("ai-chat-8501", keys.cookie())

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self._send("GET", path, headers, None))

    def post(
        self, path: str, headers: Mapping[str, str] | None = None, data: dict[str, str] | None = None
    ) -> httpx.Response:
        return asyncio.run(self._send("POST", path, headers, data))

    def opens_socket(self, headers: Mapping[str, str]) -> bool:
        cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        return asyncio.run(self._connect({**headers, **cookie}))

    async def _send(
        self, method: str, path: str, headers: Mapping[str, str] | None, data: dict[str, str] | None
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url=HOME, cookies=self.cookies) as client:
            answer = await client.request(method, path, headers=headers, data=data)
        self.cookies.update(answer.cookies)
        return answer

    async def _connect(self, headers: Mapping[str, str]) -> bool:
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "websocket",
            "path": "/_stcore/stream",
            "headers": raw,
            "query_string": b"",
            "subprotocols": [],
        }
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            sent.append(message["type"])

        await self._app(scope, receive, send)
        return bool(sent[0] == "websocket.accept")


def client(keys: Keys = KEYS) -> Visitor:
    return Visitor(keys)


def entered(keys: Keys = KEYS) -> Visitor:
    return Visitor(keys, entered=True)


def test_without_anything_the_page_is_refused_in_the_language_of_the_browser() -> None:
    korean = client().get("/", headers={"accept-language": "ko-KR,ko;q=0.9,en;q=0.8"})
    english = client().get("/", headers={"accept-language": "fr,en;q=0.8"})
    assert (korean.status_code, english.status_code) == (403, 403)
    assert "접속 토큰" in korean.text
    assert "access token" in english.text


def test_the_token_becomes_a_cookie_and_leaves_the_address() -> None:
    visitor = client()
    answer = visitor.get("/?token=the-token")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "the-token" not in cookie
    assert visitor.get("/").text == "inside"


@pytest.mark.parametrize("address", ["/?token=wrong", "/?token=", "/other?token=the-token", "/?token=the-api-key"])
def test_another_token_or_place_opens_nothing(address: str) -> None:
    answer = client().get(address)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_cookie_of_another_token_opens_nothing() -> None:
    visitor = client()
    visitor.cookies.set("ai-chat-8501", Keys("older", None, "").cookie())
    assert visitor.get("/").status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8501", 200),
        ("localhost:8501", 200),
        ("[::1]:8501", 200),
        ("evil.example:8501", 403),
        ("127.0.0.1:9999", 403),
        ("127.0.0.1", 403),
        ("127.0.0.1:8501@evil.example", 403),
        ("evil.example#127.0.0.1:8501", 403),
        ("", 403),
    ],
)
def test_only_our_own_host_is_answered(host: str, status: int) -> None:
    cookie = f"ai-chat-8501={KEYS.cookie()}"
    assert client().get("/", headers={"host": host, "cookie": cookie}).status_code == status


def test_health_is_open_but_not_to_foreign_hosts() -> None:
    assert client().get("/healthz").status_code == 200
    assert client().get("/healthz", headers={"host": "evil.example:8501"}).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"), [(HOME, 200), ("http://evil.example", 403), ("null", 403), ("http://127.0.0.1:1", 403)]
)
def test_a_change_needs_our_own_origin(origin: str, status: int) -> None:
    assert entered().post("/_stcore/upload_file", headers={"origin": origin}).status_code == status


def test_a_change_without_origin_is_refused() -> None:
    assert entered().post("/_stcore/upload_file").status_code == 403


def test_the_api_takes_the_key_and_nothing_else() -> None:
    visitor = entered()
    assert visitor.get("/api/status").status_code == 403
    assert visitor.get("/api/status", headers={"authorization": "Bearer the-token"}).status_code == 403
    assert client().get("/api/status", headers={"authorization": "Bearer the-api-key"}).text == "inside"
    assert client().post("/api/status", headers={"authorization": "bearer the-api-key"}).status_code == 200


def test_the_api_key_opens_no_page() -> None:
    assert client().get("/", headers={"authorization": "Bearer the-api-key"}).status_code == 403


def test_a_websocket_of_our_page_is_let_in() -> None:
    assert entered().opens_socket({"origin": HOME, "host": "127.0.0.1:8501"})


@pytest.mark.parametrize(
    ("origin", "host", "cookie"),
    [
        ("http://evil.example", "127.0.0.1:8501", True),
        ("http://evil.example:8501", "evil.example:8501", True),
        (None, "127.0.0.1:8501", True),
        (HOME, "127.0.0.1:8501", False),
    ],
)
def test_a_foreign_websocket_is_refused(origin: str | None, host: str, cookie: bool) -> None:
    headers = {"host": host, **({"origin": origin} if origin else {})}
    visitor = entered() if cookie else client()
    assert not visitor.opens_socket(headers)


def test_a_password_takes_the_place_of_the_token() -> None:
    visitor = client(LOCKED)
    assert visitor.get("/?token=the-token").status_code == 401
    assert 'type="password"' in visitor.get("/").text
    wrong = visitor.post("/sign-in", data={"password": "no"}, headers={"origin": HOME})
    assert (wrong.status_code, "set-cookie" in wrong.headers) == (401, False)
    assert visitor.post("/sign-in", data={"password": "비밀 번호"}, headers={"origin": HOME}).status_code == 303
    assert visitor.get("/").text == "inside"


def test_guessing_passwords_is_slowed_down() -> None:
    visitor = client(LOCKED)
    tries = [visitor.post("/sign-in", data={"password": str(n)}, headers={"origin": HOME}) for n in range(9)]
    assert [answer.status_code for answer in tries] == [401] * 8 + [429]


def test_a_sign_in_from_another_site_is_refused() -> None:
    visitor = client(LOCKED)
    for headers in ({"origin": "http://evil.example"}, {}):
        assert visitor.post("/sign-in", data={"password": "비밀 번호"}, headers=headers).status_code == 403


def test_every_answer_keeps_the_page_to_this_machine() -> None:
    headers = entered().get("/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "script-src 'self' 'sha256-x'" in policy
    assert "connect-src 'self' ws://127.0.0.1:8501" in policy and "img-src 'self' data: blob:" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


def test_bound_to_every_address_numbers_are_ours_and_names_are_not() -> None:
    bound = Bound("0.0.0.0", 8501)
    assert bound.accepts_host("192.168.0.7:8501") and bound.accepts_host("localhost:9000")
    assert not bound.accepts_host("evil.example:8501")
    assert bound.address == "http://127.0.0.1:8501"


# -- with users --------------------------------------------------------------


@pytest.fixture
def doors(tmp_path: Path) -> Iterator[tuple[Visitor, Users]]:
    with closing(Users.open(tmp_path / FILE)) as users, closing(Door(tmp_path)) as door:
        users.accounts.add("민지", "correct horse")
        yield Visitor(KEYS, door=door), users


def sign_in(visitor: Visitor, name: str, password: str) -> httpx.Response:
    return visitor.post("/sign-in", data={"name": name, "password": password}, headers={"origin": HOME})


def test_users_take_the_place_of_token_and_cookie(doors: tuple[Visitor, Users]) -> None:
    visitor, _users = doors
    assert visitor.get("/?token=the-token").status_code == 401
    visitor.cookies.set("ai-chat-8501", KEYS.cookie())
    closed = visitor.get("/")
    assert closed.status_code == 401 and 'name="name"' in closed.text
    assert visitor.get("/api/status", headers={"authorization": "Bearer the-api-key"}).text == "inside"


def test_a_name_and_a_password_open_until_signed_out(doors: tuple[Visitor, Users]) -> None:
    visitor, users = doors
    answer = sign_in(visitor, "민지", "correct horse")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"] and "SameSite=Strict" in answer.headers["set-cookie"]
    kept = answer.cookies["ai-chat-8501"]
    assert visitor.get("/").text == "inside"
    assert visitor.opens_socket({"origin": HOME, "host": "127.0.0.1:8501"})
    assert 'action="/sign-out"' in visitor.get("/sign-out").text
    assert visitor.post("/sign-out").status_code == 403
    assert visitor.post("/sign-out", headers={"origin": HOME}).status_code == 303
    visitor.cookies = httpx.Cookies({"ai-chat-8501": kept})
    assert visitor.get("/").status_code == 401
    assert not visitor.opens_socket({"origin": HOME, "host": "127.0.0.1:8501"})
    assert [each.action for each in users.audit.entries()] == ["signed_in", "signed_out"]


def test_a_session_that_came_by_tls_goes_by_nothing_else(doors: tuple[Visitor, Users]) -> None:
    visitor, _users = doors
    told = {"name": "민지", "password": "correct horse"}
    answer = visitor.post("/sign-in", data=told, headers={"origin": "https://127.0.0.1:8501"})
    assert answer.headers["set-cookie"].endswith("; Secure")
    assert not sign_in(visitor, "민지", "correct horse").headers["set-cookie"].endswith("; Secure")


def test_an_unknown_user_and_a_wrong_password_are_answered_alike(doors: tuple[Visitor, Users]) -> None:
    visitor, _users = doors
    wrong, unknown = sign_in(visitor, "민지", "no"), sign_in(visitor, "nobody", "no")
    assert (wrong.status_code, wrong.content) == (unknown.status_code, unknown.content) == (401, wrong.content)
    assert dict(wrong.headers) == dict(unknown.headers)


def test_five_hundred_wrong_passwords_are_locked_out_and_noted(doors: tuple[Visitor, Users]) -> None:
    visitor, users = doors
    statuses = [sign_in(visitor, "민지", f"wrong {number}").status_code for number in range(500)]
    assert statuses == [401] * 5 + [429] * 495
    assert sign_in(visitor, "민지", "correct horse").status_code == 429
    assert len(list(users.audit.entries())) == 501


@pytest.mark.parametrize("content", [b"", b"no database at all, but of some length" * 99])
def test_where_the_users_cannot_be_read_nobody_is_let_in(tmp_path: Path, content: bytes) -> None:
    with closing(Door(tmp_path)) as door:
        visitor = Visitor(KEYS, entered=True, door=door)
        assert visitor.get("/").text == "inside"
        (tmp_path / FILE).mkdir() if not content else (tmp_path / FILE).write_bytes(content)
        answer = visitor.get("/")
        assert (answer.status_code, "users.db" in answer.text) == (503, True)
        assert visitor.get("/api/status", headers={"authorization": "Bearer the-api-key"}).status_code == 503
        assert not visitor.opens_socket({"origin": HOME, "host": "127.0.0.1:8501"})


def test_a_new_password_and_a_removed_user_close_an_open_page(doors: tuple[Visitor, Users]) -> None:
    visitor, users = doors
    sign_in(visitor, "민지", "correct horse")
    users.accounts.set_password("민지", "another horse")
    assert visitor.get("/").status_code == 401
    sign_in(visitor, "민지", "another horse")
    assert visitor.get("/").text == "inside"
    users.accounts.remove("민지")
    assert visitor.get("/").status_code == 403  # there are no users any more: the token opens again
    assert visitor.get("/?token=the-token").status_code == 303


@pytest.mark.parametrize("body", ["", "name=", "name=%00&password=%ff", "name=" + "x" * 9000, "name=a&name=b", "%"])
def test_what_is_no_form_is_a_wrong_password(doors: tuple[Visitor, Users], body: str) -> None:
    visitor, _users = doors
    answer = visitor.post("/sign-in", data={"raw": body}, headers={"origin": HOME})
    assert answer.status_code == 401


def test_keys_of_users_open_the_api_and_no_page(doors: tuple[Visitor, Users]) -> None:
    visitor, users = doors
    key, made = users.keys.add(users.accounts.user("민지"), "민지")
    told = {"authorization": f"Bearer {key}"}
    assert visitor.get("/api/status", headers=told).text == "inside"
    assert visitor.get("/", headers=told).status_code == 401
    users.keys.revoke(made.id)
    refused = visitor.get("/api/status", headers=told)
    assert refused.status_code == 403
    error = refused.json()["error"]
    assert (error["code"], error["type"]) == ("key_refused", "invalid_request_error")
    assert visitor.get("/v1/models", headers=told).status_code == 401
    assert [each.action for each in users.audit.entries()] == ["key_refused", "key_refused"]
