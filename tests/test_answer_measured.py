"""What a Turn tells a Meter: of answers written, kept, failed, stopped, asked in the background."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ai_chat.answer.measured import measure_turn
from ai_chat.answer.turns import Turns
from ai_chat.config import Settings
from ai_chat.metrics import Meter, Waiting
from ai_chat.store import Store
from ai_chat.types import Hit, Problem, Scope, SearchResult, UnitRef, Wish
from tests.doubles_llm import ScriptedLlm, scripted_model
from tests.patience import eventually

ASKED = "연차휴가는 며칠인가요?"
TEXT = "제5조 직원에게 15일의 연차 유급휴가를 부여한다."
LEAVE = Hit(1, 1.0, "규정.md", "d1", "documents", 7, UnitRef("page", 3, "3쪽"), 3, TEXT, TEXT, 100, 130)


class Found:
    """A search that finds the same for every question."""

    def search(self, query: str, scope: Scope, *, wait: float | None = None) -> SearchResult:
        return SearchResult(query, "hybrid", (LEAVE,), 3.0)


def done(
    reason: str = "stop", code: str | None = None, *, cached: bool = False, **timings: float | None
) -> dict[str, Any]:
    times = {"search_ms": 4.0, "first_token_ms": 500.0, "total_ms": 2500.0, "queue_ms": 0.5, **timings}
    problem = {"code": code, "values": {}} if code else None
    return {
        "finish_reason": reason,
        "usage": {"completion_tokens": 41},
        "timings": times,
        "problem": problem,
        "cached": cached,
    }


def told(end: dict[str, Any], wish: Wish | None = None, *, has_model: bool = True) -> Meter:
    meter = Meter()
    measure_turn(meter, end, wish or Wish(), has_model=has_model)
    return meter


def test_a_written_answer_tells_all_its_times() -> None:
    metrics = told(done()).metrics()
    assert {name: spread.p50 for name, spread in metrics.spreads.items()} == {
        "search_ms": 4.0,
        "first_token_ms": 500.0,
        "total_ms": 2500.0,
        "queue_ms": 0.5,
        "tokens_per_second": 20.0,
    }
    assert (metrics.counts["questions"], metrics.counts["written"], metrics.counts["from_cache"]) == (1, 1, 0)
    assert metrics.failures == {}


def test_a_kept_answer_was_not_written() -> None:
    metrics = told(done(cached=True, first_token_ms=None, queue_ms=None)).metrics()
    assert set(metrics.spreads) == {"search_ms", "total_ms"}
    assert (metrics.counts["questions"], metrics.counts["written"], metrics.counts["from_cache"]) == (1, 0, 1)


def test_a_stopped_turn_tells_only_its_search() -> None:
    metrics = told(done("cancelled")).metrics()
    assert set(metrics.spreads) == {"search_ms"} and metrics.counts["questions"] == 1


@pytest.mark.parametrize(
    ("reason", "has_model", "failed"),
    [("error", True, True), ("error", False, True), ("no_model", True, True), ("no_model", False, False), ("not_found", True, False)],
)  # fmt: skip
def test_what_counts_as_a_failure(reason: str, has_model: bool, failed: bool) -> None:
    metrics = told(done(reason, "memory_critical", first_token_ms=None), has_model=has_model).metrics()
    assert set(metrics.failures) == ({"memory_critical"} if failed else set())


def test_a_question_in_the_background_makes_nobody_wait() -> None:
    metrics = told(done("error", "model_gone"), Wish(background=True)).metrics()
    assert metrics.spreads == {} and metrics.counts["questions"] == 0 and set(metrics.failures) == {"model_gone"}


@pytest.fixture
def store(home: Settings) -> Iterator[Store]:
    opened = Store.open(home.database)
    yield opened
    opened.close()


def finish(turns: Turns, turn_id: str) -> None:
    for _event in turns.events(turn_id):
        pass
    eventually(lambda: not turns.busy)


def test_a_turn_is_measured_once_it_is_over(store: Store, home: Settings) -> None:
    meter = Meter()
    model = scripted_model(ScriptedLlm("연차 유급휴가는 15일입니다 [1]."), trusted=True)
    turns = Turns(store, Found(), model, home, meter=meter)
    finish(turns, turns.start(ASKED, Scope()))
    metrics = meter.metrics()
    assert metrics.counts["questions"] == 1
    assert metrics.spreads["search_ms"].p50 == 3.0
    assert metrics.spreads["total_ms"].p50 >= metrics.spreads["first_token_ms"].p50 > 0
    assert metrics.spreads["queue_ms"].count == 1


def test_a_model_that_must_not_be_used_is_a_failure(store: Store, home: Settings) -> None:
    meter = Meter()
    critical = Problem("memory_critical", {"free": "100 MiB"})
    model = scripted_model(ScriptedLlm("15일"), trusted=True)
    turns = Turns(store, Found(), model, home, admit=lambda: critical, meter=meter)
    finish(turns, turns.start(ASKED, Scope()))
    assert meter.metrics().failures["memory_critical"].problem == critical


def test_who_waits_for_the_model_is_told(store: Store, home: Settings) -> None:
    gate = threading.Event()
    llm = ScriptedLlm("연차 유급휴가는 15일입니다 [1].", gate=gate)
    turns = Turns(store, Found(), scripted_model(llm, trusted=True), home)
    asked = [turns.start(ASKED, Scope(), conversation_id=name) for name in "ab"]
    eventually(lambda: turns.waiting == Waiting(written=1, waiting=1))
    gate.set()
    for turn_id in asked:
        finish(turns, turn_id)
    assert turns.waiting == Waiting()
