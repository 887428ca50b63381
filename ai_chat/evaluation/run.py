"""Evaluate a folder: index it into a temporary home, ask every question in every mode, measure.

Takes a folder, settings and the modes wanted; gives a Report. Prints nothing: progress goes to a callback.
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
from ai_chat.evaluation.datasets import Dataset, Question, check_relevant, read_dataset
from ai_chat.evaluation.measures import DEPTH, SENTENCE_CUTS, Ranking, Scores, answer_scores, percentile, scores
from ai_chat.evaluation.peak import PeakMemory
from ai_chat.evaluation.report import LEGS, Report
from ai_chat.evaluation.vectors import CachedEmbedder, VectorCache
from ai_chat.types import Mode, Problem

Step = Literal["index", "embed", "ask"]
OnProgress = Callable[[Step, int, int], None]

CACHE_NAME = "eval-vectors.db"
TIMED_QUESTIONS = 200
TIMED_HITS = 5  # what `ai-chat search` shows


def evaluate(
    folder: Path,
    settings: Settings,
    modes: Sequence[Mode] = LEGS,
    on_progress: OnProgress = lambda _step, _done, _total: None,
    embedder: Embedder | None = None,
) -> Report:
    """Vectors are kept in the user's home for the next run. InputError names what is wrong with the folder.

    `embedder` stands in for the one that the settings name; lexical alone opens none.
    """
    return evaluate_dataset(read_dataset(folder), settings, modes, on_progress, embedder)


def evaluate_dataset(
    dataset: Dataset,
    settings: Settings,
    modes: Sequence[Mode] = LEGS,
    on_progress: OnProgress = lambda _step, _done, _total: None,
    embedder: Embedder | None = None,
) -> Report:
    """As `evaluate`, for a set that has been read."""
    with (
        PeakMemory() as peak,
        tempfile.TemporaryDirectory(prefix="ai-chat-eval-") as home,
        _embedder(settings, modes, embedder) as cached,
        _bench(Path(home), cached) as bench,
    ):
        indexed = _index(bench, dataset, cached, on_progress)
        milliseconds = _time_searches(bench, dataset.questions, modes, cached)
        scored = _ask_all(bench, dataset.answerable, modes, on_progress)
        return Report(
            questions=len(dataset.questions),
            unanswerable=len(dataset.questions) - len(dataset.answerable),
            scores=scored,
            search_ms={
                name: round(percentile(milliseconds, share), 1) for name, share in (("p50", 0.5), ("p95", 0.95))
            },
            index_seconds=indexed.seconds,
            peak_rss_mb=peak.megabytes,
            problems=indexed.problems,
        )


@dataclass(frozen=True, slots=True)
class _Indexed:
    seconds: float
    problems: tuple[Problem, ...]


def _index(bench: Bench, dataset: Dataset, cached: CachedEmbedder | None, on_progress: OnProgress) -> _Indexed:
    started = time.monotonic()
    problems: tuple[Problem, ...] = ()
    if dataset.pages is None:
        known, problems = bench.add_documents(
            dataset.file.parent, lambda done, total: on_progress("index", done, total)
        )
        check_relevant(dataset, known)
    else:
        bench.add_pages(dataset.pages, lambda done, total: on_progress("index", done, total))
    if cached:
        total = bench.chunks()
        cached.on_passages = lambda done: on_progress("embed", done, total)
        bench.add_vectors()
    return _Indexed(round(time.monotonic() - started, 2), problems)


def _time_searches(
    bench: Bench, questions: Sequence[Question], modes: Sequence[Mode], cached: CachedEmbedder | None
) -> list[float]:
    """Milliseconds of whole searches in the widest mode, over the first questions, after one that opens everything.

    Each question is embedded: a vector kept from an earlier run would flatter.
    """
    widest = next(mode for mode in reversed(LEGS) if mode in modes)
    if cached:
        cached.fresh_questions = True
    bench.search(questions[-1].question, widest, TIMED_HITS)
    milliseconds = [_timed(bench, question, widest) for question in questions[:TIMED_QUESTIONS]]
    if cached:
        cached.fresh_questions = False
    return milliseconds


def _timed(bench: Bench, question: Question, mode: Mode) -> float:
    started = time.perf_counter()
    bench.search(question.question, mode, TIMED_HITS)
    return (time.perf_counter() - started) * 1000


def _ask_all(
    bench: Bench, questions: Sequence[Question], modes: Sequence[Mode], on_progress: OnProgress
) -> dict[Mode, Scores]:
    asked: dict[Mode, list[_Asked]] = {mode: [] for mode in LEGS if mode in modes}
    for done, question in enumerate(questions, start=1):
        for mode, found in asked.items():
            result = bench.search(question.question, mode, DEPTH)
            sentences = [hit.sentence for hit in result.hits[: max(SENTENCE_CUTS)]]
            found.append(_Asked(question, bench.ranking(result, DEPTH), sentences))
        on_progress("ask", done, len(questions))
    return {mode: _scored(found) for mode, found in asked.items()}


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question
    ranking: Ranking
    sentences: Sequence[str]


def _scored(found: Sequence[_Asked]) -> Scores:
    return {
        **scores([(one.ranking, one.question.relevant) for one in found]),
        **answer_scores([(one.sentences, one.question.answers) for one in found]),
    }


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
