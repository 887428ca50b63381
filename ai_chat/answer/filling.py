"""Filling the answer cache: questions asked one by one behind everybody else, each in a conversation of its own.

Takes an App's three calls and the questions; gives what each came to. What is kept already is a quick hit, so that a filling that was
stopped goes on where it was. Memory that is refused is waited for. Knows no cache: that it fills is the work of the Turns.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ai_chat.asking.normal import normal_form
from ai_chat.errors import InputError
from ai_chat.store.turns import BEHIND
from ai_chat.types import ANSWERED, Event, Problem, Scope, Wish

Outcome = Literal["kept", "written", "unanswered", "failed", "waiting"]
FIRST_WAIT, LONGEST_WAIT = 5.0, 60.0  # seconds between two tries where memory is refused
_LAST = 20  # whose seconds tell how long the rest takes
_NO_ROOM = "memory_critical"
_BEHIND = Wish(background=True)


class Asker(Protocol):
    """What an App has of this."""

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str: ...
    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]: ...
    def stop(self, turn_id: str) -> None: ...


class Wanted(Protocol):
    """A question to be asked, as the one who wants it would."""

    @property
    def question(self) -> str: ...
    @property
    def scope(self) -> Scope: ...


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Filled:
    """What a question came to: `kept` was there before, `written` is there now, `unanswered` has no answer that may be kept and
    `problem` says why; `waiting` is no end: it will be asked again. `seconds` are those of this try."""

    question: str
    outcome: Outcome
    seconds: float
    problem: Problem | None = None


def fill(
    asker: Asker, wanted: Iterable[Wanted], *, clock: Callable[[], float], wait: Callable[[float], bool]
) -> Iterator[Filled]:
    """`wait` sleeps that many seconds and says whether to give up. Closing the generator stops the question under way."""
    for one in different(wanted):
        pause = FIRST_WAIT
        while (filled := ask_behind(asker, one, clock)).outcome == "waiting":
            yield filled
            if wait(pause):
                return
            pause = min(2 * pause, LONGEST_WAIT)
        yield filled


def ask_behind(asker: Asker, wanted: Wanted, clock: Callable[[], float]) -> Filled:
    """One question to its end; broken off, it is stopped."""
    begun = clock()
    try:
        turn = asker.ask(wanted.question, wanted.scope, conversation_id=f"{BEHIND}{uuid.uuid4().hex}", wish=_BEHIND)
    except InputError as error:
        return Filled(wanted.question, "failed", clock() - begun, error.problem)
    try:
        events = list(asker.events(turn))
    except BaseException:
        asker.stop(turn)
        raise
    outcome, problem = _came_to(events)
    return Filled(wanted.question, outcome, clock() - begun, problem)


def different(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Each once that is the same question in the same scope, in their order; those without a letter are left out."""
    first: dict[tuple[str, Scope], Wanted] = {}
    for one in wanted:
        if normal := normal_form(one.question):
            first.setdefault((normal, one.scope), one)
    return list(first.values())


def seconds_left(done: Sequence[Filled], total: int) -> float | None:
    """From how long the last ones took; None before the first. `done`: those that ended."""
    last = done[-_LAST:]
    return sum(filled.seconds for filled in last) / len(last) * (total - len(done)) if last else None


def _came_to(events: Sequence[Event]) -> tuple[Outcome, Problem | None]:
    end = next((event.data for event in reversed(events) if event.kind == "done"), {})
    told = end.get("problem")
    problem = Problem(told["code"], told["values"]) if told else None
    if problem and problem.code == _NO_ROOM:
        return "waiting", problem
    if end.get("finish_reason") == "stop":
        return ("kept" if any(event.kind == "cached" for event in events) else "written"), None
    return ("failed" if end.get("finish_reason") == "error" else "unanswered"), problem
