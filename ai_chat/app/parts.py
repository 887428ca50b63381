"""The concrete parts over one home, each made at first touch: store, indexes, embedder, parser, renderer, model, turns.

Takes Settings and whether this process owns the home.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from ai_chat.analyzer import open_analyzer
from ai_chat.answer.cached import NEARNESS
from ai_chat.answer.turns import Turns
from ai_chat.answer.work import Search
from ai_chat.app.indexes import Indexes
from ai_chat.app.memory import Memory
from ai_chat.asking.sameness import same_question
from ai_chat.cache import AnswerCache
from ai_chat.cache.answers import MOST_AGE
from ai_chat.config import Settings
from ai_chat.embedding import Embedder, EmbedderInfo, describe_embedder, open_embedder
from ai_chat.embedding.remembered import RememberingEmbedder
from ai_chat.errors import MachineError
from ai_chat.ingest import Backfill, Ingestion, Line
from ai_chat.lazy import Lazy
from ai_chat.llm.lazy_model import LazyModel, open_lazy_model
from ai_chat.llm.models import ModelInfo, choose_model
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.loaders.client import Parsers, open_parsers
from ai_chat.loaders.tesseract import find_tesseract
from ai_chat.metrics import Meter
from ai_chat.rendering import Renderer
from ai_chat.search.judging import FILE_NAME, CalibrationFile
from ai_chat.search.searcher import Searcher
from ai_chat.store import Store
from ai_chat.types import Problem

_PATIENCE_SECONDS = 5.0  # for an embedder that is just being loaded


class Parts:
    """`owning` False opens everything for reading alone. `tell` hears of indexes made anew; `search` serves the turns; who reads
    files waits in `line`; `memory` plans the model and admits the turns; what takes how long is told to `meter`."""

    def __init__(
        self,
        settings: Settings,
        owning: bool,
        tell: Callable[[Problem], None],
        search: Search,
        line: Line,
        memory: Memory,
        meter: Meter,
    ) -> None:
        self._settings = settings
        self._line = line
        self._memory = memory
        self._meter = meter
        self.store = Store.open(settings.database, read_only=not owning)
        self.analyzer = open_analyzer(settings.analyzer)
        self.embedder_info, self.embedder_problem = _embedder_info(settings)
        self.embedder: Lazy[Embedder] | None = Lazy(self._open_embedder, _close) if self.embedder_info else None
        self.parsers: Lazy[Parsers] = Lazy(self._open_parsers, lambda parsers: parsers.close())
        self.renderer: Lazy[Renderer] = Lazy(Renderer, lambda renderer: renderer.close())
        self.indexes = Indexes(settings.index_dir, self.store, self.analyzer, self.embedder_info, owning, tell)
        embedded = self.embedder_info.fingerprint if self.embedder_info else None
        calibration = CalibrationFile(settings.home / FILE_NAME, self.analyzer.fingerprint, embedded, tell)
        self.searcher = Searcher(
            self.store,
            self.analyzer,
            self.indexes.lexical,
            self.indexes.dense if self.embedder else None,
            self.embedder,
            self.embedder_problem,
            calibration.current,
        )
        chosen = choose_model(settings)
        self.model_problem = chosen if isinstance(chosen, Problem) else None
        self.model = _lazy_model(chosen, settings, memory) if isinstance(chosen, ModelInfo) else None
        admit = memory.monitor.admit if self.model and not self.model.info.endpoint else lambda: None
        self.answers = _open_answers(settings, tell)
        self.turns = Turns(
            self.store,
            search,
            self.model,
            settings,
            self.model_problem,
            admit=admit,
            answers=self.answers,
            embedder=self.embedder,
            meter=meter,
        )
        self.backfill = self._make_backfill()

    def _make_backfill(self) -> Backfill | None:
        if self.embedder is None or self.embedder_info is None:
            return None
        return Backfill(
            self.store,
            self.indexes.dense,
            self.embedder,
            self.embedder_info.fingerprint,
            give_way=lambda: self.turns.writing or self._memory.monitor.pressure == "critical",
            renew=self.indexes.refill,
            made=partial(self._meter.count, "vectors"),
        )

    @contextmanager
    def ingestion(self) -> Iterator[Ingestion]:
        """The parsers are held meanwhile."""
        with self.parsers.lease() as parsers:
            yield Ingestion(
                self.store,
                parsers,
                self.indexes.indexer,
                KNOWN_SUFFIXES,
                self._settings.files_dir,
                self._line,
                _can_read_pictures,
                self._meter,
            )

    def waits_for_ocr(self) -> bool:
        """Whether something would be read if OCR were there; holds no parsers."""
        return bool(self.store.family.awaiting_ocr()) and not _can_read_pictures()

    def _open_parsers(self) -> Parsers:
        return open_parsers(self._memory.parsers, self._settings.home)

    def drop_removed_vectors(self) -> None:
        """Where there are any, without waiting for those that are still to be made."""
        place = self.indexes.place("dense")
        if self.backfill and place and place.folder.exists():
            self.backfill.drop_removed()

    def let_go(self) -> bool:
        """All that takes memory and is not in use; True when nothing is left."""
        children = (self.embedder, self.parsers, self.renderer)
        lazies: tuple[Lazy[Any] | None, ...] = (self.indexes.lexical, self.indexes.dense, *children)
        gone = [lazy.unload() for lazy in lazies if lazy]
        self.store.database.rest()
        return all(gone)

    def close(self) -> None:
        """What may take long is interrupted first: an answer being written, passages being embedded."""
        self.turns.close()
        if self.backfill:
            self.backfill.stop(interrupt=self._close_embedder)
        if self.model:
            self.model.close()
        self.parsers.end()
        self.renderer.end()
        self._close_embedder()
        self.indexes.close()
        self.answers.close()
        self.store.close()

    def _close_embedder(self) -> None:
        """Passages under way fail."""
        if self.embedder:
            self.embedder.end(_PATIENCE_SECONDS)

    def _open_embedder(self) -> Embedder:
        settings = self._settings
        return RememberingEmbedder(open_embedder(settings.embedder, settings.n_threads, settings.models_dir))


def _open_answers(settings: Settings, tell: Callable[[Problem], None]) -> AnswerCache:
    most_age = min(MOST_AGE, settings.keep_days * 86_400.0) if settings.keep_days else MOST_AGE
    file = settings.home / "cache.db"
    return AnswerCache(file, clock=time.time, agree=same_question, nearness=NEARNESS, tell=tell, most_age=most_age)


def _lazy_model(info: ModelInfo, settings: Settings, memory: Memory) -> LazyModel:
    return open_lazy_model(info, settings, None if info.endpoint else partial(memory.plan, info))


def _can_read_pictures() -> bool:
    return find_tesseract() is not None


def _embedder_info(settings: Settings) -> tuple[EmbedderInfo | None, Problem | None]:
    """What makes the vectors, or why there are none."""
    if settings.embedder == "none":
        return None, Problem("embedder_off")
    try:
        return describe_embedder(settings.embedder), None
    except MachineError as error:
        return None, error.problem


def _close(embedder: Embedder) -> None:
    embedder.close()
