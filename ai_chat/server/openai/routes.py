"""The routes: /models, /chat/completions, /embeddings. Each holds the App as whoever asks may have it."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, cast

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from ai_chat.app import App
from ai_chat.errors import AiChatError, InputError
from ai_chat.lazy import Lazy
from ai_chat.server.following import followed, with_pauses
from ai_chat.server.openai.bodies import CHAT_MODEL, EMBEDDING_MODEL, ChatBody, EmbeddingsBody, Said, check_model
from ai_chat.server.openai.failures import add_handlers, problem_body
from ai_chat.server.openai.telling import Teller, evidence_of, extension, finish_of, usage_of
from ai_chat.server.openai.threads import Threads
from ai_chat.server.replies import language_of_caller
from ai_chat.server.scopes import asking
from ai_chat.shapes import Language
from ai_chat.types import Answer, Event, Problem, Wish

if TYPE_CHECKING:
    from ai_chat.app.permits import Whole

_CLIENT_LEFT = 499
_QUIET_SECONDS = 10.0  # after which a line that means nothing keeps a connection from being thought dead
_MODELS = (CHAT_MODEL, EMBEDDING_MODEL)

T = TypeVar("T")


def create_openai_api(opening: Lazy[App]) -> FastAPI:
    """Errors are {"error": {message, type, param, code}}."""
    api = FastAPI(title="AI-CHAT, as clients of OpenAI's API speak to it", docs_url=None, redoc_url=None)
    threads, since = Threads(), int(time.time())
    add_handlers(api)

    @api.get("/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model(name, since) for name in _MODELS]}

    @api.get("/models/{name}")
    def model(name: str) -> dict[str, Any]:
        if name not in _MODELS:
            check_model(name, CHAT_MODEL)
        return _model(name, since)

    @api.post("/chat/completions", response_model=None)
    async def chat(body: ChatBody, request: Request) -> Response:
        asked = await asyncio.to_thread(_ask, opening, threads, body)
        if body.stream:
            told = _chunks(
                asked, bool(body.stream_options and body.stream_options.include_usage), language_of_caller(request)
            )
            return StreamingResponse(told, media_type="text/event-stream", headers={"Cache-Control": "no-store"})
        return await _while_there(request, lambda: _whole(asked, language_of_caller(request)))

    @api.post("/embeddings")
    def embeddings(body: EmbeddingsBody) -> dict[str, Any]:
        texts = body.texts()
        with opening.lease() as app:
            vectors = cast("Whole", app).embed(texts)
        coded = [_coded(vector, body.encoding_format or "float") for vector in vectors]
        data = [{"object": "embedding", "index": index, "embedding": each} for index, each in enumerate(coded)]
        used = {"prompt_tokens": 0, "total_tokens": 0}
        return {"object": "list", "data": data, "model": EMBEDDING_MODEL, "usage": used}

    return api


@dataclass
class _Asked:
    """A turn under way. `told` is what the client hears of it."""

    opening: Lazy[App]
    threads: Threads
    question: str
    said: list[Said]
    turn_id: str
    conversation_id: str
    told: Teller = field(init=False)
    created: int = field(default_factory=lambda: int(time.time()))

    def __post_init__(self) -> None:
        self.told = Teller(self.question)

    def events(self) -> Iterator[Event]:
        with self.opening.lease() as app:
            yield from app.events(self.turn_id)

    def stop(self) -> None:
        with self.opening.lease() as app:
            app.stop(self.turn_id)

    def end(self) -> Answer:
        """Remember what was said. The AiChatError that the turn ended with."""
        answer = self.told.answer()
        self.told.rest()
        said = [*self.said, ("user", self.question), ("assistant", self.told.sent)]
        self.threads.keep(asking().id, said, self.conversation_id)
        return answer

    def body(self, kind: str, choices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        told = {"id": f"chatcmpl-{self.turn_id}", "object": kind, "created": self.created, "model": CHAT_MODEL}
        return {**told, "choices": choices, **more}


def _ask(opening: Lazy[App], threads: Threads, body: ChatBody) -> _Asked:
    body.check()
    question, said = body.question(), body.before()
    conversation = threads.find(asking().id, said)
    with opening.lease() as app:
        scope = body.scope()
        if missing := set(scope.collections or ()) - set(app.collections()):
            raise InputError("collection_unknown", name=min(missing), known=", ".join(app.collections()) or "-")
        wish = Wish(use_llm=not body.search_only)
        turn = app.ask(question, scope, conversation_id=conversation, wish=wish)
    return _Asked(opening, threads, question, said, turn, conversation)


async def _whole(asked: _Asked, language: Language) -> Response:
    async for event in followed(asked.events, asked.stop):
        asked.told.take(event)
    answer = asked.end()
    if answer.finish_reason == "error":
        return JSONResponse(problem_body(_why(answer), language, 503), 503)
    content = answer.answer if answer.answer is not None else asked.told.sent
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content, "refusal": None},
        "logprobs": None,
        "finish_reason": finish_of(answer),
    }
    ours = extension(answer, asked.turn_id, asked.conversation_id)
    return JSONResponse(asked.body("chat.completion", [choice], usage=usage_of(answer), ai_chat=ours))


async def _chunks(asked: _Asked, with_usage: bool, language: Language) -> AsyncIterator[bytes]:
    """Server-sent events: the evidence as soon as it is found, then the words, then what came of it."""
    try:
        async for piece in _pieces(asked):
            yield _event(piece) if piece else b": waiting\n\n"
    except AiChatError as error:
        yield _event(problem_body(error.problem, language, error.http_status))
        return
    rest = asked.told.rest()
    answer = asked.end()
    if answer.finish_reason == "error":
        yield _event(problem_body(_why(answer), language, 503))
        return
    if rest:
        yield _event(_chunk(asked, {"content": rest}))
    ours = extension(answer, asked.turn_id, asked.conversation_id)
    yield _event(_chunk(asked, {}, finish_of(answer), ai_chat=ours))
    if with_usage:
        yield _event(asked.body("chat.completion.chunk", [], usage=usage_of(answer)))
    yield b"data: [DONE]\n\n"


async def _pieces(asked: _Asked) -> AsyncIterator[dict[str, Any] | None]:
    """Chunks as they come; None where nothing came for a while."""
    yield _chunk(asked, {"role": "assistant", "content": ""})
    events = followed(asked.events, asked.stop)
    async for event in with_pauses(events, _QUIET_SECONDS):
        if event is None:
            yield None
            continue
        for found in evidence_of([event]):
            yield _chunk(asked, {}, ai_chat={"evidence": found})
        if text := asked.told.take(event):
            yield _chunk(asked, {"content": text})


async def _while_there(request: Request, answer: Callable[[], Awaitable[Response]]) -> Response:
    """The answer, unless its client goes away first: then nobody works on it any more."""
    working = asyncio.ensure_future(answer())
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else Response(status_code=_CLIENT_LEFT)
    finally:
        working.cancel()
        leaving.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        """The body has been read; what else comes means nothing."""


def _chunk(asked: _Asked, delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return asked.body("chat.completion.chunk", [choice], **more)


def _event(value: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def _why(answer: Answer) -> Problem:
    return answer.problem or Problem("answer_interrupted")


def _model(name: str, since: int) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": since, "owned_by": "ai-chat"}


def _coded(vector: list[float], encoding: str) -> list[float] | str:
    if encoding == "float":
        return vector
    import array

    return base64.b64encode(array.array("f", vector).tobytes()).decode()
