"""The most memory a process and its children have held while it was watched.

Linux: the sum of each process's own high-water mark (VmHWM), sampled, so that children which end are counted too.
Elsewhere: the resident sizes at the samples. Knows nothing of what is measured.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from ai_chat.memory.measure import family, measure, total

SAMPLE_SECONDS = 0.25
_PROC = Path("/proc")


class PeakMemory:
    """Watches from `with` on. `megabytes` (10^6 bytes) is the most of all samples so far."""

    def __init__(self, pid: int | None = None, proc: Path = _PROC) -> None:
        self._pid = pid or os.getpid()
        self._proc = proc
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="peak", daemon=True)
        self._bytes = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    @property
    def megabytes(self) -> float:
        self._sample()
        return round(self._bytes / 1e6, 1)

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        pids = list(family(self._pid, self._proc))
        marks = [high_water(pid, self._proc) for pid in pids]
        self._bytes = max(self._bytes, sum(marks) or total(measure(pids).values()).rss)


def high_water(pid: int, proc: Path = _PROC) -> int:
    """Bytes; 0 for a process that has gone or a system that does not say."""
    for line in _text(proc / str(pid) / "status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""  # it ended in between
