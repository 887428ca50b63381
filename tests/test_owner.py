"""One owner per home, over real locks and processes."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ai_chat.owner import OwnerInfo, OwnerLock, queued, read_owner, wait_for_owner

HOLD = """
import sys, time
from pathlib import Path
from ai_chat.owner import OwnerLock
lock = OwnerLock.try_acquire(Path(sys.argv[1]), "http://127.0.0.1:1", "key")
print("held" if lock else "busy", flush=True)
time.sleep(60)
"""


@contextmanager
def hold(run_dir: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(run_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_second_opening_gets_nothing_until_release(tmp_path: Path) -> None:
    first = OwnerLock.try_acquire(tmp_path)
    assert first is not None
    assert OwnerLock.try_acquire(tmp_path) is None
    first.release()
    second = OwnerLock.try_acquire(tmp_path)
    assert second is not None
    second.release()


def test_owner_is_read_by_others_and_only_by_this_user(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        assert read_owner(tmp_path) == OwnerInfo(process.pid, "http://127.0.0.1:1", "key")
        assert (tmp_path / "owner.json").stat().st_mode & 0o077 == 0


def test_killed_owner_leaves_no_owner(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (tmp_path / "owner.json").exists()
    assert read_owner(tmp_path) is None
    lock = OwnerLock.try_acquire(tmp_path)
    assert lock is not None
    lock.release()


def test_waiting_ends_at_a_server(tmp_path: Path) -> None:
    told: list[tuple[OwnerInfo, int]] = []
    with hold(tmp_path) as process:
        got = wait_for_owner(tmp_path, lambda owner: owner.address is not None, lambda *said: told.append(said))
        assert isinstance(got, OwnerInfo) and got.pid == process.pid
    assert told == []


def test_key_is_not_shown(tmp_path: Path) -> None:
    assert "secret" not in repr(OwnerInfo(1, "x", "secret"))


def test_a_place_in_the_queue_is_held_from_the_moment_that_others_see_it(tmp_path: Path) -> None:
    """Somebody who clears away what the dead left never takes a place that is being taken."""
    lock = OwnerLock.try_acquire(tmp_path)
    assert lock is not None
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            lock.is_wanted()

    looking = threading.Thread(target=look)
    looking.start()
    held = []
    for _ in range(300):
        with queued(tmp_path) as name:
            held.append((tmp_path / "queue" / name).exists() and lock.is_wanted())
    stop.set()
    looking.join()
    lock.release()
    assert all(held)
