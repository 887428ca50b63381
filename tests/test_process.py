"""Child processes: frames, limits, death of either side."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.process import Child, ChildDied, ChildStalled, Limits, read_frames, write_frame

OWNER = """
import time
from ai_chat.process import Child
child = Child.spawn("tests.children")
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def child() -> Iterator[Child]:
    spawned = Child.spawn("tests.children")
    yield spawned
    spawned.close()


def exists(pid: int) -> bool:
    """A zombie has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_frames_go_both_ways_and_prints_do_not_disturb(child: Child) -> None:
    for text in ("가나다 😀", "x" * 1_000_000, ""):
        child.send({"do": "echo", "text": text})
        assert child.receive(20)["text"] == text
    assert "not between frames" in child.stderr_tail()


def test_a_crash_is_told_with_its_last_line(child: Child) -> None:
    child.send({"do": "crash"})
    with pytest.raises(ChildDied) as raised:
        child.receive(20)
    assert raised.value.values["reason"] == "the reason of the crash"
    assert raised.value.values["status"] == 7
    with pytest.raises(ChildDied):
        child.receive(20)
    assert not child.alive


def test_silence_is_told(child: Child) -> None:
    child.send({"do": "sleep"})
    with pytest.raises(ChildStalled):
        child.receive(0.2)
    child.kill()


def test_closing_ends_it() -> None:
    child = Child.spawn("tests.children")
    child.close()
    assert not child.alive


def test_limits_hold() -> None:
    child = Child.spawn("tests.children", limits=Limits(address_space=1 << 30, nice=3))
    try:
        child.send({"do": "echo", "text": ""})
        assert child.receive(20)["nice"] >= 3
        child.send({"do": "eat", "bytes": 2 << 30})
        with pytest.raises(ChildDied) as raised:
            child.receive(20)
        assert raised.value.values["reason"] == "MemoryError"
    finally:
        child.close()


def test_a_child_ends_with_its_owner_even_by_kill_9() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        pid = int(owner.stdout.readline())
        assert exists(pid)
        owner.kill()
    deadline = time.monotonic() + 60
    while exists(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not exists(pid)


def test_a_child_imports_nothing_from_the_folder_it_was_called_in(tmp_path: Path) -> None:
    (tmp_path / "typing.py").write_text("raise SystemExit('imported from the working folder')")
    code = (
        "from ai_chat.process import Child\nchild = Child.spawn('tests.children')\n"
        "child.send({'do': 'echo', 'text': 'safe'})\nprint(child.receive(20)['text'])\nchild.close()"
    )
    root = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("safe\n", "")


def test_a_cut_frame_ends_the_stream() -> None:
    stream = io.BytesIO()
    write_frame(stream, {"a": 1})
    write_frame(stream, {"b": 2})
    cut = io.BytesIO(stream.getvalue()[:-3])
    assert list(read_frames(cut)) == [{"a": 1}]
