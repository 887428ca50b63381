"""Fills a vector index from the vectors that the library keeps, embedding nothing.

Takes a store and a vector index that holds no more than its sequence says; gives progress. Knows no embedder: what has no
vector yet is left to Backfill, which goes on from the sequence reached here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ai_chat.store import Store, StoredChunk


class Dense(Protocol):
    """What filling needs of a vector index."""

    @property
    def dim(self) -> int: ...

    @property
    def sequence(self) -> int: ...

    def add(self, chunk_ids: Any, version_ids: Any, vectors: NDArray[np.float32]) -> None: ...

    def contains(self, chunk_ids: Any) -> NDArray[np.bool_]: ...

    def remove(self, version_ids: Any) -> None: ...

    def commit(self, sequence: int) -> None: ...


def restore_vectors(store: Store, dense: Dense, embedder: str) -> Iterator[tuple[int, int]]:
    """Versions done and to do; committed with the last. The sequence stops before the first version that lacks a vector."""
    changes = store.library.changes(dense.sequence)
    reached, whole = dense.sequence, True
    for done, change in enumerate(changes, start=1):
        if not change.live:
            dense.remove([change.version_id])
        elif _restore(store, dense, embedder, change.version_id):
            store.library.mark_complete(change.version_id)
        else:
            whole = False
        reached = change.sequence if whole else reached
        yield done, len(changes)
    if changes:
        dense.commit(reached)


def kept_rows(store: Store, embedder: str, chunks: list[StoredChunk], dim: int) -> dict[bytes, NDArray[np.float32]]:
    """The kept vectors of these chunks by their texts' sha256; of another dimension they are as good as none."""
    kept = store.vectors.get(embedder, [chunk.text_sha256 for chunk in chunks])
    return {sha: as_row(vector) for sha, vector in kept.items() if len(vector) == 2 * dim}


def as_row(vector: bytes) -> NDArray[np.float32]:
    return np.frombuffer(vector, dtype=np.float16).astype(np.float32)


def add_rows(dense: Dense, version_id: int, chunks: list[StoredChunk], rows: dict[bytes, NDArray[np.float32]]) -> int:
    """The rows of those chunks that have one; gives their number."""
    there = [chunk for chunk in chunks if chunk.text_sha256 in rows]
    if there:
        ids = np.array([chunk.chunk_id for chunk in there], dtype=np.int64)
        versions = np.full(len(ids), version_id, dtype=np.int64)
        dense.add(ids, versions, np.stack([rows[chunk.text_sha256] for chunk in there]))
    return len(there)


def _restore(store: Store, dense: Dense, embedder: str, version_id: int) -> bool:
    """False when a chunk has no vector."""
    last, whole = 0, True
    while chunks := store.versions.chunks(version_id, after=last):
        rows = kept_rows(store, embedder, chunks, dense.dim)
        whole = add_rows(dense, version_id, chunks, rows) == len(chunks) and whole
        last = chunks[-1].chunk_id
    return whole
