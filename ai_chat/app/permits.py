"""What a Principal may do with an App, asked in one place: his Scope, his documents, his conversations, his role.

Takes an App of this process and a Principal; raises what an id that does not exist would raise, so that nothing tells of what he may
not see. Knows no page and no API.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from ai_chat.app import App
from ai_chat.errors import InputError, RefusedError
from ai_chat.types import PRIVATE, SAMPLES_COLLECTION, DocumentInfo, IngestEvent, Scope
from ai_chat.users.principal import Principal, Role, Use

if TYPE_CHECKING:
    from ai_chat.store import Conversation, TurnRecord
    from ai_chat.users.audit import Action

Note = Callable[["Action", str], None]


class Whole(App, Protocol):
    """What an App can tell only inside the process that holds the library."""

    def collections_of(self, document_ids: Sequence[str]) -> Mapping[str, str]: ...
    def collections_inside(self, document_ids: Sequence[str]) -> Collection[str]: ...
    def turn(self, turn_id: str) -> TurnRecord: ...
    def counts(self, scope: Scope) -> Mapping[str, int]: ...
    def embed(self, texts: Sequence[str]) -> list[list[float]]: ...


_RANKS: tuple[Role, ...] = ("reader", "editor", "admin")


class Permits:
    """`note` hears what was done, for the audit log."""

    def __init__(self, app: Whole, principal: Principal, note: Note) -> None:
        self.app = app
        self.who = principal
        self.note = note

    # -- roles and keys ---------------------------------------------------------

    def need(self, role: Role, *uses: Use) -> None:
        """RefusedError not_permitted, key_not_for_this. No `uses`: nothing that a limited key may do."""
        if _RANKS.index(self.who.role) < _RANKS.index(role):
            self.note("refused", role)
            raise RefusedError("not_permitted", role=role, name=self.who.name or "-", own=self.who.role)
        if not self.who.may_use(*uses):
            self.note("refused", " ".join(uses))
            told = ", ".join(sorted(self.who.uses or ()))
            raise RefusedError("key_not_for_this", uses=told, wanted=" ".join(uses[:1]) or "-")

    # -- collections ---------------------------------------------------------

    def collections(self) -> list[str]:
        """Those that hold a document and that he may see."""
        return [name for name in self.app.collections() if self.who.may_see(name)]

    def scope(self, asked: Scope) -> Scope:
        """Each collection by its name, so that nothing the question says can lead out of them. InputError collection_unknown."""
        private = [self._own_private(name) for name in asked.also]
        return Scope(self.who.id, self._among(asked.collections), asked.filters, tuple(filter(None, private)))

    def default(self) -> tuple[str, ...]:
        """What is searched where nothing is chosen: as for the owner, the samples only while there is nothing else."""
        seen = self.collections()
        return tuple(name for name in seen if name != SAMPLES_COLLECTION) or tuple(seen)

    def target(self, collection: str) -> str:
        """Where he may put documents. InputError collection_unknown."""
        if private := self._own_private(collection):
            return private
        if collection.startswith(PRIVATE) or not self.who.may_see(collection):
            raise self._unknown(collection)
        return collection

    def _among(self, asked: tuple[str, ...] | None) -> tuple[str, ...]:
        if asked is None:
            return self.default()
        seen = self.collections()
        for name in asked:
            if name not in seen and not self._own_private(name):
                raise self._unknown(name)
        return tuple(self._own_private(name) or name for name in asked)

    def _unknown(self, name: str) -> InputError:
        return InputError("collection_unknown", name=name, known=", ".join(self.collections()) or "-")

    def _own_private(self, name: str) -> str:
        """The collection of one of his conversations; "" for any other name."""
        return PRIVATE + self.who.conversation(name[len(PRIVATE) :]) if name.startswith(PRIVATE) else ""

    # -- documents ---------------------------------------------------------------

    def documents(self, ids: Iterable[str]) -> list[str]:
        """These ids, all of documents that he may see. InputError document_unknown."""
        told = list(ids)
        there = self.app.collections_of(told)
        for each in told:
            if each not in there or not self.sees(there[each]):
                raise InputError("document_unknown", id=each)
        return told

    def whole_documents(self, ids: Iterable[str]) -> list[str]:
        """As `documents`, where all that was found inside them, which goes and comes with them, is his as well.

        RefusedError document_shared.
        """
        told = self.documents(ids)
        if not all(map(self.sees, self.app.collections_inside(told))):
            raise RefusedError("document_shared", count=len(told))
        return told

    def document(self, document_id: str) -> str:
        return self.documents([document_id])[0]

    def sees(self, collection: str) -> bool:
        if collection.startswith(PRIVATE):
            return self.who.owns(collection[len(PRIVATE) :])
        return self.who.may_see(collection)

    def shown(self, documents: Sequence[DocumentInfo]) -> tuple[DocumentInfo, ...]:
        """Without the names of what they were found in where he may not see that."""
        from dataclasses import replace

        parents = [each.parent_id for each in documents if each.parent_id]
        there = self.app.collections_of(parents) if parents else {}

        def hides(each: DocumentInfo) -> bool:
            return bool(each.parent_id) and not self.sees(there.get(each.parent_id or "", PRIVATE))

        return tuple(replace(each, parent_id=None, parent_name="") if hides(each) else each for each in documents)

    def told(self, event: IngestEvent) -> IngestEvent:
        """While others are before him, not what they are reading."""
        from dataclasses import replace

        return replace(event, path="", done=0, total=0) if event.phase == "waiting" else event

    # -- conversations -------------------------------------------------------------

    def turn(self, turn_id: str) -> str:
        """The id of a turn of his. InputError turn_unknown."""
        record = self.app.turn(turn_id)
        if not self.who.owns(record.conversation_id) or not self._within(record.scope):
            raise InputError("turn_unknown", id=turn_id)
        return turn_id

    def conversation(self, told: str | None) -> str:
        """The id of his conversation, of a new one for None.

        InputError conversation_unknown where something in it was found where he may not look any more.
        """
        own = self.who.conversation(told)
        if not self.is_open(own):
            raise InputError("conversation_unknown", id=own)
        return own

    def is_open(self, conversation_id: str) -> bool:
        if self.who.collections is None:
            return True
        return all(self._within(turn.scope) for turn in self.app.turns(conversation_id))

    def open_ones(self, conversations: Iterable[Conversation]) -> list[Conversation]:
        return [each for each in conversations if self.is_open(each.id)]

    def _within(self, scope: Scope) -> bool:
        """Whether he may still see all that was searched for a question of his."""
        if self.who.collections is None:
            return True
        names = scope.collections
        return names is not None and all(map(self.sees, names))
