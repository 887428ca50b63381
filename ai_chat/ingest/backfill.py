"""Gives every live chunk its vector, behind the keyword index and behind every query; resumes after a kill.

Takes a store, a vector index and an embedder. The vectors table is the truth: a text is embedded once, ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ai_chat.errors import AiChatError
from ai_chat.lazy import Lazy
from ai_chat.store import Change, Store, StoredChunk

_TEXTS_A_STEP = 4  # about a second of embedding
_REST_SECONDS = 0.1
_ROWS_A_COMMIT = 64


class Dense(Protocol):
    """What filling needs of a vector index."""

    @property
    def sequence(self) -> int: ...

    def add(self, chunk_ids: Any, version_ids: Any, vectors: NDArray[np.float32]) -> None: ...

    def contains(self, chunk_ids: Any) -> NDArray[np.bool_]: ...

    def remove(self, version_ids: Any) -> None: ...

    def commit(self, sequence: int) -> None: ...


class PassageEmbedder(Protocol):
    @property
    def fingerprint(self) -> str: ...

    def embed_passages(self, texts: list[str]) -> NDArray[np.float32]: ...


class Backfill:
    """A thread that sleeps until `wake`; an error stays in `error` until the next wake tries again.

    While `give_way` says so it rests: with the cores busy elsewhere, an answer is written many times more slowly.
    """

    def __init__(
        self,
        store: Store,
        dense: Lazy[Dense],
        embedder: Lazy[PassageEmbedder],
        fingerprint: str,
        give_way: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._dense = dense
        self._embedder = embedder
        self._fingerprint = fingerprint
        self._give_way = give_way
        self._wake = threading.Condition()
        self._wanted = False
        self._stopping = False
        self._busy = False
        self._thread: threading.Thread | None = None
        self.error: AiChatError | None = None

    def pending(self) -> int:
        """Texts without a vector."""
        return self._store.vectors.missing(self._fingerprint)

    def wake(self) -> None:
        """Start, or look again for what is missing."""
        with self._wake:
            if self._stopping:
                return
            self._wanted = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="backfill", daemon=True)
                self._thread.start()
            self._wake.notify_all()

    def settle(self) -> None:
        """Wait until the thread has nothing left to do."""
        with self._wake:
            self._wake.wait_for(lambda: self._stopping or not (self._wanted or self._busy))

    def stop(self, interrupt: Callable[[], object] = lambda: None) -> None:
        """Ends after the passages being embedded, or at once by `interrupt`; what has been embedded is kept."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
            thread = self._thread
        interrupt()
        if thread:
            thread.join()

    def fill(self) -> None:
        """Apply every change behind the vector index; returns when nothing is missing or `stop` was called."""
        with self._dense.lease() as dense:
            if dense.sequence == 0:
                self._store.library.mark_all_incomplete()
            for change in self._store.library.changes(dense.sequence):
                if self._stopping:
                    return
                if self._apply(dense, change):
                    dense.commit(change.sequence)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._wanted or self._stopping)
                if self._stopping:
                    return
                self._wanted, self._busy = False, True
            try:
                self.fill()
                self.error = None
            except AiChatError as error:
                self.error = error
            finally:
                with self._wake:
                    self._busy = False
                    self._wake.notify_all()

    def _apply(self, dense: Dense, change: Change) -> bool:
        """False when it was stopped on the way."""
        if not change.live:
            dense.remove([change.version_id])
            return True
        last, uncommitted = 0, 0
        while chunks := self._store.versions.chunks(change.version_id, last, _TEXTS_A_STEP):
            if not self._may_go_on():
                return False
            last = chunks[-1].chunk_id
            uncommitted += self._add(dense, change.version_id, chunks)
            if uncommitted >= _ROWS_A_COMMIT:
                dense.commit(dense.sequence)
                uncommitted = 0
        self._store.library.mark_complete(change.version_id)
        return True

    def _may_go_on(self) -> bool:
        """After giving way; False when it is to stop."""
        with self._wake:
            while self._give_way() and not self._stopping:
                self._wake.wait(_REST_SECONDS)
            return not self._stopping

    def _add(self, dense: Dense, version_id: int, chunks: list[StoredChunk]) -> int:
        present = dense.contains(np.array([chunk.chunk_id for chunk in chunks], dtype=np.int64))
        wanted = [chunk for chunk, there in zip(chunks, present, strict=True) if not there]
        if not wanted:
            return 0
        vectors = self._vectors(wanted)
        rows = np.stack([vectors[chunk.text_sha256] for chunk in wanted])
        ids = np.array([chunk.chunk_id for chunk in wanted], dtype=np.int64)
        dense.add(ids, np.full(len(ids), version_id, dtype=np.int64), rows)
        return len(ids)

    def _vectors(self, chunks: list[StoredChunk]) -> dict[bytes, NDArray[np.float32]]:
        kept = self._store.vectors.get(self._fingerprint, [chunk.text_sha256 for chunk in chunks])
        texts = {chunk.text_sha256: chunk.text for chunk in chunks if chunk.text_sha256 not in kept}
        if texts:
            with self._embedder.lease() as embedder:
                made = embedder.embed_passages(list(texts.values())).astype(np.float16)
            fresh = {sha: row.tobytes() for sha, row in zip(texts, made, strict=True)}
            self._store.vectors.put(self._fingerprint, fresh)
            kept.update(fresh)
        return {sha: np.frombuffer(row, dtype=np.float16).astype(np.float32) for sha, row in kept.items()}
