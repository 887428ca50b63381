"""LazyVectorStore: memory-mapped vectors on disk, found by their bits and scored by their numbers.

Takes unit vectors with the chunk and version they belong to, gives Rankings. Rows are only ever appended; what counts is
the state written after them, so a crash leaves the last commit. One process writes, others see a commit at their next search.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ai_chat.errors import MachineError
from ai_chat.index import Chunks, IndexDamaged, Ranking, Versions
from ai_chat.index.lazy_rows import LazyRows
from ai_chat.index.rows import SCALE, Ids, Numbers, Places, Rows, Vector
from ai_chat.index.vector_files import (
    Ends,
    State,
    check_sizes,
    damaged,
    delete_others,
    empty_state,
    load_state,
    paths,
    save_state,
    unwritable,
)
from ai_chat.lazy import State as Loaded

_BLOCK = 4096  # rows copied at a time
_DEAD_SHARE = 10  # one dead row to so many live ones is worth copying all others,
_WORTH_COPYING = 1000  # at least this number of them


class LazyVectorStore:
    """Made by `open`, which only looks at the state: the rows are mapped at the first search, or by `preload`, and until `unload`.

    Safe to use from many threads: a search holds the rows it began with.
    """

    def __init__(self, folder: Path, state: State, *, writable: bool) -> None:
        self._folder = folder
        self._writable = writable
        self._writing = threading.RLock()  # held while disks work: searches never wait for it
        self._rows = LazyRows(folder, state, follow=not writable)
        self._pending: dict[int, tuple[int, int]] = {}  # chunk to its version and row, added and not committed
        self._written = state.count  # rows, the pending ones included
        self._ends: Ends | None = None
        self._closed = False

    @classmethod
    def open(cls, folder: Path, dim: int, *, writable: bool) -> LazyVectorStore:
        """Open what is there; a missing folder is made when `writable`. IndexDamaged where it is broken or of another dim."""
        if writable and not folder.exists():
            folder.mkdir(parents=True)
            save_state(folder, empty_state(dim))
        state = load_state(folder)
        if state.dim != dim:
            raise damaged(folder, f"it holds vectors of {state.dim} dimensions, not {dim}")
        try:
            check_sizes(folder, state)
        except IndexDamaged:
            before, state = state, load_state(folder)
            if state.generation == before.generation:
                raise  # else it was compacted between our two looks
        return cls(folder, state, writable=writable)

    @property
    def _state(self) -> State:
        return self._rows.state

    @property
    def dim(self) -> int:
        return self._state.dim

    @property
    def sequence(self) -> int:
        return self._state.sequence

    @property
    def dead(self) -> int:
        """Committed rows that were removed and still take space; `compact` drops them."""
        with self._rows.lease() as rows:
            return len(rows.alive) - len(rows.by_chunk)

    def __len__(self) -> int:
        """Live committed rows."""
        with self._rows.lease() as rows:
            return len(rows.by_chunk)

    @property
    def state(self) -> Loaded:
        """Whether the rows are mapped."""
        return self._rows.lazy.state

    @property
    def idle_since(self) -> float | None:
        """Clock time since which nobody has looked at the rows; None while somebody does, or when they are not mapped."""
        return self._rows.lazy.idle_since

    def preload(self) -> threading.Thread:
        """Map the rows in a background thread."""
        return self._rows.lazy.preload()

    def unload(self) -> bool:
        """Let the rows go until the next search; False while somebody looks at them."""
        return self._rows.lazy.unload()

    def add(self, chunk_ids: ArrayLike, version_ids: ArrayLike, vectors: NDArray[np.float32]) -> None:
        """Append unit vectors (n, dim); seen by searches after `commit`. Chunks that have one already are left as they are."""
        keys = np.column_stack([np.asarray(chunk_ids, np.int64), np.asarray(version_ids, np.int64)])
        numbers = _numbers(vectors, (len(keys), self._state.dim))
        with self._writing:
            self._require_writable()
            new = ~self.contains(keys[:, 0])
            with self._mapped_errors():
                self._open_ends().append(numbers[new], self._state.centre, keys[new])
            for chunk, version in keys[new].tolist():
                self._pending[chunk] = version, self._written
                self._written += 1

    def remove(self, version_ids: Iterable[int]) -> None:
        """Take out all rows of these versions: at once for our own searches, for others with `commit`."""
        with self._writing:
            self._require_writable()
            removed = self._state.removed | dict.fromkeys(map(int, version_ids), self._written)
            self._rows.turn_to(replace(self._state, removed=removed))

    def commit(self, sequence: int) -> None:
        """Make all changes lasting and visible: rows first, then the state that counts them. May compact."""
        with self._writing:
            self._settle(sequence)
            live, dead = len(self), self.dead
            if dead > max(_WORTH_COPYING, live // _DEAD_SHARE) or live >= max(_WORTH_COPYING, 2 * self._state.centred):
                self._rewrite()

    def compact(self) -> None:
        """Commit, then drop dead rows and centre the bits anew: afterwards the files are those that a full rebuild makes."""
        with self._writing:
            self._settle(self.sequence)
            if self.dead or self._state.centred != len(self):
                self._rewrite()

    def take_over(self, other: Path) -> None:
        """Hold what is committed in the folder `other`, which nobody has open, and nothing else: searches see the one or the other."""
        with self._writing:
            self._require_writable()
            self._drop_pending()
            old, found = self._state, load_state(other)
            new = replace(found, generation=old.generation + 1)
            with self._mapped_errors():
                for made, path in zip(paths(other, found), paths(self._folder, new), strict=True):
                    if found.count:
                        made.rename(path)
                self._publish(new)
            for path in paths(self._folder, old):
                path.unlink(missing_ok=True)

    def contains(self, chunk_ids: ArrayLike) -> NDArray[np.bool_]:
        """For each chunk whether it has a live row, committed or not."""
        wanted = np.asarray(chunk_ids, np.int64)
        with self._writing:
            with self._rows.lease() as rows:
                found = rows.find(wanted) >= 0
            if self._pending:
                found |= np.array([self._is_pending(chunk) for chunk in wanted.tolist()], np.bool_)
        return found

    def search(
        self, vector: Vector, top_k: int, versions: Versions | None = None, chunks: Chunks | None = None
    ) -> Ranking:
        """The chunks with the largest dot product with `vector` (dim,), best first."""
        with self._rows.lease() as rows:
            return rows.search(vector, top_k, versions, chunks)

    def scores(self, vector: Vector, chunk_ids: ArrayLike) -> NDArray[np.float32]:
        """The dot product of each of these chunks, NaN where it has no vector."""
        with self._rows.lease() as rows:
            return rows.scores(vector, np.asarray(chunk_ids, np.int64))

    def close(self) -> None:
        """Let go of the files; rows that were not committed do not count.

        Who still writes then meets IndexDamaged index_missing: another one may have been made in this folder.
        """
        with self._writing:
            self._closed = True
            self._drop_pending()
            self._rows.lazy.discard(self._rows.lazy.peek())

    def _is_pending(self, chunk: int) -> bool:
        version, row = self._pending.get(chunk, (0, -1))
        return row >= self._state.removed.get(version, 0)

    def _open_ends(self) -> Ends:
        if self._ends is None:
            delete_others(self._folder, self._state)
            self._ends = Ends.open(self._folder, self._state)
        return self._ends

    def _settle(self, sequence: int) -> None:
        self._require_writable()
        with self._mapped_errors():
            if self._ends:
                self._ends.sync()
            self._publish(replace(self._state, count=self._written, sequence=sequence))

    def _publish(self, state: State) -> None:
        save_state(self._folder, state)
        self._rows.turn_to(state)
        self._pending, self._written = {}, state.count

    def _rewrite(self) -> None:
        """Copy the live rows by chunk to a new generation, centred anew; those who have the old files mapped keep them."""
        old = self._state
        with self._rows.lease() as rows:
            centre = _mean(rows.numbers, rows.by_chunk)
            live = len(rows.by_chunk)
            new = replace(old, count=live, generation=old.generation + 1, centred=live, centre=centre, removed={})
            ends = self._copied(rows, new)
        before, self._ends = self._ends, ends
        if before:
            before.close()
        for path in paths(self._folder, old):
            path.unlink(missing_ok=True)

    def _copied(self, rows: Rows, new: State) -> Ends:
        """The live rows in the files of `new`, which is published."""
        with self._mapped_errors():
            ends = Ends.open(self._folder, replace(new, count=0))
            try:
                for part in _parts(rows.by_chunk):
                    keys = np.column_stack([rows.chunk_ids[part], rows.version_ids[part]])
                    ends.append(rows.numbers[part], new.centre, keys)
                ends.sync()
                self._publish(new)
            except OSError:
                ends.close()
                delete_others(self._folder, self._state)
                raise
        return ends

    def _drop_pending(self) -> None:
        """The next rows are written where the last commit ended."""
        if self._ends:
            self._ends.close()
        count = self._state.count
        removed = {version: min(row, count) for version, row in self._state.removed.items()}
        self._ends, self._pending, self._written = None, {}, count
        self._rows.turn_to(replace(self._state, removed=removed))

    @contextmanager
    def _mapped_errors(self) -> Iterator[None]:
        """Half a row may have been written: what is not committed is dropped."""
        try:
            yield
        except OSError as error:
            self._drop_pending()
            raise unwritable(self._folder, error) from error

    def _require_writable(self) -> None:
        if not self._writable:
            raise MachineError("index_read_only", path=str(self._folder))
        if self._closed:
            raise IndexDamaged("index_missing", path=str(self._folder))


def _numbers(vectors: NDArray[np.float32], shape: tuple[int, int]) -> Numbers:
    """Unit vectors in whole numbers; MachineError vectors_misshapen, vectors_not_unit."""
    if vectors.shape != shape:
        raise MachineError("vectors_misshapen", found=str(vectors.shape), expected=str(shape))
    scaled = np.rint(vectors * np.float32(SCALE))
    if not (np.abs(scaled) <= SCALE + 40).all():  # rounding; NaN is no number either
        raise MachineError("vectors_not_unit", largest=float(np.abs(vectors).max()))
    numbers: Numbers = np.clip(scaled, -SCALE, SCALE).astype(np.int16)
    return numbers


def _mean(numbers: Numbers, places: Places) -> Numbers:
    """Summed in whole numbers, so that the order of the rows makes no difference."""
    total = np.zeros(numbers.shape[1], np.int64)
    for part in _parts(places):
        total += numbers[part].sum(axis=0, dtype=np.int64)
    mean: NDArray[np.float64] = np.rint(total / max(len(places), 1))
    return mean.astype(np.int16)


def _parts(places: Ids | Places) -> Iterator[Places]:
    for start in range(0, len(places), _BLOCK):
        yield places[start : start + _BLOCK]
