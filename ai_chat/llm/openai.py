"""A conversation with an OpenAI-compatible server: requests, answers and streams over plain `http.client`.

Takes an address, a key and what failures mean (`broken`); gives parsed objects and SseStreams. One connection a call,
redirects are not followed, no proxy is asked. Used alike for the worker's loopback port and for endpoints.
"""

from __future__ import annotations

import functools
import json
import ssl
from collections.abc import Callable, Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ai_chat.errors import MachineError
from ai_chat.llm.address import is_loopback
from ai_chat.llm.failures import Unreachable, garbled, parsed, plain_words, refusal
from ai_chat.llm.sse import FAILURES, SseStream, deadline, response_of

CONNECT_SECONDS = 10.0
CALL_SECONDS = 60.0
STALL_SECONDS = 180.0
_LARGEST = 16 << 20

T = TypeVar("T")


class Conversation:
    """May be used by several threads. `address` is scheme, host, port and what stands before every path.

    `broken` gives the error to raise for a Failure (Unreachable, Refused, Garbled), a TimeoutError (silence), or another
    OSError or HTTPException (broken off). `model`, where given, is named in each request.
    """

    def __init__(
        self,
        address: str,
        key: str,
        *,
        model: str = "",
        connect_seconds: float = CONNECT_SECONDS,
        call_seconds: float = CALL_SECONDS,
        stall_seconds: float = STALL_SECONDS,
        broken: Callable[[Exception], MachineError],
    ) -> None:
        where = urlsplit(address)
        self._secure = where.scheme == "https"
        self._host = where.hostname or "127.0.0.1"
        self._port = where.port
        self._base = where.path.rstrip("/")
        self._key = key
        self._model = model
        self._connect_seconds = connect_seconds
        self._call_seconds = call_seconds
        self._stall_seconds = stall_seconds
        self._broken = broken

    def get(self, path: str) -> dict[str, Any]:
        return self._call(dict, "GET", path)

    def get_list(self, path: str) -> list[Any]:
        return self._call(list, "GET", path)

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._call(dict, "POST", path, body)

    def stream(self, path: str, body: Mapping[str, Any]) -> SseStream:
        """Connects and sends; the answer is read as the stream is iterated."""
        try:
            connection = self._connect(self._stall_seconds)
            try:
                self._send(connection, "POST", path, body)
            except OSError:
                connection.close()
                raise
        except FAILURES as error:
            raise self._broken(error) from error
        return SseStream(connection, self._broken, self._stall_seconds, self._key)

    def harmless(self, text: str, longest: int = 300) -> str:
        """What a server said, fit to be shown: one line, cut, without the key."""
        return plain_words(text, self._key, longest)

    def _call(self, kind: type[T], method: str, path: str, body: Mapping[str, Any] | None = None) -> T:
        try:
            with (
                closing(self._connect(self._call_seconds)) as connection,
                deadline(connection.sock, self._call_seconds),
            ):
                self._send(connection, method, path, body)
                with response_of(connection, self._key) as response:
                    return self._parsed(kind, response)
        except FAILURES as error:
            raise self._broken(error) from error

    def _connect(self, seconds: float) -> HTTPConnection:
        """`seconds`: the silence allowed once connected."""
        connection = self._connection()
        try:
            connection.connect()
            self._check_peer(connection)
        except OSError as error:
            connection.close()
            raise Unreachable(error.strerror or str(error)) from error
        connection.sock.settimeout(seconds)
        return connection

    def _connection(self) -> HTTPConnection:
        if self._secure:
            return HTTPSConnection(self._host, self._port, timeout=self._connect_seconds, context=self._certificates)
        return HTTPConnection(self._host, self._port, timeout=self._connect_seconds)

    @functools.cached_property
    def _certificates(self) -> ssl.SSLContext:
        """The system's; reading them takes tens of milliseconds."""
        return ssl.create_default_context()

    def _check_peer(self, connection: HTTPConnection) -> None:
        """Before anything is sent: whatever resolves names, `localhost` must not lead elsewhere."""
        found = str(connection.sock.getpeername()[0])
        if is_loopback(self._host) and not is_loopback(found):
            raise OSError(f"{self._host} leads to {found}")

    def _send(self, connection: HTTPConnection, method: str, path: str, body: Mapping[str, Any] | None) -> None:
        headers = {"Accept": "application/json, text/event-stream", "Connection": "close"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps({"model": self._model, **body} if self._model else dict(body))
        connection.request(method, self._base + path, data, headers)

    def _parsed(self, kind: type[T], response: HTTPResponse) -> T:
        content = response.read(_LARGEST)
        if response.status != 200:
            raise refusal(response.status, response.headers, content, self._key)
        if response.length and len(content) < _LARGEST:
            raise IncompleteRead(content)
        answer = parsed(content)
        if not isinstance(answer, kind):
            raise garbled(content, self._key)
        return answer
