"""Vectors kept between evaluations: by (embedder fingerprint, sha256 of the text), in a SQLite file of their own.

`CachedEmbedder` is an Embedder in front of another, which it opens only when something is not there yet.
The file may be deleted at any time.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ai_chat.embedding import Embedder
from ai_chat.store import text_sha256

PASSAGES_A_STEP = 16  # kept together: an interruption loses no more than these
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    fingerprint TEXT NOT NULL, sha256 BLOB NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (fingerprint, sha256)
) WITHOUT ROWID
"""


class VectorCache:
    """May be used by several threads, and by several processes at once."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> VectorCache:
        path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path, timeout=30.0, check_same_thread=False, isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(_SCHEMA)
        return cls(database)

    def get(self, fingerprint: str, text: str) -> NDArray[np.float32] | None:
        query = "SELECT vector FROM vectors WHERE fingerprint = ? AND sha256 = ?"
        with self._lock:
            row = self._database.execute(query, (fingerprint, text_sha256(text))).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype="<f4").astype(np.float32)

    def put(self, fingerprint: str, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        pairs = zip(texts, vectors, strict=True)
        rows = [(fingerprint, text_sha256(text), vector.astype("<f4").tobytes()) for text, vector in pairs]
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        self._database.close()


class CachedEmbedder:
    """Passages come from the cache where they can. The last question's vector is remembered, so that a second leg
    asked the same question does not embed it again.
    """

    def __init__(self, open_inner: Callable[[], Embedder], fingerprint: str, dim: int, cache: VectorCache) -> None:
        self.dim = dim
        self.fingerprint = fingerprint
        self._open_inner = open_inner
        self._inner: Embedder | None = None
        self._cache = cache
        self._lock = threading.Lock()
        self._last: tuple[str, NDArray[np.float32]] | None = None

    @property
    def pid(self) -> int | None:
        return self._inner.pid if self._inner else None

    def embed_query(self, text: str, timeout: float | None = None) -> NDArray[np.float32] | None:
        last = self._last
        if last and last[0] == text:
            return last[1]
        vector = self._opened().embed_query(text, timeout)
        if vector is not None:
            self._last = (text, vector)
        return vector

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [self._cache.get(self.fingerprint, text) for text in texts]
        missing = [index for index, row in enumerate(rows) if row is None]
        for start in range(0, len(missing), PASSAGES_A_STEP):
            step = missing[start : start + PASSAGES_A_STEP]
            part = [texts[index] for index in step]
            vectors = self._opened().embed_passages(part)
            self._cache.put(self.fingerprint, part, vectors)
            for index, vector in zip(step, vectors, strict=True):
                rows[index] = vector
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)

    def close(self) -> None:
        if self._inner:
            self._inner.close()

    def _opened(self) -> Embedder:
        with self._lock:
            if self._inner is None:
                self._inner = self._open_inner()
            return self._inner

