"""What the cgroups around this process allow: memory, processor time, and how long it stalls for want of memory.

Takes the folder of process files and the place where cgroups usually stand; versions 1 and 2, wherever they are mounted.
Gives numbers; a file that cannot be read or makes no sense becomes a Problem, never an error. Knows nothing of what is in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ai_chat.types import Problem

_VERSION_2 = ""  # the name of its only hierarchy in /proc/self/cgroup
_LIMITS = ("memory.max", "memory.high", "memory.limit_in_bytes")
_USES = ("memory.current", "memory.usage_in_bytes")
# in version 2, then 1: file pages that are in use; all file pages, and those that are no file's, in use, or still to be written
_MAPPED = ("file_mapped", "total_mapped_file")
_STATS = (
    ("file", ("shmem", "file_mapped", "file_dirty", "file_writeback")),
    ("total_cache", ("total_shmem", "total_mapped_file", "total_dirty", "total_writeback")),
)


@dataclass(frozen=True, slots=True)
class MemoryLimit:
    """Bytes of the tightest limit on the way up, None without one; `limit - used` is the least that is left on that way.

    `mapped`: of `used`, file pages that are in use, which can be dropped all the same.
    """

    limit: int | None
    used: int | None
    mapped: int = 0


@dataclass(frozen=True, slots=True)
class Cgroups:
    """Reads once asked; what went wrong is gathered in `problems`."""

    proc: Path
    place: Path
    problems: list[Problem] = field(default_factory=list)

    def memory(self, total: int) -> MemoryLimit:
        """`total`: a limit that is not below it is none."""
        found = [self._level(folder) for folder in _folders(self.proc, self.place, "memory")]
        tight = [level for level in found if level.limit is not None and level.limit < total]
        if not tight:
            return MemoryLimit(None, None)
        limit = min(level.limit for level in tight if level.limit is not None)
        left = [
            (each.limit - each.used, each.mapped) for each in tight if each.limit is not None and each.used is not None
        ]
        if not left:
            return MemoryLimit(limit, None)
        least, mapped = min(left)
        return MemoryLimit(limit, max(0, limit - least), mapped)

    def cores(self) -> int | None:
        """Whole processors of the smallest quota, at least 1; None without a quota."""
        quotas = [quota for folder in _folders(self.proc, self.place, "cpu") for quota in self._quota(folder)]
        return max(1, int(min(quotas))) if quotas else None

    def stalled(self) -> float | None:
        """Percent of the last ten seconds in which something waited for memory; None where the kernel does not tell."""
        own = [folder / "memory.pressure" for folder in _folders(self.proc, self.place, "memory")][:1]
        for path in (*own, self.proc / "pressure" / "memory"):
            found = re.search(r"^some avg10=(\d+(?:\.\d+)?)", self._text(path) or "")
            if found is not None:
                return float(found[1])
        return None

    def _level(self, folder: Path) -> MemoryLimit:
        limits = [number for name in _LIMITS if (number := self._number(folder / name)) is not None]
        if not limits:
            return MemoryLimit(None, None)
        uses = [number for name in _USES if (number := self._number(folder / name)) is not None]
        stats = self._stats(folder)
        mapped = next((stats[name] for name in _MAPPED if name in stats), 0)
        return MemoryLimit(min(limits), max(0, uses[0] - _droppable(stats)) if uses else None, mapped)

    def _stats(self, folder: Path) -> dict[str, int]:
        rows = (line.split() for line in (self._text(folder / "memory.stat") or "").splitlines())
        return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdecimal()}

    def _quota(self, folder: Path) -> Iterator[float]:
        quota, period = [*(self._text(folder / "cpu.max") or "").split(), "", ""][:2]
        if not quota:
            quota = (self._text(folder / "cpu.cfs_quota_us") or "").strip()
            period = (self._text(folder / "cpu.cfs_period_us") or "").strip()
        if quota.isdecimal() and period.isdecimal() and int(period):
            yield int(quota) / int(period)

    def _number(self, path: Path) -> int | None:
        """None where there is no file, no limit or no sense."""
        text = self._text(path)
        if text is None or text.strip() in ("max", "-1"):
            return None
        if not text.strip().isdecimal():
            self.problems.append(Problem("cgroup_unreadable", {"path": str(path), "reason": repr(text[:40])}))
            return None
        return int(text)

    def _text(self, path: Path) -> str | None:
        try:
            return path.read_bytes()[:65_536].decode("utf-8", "replace")
        except (FileNotFoundError, NotADirectoryError):
            return None  # the top has no limit files, and a container may not see all levels
        except (OSError, ValueError) as error:  # ValueError: a path that cannot be one
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            self.problems.append(Problem("cgroup_unreadable", {"path": str(path), "reason": reason}))
            return None


def _droppable(stats: Mapping[str, int]) -> int:
    """Bytes of file pages that are clean and mapped by nobody."""
    for whole, parts in _STATS:
        if whole in stats:
            return max(0, stats[whole] - sum(stats.get(part, 0) for part in parts))
    return 0


@dataclass(frozen=True, slots=True)
class _Mount:
    root: PurePosixPath
    point: Path
    controllers: frozenset[str]


def _folders(proc: Path, place: Path, controller: str) -> list[Path]:
    """Those of our own cgroup and of all above it that can be seen, the innermost first."""
    own = dict(_own_paths(proc))
    mounts = list(_mounts(proc)) or _usual_mounts(place)
    wanted = [(mount, name) for mount in mounts for name in (_VERSION_2, controller) if name in mount.controllers]
    return [folder for mount, name in wanted if name in own for folder in _upwards(mount, own[name])]


def _upwards(mount: _Mount, path: PurePosixPath) -> Iterable[Path]:
    inside = path.is_relative_to(mount.root) and ".." not in path.parts
    folder = mount.point / (path.relative_to(mount.root) if inside else ".")
    return (folder, *(above for above in folder.parents if above.is_relative_to(mount.point)))


def _own_paths(proc: Path) -> Iterator[tuple[str, PurePosixPath]]:
    """(controller, path) of each hierarchy that this process is in."""
    for line in _lines(proc / "self" / "cgroup"):
        _number, controllers, path = [*line.split(":", 2), "", ""][:3]
        if path.startswith("/"):
            yield from ((name, PurePosixPath(path)) for name in controllers.split(","))


def _mounts(proc: Path) -> Iterator[_Mount]:
    for line in _lines(proc / "self" / "mountinfo"):
        place, _, kind = line.partition(" - ")
        fields, kinds = place.split(), kind.split()
        if len(fields) > 4 and len(kinds) > 2 and kinds[0] in ("cgroup", "cgroup2"):
            controllers = frozenset(kinds[2].split(",")) if kinds[0] == "cgroup" else frozenset({_VERSION_2})
            yield _Mount(PurePosixPath(_plain(fields[3])), Path(_plain(fields[4])), controllers)


def _usual_mounts(place: Path) -> list[_Mount]:
    top = PurePosixPath("/")
    named = [_Mount(top, place / name, frozenset({name})) for name in ("memory", "cpu") if (place / name).is_dir()]
    return named or [_Mount(top, place, frozenset({_VERSION_2}))]


def _plain(text: str) -> str:
    """Spaces and the like stand in mountinfo as octal numbers."""
    return re.sub(r"\\(\d{3})", lambda found: chr(int(found[1], 8)), text)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []  # not Linux, or hidden from us: then no cgroup is known
