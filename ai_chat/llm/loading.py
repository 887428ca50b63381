"""Waiting for a child that loads a model: how far it is, and whether it still does anything.

The engine holds its interpreter while it loads, so the child cannot tell; it is watched from outside, where the kernel
says what a process did. Takes a Child, gives its first frame. There is no limit on the time: a slow disk is no fault.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ai_chat.errors import MachineError
from ai_chat.process import Child, ChildStalled, Frame

STALL_SECONDS = 60.0
LOAD_ENDED = "lazy_ended"  # what `tell` raises where nobody waits for the model any more
_LOOK_SECONDS = 0.1
_ALMOST = 0.99  # what is left is done when the child says so

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Activity:
    """What a process has done so far: two that are equal mean that it did nothing in between.

    `ticks` of CPU time; bytes `resident`, `read` from files and `fetched` from disks.
    """

    ticks: int
    resident: int
    read: int
    fetched: int


def await_loaded(
    child: Child,
    weights: int,
    tell: Tell = lambda _fraction: None,
    stall_seconds: float = STALL_SECONDS,
    look: Callable[[int], Activity | None] | None = None,
) -> Frame:
    """Its first frame; meanwhile `tell` hears the part of `weights` bytes that are in memory.

    Raises ChildDied, MachineError load_stalled when the child has done nothing for `stall_seconds`, and what `tell` raises.
    """
    looking = look or look_at
    before, since, told = looking(child.pid), time.monotonic(), 0.0
    tell(told)
    while True:
        try:
            return child.receive(_LOOK_SECONDS)
        except ChildStalled:
            now = looking(child.pid)
        if now is None or now != before:
            before, since = now, time.monotonic()
        elif time.monotonic() - since >= stall_seconds:
            raise MachineError("load_stalled", seconds=round(stall_seconds))
        if now is not None:
            told = max(told, fraction(now, weights))  # under pressure the kernel takes pages away again
            tell(told)


def fraction(activity: Activity, weights: int) -> float:
    """A mapped file grows the process, one that is read is read; the bytes for the engine itself come first and are few."""
    return min(_ALMOST, max(activity.resident, activity.read) / max(1, weights))


def look_at(pid: int, proc: Path = Path("/proc")) -> Activity | None:
    """None where there is nothing to look at: it has ended, or this system does not tell."""
    folder = proc / str(pid)
    try:
        stat = (folder / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
        told = (line.split(": ") for line in (folder / "io").read_text("ascii").splitlines())
        io = {name: int(value) for name, value in told}
    except OSError:
        return None
    return Activity(
        ticks=int(stat[11]) + int(stat[12]),
        resident=int(stat[21]) * os.sysconf("SC_PAGE_SIZE"),
        read=io["rchar"],
        fetched=io["read_bytes"],
    )
