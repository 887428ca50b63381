"""Turns and their model: loading, thinking, dying, refusing, slots; and what a follow-up tells it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from ai_chat.answer import answer_of
from ai_chat.answer.turns import Turns
from ai_chat.config import Settings
from ai_chat.errors import MachineError
from ai_chat.llm import Delta, ModelPrompt
from ai_chat.llm.lazy_model import LazyModel
from ai_chat.llm.loading import Tell
from ai_chat.llm.models import ModelInfo
from ai_chat.store import Store
from ai_chat.types import Answer, Event, Hit, Problem, Scope, SearchResult, UnitRef
from tests.doubles_llm import ScriptedLlm, ScriptedStream, scripted_model

ASKED = "연차휴가는 며칠인가요?"
GOOD = "연차 유급휴가는 15일입니다 [1]."
GONE = MachineError("model_gone", reason="killed")


def hit(place: int, text: str) -> Hit:
    unit = UnitRef("page", place, f"{place}쪽")
    return Hit(place, 1.0, f"규정{place}.md", f"d{place}", "documents", place, unit, place, text, text, 0, len(text))


LEAVE = hit(1, "직원에게 15일의 연차 유급휴가를 부여한다.")
SICK = hit(2, "병가는 연 60일까지 쓸 수 있다.")

Step = Delta | MachineError


class Stream(ScriptedStream):
    """Gives these steps, then ends as a ScriptedStream does."""

    def __init__(self, steps: Sequence[Step], finish: str) -> None:
        super().__init__("", finish, None)
        self._steps = list(steps)

    def __next__(self) -> Delta:
        if not self._steps:
            return super().__next__()
        step = self._steps.pop(0)
        if isinstance(step, MachineError):
            raise step
        return step


class Acting(ScriptedLlm):
    """Each stream plays the next act; `finish` is how the last one ends."""

    def __init__(self, *acts: Sequence[Step], finish: str = "stop") -> None:
        super().__init__(finish=finish)
        self._acts = list(acts)

    def stream(self, prompt: ModelPrompt, max_tokens: int, stop: Sequence[str] = ()) -> ScriptedStream:
        self.prompts.append(prompt)
        return Stream(self._acts.pop(0), self.finish)


class Found:
    """A search that finds the same for every question."""

    def __init__(self, *hits: Hit) -> None:
        self._hits = hits

    def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult:
        return SearchResult(query, "hybrid", self._hits, 3.0)


@pytest.fixture
def store(home: Settings) -> Iterator[Store]:
    opened = Store.open(home.database)
    yield opened
    opened.close()


Asking = Callable[..., tuple[list[Event], Answer]]


@pytest.fixture
def ask(store: Store, home: Settings) -> Asking:
    def asking(model: LazyModel, question: str = ASKED, found: Found | None = None) -> tuple[list[Event], Answer]:
        turns = Turns(store, found or Found(LEAVE), model, home)
        events = list(turns.events(turns.start(question, Scope(), conversation_id="c")))
        return events, answer_of(question, events)

    return asking


def kinds(events: list[Event]) -> list[str]:
    return [event.kind for event in events]


def say(text: str) -> list[Step]:
    return [Delta(text)]


# -- a model that dies ----------------------------------------------------------------


@pytest.mark.parametrize("trusted", [True, False])
def test_a_model_that_dies_is_loaded_again_and_the_answer_begins_anew(ask: Asking, trusted: bool) -> None:
    llm = Acting([Delta("연차는 열닷"), GONE], say(GOOD))
    events, answer = ask(scripted_model(llm, trusted=trusted))
    assert kinds(events).count("restarted") == 1
    after = kinds(events)[kinds(events).index("restarted") :]
    assert after[-3:] == ["delta", "citation", "done"]
    assert (answer.answer, answer.finish_reason, answer.notice) == (GOOD, "stop", None)
    assert llm.prompts[0] == llm.prompts[1]


@pytest.mark.parametrize("trusted", [True, False])
def test_a_second_death_is_an_error(ask: Asking, trusted: bool) -> None:
    events, answer = ask(scripted_model(Acting([GONE], [Delta("연차는"), GONE]), trusted=trusted))
    assert kinds(events).count("restarted") == 1
    assert (answer.finish_reason, answer.notice) == ("error", "model_gone")
    assert answer.answer == ("연차는" if trusted else None)


def test_other_failures_are_not_tried_again_and_the_words_stay(ask: Asking) -> None:
    broken = MachineError("model_refused", reason="busy")
    events, answer = ask(scripted_model(Acting([Delta("연차는"), broken]), trusted=True))
    assert "restarted" not in kinds(events)
    assert (answer.finish_reason, answer.notice, answer.answer) == ("error", "model_refused", "연차는")
    _, before = ask(scripted_model(Acting([broken]), trusted=True))
    assert (before.finish_reason, before.notice, len(before.evidence)) == ("no_model", "model_refused", 1)


# -- loading and refusing -------------------------------------------------------------


def test_loading_is_told_in_steps(ask: Asking, store: Store, home: Settings) -> None:
    told, loaded = threading.Event(), threading.Event()

    def make(tell: Tell, _frugal: bool) -> ScriptedLlm:
        tell(0.4)
        told.set()
        loaded.wait(60)
        return ScriptedLlm(GOOD)

    model = LazyModel(ModelInfo("scripted", Path("x.gguf"), False, True, True, 4096, 0), make)
    turns = Turns(store, Found(LEAVE), model, home)
    fractions = []
    for event in turns.events(turns.start(ASKED, Scope())):
        if event.kind == "loading":
            fractions.append(event.data["fraction"])
            assert event.data["model"] == "scripted"
            if fractions[-1] == 0.4:
                loaded.set()
    assert fractions == [0.0, 0.4]
    assert event.data["finish_reason"] == "stop"


def test_a_model_that_must_not_be_used_leaves_the_evidence(store: Store, home: Settings) -> None:
    model = scripted_model(ScriptedLlm(GOOD), trusted=True)
    critical = Problem("memory_critical", {"free": "100 MiB"})
    turns = Turns(store, Found(LEAVE), model, home, admit=lambda: critical)
    events = list(turns.events(turns.start(ASKED, Scope())))
    answer = answer_of(ASKED, events)
    assert (answer.finish_reason, answer.problem, len(answer.evidence)) == ("no_model", critical, 1)
    assert model.state == "empty"


def test_after_a_death_it_is_asked_again_whether_there_is_memory(store: Store, home: Settings) -> None:
    problems = [None, Problem("memory_critical", {"free": "1 MiB"})]
    llm = Acting([Delta("연차는"), GONE])
    turns = Turns(store, Found(LEAVE), scripted_model(llm, trusted=True), home, admit=lambda: problems.pop(0))
    answer = answer_of(ASKED, turns.events(turns.start(ASKED, Scope())))
    assert (answer.finish_reason, answer.notice, answer.answer) == ("no_model", "memory_critical", None)


# -- thoughts and limits --------------------------------------------------------------


def test_thoughts_are_counted_and_never_told(ask: Asking) -> None:
    thoughts: list[Step] = [Delta("", thought="비밀스러운 생각")] * 20
    events, answer = ask(scripted_model(Acting([*thoughts, Delta(GOOD)]), trusted=True))
    thinking = [event.data for event in events if event.kind == "thinking"]
    assert thinking[0] == {"count": 1} and len(thinking) < 5
    assert answer.answer == GOOD
    assert "비밀" not in str(events)


@pytest.mark.parametrize("trusted", [True, False])
def test_a_model_that_only_thinks_says_so(ask: Asking, trusted: bool) -> None:
    llm = Acting([Delta("", thought="음")] * 3, finish="length")
    _, answer = ask(scripted_model(llm, trusted=trusted))
    assert (answer.finish_reason, answer.notice, answer.answer) == ("length", "answer_only_thought", None)


def test_an_answer_that_was_cut_or_is_empty_says_so(ask: Asking) -> None:
    _, cut = ask(scripted_model(ScriptedLlm(GOOD, finish="length"), trusted=True))
    assert (cut.finish_reason, cut.notice, cut.answer) == ("length", "answer_cut", GOOD)
    _, empty = ask(scripted_model(ScriptedLlm(""), trusted=True))
    assert (empty.finish_reason, empty.notice, empty.answer) == ("stop", "answer_empty", None)


# -- slots ------------------------------------------------------------------------------


def test_two_slots_write_two_answers_at_once(store: Store, home: Settings) -> None:
    gate = threading.Event()
    llm = ScriptedLlm(GOOD, gate=gate, slots=2)
    model = scripted_model(llm, trusted=True)
    with model.lease():
        turns = Turns(store, Found(LEAVE), model, home)
        going = [turns.start(ASKED, Scope(), conversation_id=name) for name in ("a", "b")]
        while len(llm.streams) < 2:
            time.sleep(0.01)
        going.append(turns.start(ASKED, Scope(), conversation_id="a"))
        queued = next(event for event in turns.events(going[2]) if event.kind == "queued")
        assert queued.data == {"position": 1}
        gate.set()
        ends = [list(turns.events(turn))[-1].data["finish_reason"] for turn in going]
    assert ends == ["stop"] * 3


# -- conversations ------------------------------------------------------------------------


def test_a_follow_up_goes_on_from_the_stored_turns_alone(ask: Asking) -> None:
    first, second = ScriptedLlm(GOOD), ScriptedLlm("병가는 60일입니다 [2].")
    ask(scripted_model(first, trusted=True))
    _, answer = ask(scripted_model(second, trusted=True), "병가는?", Found(SICK))
    before, after = first.prompts[0], second.prompts[0]
    assert not isinstance(before, str) and not isinstance(after, str)
    assert list(after[: len(before)]) == list(before)
    assert (after[len(before)].role, after[len(before)].content) == ("assistant", GOOD)
    assert (
        after[-1].content
        == "발췌문:\n\n[2] <excerpt>\n(규정2.md, 2쪽) 병가는 연 60일까지 쓸 수 있다.\n</excerpt>\n\n질문: 병가는 며칠인가요?"
    )
    assert answer.answer == "병가는 60일입니다 [1]."
    assert [(cited.marker, cited.document) for cited in answer.citations] == [(1, "규정2.md")]


def test_a_passage_of_an_older_turn_is_cited_behind_the_evidence(ask: Asking) -> None:
    ask(scripted_model(ScriptedLlm(GOOD), trusted=True))
    reply = "병가는 60일이고 [2] 연차는 15일입니다 [1]."
    _, answer = ask(scripted_model(ScriptedLlm(reply), trusted=True), "병가는?", Found(SICK))
    assert answer.answer == "병가는 60일이고 [1] 연차는 15일입니다 [2]."
    assert [(cited.marker, cited.document, cited.page) for cited in answer.citations] == [
        (1, "규정2.md", 2),
        (2, "규정1.md", 1),
    ]
    assert answer.citations[1].quote == LEAVE.text
    third = ScriptedLlm(GOOD)
    ask(scripted_model(third, trusted=True), "또?", Found(SICK))
    assert [message.content for message in third.prompts[0] if message.role == "assistant"] == [GOOD, reply]  # type: ignore[union-attr]


def test_only_what_was_shown_is_remembered(ask: Asking) -> None:
    ask(scripted_model(ScriptedLlm("틀린 말 [1]."), trusted=False))
    ask(scripted_model(Acting([Delta("연차는 15"), MachineError("model_refused", reason="busy")]), trusted=True))
    last = ScriptedLlm(GOOD)
    ask(scripted_model(last, trusted=True))
    assert [message.content for message in last.prompts[0] if message.role == "assistant"] == ["연차는 15"]  # type: ignore[union-attr]


def test_another_conversation_knows_nothing_of_it(ask: Asking, store: Store, home: Settings) -> None:
    ask(scripted_model(ScriptedLlm(GOOD), trusted=True))
    llm = ScriptedLlm(GOOD)
    turns = Turns(store, Found(LEAVE), scripted_model(llm, trusted=True), home)
    list(turns.events(turns.start(ASKED, Scope(), conversation_id="other")))
    assert len(llm.prompts[0]) == 2
