"""What processes hold in memory: real processes, and a /proc of our own writing for the kernels we do not run on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ai_chat.memory.measure import Footprint, _parse_ps, available, measure, total

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@linux_only
def test_our_own_process_has_a_footprint() -> None:
    found = measure([os.getpid()])[os.getpid()]
    assert found.pss == found.anonymous + found.file_backed
    assert 0 < found.anonymous < found.pss <= found.rss


@linux_only
def test_memory_that_is_touched_counts_as_anonymous() -> None:
    before = measure([os.getpid()])[os.getpid()].anonymous
    block = bytearray(b"x") * (32 << 20)
    after = measure([os.getpid()])[os.getpid()].anonymous
    assert after - before >= len(block) * 3 // 4


def test_a_process_that_is_gone_is_left_out() -> None:
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    assert measure([child.pid]) == {}


def test_nothing_to_measure() -> None:
    assert measure([]) == {}
    assert total([]) == Footprint()


def test_a_kernel_without_rollup_tells_by_status(tmp_path: Path) -> None:
    folder = tmp_path / "7"
    folder.mkdir()
    (folder / "status").write_text("Name:\tx\nVmRSS:\t  300 kB\nRssAnon:\t  100 kB\nThreads:\t3\n")
    assert measure([7], tmp_path) == {7: Footprint(300 << 10, 300 << 10, 100 << 10, 200 << 10)}


def test_rollup_is_read_field_by_field(tmp_path: Path) -> None:
    folder = tmp_path / "7"
    folder.mkdir()
    lines = "00400000-7fff rollup\nRss:  400 kB\nPss:  250 kB\nPss_Anon:  90 kB\nPss_Shmem:  5 kB\nAnonymous:  100 kB\n"
    (folder / "smaps_rollup").write_text(lines)
    assert measure([7], tmp_path) == {7: Footprint(400 << 10, 250 << 10, 95 << 10, 155 << 10)}


def test_an_older_rollup_tells_anonymous_pages_of_the_resident_size(tmp_path: Path) -> None:
    folder = tmp_path / "7"
    folder.mkdir()
    (folder / "smaps_rollup").write_text("00400000-7fff rollup\nRss:  400 kB\nPss:  250 kB\nAnonymous:  100 kB\n")
    assert measure([7], tmp_path) == {7: Footprint(400 << 10, 250 << 10, 100 << 10, 150 << 10)}


def test_a_zombie_has_nothing(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "status").write_text("Name:\tx\nState:\tZ (zombie)\n")
    assert measure([7], tmp_path) == {}


def test_footprints_add_up() -> None:
    assert total([Footprint(1, 2, 3, 4), Footprint(10, 20, 30, 40)]) == Footprint(11, 22, 33, 44)


def test_the_listing_of_other_systems() -> None:
    assert _parse_ps("  12  300\n junk\n  13  1\n") == {
        12: Footprint(300 << 10, 300 << 10),
        13: Footprint(1024, 1024),
    }


def test_available_memory_is_unknown_without_meminfo(tmp_path: Path) -> None:
    assert available(tmp_path) is None
