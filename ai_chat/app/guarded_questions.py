"""The half of a user's App that is about questions: his searches, his turns, his conversations and ratings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ai_chat.app.permits import Permits
from ai_chat.types import ANSWERED, Event, Mode, Rating, Scope, SearchResult, Wish

if TYPE_CHECKING:
    from ai_chat.store import Conversation, TurnRecord


class GuardedQuestions:
    _permits: Permits

    def search(self, query: str, scope: Scope, *, top_k: int = 5, mode: Mode = "hybrid") -> SearchResult:
        self._permits.need("reader", "search")
        own = self._permits.scope(scope)
        self._permits.note("searched", "")
        return self._permits.app.search(query, own, top_k=top_k, mode=mode)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self._permits.need("reader", "search")
        return self._permits.app.embed(texts)

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str:
        self._permits.need("reader", "ask")
        if wish.replaces:
            self._permits.turn(wish.replaces)
        conversation = self._permits.conversation(conversation_id)
        own = self._permits.scope(scope)
        turn = self._permits.app.ask(question, own, conversation_id=conversation, wish=wish)
        self._permits.note("asked", turn)
        return turn

    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
        self._permits.need("reader", "ask")
        return self._permits.app.events(self._permits.turn(turn_id), after)

    def stop(self, turn_id: str) -> None:
        self._permits.need("reader", "ask")
        self._permits.app.stop(self._permits.turn(turn_id))

    def forget_answer(self, turn_id: str) -> bool:
        self._permits.need("reader", "ask")
        return self._permits.app.forget_answer(self._permits.turn(turn_id))

    def turns(self, conversation_id: str) -> Sequence[TurnRecord]:
        """None where the conversation is not his. As they were asked: with no collection chosen where all were meant."""
        self._permits.need("reader", "ask")
        own = self._permits.who.conversation(conversation_id)
        if not self._permits.is_open(own):
            return []
        default = frozenset(self._permits.default())
        return [_as_asked(turn, default) for turn in self._permits.app.turns(own)]

    def conversations(self, scope: Scope, *, words: str = "") -> Sequence[Conversation]:
        self._permits.need("reader", "ask")
        own = Scope(self._permits.who.id)
        return self._permits.open_ones(self._permits.app.conversations(own, words=words))

    def rename_conversation(self, conversation_id: str, title: str) -> None:
        self._permits.need("reader", "ask")
        self._permits.app.rename_conversation(self._permits.conversation(conversation_id), title)

    def remove_conversations(self, conversation_ids: Sequence[str]) -> None:
        self._permits.need("reader", "ask")
        self._permits.app.remove_conversations([self._permits.who.conversation(each) for each in conversation_ids])

    def restore_conversations(self, conversation_ids: Sequence[str]) -> None:
        self._permits.need("reader", "ask")
        self._permits.app.restore_conversations([self._permits.who.conversation(each) for each in conversation_ids])

    def export_conversation(self, conversation_id: str, language: Literal["ko", "en"]) -> str:
        self._permits.need("reader", "ask")
        return self._permits.app.export_conversation(self._permits.conversation(conversation_id), language)

    def rate(self, turn_id: str, good: bool | None, note: str = "") -> Rating | None:
        self._permits.need("reader", "ask")
        return self._permits.app.rate(self._permits.turn(turn_id), good, note)

    def ratings(self, conversation_id: str | None = None) -> Sequence[Rating]:
        """His own."""
        self._permits.need("reader", "ask")
        if conversation_id is not None:
            own = self._permits.who.conversation(conversation_id)
            return self._permits.app.ratings(own) if self._permits.is_open(own) else []
        mine = self._permits.open_ones(self._permits.app.conversations(Scope(self._permits.who.id)))
        return [rating for each in mine for rating in self._permits.app.ratings(each.id)]


def _as_asked(turn: TurnRecord, default: frozenset[str]) -> TurnRecord:
    chosen = turn.scope.collections
    if chosen is None or frozenset(chosen) != default:
        return turn
    return replace(turn, scope=replace(turn.scope, collections=None))
