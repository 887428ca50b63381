"""Ask the questions of a folder as a user would, and compare what is written and what is shown with the answers.

Takes a folder, settings and a model; each question is a whole Turn over the product's own search, worker and checks, without the answer
cache. Gives an Outcome a question; prints nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from ai_chat.answer.fold import answer_of
from ai_chat.answer.log import TurnLog
from ai_chat.answer.queue import Queue
from ai_chat.answer.run import Run
from ai_chat.answer.work import Asking, Work
from ai_chat.answer.writing import Writing
from ai_chat.cache import Flights
from ai_chat.checking.claims import without_markers
from ai_chat.checking.sure import is_copied
from ai_chat.config import Settings
from ai_chat.embedding import Embedder
from ai_chat.errors import MachineError
from ai_chat.evaluation.bench import SCOPE, Bench
from ai_chat.evaluation.datasets import Dataset, Question
from ai_chat.evaluation.indexed import OnProgress, open_indexed, silent
from ai_chat.llm.lazy_model import LazyModel, open_lazy_model
from ai_chat.llm.models import choose_model
from ai_chat.types import ANSWERED, AnswerKind, Citation, Event, FinishReason, Mode, Problem, Scope, SearchResult


@dataclass(frozen=True, slots=True)
class Quoted:
    """A citation that was shown: the id of its page, and its sentence with the place in words of the document."""

    page: str
    document: str
    place: str
    quote: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a Turn came to. `raw` is what was written for it, shown or not, and `written` that without markers; `kind` the answer's.

    `copied`: all of it stands in the passages that it cites. `logprobs` of its tokens, where a model wrote it and tells them.
    `quoted`: citations of a shown answer. `nearest`: the best sentence that was found. `tokens`: of the prompt and of the answer.
    """

    question: Question
    written: str
    raw: str
    ended: FinishReason
    quoted: tuple[Quoted, ...]
    copied: bool
    logprobs: tuple[float, ...]
    seconds: float
    first_token_ms: float | None
    kind: AnswerKind = "answer"
    nearest: str = ""
    tokens: tuple[int, int] = (0, 0)

    @property
    def cited(self) -> tuple[str, ...]:
        """Ids of the pages that a shown answer names."""
        return tuple(each.page for each in self.quoted)

    @property
    def refused(self) -> bool:
        """The reader was told that the documents do not answer."""
        return self.ended in ("no_evidence", "not_found")

    @property
    def withheld(self) -> bool:
        """The evidence stands alone: nothing was written that could be shown."""
        return not self.refused and (self.ended not in ("stop", "length") or not self.raw)

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
            found.append(ask(question, indexed.bench, model, settings, mode))
            on_progress("answer", done, len(chosen))
        return found, indexed.problems


def ask(question: Question, bench: Bench, model: LazyModel, settings: Settings, mode: Mode) -> Outcome:
    """A whole Turn that is alone, as `ai-chat ask` has it, but for the cache."""
    work = _work(bench, model, settings, mode)
    log = TurnLog("", _Unkept())
    run = Run(log, work, Asking(question.question, SCOPE, "", ANSWERED))
    started = time.perf_counter()
    run.run()
    seconds = time.perf_counter() - started
    answer = answer_of(question.question, log.follow())
    if answer.finish_reason in ("error", "no_model") and answer.problem:
        raise MachineError(answer.problem.code, **answer.problem.values)
    writing = run.writing if isinstance(run.writing, Writing) else None
    raw = writing.written if writing else answer.answer or ""
    return Outcome(
        question=question,
        written=without_markers(raw),
        raw=raw,
        ended=answer.finish_reason,
        quoted=tuple(_quoted(each, bench) for each in answer.citations),
        copied=is_copied(raw, question.question, writing.passages) if writing else bool(raw),
        logprobs=tuple(writing.logprobs) if writing else (),
        seconds=seconds,
        first_token_ms=writing.first_token_ms if writing else None,
        kind=answer.kind,
        nearest=answer.evidence[0].sentence if answer.evidence else "",
        tokens=(answer.usage.prompt_tokens, answer.usage.completion_tokens),
    )


def _quoted(each: Citation, bench: Bench) -> Quoted:
    return Quoted(bench.page(each.document, each.unit), each.document, each.unit.label, each.quote)


def _work(bench: Bench, model: LazyModel, settings: Settings, mode: Mode) -> Work:
    return Work(
        store=bench.searcher.store,
        searcher=_Searching(bench, mode),
        model=model,
        no_model=Problem("starter_missing"),
        n_ctx=settings.n_ctx,
        max_tokens=settings.max_tokens,
        queue=Queue(),
        past=_Unkept(),
        admit=lambda: None,
        answers=None,
        flights=Flights(),
        embedder=None,
        now=lambda: datetime.now(UTC),
    )


def spread(questions: Sequence[Question], most: int | None) -> Sequence[Question]:
    """So many of them, from the whole file, always the same."""
    if most is None or most >= len(questions):
        return questions
    return [questions[place * len(questions) // most] for place in range(most)]


@dataclass(frozen=True, slots=True)
class _Searching:
    """A bench as Turns search."""

    bench: Bench
    mode: Mode

    def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult:
        return self.bench.searcher.search(query, scope, mode=self.mode, wait=None)


class _Unkept:
    """Events of turns that nobody comes back to, and no conversation before them."""

    def append_events(self, _turn_id: str, _events: list[Event], /) -> None:
        pass

    def turn_ids(self, _conversation_id: str, /) -> list[str]:
        return []

    def events(self, _turn_id: str, _after: int = 0, /) -> list[Event]:
        return []
