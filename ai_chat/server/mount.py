"""What is mounted beside the page: `/healthz` and the icon at once, `/api` imported at its first request (it loads FastAPI).

Takes a maker of an ASGI app; knows no route of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from ai_chat.server.access import ASGIApp, Receive, Scope, Send
from ai_chat.ui.script import script


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
        length = str(len(body)).encode()
        self._headers = ((b"content-type", content_type), (b"cache-control", cache), (b"content-length", length))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": list(self._headers)}
        )  # others may add to it
        await send({"type": "http.response.body", "body": self._body})


def page_script() -> Fixed:
    """The page's own script; its address carries its version."""
    return Fixed(script(), b"text/javascript; charset=utf-8", b"max-age=31536000, immutable")


def view_frame() -> Fixed:
    """The frame of a view that is opened by its address. Streamlit would look for the server below that address first, in vain: it is told
    where the server is by a script, which the policy allows from here alone."""
    spec = find_spec("streamlit")
    assert spec is not None and spec.origin is not None
    html = (Path(spec.origin).parent / "static" / "index.html").read_text("utf-8")
    told = html.replace("<head>", f'<head><script src="{BASE}"></script>', 1)
    return Fixed(told.encode(), b"text/html; charset=utf-8", b"no-cache")


BASE = "/base.js"
BASE_SCRIPT = Fixed(
    b"window.__streamlit = { BACKEND_BASE_URL: `${location.origin}/` };\n",
    b"text/javascript; charset=utf-8",
    b"max-age=86400",
)

HEALTH = Fixed(b"ok\n", b"text/plain; charset=utf-8", b"no-store")
"""Says that the process answers, and nothing else."""

ICON = Fixed(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f6fdb"/>'
    b'<path d="M9 10h14M9 16h14M9 22h8" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>',
    b"image/svg+xml",
    b"max-age=86400",
)
"""In place of the picture that Streamlit's frame asks for."""
