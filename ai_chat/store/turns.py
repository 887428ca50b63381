"""Conversations and their turns: each turn a numbered log of events that outlives the browser and the process.

Takes and gives `Event`s; knows no search and no model.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ai_chat.errors import InputError
from ai_chat.store.database import Database, now
from ai_chat.types import Event, Scope

BEHIND = "behind-"  # how the id of a conversation begins that nobody has: questions asked to fill the cache
_TITLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    title: str
    created_at: str


@dataclass(frozen=True, slots=True)
class TurnRecord:
    id: str
    conversation_id: str
    question: str
    finished: bool
    created_at: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that opened a conversation."""

    question: str
    scope: Scope


class Conversations:
    def __init__(self, database: Database) -> None:
        self._db = database

    def create_turn(self, turn_id: str, conversation_id: str, question: str, scope: Scope) -> None:
        """Make the turn, and its conversation when it is the first there."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO conversations (id, principal, title, created_at) VALUES (?, ?, ?, ?)",
                (conversation_id, scope.principal, question[:_TITLE_LENGTH], now()),
            )
            connection.execute(
                "INSERT INTO turns (id, conversation_id, question, scope, created_at) VALUES (?, ?, ?, ?, ?)",
                (turn_id, conversation_id, question, json.dumps(asdict(scope), ensure_ascii=False), now()),
            )

    def append_events(self, turn_id: str, events: Sequence[Event]) -> None:
        """Events of kind `done` finish the turn."""
        with self._db.transaction() as connection:
            connection.executemany(
                "INSERT INTO turn_events (turn_id, seq, kind, data) VALUES (?, ?, ?, ?)",
                [(turn_id, e.seq, e.kind, json.dumps(dict(e.data), ensure_ascii=False)) for e in events],
            )
            if any(event.kind == "done" for event in events):
                connection.execute("UPDATE turns SET finished = 1 WHERE id = ?", (turn_id,))

    def events(self, turn_id: str, after: int = 0) -> list[Event]:
        rows = self._db.rows(
            "SELECT seq, kind, data FROM turn_events WHERE turn_id = ? AND seq > ? ORDER BY seq", (turn_id, after)
        )
        return [Event(row["seq"], row["kind"], json.loads(row["data"])) for row in rows]

    def turn(self, turn_id: str) -> TurnRecord:
        """InputError turn_unknown."""
        row = self._db.row(f"{_TURN} WHERE id = ?", (turn_id,))
        if row is None:
            raise InputError("turn_unknown", id=turn_id)
        return TurnRecord(row["id"], row["conversation_id"], row["question"], bool(row["finished"]), row["created_at"])

    def turns(self, conversation_id: str) -> list[TurnRecord]:
        rows = self._db.rows(f"{_TURN} WHERE conversation_id = ? ORDER BY row", (conversation_id,))
        return [
            TurnRecord(r["id"], r["conversation_id"], r["question"], bool(r["finished"]), r["created_at"]) for r in rows
        ]

    def turn_ids(self, conversation_id: str) -> list[str]:
        """In the order of asking."""
        rows = self._db.rows("SELECT id FROM turns WHERE conversation_id = ? ORDER BY row", (conversation_id,))
        return [row["id"] for row in rows]

    def unfinished(self) -> list[str]:
        """Turns that a process left behind when it died."""
        return [row["id"] for row in self._db.rows("SELECT id FROM turns WHERE finished = 0")]

    def asked(self, principal: str, most: int) -> list[Asked]:
        """The last questions that stand by themselves, the oldest first: those that opened a conversation of somebody."""
        rows = self._db.rows(
            "SELECT question, scope FROM turns WHERE row IN (SELECT min(row) FROM turns GROUP BY conversation_id)"
            " AND conversation_id NOT LIKE ? AND conversation_id IN (SELECT id FROM conversations WHERE principal = ?)"
            " ORDER BY row DESC LIMIT ?",
            (f"{BEHIND}%", principal, most),
        )
        return [Asked(row["question"], _scope(row["scope"])) for row in reversed(rows)]

    def conversations(self, principal: str) -> list[Conversation]:
        rows = self._db.rows(
            "SELECT id, title, created_at FROM conversations WHERE principal = ? AND id NOT LIKE ?"
            " ORDER BY created_at DESC, rowid DESC",
            (principal, f"{BEHIND}%"),
        )
        return [Conversation(row["id"], row["title"], row["created_at"]) for row in rows]


_TURN = "SELECT id, conversation_id, question, finished, created_at FROM turns"


def _scope(text: str) -> Scope:
    plain = json.loads(text)
    collections = None if plain["collections"] is None else tuple(plain["collections"])
    return Scope(plain["principal"], collections, tuple((key, value) for key, value in plain["filters"]))
