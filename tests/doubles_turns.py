"""An App whose turns are real ones, over a scripted model that loads slowly and dies once, for the page."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ai_chat.answer.turns import Turns
from ai_chat.config import Settings
from ai_chat.errors import MachineError
from ai_chat.llm import Delta, ModelPrompt
from ai_chat.llm.lazy_model import LazyModel
from ai_chat.llm.loading import Tell
from ai_chat.llm.models import ModelInfo
from ai_chat.store import Store, TurnRecord
from ai_chat.types import ANSWERED, Event, Hit, Scope, SearchResult, UnitRef, Wish
from tests.doubles_app import ANSWER, PASSAGE, SENTENCE, DoubleApp
from tests.doubles_llm import ScriptedLlm, ScriptedStream

HALF = "입사 2년 차부터는"


class _Dying(ScriptedStream):
    def __next__(self) -> Delta:
        time.sleep(0.2)
        return super().__next__()


class DyingOnce(ScriptedLlm):
    """Shows half a sentence of its first answer, then is gone."""

    def stream(self, prompt: ModelPrompt, max_tokens: int, stop: Sequence[str] = ()) -> ScriptedStream:
        self.prompts.append(prompt)
        if len(self.prompts) > 1:
            return ScriptedStream(ANSWER, "stop", None)
        stream = _Dying(HALF, "stop", None)
        stream._error = MachineError("model_gone", reason="killed")
        return stream


class OnePassage:
    def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult:
        unit = UnitRef("page", 3, "3")
        start = PASSAGE.index(SENTENCE)
        place = (start, start + len(SENTENCE))
        hit = Hit(1, 1.0, "취업규칙.pdf", "s1", "samples", 1, unit, 3, PASSAGE, SENTENCE, *place)
        return SearchResult(query, "hybrid", (hit,), 1.0)


class TurnsApp(DoubleApp):
    """`seconds` is what each quarter of a load takes."""

    def __init__(self, settings: Settings, seconds: float) -> None:
        super().__init__()
        self._store = Store.open(settings.database)
        llm = DyingOnce()

        def make(tell: Tell, _frugal: bool) -> ScriptedLlm:
            for quarter in range(1, 4):
                tell(quarter / 4)
                time.sleep(seconds)
            return llm

        info = ModelInfo("scripted", Path("scripted.gguf"), False, True, True, 4096, 0)
        self._turns_of = Turns(self._store, OnePassage(), LazyModel(info, make), settings)

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str:
        return self._turns_of.start(question, scope, conversation_id=conversation_id, wish=wish)

    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
        return self._turns_of.events(turn_id, after)

    def stop(self, turn_id: str) -> None:
        self._turns_of.stop(turn_id)

    def turns(self, conversation_id: str) -> Sequence[TurnRecord]:
        return self._store.turns.turns(conversation_id)

    def close(self) -> None:
        self._turns_of.close()
        self._store.close()
        super().close()
