"""Conversations as somebody keeps them: listed, searched, named, removed and brought back; and what was thought of their answers.

Takes ids and words, gives frozen values. Knows no event.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ai_chat.errors import InputError
from ai_chat.store.database import Database, blanks, folded, now
from ai_chat.store.turns import BEHIND
from ai_chat.types import PRIVATE, Rating

MOST_TITLE = 120
MOST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Conversation:
    """Times in UTC; `used_at`: of its last question."""

    id: str
    title: str
    created_at: str
    used_at: str


class Conversations:
    def __init__(self, database: Database) -> None:
        self._db = database

    def conversations(self, principal: str, words: str = "") -> list[Conversation]:
        """The last used first; of `words` each stands in the title, a question or an answer."""
        conditions, values = "", [principal, f"{BEHIND}%"]
        for word in words.split():
            conditions += f" AND (instr(folded(c.title), ?) OR EXISTS ({_SAYING}))"
            values += [folded(word)] * 3
        rows = self._db.rows(f"{_CONVERSATION}{conditions} ORDER BY c.used_at DESC, c.rowid DESC", tuple(values))
        return [Conversation(row["id"], row["title"], row["created_at"], row["used_at"]) for row in rows]

    def conversation(self, conversation_id: str) -> Conversation:
        """InputError conversation_unknown."""
        row = self._db.row(f"{_ONE} WHERE id = ? AND removed_at IS NULL", (conversation_id,))
        if row is None:
            raise InputError("conversation_unknown", id=conversation_id)
        return Conversation(row["id"], row["title"], row["created_at"], row["used_at"])

    def rename(self, conversation_id: str, title: str) -> None:
        """InputError conversation_unknown, title_empty."""
        told = " ".join(unicodedata.normalize("NFC", title).split())[:MOST_TITLE]
        if not told:
            raise InputError("title_empty")
        self._change(f"UPDATE conversations SET title = ? WHERE {_KNOWN}", told, conversation_id)

    def remove(self, ids: Sequence[str]) -> list[str]:
        """Out of every list; `restore` undoes it. The ids of the documents that belong to them alone. InputError conversation_unknown."""
        for each in ids:
            self._change(f"UPDATE conversations SET removed_at = ? WHERE {_KNOWN}", now(), each)
        return self._documents(ids, "d.removed_at IS NULL")

    def restore(self, ids: Sequence[str]) -> list[str]:
        """The ids of the documents that went with them."""
        went = "d.removed_at >= (SELECT removed_at FROM conversations WHERE id = substr(c.name, 2))"
        found = self._documents(ids, went)
        for each in ids:
            self._change("UPDATE conversations SET removed_at = NULL WHERE removed_at IS NOT NULL AND id = ?", each)
        return found

    def rate(self, turn_id: str, good: bool | None, note: str = "") -> Rating | None:
        """None takes it back. InputError turn_unknown."""
        if self._db.row("SELECT 1 FROM turns WHERE id = ?", (turn_id,)) is None:
            raise InputError("turn_unknown", id=turn_id)
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM ratings WHERE turn_id = ?", (turn_id,))
            if good is not None:
                told = unicodedata.normalize("NFC", note).strip()[:MOST_NOTE]
                connection.execute("INSERT INTO ratings VALUES (?, ?, ?, ?)", (turn_id, int(good), told, now()))
        return next(iter(self._ratings("r.turn_id = ?", turn_id)), None)

    def ratings(self, conversation_id: str | None = None) -> list[Rating]:
        """In the order of asking; those of removed conversations are left out."""
        if conversation_id is None:
            return self._ratings("c.removed_at IS NULL")
        return self._ratings("t.conversation_id = ?", conversation_id)

    def _ratings(self, condition: str, *values: str) -> list[Rating]:
        rows = self._db.rows(f"{_RATING} WHERE {condition} ORDER BY t.row", values)
        return [
            Rating(row["turn_id"], row["question"], bool(row["good"]), row["note"], row["rated_at"]) for row in rows
        ]

    def _documents(self, ids: Sequence[str], condition: str) -> list[str]:
        names = tuple(f"{PRIVATE}{each}" for each in ids)
        rows = self._db.rows(
            "SELECT d.id FROM documents d JOIN collections c ON c.id = d.collection_id"
            f" WHERE c.name IN ({blanks(names)}) AND d.parent_id IS NULL AND {condition} ORDER BY d.row",
            names,
        )
        return [row["id"] for row in rows]

    def _change(self, sql: str, *values: str) -> None:
        """The last value is the id."""
        with self._db.transaction() as connection:
            if not connection.execute(sql, values).rowcount:
                raise InputError("conversation_unknown", id=values[-1])


_KNOWN = "removed_at IS NULL AND id = ?"
_ONE = "SELECT id, title, created_at, used_at FROM conversations"
_CONVERSATION = (
    "SELECT c.id, c.title, c.created_at, c.used_at FROM conversations c"
    " WHERE c.principal = ? AND c.removed_at IS NULL AND c.id NOT LIKE ?"
)
_SAYING = (
    "SELECT 1 FROM turns t WHERE t.conversation_id = c.id AND t.replaced_by IS NULL"
    " AND (instr(folded(t.question), ?) OR instr(folded(t.answer), ?))"
)
_RATING = (
    "SELECT r.turn_id, t.question, r.good, r.note, r.rated_at FROM ratings r JOIN turns t ON t.id = r.turn_id"
    " JOIN conversations c ON c.id = t.conversation_id"
)
