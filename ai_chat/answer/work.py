"""What all Turns share, and what one of them is asked: values and protocols. Knows no thread and no course."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ai_chat.answer.history import Past
from ai_chat.answer.queue import Queue
from ai_chat.asking.followup import Before
from ai_chat.types import AnswerKind, FinishReason, Problem, Scope, SearchResult, Usage, Wish

if TYPE_CHECKING:
    from ai_chat.cache import AnswerCache, Flights
    from ai_chat.embedding import Embedder
    from ai_chat.lazy import Lazy
    from ai_chat.llm.lazy_model import LazyModel
    from ai_chat.store import Store

Ending = tuple[FinishReason, Problem | None]


class Search(Protocol):
    """`wait`: seconds given to the question's vector; without it the keyword hits come with the notice `vectors_late`."""

    def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult: ...


@dataclass(frozen=True, slots=True)
class Work:
    """What all Turns share. `no_model` says why `model` is None, `admit` why it may not be used at the moment.

    `answers` None: nothing is kept. `now` is the time in UTC.
    """

    store: Store
    searcher: Search
    model: LazyModel | None
    no_model: Problem
    n_ctx: int
    max_tokens: int
    queue: Queue
    past: Past
    admit: Callable[[], Problem | None]
    answers: AnswerCache | None
    flights: Flights
    embedder: Lazy[Embedder] | None
    now: Callable[[], datetime.datetime]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as it was typed, and what is wanted of it."""

    question: str
    scope: Scope
    conversation_id: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class Understood:
    """The `whole` question, which a follow-up does not say; `asked` is that without its filters, as the model gets it. `before`: the
    turns that a follow-up goes on with."""

    whole: str
    asked: str
    kind: AnswerKind
    before: tuple[Before, ...] = ()


def ending(
    reason: FinishReason,
    usage: Usage | None = None,
    timings: Mapping[str, float | None] | None = None,
    problem: Problem | None = None,
) -> dict[str, Any]:
    """What `done` carries; `notice` is the code of `problem`."""
    return {
        "finish_reason": reason,
        "usage": asdict(usage or Usage()),
        "timings": dict(timings or {}),
        "notice": problem.code if problem else None,
        "problem": {"code": problem.code, "values": dict(problem.values)} if problem else None,
    }
