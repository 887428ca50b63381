"""A Turn as server-sent events: each carries its number as `id`, so that who lost the connection goes on behind the last that came.

Takes the Lazy App and a Turn's id; gives a response. `: waiting` is sent where nothing is told for a while, so that nobody hangs up.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.lazy import Lazy
from ai_chat.server.following import followed, with_pauses
from ai_chat.server.replies import error_body, language_of_caller, plain
from ai_chat.types import Event

SSE = "text/event-stream"
_QUIET_SECONDS = 10.0
_MOST = 2**31


def wants_events(request: Request) -> bool:
    return SSE in request.headers.get("accept", "")


def after_of(request: Request, after: int) -> int:
    """A browser's EventSource tells by a header what it has already got."""
    told = request.headers.get("last-event-id", "")
    return min(int(told), _MOST) if told.isascii() and told.isdigit() else after


async def reply_events(opening: Lazy[App], request: Request, turn_id: str, after: int = 0) -> Response:
    """204 where nothing more will come: a browser then stops asking."""
    language = language_of_caller(request)

    def told() -> Iterator[Event]:
        with opening.lease() as app:
            yield from app.events(turn_id, after)

    async def lines() -> AsyncIterator[bytes]:
        try:
            async for event in with_pauses(followed(told), _QUIET_SECONDS):
                yield _event(event) if event else b": waiting\n\n"
        except AiChatError as error:
            yield f"event: error\ndata: {json.dumps(error_body(error, language), ensure_ascii=False)}\n\n".encode()

    stream = lines()
    first = await anext(stream, None)
    if first is None:
        return Response(status_code=204)
    headers = {"cache-control": "no-store", "x-turn-id": turn_id}
    return StreamingResponse(_from(first, stream), media_type=SSE, headers=headers)


async def _from(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for each in rest:
        yield each


def _event(event: Event) -> bytes:
    data = json.dumps(plain(event.data), ensure_ascii=False)
    return f"id: {event.seq}\nevent: {event.kind}\ndata: {data}\n\n".encode()
