"""An App whose answers are from the cache, wrong in a value, not in the documents or a summary, by a word of the question."""

from __future__ import annotations

import threading
import time
from typing import Any

from ai_chat.types import ANSWERED, CacheStats, Scope, Wish
from tests.doubles_app import ANSWER, PASSAGE, SENTENCE, DoubleApp, _hit

WHOLE = "연차휴가를 넘기는 <b>방법</b>은?"
WRONG = "1년간 출근하면 30일의 연차휴가를 받습니다 [1]."
EVIDENCE = {"hits": [_hit(1, PASSAGE, SENTENCE)], "judgement": {"score": 0.9, "answerable": True, "missing": []}}


class AnswersApp(DoubleApp):
    """ "그럼" makes a follow-up, "캐시" a kept answer unless it is wanted fresh, "틀린" a wrong value, "주차" nothing, "요약" a summary."""

    def __init__(self) -> None:
        super().__init__(pause=0.0)
        self._wishes: dict[str, Wish] = {}
        self._kept: set[str] = set()
        self._going = threading.Event()

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str:
        self._wishes[f"t{len(self._turns) + 1:015d}"] = wish
        return super().ask(question, scope, conversation_id=conversation_id, wish=wish)

    def forget_answer(self, turn_id: str) -> bool:
        known = turn_id in self._kept
        self._kept.discard(turn_id)
        return known

    def cache_stats(self) -> CacheStats:
        served = sum("캐시" in turn.question and not self._wishes[name].fresh for name, turn in self._turns.items())
        return CacheStats(len(self._kept), 4096, served, served, len(self._turns) - served, 0, 12.0 * served)

    def stop(self, turn_id: str) -> None:
        """Lets a summary go on."""
        self._going.set()

    def _tell(self, turn_id: str) -> None:
        question = self._turns[turn_id].question
        whole = WHOLE if "그럼" in question else None
        self._add(turn_id, "searching", {"question": question, "searched_for": whole, "kind": "answer"})
        self._add(turn_id, "evidence", EVIDENCE)
        if "주차" in question:
            problem = {"code": "not_in_documents", "values": {"searched": question, "missing": "주차"}}
            self._add(turn_id, "done", {"finish_reason": "not_found", "problem": problem})
            return
        self._say(turn_id, question)
        self._kept.add(turn_id)
        self._add(turn_id, "done", {"finish_reason": "stop"})

    def _say(self, turn_id: str, question: str) -> None:
        if "요약" in question:
            self._summarise(turn_id)
        elif "틀린" in question:
            self._delta(turn_id, WRONG.replace(" [1]", ""))
            self._add(turn_id, "revised", {"text": WRONG})
            self._add(turn_id, "unsupported", {"sentence": WRONG, "start": 0, "end": len(WRONG), "wrong": [[9, 12]]})
        elif "캐시" in question and not self._wishes[turn_id].fresh:
            cached = {"made_at": "2025-11-21T03:00:00Z", "saved_seconds": 12.0, "tier": "exact"}
            self._add(turn_id, "cached", cached)
            self._delta(turn_id, ANSWER)
        else:
            self._delta(turn_id, ANSWER)

    def _summarise(self, turn_id: str) -> None:
        for done in range(4):
            self._add(turn_id, "progress", {"done": done, "total": 4})
            self._delta(turn_id, f"{done + 1}부의 요점 [1]\n")
            if done == 1:
                self._going.wait(60)
        self._add(turn_id, "progress", {"done": 4, "total": 4})

    def _delta(self, turn_id: str, text: str) -> None:
        data: dict[str, Any] = {"text": text}
        self._add(turn_id, "delta", data)
        time.sleep(0.01)
