"""What the memory benchmarks share: the page's server as a tree of processes, its memory at 10 Hz, a real limit around it.

Takes command lines and homes; gives running servers, peaks and what the kernel says of the limit. Linux only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from browser import ROOT, free_port

from ai_chat.app import App, open_app
from ai_chat.config import load_settings
from ai_chat.memory.measure import Footprint, family, measure, total
from ai_chat.owner import read_owner

SAMPLE_SECONDS = 0.1
START_SECONDS = 120.0
MB = 1_000_000
_CGROUPS = Path("/sys/fs/cgroup")
_V1 = (_CGROUPS / "memory").is_dir()
_MEMORY = _CGROUPS / "memory" if _V1 else _CGROUPS


class Sampler:
    """The PSS sum of a process and all that descend from it, and of more processes, ten times a second."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.beside: set[int] = set()
        self.peak = Footprint()
        self.peak_anonymous = 0
        self.samples = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="sampler", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def now(self) -> Footprint:
        pids = {*family(self.pid)}
        for pid in tuple(self.beside):
            pids |= {*family(pid)}
        found = total(measure(pids).values())
        self.peak = max(self.peak, found, key=lambda each: each.pss)
        self.peak_anonymous = max(self.peak_anonymous, found.anonymous)
        self.samples += 1
        return found

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self.now()


@dataclass(frozen=True, slots=True)
class Charged:
    """What the kernel counts in a cgroup, v1 or v2."""

    folder: Path

    def kills(self) -> int:
        """How many processes it has killed for memory."""
        name = "memory.oom_control" if _V1 else "memory.events"
        rows = (line.split() for line in (self.folder / name).read_text().splitlines())
        return sum(int(row[1]) for row in rows if row[0] == "oom_kill")

    def most(self) -> int:
        """The most bytes charged, the page cache included; 0 where the kernel does not say."""
        path = self.folder / ("memory.max_usage_in_bytes" if _V1 else "memory.peak")
        return int(path.read_text()) if path.exists() else 0


def charged(pid: int) -> Charged:
    """Of the cgroup that a process is in."""
    rows = (line.split(":", 2) for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines())
    place = next(path for _, names, path in rows if ("memory" in names.split(",") if _V1 else not names))
    return Charged(_MEMORY / place.lstrip("/"))


class Limit:
    """A memory limit that the kernel holds, without swap: a cgroup of ours, v1 or v2."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.charged = Charged(_MEMORY / f"ai-chat-benchmark-{os.getpid()}")

    def __enter__(self) -> Self:
        try:
            self.charged.folder.mkdir()
            self._write("memory.limit_in_bytes" if _V1 else "memory.max", str(self.size))
            for name in ("memory.memsw.limit_in_bytes",) if _V1 else ("memory.swap.max",):
                if (self.charged.folder / name).exists():
                    self._write(name, str(self.size) if _V1 else "0")
        except OSError as error:
            sys.exit(f"skipped: this machine lets us make no memory limit ({error}); it takes root and a cgroup")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in range(100):
            try:
                self.charged.folder.rmdir()
                return
            except OSError:
                time.sleep(0.1)  # its last process is still going

    @property
    def procs(self) -> Path:
        """Where a process writes its id to come under the limit."""
        return self.charged.folder / "cgroup.procs"

    def _write(self, name: str, value: str) -> None:
        (self.charged.folder / name).write_text(value)


@dataclass(frozen=True, slots=True)
class Running:
    """A server and the App that speaks to it."""

    process: subprocess.Popen[bytes]
    app: App
    url: str
    home: Path


@contextmanager
def page_server(home: Path, environ: Mapping[str, str], limit: Limit | None = None) -> Iterator[Running]:
    """`ai-chat web` over this home, ended with its children; under `limit` from its first instruction on."""
    port = free_port()
    command = [sys.executable, "-m", "ai_chat", "web", "--no-browser", "--port", str(port)]
    if limit is not None:
        command = ["sh", "-c", 'echo $$ > "$0" && exec "$@"', str(limit.procs), *command]
    env = {**os.environ, "AI_CHAT_HOME": str(home), **environ}
    with (home.parent / "server.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
    try:
        app = _connect(home, process)
        owner = read_owner(home / "run")
        assert owner is not None and owner.address is not None
        yield Running(process, app, owner.address, home)
    finally:
        process.terminate()
        process.wait(60)


def _connect(home: Path, process: subprocess.Popen[bytes]) -> App:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        owner = read_owner(home / "run")
        if owner is not None and owner.address:
            return open_app(load_settings({"home": home}), "read")
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start; see {home.parent / 'server.log'}")


def forget_file(path: Path) -> None:
    """Drop a file's pages from the page cache, so that whoever reads it next is charged for them."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
