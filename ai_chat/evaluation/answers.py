"""Ask the questions of a folder as a user would, and compare what is written and what is shown with the answers.

Takes a folder, settings and a model; goes through the product's own search, prompt, model worker and check. Gives an
Outcome a question; prints nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ai_chat.answer.fold import answer_of
from ai_chat.answer.log import TurnLog
from ai_chat.answer.work import ending
from ai_chat.answer.writing import Writing, prompt_for
from ai_chat.checking.claims import without_markers
from ai_chat.checking.sure import is_copied
from ai_chat.config import Settings
from ai_chat.embedding import Embedder
from ai_chat.errors import MachineError
from ai_chat.evaluation.bench import Bench
from ai_chat.evaluation.datasets import Dataset, Question
from ai_chat.evaluation.indexed import OnProgress, open_indexed, silent
from ai_chat.llm.lazy_model import LazyModel, open_lazy_model
from ai_chat.llm.models import choose_model
from ai_chat.prompt import NOT_FOUND
from ai_chat.search.query import parse_query
from ai_chat.types import Event, FinishReason, Mode, Problem

EVIDENCE = 5  # hits, as a Turn finds them


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the model wrote, shown or not: `raw`, and `written` without its markers. `cited`: ids of the pages that a shown answer names.

    `copied`: all of it stands in the passages that it cites. `logprobs` of its tokens, where the model tells them.
    """

    question: Question
    written: str
    raw: str
    ended: FinishReason
    cited: tuple[str, ...]
    copied: bool
    logprobs: tuple[float, ...]
    seconds: float
    first_token_ms: float | None

    @property
    def refused(self) -> bool:
        """The model said that the documents do not answer, or there was nothing to ask it about."""
        return self.ended == "no_evidence" or self.raw in NOT_FOUND.values()

    @property
    def withheld(self) -> bool:
        return not self.refused and (self.ended == "withheld" or not self.raw)

    @property
    def shown(self) -> bool:
        return not self.refused and not self.withheld


@contextmanager
def answering_model(settings: Settings) -> Iterator[LazyModel]:
    """The one that these settings choose, not loaded yet. MachineError where there is none."""
    chosen = choose_model(settings)
    if isinstance(chosen, Problem):
        raise MachineError(chosen.code, **chosen.values)
    model = open_lazy_model(chosen, settings)
    try:
        yield model
    finally:
        model.close()


def ask_all(
    dataset: Dataset,
    settings: Settings,
    model: LazyModel,
    most: int | None = None,
    on_progress: OnProgress = silent,
    embedder: Embedder | None = None,
) -> tuple[list[Outcome], tuple[Problem, ...]]:
    """`most` questions, spread evenly over the file. `embedder` stands in for the one that the settings name.

    The problems are documents that could not be read. MachineError where the model fails.
    """
    mode: Mode = "lexical" if embedder is None and settings.embedder == "none" else "hybrid"
    chosen = spread(dataset.questions, most)
    with open_indexed(dataset, settings, (mode,), on_progress, embedder) as indexed:
        found = []
        for done, question in enumerate(chosen, 1):
            found.append(ask(question, indexed.bench, model, settings.max_tokens, mode))
            on_progress("answer", done, len(chosen))
        return found, indexed.problems


def ask(question: Question, bench: Bench, model: LazyModel, max_tokens: int, mode: Mode) -> Outcome:
    """As a Turn goes that is alone: search, prompt, decoding, check, citations."""
    started = time.perf_counter()
    hits = bench.search(question.question, mode, EVIDENCE).hits
    if not hits:
        return Outcome(question, "", "", "no_evidence", (), False, (), time.perf_counter() - started, None)
    with model.lease() as llm:
        asked = parse_query(question.question).text
        prompt = prompt_for(llm, model.info, max_tokens, asked, hits, ())
        log = TurnLog("", _Unkept())
        writing = Writing(log, llm, prompt, hits, (), model.info)
        reason, _ = writing.run()
    log.finish(ending(reason))
    answer = answer_of(question.question, log.follow())
    return Outcome(
        question=question,
        written=without_markers(writing.written),
        raw=writing.written,
        ended=reason,
        cited=tuple(bench.page(citation.document, citation.unit) for citation in answer.citations),
        copied=is_copied(writing.written, prompt.question, writing.passages),
        logprobs=tuple(writing.logprobs),
        seconds=time.perf_counter() - started,
        first_token_ms=writing.first_token_ms,
    )


def spread(questions: Sequence[Question], most: int | None) -> Sequence[Question]:
    """So many of them, from the whole file, always the same."""
    if most is None or most >= len(questions):
        return questions
    return [questions[place * len(questions) // most] for place in range(most)]


class _Unkept:
    """An EventStore for turns that nobody comes back to."""

    def append_events(self, _turn_id: str, _events: list[Event], /) -> None:
        pass
