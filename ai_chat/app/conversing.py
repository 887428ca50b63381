"""The half of a local App that is about questions: turns, the conversations that they stand in, what is kept of answers.

Takes the Home; what is searched and who writes is the parts' business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from ai_chat.app.parts import Parts
from ai_chat.errors import MachineError
from ai_chat.store import Conversation, TurnRecord
from ai_chat.types import ANSWERED, CacheStats, Event, Problem, Rating, Scope, Wish

if TYPE_CHECKING:
    from ai_chat.app.home import Home


class Conversing:
    home: Home

    @property
    def _parts(self) -> Parts:
        """Of this moment: they change when a reader becomes the owner."""
        return self.home.parts

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str:
        self.home.own.require()
        self.home.prepare_question()
        return self._parts.turns.start(question, scope, conversation_id=conversation_id, wish=wish)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """As passages are embedded, normed. MachineError embedder_off, or why it cannot be loaded."""
        if self._parts.embedder is None:
            problem = self._parts.embedder_problem or Problem("embedder_off")
            raise MachineError(problem.code, **problem.values)
        with self._parts.embedder.lease() as embedder:
            vectors: list[list[float]] = embedder.embed_passages(texts).tolist()
        return vectors

    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
        return self._parts.turns.events(turn_id, after)

    def stop(self, turn_id: str) -> None:
        self._parts.turns.stop(turn_id)

    def turn(self, turn_id: str) -> TurnRecord:
        """InputError turn_unknown."""
        return self._parts.store.turns.turn(turn_id)

    def turns(self, conversation_id: str) -> Sequence[TurnRecord]:
        return self._parts.store.turns.turns(conversation_id)

    def conversations(self, scope: Scope, *, words: str = "") -> Sequence[Conversation]:
        return self._parts.store.conversations.conversations(scope.principal, words)

    def rename_conversation(self, conversation_id: str, title: str) -> None:
        self.home.own.require()
        self._parts.store.conversations.rename(conversation_id, title)

    def remove_conversations(self, conversation_ids: Sequence[str]) -> None:
        """With the documents that belong to them alone; what is being answered there is stopped."""
        self.home.own.require()
        for each in conversation_ids:
            for turn in self._parts.store.turns.turns(each):
                if not turn.finished:
                    self._parts.turns.stop(turn.id)
        documents = self._parts.store.conversations.remove(conversation_ids)
        self._change_documents(self._parts.store.library.remove, documents)

    def restore_conversations(self, conversation_ids: Sequence[str]) -> None:
        self.home.own.require()
        documents = self._parts.store.conversations.restore(conversation_ids)
        self._change_documents(self._parts.store.library.restore, documents)

    def export_conversation(self, conversation_id: str, language: Literal["ko", "en"]) -> str:
        """Markdown; InputError conversation_unknown."""
        from ai_chat.answer.export import conversation_markdown
        from ai_chat.answer.fold import answer_of

        store = self._parts.store
        conversation = store.conversations.conversation(conversation_id)
        told = (answer_of(turn.question, store.turns.events(turn.id)) for turn in store.turns.turns(conversation_id))
        return conversation_markdown(conversation.title, told, language)

    def rate(self, turn_id: str, good: bool | None, note: str = "") -> Rating | None:
        """A thumb down also drops the answer that is kept."""
        self.home.own.require()
        rating = self._parts.store.conversations.rate(turn_id, good, note)
        if good is False:
            self._parts.answers.forget(turn_id)
        return rating

    def ratings(self, conversation_id: str | None = None) -> Sequence[Rating]:
        return self._parts.store.conversations.ratings(conversation_id)

    def cache_stats(self) -> CacheStats:
        return self._parts.answers.stats()

    def clear_cache(self) -> int:
        """Drop all answers that are kept; how many there were."""
        self.home.own.require()
        return self._parts.answers.clear()

    def forget_answer(self, turn_id: str) -> bool:
        """Drop the kept answer that this turn wrote or was served; whether there was one."""
        self.home.own.require()
        return self._parts.answers.forget(turn_id)

    def _change_documents(self, change: Callable[[Sequence[str]], None], documents: Sequence[str]) -> None:
        """All indexes see it when this ends."""
        if documents:
            change(documents)
            self._parts.indexes.indexer.catch_up()
            self.home.tidy()
