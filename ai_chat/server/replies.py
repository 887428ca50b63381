"""What the API answers with: values as JSON, streams as lines of it, errors as {"error": {code, values, exit_code}}.

Takes the App's values; knows no route.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, StreamingResponse

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.lazy import Lazy
from ai_chat.server.following import followed


def plain(value: Any) -> Any:
    """Dataclasses, wherever they stand, as plain values."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value


def reply(value: Any) -> JSONResponse:
    return JSONResponse(plain(value))


def reply_lines(opening: Lazy[App], start: Callable[[App], Iterable[Any]]) -> StreamingResponse:
    """Lines as they come; an error is the last one."""

    def encode() -> Iterator[bytes]:
        with opening.lease() as app:
            try:
                for item in start(app):
                    yield json.dumps(plain(item), ensure_ascii=False).encode() + b"\n"
            except AiChatError as error:
                yield json.dumps({"error": _body(error)}, ensure_ascii=False).encode() + b"\n"

    return StreamingResponse(followed(encode), media_type="application/x-ndjson")


def _body(error: AiChatError) -> dict[str, Any]:
    return {"code": error.code, "values": plain(dict(error.values)), "exit_code": error.exit_code}


def reply_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AiChatError)
    return JSONResponse({"error": _body(error)}, status_code=error.http_status)
