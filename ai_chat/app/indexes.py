"""The two indexes of a home, each made at first touch: folders by fingerprint, damage mended, a new one put in the old one's place.

Takes the index folder, the store and what vectors there are to be; only an owner writes. Knows no question and no page.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from ai_chat.analyzer import Analyzer
from ai_chat.embedding import EmbedderInfo
from ai_chat.index import IndexDamaged
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.state import read_state
from ai_chat.index.vector_files import unwritable
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.ingest import Indexer
from ai_chat.ingest.restore import restore_vectors
from ai_chat.lazy import Lazy
from ai_chat.store import Store
from ai_chat.types import IndexKind, Problem

Index = TypeVar("Index", LexicalIndex, LazyVectorStore)
_NEW = ".new"


class Place(NamedTuple):
    """Where an index lives, and what a search must have been made with to be answered from it."""

    kind: IndexKind
    fingerprint: str
    folder: Path


class Indexes:
    """`vectors` None: there are to be none. `tell` hears of indexes that had to be made anew."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        analyzer: Analyzer,
        vectors: EmbedderInfo | None,
        owning: bool,
        tell: Callable[[Problem], None],
    ) -> None:
        self._folder = folder
        self._store = store
        self._analyzer = analyzer
        self._vectors = vectors
        self._owning = owning
        self._tell = tell
        self._renewing = threading.Lock()
        self.renewals = 0
        self.lexical: Lazy[LexicalIndex] = Lazy(self._open_lexical, lambda index: index.close())
        self.dense: Lazy[LazyVectorStore] = Lazy(self._open_dense, lambda index: index.close())
        self.indexer = Indexer(store, analyzer, self.lexical, self.renew if owning else None)
        self._had_documents = store.library.sequence() > 0
        if owning:
            self._reconcile()

    def place(self, kind: IndexKind) -> Place | None:
        """None for vectors where there are to be none."""
        if kind == "lexical":
            return self._place(kind, self._analyzer.fingerprint)
        return self._place(kind, self._vectors.fingerprint) if self._vectors else None

    def read_lexical(self) -> LexicalIndex:
        """Opened once more, as any other process sees it; IndexDamaged."""
        folder = self._place("lexical", self._analyzer.fingerprint).folder
        return LexicalIndex.open(folder, self._analyzer.fields, writable=False)

    def read_dense(self, vectors: EmbedderInfo) -> LazyVectorStore:
        """As `read_lexical`."""
        return LazyVectorStore.open(self._place("dense", vectors.fingerprint).folder, vectors.dim, writable=False)

    def renew(self, error: IndexDamaged, seen: int | None = None) -> None:
        """Take away what is damaged or gone; the next touch makes it, empty. `seen`: `renewals` before the damage was met."""
        with self._renewing:
            if seen not in (None, self.renewals):
                return  # somebody was faster
            forgotten = [self._forget("lexical", self.lexical, error), self._forget("dense", self.dense, error)]
            if not any(forgotten):
                return  # what it was met in is closed already, and another one in its place
            self.renewals += 1
        self._tell(Problem("index_rebuilt"))

    def refill(self, error: IndexDamaged) -> None:
        """As `renew`, and the keyword index is filled again."""
        self.renew(error)
        self.indexer.catch_up()

    def let_go(self) -> None:
        """Finish and close what only an owner may have open; who comes back opens it again."""
        self.indexer.catch_up()
        self.indexer.resting = True
        self.reopen()

    def come_back(self) -> None:
        """After `let_go`: the owner once more."""
        self.indexer.resting = False

    def reopen(self) -> None:
        """Look at the folders anew at the next touch: for a reader that met damage."""
        _close(self.lexical)
        _close(self.dense)

    def can_be_read(self) -> bool:
        """Whether there is a keyword index."""
        try:
            with self.lexical.lease():
                return True
        except IndexDamaged:
            return False

    def is_empty(self) -> bool:
        """Whether nothing has been put into the keyword index yet, or again."""
        try:
            with self.lexical.lease() as lexical:
                return lexical.sequence == 0
        except IndexDamaged:
            return True

    def rebuild_dense(self, alone: Callable[[], AbstractContextManager[None]]) -> Iterator[tuple[int, int]]:
        """Make the vector index beside the old one from the kept vectors; `alone` keeps other writers off while it takes its place."""
        place = self.place("dense")
        if place is None or self._vectors is None:
            return
        beside = place.folder.with_name(place.folder.name + _NEW)
        shutil.rmtree(beside, ignore_errors=True)
        new = LazyVectorStore.open(beside, self._vectors.dim, writable=True)
        try:
            yield from restore_vectors(self._store, new, place.fingerprint)
            new.compact()
        finally:
            new.close()
        with alone():
            with self.dense.lease() as dense:
                dense.take_over(beside)
            _close(self.dense)  # who is filling it begins anew
        shutil.rmtree(beside, ignore_errors=True)

    def close(self) -> None:
        self.reopen()

    def _place(self, kind: IndexKind, fingerprint: str) -> Place:
        digest = hashlib.sha256(fingerprint.encode()).hexdigest()[:12]
        return Place(kind, fingerprint, self._folder / f"{kind}-{digest}")

    def _reconcile(self) -> None:
        """What a killed rebuild left goes; so does an index that knows more than the library: it belongs to a later one."""
        sequence = self._store.library.sequence()
        ahead = False
        for folder in self._folder.glob("*"):
            if folder.suffix == _NEW:
                shutil.rmtree(folder, ignore_errors=True)
            elif _sequence(folder) > sequence:
                shutil.rmtree(folder, ignore_errors=True)
                ahead = True
        if ahead:
            self._had_documents = False  # said already
            self._tell(Problem("index_ahead"))

    def _open_lexical(self) -> LexicalIndex:
        folder = self._place("lexical", self._analyzer.fingerprint).folder
        lost = self._owning and self._had_documents and not folder.exists()
        index = self._open_or_remake(
            folder, lambda: LexicalIndex.open(folder, self._analyzer.fields, writable=self._owning)
        )
        if lost:
            self._tell(Problem("index_rebuilt"))
        self._had_documents = False  # from now on its loss is met as damage
        return index

    def _open_dense(self) -> LazyVectorStore:
        assert self._vectors is not None
        folder, dim = self._place("dense", self._vectors.fingerprint).folder, self._vectors.dim
        return self._open_or_remake(folder, lambda: LazyVectorStore.open(folder, dim, writable=self._owning))

    def _open_or_remake(self, folder: Path, open_index: Callable[[], Index]) -> Index:
        try:
            index = _opened(folder, open_index)
        except IndexDamaged:
            if not self._owning:
                raise
            shutil.rmtree(folder, ignore_errors=True)
            self._tell(Problem("index_rebuilt"))
            index = _opened(folder, open_index)
        if self._owning and index.sequence == self._store.library.sequence():
            _delete_others(folder)
        return index

    def _forget(self, kind: IndexKind, lazy: Lazy[LexicalIndex] | Lazy[LazyVectorStore], error: IndexDamaged) -> bool:
        """Whether it was to be taken away."""
        place = self.place(kind)
        if place is None:
            return False
        damaged = error.code != "index_missing" and error.values.get("path") == str(place.folder)
        if not damaged and place.folder.exists():
            return False
        _close(lazy)
        shutil.rmtree(place.folder, ignore_errors=True)
        return True


def _opened(folder: Path, open_index: Callable[[], Index]) -> Index:
    try:
        return open_index()
    except OSError as error:
        raise unwritable(folder, error) from error


def _sequence(folder: Path) -> int:
    """What the index says that it holds; 0 where it says nothing, which shows when it is opened."""
    try:
        return int(read_state(folder).get("sequence", 0))
    except (IndexDamaged, TypeError, ValueError):
        return 0


def _delete_others(folder: Path) -> None:
    """Indexes of the same kind with another fingerprint: this one is level, so nobody will read them again."""
    kind = folder.name.partition("-")[0]
    for other in folder.parent.glob(f"{kind}-*"):
        if other != folder and other.suffix != _NEW:
            shutil.rmtree(other, ignore_errors=True)


def _close(lazy: Lazy[LexicalIndex] | Lazy[LazyVectorStore]) -> None:
    value = lazy.peek()
    if value is not None:
        with suppress(IndexDamaged):  # what is damaged is let go all the same
            lazy.discard(value)
