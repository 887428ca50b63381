"""Exact nearest rows of one committed state of the vector file.

Takes a mapped matrix, its keys and a query vector, gives a Ranking. Pure reading, block by block, so that neither scores
of all rows times anything nor the whole file need stay in memory. Knows no files and no commits.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_chat.index import Ranking, Versions

BLOCK = 4096  # rows scored at a time: 6 MB at 384 dimensions
_KEEP_MAPPED = 64 << 20  # a larger file is let go again after each block: its pages would count as ours

Vector = NDArray[np.float32]
Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """What one commit holds: `alive` are rows not removed since, `by_chunk` these rows in order of chunk id."""

    matrix: NDArray[np.float32]
    chunk_ids: Ids
    version_ids: Ids
    alive: Mask
    by_chunk: NDArray[np.intp]
    mapping: mmap.mmap | None

    def search(self, vector: Vector, top_k: int, versions: Versions | None) -> Ranking:
        """The rows with the largest dot product, at most `top_k`, best first, ties by chunk id."""
        rows = np.flatnonzero(self.alive & _seen(self.version_ids, versions))
        scores = self._all_products(vector)[rows]
        best = _largest(scores, top_k)
        order = np.lexsort((self.chunk_ids[rows[best]], -scores[best]))
        return Ranking(self.chunk_ids[rows[best]][order], scores[best][order])

    def find(self, chunk_ids: Ids) -> NDArray[np.intp]:
        """The live row of each chunk, -1 where there is none."""
        if not len(self.by_chunk):
            return np.full(len(chunk_ids), -1, np.intp)
        known = self.chunk_ids[self.by_chunk]
        place = np.minimum(np.searchsorted(known, chunk_ids), len(known) - 1)
        return np.where(known[place] == chunk_ids, self.by_chunk[place], -1)

    def scores(self, vector: Vector, chunk_ids: Ids) -> NDArray[np.float32]:
        """The dot product of each chunk, NaN where it has no row."""
        rows = self.find(chunk_ids)
        found = np.full(len(rows), np.nan, np.float32)
        present = rows >= 0
        found[present] = _products(self.matrix[rows[present]], vector)
        return found

    def _all_products(self, vector: Vector) -> NDArray[np.float32]:
        products = np.empty(len(self.matrix), np.float32)
        for start, stop in self._blocks():
            products[start:stop] = _products(self.matrix[start:stop], vector)
        return products

    def _blocks(self) -> Iterator[tuple[int, int]]:
        for start in range(0, len(self.matrix), BLOCK):
            yield start, min(start + BLOCK, len(self.matrix))
            if self.mapping is not None and self.matrix.nbytes > _KEEP_MAPPED:
                _let_go(self.mapping, start * self.matrix.strides[0], BLOCK * self.matrix.strides[0])


def make_rows(
    matrix: NDArray[np.float32], keys: Ids, removed: dict[int, int], mapping: mmap.mmap | None = None
) -> Rows:
    """`keys` are pairs (chunk, version); `removed` tells for a version before which row its rows are dead."""
    chunk_ids, version_ids = np.ascontiguousarray(keys[:, 0]), np.ascontiguousarray(keys[:, 1])
    alive = alive_rows(version_ids, removed)
    live = np.flatnonzero(alive)
    by_chunk = live[np.argsort(chunk_ids[live], kind="stable")]
    return Rows(matrix, chunk_ids, version_ids, alive, by_chunk, mapping)


def alive_rows(version_ids: Ids, removed: dict[int, int]) -> Mask:
    """False for each row that stands before the removal of its version."""
    if not removed:
        return np.ones(len(version_ids), np.bool_)
    versions = np.array(sorted(removed), np.int64)
    before = np.array([removed[version] for version in sorted(removed)], np.int64)
    place = np.minimum(np.searchsorted(versions, version_ids), len(versions) - 1)
    dead = (versions[place] == version_ids) & (np.arange(len(version_ids)) < before[place])
    alive: Mask = ~dead
    return alive


def _products(matrix: NDArray[np.float32], vector: Vector) -> NDArray[np.float32]:
    """Row by row on this thread: as fast as BLAS, whose threads spin 20 ms and more when the cores are busy."""
    products: NDArray[np.float32] = np.einsum("ij,j->i", matrix, vector)
    return products


def _seen(version_ids: Ids, versions: Versions | None) -> Mask:
    if versions is None:
        return np.ones(len(version_ids), np.bool_)
    among = np.isin(version_ids, np.fromiter(versions.versions, np.int64, len(versions.versions)))
    return ~among if versions.exclude else among


def _largest(scores: NDArray[np.float32], top_k: int) -> NDArray[np.intp]:
    if top_k < 1:
        return np.empty(0, np.intp)
    if top_k >= len(scores):
        return np.arange(len(scores))
    return np.argpartition(-scores, top_k - 1)[:top_k]


def _let_go(mapping: mmap.mmap, start: int, length: int) -> None:
    """Give the pages back; they stay in the system's file cache."""
    first = start - start % mmap.PAGESIZE
    mapping.madvise(mmap.MADV_DONTNEED, first, min(length, len(mapping) - first))
