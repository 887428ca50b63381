"""Filling the cache and refreshing it: against an App that answers by a script, in the order in which it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from ai_chat.answer.filling import FIRST_WAIT, LONGEST_WAIT, Filled, Question, different, fill, seconds_left
from ai_chat.answer.frequent import MOST_AT_ONCE, Refresh, frequent
from ai_chat.errors import InputError
from ai_chat.store.turns import BEHIND, Asked
from ai_chat.types import ANSWERED, Event, Scope, Wish

STOP: Mapping[str, Any] = {"finish_reason": "stop", "problem": None}
NO_ROOM: Mapping[str, Any] = {
    "finish_reason": "no_model",
    "problem": {"code": "memory_critical", "values": {"held": "7 GB", "budget": "6 GB", "free": "1 GB"}},
}
UNSURE: Mapping[str, Any] = {"finish_reason": "withheld", "problem": {"code": "answer_withheld", "values": {}}}


class Scripted:
    """`ends` are the `done` of each question in turn, the last one for all after; what ended with `stop` is kept."""

    def __init__(self, *ends: Mapping[str, Any]) -> None:
        self._ends = list(ends)
        self._kept: set[str] = set()
        self._turns: dict[str, str] = {}
        self.asked: list[str] = []
        self.conversations: list[str | None] = []
        self.wishes: list[Wish] = []
        self.stopped: list[str] = []
        self.interrupt = False

    def ask(self, question: str, scope: Scope, *, conversation_id: str | None = None, wish: Wish = ANSWERED) -> str:
        if len(question) > 100:
            raise InputError("question_too_long", length=len(question), limit=100)
        turn = f"t{len(self.asked)}"
        self._turns[turn] = question
        self.asked.append(question)
        self.conversations.append(conversation_id)
        self.wishes.append(wish)
        return turn

    def events(self, turn_id: str, after: int = 0) -> Iterator[Event]:
        yield Event(1, "searching", {})
        if self.interrupt:
            raise KeyboardInterrupt
        question = self._turns[turn_id]
        if question in self._kept:
            yield Event(2, "cached", {})
            yield Event(3, "done", STOP)
            return
        end = self._ends.pop(0) if len(self._ends) > 1 else self._ends[0]
        if end["finish_reason"] == "stop":
            self._kept.add(question)
        yield Event(2, "done", end)

    def stop(self, turn_id: str) -> None:
        self.stopped.append(turn_id)


def ticking() -> Callable[[], float]:
    moments = iter(range(1_000_000))
    return lambda: float(next(moments))


def questions(*texts: str) -> list[Question]:
    return [Question(text, Scope()) for text in texts]


def filled(asker: Scripted, *texts: str, wait: Callable[[float], bool] = lambda _seconds: False) -> list[Filled]:
    return list(fill(asker, questions(*texts), clock=ticking(), wait=wait))


def test_each_is_asked_behind_in_a_conversation_of_its_own() -> None:
    asker = Scripted(STOP)
    assert [one.outcome for one in filled(asker, "연차는?", "출장비는?")] == ["written", "written"]
    assert asker.wishes == [Wish(background=True)] * 2
    assert len(set(asker.conversations)) == 2
    assert all(name and name.startswith(BEHIND) for name in asker.conversations)


def test_a_filling_goes_on_where_it_was() -> None:
    asker = Scripted(STOP)
    filled(asker, "연차는?")
    assert [one.outcome for one in filled(asker, "연차는?", "출장비는?")] == ["kept", "written"]


def test_the_same_question_is_asked_once() -> None:
    asker = Scripted(STOP)
    assert len(filled(asker, "연차 휴가는 며칠인가요?", "연차휴가는 며칠이에요", " ", "?!")) == 1
    narrow = Scope(collections=("documents",))
    assert len(different([*questions("연차는?"), Question("연차는?", narrow)])) == 2


def test_refused_memory_is_waited_for_longer_each_time() -> None:
    asker = Scripted(*[NO_ROOM] * 6, STOP)
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    found = filled(asker, "연차는?", wait=wait)
    assert [one.outcome for one in found] == ["waiting"] * 6 + ["written"]
    assert found[0].problem is not None and found[0].problem.code == "memory_critical"
    assert waits[0] == FIRST_WAIT and waits[-1] == LONGEST_WAIT and waits == sorted(waits)


def test_waiting_may_be_given_up() -> None:
    asker = Scripted(NO_ROOM)
    assert [one.outcome for one in filled(asker, "연차는?", "출장비는?", wait=lambda _seconds: True)] == ["waiting"]
    assert asker.asked == ["연차는?"]


def test_what_has_no_answer_says_why_and_keeps_no_other_from_one() -> None:
    asker = Scripted(UNSURE, STOP)
    found = filled(asker, "a?", "x" * 101, "b?")
    assert [(one.outcome, one.problem and one.problem.code) for one in found] == [
        ("unanswered", "answer_withheld"),
        ("failed", "question_too_long"),
        ("written", None),
    ]


def test_broken_off_the_question_under_way_is_stopped() -> None:
    asker = Scripted(STOP)
    asker.interrupt = True
    with pytest.raises(KeyboardInterrupt):
        filled(asker, "연차는?")
    assert asker.stopped == ["t0"]


def test_the_time_left_comes_from_the_last_ones() -> None:
    assert seconds_left([], 10) is None
    quick = [Filled("a", "kept", 0.0)] * 20
    slow = [Filled("b", "written", 3.0)] * 20
    assert seconds_left(slow, 40) == 60
    assert seconds_left([*quick, *slow], 50) == 30


def test_frequent_questions_are_counted_in_all_their_typings() -> None:
    wide, narrow = Scope(), Scope(collections=("documents",))
    asked = [
        Asked("병가는 며칠인가요?", wide),
        Asked("연차휴가는 며칠이에요", wide),
        Asked("연차 휴가는 며칠인가요?", wide),
        Asked("연차 휴가는 며칠인가요? ", wide),
        Asked("출장비는?", wide),
        Asked("출장비는?", narrow),
        Asked("??", wide),
    ]
    found = frequent(asked, 10)
    assert [(one.question, one.scope, one.times) for one in found] == [
        ("연차 휴가는 며칠인가요?", wide, 3),
        ("출장비는?", narrow, 1),
        ("출장비는?", wide, 1),
        ("병가는 며칠인가요?", wide, 1),
    ]
    assert frequent(asked, 1) == found[:1]


class Library:
    """`sequence` goes up when documents change; `names` are the questions that may be stale then."""

    def __init__(self, *names: str) -> None:
        self.sequence = 1
        self.idle = True
        self.names = names

    def stale(self, _sequence: int, most: int) -> list[Question]:
        return questions(*self.names)[:most]


def refresh(asker: Scripted, library: Library, wait: Callable[[float], bool] = lambda _seconds: False) -> Refresh:
    return Refresh(asker, library.stale, lambda: library.sequence, lambda: library.idle, wait=wait, clock=ticking())


def test_what_is_stale_is_asked_once_for_each_change_of_the_library() -> None:
    asker, library = Scripted(UNSURE), Library("a?", "b?")
    loop = refresh(asker, library)
    assert (loop.once(), loop.once()) == (2, 0)
    library.sequence = 2
    assert loop.once() == 2
    assert asker.asked == ["a?", "b?"] * 2
    assert asker.wishes == [Wish(background=True)] * 4


def test_more_than_go_at_once_go_the_next_time() -> None:
    asker, library = Scripted(UNSURE), Library(*(f"q{number}?" for number in range(MOST_AT_ONCE + 5)))
    loop = refresh(asker, library)
    assert (loop.once(), loop.once(), loop.once()) == (MOST_AT_ONCE, 5, 0)
    assert len(set(asker.asked)) == MOST_AT_ONCE + 5


def test_nothing_is_made_anew_while_somebody_asks() -> None:
    asker, library = Scripted(STOP), Library("a?", "b?")
    library.idle = False
    loop = refresh(asker, library)
    assert loop.once() == 0
    library.idle = True
    assert loop.once() == 2


def test_refused_memory_ends_the_refreshing_until_the_next_time() -> None:
    asker, library = Scripted(NO_ROOM, STOP), Library("a?", "b?")
    loop = refresh(asker, library)
    assert (loop.once(), loop.once()) == (0, 2)


def test_the_loop_ends_when_it_is_told() -> None:
    asker, library = Scripted(STOP), Library("a?")
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return seconds > 0 and len(waits) > 2

    refresh(asker, library, wait).run()
    assert asker.asked == ["a?"]
    assert waits.count(0) == 1
