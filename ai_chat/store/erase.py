"""Erasing documents from the library for good: their rows, their text, their vectors, and what was said from them.

Takes ids, gives what goes; SQLite overwrites what is deleted. Knows no file and no index.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from ai_chat.errors import InputError
from ai_chat.store.database import Database, blanks
from ai_chat.store.family import log_changes
from ai_chat.store.rows import DOCUMENT, DocumentRow, document_row
from ai_chat.types import PRIVATE

Tells = Callable[[str], bool]
"""Whether a text tells of what is to go."""

_TITLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Said:
    """Turns to be erased, by their row; `conversations` that they are of; `titled`: those whose title tells of what goes."""

    turns: tuple[int, ...] = ()
    conversations: tuple[str, ...] = ()
    titled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows went. `conversations`: those of which nothing is left; `vectors`: of texts that nobody has any more."""

    documents: int
    versions: int
    vectors: int
    turns: int
    conversations: int


class Erasing:
    def __init__(self, database: Database) -> None:
        self._db = database

    def family(self, document_ids: Sequence[str]) -> list[DocumentRow]:
        """These and all that was found inside them, removed or not. InputError: document_unknown, purge_inside."""
        found: dict[str, DocumentRow] = {}
        for document_id in document_ids:
            rows = self._db.rows(f"{_FAMILY} {DOCUMENT} WHERE d.id IN family ORDER BY d.row", (document_id,))
            if not rows:
                raise InputError("document_unknown", id=document_id)
            found.update((row["id"], document_row(row)) for row in rows)
        for row in found.values():
            if row.parent_id is not None and row.parent_id not in found:
                raise InputError("purge_inside", name=row.name, id=row.id, parent=row.parent_id)
        return list(found.values())

    def removed_documents(self) -> list[str]:
        """What was removed and lies in nothing that is still there."""
        rows = self._db.rows(
            "SELECT d.id FROM documents d LEFT JOIN documents p ON p.id = d.parent_id"
            " WHERE d.removed_at IS NOT NULL AND (p.id IS NULL OR p.removed_at IS NOT NULL) ORDER BY d.row"
        )
        return [row["id"] for row in rows]

    def removed_conversations(self) -> list[str]:
        rows = self._db.rows("SELECT id FROM conversations WHERE removed_at IS NOT NULL")
        return [row["id"] for row in rows]

    def others_on(self, documents: Sequence[DocumentRow]) -> list[tuple[str, str]]:
        """Other documents, removed or not, with the very same content as one of these: (id, name)."""
        ids = tuple(row.id for row in documents)
        shas = tuple({row.sha256 for row in documents if row.sha256})
        rows = self._db.rows(
            "SELECT d.id, d.name FROM documents d JOIN versions v ON v.id = d.version_id"
            f" WHERE v.sha256 IN ({blanks(shas)}) AND d.id NOT IN ({blanks(ids)}) ORDER BY d.row",
            (*shas, *ids),
        )
        return [(row["id"], row["name"]) for row in rows]

    def texts(self, documents: Sequence[DocumentRow]) -> Iterator[str]:
        """Of their units, one after the other."""
        for row in documents:
            if row.version_id is not None:
                yield from self._texts("version_id = ?", (row.version_id,))

    def other_texts(self, documents: Sequence[DocumentRow]) -> Iterator[str]:
        """Of the units that other documents stand on, and the names of these."""
        ids = tuple(row.id for row in documents)
        rest = f"SELECT version_id FROM documents WHERE version_id IS NOT NULL AND id NOT IN ({blanks(ids)})"
        yield from self._texts(f"version_id IN ({rest})", ids)
        for row in self._db.rows(f"SELECT name, path FROM documents WHERE id NOT IN ({blanks(ids)})", ids):
            yield f"{row['name']}\n{row['path']}"

    def kept_paths(self, documents: Sequence[DocumentRow]) -> tuple[set[str], set[str]]:
        """Paths of all other documents, and places of what lies inside them."""
        ids = tuple(row.id for row in documents)
        others = self._db.rows(
            "SELECT d.path, coalesce(v.attachments, '[]') AS attachments FROM documents d"
            f" LEFT JOIN versions v ON v.id = d.version_id WHERE d.id NOT IN ({blanks(ids)})",
            ids,
        )
        inside = {place for row in others for _name, place in json.loads(row["attachments"])}
        return {row["path"] for row in others}, inside

    def said(self, document_ids: Collection[str], tells: Tells) -> Said:
        """The turns that showed one of the documents or whose words tell of it, and all that follow these in their conversations:
        what was said before stands in the prompt of what is said next."""
        first: dict[str, int] = {}
        for row, conversation, text in self._spoken():
            if any(each in text for each in document_ids) or tells(text):
                first[conversation] = min(row, first.get(conversation, row))
        turns = (
            each["row"]
            for conversation, row in first.items()
            for each in self._db.rows(
                "SELECT row FROM turns WHERE conversation_id = ? AND row >= ?", (conversation, row)
            )
        )
        titles = self._db.rows("SELECT id, title FROM conversations")
        titled = tuple(row["id"] for row in titles if tells(row["title"]))
        return Said(tuple(sorted(turns)), tuple(first), titled)

    def spoken_besides(self, said: Said) -> Iterator[str]:
        """What all other turns hold."""
        gone = frozenset(said.turns)
        yield from (text for row, _conversation, text in self._spoken() if row not in gone)

    def erase(self, documents: Sequence[DocumentRow], said: Said, conversations: Sequence[str] = ()) -> Erased:
        """All or nothing. Versions that no document stands on any more go as well, whosever they were; so do their vectors."""
        ids = tuple(row.id for row in documents)
        live = {row.version_id for row in documents if row.version_id is not None}
        with self._db.transaction() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            turns = _delete_turns(connection, said)
            gone = _delete_conversations(connection, said.conversations, conversations)
            connection.execute(f"DELETE FROM documents WHERE id IN ({blanks(ids)})", ids)
            log_changes(connection, live)
            versions = connection.execute(f"DELETE FROM versions WHERE id NOT IN ({_STOOD_ON})").rowcount
            vectors = connection.execute(
                "DELETE FROM vectors WHERE text_sha256 NOT IN (SELECT text_sha256 FROM chunks)"
            ).rowcount
            connection.execute(
                "DELETE FROM collections WHERE substr(name, 1, 1) = ?"
                " AND id NOT IN (SELECT collection_id FROM documents)",
                (PRIVATE,),
            )
        return Erased(len(ids), versions, vectors, turns, gone)

    def forget_conversations(self, before: str) -> list[str]:
        """Erase those without a question since, removed or not; gives their ids. What is deleted is overwritten."""
        with self._db.transaction() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            gone = connection.execute("DELETE FROM conversations WHERE used_at < ? RETURNING id", (before,)).fetchall()
        return [row["id"] for row in gone]

    def documents_of(self, conversations: Sequence[str]) -> list[str]:
        """Ids of live documents that belong to one of these conversations alone."""
        names = tuple(f"{PRIVATE}{each}" for each in conversations)
        rows = self._db.rows(
            "SELECT d.id FROM documents d JOIN collections c ON c.id = d.collection_id"
            f" WHERE c.name IN ({blanks(names)}) AND d.parent_id IS NULL AND d.removed_at IS NULL",
            names,
        )
        return [row["id"] for row in rows]

    def _texts(self, condition: str, values: tuple[object, ...]) -> Iterator[str]:
        """A few units at a time: a text may be large."""
        last = 0
        while rows := self._db.rows(
            f"SELECT id, label, text FROM units WHERE {condition} AND id > ? ORDER BY id LIMIT 64", (*values, last)
        ):
            yield from (f"{row['label']}\n{row['text']}" for row in rows)
            last = rows[-1]["id"]

    def _spoken(self) -> Iterator[tuple[int, str, str]]:
        """Row of the turn, its conversation, and each text that is kept of it."""
        for row in self._db.rows(
            "SELECT t.row, t.conversation_id, t.question || char(10) || t.answer || char(10) || t.scope || char(10) ||"
            " coalesce(r.note, '') AS text FROM turns t LEFT JOIN ratings r ON r.turn_id = t.id"
        ):
            yield row["row"], row["conversation_id"], row["text"]
        last = 0
        while rows := self._db.rows("SELECT row, id, conversation_id FROM turns WHERE row > ? LIMIT 64", (last,)):
            for row in rows:
                for event in self._db.rows("SELECT data FROM turn_events WHERE turn_id = ?", (row["id"],)):
                    yield row["row"], row["conversation_id"], event["data"]
            last = rows[-1]["row"]


_FAMILY = (
    "WITH RECURSIVE family (id) AS (SELECT ? UNION SELECT d.id FROM documents d JOIN family ON d.parent_id = family.id)"
)
_STOOD_ON = "SELECT version_id FROM documents WHERE version_id IS NOT NULL"


def _delete_turns(connection: sqlite3.Connection, said: Said) -> int:
    """A title that came of a question that goes, or tells of it, becomes that of the first question that stays."""
    rows = ",".join(map(str, said.turns))
    connection.execute(
        "UPDATE conversations SET title = coalesce((SELECT substr(question, 1, ?) FROM turns"
        f" WHERE conversation_id = conversations.id AND row NOT IN ({rows}) ORDER BY row LIMIT 1), '')"
        f" WHERE id IN ({blanks(said.titled)}) OR title IN (SELECT substr(question, 1, ?) FROM turns WHERE row IN ({rows})"
        " AND conversation_id = conversations.id)",
        (_TITLE_LENGTH, *said.titled, _TITLE_LENGTH),
    )
    connection.execute(
        f"UPDATE turns SET replaced_by = NULL WHERE replaced_by IN (SELECT id FROM turns WHERE row IN ({rows}))"
    )
    return connection.execute(f"DELETE FROM turns WHERE row IN ({rows})").rowcount


def _delete_conversations(connection: sqlite3.Connection, touched: Sequence[str], wanted: Sequence[str]) -> int:
    """Those that are wanted gone, and those of which nothing is left."""
    gone = connection.execute(f"DELETE FROM conversations WHERE id IN ({blanks(wanted)})", tuple(wanted)).rowcount
    empty = connection.execute(
        f"DELETE FROM conversations WHERE id IN ({blanks(touched)}) AND id NOT IN (SELECT conversation_id FROM turns)",
        tuple(touched),
    ).rowcount
    return gone + empty
