"""Vectors kept between evaluations: by (embedder fingerprint, sha256 of the text), in a SQLite file of their own.

`CachedEmbedder` is an Embedder in front of another. The file may be deleted at any time.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ai_chat.embedding import Embedder
from ai_chat.errors import MachineError
from ai_chat.store import text_sha256

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
        """What is there, or a new one; a damaged file is replaced. MachineError home_unwritable."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls(_connect(path))
        except (OSError, sqlite3.OperationalError) as error:
            raise MachineError("home_unwritable", path=str(path.parent), reason=str(error)) from error
        except sqlite3.DatabaseError:
            path.unlink()
            return cls(_connect(path))

    def get(self, fingerprint: str, text: str) -> NDArray[np.float32] | None:
        query = "SELECT vector FROM vectors WHERE fingerprint = ? AND sha256 = ?"
        with self._lock:
            row = self._database.execute(query, (fingerprint, text_sha256(text))).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype="<f4").astype(np.float32)

    def put(self, fingerprint: str, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        pairs = zip(texts, vectors, strict=True)
        rows = [(fingerprint, text_sha256(text), vector.astype("<f4").tobytes()) for text, vector in pairs]
        try:
            with self._lock, self._database:
                self._database.execute("BEGIN IMMEDIATE")
                self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
        except sqlite3.OperationalError as error:
            raise MachineError("vectors_not_kept", reason=str(error)) from error

    def close(self) -> None:
        self._database.close()


class CachedEmbedder:
    """Passages and questions come from the cache where they can, each under a name of its own.

    `on_passages` hears how many passages have been asked for so far. While `fresh_questions`, each is embedded anew.
    """

    def __init__(self, inner: Embedder, cache: VectorCache) -> None:
        self.on_passages: Callable[[int], None] = lambda _done: None
        self.fresh_questions = False
        self._inner = inner
        self._cache = cache
        self._asked = 0

    @property
    def dim(self) -> int:
        return self._inner.dim

    @property
    def fingerprint(self) -> str:
        return self._inner.fingerprint

    @property
    def pid(self) -> int | None:
        return self._inner.pid

    def embed_query(self, text: str, timeout: float | None = None) -> NDArray[np.float32] | None:
        if self.fresh_questions:
            return self._inner.embed_query(text, timeout)
        name = f"{self.fingerprint} question"
        kept = self._cache.get(name, text)
        if kept is not None:
            return kept
        vector = self._inner.embed_query(text, timeout)
        if vector is not None:
            self._cache.put(name, [text], vector[np.newaxis])
        return vector

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [self._cache.get(self.fingerprint, text) for text in texts]
        missing = [index for index, row in enumerate(rows) if row is None]
        if missing:
            fresh = [texts[index] for index in missing]
            vectors = self._inner.embed_passages(fresh)
            self._cache.put(self.fingerprint, fresh, vectors)
            for index, vector in zip(missing, vectors, strict=True):
                rows[index] = vector
        self._asked += len(texts)
        self.on_passages(self._asked)
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.dim)

    def close(self) -> None:
        """The cache is whoever opened it's to close, and so is the embedder behind."""


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30.0, check_same_thread=False, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")  # what a power cut takes is embedded again
        database.execute(_SCHEMA)
    except sqlite3.Error:
        database.close()
        raise
    return database
