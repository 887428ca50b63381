"""What the API answers with: values as JSON, streams as lines of it, errors as {"error": {code, values, exit_code, message}}.

Takes the App's values; knows no route. `message` is in Korean or English by Accept-Language; nothing that was sent is said again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.exceptions import HTTPException

from ai_chat.app import App
from ai_chat.errors import AiChatError, UsageError
from ai_chat.errors.sentences import hint, sentence
from ai_chat.lazy import Lazy
from ai_chat.server.following import followed
from ai_chat.server.notices import browser_language
from ai_chat.shapes import Language


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


def reply_lines(opening: Lazy[App], start: Callable[[App], Iterable[Any]], language: Language) -> StreamingResponse:
    """Lines as they come; an error is the last one."""

    def encode() -> Iterator[bytes]:
        with opening.lease() as app:
            try:
                for item in start(app):
                    yield json.dumps(plain(item), ensure_ascii=False).encode() + b"\n"
            except AiChatError as error:
                yield json.dumps(error_body(error, language), ensure_ascii=False).encode() + b"\n"

    return StreamingResponse(followed(encode), media_type="application/x-ndjson")


def add_handlers(api: FastAPI) -> None:
    api.add_exception_handler(AiChatError, _ours)
    api.add_exception_handler(RequestValidationError, _unreadable)
    api.add_exception_handler(HTTPException, _http)


def error_body(error: AiChatError, language: Language) -> dict[str, Any]:
    """The `error` stands first: RemoteApp knows the last line of a stream by it."""
    told = " ".join(filter(None, (sentence(error.problem, language), hint(error.problem, language))))
    values = plain(dict(error.values))
    return {"error": {"code": error.code, "values": values, "exit_code": error.exit_code, "message": told}}


def language_of_caller(request: Request) -> Language:
    return browser_language(request.headers.get("accept-language", ""))


def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AiChatError)
    return JSONResponse(error_body(error, language_of_caller(request)), error.http_status)


def _unreadable(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    told = UsageError("request_unreadable", place=place or "body", reason=first["msg"])
    return JSONResponse(error_body(told, language_of_caller(request)), 422)


def _http(request: Request, error: Exception) -> JSONResponse:
    """What no route answers."""
    assert isinstance(error, HTTPException)
    told = UsageError("route_unknown", status=error.status_code)
    return JSONResponse(error_body(told, language_of_caller(request)), error.status_code, headers=error.headers)
