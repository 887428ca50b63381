"""LazyVectorStore: memory-mapped float32 vectors on disk, searched exactly.

Takes vectors with the chunk and version they belong to, gives Rankings. Rows are only ever appended; what counts is the
state written after them, so a crash leaves the last commit. One process writes, others see a commit at their next search.
"""

from __future__ import annotations

import mmap
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ai_chat.errors import MachineError
from ai_chat.index import IndexDamaged, Ranking, Versions
from ai_chat.index.rows import BLOCK, Ids, Rows, Vector, make_rows
from ai_chat.index.state import read_state, stamp, write_state

FORMAT = 1
_KEY_BYTES = 16  # chunk id and version id, 64 bits each
_WORTH_COMPACTING = 1000  # dead rows


@dataclass(frozen=True, slots=True)
class _State:
    """What is committed. `removed`: rows of this version before that row are dead."""

    dim: int
    count: int
    sequence: int
    generation: int
    removed: dict[int, int]


class LazyVectorStore:
    """Made by `open`, which only looks at the state: the rows are mapped at the first search. Safe to use from many threads."""

    def __init__(self, folder: Path, state: _State, *, writable: bool) -> None:
        self._folder = folder
        self._writable = writable
        self._writing = threading.RLock()  # held while disks work: searches never wait for it
        self._lock = threading.Lock()  # guards what searches look at
        self._state = state
        self._stamp = stamp(folder)
        self._rows: Rows | None = None
        self._pending: list[Ids] = []
        self._files: tuple[BinaryIO, BinaryIO] | None = None

    @classmethod
    def open(cls, folder: Path, dim: int, *, writable: bool) -> LazyVectorStore:
        """Open what is there; a missing folder is made when `writable`. IndexDamaged where it is broken or of another dim."""
        if writable and not folder.exists():
            folder.mkdir(parents=True)
            _save(folder, _State(dim, 0, 0, 0, {}))
        state = _load(folder)
        if state.dim != dim:
            raise _damaged(folder, f"it holds vectors of {state.dim} dimensions, not {dim}")
        _check_sizes(folder, state)
        return cls(folder, state, writable=writable)

    @property
    def dim(self) -> int:
        return self._state.dim

    @property
    def sequence(self) -> int:
        return self._state.sequence

    def __len__(self) -> int:
        """Live committed rows."""
        return len(self._current().by_chunk)

    def add(self, chunk_ids: ArrayLike, version_ids: ArrayLike, vectors: NDArray[np.float32]) -> None:
        """Append rows (n, dim); seen by searches after `commit`. Chunks that have a row already are left as they are."""
        keys = np.column_stack([np.asarray(chunk_ids, np.int64), np.asarray(version_ids, np.int64)])
        if vectors.shape != (len(keys), self._state.dim):
            raise MachineError(
                "vectors_misshapen", found=str(vectors.shape), expected=f"({len(keys)}, {self._state.dim})"
            )
        with self._writing:
            new = ~self.contains(keys[:, 0])
            vector_file, key_file = self._open_files()
            try:
                vector_file.write(np.ascontiguousarray(vectors[new], np.float32).tobytes())
                key_file.write(keys[new].tobytes())
            except OSError as error:
                raise _full(self._folder, error) from error
            self._pending.append(keys[new])

    def remove(self, version_ids: Iterable[int]) -> None:
        """Take out all rows of these versions: at once for our own searches, for others with `commit`."""
        with self._writing:
            self._require_writable()
            before = self._state.count + sum(map(len, self._pending))
            removed = self._state.removed | dict.fromkeys(map(int, version_ids), before)
            with self._lock:
                self._state, self._rows = replace(self._state, removed=removed), None

    def commit(self, sequence: int) -> None:
        """Make all changes lasting and visible: rows first, then the state that counts them."""
        with self._writing:
            self._require_writable()
            self._sync()
            count = self._state.count + sum(map(len, self._pending))
            self._publish(replace(self._state, count=count, sequence=sequence))
            rows = self._current()
            dead = len(rows.alive) - len(rows.by_chunk)
            if dead > max(_WORTH_COMPACTING, len(rows.by_chunk)):
                self._compact(rows)

    def contains(self, chunk_ids: ArrayLike) -> NDArray[np.bool_]:
        """For each chunk whether it has a live row, committed or not."""
        wanted = np.asarray(chunk_ids, np.int64)
        with self._writing:
            found = self._current().find(wanted) >= 0
            position = self._state.count
            for keys in self._pending:
                rows = position + np.arange(len(keys))
                before = np.array([self._state.removed.get(int(version), 0) for version in keys[:, 1]], np.int64)
                found |= np.isin(wanted, keys[rows >= before, 0])
                position += len(keys)
        return found

    def search(self, vector: Vector, top_k: int, versions: Versions | None = None) -> Ranking:
        """The chunks with the largest dot product with `vector` (dim,), best first."""
        return self._current().search(vector, top_k, versions)

    def scores(self, vector: Vector, chunk_ids: ArrayLike) -> NDArray[np.float32]:
        """The dot product of each of these chunks, NaN where it has no vector."""
        return self._current().scores(vector, np.asarray(chunk_ids, np.int64))

    def close(self) -> None:
        """Let go of the files; rows that were not committed do not count."""
        with self._writing, self._lock:
            self._close_files()
            self._rows = None

    def _current(self) -> Rows:
        """The rows of the newest commit, mapped when somebody has committed since or nothing was mapped yet."""
        with self._lock:
            if not self._writable and (found := stamp(self._folder)) != self._stamp:
                self._state, self._stamp, self._rows = _load(self._folder), found, None
            if self._rows is None:
                try:
                    self._rows = _map(self._folder, self._state)
                except FileNotFoundError:  # compacted between our two looks
                    self._state = _load(self._folder)
                    self._rows = _map_again(self._folder, self._state)
            return self._rows

    def _publish(self, state: _State) -> None:
        try:
            _save(self._folder, state)
        except OSError as error:
            raise _full(self._folder, error) from error
        with self._lock:
            self._state, self._rows, self._pending = state, None, []

    def _open_files(self) -> tuple[BinaryIO, BinaryIO]:
        """Both files, cut to what is committed and positioned behind it."""
        self._require_writable()
        if self._files is None:
            try:
                self._files = _reopen(self._folder, self._state)
            except OSError as error:
                raise _full(self._folder, error) from error
        return self._files

    def _sync(self) -> None:
        for file in self._files or ():
            try:
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                raise _full(self._folder, error) from error

    def _close_files(self) -> None:
        for file in self._files or ():
            file.close()
        self._files = None
        self._pending = []

    def _compact(self, rows: Rows) -> None:
        """Copy the live rows to new files and drop the old ones; those who have them mapped keep them."""
        old, live = self._state, np.flatnonzero(rows.alive)
        new = replace(old, count=len(live), generation=old.generation + 1, removed={})
        self._close_files()
        self._files = _reopen(self._folder, replace(new, count=0))
        for start in range(0, len(live), BLOCK):
            part = live[start : start + BLOCK]
            self._files[0].write(rows.matrix[part].tobytes())
            self._files[1].write(np.column_stack([rows.chunk_ids[part], rows.version_ids[part]]).tobytes())
        self._sync()
        self._publish(new)
        for path in _paths(self._folder, old):
            path.unlink()

    def _require_writable(self) -> None:
        if not self._writable:
            raise MachineError("index_read_only", path=str(self._folder))


def _paths(folder: Path, state: _State) -> tuple[Path, Path]:
    return folder / f"vectors-{state.generation}.f32", folder / f"keys-{state.generation}.i64"


def _load(folder: Path) -> _State:
    raw = read_state(folder)
    if raw.get("format") != FORMAT:
        raise _damaged(folder, f"its format is {raw.get('format')}, not {FORMAT}")
    try:
        numbers = {name: int(raw[name]) for name in ("dim", "count", "sequence", "generation")}
        return _State(**numbers, removed={int(version): int(row) for version, row in raw["removed"]})
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(folder, repr(error)) from error


def _save(folder: Path, state: _State) -> None:
    values: dict[str, Any] = {name: getattr(state, name) for name in ("dim", "count", "sequence", "generation")}
    write_state(folder, {"format": FORMAT, **values, "removed": sorted(state.removed.items())})


def _check_sizes(folder: Path, state: _State) -> None:
    """A file that is longer than its state says is what a crash leaves; a shorter one is damaged."""
    for path, width in zip(_paths(folder, state), (4 * state.dim, _KEY_BYTES), strict=True):
        size = path.stat().st_size if path.exists() else 0
        if size < state.count * width:
            raise _damaged(folder, f"{path.name} has {size} bytes, {state.count * width} are committed")


def _map(folder: Path, state: _State) -> Rows:
    if not state.count:
        return make_rows(np.empty((0, state.dim), np.float32), np.empty((0, 2), np.int64), {})
    vectors, keys = _paths(folder, state)
    with vectors.open("rb") as file:
        length = state.count * state.dim * 4
        if os.fstat(file.fileno()).st_size < length:
            raise _damaged(folder, f"{vectors.name} is shorter than {length} bytes")
        mapping = mmap.mmap(file.fileno(), length, access=mmap.ACCESS_READ)
    pairs = np.fromfile(keys, np.int64, 2 * state.count)
    if len(pairs) < 2 * state.count:
        raise _damaged(folder, f"{keys.name} holds {len(pairs) // 2} rows of {state.count}")
    matrix = np.frombuffer(mapping, np.float32).reshape(state.count, state.dim)
    return make_rows(matrix, pairs.reshape(-1, 2), state.removed, mapping)


def _map_again(folder: Path, state: _State) -> Rows:
    try:
        return _map(folder, state)
    except FileNotFoundError as error:
        raise _damaged(folder, str(error)) from error


def _reopen(folder: Path, state: _State) -> tuple[BinaryIO, BinaryIO]:
    opened = []
    for path, width in zip(_paths(folder, state), (4 * state.dim, _KEY_BYTES), strict=True):
        path.touch()
        file = path.open("r+b")
        file.truncate(state.count * width)
        file.seek(0, os.SEEK_END)
        opened.append(file)
    return opened[0], opened[1]


def _damaged(folder: Path, reason: str) -> IndexDamaged:
    return IndexDamaged("index_damaged", path=str(folder), reason=reason)


def _full(folder: Path, error: OSError) -> MachineError:
    """Writing failed: a full disk is the ordinary reason and has its own sentence; a folder that has gone is damage."""
    if not folder.exists():
        return IndexDamaged("index_missing", path=str(folder))
    if error.errno == 28:
        return MachineError("disk_full", path=str(folder))
    return MachineError("index_unwritable", path=str(folder), reason=str(error))
