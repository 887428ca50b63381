"""The JSON API beside the page: the App's methods for RemoteApp, one route each; streams are lines of JSON.

Takes the Lazy App of the server; access has been checked before a request comes here. FastAPI is imported with this
file, at the first request.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.concurrency import run_in_threadpool

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.lazy import Lazy
from ai_chat.types import DEFAULT_COLLECTION, Mode, Scope


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
    use_llm: bool = True


@dataclass
class IngestBody:
    paths: list[str]
    collection: str = DEFAULT_COLLECTION
    dense: bool = True
    wait: bool = False


@dataclass
class ScopeBody:
    scope: Scope


@dataclass
class IdsBody:
    ids: list[str]


def create_api(opening: Lazy[App]) -> FastAPI:
    """Every answer is JSON; an AiChatError becomes its status and {"error": {code, values, exit_code}}."""
    api = FastAPI(title="AI-CHAT", docs_url=None, redoc_url=None)
    api.include_router(_questions(opening))
    api.include_router(_documents(opening))
    api.include_router(_indexes(opening))
    api.include_router(_machine(opening))
    api.add_exception_handler(AiChatError, _answer_error)
    return api


def _questions(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()

    @router.post("/search")
    def search(body: SearchBody) -> JSONResponse:
        with opening.lease() as app:
            return _json(app.search(body.query, body.scope, top_k=body.top_k, mode=body.mode))

    @router.post("/ask")
    def ask(body: AskBody) -> JSONResponse:
        with opening.lease() as app:
            turn = app.ask(body.question, body.scope, conversation_id=body.conversation_id, use_llm=body.use_llm)
        return _json({"turn_id": turn})

    @router.get("/turns/{turn_id}/events")
    def events(turn_id: str, after: int = 0) -> StreamingResponse:
        return _lines(opening, lambda app: app.events(turn_id, after))

    @router.post("/turns/{turn_id}/stop")
    def stop(turn_id: str) -> JSONResponse:
        with opening.lease() as app:
            app.stop(turn_id)
        return _json({})

    @router.get("/conversations")
    def conversations() -> JSONResponse:
        with opening.lease() as app:
            return _json(app.conversations(Scope()))

    @router.get("/conversations/{conversation_id}/turns")
    def turns(conversation_id: str) -> JSONResponse:
        with opening.lease() as app:
            return _json(app.turns(conversation_id))

    return router


def _documents(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()

    @router.post("/ingest")
    def ingest(body: IngestBody) -> StreamingResponse:
        paths = [Path(path) for path in body.paths]
        return _lines(opening, lambda app: app.ingest(paths, body.collection, dense=body.dense, wait=body.wait))

    @router.post("/uploads")
    async def upload(request: Request, name: str, collection: str = DEFAULT_COLLECTION) -> StreamingResponse:
        data = await request.body()
        return await run_in_threadpool(_lines, opening, lambda app: app.upload(name, data, collection))

    @router.post("/documents/list")
    def documents(body: ScopeBody) -> JSONResponse:
        with opening.lease() as app:
            return _json(app.documents(body.scope))

    @router.get("/documents/{document_id}")
    def document(document_id: str) -> JSONResponse:
        with opening.lease() as app:
            return _json(app.document(document_id))

    @router.post("/documents/remove")
    def remove(body: IdsBody) -> JSONResponse:
        with opening.lease() as app:
            app.remove(body.ids)
        return _json({})

    @router.post("/documents/restore")
    def restore(body: IdsBody) -> JSONResponse:
        with opening.lease() as app:
            app.restore(body.ids)
        return _json({})

    @router.get("/collections")
    def collections() -> JSONResponse:
        with opening.lease() as app:
            return _json(app.collections())

    return router


def _indexes(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()

    @router.get("/index")
    def status() -> JSONResponse:
        with opening.lease() as app:
            return _json(app.index_status())

    @router.post("/index/verify")
    def verify(thorough: bool = False) -> StreamingResponse:
        return _lines(opening, lambda app: app.index_verify(thorough=thorough))

    @router.post("/index/rebuild")
    def rebuild(vectors: bool = False) -> StreamingResponse:
        return _lines(opening, lambda app: app.index_rebuild(vectors=vectors))

    @router.post("/index/compact")
    def compact(drop_vectors: bool = False) -> StreamingResponse:
        return _lines(opening, lambda app: app.index_compact(drop_vectors=drop_vectors))

    return router


def _machine(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()

    @router.get("/status")
    def status() -> JSONResponse:
        with opening.lease() as app:
            return _json(app.status())

    @router.get("/memory")
    def memory(history: bool = False) -> JSONResponse:
        with opening.lease() as app:
            return _json(app.memory_report(history))

    @router.post("/memory/optimize")
    def optimize() -> JSONResponse:
        with opening.lease() as app:
            return _json(app.optimize_memory())

    return router


def plain(value: Any) -> Any:
    """Dataclasses, wherever they stand, as plain values."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value


def _json(value: Any) -> JSONResponse:
    return JSONResponse(plain(value))


def _lines(opening: Lazy[App], start: Any) -> StreamingResponse:
    """Lines as they come; an error is the last one."""

    def encode() -> Iterator[bytes]:
        with opening.lease() as app:
            try:
                for item in start(app):
                    yield json.dumps(plain(item), ensure_ascii=False).encode() + b"\n"
            except AiChatError as error:
                yield json.dumps({"error": _body(error)}, ensure_ascii=False).encode() + b"\n"

    return StreamingResponse(encode(), media_type="application/x-ndjson")


def _body(error: AiChatError) -> dict[str, Any]:
    return {"code": error.code, "values": plain(dict(error.values)), "exit_code": error.exit_code}


def _answer_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AiChatError)
    return JSONResponse({"error": _body(error)}, status_code=error.http_status)
