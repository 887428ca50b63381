"""What is mounted beside the page: `/healthz` at once, `/api` imported at its first request (it loads FastAPI).

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


class Health:
    """Says that the process answers, and nothing else."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok\n"})
