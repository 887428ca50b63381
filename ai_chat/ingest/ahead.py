"""Files read ahead of whoever stores them: several at a time, each in a thread that waits for its parser, never far ahead.

Takes files and Parsers, gives Readings whose items come as they are asked for. Attachments are kept (`kept`) as they come. Stores nothing.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ai_chat.loaders.detect import Options
from ai_chat.types import Attachment, Metadata, Problem, Progress, Unit

_CHARACTERS_AHEAD = 4_000_000  # of one file

Item = Unit | Problem | Metadata | Progress | Attachment
Keep = Callable[[Attachment], tuple[str, str]]


class Parser(Protocol):
    """Reads a file somewhere else than here; raises when nothing usable came."""

    def parse(
        self, path: Path, name: str | None = None, options: Options | None = None
    ) -> Generator[Item, None, None]: ...

    def interrupt(self) -> None:
        """From another thread: what is being read is not read any further."""


class Parsers(Protocol):
    """`count`: how many files are worth reading at a time."""

    @property
    def count(self) -> int: ...

    def lease(self) -> AbstractContextManager[tuple[Parser, Options]]: ...

    def fingerprint(self, path: Path) -> str: ...


class Reading:
    """One file being read. `attachments` and `pages` tell what has come so far; close it in any case."""

    def __init__(self, path: Path, name: str, password: str | None, parsers: Parsers, keep: Keep) -> None:
        self.pages: Progress | None = None
        self.attachments: list[tuple[str, str]] = []
        self._path, self._name, self._password = path, name, password
        self._parsers, self._keep = parsers, keep
        self._moved = threading.Condition()
        self._items: deque[Unit | Problem | Metadata] = deque()
        self._ahead = 0
        self._ended = self._closed = False
        self._parser: Parser | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="reading")
        self._outcome = self._pool.submit(self._run)

    def is_ripe(self, seconds: float) -> bool:
        """Whether it is read to its end, or as far ahead as it may be; waits so long for it."""
        with self._moved:
            return self._moved.wait_for(lambda: self._ended or self._ahead >= _CHARACTERS_AHEAD, seconds)

    def items(self) -> Iterator[Unit | Problem | Metadata]:
        """As they come; raises what ended the reading."""
        while True:
            with self._moved:
                self._moved.wait_for(lambda: self._items or self._ended)
                if not self._items:
                    break
                item = self._items.popleft()
                self._ahead -= _size(item)
                self._moved.notify_all()
            yield item
        self._outcome.result()

    def close(self) -> None:
        """What has not been read by now is not read any more."""
        with self._moved:
            self._closed = True
            self._items.clear()
            self._ahead = 0
            self._moved.notify_all()
            if self._parser and not self._ended:
                self._parser.interrupt()
        self._pool.shutdown()

    def _run(self) -> None:
        try:
            with self._parsers.lease() as (parser, options):
                self._parser = parser
                asked = replace(options, password=self._password)
                with closing(parser.parse(self._path, self._name, asked)) as items:
                    self._read(items)
        finally:
            with self._moved:
                self._ended = True
                self._moved.notify_all()

    def _read(self, items: Iterator[Item]) -> None:
        for item in items:
            if isinstance(item, Progress):
                self.pages = item
            elif isinstance(item, Attachment):
                self.attachments.append(self._keep(item))
            else:
                self._put(item)
            if self._closed:
                break

    def _put(self, item: Unit | Problem | Metadata) -> None:
        with self._moved:
            self._items.append(item)
            self._ahead += _size(item)
            self._moved.notify_all()
            self._moved.wait_for(lambda: self._closed or self._ahead < _CHARACTERS_AHEAD)


def _size(item: Unit | Problem | Metadata) -> int:
    return len(item.text) if isinstance(item, Unit) else 0
