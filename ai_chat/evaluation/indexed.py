"""A set of pages or documents, indexed by the code of the product in a folder that is thrown away.

Takes a Dataset, settings and the modes wanted; gives a Bench to search with. Knows no measure.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ai_chat.config import Settings
from ai_chat.embedding import Embedder, open_embedder
from ai_chat.errors import UsageError
from ai_chat.evaluation.bench import Bench
from ai_chat.evaluation.datasets import Dataset, check_relevant
from ai_chat.evaluation.vectors import CachedEmbedder, VectorCache
from ai_chat.types import Mode, Problem

Step = Literal["index", "embed", "ask", "answer"]
OnProgress = Callable[[Step, int, int], None]

CACHE_NAME = "eval-vectors.db"


def silent(_step: Step, _done: int, _total: int) -> None:
    """For who does not want to hear of progress."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """`embedder` None where only words are compared. `seconds` it took; `problems` are documents that could not be read."""

    bench: Bench
    embedder: CachedEmbedder | None
    seconds: float
    problems: tuple[Problem, ...]


@contextmanager
def open_indexed(
    dataset: Dataset,
    settings: Settings,
    modes: Sequence[Mode],
    on_progress: OnProgress = silent,
    embedder: Embedder | None = None,
) -> Iterator[Indexed]:
    """Vectors are kept in the user's home for the next run. `embedder` stands in for the one that the settings name."""
    with (
        tempfile.TemporaryDirectory(prefix="ai-chat-eval-") as home,
        _embedder(settings, modes, embedder) as cached,
        _bench(Path(home), cached) as bench,
    ):
        started = time.monotonic()
        problems = _index(bench, dataset, on_progress)
        if cached:
            total = bench.chunks()
            cached.on_passages = lambda done: on_progress("embed", done, total)
            bench.add_vectors()
        yield Indexed(bench, cached, round(time.monotonic() - started, 2), problems)


def _index(bench: Bench, dataset: Dataset, on_progress: OnProgress) -> tuple[Problem, ...]:
    if dataset.pages is not None:
        bench.add_pages(dataset.pages, lambda done, total: on_progress("index", done, total))
        return ()
    known, problems = bench.add_documents(dataset.file.parent, lambda done, total: on_progress("index", done, total))
    check_relevant(dataset, known)
    return problems


@contextmanager
def _embedder(settings: Settings, modes: Sequence[Mode], given: Embedder | None) -> Iterator[CachedEmbedder | None]:
    """The embedder behind the user's vector cache; None where only words are compared."""
    if set(modes) <= {"lexical"}:
        yield None
        return
    if given is None and settings.embedder == "none":
        raise UsageError("eval_needs_embedder")
    inner = given or open_embedder(settings.embedder, settings.n_threads, settings.models_dir)
    cache = VectorCache.open(settings.home / CACHE_NAME)
    try:
        yield CachedEmbedder(inner, cache)
    finally:
        cache.close()
        if given is None:
            inner.close()


@contextmanager
def _bench(home: Path, embedder: Embedder | None) -> Iterator[Bench]:
    bench = Bench(home, embedder)
    try:
        yield bench
    finally:
        bench.close()
