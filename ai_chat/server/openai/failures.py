"""What went wrong, as clients of OpenAI's API read it: {"error": {message, type, param, code}}. The sentence is ours; nothing that was
sent is said again."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ai_chat.errors import AiChatError
from ai_chat.errors.sentences import hint, sentence
from ai_chat.server.openai.bodies import Misasked
from ai_chat.server.replies import language_of_caller
from ai_chat.shapes import Language
from ai_chat.types import Problem

_TYPES = {
    400: "invalid_request_error",
    403: "permission_error",
    404: "invalid_request_error",
    422: "invalid_request_error",
}


def add_handlers(api: FastAPI) -> None:
    api.add_exception_handler(AiChatError, _ours)
    api.add_exception_handler(Misasked, _misasked)
    api.add_exception_handler(RequestValidationError, _unreadable)
    api.add_exception_handler(HTTPException, _http)


def problem_body(problem: Problem, language: Language, status: int) -> dict[str, Any]:
    told = " ".join(filter(None, (sentence(problem, language), hint(problem, language))))
    return _body(told, status, code=problem.code)


def _body(message: str, status: int, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": _TYPES.get(status, "server_error"), "param": param, "code": code}}


def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AiChatError)
    status = 400 if error.http_status == 422 else error.http_status
    return JSONResponse(problem_body(error.problem, language_of_caller(request), status), status)


def _misasked(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Misasked)
    return JSONResponse(_body(error.message, error.status, error.param, error.code), error.status)


def _unreadable(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    param = ".".join(str(part) for part in first["loc"] if part != "body" and not isinstance(part, int))
    return JSONResponse(_body(f"{param or 'The body'}: {first['msg']}.", 400, param or None), 400)


def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse(_body(f"{error.detail}.", error.status_code), error.status_code, headers=error.headers)
