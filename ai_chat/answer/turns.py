"""Turns: each question runs in a thread of its own, its events outlive the browser and the process.

Takes a searcher and a lazy model (or the reason why there is none); evidence comes first and waits for no model.
As many answers are written at once as the model has slots. Knows no page and no command line.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ai_chat.answer.log import TurnLog
from ai_chat.answer.measured import measure_turn
from ai_chat.answer.queue import Queue
from ai_chat.answer.run import Run
from ai_chat.answer.work import Asking, Search, Work, ending
from ai_chat.cache import Flights
from ai_chat.config import Settings
from ai_chat.errors import InputError
from ai_chat.metrics import Meter, Waiting
from ai_chat.types import ANSWERED, Event, Problem, Scope, Wish

if TYPE_CHECKING:
    from ai_chat.cache import AnswerCache
    from ai_chat.embedding import Embedder
    from ai_chat.lazy import Lazy
    from ai_chat.llm.lazy_model import LazyModel
    from ai_chat.store import Store

_JOIN_SECONDS = 2.0


class Turns:
    """`no_model` says why `model` is None; `admit` is asked each time before it is used, and may say why it must not be. What was
    answered is kept in `answers`, by the vectors of `embedder` where there are some; how long it took is told to `meter`.

    Made without work: call `recover` once when the home is owned.
    """

    def __init__(
        self,
        store: Store,
        searcher: Search,
        model: LazyModel | None,
        settings: Settings,
        no_model: Problem | None = None,
        admit: Callable[[], Problem | None] = lambda: None,
        answers: AnswerCache | None = None,
        embedder: Lazy[Embedder] | None = None,
        meter: Meter | None = None,
    ) -> None:
        self._turns = store.turns
        self._work = Work(
            store=store,
            searcher=searcher,
            model=model,
            no_model=no_model or Problem("starter_missing"),
            n_ctx=settings.n_ctx,
            max_tokens=settings.max_tokens,
            queue=Queue(lambda: model.slots if model else 1),
            past=store.turns,
            admit=admit,
            answers=answers,
            flights=Flights(),
            embedder=embedder,
            now=lambda: datetime.now(UTC),
        )
        self._meter = meter or Meter()
        self._live: dict[str, Run] = {}
        self._guard = threading.Lock()

    def start(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str:
        """Give the id of a new Turn, which runs on by itself. InputError: as the search has them for a question."""
        _require_words(question)
        turn_id = uuid.uuid4().hex
        conversation_id = conversation_id or uuid.uuid4().hex
        if wish.replaces:
            self.stop(wish.replaces)
        self._turns.create_turn(turn_id, conversation_id, question, scope, wish.replaces)
        asking = Asking(question, scope, conversation_id, wish)
        run = Run(TurnLog(turn_id, self._turns), self._work, asking)
        with self._guard:
            self._live[turn_id] = run
        run.thread = threading.Thread(target=self._run, args=(run, wish), name=f"turn-{turn_id[:8]}", daemon=True)
        run.thread.start()
        return turn_id

    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
        """Stored events after number `after`, then new ones as they come, until `done`. InputError: turn_unknown."""
        with self._guard:
            run = self._live.get(turn_id)
        if run is not None:
            return run.log.follow(after)
        self._turns.turn(turn_id)
        return iter(self._turns.events(turn_id, after))

    def stop(self, turn_id: str) -> None:
        """End the Turn now, whatever it is at; what was written stays. InputError: turn_unknown."""
        with self._guard:
            run = self._live.get(turn_id)
        if run is None:
            self._turns.turn(turn_id)
            return
        run.stop()

    @property
    def waiting(self) -> Waiting:
        return Waiting(*self._work.queue.lengths)

    @property
    def writing(self) -> bool:
        """Whether an answer is being written now."""
        return self._work.queue.occupied

    @property
    def busy(self) -> bool:
        """Whether a question is under way."""
        with self._guard:
            return bool(self._live)

    def recover(self) -> int:
        """Close the Turns that a dead process left unfinished; how many there were."""
        with self._guard:
            left = [turn_id for turn_id in self._turns.unfinished() if turn_id not in self._live]
        for turn_id in left:
            events = self._turns.events(turn_id)
            done = ending("error", problem=Problem("answer_interrupted"))
            self._turns.append_events(turn_id, [Event(len(events) + 1, "done", done)])
        return len(left)

    def close(self) -> None:
        """Stop all; a Turn in the middle of loading a model is left to end with its process."""
        with self._guard:
            runs = list(self._live.values())
        for run in runs:
            run.stop(Problem("answer_interrupted"))
        for run in runs:
            if run.thread is not None:
                run.thread.join(_JOIN_SECONDS)

    def _run(self, run: Run, wish: Wish) -> None:
        try:
            run.run()
        finally:
            if run.log.end:
                measure_turn(self._meter, run.log.end, wish, has_model=self._work.model is not None)
            with self._guard:
                del self._live[run.log.turn_id]


def _require_words(question: str) -> None:
    from ai_chat.search.query import parse_query, require_words
    from ai_chat.search.searcher import MAX_QUESTION

    if len(question.strip()) > MAX_QUESTION:
        raise InputError("question_too_long", length=len(question.strip()), limit=MAX_QUESTION)
    require_words(parse_query(question))
