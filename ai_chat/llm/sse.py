"""The answer to a streaming request -> Deltas, as they come.

Takes a connection on which the request was sent; closing, from any thread, hangs up, which stops the decoding.
A Delta never ends inside a Hangul sequence. Knows no model and no prompt.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead, RemoteDisconnected
from typing import Self

from ai_chat.errors import MachineError
from ai_chat.llm import Delta
from ai_chat.llm.deltas import Deltas
from ai_chat.llm.events import LONGEST, Event, EventParser
from ai_chat.llm.failures import Failure, garbled, refusal

_PIECE = 1 << 16
_PATIENCE = 4  # times the silence allowed, where comments come but no events
_TAIL_SECONDS = 5.0  # for usage and [DONE] once the end's reason is known

FAILURES = (OSError, HTTPException, Failure)


class SseStream:
    """Iterate once. `broken` turns a failed connection into our error; `key` is kept out of it."""

    def __init__(
        self,
        connection: HTTPConnection,
        broken: Callable[[Exception], MachineError],
        stall_seconds: float,
        key: str = "",
    ) -> None:
        self._connection = connection
        self._socket: socket.socket = connection.sock
        self._broken = broken
        self._stall_seconds = stall_seconds
        self._key = key
        self._response: HTTPResponse | None = None
        self._reading = threading.Lock()
        self._closed = threading.Event()
        self._parser = EventParser(key)
        self._deltas = Deltas(key)
        self._events: deque[Event] = deque()
        self._expected: int | None = None
        self._got = 0
        self._last_event = time.monotonic()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Delta:
        try:
            delta = self._next()
        except MachineError:
            self.close()
            raise
        if delta is None:
            raise StopIteration
        return delta

    def close(self) -> None:
        """Hang up: a reader in another thread wakes and finds the end."""
        self._closed.set()
        hang_up(self._socket)
        with self._reading:
            if self._response is not None:
                self._response.close()
            self._connection.close()

    def _next(self) -> Delta | None:
        """None once closed: by the reader, or after the last one."""
        while not self._closed.is_set():
            try:
                with self._reading:
                    event = self._read_event()
                delta = self._deltas.push(event) if event is not None else self._end()
            except FAILURES as error:
                if self._closed.is_set():
                    return None
                if not self._deltas.complete:
                    raise self._broken(error) from error
                delta = self._end()  # all has been said: what is missing are numbers
            if delta is not None:
                return delta
        return None

    def _end(self) -> Delta | None:
        if self._closed.is_set():
            return None
        last = self._deltas.last()
        self.close()
        return last

    def _read_event(self) -> Event | None:
        """The next event, None at the end or once closed."""
        while not self._events and not self._parser.ended:
            piece = self._read_piece()
            if self._closed.is_set():
                return None
            self._events.extend(self._parser.feed(piece) if piece else self._parser.finish())
            self._check_patience()
            if not piece:
                self._check_whole()
                break
        return self._events.popleft() if self._events else None

    def _read_piece(self) -> bytes:
        if self._closed.is_set():
            return b""
        if self._deltas.complete:
            self._socket.settimeout(_TAIL_SECONDS)
        response = self._response or self._open()
        if self._expected is not None and self._got >= self._expected:
            return b""
        piece = response.read1(_PIECE)
        self._got += len(piece)
        return piece

    def _open(self) -> HTTPResponse:
        with deadline(self._socket, self._stall_seconds):
            self._response = response = response_of(self._connection, self._key)
            if response.status != 200:
                raise refusal(response.status, response.headers, response.read(LONGEST), self._key)
        self._expected = response.length
        self._last_event = time.monotonic()
        return response

    def _check_patience(self) -> None:
        """Pings show that the server lives, but not for ever that it works."""
        now = time.monotonic()
        if self._events:
            self._last_event = now
        elif now - self._last_event > _PATIENCE * self._stall_seconds:
            raise TimeoutError("nothing but pings")

    def _check_whole(self) -> None:
        """At the end of the bytes: a cut answer must not pass for a short one."""
        if self._parser.ended or self._deltas.complete or self._events:
            return
        if not self._parser.found:
            raise garbled(b"", self._key)
        assert self._response is not None
        if not self._response.chunked and (self._expected is None or self._got < self._expected):
            raise HTTPException("the stream ended early")


@contextlib.contextmanager
def deadline(connected: socket.socket, seconds: float) -> Iterator[None]:
    """TimeoutError after so many seconds in all: a socket's own time-out begins anew with each byte."""
    late = threading.Event()

    def end() -> None:
        late.set()
        hang_up(connected)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except FAILURES as error:
        if late.is_set():
            raise TimeoutError(f"no whole answer within {seconds:g} s") from error
        raise
    finally:
        timer.cancel()


def response_of(connection: HTTPConnection, key: str) -> HTTPResponse:
    """The head of the answer; Garbled where it is none of HTTP."""
    try:
        return connection.getresponse()
    except (RemoteDisconnected, IncompleteRead):
        raise
    except HTTPException as error:
        raise garbled(str(error).encode("utf-8", "replace"), key) from error


def hang_up(connected: socket.socket) -> None:
    """Wakes whoever reads from it. On the plain socket: TLS would first drop the state that the reader is using."""
    with contextlib.suppress(OSError):  # the other end may have been faster
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
