"""The API of conversations and of what is thought of answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from ai_chat.app import App
from ai_chat.lazy import Lazy
from ai_chat.server.documents import IdsBody
from ai_chat.server.replies import reply
from ai_chat.types import Scope


@dataclass
class TitleBody:
    title: str


@dataclass
class RatingBody:
    good: bool | None
    note: str = ""


def conversations_router(opening: Lazy[App]) -> APIRouter:
    router = APIRouter()
    _add_conversations(router, opening)
    _add_ratings(router, opening)
    return router


def _add_conversations(router: APIRouter, opening: Lazy[App]) -> None:
    @router.get("/conversations")
    def conversations(words: str = "") -> JSONResponse:
        with opening.lease() as app:
            return reply(app.conversations(Scope(), words=words))

    @router.post("/conversations/remove")
    def remove(body: IdsBody) -> JSONResponse:
        with opening.lease() as app:
            app.remove_conversations(body.ids)
        return reply({})

    @router.post("/conversations/restore")
    def restore(body: IdsBody) -> JSONResponse:
        with opening.lease() as app:
            app.restore_conversations(body.ids)
        return reply({})

    @router.get("/conversations/{conversation_id}/turns")
    def turns(conversation_id: str) -> JSONResponse:
        with opening.lease() as app:
            return reply(app.turns(conversation_id))

    @router.post("/conversations/{conversation_id}/rename")
    def rename(conversation_id: str, body: TitleBody) -> JSONResponse:
        with opening.lease() as app:
            app.rename_conversation(conversation_id, body.title)
        return reply({})

    @router.get("/conversations/{conversation_id}/export")
    def export(conversation_id: str, language: Literal["ko", "en"] = "ko") -> JSONResponse:
        with opening.lease() as app:
            return reply({"markdown": app.export_conversation(conversation_id, language)})


def _add_ratings(router: APIRouter, opening: Lazy[App]) -> None:
    @router.post("/turns/{turn_id}/rating")
    def rate(turn_id: str, body: RatingBody) -> JSONResponse:
        with opening.lease() as app:
            return reply({"rating": app.rate(turn_id, body.good, body.note)})

    @router.get("/ratings")
    def ratings(conversation_id: str | None = None) -> JSONResponse:
        with opening.lease() as app:
            return reply(app.ratings(conversation_id))
