"""The library page by page: documents of a Scope found, counted and sorted in SQL, and moved between collections.

Takes a DocumentQuery, gives a DocumentPage. Writes where a document belongs, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from ai_chat.errors import InputError
from ai_chat.store.database import Database, folded, now
from ai_chat.store.family import log_changes
from ai_chat.store.library import Library
from ai_chat.store.rows import INFO, document_info
from ai_chat.types import DocumentOrder, DocumentPage, DocumentQuery, Scope, Status

MOST_ON_A_PAGE = 500
_ORDERS: dict[DocumentOrder, str] = {
    "name": "d.name",
    "added": "d.added_at",
    "modified": "coalesce(d.modified_at, '')",
    "dated": "coalesce(d.document_date, '')",
    "size": "coalesce((SELECT held.chunks FROM versions held WHERE held.id = d.version_id), 0)",
    "status": "CASE d.status WHEN 'failed' THEN 0 WHEN 'needs_password' THEN 1 WHEN 'needs_ocr' THEN 2 WHEN 'parsing' THEN 3"
    " WHEN 'queued' THEN 4 WHEN 'searchable' THEN 5 ELSE 6 END",
}
_FROM = "FROM documents d JOIN collections c ON c.id = d.collection_id"


class Pages:
    def __init__(self, database: Database, library: Library) -> None:
        self._db = database
        self._library = library

    def page(self, scope: Scope, query: DocumentQuery) -> DocumentPage:
        """InputError as for a Scope."""
        condition, scoped = self._library.condition(scope)
        values: list[str | int] = [*scoped]
        for word in query.words.split():
            condition += " AND instr(folded(d.name), ?)"
            values.append(folded(word))
        counted = self._db.rows(
            f"SELECT d.status, count(*) AS n {_FROM} WHERE {condition} GROUP BY d.status", tuple(values)
        )
        by_status: dict[Status, int] = {row["status"]: row["n"] for row in counted}
        wanted = query.statuses or tuple(by_status)
        total = sum(by_status.get(status, 0) for status in wanted)
        if query.statuses:
            condition += f" AND d.status IN ({', '.join('?' * len(query.statuses))})"
            values += query.statuses
        way = "DESC" if query.descending else "ASC"
        values += [max(0, min(query.limit, MOST_ON_A_PAGE)), max(0, query.offset)]
        # ids first: only those of the page are joined with what is told of their versions
        ids = f"SELECT d.row {_FROM} WHERE {condition} ORDER BY {_ORDERS[query.order]} {way}, d.row LIMIT ? OFFSET ?"
        rows = self._db.rows(
            f"{INFO} WHERE d.row IN ({ids}) ORDER BY {_ORDERS[query.order]} {way}, d.row", tuple(values)
        )
        return DocumentPage(tuple(map(document_info, rows)), total, by_status)

    def collections_of(self, document_ids: Sequence[str]) -> dict[str, str]:
        """The collection of each of these that there is, removed ones included."""
        wanted = "SELECT value FROM json_each(?)"  # however many they are
        rows = self._db.rows(f"SELECT d.id, c.name {_FROM} WHERE d.id IN ({wanted})", (json.dumps([*document_ids]),))
        return {row["id"]: row["name"] for row in rows}

    def collections_inside(self, document_ids: Sequence[str]) -> set[str]:
        """The collections of these documents and of all that was found inside them."""
        family = (
            "WITH RECURSIVE family (id) AS (SELECT value FROM json_each(?)"
            " UNION SELECT d.id FROM documents d JOIN family ON d.parent_id = family.id)"
        )
        rows = self._db.rows(
            f"{family} SELECT DISTINCT c.name {_FROM} WHERE d.id IN (SELECT id FROM family)",
            (json.dumps([*document_ids]),),
        )
        return {row["name"] for row in rows}

    def move(self, document_ids: Sequence[str], collection: str) -> None:
        """With what was found inside them. InputError document_unknown, document_there (at the same place in that collection)."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO collections (name, created_at) VALUES (?, ?)", (collection, now())
            )
            (target,) = connection.execute("SELECT id FROM collections WHERE name = ?", (collection,)).fetchone()
            moved: set[int] = set()
            for document_id in document_ids:
                family = connection.execute(f"{_FAMILY} SELECT * FROM family", (document_id,)).fetchall()
                if not family:
                    raise InputError("document_unknown", id=document_id)
                for row in family:
                    taken = connection.execute(_THERE, (target, row["locator"], row["id"])).fetchone()
                    if taken and taken["removed_at"] is None:
                        raise InputError("document_there", path=row["locator"], id=taken["id"])
                    if taken:
                        away = (f"{row['locator']}#{taken['id']}", taken["id"])
                        connection.execute("UPDATE documents SET locator = ? WHERE id = ?", away)
                    connection.execute(
                        "UPDATE documents SET collection_id = ?, changed_at = ? WHERE id = ?",
                        (target, now(), row["id"]),
                    )
                    moved.update({row["version_id"]} - {None})
            log_changes(connection, moved)


_FAMILY = """
    WITH RECURSIVE family (id, locator, version_id) AS (
        SELECT id, locator, version_id FROM documents WHERE id = ? AND removed_at IS NULL
        UNION SELECT d.id, d.locator, d.version_id FROM documents d JOIN family ON d.parent_id = family.id
    )
"""
_THERE = "SELECT id, removed_at FROM documents WHERE collection_id = ? AND locator = ? AND id <> ?"
