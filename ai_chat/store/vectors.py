"""Vectors by (embedder fingerprint, sha256 of the text): computed once for a text, wherever it stands.

Takes and gives float16 bytes; knows no embedder and no index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ai_chat.store.database import Database
from ai_chat.types import KeptVectors

_BATCH = 500


class Vectors:
    def __init__(self, database: Database) -> None:
        self._db = database

    def get(self, embedder: str, texts: Sequence[bytes]) -> dict[bytes, bytes]:
        """The vectors that are there, by the texts' sha256."""
        found: dict[bytes, bytes] = {}
        for first in range(0, len(texts), _BATCH):
            part = texts[first : first + _BATCH]
            blanks = ",".join("?" * len(part))
            rows = self._db.rows(
                f"SELECT text_sha256, vector FROM vectors WHERE embedder = ? AND text_sha256 IN ({blanks})",
                (embedder, *part),
            )
            found.update((row["text_sha256"], row["vector"]) for row in rows)
        return found

    def put(self, embedder: str, vectors: Mapping[bytes, bytes]) -> None:
        with self._db.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors (embedder, text_sha256, vector) VALUES (?, ?, ?)",
                [(embedder, sha, vector) for sha, vector in vectors.items()],
            )

    def missing(self, embedder: str) -> int:
        """How many different texts have no vector yet, of live documents that are not complete."""
        row = self._db.row(
            "SELECT count(DISTINCT k.text_sha256) FROM chunks k JOIN units u ON u.id = k.unit_id"
            " WHERE u.version_id IN"
            " (SELECT version_id FROM documents WHERE removed_at IS NULL AND status <> 'complete')"
            " AND NOT EXISTS (SELECT 1 FROM vectors v WHERE v.embedder = ? AND v.text_sha256 = k.text_sha256)",
            (embedder,),
        )
        return int(row[0]) if row else 0

    def coverage(self, embedder: str) -> tuple[int, int]:
        """How many different texts of live documents there are, and how many of them have a vector."""
        row = self._db.row(
            "SELECT count(*), count(v.text_sha256) FROM (SELECT DISTINCT k.text_sha256 FROM chunks k"
            " JOIN units u ON u.id = k.unit_id WHERE u.version_id IN"
            " (SELECT version_id FROM documents WHERE removed_at IS NULL)) t"
            " LEFT JOIN vectors v ON v.embedder = ? AND v.text_sha256 = t.text_sha256",
            (embedder,),
        )
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def of_others(self, embedder: str) -> list[KeptVectors]:
        """The vectors that other embedders made."""
        rows = self._db.rows(
            "SELECT embedder, count(*) AS count, sum(length(vector) + length(text_sha256)) AS bytes FROM vectors"
            " WHERE embedder <> ? GROUP BY embedder ORDER BY embedder",
            (embedder,),
        )
        return [KeptVectors(row["embedder"], row["count"], row["bytes"]) for row in rows]

    def drop(self, embedder: str) -> None:
        """Forget what this embedder made; the file shrinks with Database.shrink."""
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM vectors WHERE embedder = ?", (embedder,))
