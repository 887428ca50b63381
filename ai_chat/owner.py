"""One owner per home: a file lock that the kernel lets go when its holder dies, and owner.json that says who it is.

Takes the run folder; knows nothing of what the owner does but how far it says to be. Who waits for the lock stands in a queue.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from ai_chat.process import is_locked, lock_file

_POLL_SECONDS = 0.2
_PROGRESS = "progress.json"
_QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class OwnerInfo:
    """`address` and `key` are None for a command without a server."""

    pid: int
    address: str | None = None
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` files, now at `path`."""

    done: int
    total: int
    path: str


class OwnerLock:
    """Held until `release` or the end of the process."""

    def __init__(self, run_dir: Path, file: IO[str]) -> None:
        self._run_dir = run_dir
        self._file = file

    @classmethod
    def try_acquire(cls, run_dir: Path, address: str | None = None, key: str | None = None) -> OwnerLock | None:
        """The lock, with owner.json written; None when another process (or another opening of ours) holds it."""
        run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = lock_file(run_dir / "owner.lock")
        if file is None:
            return None
        _write(run_dir / "owner.json", OwnerInfo(os.getpid(), address, key))
        return cls(run_dir, file)

    def release(self) -> None:
        if not self._file.closed:
            (self._run_dir / "owner.json").unlink(missing_ok=True)
            (self._run_dir / _PROGRESS).unlink(missing_ok=True)
            self._file.close()

    def tell(self, progress: Progress) -> None:
        """What others who wait are shown."""
        _write(self._run_dir / _PROGRESS, progress)

    def is_wanted(self) -> bool:
        """Whether somebody stands in the queue."""
        return bool(_queued(self._run_dir))


def prove_writable(run_dir: Path) -> None:
    """OSError where nobody could own this home: the lock cannot be written."""
    run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (run_dir / "owner.lock").open("a").close()


def read_owner(run_dir: Path) -> OwnerInfo | None:
    """Who holds the lock now; None when nobody does, whatever an owner that was killed left behind."""
    return _read(run_dir / "owner.json") if is_locked(run_dir / "owner.lock") else None


def read_progress(run_dir: Path) -> Progress | None:
    """How far the owner said to be."""
    try:
        return Progress(**json.loads((run_dir / _PROGRESS).read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def wait_for_owner(
    run_dir: Path, stop: Callable[[OwnerInfo], bool], on_wait: Callable[[OwnerInfo, int], None]
) -> OwnerLock | OwnerInfo:
    """Wait for the lock, in the order of coming; gives the owner instead as soon as `stop` says that it will do.

    `on_wait` hears again and again who has it and how many are before us.
    """
    with queued(run_dir) as own:
        while True:
            before = sum(name < own for name in _queued(run_dir))
            lock = OwnerLock.try_acquire(run_dir) if not before else None
            if lock is not None:
                return lock
            owner = read_owner(run_dir)
            if owner is not None and stop(owner):
                return owner
            if owner is not None and owner.pid:
                on_wait(owner, before)
            time.sleep(_POLL_SECONDS)


@contextmanager
def queued(run_dir: Path) -> Iterator[str]:
    """A place in the queue: a locked file whose name sorts by the time of coming."""
    folder = run_dir / _QUEUE
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{time.time_ns():020}-{os.getpid()}"
    path, made = folder / name, run_dir / f"{name}.place"
    file = lock_file(made)
    made.rename(path)  # locked when others first see it, or they would clear it away
    try:
        yield name
    finally:
        path.unlink(missing_ok=True)
        if file:
            file.close()


def _queued(run_dir: Path) -> list[str]:
    """Names of the places that somebody holds; what the dead left is cleared away."""
    held = []
    for path in sorted((run_dir / _QUEUE).glob("*")):
        if is_locked(path):
            held.append(path.name)
        else:
            path.unlink(missing_ok=True)
    return held


def _write(path: Path, info: OwnerInfo | Progress) -> None:
    temporary = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(info), file)
    temporary.replace(path)


def _read(path: Path) -> OwnerInfo:
    """Between taking the lock and writing the file an owner is nameless: pid 0."""
    try:
        return OwnerInfo(**json.loads(path.read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return OwnerInfo(0)
