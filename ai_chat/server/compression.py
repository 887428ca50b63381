"""The page's own files, compressed on their way to another machine; each browser keeps them for a year.

On this machine nothing is compressed: it would take longer than sending. Answers of the App are never held back to be compressed.
"""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware

from ai_chat.server.access import ASGIApp, Receive, Scope, Send
from ai_chat.server.hosts import is_loopback

_FILES = "/static/"
_SMALLEST = 1024  # bytes


class Compression:
    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = GZipMiddleware(app, minimum_size=_SMALLEST, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._compressed if _is_file_for_another(scope) else self._plain
        await app(scope, receive, send)


def _is_file_for_another(scope: Scope) -> bool:
    if scope["type"] != "http" or not scope["path"].startswith(_FILES):
        return False
    client = scope.get("client")
    return client is not None and not is_loopback(client[0])
