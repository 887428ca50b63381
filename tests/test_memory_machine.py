"""The machine's memory, over folders of our own writing: cgroups of both versions, foreign kernels, broken GPUs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pynvml import (
    NVML_ERROR_LIB_RM_VERSION_MISMATCH,
    NVML_ERROR_LIBRARY_NOT_FOUND,
    NVML_ERROR_NO_PERMISSION,
    NVMLError,
)

from ai_chat.errors import MachineError
from ai_chat.memory.machine import Gpu, Machine, ask_gpus, read_gpus, read_machine, read_pressure
from ai_chat.sizes import GIB, MIB

_MEMINFO = "MemTotal:       16777216 kB\nMemFree:  100 kB\nMemAvailable:    8388608 kB\nHugePages_Total: 0\n"
_STATUS = "Name:\tx\nCpus_allowed_list:\t0-3,8\n"
_NO_LIMIT = "9223372036854771712\n"


def _no_gpus() -> tuple[Gpu, ...]:
    return ()


def _tree(folder: Path, files: Mapping[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


@dataclass(frozen=True, slots=True)
class _Host:
    """A fake /proc and a fake place of cgroups."""

    proc: Path
    place: Path

    def write(self, files: Mapping[str, str]) -> None:
        """Names that begin with proc/ or cgroup/."""
        _tree(self.proc.parent, files)

    def machine(self) -> Machine:
        return read_machine(self.proc, self.place, _no_gpus)

    def mount(self, line: str) -> str:
        """A row of mountinfo; {at} is the fake place."""
        return f"31 23 0:28 {line.format(at=self.place)}\n"


@pytest.fixture
def host(tmp_path: Path) -> _Host:
    made = _Host(tmp_path / "proc", tmp_path / "cgroup")
    made.place.mkdir()
    made.write({"proc/meminfo": _MEMINFO, "proc/self/status": _STATUS})
    return made


def _version_2(host: _Host, own: str, files: Mapping[str, str], root: str = "/") -> None:
    mount = host.mount(f"{root} {{at}} rw,relatime - cgroup2 cgroup2 rw")
    host.write({"proc/self/cgroup": f"0::{own}\n", "proc/self/mountinfo": mount})
    host.write({f"cgroup/{name}": content for name, content in files.items()})


def test_without_cgroups_there_is_no_limit(host: _Host) -> None:
    assert host.machine() == Machine(total=16 * GIB, available=8 * GIB, cores=5)


def test_version_2_tells_limit_and_what_cannot_be_dropped(host: _Host) -> None:
    stat = f"anon {GIB}\nfile {GIB}\nshmem {64 * MIB}\nfile_mapped {128 * MIB}\nfile_dirty {MIB}\nfile_writeback 0\n"
    files = {"a/b/memory.max": f"{4 * GIB}\n", "a/b/memory.current": f"{2 * GIB}\n", "a/b/memory.stat": stat}
    _version_2(host, "/a/b", files | {"a/memory.max": "max\n"})
    machine = host.machine()
    assert (machine.limit, machine.used, machine.problems) == (4 * GIB, GIB + 193 * MIB, ())
    assert machine.mapped == 128 * MIB


def test_a_tighter_limit_above_counts(host: _Host) -> None:
    files = {"a/memory.max": f"{2 * GIB}", "a/memory.current": f"{GIB}", "a/b/memory.max": f"{4 * GIB}"}
    _version_2(host, "/a/b", files | {"a/b/memory.current": f"{MIB}"})
    machine = host.machine()
    assert (machine.limit, machine.used) == (2 * GIB, GIB)


def test_neighbours_that_fill_the_group_above_leave_less(host: _Host) -> None:
    """Our own limit of 4 GiB is untouched, but of the 8 GiB above it only one is left."""
    files = {"a/memory.max": f"{8 * GIB}", "a/memory.current": f"{7 * GIB}", "a/b/memory.max": f"{4 * GIB}"}
    _version_2(host, "/a/b", files | {"a/b/memory.current": "0"})
    machine = host.machine()
    assert (machine.limit, machine.used) == (4 * GIB, 3 * GIB)


def test_a_throttling_mark_is_a_limit(host: _Host) -> None:
    files = {"memory.max": f"{4 * GIB}", "memory.high": f"{3 * GIB}", "memory.current": "5"}
    _version_2(host, "/", files)
    assert host.machine().limit == 3 * GIB


def test_a_limit_above_the_memory_is_none(host: _Host) -> None:
    _version_2(host, "/", {"memory.max": f"{17 * GIB}", "memory.current": "5"})
    assert (host.machine().limit, host.machine().used) == (None, None)


def test_version_1_is_read_beside_others(host: _Host) -> None:
    rows = ("/ {at}/memory rw - cgroup cgroup rw,memory", "/ {at}/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct")
    host.write({"proc/self/cgroup": "4:memory:/job\n1:cpu,cpuacct:/job\n0::/\n"})
    host.write({"proc/self/mountinfo": "".join(map(host.mount, rows))})
    stat = f"cache 7\ntotal_cache {GIB}\ntotal_shmem {MIB}\ntotal_mapped_file {MIB}\ntotal_dirty 0\n"
    host.write(
        {
            "cgroup/memory/memory.limit_in_bytes": _NO_LIMIT,
            "cgroup/memory/memory.usage_in_bytes": f"{9 * GIB}",
            "cgroup/memory/job/memory.limit_in_bytes": f"{6 * GIB}\n",
            "cgroup/memory/job/memory.usage_in_bytes": f"{3 * GIB}\n",
            "cgroup/memory/job/memory.stat": stat,
            "cgroup/cpu,cpuacct/job/cpu.cfs_quota_us": "250000\n",
            "cgroup/cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
        }
    )
    told = Machine(16 * GIB, 8 * GIB, cores=2, limit=6 * GIB, used=2 * GIB + 2 * MIB, mapped=MIB)
    assert host.machine() == told


def test_a_container_sees_its_own_group_as_the_top(host: _Host) -> None:
    _version_2(host, "/docker/abc", {"memory.max": f"{GIB}", "memory.current": "0"}, root="/docker/abc")
    assert host.machine().limit == GIB


@pytest.mark.parametrize("own", ["/../../other", "/not/below", "/gone/away"])
def test_a_path_that_leads_nowhere_means_the_top(host: _Host, own: str) -> None:
    _version_2(host, own, {"memory.max": f"{GIB}", "memory.current": "0"}, root="/gone" if "away" in own else "/")
    assert host.machine().limit == GIB


def test_a_mount_with_a_space_is_found(host: _Host) -> None:
    mount = host.mount("/ {at}/my\\040groups rw - cgroup2 cgroup2 rw")
    host.write({"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": mount})
    host.write({"cgroup/my groups/memory.max": f"{GIB}"})
    machine = host.machine()
    assert (machine.limit, machine.used) == (GIB, None)


@pytest.mark.parametrize("below", ["", "memory/"])
def test_without_mountinfo_the_usual_places_are_looked_at(host: _Host, below: str) -> None:
    host.write({"proc/self/cgroup": "4:memory:/\n0::/\n"})
    host.write({f"cgroup/{below}memory.limit_in_bytes": f"{GIB}", f"cgroup/{below}memory.usage_in_bytes": "9"})
    assert (host.machine().limit, host.machine().used) == (GIB, 9)


@pytest.mark.parametrize("content", ["", "lots", "-7", "12 34", "\x00\x00", "1e9", "²"])
def test_a_limit_that_makes_no_sense_is_a_problem(host: _Host, content: str) -> None:
    _version_2(host, "/", {"memory.max": content, "memory.current": "1"})
    machine = host.machine()
    assert machine.limit is None
    assert [problem.code for problem in machine.problems] == ["cgroup_unreadable"]


def test_a_limit_that_cannot_be_read_is_a_problem(host: _Host) -> None:
    _version_2(host, "/a", {"memory.max": f"{GIB}"})
    (host.place / "a" / "memory.max").mkdir(parents=True)
    machine = host.machine()
    assert machine.limit == GIB
    assert [problem.code for problem in machine.problems] == ["cgroup_unreadable"]


@pytest.mark.parametrize(
    ("quota", "cores"),
    [("max 100000", 5), ("300000 100000", 3), ("150000 100000", 1), ("5000 100000", 1), ("x y", 5), ("9 0", 5)],
)
def test_a_quota_lowers_the_cores(host: _Host, quota: str, cores: int) -> None:
    _version_2(host, "/", {"cpu.max": quota})
    assert host.machine().cores == cores


@pytest.mark.parametrize("status", ["", "Cpus_allowed_list:\t\n", "Cpus_allowed_list:\tall\n"])
def test_without_a_list_all_cores_count(host: _Host, status: str) -> None:
    host.write({"proc/self/status": status})
    assert host.machine().cores == os.cpu_count()


def test_an_old_kernel_does_not_tell_what_is_available(host: _Host) -> None:
    host.write({"proc/meminfo": "MemTotal: 4194304 kB\nMemFree: 1048576 kB\nInactive(file): 1024 kB\n"})
    assert host.machine().available == GIB + MIB


@pytest.mark.parametrize("content", [None, "", "MemTotal: many kB\n", "MemTotal: 0 kB\n"])
def test_a_system_that_tells_nothing_is_guessed(host: _Host, content: str | None) -> None:
    (host.proc / "meminfo").unlink()
    if content is not None:
        host.write({"proc/meminfo": content})
    machine = host.machine()
    assert machine.total > 0 and machine.available == machine.total // 2
    assert [problem.code for problem in machine.problems] == ["memory_guessed"]


def test_nothing_at_all_is_no_error(tmp_path: Path) -> None:
    machine = read_machine(tmp_path / "none", tmp_path / "neither", _no_gpus)
    assert machine.limit is None and machine.cores >= 1


def test_this_machine_can_be_read() -> None:
    machine = read_machine()
    assert 0 < machine.available <= machine.total
    assert machine.limit is None or machine.limit < machine.total


@settings(deadline=None, derandomize=True)
@given(junk=st.binary(max_size=200), own=st.binary(max_size=60), mounts=st.binary(max_size=120))
def test_no_bytes_end_in_an_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, own: bytes, mounts: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "junk"
    (folder / "self").mkdir(parents=True, exist_ok=True)
    (folder / "pressure").mkdir(exist_ok=True)
    (folder / "self" / "cgroup").write_bytes(b"0::/" + own)
    (folder / "self" / "mountinfo").write_bytes(b"1 2 0:1 / " + os.fsencode(folder) + b" rw - cgroup2 c rw\n" + mounts)
    for name in ("meminfo", "self/status", "memory.max", "memory.current", "memory.stat", "cpu.max", "memory.pressure"):
        (folder / name).write_bytes(junk)
    machine = read_machine(folder, folder, _no_gpus)
    assert machine.total > 0 and machine.cores > 0
    read_pressure(folder, folder)


_STALLED = "some avg10={} avg60=0.00 avg300=0.00 total=5\nfull avg10=9.00 avg60=0.00 avg300=0.00 total=5\n"


def test_stalls_are_those_of_our_own_group(host: _Host) -> None:
    _version_2(host, "/a", {"a/memory.pressure": _STALLED.format("12.50")})
    host.write({"proc/pressure/memory": _STALLED.format("3.00")})
    assert read_pressure(host.proc, host.place) == 12.5
    (host.place / "a" / "memory.pressure").unlink()
    assert read_pressure(host.proc, host.place) == 3.0


def test_a_kernel_may_not_tell_of_stalls(host: _Host) -> None:
    assert read_pressure(host.proc, host.place) is None


class FakeNvml:
    """A driver's library with devices of (name, total, free), or one that fails at the first question for memory."""

    def __init__(self, *devices: tuple[str, int, int], fails: int | None = None) -> None:
        self._devices = devices
        self._fails = fails

    def nvmlDeviceGetCount(self) -> int:
        return len(self._devices)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Any:
        return self._devices[index]

    def nvmlDeviceGetName(self, handle: Any) -> str:
        return str(handle[0])

    def nvmlDeviceGetMemoryInfo(self, handle: Any) -> Any:
        if self._fails is not None:
            raise NVMLError(self._fails)
        return SimpleNamespace(total=handle[1], free=handle[2], used=handle[1] - handle[2])


def test_devices_are_listed_in_their_order() -> None:
    library = FakeNvml(("RTX 4060", 8 * GIB, 7 * GIB), ("RTX 3060", 12 * GIB, GIB))
    assert ask_gpus(lambda: library) == (Gpu("RTX 4060", 8 * GIB, 7 * GIB), Gpu("RTX 3060", 12 * GIB, GIB))


@pytest.mark.parametrize("number", [NVML_ERROR_NO_PERMISSION, NVML_ERROR_LIB_RM_VERSION_MISMATCH])
def test_a_gpu_that_does_not_answer_is_a_problem_and_no_gpu(host: _Host, number: int) -> None:
    library = FakeNvml(("RTX 4060", 8 * GIB, 7 * GIB), fails=number)
    machine = read_machine(host.proc, host.place, lambda: ask_gpus(lambda: library))
    assert machine.gpus == ()
    assert [problem.code for problem in machine.problems] == ["gpu_unreadable"]


def test_a_library_that_does_not_open_is_told() -> None:
    def broken() -> FakeNvml:
        raise NVMLError(NVML_ERROR_LIBRARY_NOT_FOUND)

    with pytest.raises(MachineError, match="gpu_unreadable"):
        ask_gpus(broken)


@pytest.mark.skipif(Path("/dev/nvidiactl").exists(), reason="a driver is here")
def test_without_a_driver_there_is_no_gpu() -> None:
    assert read_gpus() == ()
