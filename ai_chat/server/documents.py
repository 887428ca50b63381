"""The routes of the API for documents: taking in, listing, showing, removing.

Takes the Lazy App of the server. Passwords come in the body of a request only, never in its address, which may be written down.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Body, Header, Query, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from pydantic import AfterValidator
from starlette.concurrency import run_in_threadpool

from ai_chat.app import App
from ai_chat.lazy import Lazy
from ai_chat.server.replies import language_of_caller, plain, reply, reply_lines
from ai_chat.types import DEFAULT_COLLECTION, DocumentQuery, IngestEvent, Scope, UnitKind


def _absolute(path: Path) -> Path:
    """A path from somewhere has no meaning for who asks from elsewhere."""
    if not path.is_absolute():
        raise ValueError("this has to be an absolute path on the server")
    return path


AbsolutePath = Annotated[Path, AfterValidator(_absolute)]


@dataclass
class IngestBody:
    paths: list[AbsolutePath]
    collection: str = DEFAULT_COLLECTION
    dense: bool = True
    wait: bool = False
    password: str | None = None


@dataclass
class PauseBody:
    paused: bool


@dataclass
class ScopeBody:
    scope: Scope


@dataclass
class IdsBody:
    ids: list[str]


@dataclass
class RetryBody:
    ids: list[str]
    password: str | None = None


@dataclass
class PageBody:
    scope: Scope
    query: DocumentQuery


@dataclass
class MoveBody:
    ids: list[str]
    collection: str


@dataclass
class PathBody:
    path: AbsolutePath


@dataclass
class RenderBody:
    kind: UnitKind
    number: int
    marks: list[tuple[int, int]] = field(default_factory=list)
    sentence: str = ""
    password: str | None = None


_INGEST = {"paths": ["/home/office/documents"], "collection": "documents"}
_PAGE = {"scope": {"collections": ["documents"]}, "query": {"limit": 50}}
_FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_IMAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {}, "text/html": {}}}}
_SHOWN = {"cache-control": "no-store"}


def documents_router(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()
    _add_taking_in(router, opening)
    _add_one_document(router, opening)
    _add_library(router, opening)
    return router


def _add_taking_in(router: APIRouter, opening: Lazy[App]) -> None:
    @router.post("/ingest")
    def ingest(body: Annotated[IngestBody, Body(examples=[_INGEST])], request: Request) -> StreamingResponse:
        return reply_lines(
            opening,
            lambda app: app.ingest(
                body.paths, body.collection, dense=body.dense, wait=body.wait, password=body.password
            ),
            language_of_caller(request),
        )

    @router.post("/ingest/pause")
    def pause(body: PauseBody) -> JSONResponse:
        with opening.lease() as app:
            app.pause_ingest(body.paused)
        return reply({})

    @router.post("/documents", openapi_extra=_FILE)
    async def upload(
        request: Request,
        name: Annotated[str, Query(examples=["취업규칙.pdf"])],
        collection: str = DEFAULT_COLLECTION,
        x_password: Annotated[str | None, Header()] = None,
    ) -> StreamingResponse:
        """The body is the file. A password that it needs is told in a header, percent-encoded."""
        data = await request.body()
        password = unquote(x_password) if x_password else None

        def uploaded(app: App) -> Iterator[IngestEvent]:
            return app.upload(name, data, collection, password=password)

        return await run_in_threadpool(reply_lines, opening, uploaded, language_of_caller(request))

    @router.post("/documents/retry")
    def retry(body: RetryBody, request: Request) -> StreamingResponse:
        language = language_of_caller(request)
        return reply_lines(opening, lambda app: app.retry(body.ids, password=body.password), language)

    @router.post("/documents/{document_id}/replace")
    def replace(document_id: str, body: PathBody, request: Request) -> StreamingResponse:
        language = language_of_caller(request)
        return reply_lines(opening, lambda app: app.replace(document_id, body.path), language)

    @router.post("/documents/{document_id}/relocate")
    def relocate(document_id: str, body: PathBody) -> JSONResponse:
        with opening.lease() as app:
            app.relocate(document_id, body.path)
        return reply({})


def _add_one_document(router: APIRouter, opening: Lazy[App]) -> None:
    @router.get("/documents/{document_id}")
    def document(document_id: str) -> JSONResponse:
        with opening.lease() as app:
            return reply(app.document(document_id))

    @router.get("/documents/{document_id}/text", response_class=PlainTextResponse)
    def text(document_id: str) -> PlainTextResponse:
        """What was read, unit after unit."""
        from ai_chat.rendering.export import as_text

        with opening.lease() as app:
            detail = app.document(document_id)
        return PlainTextResponse("".join(as_text(detail, lambda unit: unit.label or f"{unit.kind} {unit.number}")))

    @router.get("/documents/{document_id}/units/{kind}/{number}/image", responses=_IMAGE)
    def image(document_id: str, kind: UnitKind, number: int, sentence: str = "") -> Response:
        """The unit to look at, with the sentence marked: a picture of a page, else HTML without scripts."""
        with opening.lease() as app:
            shown = app.render(document_id, kind, number, sentence=sentence)
        return Response(shown.data, media_type=shown.media_type, headers=_SHOWN)

    @router.get("/documents/{document_id}/original")
    def original(document_id: str) -> JSONResponse:
        with opening.lease() as app:
            return reply({"path": str(app.original(document_id))})

    @router.post("/documents/{document_id}/render")
    def render(document_id: str, body: RenderBody) -> JSONResponse:
        """`data` in base64."""
        with opening.lease() as app:
            shown = app.render(
                document_id,
                body.kind,
                body.number,
                marks=body.marks,
                sentence=body.sentence,
                password=body.password,
            )
        data = b64encode(shown.data).decode("ascii")
        about = {"media_type": shown.media_type, "marked": shown.marked, "warnings": plain(shown.warnings)}
        return reply({**about, "data": data})


def _add_library(router: APIRouter, opening: Lazy[App]) -> None:
    @router.post("/documents/list")
    def documents(body: ScopeBody) -> JSONResponse:
        with opening.lease() as app:
            return reply(app.documents(body.scope))

    @router.post("/documents/page")
    def document_page(body: Annotated[PageBody, Body(examples=[_PAGE])]) -> JSONResponse:
        with opening.lease() as app:
            return reply(app.document_page(body.scope, body.query))

    @router.post("/documents/move")
    def move(body: MoveBody) -> JSONResponse:
        with opening.lease() as app:
            app.move_documents(body.ids, body.collection)
        return reply({})

    @router.post("/documents/remove")
    def remove(body: IdsBody) -> JSONResponse:
        with opening.lease() as app:
            app.remove(body.ids)
        return reply({})

    @router.post("/documents/restore")
    def restore(body: IdsBody) -> JSONResponse:
        with opening.lease() as app:
            app.restore(body.ids)
        return reply({})

    @router.get("/collections")
    def collections() -> JSONResponse:
        with opening.lease() as app:
            return reply(app.collections())
