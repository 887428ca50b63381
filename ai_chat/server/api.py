"""The JSON API beside the page: the App's methods for RemoteApp, one route each; streams are lines of JSON.

Takes the Lazy App of the server; access has been checked before a request comes here. FastAPI is imported with this
file, at the first request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from ai_chat.app import App
from ai_chat.lazy import Lazy
from ai_chat.server.conversations import conversations_router
from ai_chat.server.documents import documents_router
from ai_chat.server.events import after_of, reply_events, wants_events
from ai_chat.server.replies import add_handlers, language_of_caller, reply, reply_lines
from ai_chat.types import ANSWERED, Mode, Scope, Wish


@dataclass
class SearchBody:
    query: str
    scope: Scope
    top_k: int = 5
    mode: Mode = "hybrid"


@dataclass
class AskBody:
    question: str
    scope: Scope
    conversation_id: str | None = None
    wish: Wish = ANSWERED


_SCOPE = {"collections": ["documents"], "filters": [["type", "pdf"]]}
_SEARCH = {"query": "연차휴가는 며칠인가요?", "scope": _SCOPE, "top_k": 3}
_ASK = {"question": "연차휴가는 며칠인가요?", "scope": _SCOPE}
_TOLD: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The Turn, event by event",
        "content": {"text/event-stream": {"example": 'id: 1\nevent: evidence\ndata: {"hits": []}\n\n'}},
    }
}


def create_api(opening: Lazy[App]) -> FastAPI:
    """Every answer is JSON; an AiChatError becomes its status and {"error": {code, values, exit_code, message}}."""
    api = FastAPI(title="AI-CHAT", docs_url=None, redoc_url=None)
    api.include_router(_questions(opening))
    api.include_router(conversations_router(opening))
    api.include_router(documents_router(opening))
    api.include_router(_indexes(opening))
    api.include_router(_machine(opening))
    add_handlers(api)
    return api


def _questions(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()

    @router.post("/search")
    def search(body: Annotated[SearchBody, Body(examples=[_SEARCH])]) -> JSONResponse:
        with opening.lease() as app:
            return reply(app.search(body.query, body.scope, top_k=body.top_k, mode=body.mode))

    @router.post("/ask", responses=_TOLD)
    async def ask(body: Annotated[AskBody, Body(examples=[_ASK])], request: Request) -> Response:
        turn = await run_in_threadpool(_ask, opening, body)
        return await reply_events(opening, request, turn) if wants_events(request) else reply({"turn_id": turn})

    @router.get("/turns/{turn_id}/events", responses=_TOLD)
    async def events(turn_id: str, request: Request, after: int = 0) -> Response:
        """Behind the event `after`, or `Last-Event-ID`: as lines of JSON, or as server-sent events where those are accepted."""
        if wants_events(request):
            return await reply_events(opening, request, turn_id, after_of(request, after))
        language = language_of_caller(request)
        return await run_in_threadpool(reply_lines, opening, lambda app: app.events(turn_id, after), language)

    @router.post("/turns/{turn_id}/stop")
    def stop(turn_id: str) -> JSONResponse:
        with opening.lease() as app:
            app.stop(turn_id)
        return reply({})

    @router.post("/turns/{turn_id}/forget")
    def forget(turn_id: str) -> JSONResponse:
        with opening.lease() as app:
            return reply({"forgotten": app.forget_answer(turn_id)})

    @router.get("/cache")
    def cache() -> JSONResponse:
        with opening.lease() as app:
            return reply(app.cache_stats())

    @router.post("/cache/clear")
    def clear() -> JSONResponse:
        with opening.lease() as app:
            return reply({"count": app.clear_cache()})

    return router


def _ask(opening: Lazy[App], body: AskBody) -> str:
    with opening.lease() as app:
        return app.ask(body.question, body.scope, conversation_id=body.conversation_id, wish=body.wish)


def _indexes(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()

    @router.get("/index")
    def status() -> JSONResponse:
        with opening.lease() as app:
            return reply(app.index_status())

    @router.post("/index/verify")
    def verify(request: Request, thorough: bool = False) -> StreamingResponse:
        return reply_lines(opening, lambda app: app.index_verify(thorough=thorough), language_of_caller(request))

    @router.post("/index/rebuild")
    def rebuild(request: Request, vectors: bool = False) -> StreamingResponse:
        return reply_lines(opening, lambda app: app.index_rebuild(vectors=vectors), language_of_caller(request))

    @router.post("/index/compact")
    def compact(request: Request, drop_vectors: bool = False) -> StreamingResponse:
        return reply_lines(
            opening, lambda app: app.index_compact(drop_vectors=drop_vectors), language_of_caller(request)
        )

    return router


def _machine(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()

    @router.get("/status")
    def status() -> JSONResponse:
        with opening.lease() as app:
            return reply(app.status())

    @router.get("/jobs")
    def jobs() -> JSONResponse:
        """What is being done, and what waits: documents to read, passages that get no vector yet, answers."""
        with opening.lease() as app:
            status, queue = app.status(), app.metrics().queue
        return reply(
            {"ingest": status["ingest"], "vectors": {"waiting": status["embedder"]["pending"]}, "answers": queue}
        )

    @router.get("/memory")
    def memory(history: bool = False) -> JSONResponse:
        with opening.lease() as app:
            return reply(app.memory_report(history))

    @router.post("/memory/optimize")
    def optimize() -> JSONResponse:
        with opening.lease() as app:
            return reply(app.optimize_memory())

    @router.get("/metrics")
    def metrics() -> JSONResponse:
        with opening.lease() as app:
            return reply(app.metrics())

    @router.post("/memory/load")
    def load(tenant: str = "model") -> JSONResponse:
        with opening.lease() as app:
            app.load_model(tenant)
        return reply({})

    @router.post("/memory/unload")
    def unload(tenant: str) -> JSONResponse:
        with opening.lease() as app:
            return reply({"eviction": app.unload(tenant)})

    return router
