"""What was said before in a conversation, from the stored events of its turns alone: it survives restarts and unloading.

Takes and gives what stands under `prompt` in a turn's `done`, and Exchanges for the next prompt. A turn counts from the
moment that some of its answer was shown, whole or stopped; one that showed none is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol

from ai_chat.answer.fold import answer_of, hit_from
from ai_chat.prompt import Exchange, Prompt
from ai_chat.types import Event, Hit

Said = tuple[str, Exchange]
"""A turn's id and what was said in it."""


class Past(Protocol):
    """Where events of turns are kept."""

    def turn_ids(self, conversation_id: str, /) -> list[str]: ...
    def events(self, turn_id: str, after: int = 0, /) -> list[Event]: ...


def record_of(prompt: Prompt, past: Sequence[Said], earlier: Sequence[Hit]) -> dict[str, Any]:
    """Plain values from which `said_before` makes the same prompt again: what it took of which turns, and what it added."""
    return {
        "turns": [turn_id for turn_id, _ in past[len(past) - prompt.kept :]],
        "question": prompt.question,
        "shown": prompt.shown,
        "cut": prompt.cut,
        "earlier": [asdict(hit) for hit in earlier],
    }


def said_before(past: Past, conversation_id: str, turn_id: str) -> list[Said]:
    """Oldest first: the newest turn before this one that showed an answer, behind the turns that its own prompt began with."""
    for newest in reversed(ids_before(past, conversation_id, turn_id)):
        events = past.events(newest)
        if exchange := exchange_of(events):
            before = ((each, exchange_of(past.events(each))) for each in events[-1].data["prompt"]["turns"])
            return [*((each, kept) for each, kept in before if kept), (newest, exchange)]
    return []


def ids_before(past: Past, conversation_id: str, turn_id: str) -> list[str]:
    """Of the turns before this one, the oldest first; of all where another has taken its place meanwhile."""
    ids = past.turn_ids(conversation_id)
    return ids[: ids.index(turn_id)] if turn_id in ids else ids


def exchange_of(events: Sequence[Event]) -> Exchange | None:
    """None where no answer was shown, or the process died before the end of the turn."""
    record = events[-1].data.get("prompt") if events else None
    answer = answer_of("", events)
    if not record or answer.answer is None:
        return None
    return Exchange(
        question=record["question"],
        passages=answer.evidence[: record["shown"]],
        answer=answer.answer,
        earlier=dict(enumerate(map(hit_from, record["earlier"]), len(answer.evidence) + 1)),
        cut=record["cut"],
    )
