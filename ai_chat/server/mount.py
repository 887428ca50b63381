"""What is mounted beside the page: `/healthz` and the icon at once, `/api` imported at its first request (it loads FastAPI).

Takes a maker of an ASGI app; knows no route of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ai_chat.server.access import ASGIApp, Receive, Scope, Send


class LazyASGI:
    """An ASGI app made in a thread by its first request, once."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            async with self._lock:
                if self._app is None:
                    self._app = await asyncio.to_thread(self._make)
        await self._app(scope, receive, send)


class Fixed:
    """Always the same answer."""

    def __init__(self, body: bytes, content_type: bytes, cache: bytes) -> None:
        self._body = body
        self._headers = [(b"content-type", content_type), (b"cache-control", cache)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body})


HEALTH = Fixed(b"ok\n", b"text/plain; charset=utf-8", b"no-store")
"""Says that the process answers, and nothing else."""

ICON = Fixed(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f6fdb"/>'
    b'<path d="M9 10h14M9 16h14M9 22h8" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>',
    b"image/svg+xml",
    b"max-age=86400",
)
"""In place of the picture that Streamlit's frame asks for."""
