"""The files of a vector index: what is committed, its rows mapped, and the ends that new rows are written to.

Takes a folder, gives a State, Rows and Ends. A generation has three files, `numbers`, `bits` and `keys`, a row of each for
a vector; rows are only ever appended, and those beyond the state's count do not count.
"""

from __future__ import annotations

import errno
import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ai_chat.errors import MachineError
from ai_chat.index import IndexDamaged
from ai_chat.index.bits import Bits, sign_bits, words
from ai_chat.index.rows import Ids, Numbers, Rows, make_rows
from ai_chat.index.state import read_state, write_state

FORMAT = 2
_COUNTS = ("dim", "count", "sequence", "generation", "centred")


@dataclass(frozen=True, slots=True)
class State:
    """What is committed. `centre` is the mean of `centred` rows, all zero before the first time; `removed`: rows of this
    version before that row are dead."""

    dim: int
    centre: Numbers
    count: int = 0
    sequence: int = 0
    generation: int = 0
    centred: int = 0
    removed: dict[int, int] = field(default_factory=dict)


class Ends:
    """Where a generation's next rows go."""

    def __init__(self, files: Sequence[BinaryIO]) -> None:
        self._files = files

    @classmethod
    def open(cls, folder: Path, state: State) -> Ends:
        """The files, made where they are missing, cut to what is committed and positioned behind it."""
        files = []
        for path, width in zip(paths(folder, state), _widths(state.dim), strict=True):
            path.touch()
            file = path.open("r+b")
            files.append(file)
            file.truncate(state.count * width)
            file.seek(0, os.SEEK_END)
        return cls(files)

    def append(self, numbers: Numbers, centre: Numbers, keys: Ids) -> None:
        for file, rows in zip(self._files, (numbers, sign_bits(numbers, centre), keys), strict=True):
            file.write(np.ascontiguousarray(rows).data)

    def sync(self) -> None:
        for file in self._files:
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        """What could not be written is lost: it was not committed."""
        for file in self._files:
            with suppress(OSError):
                file.close()


def empty_state(dim: int) -> State:
    return State(dim, np.zeros(dim, np.int16))


def load_state(folder: Path) -> State:
    raw = read_state(folder)
    if raw.get("format") != FORMAT:
        raise damaged(folder, f"its format is {raw.get('format')}, not {FORMAT}")
    try:
        counts = {name: int(raw[name]) for name in _COUNTS}
        removed = {int(version): int(row) for version, row in raw["removed"]}
        centre = np.array(raw["centre"], np.int16)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise damaged(folder, repr(error)) from error
    if centre.shape != (counts["dim"],):
        raise damaged(folder, f"its centre has the shape {centre.shape}")
    return State(centre=centre, removed=removed, **counts)


def save_state(folder: Path, state: State) -> None:
    """On the disk when this returns: call it after `sync`."""
    values: dict[str, Any] = {name: getattr(state, name) for name in _COUNTS}
    values |= {"centre": state.centre.tolist(), "removed": sorted(state.removed.items())}
    write_state(folder, {"format": FORMAT, **values})


def paths(folder: Path, state: State) -> tuple[Path, Path, Path]:
    names = ("numbers-{}.i16", "bits-{}.u64", "keys-{}.i64")
    return tuple(folder / name.format(state.generation) for name in names)  # type: ignore[return-value]


def delete_others(folder: Path, state: State) -> None:
    """What a crash may have left of other generations."""
    kept = {path.name for path in paths(folder, state)}
    for path in _row_files(folder):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def check_sizes(folder: Path, state: State) -> None:
    """A file that is longer than its state says is what a crash leaves; a shorter one is damaged."""
    for path, width in zip(paths(folder, state), _widths(state.dim), strict=True):
        size = path.stat().st_size if path.exists() else 0
        if size < state.count * width:
            raise damaged(folder, f"{path.name} has {size} bytes, {state.count * width} are committed")


def map_rows(folder: Path, state: State) -> Rows:
    """What is committed; FileNotFoundError where it was replaced meanwhile."""
    if not state.count:
        nothing: Bits = np.empty((0, words(state.dim)), np.uint64)
        return make_rows(np.empty((0, state.dim), np.int16), nothing, state.centre, np.empty((0, 2), np.int64), {})
    widths = _widths(state.dim)
    numbers, bits, keys = (
        _map(path, state.count * width) for path, width in zip(paths(folder, state), widths, strict=True)
    )
    return make_rows(
        np.frombuffer(numbers, np.int16).reshape(state.count, -1),
        np.frombuffer(bits, np.uint64).reshape(state.count, -1),
        state.centre,
        np.frombuffer(keys, np.int64).reshape(-1, 2),
        state.removed,
        (numbers, bits),
    )


def damaged(folder: Path, reason: str) -> IndexDamaged:
    return IndexDamaged("index_damaged", path=str(folder), reason=reason)


def unwritable(folder: Path, error: OSError) -> MachineError:
    """Writing failed: a full disk is the ordinary reason and has its own sentence; a folder that has gone is damage."""
    if not folder.exists():
        return IndexDamaged("index_missing", path=str(folder))
    if error.errno == errno.ENOSPC:
        return MachineError("disk_full", path=str(folder))
    return MachineError("index_unwritable", path=str(folder), reason=str(error))


def _map(path: Path, length: int) -> mmap.mmap:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < length:
            raise damaged(path.parent, f"{path.name} is shorter than {length} bytes")
        return mmap.mmap(file.fileno(), length, access=mmap.ACCESS_READ)


def _widths(dim: int) -> tuple[int, int, int]:
    """Bytes a row of each file: 16 bits a number, a bit a number, chunk and version of 64 bits each."""
    return 2 * dim, 8 * words(dim), 16


def _row_files(folder: Path) -> Iterator[Path]:
    for pattern in ("numbers-*.i16", "bits-*.u64", "keys-*.i64"):
        yield from folder.glob(pattern)
