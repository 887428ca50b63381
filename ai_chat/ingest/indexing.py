"""Keeps the keyword index level with the library: applies the changes behind the sequence it holds.

Takes a store, an analyzer and a lexical index; the first run over an empty index is a rebuild.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from ai_chat.analyzer import Analyzer
from ai_chat.index import Entry, IndexDamaged
from ai_chat.lazy import Lazy
from ai_chat.store import Store

_SUFFIX = re.compile(r"\.[A-Za-z]\w{0,4}$")
_LONGEST_NAME = 200  # characters of all names of a content, and of a heading

_UNSEEN_SECONDS = 1.5  # that what was fed waits for others before a commit, which costs as much as many small files
_MENDINGS = 3  # of an index that is taken away again and again


class Lexical(Protocol):
    """What catching up needs of a lexical index."""

    @property
    def sequence(self) -> int: ...

    def add(self, entries: Iterator[Entry]) -> None: ...

    def remove(self, version_ids: list[int]) -> None: ...

    def commit(self, sequence: int) -> None: ...

    def replace_all(self, entries: Iterator[Entry], sequence: int) -> None: ...


class Indexer:
    """One catch-up at a time. `renew` is called with the damage when the index breaks meanwhile: it puts a sound one in its place."""

    def __init__(
        self,
        store: Store,
        analyzer: Analyzer,
        lexical: Lazy[Lexical],
        renew: Callable[[IndexDamaged], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._library = store.library
        self._versions = store.versions
        self._analyzer = analyzer
        self._lexical = lexical
        self._renew = renew
        self._clock = clock
        self._fed: tuple[Lexical, int] | None = None  # up to which change it was, without a commit
        self._committed = clock()
        self._lock = threading.RLock()
        self.resting = False  # another process writes: catching up is its business

    def is_level(self) -> bool:
        """Whether the index holds exactly the changes of the library; ahead of it, it belongs to another library."""
        with self._lexical.lease() as lexical:
            return lexical.sequence == self._library.sequence()

    def catch_up(self, on_progress: Callable[[int, int], None] = lambda _done, _total: None) -> None:
        """Apply every change there is; afterwards all of it is searchable. Applying one twice does no harm."""
        with self._lock:
            if self.resting:
                return
            mended(lambda: _report(self.steps(), on_progress), self._renew)

    def feed(self) -> None:
        """Apply every change there is; searchable within seconds if this goes on being called, at the latest by `catch_up`."""
        with self._lock:
            if not self.resting:
                mended(self._feed, self._renew)

    def steps(self) -> Generator[tuple[int, int], None, None]:
        """`catch_up` step by step: versions done and to do; nothing counts before the last step."""
        with self._lock, self._lexical.lease() as lexical:
            yield from self._apply(lexical)
            self._commit(lexical)

    def _feed(self) -> None:
        with self._lexical.lease() as lexical:
            _report(self._apply(lexical), lambda _done, _total: None)
            if self._clock() - self._committed > _UNSEEN_SECONDS:
                self._commit(lexical)

    def _apply(self, lexical: Lexical) -> Iterator[tuple[int, int]]:
        """What was neither committed nor fed. Interrupted anywhere, all that is not committed is applied again."""
        fed, self._fed = self._fed, None
        last = fed[1] if fed and fed[0] is lexical else lexical.sequence
        changes = self._library.changes(last)
        if changes:
            lexical.remove([change.version_id for change in changes])
        for done, change in enumerate(changes, start=1):
            if change.live:
                lexical.add(self._entries(change.version_id))
            last = change.sequence
            yield done, len(changes)
        self._fed = (lexical, last)

    def _commit(self, lexical: Lexical) -> None:
        fed, self._fed = self._fed, None
        if fed and fed[1] != lexical.sequence:
            lexical.commit(fed[1])
        self._committed = self._clock()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Nobody catches up meanwhile."""
        with self._lock:
            yield

    def compact(self, on_progress: Callable[[int, int], None] = lambda _done, _total: None) -> None:
        """Make the whole index anew from the library, without anything dead; searching and catching up go on meanwhile."""
        with self._lexical.lease() as lexical, ExitStack() as alone:
            with self._lock:
                sequence = self._library.sequence()
                lexical.remove([])  # opens the writer, which two threads must not
            try:
                lexical.replace_all(self._all_entries(on_progress, alone), sequence)
            finally:
                self._fed = None
            _report(self.steps(), lambda _done, _total: None)

    def _all_entries(self, on_progress: Callable[[int, int], None], alone: ExitStack) -> Iterator[Entry]:
        """Whoever catches up waits from the last entry on, until the new index has taken the old one's place."""
        versions = self._library.live_versions()
        for done, version_id in enumerate(versions, start=1):
            yield from self._entries(version_id)
            on_progress(done, len(versions))
        alone.enter_context(self._lock)
        for version_id in sorted(set(self._library.live_versions()) - set(versions)):
            yield from self._entries(version_id)  # came meanwhile

    def _entries(self, version_id: int) -> Iterator[Entry]:
        names = " ".join(_SUFFIX.sub("", name) for name in self._versions.names(version_id))[:_LONGEST_NAME]
        last = 0
        while chunks := self._versions.chunks(version_id, after=last):
            for chunk in chunks:
                terms = self._analyzer.terms(chunk.text, f"{names} {chunk.heading[:_LONGEST_NAME]}")
                yield Entry(chunk.chunk_id, version_id, terms)
            last = chunks[-1].chunk_id


def _report(steps: Iterable[tuple[int, int]], on_progress: Callable[[int, int], None]) -> None:
    for done, total in steps:
        on_progress(done, total)


def mended(work: Callable[[], None], renew: Callable[[IndexDamaged], None] | None) -> None:
    """Do the work; where the index breaks on the way, `renew` puts a sound one in its place and the work is done again."""
    for left in reversed(range(_MENDINGS)):
        try:
            work()
            break
        except IndexDamaged as error:
            if renew is None or not left:
                raise
            renew(error)
