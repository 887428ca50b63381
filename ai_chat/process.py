"""Child processes: spawned by `sys.executable -m`, ended with their owner, spoken to in framed JSON.

A frame is four bytes of length (big endian) and UTF-8 JSON. Parent and child both use this file; it knows no message.
POSIX only: parent-death signal (Linux; elsewhere the closing pipe ends the child), resource limits, file locks.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import functools
import json
import os
import queue
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Self, cast

from ai_chat.errors import MachineError

_HEADER = struct.Struct(">I")
_MAX_FRAME = 1 << 30
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE_BLOCK = 128 * 1024  # glibc's own at first, which it raises unless it is set
_PR_SET_PDEATHSIG = 1
_OOM_SCORE = 500
_KILL_SECONDS = 5.0
_CHILD_VARIABLE = "AI_CHAT_CHILD"

Frame = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """`address_space` in bytes; `nice` is added to the parent's niceness."""

    address_space: int | None = None
    nice: int = 0


class ChildDied(MachineError):
    """The child ended; the last line it wrote to stderr says why. `status`: negative for the signal that ended it."""


class ChildStalled(MachineError):
    """The child said nothing within the time given."""


class Child:
    """A running child. Frames go in by `send`, come out by `receive` in order; not for two readers at once."""

    def __init__(self, popen: subprocess.Popen[bytes], name: str) -> None:
        self._popen = popen
        self._name = name
        self._frames: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._stderr: deque[str] = deque(maxlen=60)
        self._write = threading.Lock()
        assert popen.stdin and popen.stdout and popen.stderr
        self._stdin = popen.stdin
        self._threads = [
            threading.Thread(target=self._pump_frames, args=(popen.stdout,), daemon=True),
            threading.Thread(target=self._pump_stderr, args=(popen.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @classmethod
    def spawn(
        cls, module: str, *args: str, environ: Mapping[str, str] | None = None, limits: Limits | None = None
    ) -> Self:
        """Start `python -m module args`; `environ` is added to ours."""
        chosen = limits or Limits()
        own = {"parent": os.getpid(), "address_space": chosen.address_space, "nice": chosen.nice}
        env = {**os.environ, **_import_path(), **(environ or {}), _CHILD_VARIABLE: json.dumps(own)}
        command = [sys.executable, "-m", module, *args]
        return cls(_spawner().submit(_popen, command, env).result(), module)

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen.poll() is None

    def wait(self, timeout: float) -> int | None:
        """How it ended, negative for a signal; None when it still runs after `timeout` seconds."""
        try:
            return self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def stderr_tail(self, lines: int = 12) -> str:
        """Its last words; of an ended child all of them have arrived."""
        if not self.alive:
            self._threads[1].join(1.0)
        return "\n".join(list(self._stderr)[-lines:])

    def send(self, frame: Frame) -> None:
        """Raises ChildDied when nobody reads any more."""
        try:
            with self._write:
                write_frame(cast(BinaryIO, self._stdin), frame)
        except (BrokenPipeError, ValueError) as error:
            raise self._died() from error

    def receive(self, timeout: float | None = None) -> Frame:
        """The next frame; ChildStalled after `timeout` seconds of silence, ChildDied when it has ended."""
        try:
            frame = self._frames.get(timeout=timeout)
        except queue.Empty:
            raise ChildStalled("child_stalled", name=self._name, seconds=timeout) from None
        if frame is None:
            self._frames.put(None)
            raise self._died()
        return frame

    def close(self, timeout: float = 2.0) -> None:
        """Close its input, which tells it to end; kill it when it has not within `timeout` seconds."""
        try:
            self._stdin.close()
        except BrokenPipeError:
            pass  # it has ended already, which is what closing asks for
        if self.wait(timeout) is None:
            self.kill()
        self._join()

    def kill(self) -> None:
        """At once, whatever it does. One that waits for a disk that is gone ends when that wait does: nobody waits with it."""
        self._popen.kill()
        self.wait(_KILL_SECONDS)

    def _join(self) -> None:
        for thread in self._threads:
            thread.join(1.0)
        for stream in (self._popen.stdout, self._popen.stderr):
            if stream:
                stream.close()

    def _died(self) -> ChildDied:
        code = self.wait(2.0)
        self._threads[1].join(1.0)
        last = next((line for line in reversed(self._stderr) if line.strip()), "")
        return ChildDied("child_died", name=self._name, status=code, reason=last.strip())

    def _pump_frames(self, stream: BinaryIO) -> None:
        for frame in read_frames(stream):
            self._frames.put(frame)
        self._frames.put(None)

    def _pump_stderr(self, stream: BinaryIO) -> None:
        for line in stream:
            self._stderr.append(line.decode("utf-8", "replace").rstrip("\n"))


def read_frames(stream: BinaryIO) -> Iterator[Frame]:
    """Frames until the stream ends; a cut frame ends it too."""
    while len(header := _read_exactly(stream, _HEADER.size)) == _HEADER.size:
        (length,) = _HEADER.unpack(header)
        if length > _MAX_FRAME:
            raise MachineError("frame_too_large", length=length)
        body = _read_exactly(stream, length)
        if len(body) < length:
            return
        yield json.loads(body)


def write_frame(stream: BinaryIO, frame: Frame) -> None:
    body = json.dumps(frame, ensure_ascii=False).encode("utf-8", "surrogatepass")
    stream.write(_HEADER.pack(len(body)) + body)
    stream.flush()


class Channel:
    """The child's end: iterate over what the parent sends, answer with `send`."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self._reader = reader
        self._writer = writer
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Frame]:
        return read_frames(self._reader)

    def send(self, frame: Frame) -> None:
        with self._lock:
            write_frame(self._writer, frame)


def open_channel() -> Channel:
    """Called first thing in a child: tie its life to the parent's, apply limits, keep stdout for frames alone."""
    own = json.loads(os.environ.pop(_CHILD_VARIABLE, "{}"))
    _die_with_parent(own.get("parent"))
    _be_the_first_to_go()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if own.get("nice"):
        os.nice(own["nice"])
    if own.get("address_space"):
        resource.setrlimit(resource.RLIMIT_AS, (own["address_space"],) * 2)
    frames_out = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not fall between frames
    return Channel(sys.stdin.buffer, os.fdopen(frames_out, "wb"))


def lock_file(path: Path) -> IO[str] | None:
    """An exclusive lock that the kernel lets go when the file is closed or its holder dies; None when another has it."""
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def is_locked(path: Path) -> bool:
    try:
        with path.open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def tied(cpu_seconds: int) -> Callable[[], None]:
    """For `preexec_fn` of another program, started in a thread that waits for it: it ends with us, and after so many seconds of work."""
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def tie() -> None:
        if libc:
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)  # it died before the signal was armed
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))

    return tie


def spare_memory() -> None:
    """Let all threads of this process allocate from one place, and give large blocks back as soon as they are freed.

    glibc gives each thread its own place, which costs the page 2 MB, and keeps ever larger freed blocks: 16 MB after the samples are read.
    """
    if sys.platform == "linux":
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BLOCK)
        mallopt(_M_TRIM_THRESHOLD, _LARGE_BLOCK)


def _die_with_parent(parent: int | None) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:
        os._exit(0)  # it died before the signal was armed


def _be_the_first_to_go() -> None:
    """Where memory runs out, the kernel ends a child, which can be started again, rather than the program that owns it."""
    with contextlib.suppress(OSError):  # no Linux, or a guarded /proc: then the kernel chooses by size
        Path("/proc/self/oom_score_adj").write_text(str(_OOM_SCORE), "ascii")


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    parts: list[bytes] = []
    while size:
        part = stream.read(size)
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _import_path() -> dict[str, str]:
    """The child imports what we import, and nothing that lies about in the folder we were called from."""
    root = str(Path(__file__).resolve().parents[1])
    given = os.environ.get("PYTHONPATH")
    return {"PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join([root, given]) if given else root}


def child_environment(first: Path, **added: str) -> dict[str, str]:
    """Ours and `added`, for a process that looks for modules in the folder `first` before ours and anything else."""
    own = _import_path()
    return {**os.environ, **own, "PYTHONPATH": os.pathsep.join([str(first), own["PYTHONPATH"]]), **added}


def _popen(command: list[str], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=env)


@functools.cache
def _spawner() -> ThreadPoolExecutor:
    """One thread for the life of the process: the parent-death signal fires when the *thread* that spawned ends."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")
