"""The model for one Turn: its place in the queue, its loading told, its process begun once more when it dies.

Takes what is to be done with a loaded model, gives how that ended; knows no prompt and no passage.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ai_chat.answer.log import TurnLog, TurnOver
from ai_chat.answer.work import Asking, Ending, Work
from ai_chat.errors import AiChatError, MachineError

if TYPE_CHECKING:
    from ai_chat.llm import Llm
    from ai_chat.llm.lazy_model import LazyModel

_LOADING_STEP = 0.05  # of the whole, between two events


class Borrowing:
    """`run` once. `restarted`: the model died and what it had shown was withdrawn; `waited_ms` for its turn, None before it came."""

    def __init__(self, log: TurnLog, work: Work, asking: Asking) -> None:
        self.restarted = False
        self.waited_ms: float | None = None
        self._log = log
        self._work = work
        self._asking = asking

    def run(self, model: LazyModel, use: Callable[[Llm], Ending], shown: Callable[[], bool]) -> Ending | None:
        """What fails before anything was `shown` leaves the evidence alone; later it is an error behind what was shown.

        None when the Turn was over before its place came.
        """
        asking, came = self._asking, self._log.milliseconds()
        with self._work.queue.turn(
            asking.conversation_id, self._tell_place, lambda: self._log.over, background=asking.wish.background
        ) as ours:
            if not ours:
                return None
            self.waited_ms = round(self._log.milliseconds() - came, 1)
            try:
                return self._twice(model, use)
            except AiChatError as error:
                return "error" if self.restarted or shown() else "no_model", error.problem

    def _tell_place(self, before: int) -> None:
        self._log.append("queued", {"position": before})

    def _twice(self, model: LazyModel, use: Callable[[Llm], Ending]) -> Ending:
        try:
            return self._once(model, use)
        except MachineError as error:
            if error.code != "model_gone":
                raise
            self.restarted = True  # what was shown is withdrawn: another attempt may say it in other words
            self._log.append("restarted", {"code": error.code})
            return self._once(model, use)

    def _once(self, model: LazyModel, use: Callable[[Llm], Ending]) -> Ending:
        if refused := self._work.admit():
            return "no_model", refused
        loading = _Loading(self._log, model.info.name)
        if model.state != "loaded":
            loading.begin()
        with model.lease(loading.tell) as llm:
            self._work.queue.wake()  # how many slots there are is known now
            if self._log.over:
                raise TurnOver
            return use(llm)


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
