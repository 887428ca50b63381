"""The course of one Turn: search, evidence, refined evidence, queue, model, answer, citations, end.

Takes a TurnLog to write to and what the Turns share; nothing that goes wrong with the model takes the evidence away.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ai_chat.answer.log import TurnLog, TurnOver
from ai_chat.answer.queue import Queue
from ai_chat.answer.support import MarkerFilter, citations, hopeless, showable, supported
from ai_chat.errors import AiChatError
from ai_chat.prompt import Prompt, build_prompt
from ai_chat.types import FinishReason, Hit, Problem, Scope, SearchResult, Usage

if TYPE_CHECKING:
    from ai_chat.llm import Llm, TokenStream
    from ai_chat.llm.lazy_model import LazyModel

EVIDENCE_WAIT = 0.15  # seconds for the question's vector before keyword evidence is shown
REFINE_WAIT = 5.0
_PASSAGES_CHAT = 5
_PASSAGES_COMPLETION = 3
_UNTRUSTED_TOKENS = 160  # an answer that is shown only when borne out is short, or it is rambling


class Search(Protocol):
    def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult: ...


@dataclass(frozen=True, slots=True)
class Work:
    """What all Turns share. `no_model` says why `model` is None."""

    searcher: Search
    model: LazyModel | None
    no_model: Problem
    max_tokens: int
    queue: Queue


class Run:
    """`run` in a thread; `stop` from any other. `asked` is the question without its filters, as the model gets it."""

    def __init__(self, log: TurnLog, work: Work, question: str, asked: str, scope: Scope, use_llm: bool) -> None:
        self.log = log
        self.thread: threading.Thread | None = None
        self._work = work
        self._question = question
        self._asked = asked
        self._scope = scope
        self._use_llm = use_llm
        self._stream: TokenStream | None = None
        self._timings: dict[str, float] = {}
        self._usage = Usage()
        self._shown = False

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
        stream = self._stream
        if stream is not None:
            stream.close()

    def _end(self, reason: FinishReason, problem: Problem | None = None) -> None:
        timings = {**self._timings, "total_ms": self.log.milliseconds()}
        self.log.finish(ending(reason, self._usage, timings, problem))

    def _evidence(self) -> SearchResult:
        self.log.append("searching", {"question": self._question})
        result = self._work.searcher.search(self._question, self._scope, wait=EVIDENCE_WAIT)
        self._timings["search_ms"] = round(result.milliseconds, 1)
        self.log.append("evidence", _evidence_data(result))
        if "vectors_late" not in result.notices:
            return result
        refined = self._work.searcher.search(self._question, self._scope, wait=REFINE_WAIT)
        if _places(refined.hits) != _places(result.hits):
            self.log.append("evidence", _evidence_data(refined))
            return refined
        return result

    def _answer(self, hits: tuple[Hit, ...], nothing: Problem) -> None:
        if not hits:
            self._end("no_evidence", nothing)
        elif not self._use_llm:
            self._end("skipped")
        elif self._work.model is None:
            self._end("no_model", self._work.no_model)
        else:
            with self._work.queue.turn(self._tell_place, lambda: self.log.over) as ours:
                if ours:
                    self._write_with(self._work.model, hits)

    def _tell_place(self, before: int) -> None:
        self.log.append("queued", {"position": before})

    def _write_with(self, model: LazyModel, hits: tuple[Hit, ...]) -> None:
        if model.state != "loaded":
            self.log.append("loading", {"model": model.info.name})
        try:
            with model.lease() as llm:
                self._write(llm, model, hits)
        except AiChatError as error:
            self._end("error" if self._shown else "no_model", error.problem)

    def _write(self, llm: Llm, model: LazyModel, hits: tuple[Hit, ...]) -> None:
        info = model.info
        prompt = build_prompt(
            self._asked,
            hits[: _PASSAGES_CHAT if info.chat_template else _PASSAGES_COMPLETION],
            llm.count_tokens,
            n_ctx=llm.n_ctx,
            max_tokens=self._work.max_tokens if info.trusted else min(self._work.max_tokens, _UNTRUSTED_TOKENS),
            chat=info.chat_template,
        )
        text, reason = self._decode(llm, prompt, streaming=info.trusted)
        if info.trusted:
            self._close_trusted(text, reason, prompt.passages)
        else:
            self._close_untrusted(text, reason, prompt.passages)

    def _decode(self, llm: Llm, prompt: Prompt, *, streaming: bool) -> tuple[str, FinishReason]:
        """The whole text; shown as it comes when `streaming`."""
        reason: FinishReason = "stop"
        markers = MarkerFilter(len(prompt.passages))
        whole = ""
        self._stream = stream = llm.stream(prompt.content, prompt.max_tokens, prompt.stop)
        try:
            self._leave_when_over()
            for number, delta in enumerate(stream, 1):
                self._leave_when_over()
                self._timings.setdefault("first_token_ms", self.log.milliseconds())
                self._usage = delta.usage or Usage(prompt.n_tokens, number)
                whole += self._take(markers.push(delta.text), streaming)
                reason = delta.finish_reason or reason
                if not streaming and hopeless(whole):
                    break
        finally:
            stream.close()
        whole += self._take(markers.rest(), streaming)
        return whole, reason

    def _leave_when_over(self) -> None:
        if self.log.over:
            raise TurnOver

    def _take(self, piece: str, streaming: bool) -> str:
        if piece and streaming:
            self._shown = True
            self.log.text(piece)
        return piece

    def _close_trusted(self, text: str, reason: FinishReason, passages: Sequence[Hit]) -> None:
        self._cite(text, passages)
        for finding in supported(text, self._asked, passages, strict=False):
            if not finding.supported:
                claim = finding.claim
                self.log.append("unsupported", {"sentence": claim.text, "start": claim.start, "end": claim.end})
        self._end(reason)

    def _close_untrusted(self, text: str, reason: FinishReason, passages: Sequence[Hit]) -> None:
        text = text.strip()
        if reason == "length" or not showable(text, self._asked, passages):
            self._end("withheld", Problem("answer_withheld"))
            return
        self.log.text(text)
        self._cite(text, passages)
        self._end(reason)

    def _cite(self, text: str, passages: Sequence[Hit]) -> None:
        for citation in citations(text, passages):
            self.log.append("citation", asdict(citation))


def ending(
    reason: FinishReason,
    usage: Usage | None = None,
    timings: Mapping[str, float] | None = None,
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
