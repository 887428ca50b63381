"""Nearest rows of one committed state of the vector files.

Takes mapped rows, their bits and keys, and a query vector; gives a Ranking. The bits choose candidates, the rows score them:
exact for up to a thousand rows, beyond that as good as docs/retrieval.md tells. Pure reading; knows no files and no commits.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_chat.index import Chunks, Ranking, Versions
from ai_chat.index.bits import Bits, distances, sign_bits

BLOCK = 256  # rows scored at a time
SCALE = 32767  # numbers are kept as 16 bits: an error of 1e-5 in a score
_CANDIDATES = 1500  # rows scored at least, and
_CANDIDATES_EACH = 200  # one of so many more
_DEEPER = 10  # or so many for each row wanted
_KEEP_MAPPED = 64 << 20  # a larger file is let go again after a search: its pages would count as ours
_FAR = 0xFFFF

Vector = NDArray[np.float32]
Numbers = NDArray[np.int16]
Ids = NDArray[np.int64]
Places = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """What one commit holds: `alive` are rows not removed since, `by_chunk` these rows in order of chunk id, `known` their ids.

    `numbers` (n, dim) are the vectors times SCALE, `bits` (n, words) the signs of what they differ from `centre` (dim,).
    The rows of a version follow each other, nearly always: `run_versions` has the version of each such run, `run_lengths` its rows.
    """

    numbers: Numbers
    bits: Bits
    centre: Numbers
    chunk_ids: Ids
    version_ids: Ids
    run_versions: Ids
    run_lengths: Places
    alive: Mask
    by_chunk: Places
    known: Ids
    mappings: tuple[mmap.mmap, ...]

    def search(self, vector: Vector, top_k: int, versions: Versions | None, chunks: Chunks | None) -> Ranking:
        """The rows with the largest dot product, at most `top_k`, best first, ties by chunk id."""
        if top_k < 1:
            return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))
        places = self._candidates(vector, top_k, self._allowed(versions, chunks))
        scores = self._products(places, vector)
        if top_k < len(places):
            best = scores >= np.partition(scores, -top_k)[-top_k]
            places, scores = places[best], scores[best]
        order = np.lexsort((self.chunk_ids[places], -scores))[:top_k]
        return Ranking(self.chunk_ids[places][order], scores[order])

    def find(self, chunk_ids: Ids) -> Places:
        """The live row of each chunk, -1 where there is none."""
        if not len(self.by_chunk):
            return np.full(len(chunk_ids), -1, np.intp)
        place = np.minimum(np.searchsorted(self.known, chunk_ids), len(self.known) - 1)
        return np.where(self.known[place] == chunk_ids, self.by_chunk[place], -1)

    def scores(self, vector: Vector, chunk_ids: Ids) -> NDArray[np.float32]:
        """The dot product of each chunk, NaN where it has no row."""
        places = self.find(chunk_ids)
        found = np.full(len(places), np.nan, np.float32)
        present = places >= 0
        found[present] = self._products(places[present], vector)
        return found

    def _allowed(self, versions: Versions | None, chunks: Chunks | None) -> Mask:
        allowed = self.alive
        if chunks is not None:
            named = np.zeros(len(allowed), np.bool_)
            places = self.find(chunks.ids)
            named[places[places >= 0]] = True
            allowed = allowed & (~named if chunks.exclude else named)
        if versions is not None:
            wanted = np.fromiter(versions.versions, np.int64, len(versions.versions))
            runs = np.isin(self.run_versions, wanted, invert=versions.exclude)
            allowed = allowed & np.repeat(runs, self.run_lengths)
        return allowed

    def _candidates(self, vector: Vector, top_k: int, allowed: Mask) -> Places:
        """All allowed rows, or where there are many, those whose bits are nearest: a matter of the rows and the centre alone."""
        many = max(_DEEPER * top_k, _CANDIDATES + len(self.numbers) // _CANDIDATES_EACH)
        if np.count_nonzero(allowed) <= many:
            return np.flatnonzero(allowed)
        apart = distances(self.bits, sign_bits(vector[None] * np.float32(SCALE), self.centre)[0])
        np.copyto(apart, _FAR, where=~allowed)
        return np.flatnonzero(apart <= np.partition(apart, many - 1)[many - 1])

    def _products(self, places: Places, vector: Vector) -> NDArray[np.float32]:
        """Row by row on this thread: as fast as BLAS, whose threads spin 20 ms and more when the cores are busy."""
        products = np.empty(len(places), np.float32)
        scaled = vector / np.float32(SCALE)
        for start in range(0, len(places), BLOCK):
            part = self.numbers[places[start : start + BLOCK]]  # einsum makes floats of them on the way
            np.einsum("ij,j->i", part, scaled, out=products[start : start + BLOCK])
        self._let_go()
        return products

    def _let_go(self) -> None:
        """Give the files' pages back; they stay in the system's file cache."""
        if self.numbers.nbytes > _KEEP_MAPPED:
            for mapping in self.mappings:
                mapping.madvise(mmap.MADV_DONTNEED)


def make_rows(
    numbers: Numbers,
    bits: Bits,
    centre: Numbers,
    keys: Ids,
    removed: dict[int, int],
    mappings: tuple[mmap.mmap, ...] = (),
) -> Rows:
    """`keys` are pairs (chunk, version); `removed` tells for a version before which row its rows are dead. `mappings` are what
    `numbers` and `bits` lie in."""
    chunk_ids, version_ids = np.ascontiguousarray(keys[:, 0]), np.ascontiguousarray(keys[:, 1])
    begins = np.flatnonzero(np.diff(version_ids, prepend=version_ids[:1] - 1))
    alive = _alive_rows(version_ids, removed)
    live = np.flatnonzero(alive)
    by_chunk = live[np.argsort(chunk_ids[live], kind="stable")]
    return Rows(
        numbers,
        bits,
        centre,
        chunk_ids,
        version_ids,
        version_ids[begins],
        np.diff(begins, append=len(keys)),
        alive,
        by_chunk,
        chunk_ids[by_chunk],
        mappings,
    )


def _alive_rows(version_ids: Ids, removed: dict[int, int]) -> Mask:
    """False for each row that stands before the removal of its version."""
    if not removed:
        return np.ones(len(version_ids), np.bool_)
    versions = np.array(sorted(removed), np.int64)
    before = np.array([removed[version] for version in sorted(removed)], np.int64)
    place = np.minimum(np.searchsorted(versions, version_ids), len(versions) - 1)
    dead = (versions[place] == version_ids) & (np.arange(len(version_ids)) < before[place])
    alive: Mask = ~dead
    return alive
