"""How long a connection may be of no use: a head that does not come, an answer that nobody takes.

uvicorn's own protocol over h11 with two timers; a connection whose time is up is cut off, which tells the app that its client has left.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 20.0  # from the first byte of a request, or the connection, to the end of its head
TAKE_SECONDS = 60.0  # that what was sent waits to be taken


class PatientProtocol(H11Protocol):
    head_seconds = HEAD_SECONDS
    take_seconds = TAKE_SECONDS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head: asyncio.TimerHandle | None = None
        self._taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_answering():
            self._forget_head()
        else:
            self._await_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_answering():
            self._forget_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        self._forget_taking()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._taking = self._taking or self.loop.call_later(self.take_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._forget_taking()

    def _is_answering(self) -> bool:
        """A websocket has a protocol of its own by now."""
        upgraded = self.transport.get_protocol() is not self
        return upgraded or (self.cycle is not None and not self.cycle.response_complete)

    def _await_head(self) -> None:
        """From its first byte on: more bytes give no more time."""
        self._head = self._head or self.loop.call_later(self.head_seconds, self._late)

    def _late(self) -> None:
        self._head = None
        if not self._is_answering():
            self.transport.close()

    def _forget_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _forget_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
