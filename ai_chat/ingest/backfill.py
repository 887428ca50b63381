"""Gives every live chunk its vector, behind the keyword index and behind every query; resumes after a kill.

Takes a store, a vector index and an embedder. The vectors table is the truth: a text is embedded once, ever.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ai_chat.errors import AiChatError
from ai_chat.index import IndexDamaged
from ai_chat.ingest.indexing import mended
from ai_chat.ingest.restore import Dense, add_rows, as_row, kept_rows, restore_vectors
from ai_chat.lazy import Lazy
from ai_chat.store import Store, StoredChunk

_TEXTS_A_STEP = 16  # about half a second of embedding
_REST_SECONDS = 0.1
_TELL_SECONDS = 0.2
_ROWS_A_COMMIT = 64


class PassageEmbedder(Protocol):
    @property
    def fingerprint(self) -> str: ...

    def embed_passages(self, texts: list[str]) -> NDArray[np.float32]: ...


class _Interrupted(Exception):
    """Stopped, or another index has taken the place of the one being filled."""


class Backfill:
    """A thread that sleeps until `wake`; an error stays in `error` until the next wake tries again.

    While `give_way` says so it rests: with the cores busy elsewhere, an answer is written many times more slowly.
    `renew` is called with the damage when the index breaks on the way: it puts a sound one in its place. `made` hears how many texts
    were given a vector.
    """

    def __init__(
        self,
        store: Store,
        dense: Lazy[Dense],
        embedder: Lazy[PassageEmbedder],
        fingerprint: str,
        give_way: Callable[[], bool] = lambda: False,
        renew: Callable[[IndexDamaged], None] | None = None,
        made: Callable[[int], None] = lambda _vectors: None,
    ) -> None:
        self._store = store
        self._dense = dense
        self._embedder = embedder
        self._fingerprint = fingerprint
        self._give_way = give_way
        self._renew = renew
        self._made = made
        self._turn = threading.Lock()
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

    def followed(self) -> Iterator[tuple[int, int]]:
        """Wake, and tell how many of the texts that lack a vector have one, until all have or `stop`; raises its error."""
        self.wake()
        total = self.pending()
        while (left := self.pending()) and not self._stopping:
            if self.error:
                raise self.error
            yield max(total - left, 0), total
            time.sleep(_TELL_SECONDS)
        self.settle()
        yield total, total

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
        while not self._stopping:
            with suppress(_Interrupted), self._dense.lease() as dense:
                self._fill(dense)
                return

    def drop_removed(self) -> None:
        """Take out what is not live any more, at once and without embedding anything."""
        with self._turn, self._dense.lease() as dense:
            changes = self._store.library.changes(dense.sequence)
            if removed := [change.version_id for change in changes if not change.live]:
                dense.remove(removed)
                dense.commit(dense.sequence)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Nothing is filled in meanwhile, so that the index may be replaced."""
        with self._turn:
            yield

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._wanted or self._stopping)
                if self._stopping:
                    return
                self._wanted, self._busy = False, True
            try:
                mended(self.fill, self._renew)
                self.error = None
            except AiChatError as error:
                self.error = error
            finally:
                with self._wake:
                    self._busy = False
                    self._wake.notify_all()

    def _fill(self, dense: Dense) -> None:
        if dense.sequence == 0:
            self._store.library.mark_all_incomplete()
            self._restore(dense)
        for change in self._store.library.changes(dense.sequence):
            if change.live:
                self._add_version(dense, change.version_id)
            with self._step(dense):
                if not change.live:
                    dense.remove([change.version_id])
                dense.commit(change.sequence)

    def _restore(self, dense: Dense) -> None:
        """What is known already, all at once."""
        with self._turn:
            for _done in restore_vectors(self._store, dense, self._fingerprint):
                if self._stopping or self._dense.peek() is not dense:
                    raise _Interrupted

    def _add_version(self, dense: Dense, version_id: int) -> None:
        last, uncommitted = 0, 0
        while chunks := self._store.versions.chunks(version_id, last, _TEXTS_A_STEP):
            last = chunks[-1].chunk_id
            self._rest()
            with self._step(dense):
                uncommitted += self._add(dense, version_id, chunks)
                if uncommitted >= _ROWS_A_COMMIT:
                    dense.commit(dense.sequence)
                    uncommitted = 0
        self._store.library.mark_complete(version_id)

    @contextmanager
    def _step(self, dense: Dense) -> Iterator[None]:
        """The index to ourselves; _Interrupted where it is no longer to be filled."""
        with self._turn:
            if self._stopping or self._dense.peek() is not dense:
                raise _Interrupted
            yield

    def _rest(self) -> None:
        with self._wake:
            while self._give_way() and not self._stopping:
                self._wake.wait(_REST_SECONDS)

    def _add(self, dense: Dense, version_id: int, chunks: list[StoredChunk]) -> int:
        present = dense.contains(np.array([chunk.chunk_id for chunk in chunks], dtype=np.int64))
        wanted = [chunk for chunk, there in zip(chunks, present, strict=True) if not there]
        return add_rows(dense, version_id, wanted, self._vectors(wanted, dense.dim)) if wanted else 0

    def _vectors(self, chunks: list[StoredChunk], dim: int) -> dict[bytes, NDArray[np.float32]]:
        rows = kept_rows(self._store, self._fingerprint, chunks, dim)
        texts = {chunk.text_sha256: chunk.text for chunk in chunks if chunk.text_sha256 not in rows}
        if texts:
            with self._embedder.lease() as embedder:
                made = embedder.embed_passages(list(texts.values())).astype(np.float16)
            fresh = {sha: row.tobytes() for sha, row in zip(texts, made, strict=True)}
            self._store.vectors.put(self._fingerprint, fresh)
            self._made(len(fresh))
            rows.update({sha: as_row(vector) for sha, vector in fresh.items()})
        return rows
