"""`/readyz` and `/metrics`: whether it can answer now, and what it measures of itself.

Takes the Lazy App; neither opens it. `/readyz` tells codes alone, so that whoever may reach the port may ask; `/metrics` is behind a key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ai_chat.errors import AiChatError
from ai_chat.lazy import Lazy

if TYPE_CHECKING:
    from ai_chat.app import App
    from ai_chat.server.limits import Traffic

READY, METRICS = "/readyz", "/metrics"
_NOT_KEPT = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class Check:
    """`reason`: a code of the table of sentences, or one word; empty where all is well."""

    name: str
    reason: str = ""


def health_routes(opening: Lazy[App], held: Lazy[App], traffic: Traffic) -> list[Route]:
    """`held`: the App as whoever asks may have it."""

    async def ready(request: Request) -> Response:
        optional = request.query_params.get("model") == "optional"
        checks = await run_in_threadpool(lambda: list(_checks(opening, traffic)))
        return _answer([each for each in checks if not (optional and each.name == "model")])

    async def metrics(_request: Request) -> Response:
        return await run_in_threadpool(_metrics, opening, held, traffic)

    return [Route(READY, ready), Route(METRICS, metrics)]


def _answer(checks: list[Check]) -> Response:
    is_ready = not any(each.reason for each in checks)
    told = {each.name: each.reason or "ok" for each in checks}
    return JSONResponse({"ready": is_ready, "checks": told}, 200 if is_ready else 503, headers=_NOT_KEPT)


def _checks(opening: Lazy[App], traffic: Traffic) -> Iterator[Check]:
    """The library first: where it cannot be opened nothing else can be looked at."""
    if traffic.closing:
        yield Check("server", "closing")
    if opening.peek() is None:
        yield Check("library", _why_not(opening))
        return
    try:
        with opening.lease() as app:
            status, lag = app.status(), app.metrics().lag
    except AiChatError as error:
        yield Check("library", error.code)
        return
    yield Check("library")
    yield Check("index", "index_damaged" if lag.get("lexical", 0) < 0 else "")
    yield Check("model", _of_model(status["model"]))
    yield Check("memory", "memory_critical" if status["memory"].get("pressure") == "critical" else "")


def _why_not(opening: Lazy[App]) -> str:
    error = opening.error
    if error is None:
        return "opening"
    return error.code if isinstance(error, AiChatError) else "unexpected"


def _of_model(model: dict[str, Any]) -> str:
    """A model that is let go while nobody asks is there all the same."""
    if model["state"] not in ("absent", "failed"):
        return ""
    problem = model.get("problem")
    return problem.code if problem else "failed"


def _metrics(opening: Lazy[App], held: Lazy[App], traffic: Traffic) -> Response:
    from ai_chat.server.prometheus import CONTENT_TYPE, exposition, families_of  # who never asks does not pay for it

    if opening.peek() is None:
        return _refused(_why_not(opening), 503)
    try:
        with held.lease() as app:
            told = families_of(app.metrics(), app.memory_report(), app.cache_stats(), app.status(), traffic)
            text = exposition(told)
    except AiChatError as error:
        return _refused(error.code, error.http_status)
    return Response(text, media_type=CONTENT_TYPE, headers=_NOT_KEPT)


def _refused(code: str, status: int) -> Response:
    return Response(json.dumps({"error": {"code": code}}), status, _NOT_KEPT, "application/json")
