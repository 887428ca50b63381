"""Turns of conversations: each a numbered log of events that outlives the browser and the process.

Takes and gives `Event`s; knows no search and no model.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ai_chat.errors import InputError
from ai_chat.store.database import Database, now
from ai_chat.types import Event, Scope

BEHIND = "behind-"  # how the id of a conversation begins that nobody has: questions asked to fill the cache
_TITLE_LENGTH = 60
EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class TurnRecord:
    id: str
    conversation_id: str
    question: str
    finished: bool
    created_at: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that opened a conversation."""

    question: str
    scope: Scope


class Turns:
    """The turn that another one has replaced is in no list, and no part of what was said."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def create_turn(
        self, turn_id: str, conversation_id: str, question: str, scope: Scope, replaces: str | None = None
    ) -> None:
        """Make the turn, and its conversation when it is the first there; a removed one comes back. InputError turn_unknown: none of this
        conversation is to be replaced."""
        moment = now()
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO conversations (id, principal, title, created_at, used_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at, removed_at = NULL",
                (conversation_id, scope.principal, question[:_TITLE_LENGTH], moment, moment),
            )
            if replaces is not None:
                done = connection.execute(
                    "UPDATE turns SET replaced_by = ? WHERE id = ? AND conversation_id = ?",
                    (turn_id, replaces, conversation_id),
                )
                if not done.rowcount:
                    raise InputError("turn_unknown", id=replaces)
            connection.execute(
                "INSERT INTO turns (id, conversation_id, question, scope, created_at) VALUES (?, ?, ?, ?, ?)",
                (turn_id, conversation_id, question, json.dumps(asdict(scope), ensure_ascii=False), moment),
            )

    def append_events(self, turn_id: str, events: Sequence[Event]) -> None:
        """Events of kind `done` finish the turn."""
        with self._db.transaction() as connection:
            connection.executemany(
                "INSERT INTO turn_events (turn_id, seq, kind, data) VALUES (?, ?, ?, ?)",
                [(turn_id, e.seq, e.kind, json.dumps(dict(e.data), ensure_ascii=False)) for e in events],
            )
            if any(event.kind == "done" for event in events):
                rows = connection.execute(f"{_EVENTS} ORDER BY seq", (turn_id, 0)).fetchall()
                shown = _shown([_event(row) for row in rows])
                connection.execute("UPDATE turns SET finished = 1, answer = ? WHERE id = ?", (shown, turn_id))

    def events(self, turn_id: str, after: int = 0) -> list[Event]:
        return [_event(row) for row in self._db.rows(f"{_EVENTS} ORDER BY seq", (turn_id, after))]

    def turn(self, turn_id: str) -> TurnRecord:
        """InputError turn_unknown."""
        row = self._db.row(f"{_TURN} WHERE id = ?", (turn_id,))
        if row is None:
            raise InputError("turn_unknown", id=turn_id)
        return _record(row)

    def turns(self, conversation_id: str) -> list[TurnRecord]:
        rows = self._db.rows(
            f"{_TURN} WHERE conversation_id = ? AND replaced_by IS NULL ORDER BY row", (conversation_id,)
        )
        return [_record(row) for row in rows]

    def turn_ids(self, conversation_id: str) -> list[str]:
        """In the order of asking."""
        rows = self._db.rows(
            "SELECT id FROM turns WHERE conversation_id = ? AND replaced_by IS NULL ORDER BY row", (conversation_id,)
        )
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


_EVENTS = "SELECT seq, kind, data FROM turn_events WHERE turn_id = ? AND seq > ?"
_TURN = "SELECT id, conversation_id, question, finished, created_at, scope FROM turns"


def _record(row: sqlite3.Row) -> TurnRecord:
    return TurnRecord(
        id=row["id"],
        conversation_id=row["conversation_id"],
        question=row["question"],
        finished=bool(row["finished"]),
        created_at=row["created_at"],
        scope=_scope(row["scope"]),
    )


def _event(row: sqlite3.Row) -> Event:
    return Event(row["seq"], row["kind"], json.loads(row["data"]))


def _shown(events: Sequence[Event]) -> str:
    """The text that these events end with."""
    text = ""
    for event in events:
        if event.kind == "delta":
            text += event.data["text"]
        elif event.kind == "revised":
            text = event.data["text"]
        elif event.kind == "restarted":
            text = ""
    return text.strip()


def _scope(text: str) -> Scope:
    plain = json.loads(text)
    collections = None if plain["collections"] is None else tuple(plain["collections"])
    return Scope(
        plain["principal"],
        collections,
        tuple((key, value) for key, value in plain["filters"]),
        tuple(plain.get("also", ())),
    )
