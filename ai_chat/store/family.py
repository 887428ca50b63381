"""Documents inside others, and documents that wait for something: what ingestion asks besides single documents.

Takes ids and places, gives DocumentRows. A document goes and comes back together with all that was found inside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from ai_chat.errors import InputError
from ai_chat.store.database import Database, now
from ai_chat.store.rows import DOCUMENT, DocumentRow, document_row

_FAMILY = """
    WITH RECURSIVE family (id) AS (
        SELECT ? UNION SELECT d.id FROM documents d JOIN family ON d.parent_id = family.id
    )
"""


class Family:
    def __init__(self, database: Database) -> None:
        self._db = database

    def row(self, document_id: str) -> DocumentRow:
        """Also of a removed one; InputError document_unknown."""
        return self._rows("d.id = ?", document_id, none=document_id)[0]

    def children(self, document_id: str) -> list[DocumentRow]:
        """What was found right inside it and is not removed."""
        return self._rows("d.parent_id = ? AND d.removed_at IS NULL", document_id)

    def depth(self, document_id: str | None) -> int:
        """How many documents stand around one that is inside this one."""
        steps = 0
        while document_id is not None:
            steps, document_id = steps + 1, self.row(document_id).parent_id
        return steps

    def interrupted(self) -> list[DocumentRow]:
        """Documents whose reading was begun and not finished."""
        return self._rows("d.status IN ('queued', 'parsing') AND d.removed_at IS NULL")

    def awaiting_ocr(self) -> list[DocumentRow]:
        """Nothing of them, or not all, could be read without OCR."""
        return self._rows("(d.status = 'needs_ocr' OR v.unread_pages > 0) AND d.removed_at IS NULL")

    def undated(self) -> list[DocumentRow]:
        """Documents from before their files' times were kept."""
        return self._rows("d.modified_at IS NULL AND d.version_id IS NOT NULL AND d.removed_at IS NULL")

    def relocate(self, document_id: str, locator: str, name: str, path: str) -> None:
        """Its file has another place and perhaps another name; what was found inside it goes with it.

        A removed document at the new place makes room; InputError document_there where a living one is.
        """
        old = self.row(document_id)
        with self._db.transaction() as connection:
            _make_room(connection, old, locator)
            connection.execute(
                "UPDATE documents SET locator = ?, name = ?, path = ?, changed_at = ? WHERE id = ?",
                (locator, name, path, now(), document_id),
            )
            connection.execute(
                f"{_FAMILY} UPDATE documents SET locator = ? || substr(locator, ?) WHERE id <> ? AND id IN family",
                (document_id, locator, len(old.locator) + 1, document_id),
            )
            if old.version_id and not old.removed:
                log_changes(connection, {old.version_id})  # it is found by its name, too

    def is_on(self, switch: str) -> bool:
        row = self._db.row("SELECT is_on FROM switches WHERE name = ?", (switch,))
        return bool(row and row["is_on"])

    def turn(self, switch: str, on: bool) -> None:
        with self._db.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO switches (name, is_on) VALUES (?, ?)", (switch, int(on)))

    def _rows(self, condition: str, *values: str, none: str | None = None) -> list[DocumentRow]:
        rows = self._db.rows(f"{DOCUMENT} WHERE {condition} ORDER BY d.row", values)
        if none is not None and not rows:
            raise InputError("document_unknown", id=none)
        return [document_row(row) for row in rows]


def set_removed(connection: sqlite3.Connection, document_id: str, *, removed: bool) -> dict[str, int | None]:
    """Take out a document that is there, or bring back one that is not, and what went with it; gives their versions by id."""
    row = connection.execute(
        "SELECT removed_at FROM documents WHERE id = ? AND (removed_at IS NULL) = ?", (document_id, int(removed))
    ).fetchone()
    if row is None:
        raise InputError("document_unknown", id=document_id)
    together = (document_id, row["removed_at"])
    found = connection.execute(
        f"{_FAMILY} SELECT id, version_id FROM documents WHERE id IN family AND removed_at IS ?", together
    ).fetchall()
    moment = now()
    connection.execute(
        f"{_FAMILY} UPDATE documents SET removed_at = ?, changed_at = ? WHERE id IN family AND removed_at IS ?",
        (document_id, f"{moment} {document_id}" if removed else None, moment, row["removed_at"]),  # when, and with whom
    )
    return {each["id"]: each["version_id"] for each in found}


def log_changes(connection: sqlite3.Connection, versions: Collection[int]) -> None:
    """Also where a version stays live: another document may bring it into another collection."""
    for version in sorted(versions):
        connection.execute(
            "INSERT INTO changes (version_id, live)"
            " SELECT ?, EXISTS (SELECT 1 FROM documents WHERE version_id = ? AND removed_at IS NULL)",
            (version, version),
        )


def _make_room(connection: sqlite3.Connection, document: DocumentRow, locator: str) -> None:
    row = connection.execute(
        "SELECT d.id, d.removed_at FROM documents d JOIN collections c ON c.id = d.collection_id"
        " WHERE c.name = ? AND d.locator = ? AND d.id <> ?",
        (document.collection, locator, document.id),
    ).fetchone()
    if row is None:
        return
    if row["removed_at"] is None:
        raise InputError("document_there", path=locator, id=row["id"])
    connection.execute("UPDATE documents SET locator = ? WHERE id = ?", (f"{locator}#{row['id']}", row["id"]))
