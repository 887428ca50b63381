"""Inputs at random for the running server: files, searches, headers; and for the settings. None may end it, or show its insides.

Takes a server's address and key; raises AssertionError with the input that was too much.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ai_chat.config import load_settings
from ai_chat.errors import AiChatError
from ai_chat.errors.sentences import sentence
from tests.browser import serving
from tests.patience import eventually
from tests.program import Program

FREE = {"AI_CHAT_API_RATE": "1000000", "AI_CHAT_API_AT_ONCE": "1000"}
INSIDES = ("Traceback", "site-packages", 'File "')
_WAIT_S = 60

_ODD = st.text(st.characters(codec="utf-8"), max_size=40)
_MAGIC = st.sampled_from(
    [
        b"",
        b"%PDF-1.7\n1 0 obj<<",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"{\\rtf1 ",
        b"<html><body>",
        b"<?xml version='1.0'?>",
        b"From: a@b\r\nSubject: ",
        b"a,b\n1,2\n",
        b"HWP Document File V3.00",
    ]
)
_TYPES = (
    "txt md pdf docx xlsx pptx hwp hwpx html csv json eml msg zip epub rtf odt doc xls ppt png jpg tsv xml yaml log"
)
_ENDS = st.sampled_from(_TYPES.split(" "))
_NAMES = st.one_of(
    st.builds("{}.{}".format, st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), _ENDS),
    st.sampled_from(
        [
            "../../etc/passwd.txt",
            "/etc/passwd.txt",
            "..\\..\\x.txt",
            "a/b/../c.md",
            "\x00.txt",
            ".",
            "..",
            "~/x.txt",
            "CON.txt",
            " .pdf",
        ]
    ),
    _ODD,
)
_TERMS = st.sampled_from(
    [
        *(
            "type:",
            "author:",
            "title:",
            "after:",
            "before:",
            "collection:",
            "document:",
            "type:pdf",
            "after:2024-13-45",
            "before:9999999999",
        ),
        *(
            '"',
            "'",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "AND",
            "OR",
            "NOT",
            "NEAR/3",
            "*",
            "?",
            "~2",
            "^9",
            "-",
            "+",
            "--",
            ":",
            "\\",
            "/",
            "&&",
            "||",
        ),
        *(
            "연차",
            "휴가는",
            "며칠",
            "boiler",
            "\u202e",
            "\u0000",
            "ﷺ",
            "e\u0301" * 5,
            "\ud7ff",
            "9" * 40,
            "1e999",
            "NaN",
        ),
    ]
)
_QUERIES = st.one_of(st.lists(st.one_of(_TERMS, _ODD), max_size=12).map(" ".join), _ODD)
_FIELDS = st.sampled_from(
    [
        *(
            "Host",
            "Origin",
            "Authorization",
            "Cookie",
            "Content-Type",
            "Content-Length",
            "Transfer-Encoding",
            "Accept",
            "Accept-Language",
        ),
        *(
            "Accept-Encoding",
            "Range",
            "Connection",
            "Upgrade",
            "X-Forwarded-For",
            "X-Request-Id",
            "Last-Event-ID",
            "Expect",
            "X-Password",
            "Forwarded",
        ),
    ]
)
_BYTES = st.one_of(
    st.binary(max_size=60).map(lambda found: found.replace(b"\n", b" ").replace(b"\r", b" ")),
    st.sampled_from(
        [
            b"",
            b"-1",
            b"99999999999999999999",
            b"chunked",
            b"bytes=0-",
            b"*/*;q=nan",
            b"websocket",
            b"100-continue",
            b"a" * 9000,
        ]
    ),
)
_ROUTES = st.sampled_from(
    [
        "/",
        "/healthz",
        "/api/cache",
        "/api/search",
        "/v1/models",
        "/v1/chat/completions",
        "/_stcore/health",
        "/%2e%2e/etc",
        "/\xff",
    ]
)


@dataclass(frozen=True)
class Server:
    url: str
    headers: Mapping[str, str]

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return str(parts.hostname), int(parts.port or 0)

    def lives(self) -> bool:
        return httpx.get(f"{self.url}/healthz", timeout=_WAIT_S).status_code == 200


@contextmanager
def serve_freely(program: Program) -> Iterator[Server]:
    """Without a model, and without limits on how often it is asked."""
    command = ["-m", "ai_chat", "web", "--no-browser", "--port", "0"]
    with serving(command, program.home, AI_CHAT_MODEL=str(program.home / "no.gguf"), **FREE) as url:
        owner = program.home / "run" / "owner.json"
        eventually(owner.exists)
        key = json.loads(owner.read_text("utf-8"))["key"]
        yield Server(url.split("/?")[0], {"Authorization": f"Bearer {key}"})


def sound(status: int, told: str) -> None:
    """503 says what this machine lacks; anything else from 500 on is a fault of ours."""
    assert status < 500 or (status == 503 and "error" in json.loads(told)), f"{status}: {told[:400]}"
    assert not any(word in told for word in INSIDES), told[:400]


def uploads(server: Server, times: int) -> None:
    """Any bytes under any name. Each is taken in, or refused with a sentence."""
    client = httpx.Client(timeout=_WAIT_S, headers=dict(server.headers))

    def upload(name: str, magic: bytes, data: bytes) -> None:
        answer = client.post(f"{server.url}/api/documents", params={"name": name}, content=magic + data)
        sound(answer.status_code, answer.text)
        if answer.status_code == 200:
            last = json.loads(answer.text.strip().split("\n")[-1])
            assert last.get("error") or last.get("outcome") or last.get("data"), answer.text[-400:]

    with client:
        _often(times, given(_NAMES, _MAGIC, st.binary(max_size=2000))(upload))
    assert server.lives()


def searches(server: Server, times: int) -> None:
    client = httpx.Client(timeout=_WAIT_S, headers=dict(server.headers))

    def search(query: str, collections: list[str]) -> None:
        body = {"query": query, "scope": {"collections": collections} if collections else {}}
        answer = client.post(f"{server.url}/api/search", json=body)
        sound(answer.status_code, answer.text)

    with client:
        _often(times, given(_QUERIES, st.lists(_ODD, max_size=2))(search))
    assert server.lives()


def requests(server: Server, times: int) -> None:
    """Bytes as no client would send them, over a socket; half of them with the key."""
    key = server.headers["Authorization"].encode()

    def send(route: str, fields: list[tuple[str, bytes]], with_key: bool, body: bytes, half: bool) -> None:
        head = b"".join(b"%s: %s\r\n" % (name.encode(), value) for name, value in fields)
        opened = (
            b"Authorization: %s\r\nHost: %s:%d\r\n" % (key, server.address[0].encode(), server.address[1])
            if with_key
            else b""
        )
        with socket.create_connection(server.address, timeout=_WAIT_S) as line:
            line.sendall(
                b"POST "
                + route.encode("latin-1")
                + b" HTTP/1.1\r\n"
                + opened
                + head
                + b"Connection: close\r\n\r\n"
                + body
            )
            if half:
                line.shutdown(socket.SHUT_WR)
            line.settimeout(0.5)
            told = _read(line)
        assert not told or told.startswith(b"HTTP/1.1 "), told[:200]
        if told:
            assert not any(word.encode() in told for word in INSIDES), told[:400]
            assert int(told[9:12]) < 500 or told[9:12] == b"503", told[:400]

    _often(
        times,
        given(
            _ROUTES,
            st.lists(st.tuples(_FIELDS, _BYTES), max_size=6),
            st.booleans(),
            st.binary(max_size=80),
            st.booleans(),
        )(send),
    )
    assert server.lives()


def _read(line: socket.socket) -> bytes:
    """What comes until the other side closes, or waits for more of us."""
    told = b""
    try:
        while part := line.recv(65536):
            told += part
    except (TimeoutError, ConnectionResetError):
        pass  # it waits for the rest of a body, or has refused what was sent
    return told


def configurations(folder: Path, times: int) -> None:
    """Any config.toml and environment gives settings, or an error with a sentence in both languages."""
    folder.mkdir(exist_ok=True)
    names = sorted(load_settings({"home": folder}, {}).__dataclass_fields__)
    value = st.one_of(_ODD, st.integers(), st.floats(), st.booleans(), st.none(), st.lists(st.integers(), max_size=2))
    lines = st.lists(st.tuples(st.sampled_from(names), value), max_size=4)

    def configure(told: list[tuple[str, object]], environ: dict[str, str], raw: bytes) -> None:
        written = "\n".join(f"{name} = {json.dumps(value)}" for name, value in told).encode("utf-8", "replace")
        (folder / "config.toml").write_bytes(written + b"\n" + raw)
        try:
            load_settings({"home": folder}, environ)
        except AiChatError as error:
            for language in ("ko", "en"):
                assert not sentence(error.problem, language).startswith(f"{error.problem.code}:")

    variables = st.dictionaries(
        st.sampled_from([f"AI_CHAT_{name.upper()}" for name in names if name != "home"]), _ODD, max_size=3
    )
    _often(times, given(lines, variables, st.one_of(st.just(b""), st.binary(max_size=20)))(configure))


def _often(times: int, test: Callable[[], None]) -> None:
    checks = list(HealthCheck)
    settings(max_examples=times, deadline=None, database=None, derandomize=True, suppress_health_check=checks)(test)()
