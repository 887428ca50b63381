"""The routes of the API for documents: taking in, listing, showing, removing.

Takes the Lazy App of the server. Passwords come in the body of a request only, never in its address, which may be written down.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from ai_chat.app import App
from ai_chat.lazy import Lazy
from ai_chat.server.replies import plain, reply, reply_lines
from ai_chat.types import DEFAULT_COLLECTION, DocumentQuery, IngestEvent, Scope, UnitKind


@dataclass
class IngestBody:
    paths: list[str]
    collection: str = DEFAULT_COLLECTION
    dense: bool = True
    wait: bool = False
    password: str | None = None


@dataclass
class UploadHead:
    name: str
    collection: str = DEFAULT_COLLECTION
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
    path: str


@dataclass
class RenderBody:
    kind: UnitKind
    number: int
    marks: list[tuple[int, int]] = field(default_factory=list)
    sentence: str = ""
    password: str | None = None


def documents_router(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()
    _add_taking_in(router, opening)
    _add_one_document(router, opening)
    _add_library(router, opening)
    return router


def _add_taking_in(router: APIRouter, opening: Lazy[App]) -> None:
    @router.post("/ingest")
    def ingest(body: IngestBody) -> StreamingResponse:
        paths = [Path(path) for path in body.paths]
        return reply_lines(
            opening,
            lambda app: app.ingest(paths, body.collection, dense=body.dense, wait=body.wait, password=body.password),
        )

    @router.post("/ingest/pause")
    def pause(body: PauseBody) -> JSONResponse:
        with opening.lease() as app:
            app.pause_ingest(body.paused)
        return reply({})

    @router.post("/uploads")
    async def upload(request: Request) -> StreamingResponse:
        """A line of JSON about the file, then its bytes."""
        head, _, data = (await request.body()).partition(b"\n")
        try:
            about = TypeAdapter(UploadHead).validate_json(head)
        except ValidationError as error:
            raise HTTPException(422, "the first line of an upload tells its name, in JSON") from error
        upload = partial(_upload, about=about, data=data)
        return await run_in_threadpool(reply_lines, opening, upload)

    @router.post("/documents/retry")
    def retry(body: RetryBody) -> StreamingResponse:
        return reply_lines(opening, lambda app: app.retry(body.ids, password=body.password))

    @router.post("/documents/{document_id}/replace")
    def replace(document_id: str, body: PathBody) -> StreamingResponse:
        return reply_lines(opening, lambda app: app.replace(document_id, Path(body.path)))

    @router.post("/documents/{document_id}/relocate")
    def relocate(document_id: str, body: PathBody) -> JSONResponse:
        with opening.lease() as app:
            app.relocate(document_id, Path(body.path))
        return reply({})


def _add_one_document(router: APIRouter, opening: Lazy[App]) -> None:
    @router.get("/documents/{document_id}")
    def document(document_id: str) -> JSONResponse:
        with opening.lease() as app:
            return reply(app.document(document_id))

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
    def document_page(body: PageBody) -> JSONResponse:
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


def _upload(app: App, about: UploadHead, data: bytes) -> Iterator[IngestEvent]:
    return app.upload(about.name, data, about.collection, password=about.password)
