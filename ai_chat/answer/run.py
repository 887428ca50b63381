"""The course of one Turn: what is meant, search, evidence, what is kept of it, the model, answer, end.

Takes a TurnLog to write to and what the Turns share; nothing that goes wrong with the model takes the evidence away. What only
comes behind the evidence is imported there.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from ai_chat.answer.borrow import Borrowing
from ai_chat.answer.evidence import evidence_data, places, why_nothing
from ai_chat.answer.history import Said, said_before
from ai_chat.answer.log import TurnLog, TurnOver
from ai_chat.answer.meaning import understand
from ai_chat.answer.work import Asking, Ending, Understood, Work, ending
from ai_chat.errors import AiChatError
from ai_chat.search.judging import not_found
from ai_chat.types import FinishReason, Hit, Judgement, Problem, SearchResult

if TYPE_CHECKING:
    from ai_chat.answer.rewritten import Rewriting
    from ai_chat.answer.summary import Summary
    from ai_chat.answer.writing import Writing
    from ai_chat.cache import AnswerCache, Key
    from ai_chat.llm import Llm
    from ai_chat.llm.lazy_model import LazyModel

EVIDENCE_WAIT = 0.15  # seconds for the question's vector before keyword evidence is shown
REFINE_WAIT = 5.0
HOPELESS = 0.05  # the chance under which no model is asked
LIKELY = 0.5  # the chance from which on a small model's refusal is not believed


class Run:
    """`run` in a thread; `stop` from any other."""

    def __init__(self, log: TurnLog, work: Work, asking: Asking) -> None:
        self.log = log
        self.thread: threading.Thread | None = None
        self._work = work
        self._asking = asking
        self._search_ms: float | None = None
        self._writing: Writing | Summary | None = None
        self._rewriting: Rewriting | None = None
        self._borrowing: Borrowing | None = None
        self._searched_again = (
            False  # for what the model made of the question: its answer is not kept under the evidence before
        )

    @property
    def writing(self) -> Writing | Summary | None:
        """What the model wrote, shown or not; None where none was asked."""
        return self._writing

    def run(self) -> None:
        try:
            self._course()
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
        self._work.flights.wake()
        for busy in (self._rewriting, self._writing):
            if busy is not None:
                busy.close()

    def _end(self, reason: FinishReason, problem: Problem | None = None) -> None:
        writing = self._writing
        usage = writing.usage if writing else None
        record = writing.record() if writing else None
        self.log.finish({**ending(reason, usage, self._timings(), problem), "prompt": record})

    def _timings(self) -> dict[str, float | None]:
        first = self._writing.first_token_ms if self._writing else None
        waited = self._borrowing.waited_ms if self._borrowing else None
        total = self.log.milliseconds()
        return {"search_ms": self._search_ms, "first_token_ms": first, "total_ms": total, "queue_ms": waited}

    def _course(self) -> None:
        asking = self._asking
        meant = understand(asking, self._work.past, self.log.turn_id)
        self._tell_search(meant)
        if meant.kind == "list":
            self._list(meant)
        elif meant.kind != "summary" or not self._summarise(meant):
            self._from_evidence(meant)

    def _tell_search(self, meant: Understood) -> None:
        question = self._asking.question
        searched_for = meant.whole if meant.whole != question else None
        self.log.append("searching", {"question": question, "searched_for": searched_for, "kind": meant.kind})

    def _list(self, meant: Understood) -> None:
        from ai_chat.answer.listing import tell_documents
        from ai_chat.answer.output import cleaned

        library, today = self._work.store.library, self._work.now().astimezone().date()
        self._end(*tell_documents(self.log, meant.whole, self._asking.scope, library, today, cleaned))

    def _from_evidence(self, meant: Understood) -> None:
        sequence = self._work.store.library.sequence()
        result = self._evidence(meant.whole)
        if not result.hits:
            self._end("no_evidence", why_nothing(result))
        elif meant.kind == "search" or not self._asking.wish.use_llm:
            self._end("skipped")
        elif meant.kind == "table" and (ended := self._tell_rows(meant, result)):
            self._end(*ended)
        elif (nothing := self._unanswerable(meant, result)) and self._is_given_up(result):
            self._end("not_found", nothing)
        elif self._work.model is None:
            self._end("no_model", self._work.no_model)
        else:
            self._answer(self._work.model, meant, result, sequence)

    def _evidence(self, question: str) -> SearchResult:
        search, scope = self._work.searcher.search, self._asking.scope
        result = search(question, scope, wait=EVIDENCE_WAIT)
        self._show(result)
        if "vectors_late" not in result.notices:
            return result
        refined = search(question, scope, wait=REFINE_WAIT)
        if places(refined.hits) != places(result.hits) or refined.judgement != result.judgement:
            self._show(refined)
            return refined
        return result

    def _show(self, result: SearchResult) -> None:
        if self._search_ms is None:
            self._search_ms = round(result.milliseconds, 1)
        self.log.append("evidence", evidence_data(result))

    def _tell_rows(self, meant: Understood, result: SearchResult) -> Ending | None:
        from ai_chat.answer.output import cleaned
        from ai_chat.answer.table import find_row, tell_rows, unit_text

        found = find_row(meant.asked, result.hits, unit_text(self._work.store.versions.units))
        return tell_rows(self.log, found, cleaned) if found else None

    def _unanswerable(self, meant: Understood, result: SearchResult) -> Problem | None:
        """Who asks for an answer by name gets one all the same."""
        judged = result.judgement
        if judged is None or judged.answerable or self._asking.wish.kind == "answer":
            return None
        return not_found(meant.whole, judged)

    def _is_given_up(self, result: SearchResult) -> bool:
        """Without a model the judgement decides; with one, only where there is next to no chance: it may find what words do not tell."""
        return self._work.model is None or (result.judgement is not None and result.judgement.score < HOPELESS)

    def _answer(self, model: LazyModel, meant: Understood, result: SearchResult, sequence: int) -> None:
        """From what is kept where nothing has changed; else written, by one of those who ask the same at once."""
        from ai_chat.answer import cached

        answers = self._work.answers
        if answers is None:
            self._write(model, meant, result)
            return
        past = self._said()
        key = self._key(model, meant, result, past, sequence)
        with self._work.flights.turn(key.flight, lambda: self.log.over):
            if not self._serve(answers, key, past):
                read = self._write(model, meant, result)
                now = self._work.now().isoformat(timespec="seconds")
                kept = cached.kept_of(list(self.log.follow()), meant.whole, result.hits, self.log.turn_id, now)
                if kept and not self._searched_again:
                    # by what is now: the conversation may have gone on, a model's file may have come, while this turn waited
                    answers.keep(self._key(model, meant, result, read, sequence), kept)

    def _said(self) -> list[Said]:
        return said_before(self._work.past, self._asking.conversation_id, self.log.turn_id)

    def _key(
        self, model: LazyModel, meant: Understood, result: SearchResult, past: Sequence[Said], sequence: int
    ) -> Key:
        """`sequence` of the library before the search: what changes after it may have been found or not."""
        from ai_chat.answer import cached

        work = self._work
        vector = cached.vector_of(work.embedder, meant.asked)
        space = ""
        if work.embedder and (embedder := work.embedder.peek()):
            space = embedder.fingerprint
        maker = cached.maker_of(model.info, work.n_ctx, work.max_tokens)
        return cached.key_of(
            meant.whole,
            self._asking.scope,
            meant.kind,
            result.hits,
            past,
            maker,
            sequence,
            vector,
            space,
        )

    def _serve(self, answers: AnswerCache, key: Key, past: Sequence[Said]) -> bool:
        from ai_chat.answer import cached

        wish = self._asking.wish
        if wish.fresh:
            return False
        search = partial(self._work.searcher.search, scope=self._asking.scope, wait=REFINE_WAIT)
        found = cached.look(answers, key, self.log.turn_id, search, counted=not wish.background)
        if found is None:
            return False
        if found.result:
            self._show(found.result)
        cached.serve(self.log, found.kept)
        self.log.finish(cached.cached_end(found.kept, past, self._timings()))
        return True

    def _write(self, model: LazyModel, meant: Understood, result: SearchResult) -> list[Said]:
        """What was said before, as the model has read it: known when its turn comes."""
        from ai_chat.answer.writing import Writing, prompt_for

        past: list[Said] = []

        def use(llm: Llm) -> Ending:
            asked, found = (
                self._made_whole(llm, meant, result) if model.info.rewrites and meant.before else (meant, result)
            )
            past[:] = self._said()
            prompt = prompt_for(llm, model.info, self._work.max_tokens, asked.asked, found.hits, past)
            self._writing = writing = Writing(self.log, llm, prompt, found.hits, past, model.info)
            return self._settled(writing.run(), asked, found)

        self._borrow(model, use)
        return past

    def _made_whole(self, llm: Llm, meant: Understood, result: SearchResult) -> tuple[Understood, SearchResult]:
        """By the model, where it says more than the rules and that is found; the evidence of the rules was shown meanwhile."""
        from ai_chat.answer.rewritten import Rewriting

        self._rewriting = Rewriting(llm, self._asking.question, meant, lambda: self.log.over)
        better = self._rewriting.run()
        if better is None:
            return meant, result
        found = self._work.searcher.search(better.whole, self._asking.scope, wait=REFINE_WAIT)
        if not found.hits:
            return meant, result
        self._searched_again = True
        self._tell_search(better)
        self._show(found)
        return better, found

    def _settled(self, ended: Ending, meant: Understood, result: SearchResult) -> Ending:
        """Where nothing could be shown: that the documents do not answer, if the judgement says so, or a small model does and the
        judgement is not sure of the opposite."""
        judged = result.judgement or Judgement(0.0, answerable=True)
        if ended[0] == "not_found" and judged.score < LIKELY:
            return "not_found", not_found(meant.whole, judged)
        if ended[0] in ("not_found", "withheld"):
            nothing = self._unanswerable(meant, result)
            return ("not_found", nothing) if nothing else ("withheld", Problem("answer_withheld"))
        return ended

    def _summarise(self, meant: Understood) -> bool:
        """False where the question names no document: then it is one like any other."""
        from ai_chat.answer.named import find_document
        from ai_chat.answer.output import cleaned
        from ai_chat.answer.sections import points_of
        from ai_chat.answer.summary import Pen, Summary, summary_evidence

        library = self._work.store.library
        named = find_document(meant.whole, self._asking.scope, library)
        if named.document is None:
            if named.others:
                self._end("not_found", Problem("summary_which", {"names": named.choice}))
            return bool(named.others)
        detail = library.document(named.document.id)
        points = points_of(detail)
        self._show(summary_evidence(meant.whole, points, self.log.milliseconds()))
        model = self._work.model
        if model is None or not (model.info.trusted and model.info.chat_template) or not self._asking.wish.use_llm:
            self._writing = Summary(self.log, meant.asked, detail, points, cleaned)
            self._end(*self._writing.run())
            return True

        def use(llm: Llm) -> Ending:
            self._writing = summary = Summary(self.log, meant.asked, detail, points, cleaned, Pen(llm, _bears_out))
            return summary.run()

        self._borrow(model, use)
        return True

    def _borrow(self, model: LazyModel, use: Any) -> None:
        self._borrowing = borrowing = Borrowing(self.log, self._work, self._asking)
        ended = borrowing.run(model, use, lambda: self._writing is not None and self._writing.shown)
        if ended:
            self._end(*ended)


def _bears_out(text: str, hit: Hit) -> bool:
    from ai_chat.checking.check import check

    return not check(text, "", [hit]).doubts
