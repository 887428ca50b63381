"""Documents, their collections, the versions that they stand on, and the sequence of changes.

A version is live while a document that is not removed stands on it, and several may. Each time a document comes to stand on
one or ceases to, a row in `changes` gets the next sequence number, which is how the derived indexes catch up.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict

from ai_chat.errors import InputError
from ai_chat.store.database import Database, blanks, now
from ai_chat.store.family import log_changes, set_removed
from ai_chat.store.rows import (
    CHUNK_TEXT,
    DOCUMENT,
    INFO,
    PASSAGE,
    Change,
    DocumentRow,
    VersionFilter,
    document_info,
    document_row,
    passage,
)
from ai_chat.store.scope import Condition, scope_condition
from ai_chat.store.versions import Versions
from ai_chat.types import PRIVATE, DocumentDetail, DocumentInfo, Passage, Problem, Scope, Status

_BATCH = 500


class Library:
    """All writing is in short transactions; a document changes version in one of them."""

    def __init__(self, database: Database, versions: Versions) -> None:
        self._db = database
        self._versions = versions
        self._filters: dict[tuple[int, Scope], VersionFilter | None] = {}

    # -- documents ---------------------------------------------------------

    def collections(self) -> list[str]:
        """Names of the collections that hold a document, oldest first, without those that belong to one conversation."""
        rows = self._db.rows(
            "SELECT name FROM collections c WHERE substr(name, 1, 1) <> ? AND EXISTS"
            " (SELECT 1 FROM documents d WHERE d.collection_id = c.id AND d.removed_at IS NULL) ORDER BY id",
            (PRIVATE,),
        )
        return [row["name"] for row in rows]

    def find_document(self, collection: str, locator: str) -> DocumentRow | None:
        row = self._db.row(f"{DOCUMENT} WHERE c.name = ? AND d.locator = ?", (collection, locator))
        return document_row(row) if row else None

    def locator(self, document_id: str) -> str:
        """Where the document lives for the user; InputError document_unknown."""
        row = self._db.row("SELECT locator FROM documents WHERE id = ?", (document_id,))
        if row is None:
            raise InputError("document_unknown", id=document_id)
        return str(row["locator"])

    def put_document(self, collection: str, locator: str, name: str, path: str, parent_id: str | None = None) -> str:
        """The id of the document at this place, made as queued when it is new. `parent_id`: the one that it was found in."""
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO collections (name, created_at) VALUES (?, ?)", (collection, now())
            )
            connection.execute(
                "INSERT INTO documents (id, collection_id, locator, name, path, parent_id, status, added_at, changed_at)"
                " SELECT ?, id, ?, ?, ?, ?, 'queued', ?, ? FROM collections WHERE name = ?"
                " ON CONFLICT (collection_id, locator) DO UPDATE SET name = excluded.name, path = excluded.path",
                (f"d{secrets.token_hex(6)}", locator, name, path, parent_id, now(), now(), collection),
            )
            row = connection.execute(
                "SELECT d.id FROM documents d JOIN collections c ON c.id = d.collection_id"
                " WHERE c.name = ? AND d.locator = ?",
                (collection, locator),
            ).fetchone()
        return str(row["id"])

    def set_status(self, document_id: str, status: Status, problem: Problem | None = None) -> None:
        """A failed document keeps its older version, if any, searchable; one that was removed comes back without."""
        error = json.dumps(asdict(problem), ensure_ascii=False) if problem else None
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE documents SET status = ?, error = ?, changed_at = ?, removed_at = NULL,"
                " version_id = CASE WHEN removed_at IS NULL THEN version_id END WHERE id = ?",
                (status, error, now(), document_id),
            )

    def documents(self, scope: Scope) -> list[DocumentInfo]:
        condition, values = self.condition(scope)
        rows = self._db.rows(f"{INFO} WHERE {condition} ORDER BY c.id, d.name, d.row", values)
        return [document_info(row) for row in rows]

    def document(self, document_id: str) -> DocumentDetail:
        """With all its units; InputError document_unknown."""
        row = self._db.row(f"{INFO} WHERE d.id = ? AND d.removed_at IS NULL", (document_id,))
        if row is None:
            raise InputError("document_unknown", id=document_id)
        return DocumentDetail(
            info=document_info(row),
            version_id=row["version_id"],
            sha256=row["sha256"],
            parser=row["parser"],
            units=self._versions.units(row["version_id"]) if row["version_id"] else (),
        )

    def remove(self, document_ids: Sequence[str]) -> None:
        """Out of every list and result at once, with what was found inside; `restore` undoes it. Unknown ids: nothing is removed."""
        self._set_removed(document_ids, removed=True)

    def restore(self, document_ids: Sequence[str]) -> None:
        self._set_removed(document_ids, removed=False)

    # -- versions of documents --------------------------------------------------

    def publish(
        self, document_id: str, version_id: int, status: Status, *, modified_at: str = "", document_date: str = ""
    ) -> None:
        """The document stands on this version from now on, in lists and results alike."""
        with self._db.transaction() as connection:
            old = connection.execute("SELECT version_id FROM documents WHERE id = ?", (document_id,)).fetchone()
            connection.execute(
                "UPDATE documents SET version_id = ?, status = ?, error = NULL, changed_at = ?, removed_at = NULL,"
                " modified_at = ?, document_date = ? WHERE id = ?",
                (version_id, status, now(), modified_at or None, document_date or None, document_id),
            )
            log_changes(connection, {version_id, old["version_id"]} - {None})

    def set_dates(self, document_id: str, modified_at: str, document_date: str | None = None) -> None:
        """Its file was written anew with the same content, or its dates were not kept so far; None leaves the day."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE documents SET modified_at = ?, document_date = coalesce(?, document_date), changed_at = ? WHERE id = ?",
                (modified_at, document_date or None, now(), document_id),
            )
            row = connection.execute("SELECT version_id FROM documents WHERE id = ?", (document_id,)).fetchone()
            log_changes(connection, {row["version_id"]} - {None})

    def mark_complete(self, version_id: int) -> None:
        """All of the version's vectors are there."""
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE documents SET status = 'complete' WHERE version_id = ? AND status = 'searchable'",
                (version_id,),
            )

    def mark_all_incomplete(self) -> None:
        """The vector index is a new one."""
        with self._db.transaction() as connection:
            connection.execute("UPDATE documents SET status = 'searchable' WHERE status = 'complete'")

    # -- what the indexes need ----------------------------------------------

    def sequence(self) -> int:
        """The number of the last change; 0 before the first."""
        row = self._db.row("SELECT max(sequence) FROM changes")
        return int(row[0] or 0) if row else 0

    def changes(self, after: int) -> list[Change]:
        """The last change of each version since `after`, in order."""
        rows = self._db.rows(
            "SELECT max(sequence) AS last, version_id, live FROM changes WHERE sequence > ?"
            " GROUP BY version_id ORDER BY last",
            (after,),
        )
        return [Change(row["last"], row["version_id"], bool(row["live"])) for row in rows]

    def live_versions(self) -> list[int]:
        rows = self._db.rows(
            "SELECT DISTINCT version_id FROM documents WHERE version_id IS NOT NULL AND removed_at IS NULL"
            " ORDER BY version_id"
        )
        return [row["version_id"] for row in rows]

    def version_filter(self, scope: Scope) -> VersionFilter | None:
        """What a ranking must keep to; None where everything live is in scope."""
        key = (self.sequence(), scope)
        with suppress(KeyError):  # another thread may clear it at any time
            return self._filters[key]
        found = self._version_filter(scope)
        if len(self._filters) > 64:
            self._filters.clear()
        self._filters[key] = found
        return found

    def passages(self, chunk_ids: Sequence[int], scope: Scope) -> dict[int, Passage]:
        """The chunks among these that are live and in scope, by id."""
        condition, values = self.condition(scope)
        found: dict[int, Passage] = {}
        for first in range(0, len(chunk_ids), _BATCH):
            ids = chunk_ids[first : first + _BATCH]
            sql = f"{PASSAGE} WHERE k.id IN ({blanks(ids)}) AND {condition} GROUP BY k.id"
            rows = self._db.rows(sql, (*ids, *values))
            found.update((row["chunk_id"], passage(row)) for row in rows)
        return found

    def texts(self, chunk_ids: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Chunks with their texts, live or not."""
        for first in range(0, len(chunk_ids), _BATCH):
            ids = chunk_ids[first : first + _BATCH]
            rows = self._db.rows(f"{CHUNK_TEXT} WHERE k.id IN ({blanks(ids)})", tuple(ids))
            yield from ((row["id"], row["text"]) for row in rows)

    def copies(self, version_ids: Collection[int], scope: Scope) -> dict[int, list[tuple[str, str]]]:
        """For each version the documents in scope that stand on it, (id, name), oldest first.

        CROSS: few versions are asked for, so SQLite is not to begin with all documents of a collection.
        """
        condition, values = self.condition(scope)
        found: dict[int, list[tuple[str, str]]] = {}
        for row in self._db.rows(
            "SELECT d.version_id, d.id, d.name FROM documents d CROSS JOIN collections c ON c.id = d.collection_id"
            f" WHERE d.version_id IN ({blanks(version_ids)}) AND {condition} ORDER BY d.row",
            (*version_ids, *values),
        ):
            found.setdefault(row["version_id"], []).append((row["id"], row["name"]))
        return found

    def is_new(self) -> bool:
        """Whether no document has ever been here."""
        return self._db.row("SELECT 1 FROM documents LIMIT 1") is None

    def counts(self, scope: Scope | None = None) -> dict[str, int]:
        """How many live documents and chunks there are, everywhere or in a scope."""
        condition, values = self.condition(scope) if scope else ("d.removed_at IS NULL", ())
        row = self._db.row(
            "WITH live AS (SELECT d.version_id FROM documents d JOIN collections c ON c.id = d.collection_id"
            f" WHERE {condition}) SELECT (SELECT count(*) FROM live) AS documents,"
            " (SELECT coalesce(sum(chunks), 0) FROM versions WHERE id IN (SELECT version_id FROM live)) AS chunks",
            values,
        )
        return dict(row) if row else {}

    # -- inside --------------------------------------------------------------

    def _set_removed(self, document_ids: Sequence[str], *, removed: bool) -> None:
        with self._db.transaction() as connection:
            done: dict[str, int | None] = {}
            for document_id in document_ids:
                if document_id not in done:  # else it went with what it was found in
                    done.update(set_removed(connection, document_id, removed=removed))
            log_changes(connection, {version for version in done.values() if version is not None})

    def condition(self, scope: Scope) -> Condition:
        """SQL over documents d and collections c."""
        return scope_condition(scope, self._collection_names)

    def _collection_names(self) -> list[str]:
        return [row["name"] for row in self._db.rows("SELECT name FROM collections ORDER BY id")]

    def _version_filter(self, scope: Scope) -> VersionFilter | None:
        condition, values = self.condition(scope)
        rows = self._db.rows(
            "SELECT DISTINCT d.version_id FROM documents d JOIN collections c ON c.id = d.collection_id"
            f" WHERE d.version_id IS NOT NULL AND {condition}",
            values,
        )
        inside = frozenset(row["version_id"] for row in rows)
        outside = frozenset(self.live_versions()) - inside
        if not outside:
            return None
        return VersionFilter(outside, True) if len(outside) < len(inside) else VersionFilter(inside, False)
