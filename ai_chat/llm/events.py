"""Bytes of a stream of server-sent events, in any pieces -> the JSON objects in it.

Takes what a socket gives, gives dictionaries; a body that is one JSON object is one event. Comments and pings are passed
over; lines and events have a greatest length. Raises Garbled for whatever else comes. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ai_chat.llm.failures import Garbled, garbled, parsed

LONGEST = 1 << 20  # bytes in one line, and in one event
_END = b"[DONE]"
_BOM = b"\xef\xbb\xbf"
_FIELDS = frozenset((b"data", b"event", b"id", b"retry", b"error", b""))

Event = dict[str, Any]


class EventParser:
    """`feed` pieces, and at the end of the bytes `finish`. `ended` once the server has said that all is said."""

    def __init__(self, key: str = "") -> None:
        self.ended = False
        self.found = False
        self._key = key
        self._held = b""
        self._data = b""
        self._is_body: bool | None = None

    def feed(self, piece: bytes) -> Iterator[Event]:
        """The objects that are whole now."""
        self._held += piece
        self._look()
        if self._is_body is not False:
            self._check(self._held)
            return
        lines = self._held.splitlines(keepends=True)
        # a line that ends in CR alone waits: its LF may come with the next piece
        self._held = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        self._check(self._held)
        for line in lines:
            yield from self._line(line)

    def finish(self) -> Iterator[Event]:
        """What the last bytes hold, where nothing ended them."""
        held, self._held = self._held, b""
        if held and self._is_body:
            yield self._object(held)
        elif held:
            yield from self._line(held)
        yield from self._dispatch()

    def _look(self) -> None:
        """Whether this is one JSON object rather than a stream: its first character tells."""
        if self._is_body is None:
            start = self._held.removeprefix(_BOM).lstrip()
            if start and not _BOM.startswith(start):
                self._held = start
                self._is_body = start.startswith(b"{")

    def _line(self, line: bytes) -> Iterator[Event]:
        if self.ended:
            return
        line = line.rstrip(b"\r\n")
        if not line:
            yield from self._dispatch()
            return
        name, _, value = line.partition(b":")
        if name not in _FIELDS:
            raise garbled(line, self._key)
        if name == b"error":
            yield {"error": parsed(value) or value.decode("utf-8", "replace").strip()}
        elif name == b"data":
            yield from self._take(value.strip())

    def _take(self, value: bytes) -> Iterator[Event]:
        """An object on one line is whole at once: not every server sends the empty line behind it in time."""
        if value == _END:
            self.ended = True
        elif not self._data and isinstance(whole := parsed(value), dict):
            self.found = True
            yield whole
        else:
            self._data += value + b"\n"
            self._check(self._data)

    def _dispatch(self) -> Iterator[Event]:
        data, self._data = self._data, b""
        if data.strip():
            yield self._object(data)

    def _object(self, data: bytes) -> Event:
        whole = parsed(data)
        if not isinstance(whole, dict):
            raise garbled(data, self._key)
        self.found = True
        return whole

    def _check(self, data: bytes) -> None:
        if len(data) > LONGEST:
            raise Garbled(f"{len(data):,} bytes without an end: {garbled(data, self._key)}")
