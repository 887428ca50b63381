"""Turns over a real store, with a scripted searcher and model: what is told, when, and what survives."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ai_chat.answer import answer_of
from ai_chat.answer.log import TurnLog
from ai_chat.answer.turns import Turns
from ai_chat.answer.work import Search
from ai_chat.config import Settings
from ai_chat.errors import InputError, MachineError
from ai_chat.llm.lazy_model import LazyModel, open_lazy_model
from ai_chat.llm.models import ModelInfo
from ai_chat.store import Store
from ai_chat.types import ANSWERED, Answer, Event, Hit, Place, Problem, Scope, SearchResult, UnitRef, Wish
from tests.doubles_llm import ScriptedLlm, ScriptedStream, scripted_model

TEXT = "제5조 직원에게 15일의 연차 유급휴가를 부여한다. 병가는 연 60일까지 쓸 수 있다."
ASKED = "연차휴가는 며칠인가요?"
GOOD = "연차 유급휴가는 15일입니다 [1]."
SCOPE = Scope()


def hit(rank: int, text: str = TEXT) -> Hit:
    unit = UnitRef("page", 3, "3쪽")
    return Hit(rank, 1.0, "규정.md", "d1", "documents", 7, unit, 3, text, text[:10], 100, 110)


class ScriptedSearch:
    """Gives its results one after the other, the last one again and again."""

    def __init__(self, *results: SearchResult | MachineError) -> None:
        self.results = list(results)
        self.waits: list[float | None] = []

    def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult:
        self.waits.append(wait)
        result = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        if isinstance(result, MachineError):
            raise result
        return result


def found(*hits: Hit, notices: tuple[str, ...] = ()) -> SearchResult:
    return SearchResult(ASKED, "lexical" if notices else "hybrid", hits, 3.0, notices)


@pytest.fixture
def store(home: Settings) -> Iterator[Store]:
    opened = Store.open(home.database)
    yield opened
    opened.close()


def make(store: Store, home: Settings, model: LazyModel | None, search: Search | None = None) -> Turns:
    return Turns(store, search or ScriptedSearch(found(hit(1))), model, home)


def run(turns: Turns, question: str = ASKED, *, wish: Wish = ANSWERED) -> tuple[list[Event], Answer]:
    events = list(turns.events(turns.start(question, SCOPE, wish=wish)))
    return events, answer_of(ASKED, events)


def kinds(events: list[Event]) -> list[str]:
    return [event.kind for event in events]


def test_a_trusted_answer_streams_with_its_citation(store: Store, home: Settings) -> None:
    events, answer = run(make(store, home, scripted_model(ScriptedLlm(GOOD), trusted=True)))
    assert kinds(events)[:3] == ["searching", "evidence", "loading"]
    assert kinds(events)[-2:] == ["citation", "done"]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert (answer.answer, answer.finish_reason, answer.notice) == (GOOD, "stop", None)
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 7)
    assert all(value is not None for value in answer.timings.values())
    (citation,) = answer.citations
    start = citation.start - 100
    assert (
        TEXT[start : start + len(citation.quote)] == citation.quote == "제5조 직원에게 15일의 연차 유급휴가를 부여한다."
    )


def test_the_hits_of_the_answer_are_those_that_were_found(store: Store, home: Settings) -> None:
    _, answer = run(make(store, home, None, ScriptedSearch(found(hit(1), hit(2)))))
    assert answer.evidence == (hit(1), hit(2))


def test_an_answer_of_the_starter_is_shown_when_it_is_borne_out(store: Store, home: Settings) -> None:
    events, answer = run(make(store, home, scripted_model(ScriptedLlm(" 15일 [1]"), trusted=False)))
    assert (answer.answer, answer.finish_reason) == ("15일 [1]", "stop")
    assert kinds(events)[-3:] == ["delta", "citation", "done"]


@pytest.mark.parametrize("reply", ["연차 유급휴가는 20일입니다 [1].", "15일", "", "아 아 아 아 [1]"])
def test_an_answer_of_the_starter_that_is_not_borne_out_is_never_told(store: Store, home: Settings, reply: str) -> None:
    events, answer = run(make(store, home, scripted_model(ScriptedLlm(reply), trusted=False)))
    assert "delta" not in kinds(events)
    assert (answer.answer, answer.finish_reason, answer.notice) == (None, "withheld", "answer_withheld")
    assert answer.evidence


def test_decoding_stops_as_soon_as_nothing_can_be_shown(store: Store, home: Settings) -> None:
    llm = ScriptedLlm("연차는 20일이다. " + "그리고 다른 이야기가 길게 이어진다 " * 30)
    _, answer = run(make(store, home, scripted_model(llm, trusted=False)))
    assert answer.finish_reason == "withheld"
    assert llm.streams[0].closed.is_set()
    assert 0 < answer.usage.completion_tokens < 20


def test_an_answer_of_the_starter_that_does_not_end_is_withheld(store: Store, home: Settings) -> None:
    _, answer = run(make(store, home, scripted_model(ScriptedLlm(GOOD, finish="length"), trusted=False)))
    assert answer.finish_reason == "withheld"


def test_a_trusted_answer_has_its_unsupported_sentences_marked(store: Store, home: Settings) -> None:
    reply = f"{GOOD} 육아휴직은 90일입니다 [4]."
    events, answer = run(make(store, home, scripted_model(ScriptedLlm(reply), trusted=True)))
    assert answer.answer == f"{GOOD} 육아휴직은 90일입니다."
    (marked,) = (event.data for event in events if event.kind == "unsupported")
    assert answer.answer[marked["start"] : marked["end"]] == marked["sentence"] == "육아휴직은 90일입니다."


def test_without_a_model_the_evidence_stands_with_the_reason(store: Store, home: Settings) -> None:
    turns = Turns(store, ScriptedSearch(found(hit(1))), None, home, Problem("model_missing", {"path": "x.gguf"}))
    events, answer = run(turns)
    assert (answer.finish_reason, answer.notice, answer.answer) == ("no_model", "model_missing", None)
    assert events[-1].data["problem"] == {"code": "model_missing", "values": {"path": "x.gguf"}}


def test_a_model_that_does_not_load_leaves_the_evidence(store: Store, home: Settings) -> None:
    def load() -> None:
        raise MachineError("model_start_failed", path="x.gguf", reason="broken")

    _, answer = run(make(store, home, scripted_model(ScriptedLlm(GOOD), trusted=True, load=load)))
    assert (answer.finish_reason, answer.notice) == ("no_model", "model_start_failed")
    assert len(answer.evidence) == 1


def test_a_model_that_dies_again_while_writing_is_an_error_and_its_words_stay(store: Store, home: Settings) -> None:
    class Dying(ScriptedLlm):
        def stream(self, *arguments: object, **named: object) -> ScriptedStream:
            stream = super().stream("", 1)
            stream._pieces, stream._error = ["연차 유급휴가는 "], MachineError("model_gone", reason="killed")
            return stream

    _, answer = run(make(store, home, scripted_model(Dying(), trusted=True)))
    assert (answer.finish_reason, answer.notice, answer.answer) == ("error", "model_gone", "연차 유급휴가는")


def test_nothing_found_and_nothing_wanted_need_no_model(store: Store, home: Settings) -> None:
    model = scripted_model(ScriptedLlm(GOOD), trusted=True)
    _, nothing = run(make(store, home, model, ScriptedSearch(found())))
    _, skipped = run(make(store, home, model), wish=Wish(use_llm=False))
    assert (nothing.finish_reason, nothing.notice) == ("no_evidence", "no_evidence")
    assert (skipped.finish_reason, skipped.notice, len(skipped.evidence)) == ("skipped", None, 1)
    assert model.state == "empty"


def test_late_vectors_refine_the_evidence_once_it_differs(store: Store, home: Settings) -> None:
    late = found(hit(1), notices=("vectors_late",))
    search = ScriptedSearch(late, found(replace(hit(1), start=500, end=510)))
    events, answer = run(make(store, home, None, search))
    assert kinds(events) == ["searching", "evidence", "evidence", "done"]
    assert answer.evidence[0].start == 500
    assert search.waits == [0.15, 5.0]
    same, _ = run(make(store, home, None, ScriptedSearch(late, found(hit(1)))))
    assert kinds(same) == ["searching", "evidence", "done"]


def test_a_search_that_fails_is_told(store: Store, home: Settings) -> None:
    _, answer = run(make(store, home, None, ScriptedSearch(MachineError("index_damaged", path="i"))))
    assert (answer.finish_reason, answer.notice) == ("error", "index_damaged")


def test_bad_questions_are_refused_at_once(store: Store, home: Settings) -> None:
    turns = make(store, home, None)
    with pytest.raises(InputError, match="question_empty"):
        turns.start(" \n", SCOPE)
    with pytest.raises(InputError, match="question_too_long"):
        turns.start("가" * 50_000, SCOPE)


def test_evidence_is_the_same_before_and_after_it_is_stored(store: Store, home: Settings) -> None:
    twice = replace(hit(1), duplicates=(Place("사본.md", "d2", UnitRef("page", 1, "1")),))
    search = ScriptedSearch(found(twice, hit(2)))
    gate = threading.Event()  # the Turn lives on, so that its events are those told, not those stored
    turns = make(store, home, scripted_model(ScriptedLlm(GOOD, gate=gate), trusted=True), search)
    told = turns.events(turns.start(ASKED, SCOPE))
    first = [next(told), next(told)]
    gate.set()
    events = [*first, *told]
    assert json.loads(json.dumps(events[1].data)) == events[1].data
    assert answer_of(ASKED, events).evidence == (twice, hit(2))


def test_events_are_read_again_after_any_of_them(store: Store, home: Settings) -> None:
    turns = make(store, home, scripted_model(ScriptedLlm(GOOD), trusted=True))
    turn = turns.start(ASKED, SCOPE, conversation_id="c1")
    events = list(turns.events(turn))
    assert list(make(store, home, None).events(turn)) == events
    assert list(turns.events(turn, after=2)) == events[2:]
    assert [record.question for record in store.turns.turns("c1")] == [ASKED]
    with pytest.raises(InputError, match="turn_unknown"):
        turns.events("none")


def test_two_readers_follow_one_turn(store: Store, home: Settings) -> None:
    gate = threading.Event()
    turns = make(store, home, scripted_model(ScriptedLlm(GOOD, gate=gate), trusted=True))
    turn = turns.start(ASKED, SCOPE)
    first, second = turns.events(turn), turns.events(turn)
    assert next(first).kind == next(second).kind == "searching"
    gate.set()
    assert list(first) == list(second)


def test_stopping_ends_the_decoding_and_keeps_what_was_written(store: Store, home: Settings) -> None:
    llm = ScriptedLlm(GOOD, gate=threading.Event())
    turns = make(store, home, scripted_model(llm, trusted=True))
    turn = turns.start(ASKED, SCOPE)
    events = turns.events(turn)
    while next(events).kind != "loading":
        pass
    turns.stop(turn)
    assert [event.data["finish_reason"] for event in events] == ["cancelled"]
    turns.close()
    assert all(stream.closed.is_set() for stream in llm.streams)


def test_stopping_does_not_wait_for_a_model_that_is_loading(store: Store, home: Settings) -> None:
    loading, loaded = threading.Event(), threading.Event()

    def load() -> None:
        loading.set()
        loaded.wait(60)

    turns = make(store, home, scripted_model(ScriptedLlm(GOOD), trusted=True, load=load))
    turn = turns.start(ASKED, SCOPE)
    loading.wait(60)
    turns.stop(turn)
    assert list(turns.events(turn))[-1].data["finish_reason"] == "cancelled"
    loaded.set()
    turns.close()


def test_one_answer_is_written_at_a_time_in_the_order_of_asking(store: Store, home: Settings) -> None:
    gate = threading.Event()
    llm = ScriptedLlm(GOOD, gate=gate)
    turns = make(store, home, scripted_model(llm, trusted=True))
    first = turns.start(ASKED, SCOPE)
    _until(turns, first, "loading")
    second = turns.start(ASKED, SCOPE)
    assert _until(turns, second, "queued").data["position"] == 1
    third = turns.start(ASKED, SCOPE)
    assert _until(turns, third, "queued").data["position"] == 2
    turns.stop(second)
    gate.set()
    endings = [list(turns.events(turn))[-1].data["finish_reason"] for turn in (first, second, third)]
    assert endings == ["stop", "cancelled", "stop"]
    assert len(llm.streams) == 2


def test_a_turn_that_a_dead_process_left_is_closed(store: Store, home: Settings) -> None:
    store.turns.create_turn("t1", "c1", ASKED, SCOPE)
    store.turns.append_events("t1", [Event(1, "searching", {})])
    turns = make(store, home, None)
    assert turns.recover() == 1
    events = list(turns.events("t1"))
    assert (events[-1].seq, answer_of(ASKED, events).notice) == (2, "answer_interrupted")
    assert turns.recover() == 0


def test_a_store_that_cannot_write_ends_the_turn_for_its_readers() -> None:
    class Full:
        def append_events(self, _turn_id: str, _events: list[Event], /) -> None:
            raise MachineError("disk_full", path="library.db")

    log = TurnLog("t", Full())
    with pytest.raises(MachineError, match="disk_full"):
        log.append("searching")
    assert log.finish({"finish_reason": "error"})
    assert [event.kind for event in log.follow()] == ["done"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_ours_ends_the_turn_and_is_not_hidden(store: Store, home: Settings) -> None:
    class Faulty(ScriptedSearch):
        def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult:
            raise ZeroDivisionError

    _, answer = run(make(store, home, None, Faulty(found())))
    for thread in threading.enumerate():
        if thread.name.startswith("turn-"):
            thread.join()  # it dies in this test, not in the next
    assert (answer.finish_reason, answer.notice) == ("error", "answer_failed")


def test_short_deltas_are_gathered() -> None:
    now = [0.0]
    kept: list[Event] = []

    class Kept:
        def append_events(self, _turn_id: str, events: list[Event], /) -> None:
            kept.extend(events)

    log = TurnLog("t", Kept(), lambda: now[0])
    for piece in "가나다라마":
        log.text(piece)
        now[0] += 0.03
    log.flush()
    assert [event.data["text"] for event in kept] == ["가", "나다라마"]
    log.flush()
    log.finish({})
    assert [event.kind for event in kept] == ["delta", "delta", "done"]


def test_the_starter_answers_or_withholds_from_end_to_end(store: Store, home: Settings, starter: ModelInfo) -> None:
    model = open_lazy_model(starter, home)
    events, answer = run(make(store, home, model))
    model.close()
    assert "loading" in kinds(events)
    assert answer.finish_reason in ("stop", "withheld")
    assert answer.usage.prompt_tokens > 0
    assert (answer.answer is None) == (answer.finish_reason == "withheld")


def _until(turns: Turns, turn: str, kind: str) -> Event:
    return next(event for event in turns.events(turn) if event.kind == kind)


def test_the_model_is_asked_without_filters(store: Store, home: Settings) -> None:
    llm = ScriptedLlm(GOOD)
    run(make(store, home, scripted_model(llm, trusted=True)), f"{ASKED} type:md -초안 이후:2024")
    (prompt,) = llm.prompts
    assert ASKED in str(prompt)
    assert "type:md" not in str(prompt) and "초안" not in str(prompt)


def test_filters_that_leave_nothing_are_the_reason(store: Store, home: Settings) -> None:
    nothing = replace(found(notices=("filter_matches_nothing",)), unfiltered=4)
    _, answer = run(make(store, home, None, ScriptedSearch(nothing)), f"{ASKED} type:pdf")
    assert (answer.finish_reason, answer.notice) == ("no_evidence", "filter_matches_nothing")
    assert answer.problem == Problem("filter_matches_nothing", {"count": 4})


@pytest.mark.parametrize(
    ("question", "code"), [("type:pdf", "question_without_words"), ("x after:y", "filter_invalid")]
)
def test_a_question_with_wrong_filters_is_refused(store: Store, home: Settings, question: str, code: str) -> None:
    with pytest.raises(InputError, match=code):
        make(store, home, None).start(question, SCOPE)
