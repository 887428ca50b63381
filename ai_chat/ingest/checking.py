"""Whether the library and its two indexes say the same: chunks, terms and vectors counted against each other.

Takes a store and both indexes opened for reading; gives progress, and a Problem for each kind of fault. Changes nothing; what
is being written meanwhile is left out, so nobody need wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ai_chat.index import Ranking, Versions
from ai_chat.ingest.restore import kept_rows
from ai_chat.store import Change, Store, StoredChunk, VersionFilter, text_sha256
from ai_chat.types import IndexEvent, Problem

_SAMPLE = 2000  # vectors compared unless all are asked for
_NEAR = 0.03  # of the square of a vector's length: what rounding may change
_MANY = 1000


class Lexical(Protocol):
    """What counting needs of a lexical index."""

    @property
    def sequence(self) -> int: ...

    def containing(self, terms: dict[str, list[str]], versions: Versions | None = None) -> NDArray[np.int64]: ...


class Dense(Protocol):
    """What counting needs of a vector index."""

    @property
    def dim(self) -> int: ...

    @property
    def sequence(self) -> int: ...

    def __len__(self) -> int: ...

    def contains(self, chunk_ids: Any) -> NDArray[np.bool_]: ...

    def search(self, vector: NDArray[np.float32], top_k: int, versions: Versions | None = None) -> Ranking: ...

    def scores(self, vector: NDArray[np.float32], chunk_ids: Any) -> NDArray[np.float32]: ...


class Check:
    """One round over all live versions. `dense` and `embedder` are None where there are no vectors."""

    def __init__(
        self, store: Store, lexical: Lexical | None, dense: Dense | None, embedder: str | None, thorough: bool
    ) -> None:
        self._store = store
        self._library = store.library
        self._lexical = lexical
        self._dense = dense
        self._embedder = embedder or ""
        self._every = 1 if thorough else max(1, store.library.counts().get("chunks", 0) // _SAMPLE)
        self._in_lexical = lexical.sequence if lexical else 0
        self._in_dense = dense.sequence if dense else 0
        self._faults: Counter[str] = Counter()
        self._compared = 0
        self._rows = 0

    def run(self) -> Iterator[IndexEvent]:
        """An event for each version; those with a problem come last."""
        began = self._library.sequence()
        live = [change for change in self._library.changes(0) if change.live]
        faulty: dict[int, Counter[str]] = {}
        for done, change in enumerate(live, start=1):
            if found := self._version(change):
                faulty[change.version_id] = found
            yield IndexEvent("check_chunks", done, len(live))
        moved = {change.version_id for change in self._library.changes(min(began, self._in_lexical))}
        for version, found in faulty.items():
            if version not in moved:
                self._faults.update(found)
        self._count_strangers(began)
        for code, count in sorted((+self._faults).items()):
            problem = Problem(code, {"count": count, "checked": self._compared})
            yield IndexEvent("check_chunks", len(live), len(live), problem)

    def _version(self, change: Change) -> Counter[str]:
        found: Counter[str] = Counter()
        last, ids = 0, []
        while chunks := self._store.versions.chunks(change.version_id, after=last):
            last = chunks[-1].chunk_id
            ids += [chunk.chunk_id for chunk in chunks]
            found["library_texts_differ"] += sum(text_sha256(chunk.text) != chunk.text_sha256 for chunk in chunks)
            if self._dense is not None:
                found.update(self._vectors(self._dense, chunks, change.sequence <= self._in_dense))
        if self._lexical is not None and change.sequence <= self._in_lexical:
            among = VersionFilter(frozenset({change.version_id}), False)
            found.update(_compare(Counter(ids), Counter(map(int, self._lexical.containing({}, among)))))
        return +found

    def _vectors(self, dense: Dense, chunks: list[StoredChunk], filled: bool) -> Counter[str]:
        there = dense.contains(np.array([chunk.chunk_id for chunk in chunks], dtype=np.int64))
        self._rows += int(np.count_nonzero(there))
        some = [chunk for chunk, has in zip(chunks, there, strict=True) if has and chunk.chunk_id % self._every == 0]
        rows = kept_rows(self._store, self._embedder, some, dense.dim)
        differing = [
            c for c in some if c.text_sha256 not in rows or not _is_same(dense, c.chunk_id, rows[c.text_sha256])
        ]
        self._compared += len(some)
        missing = int(np.count_nonzero(~there)) if filled else 0
        return Counter({"index_vectors_missing": missing, "index_vectors_differ": len(differing)})

    def _count_strangers(self, began: int) -> None:
        """Chunks of versions that were never live since we began; counted again where something moved while we counted."""
        while True:
            sequence = self._library.sequence()
            moved = {
                change.version_id for change in self._library.changes(min(began, self._in_lexical, self._in_dense))
            }
            others = VersionFilter(frozenset(self._library.live_versions()) | moved, True)
            chunks = len(self._lexical.containing({}, others)) if self._lexical is not None else 0
            rows = len(_rows_of(self._dense, others)) if self._dense is not None else 0
            if sequence == self._library.sequence():
                break
        self._faults.update({"index_chunks_dead": chunks, "index_vectors_dead": rows})
        if self._dense is not None and began == self._in_dense == sequence == self._dense.sequence and not rows:
            self._faults["index_vectors_doubled"] += max(0, len(self._dense) - self._rows)


def _compare(expected: Counter[int], found: Counter[int]) -> Counter[str]:
    doubled = sum(number - 1 for chunk, number in found.items() if chunk in expected and number > 1)
    strange = sum(number for chunk, number in found.items() if chunk not in expected)
    missing = sum(chunk not in found for chunk in expected)
    return Counter({"index_chunks_missing": missing, "index_chunks_doubled": doubled, "index_chunks_dead": strange})


def _is_same(dense: Dense, chunk_id: int, row: NDArray[np.float32]) -> bool:
    """A row of unit length scores its full square with itself alone."""
    square = float(row @ row)
    return bool(abs(float(dense.scores(row, [chunk_id])[0]) - square) <= _NEAR * max(square, 1.0))


def _rows_of(dense: Dense, versions: Versions) -> Ranking:
    """The first thousand, whatever they are near to."""
    anything = np.zeros(dense.dim, np.float32)
    anything[0] = 1.0
    return dense.search(anything, _MANY, versions)
