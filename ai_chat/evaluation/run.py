"""Evaluate a folder: index it into a temporary home, ask every question in every mode, measure.

Takes a folder, settings and the modes wanted; gives a Report. Prints nothing: progress goes to a callback.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ai_chat.config import Settings
from ai_chat.embedding import Embedder
from ai_chat.evaluation.bench import Bench
from ai_chat.evaluation.datasets import Dataset, Question, read_dataset
from ai_chat.evaluation.indexed import Indexed, OnProgress, open_indexed, silent
from ai_chat.evaluation.measures import DEPTH, SENTENCE_CUTS, Ranking, Scores, answer_scores, percentile, scores
from ai_chat.evaluation.peak import PeakMemory
from ai_chat.evaluation.report import LEGS, Report
from ai_chat.types import Mode

TIMED_QUESTIONS = 200
TIMED_HITS = 5  # what `ai-chat search` shows


def evaluate(
    folder: Path,
    settings: Settings,
    modes: Sequence[Mode] = LEGS,
    on_progress: OnProgress = silent,
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
    on_progress: OnProgress = silent,
    embedder: Embedder | None = None,
) -> Report:
    """As `evaluate`, for a set that has been read."""
    with PeakMemory() as peak, open_indexed(dataset, settings, modes, on_progress, embedder) as indexed:
        milliseconds = _time_searches(indexed, dataset.questions, modes)
        scored = _ask_all(indexed.bench, dataset.answerable, modes, on_progress)
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


def _time_searches(indexed: Indexed, questions: Sequence[Question], modes: Sequence[Mode]) -> list[float]:
    """Milliseconds of whole searches in the widest mode, over the first questions, after one that opens everything.

    Each question is embedded: a vector kept from an earlier run would flatter.
    """
    widest = next(mode for mode in reversed(LEGS) if mode in modes)
    bench, embedder = indexed.bench, indexed.embedder
    if embedder:
        embedder.fresh_questions = True
    bench.search(questions[-1].question, widest, TIMED_HITS)
    milliseconds = [_timed(bench, question, widest) for question in questions[:TIMED_QUESTIONS]]
    if embedder:
        embedder.fresh_questions = False
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
