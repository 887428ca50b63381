"""Which questions are asked often, and their answers made anew before somebody asks again.

Takes the turns that were kept, and what the cache says may be stale; gives questions in the scope in which they were asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ai_chat.answer.filling import Asker, Wanted, ask_behind
from ai_chat.asking.normal import normal_form
from ai_chat.store.turns import Asked
from ai_chat.types import Scope

LOOK_SECONDS = 60.0
MOST_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class FrequentQuestion:
    """`question` is as it was typed most often."""

    question: str
    scope: Scope
    times: int


def frequent(asked: Iterable[Asked], most: int) -> list[FrequentQuestion]:
    """The most frequent first, among equals the one asked last. `asked`: the oldest first."""
    typed: dict[tuple[str, Scope], Counter[str]] = {}
    for one in asked:
        if normal := normal_form(one.question):
            key = (normal, one.scope)
            typed[key] = typings = typed.pop(key, Counter())  # to the end: asked last
            typings[one.question.strip()] += 1
    newest_first = reversed(typed.items())
    ranked = sorted(newest_first, key=lambda item: -item[1].total())
    return [
        FrequentQuestion(typings.most_common(1)[0][0], scope, typings.total())
        for (_normal, scope), typings in ranked[:most]
    ]


class Refresh:
    """`run` in a thread of the owner. Each question of `stale` is asked once for each `sequence` of the library: what retrieval still
    finds unchanged is a hit and costs no model, the rest is written anew.

    `idle`: nobody asks or waits; `wait` sleeps that many seconds and says whether to end.
    """

    def __init__(
        self,
        asker: Asker,
        stale: Callable[[int, int], Sequence[Wanted]],
        sequence: Callable[[], int],
        idle: Callable[[], bool],
        *,
        wait: Callable[[float], bool],
        clock: Callable[[], float],
    ) -> None:
        self._asker = asker
        self._stale = stale
        self._sequence = sequence
        self._idle = idle
        self._wait = wait
        self._clock = clock
        self._level = -1
        self._tried: set[tuple[str, Scope]] = set()

    def run(self) -> None:
        while not self._wait(LOOK_SECONDS):
            self.once()

    def once(self) -> int:
        """How many questions were asked, as long as nobody else came; memory that is refused ends it until the next time."""
        asked = 0
        for one in self._untried():
            if not self._idle() or self._wait(0):
                break
            if ask_behind(self._asker, one, self._clock).outcome == "waiting":
                break
            self._tried.add((one.question, one.scope))
            asked += 1
        return asked

    def _untried(self) -> list[Wanted]:
        if not self._idle():
            return []
        sequence = self._sequence()
        if sequence != self._level:
            self._level = sequence
            self._tried.clear()
        found = self._stale(sequence, MOST_AT_ONCE + len(self._tried))
        return [one for one in found if (one.question, one.scope) not in self._tried][:MOST_AT_ONCE]
