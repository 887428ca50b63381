"""Holding the home: acquired late, given back in between, handed over; told to whoever asks without it.

Takes the settings and the lock, if it is held already; gives the lock's holder or MachineError owner_busy. Knows no document.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from ai_chat.config import Settings
from ai_chat.errors import MachineError
from ai_chat.owner import OwnerInfo, OwnerLock, Progress, queued, read_owner, read_progress, wait_for_owner
from ai_chat.types import IngestEvent, Problem

POLL_SECONDS = 0.2
_TELL_SECONDS = 0.5
_SLICE_SECONDS = 2.0  # a command that writes for long works so long before it lets others go between


class Ownership:
    """`tell` hears of waiting."""

    def __init__(self, settings: Settings, lock: OwnerLock | None, tell: Callable[[Problem], None]) -> None:
        self._settings = settings
        self._lock = lock
        self._tell = tell
        self._since = time.monotonic()
        self._told = 0.0
        self._coming = False

    @property
    def held(self) -> bool:
        return self._lock is not None

    def require(self) -> None:
        """MachineError owner_busy where another process has it."""
        if self._lock is None:
            raise MachineError("owner_busy", **self._busy(read_owner(self._settings.run_dir)).values)

    def seize(self) -> OwnerLock | None:
        """The lock where nobody has it; to be given to `take`."""
        return OwnerLock.try_acquire(self._settings.run_dir)

    def take(self, lock: OwnerLock) -> None:
        self._lock = lock

    def expect(self) -> None:
        """Work that comes from now on waits for `come`."""
        self._coming = True

    def come(self, address: str, key: str, is_closing: Callable[[float], bool]) -> OwnerLock | None:
        """For a server: wait for the lock before all commands in the queue; None when it closes first."""
        owner = read_owner(self._settings.run_dir)
        if owner and owner.pid:
            self._tell(self._busy(owner))
        with queued(self._settings.run_dir):
            while not is_closing(POLL_SECONDS):
                if lock := OwnerLock.try_acquire(self._settings.run_dir, address, key):
                    return lock
        return None

    def awaited(self) -> Iterator[IngestEvent]:
        """What a server does with work that comes before it has the home: wait, visibly."""
        while self._lock is None and self._coming:
            progress = read_progress(self._settings.run_dir) or Progress(0, 0, "")
            yield IngestEvent(progress.done, progress.total, progress.path, phase="waiting")
            time.sleep(_TELL_SECONDS)
        self.require()

    def make_room(self, event: IngestEvent, let_go: Callable[[], None]) -> OwnerInfo | None:
        """Say how far we are; now and then let those go who wait. Gives the server that has come to stay, if one has.

        `let_go` closes what only an owner may have open.
        """
        now = time.monotonic()
        if self._lock is None or now - self._told < _TELL_SECONDS:
            return None
        self._told = now
        self._lock.tell(Progress(event.done, event.total, event.path))
        if now - self._since < _SLICE_SECONDS or not self._lock.is_wanted():
            return None
        let_go()
        self._lock.release()
        got = wait_for_owner(
            self._settings.run_dir, lambda other: other.address is not None, lambda _other, _before: None
        )
        self._since = time.monotonic()
        self._lock = got if isinstance(got, OwnerLock) else None
        return got if isinstance(got, OwnerInfo) else None

    def give_up(self) -> None:
        """Nobody is to wait for us any more."""
        self._coming = False

    def release(self) -> None:
        self._coming = False
        if self._lock:
            self._lock.release()

    def _busy(self, owner: OwnerInfo | None) -> Problem:
        return Problem("owner_busy", {"pid": owner.pid if owner else 0, "home": str(self._settings.home)})
