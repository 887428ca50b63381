"""Machine: what memory there is. The probe takes the places to look at as parameters, so that tests give their own.

Reading never raises: what cannot be read is a problem in the Machine, and a careful number stands in its place.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from ai_chat.errors import MachineError
from ai_chat.memory.cgroups import Cgroups
from ai_chat.sizes import GIB, show_size
from ai_chat.types import Problem

_PROC = Path("/proc")
_CGROUP = Path("/sys/fs/cgroup")
_GPU_SIGNS = (Path("/dev/nvidiactl"), Path("/dev/nvidia0"), Path("/proc/driver/nvidia"), Path("/dev/dxg"))
_UNKNOWN_TOTAL = 4 * GIB  # what is assumed where not even the size can be read


@dataclass(frozen=True, slots=True)
class Gpu:
    """Bytes of one device."""

    name: str
    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Machine:
    """Bytes. `limit`: of the tightest cgroup around us, None without one; `limit - used` is what is left below it and all above.

    `used` leaves out what the kernel can drop at no cost: file pages that are clean and mapped by nobody; `mapped` of it are file
    pages that are in use, which it drops when it must. `cores`: those we may
    run on, no more than the quota. `problems`: what could not be read, as notices.
    """

    total: int
    available: int
    cores: int
    limit: int | None = None
    used: int | None = None
    mapped: int = 0
    gpus: tuple[Gpu, ...] = ()
    problems: tuple[Problem, ...] = ()


class Nvml(Protocol):
    """What is asked of the driver's library, by the names that pynvml gives it."""

    def nvmlDeviceGetCount(self) -> int: ...
    def nvmlDeviceGetHandleByIndex(self, index: int) -> Any: ...
    def nvmlDeviceGetName(self, handle: Any) -> str: ...
    def nvmlDeviceGetMemoryInfo(self, handle: Any) -> Any: ...


def read_gpus() -> tuple[Gpu, ...]:
    """NVIDIA devices, none where no driver shows; MachineError gpu_unreadable when one shows that does not answer."""
    return ask_gpus(_open_nvml) if any(sign.exists() for sign in _GPU_SIGNS) else ()


def ask_gpus(open_library: Callable[[], Nvml]) -> tuple[Gpu, ...]:
    """Every device of the library; raises MachineError gpu_unreadable."""
    from pynvml import NVMLError

    try:
        nvml = open_library()
        handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
        return tuple(_gpu(nvml.nvmlDeviceGetName(handle), nvml.nvmlDeviceGetMemoryInfo(handle)) for handle in handles)
    except (NVMLError, UnicodeDecodeError) as error:
        raise MachineError("gpu_unreadable", reason=str(error)) from error


def read_machine(
    proc: Path = _PROC, cgroup: Path = _CGROUP, gpus: Callable[[], tuple[Gpu, ...]] = read_gpus
) -> Machine:
    """Never raises."""
    cgroups = Cgroups(proc, cgroup)
    total, available, problems = _memory(proc)
    limit = cgroups.memory(total)
    cores = _usable_cores(proc)
    try:
        found = gpus()
    except MachineError as error:
        found = ()
        problems.append(error.problem)
    return Machine(
        total=total,
        available=available,
        cores=min(cores, cgroups.cores() or cores),
        limit=limit.limit,
        used=limit.used,
        mapped=limit.mapped,
        gpus=found,
        problems=(*problems, *cgroups.problems),
    )


def read_pressure(proc: Path = _PROC, cgroup: Path = _CGROUP) -> float | None:
    """Percent of the last ten seconds in which some process waited for memory: of our cgroup, else of the machine."""
    return Cgroups(proc, cgroup).stalled()


@cache
def _open_nvml() -> Nvml:
    """Once a process: opening it anew for every look would take longer than the look."""
    import pynvml

    pynvml.nvmlInit()
    return cast("Nvml", pynvml)


def _gpu(name: str, memory: Any) -> Gpu:
    return Gpu(name, int(memory.total), int(memory.free))


def _memory(proc: Path) -> tuple[int, int, list[Problem]]:
    """Total and available bytes, and the notice that they were guessed."""
    try:
        text = (proc / "meminfo").read_text("utf-8", "replace")
    except OSError:
        text = ""  # not Linux, or hidden from us
    fields = {name: int(size) * 1024 for name, size in re.findall(r"^(\S+):\s+(\d{1,15}) kB", text, re.MULTILINE)}
    total = fields.get("MemTotal", 0)
    if not total:
        total = _installed()
        return total, total // 2, [Problem("memory_guessed", {"total": show_size(total)})]
    available = fields.get("MemAvailable", fields.get("MemFree", 0) + fields.get("Inactive(file)", 0))
    return total, min(total, available), []


def _installed() -> int:
    """Bytes that the machine has, as macOS and other systems without /proc say it."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return _UNKNOWN_TOTAL


def _usable_cores(proc: Path) -> int:
    try:
        text = (proc / "self" / "status").read_text("utf-8", "replace")
    except OSError:
        text = ""
    allowed = re.search(r"^Cpus_allowed_list:\s*([\d,-]+)", text, re.MULTILINE)
    ranges = re.findall(r"(\d{1,9})(?:-(\d{1,9}))?", allowed[1] if allowed else "")
    return sum(max(1, int(last or first) - int(first) + 1) for first, last in ranges) or os.cpu_count() or 1
