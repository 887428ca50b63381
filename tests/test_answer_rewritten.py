"""Follow-ups that a large model makes whole: searched for again, told, and not kept under the evidence before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ai_chat.answer import answer_of
from ai_chat.answer.turns import Turns
from ai_chat.asking.sameness import same_question
from ai_chat.cache import AnswerCache
from ai_chat.config import Settings
from ai_chat.errors import MachineError
from ai_chat.llm import ModelPrompt
from ai_chat.llm.lazy_model import LazyModel
from ai_chat.store import Store
from ai_chat.types import Answer, Scope
from tests.doubles_llm import ScriptedLlm, ScriptedStream, scripted_model
from tests.test_answer_course import Search

ASKED = "연차휴가는 며칠인가요?"
BY_RULES = "병가는 며칠인가요?"
BY_MODEL = "유급 병가는 며칠인가요?"
LEAVE = "연차 유급휴가는 15일입니다 [1]."
SICK = "병가는 연 60일까지 쓸 수 있습니다 [1]."


class InTurn(ScriptedLlm):
    """Gives one reply after the other."""

    def __init__(self, *replies: str | MachineError) -> None:
        super().__init__()
        self.replies = list(replies)

    def stream(self, prompt: ModelPrompt, max_tokens: int, stop: Sequence[str] = ()) -> ScriptedStream:
        self.reply = self.replies.pop(0)
        return super().stream(prompt, max_tokens, stop)


@pytest.fixture
def search() -> Search:
    return Search()


@pytest.fixture
def turns_of(home: Settings, search: Search, tmp_path: Path) -> Iterator[Callable[..., Turns]]:
    store = Store.open(home.database)
    answers = AnswerCache(tmp_path / "cache.db", clock=time.time, agree=same_question, nearness=0.9)
    made: list[Turns] = []

    def make(llm: ScriptedLlm, rewrites: bool = True) -> Turns:
        model = scripted_model(llm, trusted=True)
        model = LazyModel(replace(model.info, rewrites=rewrites), lambda _tell, _frugal: llm)
        made.append(Turns(store, search, model, home, answers=answers))
        return made[-1]

    yield make
    for each in made:
        each.close()
    answers.close()
    store.close()


def ask(turns: Turns, question: str, conversation: str = "c") -> Answer:
    return answer_of(question, turns.events(turns.start(question, Scope(), conversation_id=conversation)))


def test_what_the_model_makes_of_a_follow_up_is_searched_for(turns_of: Callable[..., Turns], search: Search) -> None:
    llm = InTurn(LEAVE, BY_MODEL, SICK)
    turns = turns_of(llm)
    ask(turns, ASKED)
    answer = ask(turns, "병가는?")
    assert (answer.searched_for, answer.answer) == (BY_MODEL, SICK)
    assert search.queries[-2:] == [BY_RULES, BY_MODEL]
    assert not isinstance(llm.prompts[2], str) and BY_MODEL in llm.prompts[2][-1].content


@pytest.mark.parametrize("written", ["", "병가는 2030년에 며칠인가요?", BY_RULES, "두 줄\n입니다"])
def test_what_says_more_or_nothing_leaves_the_rules_question(
    turns_of: Callable[..., Turns], search: Search, written: str
) -> None:
    turns = turns_of(InTurn(LEAVE, written, SICK))
    ask(turns, ASKED)
    answer = ask(turns, "병가는?")
    assert (answer.searched_for, answer.answer, search.queries[-1]) == (BY_RULES, SICK, BY_RULES)


def test_an_answer_from_other_evidence_is_not_kept(turns_of: Callable[..., Turns]) -> None:
    turns = turns_of(InTurn(LEAVE, BY_MODEL, SICK, BY_MODEL, SICK))
    for conversation in ("a", "b"):
        ask(turns, ASKED, conversation)
        assert not ask(turns, "병가는?", conversation).cached


def test_a_small_model_and_a_first_question_are_not_asked(turns_of: Callable[..., Turns]) -> None:
    small, large = InTurn(LEAVE, SICK), InTurn(LEAVE)
    turns = turns_of(small, rewrites=False)
    ask(turns, ASKED)
    assert ask(turns, "병가는?").searched_for == BY_RULES
    ask(turns_of(large), "연차휴가는 한 해에 며칠인가요?", "other")
    assert len(small.prompts) == 2 and len(large.prompts) == 1


def test_a_model_that_is_gone_while_it_reads_the_question_is_begun_again(turns_of: Callable[..., Turns]) -> None:
    turns = turns_of(InTurn(LEAVE, MachineError("model_gone", reason="killed"), BY_MODEL, SICK))
    ask(turns, ASKED)
    answer = ask(turns, "병가는?")
    assert (answer.searched_for, answer.answer) == (BY_MODEL, SICK)


def test_a_stopped_turn_ends_the_reading(turns_of: Callable[..., Turns]) -> None:
    llm = InTurn(LEAVE, BY_MODEL)
    turns = turns_of(llm)
    ask(turns, ASKED)
    llm.gate = threading.Event()
    turn = turns.start("병가는?", Scope(), conversation_id="c")
    while len(llm.streams) < 2:
        time.sleep(0.01)
    turns.stop(turn)
    assert llm.streams[1].closed.wait(10)
    assert answer_of("", turns.events(turn)).finish_reason == "cancelled"
