"""What processes hold in memory, measured now.

Takes process ids, gives bytes. A process that has gone, or that may not be looked at, is left out: measuring never
raises. Linux tells shared and private parts (`smaps_rollup`, else `status`); elsewhere `ps` tells the resident size.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes. `pss` shares pages out between the processes that map them: `file_backed` of it can be dropped under pressure,
    `anonymous` cannot."""

    rss: int = 0
    pss: int = 0
    anonymous: int = 0
    file_backed: int = 0

    def __add__(self, other: Footprint) -> Footprint:
        return Footprint(
            self.rss + other.rss,
            self.pss + other.pss,
            self.anonymous + other.anonymous,
            self.file_backed + other.file_backed,
        )


NOTHING = Footprint()


def measure(pids: Iterable[int], proc: Path = _PROC) -> dict[int, Footprint]:
    """The footprint of each process that is there."""
    wanted = list(dict.fromkeys(pids))
    if sys.platform != "linux" and proc is _PROC:
        return _measure_by_ps(wanted)
    found = {pid: _read_process(proc / str(pid)) for pid in wanted}
    return {pid: footprint for pid, footprint in found.items() if footprint is not None}


def family(pid: int, proc: Path = _PROC) -> Iterator[int]:
    """The process and all that descend from it, as far as can be seen."""
    yield pid
    for listing in (proc / str(pid) / "task").glob("*/children"):
        for child in _listed(listing).split():
            yield from family(int(child), proc)


def total(footprints: Iterable[Footprint]) -> Footprint:
    """Their sum; `rss` counts a shared page once for each process, `pss` once altogether."""
    return sum(footprints, NOTHING)


def available(proc: Path = _PROC) -> int | None:
    """Bytes the machine could still give without swapping; None where it does not say."""
    return _fields(proc / "meminfo").get("MemAvailable")


def _read_process(folder: Path) -> Footprint | None:
    rolled = _fields(folder / "smaps_rollup")
    if "Rss" in rolled:
        pss = rolled.get("Pss", rolled["Rss"])
        anonymous = (
            rolled["Pss_Anon"] + rolled.get("Pss_Shmem", 0) if "Pss_Anon" in rolled else rolled.get("Anonymous", 0)
        )
        return Footprint(rolled["Rss"], pss, anonymous, max(0, pss - anonymous))
    status = _fields(folder / "status")
    if "VmRSS" in status:  # a kernel thread and a zombie have none
        rss, anonymous = status["VmRSS"], status.get("RssAnon", 0) + status.get("RssShmem", 0)
        return Footprint(rss, rss, anonymous, max(0, rss - anonymous))
    return None


def _fields(path: Path) -> dict[str, int]:
    """The `Name:  123 kB` lines of a file as bytes; empty when it cannot be read."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return {}  # gone, or not ours to look at
    rows = (line.split() for line in text.splitlines())
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) == 3 and row[2] == "kB"}


def _measure_by_ps(pids: list[int]) -> dict[int, Footprint]:
    if not pids:
        return {}
    command = ["ps", "-o", "pid=,rss=", "-p", ",".join(map(str, pids))]
    try:
        listing = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return _parse_ps(listing)


def _parse_ps(listing: str) -> dict[int, Footprint]:
    rows = [line.split() for line in listing.splitlines()]
    return {int(row[0]): Footprint(int(row[1]) * 1024, int(row[1]) * 1024) for row in rows if len(row) == 2}


def _listed(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except OSError:
        return ""  # it ended in between
