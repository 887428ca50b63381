"""Files of the page go compressed to another machine, and as they are to this one; answers of the App are never held back."""

from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ai_chat.server.compression import Compression

SCRIPT = "let page = 1;\n" * 500


def reply(_request: object) -> PlainTextResponse:
    return PlainTextResponse(SCRIPT, headers={"cache-control": "public, immutable"})


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("client", "path", "asked", "compressed"),
    [
        ("192.168.0.7", "/static/js/index.js", "gzip, br", True),
        ("192.168.0.7", "/static/js/index.js", "identity", False),
        ("127.0.0.1", "/static/js/index.js", "gzip", False),
        ("::1", "/static/js/index.js", "gzip", False),
        ("192.168.0.7", "/api/turns/1/events", "gzip", False),
    ],
)
async def test_only_files_for_another_machine_are_compressed(
    client: str, path: str, asked: str, compressed: bool
) -> None:
    app = Compression(Starlette(routes=[Route(path, reply)]))
    transport = httpx.ASGITransport(app=app, client=(client, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as http:
        answer = await http.get(path, headers={"accept-encoding": asked})
    assert answer.text == SCRIPT and answer.headers["cache-control"] == "public, immutable"
    assert (answer.headers.get("content-encoding") == "gzip") is compressed
