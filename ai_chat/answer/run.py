"""The course of one Turn: search, evidence, refined evidence, queue, model, answer, end.

Takes a TurnLog to write to and what the Turns share; nothing that goes wrong with the model takes the evidence away. A model
that dies while it answers is loaded once more, and the answer begins again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ai_chat.answer.history import Past, said_before
from ai_chat.answer.log import TurnLog, TurnOver
from ai_chat.answer.queue import Queue
from ai_chat.answer.writing import Ending, Writing, prompt_for
from ai_chat.errors import AiChatError, MachineError
from ai_chat.types import FinishReason, Hit, Problem, Scope, SearchResult, Usage, Wish

if TYPE_CHECKING:
    from ai_chat.llm.lazy_model import LazyModel

EVIDENCE_WAIT = 0.15  # seconds for the question's vector before keyword evidence is shown
REFINE_WAIT = 5.0
_LOADING_STEP = 0.05  # of the whole, between two events


class Search(Protocol):
    def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult: ...


@dataclass(frozen=True, slots=True)
class Work:
    """What all Turns share. `no_model` says why `model` is None, `admit` why it may not be used at the moment."""

    searcher: Search
    model: LazyModel | None
    no_model: Problem
    max_tokens: int
    queue: Queue
    past: Past
    admit: Callable[[], Problem | None]


@dataclass(frozen=True, slots=True)
class Asking:
    """`asked` is the question without its filters, as the model gets it."""

    question: str
    asked: str
    scope: Scope
    conversation_id: str
    wish: Wish


class Run:
    """`run` in a thread; `stop` from any other."""

    def __init__(self, log: TurnLog, work: Work, asking: Asking) -> None:
        self.log = log
        self.thread: threading.Thread | None = None
        self._work = work
        self._asking = asking
        self._search_ms: float | None = None
        self._writing: Writing | None = None
        self._restarted = False

    def run(self) -> None:
        try:
            result = self._evidence()
            self._answer(result.hits, _nothing(result))
        except TurnOver:
            pass  # stopped: `done` is written already
        except AiChatError as error:
            self._end("error", error.problem)
        finally:
            # reached without an end only by a fault of ours, which goes on to the thread's excepthook
            self._end("error", Problem("answer_failed", {"reason": "internal"}))

    def stop(self, problem: Problem | None = None) -> None:
        """The end first, so that readers need not wait for what is under way; then what is under way."""
        self._end("error" if problem else "cancelled", problem)
        self._work.queue.wake()
        writing = self._writing
        if writing is not None:
            writing.close()

    def _end(self, reason: FinishReason, problem: Problem | None = None) -> None:
        writing = self._writing
        first = writing.first_token_ms if writing else None
        timings = {"search_ms": self._search_ms, "first_token_ms": first, "total_ms": self.log.milliseconds()}
        usage = writing.usage if writing else None
        record = writing.record() if writing else None
        self.log.finish({**ending(reason, usage, timings, problem), "prompt": record})

    def _evidence(self) -> SearchResult:
        question, scope = self._asking.question, self._asking.scope
        self.log.append("searching", {"question": question})
        result = self._work.searcher.search(question, scope, wait=EVIDENCE_WAIT)
        self._search_ms = round(result.milliseconds, 1)
        self.log.append("evidence", _evidence_data(result))
        if "vectors_late" not in result.notices:
            return result
        refined = self._work.searcher.search(question, scope, wait=REFINE_WAIT)
        if _places(refined.hits) != _places(result.hits):
            self.log.append("evidence", _evidence_data(refined))
            return refined
        return result

    def _answer(self, hits: tuple[Hit, ...], nothing: Problem) -> None:
        if not hits:
            self._end("no_evidence", nothing)
        elif not self._asking.wish.use_llm:
            self._end("skipped")
        elif self._work.model is None:
            self._end("no_model", self._work.no_model)
        else:
            conversation = self._asking.conversation_id
            with self._work.queue.turn(conversation, self._tell_place, lambda: self.log.over) as ours:
                if ours:
                    self._write(self._work.model, hits)

    def _tell_place(self, before: int) -> None:
        self.log.append("queued", {"position": before})

    def _write(self, model: LazyModel, hits: tuple[Hit, ...]) -> None:
        """What fails before anything was shown leaves the evidence alone; later it is an error behind what was shown."""
        try:
            try:
                reason, problem = self._attempt(model, hits)
            except MachineError as error:
                if error.code != "model_gone":
                    raise
                self._restart(error)
                reason, problem = self._attempt(model, hits)
        except AiChatError as error:
            begun = self._restarted or (self._writing is not None and self._writing.shown)
            self._end("error" if begun else "no_model", error.problem)
        else:
            self._end(reason, problem)

    def _restart(self, error: MachineError) -> None:
        """What was shown is withdrawn: another attempt may say it in other words."""
        self._writing = None
        self._restarted = True
        self.log.append("restarted", {"code": error.code})

    def _attempt(self, model: LazyModel, hits: tuple[Hit, ...]) -> Ending:
        if refused := self._work.admit():
            return "no_model", refused
        loading = _Loading(self.log, model.info.name)
        if model.state != "loaded":
            loading.begin()
        with model.lease(loading.tell) as llm:
            self._work.queue.wake()  # how many slots there are is known now
            if self.log.over:
                raise TurnOver
            past = said_before(self._work.past, self._asking.conversation_id, self.log.turn_id)
            prompt = prompt_for(llm, model.info, self._work.max_tokens, self._asking.asked, hits, past)
            self._writing = writing = Writing(self.log, llm, prompt, hits, past, model.info)
            return writing.run()


class _Loading:
    """Tells of a load as it goes on."""

    def __init__(self, log: TurnLog, model: str) -> None:
        self._log = log
        self._model = model
        self._told = 0.0

    def begin(self) -> None:
        self._log.append("loading", {"model": self._model, "fraction": self._told})

    def tell(self, fraction: float) -> None:
        """Called in the turn's own thread; TurnOver ends the waiting, not the load."""
        if self._log.over:
            raise TurnOver
        if fraction - self._told >= _LOADING_STEP:
            self._told = fraction
            self._log.append("loading", {"model": self._model, "fraction": round(fraction, 2)})


def ending(
    reason: FinishReason,
    usage: Usage | None = None,
    timings: Mapping[str, float | None] | None = None,
    problem: Problem | None = None,
) -> dict[str, Any]:
    """What `done` carries; `notice` is the code of `problem`."""
    return {
        "finish_reason": reason,
        "usage": asdict(usage or Usage()),
        "timings": dict(timings or {}),
        "notice": problem.code if problem else None,
        "problem": {"code": problem.code, "values": dict(problem.values)} if problem else None,
    }


def _nothing(result: SearchResult) -> Problem:
    """Why there would be no evidence."""
    if "filter_matches_nothing" in result.notices:
        return Problem("filter_matches_nothing", {"count": result.unfiltered or 0})
    return Problem("no_evidence")


def _evidence_data(result: SearchResult) -> dict[str, Any]:
    return {
        "hits": [{**asdict(hit), "duplicates": list(map(asdict, hit.duplicates))} for hit in result.hits],
        "mode": result.mode,
        "notices": list(result.notices),
        "unfiltered": result.unfiltered,
        "search_ms": round(result.milliseconds, 1),
    }


def _places(hits: Sequence[Hit]) -> list[tuple[int, int, int]]:
    return [(hit.version_id, hit.start, hit.end) for hit in hits]
