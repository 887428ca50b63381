"""Reads files in a child process: one stays warm, is fenced in time and memory, and is replaced when it fails.

Takes a path, gives units, warnings and metadata as they come; raises InputError or MachineError with the reason. A file that kills
its parser is an InputError: the next file is read by a new child. Imports no parser.
"""

from __future__ import annotations

import shutil
import stat
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from ai_chat.errors import InputError, MachineError
from ai_chat.loaders import Item, fingerprint, wire
from ai_chat.loaders.detect import Options
from ai_chat.memory.measure import family
from ai_chat.process import Child, ChildDied, ChildStalled, Frame, Limits

_MIB = 1 << 20
_START_SECONDS = 60.0
_ENVIRON = {"MALLOC_ARENA_MAX": "1", "OPENBLAS_NUM_THREADS": "1"}
MAY_HOLD = 80 * _MIB
"""Bytes of a warm child: 76 MB after all formats of the samples, tables of PDF included; what a file takes while it is read, tesseract
with it, is the fence's business."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What one file may cost. `seconds` and `seconds_per_mib` bound the time spent waiting for the child, not for our reader;
    a child that still holds more than `keep_bytes` after a file is not kept for the next."""

    seconds: float = 120.0
    seconds_per_mib: float = 5.0
    address_space: int = 2 << 30
    keep_bytes: int = 256 * _MIB
    nice: int = 10

    def allowance(self, size: int) -> float:
        return self.seconds + self.seconds_per_mib * size / _MIB


@dataclass(frozen=True, slots=True)
class Folders:
    """`spool`: where what is unpacked on the way lies, None for the system's temporary folder; `ocr_cache`: None keeps no pages."""

    spool: Path | None = None
    ocr_cache: Path | None = None


class Parser:
    """One file at a time: finish or close an iterator of `parse` before the next call."""

    def __init__(
        self, fence: Fence | None = None, clock: Callable[[], float] = time.monotonic, folders: Folders | None = None
    ) -> None:
        self._fence = fence or Fence()
        self._clock = clock
        self._folders = folders or Folders()
        self._child: Child | None = None
        self._busy = False  # the child is not done, or has grown too large: it takes no other file

    @property
    def pid(self) -> int | None:
        """The warm child, None when there is none."""
        return self._child.pid if self._child else None

    def parse(self, path: Path, name: str | None = None, options: Options | None = None) -> Generator[Item, None, None]:
        """Units in reading order, warnings and metadata among them. `name` is what the user calls the file.

        The files that attachments name are there until the next item is asked for.
        """
        called = name or path.name
        size = _size(path)
        with TemporaryDirectory(prefix="file-", dir=self._folders.spool, ignore_cleanup_errors=True) as spool:
            asked = options or Options()
            asked = replace(
                asked, spool=asked.spool or Path(spool), ocr_cache=asked.ocr_cache or self._folders.ocr_cache
            )
            yield from self._parse(path, called, size, asked)

    def _parse(self, path: Path, called: str, size: int, options: Options) -> Iterator[Item]:
        child = self._warm_child()
        self._busy = True
        try:
            child.send(wire.parse_frame(str(path.absolute()), called, options))
            yield from self._receive(child, called, self._fence.allowance(size))
        except ChildDied as error:
            raise InputError("parser_killed", name=called, reason=error.values["reason"] or "-") from error
        finally:
            if self._busy:
                self._drop(child)

    def interrupt(self) -> None:
        """From another thread: the file that is being read ends as InputError parser_killed."""
        if child := self._child:
            child.kill()

    def close(self) -> None:
        child, self._child = self._child, None
        if child:
            child.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _receive(self, child: Child, name: str, allowance: float) -> Iterator[Item]:
        left = allowance
        while True:
            frame, took = self._next(child, name, left, allowance)
            left -= took
            if frame["op"] == "unit":
                unit = wire.unit_of(frame)
                if unit.ocr is not None:
                    left += took  # reading a picture is bounded by itself
                yield unit
                child.send(wire.CREDIT)
            elif frame["op"] == "attachment":
                yield wire.attachment_of(frame)
                child.send(wire.CREDIT)
            elif frame["op"] == "progress":
                yield wire.progress_of(frame)
            elif frame["op"] == "about":
                yield wire.about_of(frame)
            elif frame["op"] == "warning":
                yield wire.warning_of(frame)
            elif frame["op"] == "error":
                error = wire.error_of(frame)
                self._busy = error.code == "parser_out_of_memory"  # what it holds is not there for the next file
                raise error
            else:
                self._busy = frame["resident"] > self._fence.keep_bytes
                return

    def _next(self, child: Child, name: str, left: float, allowance: float) -> tuple[Frame, float]:
        before = self._clock()
        try:
            frame = child.receive(max(left, 0.0))
        except ChildStalled as error:
            raise InputError("parser_timeout", name=name, seconds=round(allowance)) from error
        return frame, self._clock() - before

    def _warm_child(self) -> Child:
        if self._child and self._child.alive:
            return self._child
        self.close()
        limits = Limits(address_space=self._fence.address_space, nice=self._fence.nice)
        environ = dict(_ENVIRON)
        if self._folders.spool:
            environ["TMPDIR"] = str(self._folders.spool)  # where a kill leaves nothing for good
        self._child = Child.spawn(wire.WORKER, environ=environ, limits=limits)
        self._child.receive(_START_SECONDS)
        return self._child

    def _drop(self, child: Child) -> None:
        child.kill()
        child.close()
        if self._child is child:
            self._child = None


class Parsers:
    """Several Parsers, each made when all others are taken. `count` is how many files are worth reading at a time; who must not wait
    for them gets one more. Pages that are pictures share the processors: the fewer files, the more pages of one at a time."""

    def __init__(self, count: int = 1, folders: Folders | None = None, fence: Fence | None = None) -> None:
        self.count = count
        self._folders = folders or Folders()
        self._fence = fence
        self._guard = threading.Lock()
        self._idle: list[Parser] = []
        self._taken: set[Parser] = set()
        self._closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The warm children, and what they have started themselves."""
        with self._guard:
            known = [parser.pid for parser in (*self._idle, *self._taken)]
        return tuple(each for pid in known if pid is not None for each in family(pid))

    @contextmanager
    def lease(self) -> Iterator[tuple[Parser, Options]]:
        """A parser for one file, and how to read it; MachineError parsers_closed after `close`."""
        with self._guard:
            if self._closed:
                raise MachineError("parsers_closed")
            parser = self._idle.pop() if self._idle else Parser(self._fence, folders=self._folders)
            self._taken.add(parser)
            jobs = max(1, self.count // len(self._taken))
        try:
            yield parser, Options(ocr_jobs=jobs)
        finally:
            with self._guard:
                self._taken.discard(parser)
                keep = not self._closed and len(self._idle) < self.count
                if keep:
                    self._idle.append(parser)
            if not keep:
                parser.close()

    def fingerprint(self, path: Path) -> str:
        """The parser that would read a file of this name, with its version."""
        return fingerprint(path)

    def close(self) -> None:
        """Those that are reading end with their file, whose reader is told so by its own iterator."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for parser in idle:
            parser.close()


def open_parsers(count: int, home: Path) -> Parsers:
    """Over one home: what is unpacked lies below it, and what a killed process left there is removed first."""
    spool = home / "run" / "spool"
    shutil.rmtree(spool, ignore_errors=True)
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Parsers(count, Folders(spool, home / "ocr-cache"))


def _size(path: Path) -> int:
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise InputError("file_vanished", path=str(path)) from error
    except OSError as error:
        raise InputError("file_unreadable", path=str(path), reason=error.strerror) from error
    if not stat.S_ISREG(found.st_mode):
        raise InputError("file_unreadable", path=str(path), reason="not a regular file")
    return found.st_size
