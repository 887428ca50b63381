"""One owner per home: a file lock that the kernel lets go when its holder dies, and owner.json that says who it is.

Takes the run folder; knows nothing of what the owner does.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from ai_chat.process import is_locked, lock_file

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class OwnerInfo:
    """`address` and `key` are None for a command without a server."""

    pid: int
    address: str | None = None
    key: str | None = field(default=None, repr=False)


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
            self._file.close()


def read_owner(run_dir: Path) -> OwnerInfo | None:
    """Who holds the lock now; None when nobody does, whatever an owner that was killed left behind."""
    return _read(run_dir / "owner.json") if is_locked(run_dir / "owner.lock") else None


def wait_for_owner(
    run_dir: Path, stop: Callable[[OwnerInfo], bool], on_wait: Callable[[OwnerInfo], None]
) -> OwnerLock | OwnerInfo:
    """Wait for the lock; gives the owner instead as soon as `stop` says that it will do. `on_wait` is called once."""
    told = False
    while True:
        lock = OwnerLock.try_acquire(run_dir)
        if lock is not None:
            return lock
        owner = read_owner(run_dir)
        if owner is not None and stop(owner):
            return owner
        if owner is not None and owner.pid and not told:
            on_wait(owner)
            told = True
        time.sleep(_POLL_SECONDS)


def _write(path: Path, info: OwnerInfo) -> None:
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
