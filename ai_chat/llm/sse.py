"""A stream of server-sent events from the worker -> Deltas.

Takes a connection on which a request was sent; closing, from any thread, hangs up, which stops the decoding.
A Delta never ends inside a Hangul sequence. Knows no model and no prompt.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Self

from ai_chat.errors import MachineError
from ai_chat.llm import Delta
from ai_chat.types import Usage

_PREFIX = b"data: "
_END = b"[DONE]"
_BAD = "\N{REPLACEMENT CHARACTER}"


class SseStream:
    """Iterate once. `broken` turns a failed connection into our error."""

    def __init__(self, connection: HTTPConnection, broken: Callable[[Exception], MachineError]) -> None:
        self._connection = connection
        self._socket: socket.socket = connection.sock
        self._broken = broken
        self._response: HTTPResponse | None = None
        self._reading = threading.Lock()
        self._closed = False
        self._whole = WholeText()
        self._finish: str | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Delta:
        try:
            delta = self._next()
        except MachineError:
            self.close()
            raise
        if delta is None:
            self.close()
            raise StopIteration
        return delta

    def close(self) -> None:
        """Hang up: a reader in another thread wakes and finds the end."""
        self._closed = True
        with contextlib.suppress(OSError):  # the other end may have been faster
            self._socket.shutdown(socket.SHUT_RDWR)
        with self._reading:
            if self._response is not None:
                self._response.close()
            self._connection.close()

    def _next(self) -> Delta | None:
        while not self._closed:
            with self._reading:
                event = self._read_event()
            if event is None:
                return None
            delta = self._delta(event)
            if delta is not None:
                return delta
        return None

    def _read_event(self) -> dict[str, Any] | None:
        """The next event, None at the end or once closed."""
        try:
            if self._closed:
                return None
            if self._response is None:
                self._response = self._connection.getresponse()
            return self._parse(self._response)
        except (OSError, HTTPException) as error:
            if self._closed:
                return None
            raise self._broken(error) from error

    def _parse(self, response: HTTPResponse) -> dict[str, Any] | None:
        if response.status != 200:
            raise MachineError("model_refused", reason=response.read().decode("utf-8", "replace")[:300])
        while line := response.readline():
            if line.startswith(_PREFIX):
                data = line[len(_PREFIX) :].strip()
                return None if data == _END else json.loads(data)
            if line.startswith(b"error: "):
                raise MachineError("model_refused", reason=line.decode("utf-8", "replace")[:300])
        if self._closed:
            return None
        raise HTTPException("the stream ended early")

    def _delta(self, event: dict[str, Any]) -> Delta | None:
        """None for events without text, such as the progress of reading the prompt."""
        if "error" in event:
            raise MachineError("model_refused", reason=str(event["error"])[:300])
        for choice in event.get("choices", ()):
            self._finish = choice.get("finish_reason") or self._finish
            text = self._whole.push(choice.get("text") or choice.get("delta", {}).get("content") or "")
            if text:
                return Delta(text)
        if "usage" not in event:
            return None
        usage = Usage(event["usage"]["prompt_tokens"], event["usage"]["completion_tokens"])
        return Delta(self._whole.rest(), "length" if self._finish == "length" else "stop", usage)


class WholeText:
    """Holds back what the next piece may still join: conjoining jamo, an emoji's joiner, half a character."""

    def __init__(self) -> None:
        self._held = ""

    def push(self, text: str) -> str:
        text = self._held + text
        end = len(text)
        while end and _may_go_on(text[end - 1]):
            end -= 1
        self._held = text[end:]
        return text[:end]

    def rest(self) -> str:
        """What is held at the end, without half a character."""
        text, self._held = self._held, ""
        return text.rstrip(_BAD)


def _may_go_on(character: str) -> bool:
    return (
        "\u1100" <= character <= "\u11ff"
        or "\ua960" <= character <= "\ua97f"
        or "\ud7b0" <= character <= "\ud7ff"
        or character in ("\u200d", _BAD)
    )
