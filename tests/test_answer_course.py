"""The course of a Turn: follow-ups made whole, kinds, judgements, and answers from the cache, over a scripted searcher and model."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ai_chat.answer import answer_of
from ai_chat.answer.turns import Turns
from ai_chat.asking.sameness import same_question
from ai_chat.cache import AnswerCache
from ai_chat.config import Settings
from ai_chat.prompt import NOT_FOUND
from ai_chat.store import Store
from ai_chat.types import ANSWERED, Answer, Event, Hit, Judgement, Scope, SearchResult, UnitRef, Wish
from tests.doubles_llm import ScriptedLlm, scripted_model

TEXT = "제5조 직원에게 15일의 연차 유급휴가를 부여한다. 병가는 연 60일까지 쓸 수 있다."
ASKED = "연차휴가는 며칠인가요?"
GOOD = "연차 유급휴가는 15일입니다 [1]."
WRONG = "연차 유급휴가는 20일입니다 [1]."
HOPELESS = Judgement(0.01, False, ("연차휴가",))
DOUBTFUL = Judgement(0.3, False, ("연차휴가",))

Asking = Callable[..., Answer]


class Search:
    """Finds one passage, of the `version` that there is now; `queries` are those it was asked."""

    def __init__(self) -> None:
        self.version = 7
        self.judgement: Judgement | None = None
        self.queries: list[str] = []

    def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult:
        self.queries.append(query)
        unit = UnitRef("page", 3, "3쪽")
        hit = Hit(1, 1.0, "규정.md", "d1", "documents", self.version, unit, 3, TEXT, TEXT[:10], 100, 110)
        return SearchResult(query, "hybrid", (hit,), 3.0, judgement=self.judgement)


@pytest.fixture
def search() -> Search:
    return Search()


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[AnswerCache]:
    opened = AnswerCache(tmp_path / "cache.db", clock=time.time, agree=same_question, nearness=0.9)
    yield opened
    opened.close()


@pytest.fixture
def turns_of(
    home: Settings, search: Search, answers: AnswerCache
) -> Iterator[Callable[[ScriptedLlm | None, bool], Turns]]:
    store = Store.open(home.database)
    made: list[Turns] = []

    def make(llm: ScriptedLlm | None, trusted: bool = True) -> Turns:
        model = scripted_model(llm, trusted=trusted) if llm else None
        made.append(Turns(store, search, model, home, answers=answers))
        return made[-1]

    yield make
    for each in made:
        each.close()
    store.close()


def events_of(
    turns: Turns, question: str = ASKED, wish: Wish = ANSWERED, conversation: str | None = None
) -> list[Event]:
    return list(turns.events(turns.start(question, Scope(), conversation_id=conversation, wish=wish)))


def ask(turns: Turns, question: str = ASKED, wish: Wish = ANSWERED, conversation: str | None = None) -> Answer:
    return answer_of(question, events_of(turns, question, wish, conversation))


def test_the_same_question_is_answered_from_the_cache(turns_of: Callable[..., Turns], answers: AnswerCache) -> None:
    llm = ScriptedLlm(GOOD)
    turns = turns_of(llm)
    first, second = ask(turns), ask(turns, "연차휴가는  며칠인가요")
    assert (first.cached, first.answer) == (False, GOOD)
    assert (second.cached, second.answer, second.finish_reason) == (True, GOOD, "stop")
    assert second.citations == first.citations and second.made_at and second.saved_seconds is not None
    assert len(llm.prompts) == 1
    assert (answers.stats().hits, answers.stats().misses) == (1, 1)


def test_ask_again_writes_anew(turns_of: Callable[..., Turns]) -> None:
    llm = ScriptedLlm(GOOD)
    turns = turns_of(llm)
    ask(turns)
    assert not ask(turns, wish=Wish(fresh=True)).cached
    assert len(llm.prompts) == 2


def test_a_changed_passage_leaves_no_old_answer_standing(turns_of: Callable[..., Turns], search: Search) -> None:
    llm = ScriptedLlm(GOOD)
    turns = turns_of(llm)
    ask(turns)
    search.version = 8
    assert not ask(turns).cached


def test_what_was_withheld_or_refused_is_not_kept(turns_of: Callable[..., Turns]) -> None:
    turns = turns_of(ScriptedLlm(WRONG), trusted=False)
    assert ask(turns).finish_reason == "withheld"
    assert not ask(turns).cached


def test_of_two_who_ask_the_same_at_once_one_answer_is_made(turns_of: Callable[..., Turns]) -> None:
    gate = threading.Event()
    llm = ScriptedLlm(GOOD, gate=gate)
    turns = turns_of(llm)
    ids = [turns.start(ASKED, Scope()) for _ in range(2)]
    while not llm.prompts:
        time.sleep(0.01)
    gate.set()
    told = [answer_of(ASKED, turns.events(each)) for each in ids]
    assert [each.answer for each in told] == [GOOD, GOOD]
    assert len(llm.prompts) == 1 and sorted(each.cached for each in told) == [False, True]


def test_a_conversation_goes_on_from_a_cached_answer(turns_of: Callable[..., Turns]) -> None:
    llm = ScriptedLlm(GOOD)
    turns = turns_of(llm)
    ask(turns, conversation="a")
    assert ask(turns, conversation="b").cached
    ask(turns, "병가는?", conversation="a")
    ask(turns, "병가는?", conversation="b")
    assert llm.prompts[1] == llm.prompts[0] or len(llm.prompts) == 2  # the same context: the second is served, too
    assert not isinstance(llm.prompts[1], str) and llm.prompts[1][-2].content == GOOD


def test_a_follow_up_is_searched_for_as_a_whole(turns_of: Callable[..., Turns], search: Search) -> None:
    turns = turns_of(ScriptedLlm(GOOD))
    ask(turns, conversation="c")
    answer = ask(turns, "병가는?", conversation="c")
    assert (answer.searched_for, search.queries[-1]) == ("병가는 며칠인가요?",) * 2
    assert ask(turns, "병가는?").searched_for is None


def test_no_model_is_asked_where_there_is_next_to_no_chance(turns_of: Callable[..., Turns], search: Search) -> None:
    search.judgement = HOPELESS
    llm = ScriptedLlm(GOOD)
    answer = ask(turns_of(llm))
    assert (answer.finish_reason, answer.notice, answer.judgement) == ("not_found", "not_in_documents", HOPELESS)
    assert answer.evidence and not llm.prompts


def test_who_asks_for_an_answer_by_name_gets_one(turns_of: Callable[..., Turns], search: Search) -> None:
    search.judgement = HOPELESS
    assert ask(turns_of(ScriptedLlm(GOOD)), wish=Wish(kind="answer")).answer == GOOD


@pytest.mark.parametrize(("reply", "reason"), [(" 15일 [1]", "stop"), (WRONG, "not_found")])
def test_a_doubtful_judgement_leaves_it_to_a_checked_answer(
    turns_of: Callable[..., Turns], search: Search, reply: str, reason: str
) -> None:
    search.judgement = DOUBTFUL
    assert ask(turns_of(ScriptedLlm(reply), trusted=False)).finish_reason == reason


@pytest.mark.parametrize(
    ("score", "reason"), [(None, "not_found"), (0.3, "not_found"), (0.49, "not_found"), (0.8, "withheld")]
)
def test_the_refusal_of_a_small_model_is_one_sign_more(
    turns_of: Callable[..., Turns], search: Search, score: float | None, reason: str
) -> None:
    search.judgement = None if score is None else Judgement(score, True)
    answer = ask(turns_of(ScriptedLlm(f" {NOT_FOUND['ko']}"), trusted=False))
    assert (answer.finish_reason, answer.answer) == (reason, None)


def test_the_refusal_of_a_trusted_model_is_its_answer(turns_of: Callable[..., Turns]) -> None:
    answer = ask(turns_of(ScriptedLlm(NOT_FOUND["ko"])))
    assert (answer.finish_reason, answer.answer, answer.doubts) == ("stop", NOT_FOUND["ko"], ())


def test_without_a_model_the_judgement_decides(turns_of: Callable[..., Turns], search: Search) -> None:
    search.judgement = DOUBTFUL
    assert ask(turns_of(None)).finish_reason == "not_found"
    search.judgement = replace(DOUBTFUL, answerable=True)
    assert ask(turns_of(None)).finish_reason == "no_model"


def test_a_search_ends_with_its_evidence(turns_of: Callable[..., Turns]) -> None:
    llm = ScriptedLlm(GOOD)
    answer = ask(turns_of(llm), wish=Wish(kind="search"))
    assert (answer.kind, answer.finish_reason, answer.answer) == ("search", "skipped", None)
    assert answer.evidence and not llm.prompts


def test_a_list_looks_at_no_passage(turns_of: Callable[..., Turns], search: Search) -> None:
    answer = ask(turns_of(ScriptedLlm(GOOD)), "2024년 문서 목록")
    assert (answer.kind, answer.finish_reason, answer.notice) == ("list", "not_found", "list_empty")
    assert not search.queries


def test_a_summary_of_no_document_is_a_question_like_any_other(turns_of: Callable[..., Turns]) -> None:
    answer = ask(turns_of(ScriptedLlm(GOOD)), "연차 규정 요약해 줘")
    assert (answer.kind, answer.answer) == ("summary", GOOD)
