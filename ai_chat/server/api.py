"""The JSON API beside the page: the App's methods for RemoteApp, one route each; streams are lines of JSON.

Takes the Lazy App of the server; access has been checked before a request comes here. FastAPI is imported with this
file, at the first request.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, StreamingResponse

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.lazy import Lazy
from ai_chat.server.conversations import conversations_router
from ai_chat.server.documents import documents_router
from ai_chat.server.replies import reply, reply_error, reply_lines
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


def create_api(opening: Lazy[App]) -> FastAPI:
    """Every answer is JSON; an AiChatError becomes its status and {"error": {code, values, exit_code}}."""
    api = FastAPI(title="AI-CHAT", docs_url=None, redoc_url=None)
    api.include_router(_questions(opening))
    api.include_router(conversations_router(opening))
    api.include_router(documents_router(opening))
    api.include_router(_indexes(opening))
    api.include_router(_machine(opening))
    api.add_exception_handler(AiChatError, reply_error)
    return api


def _questions(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()

    @router.post("/search")
    def search(body: SearchBody) -> JSONResponse:
        with opening.lease() as app:
            return reply(app.search(body.query, body.scope, top_k=body.top_k, mode=body.mode))

    @router.post("/ask")
    def ask(body: AskBody) -> JSONResponse:
        with opening.lease() as app:
            turn = app.ask(body.question, body.scope, conversation_id=body.conversation_id, wish=body.wish)
        return reply({"turn_id": turn})

    @router.get("/turns/{turn_id}/events")
    def events(turn_id: str, after: int = 0) -> StreamingResponse:
        return reply_lines(opening, lambda app: app.events(turn_id, after))

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


def _indexes(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()

    @router.get("/index")
    def status() -> JSONResponse:
        with opening.lease() as app:
            return reply(app.index_status())

    @router.post("/index/verify")
    def verify(thorough: bool = False) -> StreamingResponse:
        return reply_lines(opening, lambda app: app.index_verify(thorough=thorough))

    @router.post("/index/rebuild")
    def rebuild(vectors: bool = False) -> StreamingResponse:
        return reply_lines(opening, lambda app: app.index_rebuild(vectors=vectors))

    @router.post("/index/compact")
    def compact(drop_vectors: bool = False) -> StreamingResponse:
        return reply_lines(opening, lambda app: app.index_compact(drop_vectors=drop_vectors))

    return router


def _machine(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()

    @router.get("/status")
    def status() -> JSONResponse:
        with opening.lease() as app:
            return reply(app.status())

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
