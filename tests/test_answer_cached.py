"""A Turn's answer in the cache: its key, what is kept of it, how it is shown again; and no stale one in any order of changes."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from ai_chat.answer.cached import (
    cached_end,
    context_of,
    kept_of,
    key_of,
    look,
    maker_of,
    passage_of,
    prompt_version,
    serve,
    vector_of,
)
from ai_chat.answer.excerpt import excerpt
from ai_chat.answer.fold import answer_of
from ai_chat.answer.log import TurnLog
from ai_chat.cache import AnswerCache, Key
from ai_chat.embedding import Embedder
from ai_chat.embedding.remembered import RememberingEmbedder
from ai_chat.lazy import Lazy
from ai_chat.llm.models import ModelInfo
from ai_chat.prompt import Exchange
from ai_chat.types import Event, Hit, Scope, SearchResult, UnitRef
from tests.cache_sequences import open_sequence
from tests.doubles import HashingEmbedder

HIT = Hit(
    1,
    1.0,
    "취업규칙.pdf",
    "d1",
    "documents",
    7,
    UnitRef("page", 3, "3쪽"),
    3,
    "연차는 15일이다.",
    "연차는 15일이다.",
    0,
    10,
)
OTHER = replace(HIT, rank=2, version_id=8, document_id="d2", document="규정.md", text="병가는 60일이다.")
HITS = (HIT, OTHER)
CITATION = {
    "marker": 1,
    "document": HIT.document,
    "document_id": HIT.document_id,
    "version_id": HIT.version_id,
    "unit": asdict(HIT.unit),
    "page": 3,
    "quote": HIT.sentence,
    "start": 0,
    "end": 10,
}
PROMPT = {"turns": ["old1", "old2"], "question": "연차는 며칠?", "shown": 2, "cut": None, "earlier": []}
DONE = {
    "finish_reason": "stop",
    "usage": {"prompt_tokens": 9, "completion_tokens": 3, "cached_tokens": 0},
    "timings": {"search_ms": 20.0, "first_token_ms": 900.0, "total_ms": 3020.0},
    "notice": None,
    "problem": None,
    "prompt": PROMPT,
}
EVERYTHING = Scope()
INFO = ModelInfo("m", Path("/nowhere/m.gguf"), False, True, True, 4096, 100)


class Memory:
    """Keeps the events of turns."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def append_events(self, _turn_id: str, events: list[Event]) -> None:
        self.events += events


def turn(*steps: tuple[str, dict[str, object]], done: dict[str, object] | None = None) -> list[Event]:
    every = [*steps, ("done", done or DONE)]
    return [Event(number, kind, data) for number, (kind, data) in enumerate(every, 1)]  # type: ignore[arg-type]


def key(question: str = "연차는 며칠?", scope: Scope = EVERYTHING) -> Key:
    return key_of(question, scope, "answer", HITS, (), "m", 1)


def test_what_was_shown_last_is_kept_with_what_was_said_of_it() -> None:
    events = turn(
        ("evidence", {"hits": []}),
        ("delta", {"text": "틀"}),
        ("restarted", {"code": "model_gone"}),
        ("delta", {"text": "15일"}),
        ("delta", {"text": "입니다."}),
        ("revised", {"text": "15일입니다 [1]."}),
        ("citation", CITATION),
        ("unsupported", {"sentence": "x", "start": 0, "end": 1, "wrong": []}),
    )
    kept = kept_of(events, "연차는 며칠?", HITS, "t1", "2026-01-01")
    assert kept is not None
    assert [kind for kind, _ in kept.steps] == ["delta", "citation", "unsupported"]
    assert kept.steps[0][1] == {"text": "15일입니다 [1]."}
    assert kept.cited == (passage_of(HIT).place,)
    assert kept.seconds == 3.0


@pytest.mark.parametrize("reason", ["length", "withheld", "cancelled", "error", "no_model", "not_found", "skipped"])
def test_only_a_whole_answer_is_kept(reason: str) -> None:
    assert (
        kept_of(turn(("delta", {"text": "15일"}), done={**DONE, "finish_reason": reason}), "q", HITS, "t", "") is None
    )


@pytest.mark.parametrize(
    "events",
    [
        turn(),
        turn(("delta", {"text": "  "})),
        turn(("delta", {"text": "15일"}), ("restarted", {})),
        turn(("delta", {"text": "15일"}), done={**DONE, "cached": True}),
        turn(("delta", {"text": "15일"}))[:-1],
        [],
    ],
)
def test_nothing_shown_written_again_or_unfinished_is_not_kept(events: list[Event]) -> None:
    assert kept_of(events, "q", HITS, "t", "") is None


def test_an_answer_served_again_folds_to_the_same_answer() -> None:
    events = turn(("delta", {"text": "15일입니다 [1]."}), ("citation", CITATION))
    kept = kept_of(events, "연차는 며칠?", HITS, "t1", "2026-01-01")
    assert kept is not None
    store = Memory()
    log = TurnLog("t2", store)
    serve(log, kept)
    said = [(f"now{number}", Exchange("q", (HIT,), "a")) for number in range(3)]
    log.finish(cached_end(kept, said, {"search_ms": 5.0, "first_token_ms": None, "total_ms": 9.0}))
    again, first = answer_of("q", store.events), answer_of("q", events)
    assert (again.answer, again.citations, again.finish_reason) == (first.answer, first.citations, "stop")
    assert again.cached
    assert again.usage.completion_tokens == 0
    assert store.events[0].kind == "cached"
    assert store.events[0].data == {"made_at": "2026-01-01", "saved_seconds": 3.0, "tier": "exact"}
    assert store.events[-1].data["prompt"] == {**PROMPT, "turns": ["now1", "now2"]}


def test_a_first_answer_goes_on_without_turns_before_it() -> None:
    events = turn(("delta", {"text": "15일"}), done={**DONE, "prompt": {**PROMPT, "turns": []}})
    kept = kept_of(events, "q", HITS, "t1", "")
    assert kept is not None
    assert cached_end(kept, (), {})["prompt"]["turns"] == []


@pytest.mark.parametrize(
    "other",
    [
        replace(HIT, version_id=9),
        replace(HIT, text="연차는 16일이다."),
        replace(HIT, document="다른 이름.pdf"),
        replace(HIT, unit=UnitRef("page", 4, "3쪽")),
        replace(HIT, unit=UnitRef("page", 3, "4쪽")),
    ],
)
def test_a_passage_is_told_by_all_that_is_read_and_shown_of_it(other: Hit) -> None:
    assert passage_of(other) != passage_of(HIT)
    assert passage_of(replace(HIT, rank=4, score=0.2, sentence="연차는", end=3)) == passage_of(HIT)


def test_filters_in_the_question_are_filters_of_the_scope() -> None:
    typed = key("연차는 며칠? type:pdf")
    given = key("연차는 며칠?", Scope(filters=typed.scope.filters))
    assert typed.scope.filters
    assert (typed.group, typed.normal) == (given.group, given.normal)
    assert key("연차는 며칠? -초안").group != key().group
    assert key('"연차는" 며칠?').group != key().group
    assert key("연차는 며칠인가요").normal == key().normal


def test_a_conversation_is_told_by_what_was_said_and_read_in_it() -> None:
    said = Exchange("연차는?", (HIT,), "15일 [1]", {2: OTHER})
    assert context_of(()) == ""
    assert context_of([("a", said)]) == context_of([("b", said)])
    for other in (
        replace(said, answer="16일 [1]"),
        replace(said, passages=(replace(HIT, version_id=9),)),
        replace(said, earlier={2: HIT}),
        replace(said, cut=10),
    ):
        assert context_of([("a", other)]) != context_of([("a", said)])


def test_another_writer_has_another_key(tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    file.write_bytes(b"1")
    info = replace(INFO, path=file)
    makers = [
        maker_of(info, 4096, 512),
        maker_of(info, 2048, 512),
        maker_of(info, 4096, 256),
        maker_of(None, 4096, 512),
    ]
    makers += [
        maker_of(replace(info, **change), 4096, 512)
        for change in ({"adapter_fingerprint": "x"}, {"chat_template": False})
    ]
    file.write_bytes(b"2")
    import os

    os.utime(file, ns=(1, 1))
    makers.append(maker_of(info, 4096, 512))
    assert len(set(makers)) == len(makers)
    assert prompt_version(True) != prompt_version(False)


@pytest.mark.parametrize(
    ("name", "other"),
    [("excerpt", partial(excerpt, most=280)), ("_PASSAGES_COMPLETION", 2), ("_PASSAGES_FOLLOW_UP", 2)],
)
def test_what_is_read_of_the_passages_is_part_of_the_prompt(
    name: str, other: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = prompt_version(False)
    prompt_version.cache_clear()
    monkeypatch.setattr(f"ai_chat.answer.excerpt.{name}", other)
    after = prompt_version(False)
    prompt_version.cache_clear()
    assert before != after


def test_evidence_of_the_earlier_wording_comes_with_its_answer(tmp_path: Path) -> None:
    answers = AnswerCache(tmp_path / "c.db", clock=lambda: 0.0, agree=lambda _one, _other: True, nearness=0.5)
    vector = np.array([1.0, 0.0], np.float32)
    kept = kept_of(turn(("delta", {"text": "15일 [1]"}), ("citation", CITATION)), "연차는 며칠?", HITS, "t", "")
    assert kept is not None
    answers.keep(key_of("연차는 며칠?", Scope(), "answer", HITS, (), "m", 1, vector, "s"), kept)
    before = SearchResult("연차는 며칠?", "hybrid", HITS, 1.0)
    asked = key_of("연차 일수가 궁금해요", Scope(), "answer", HITS[:1], (), "m", 1, vector, "s")
    found = look(answers, asked, "t2", lambda question: replace(before, query=question))
    assert found is not None
    assert found.result is not None
    assert (found.result.query, found.result.hits, found.kept.tier) == ("연차는 며칠?", HITS, "semantic")
    exact = look(answers, key("연차는 며칠"), "t3", lambda _question: before)
    assert exact is not None
    assert exact.result is None


def test_a_questions_vector_is_made_once() -> None:
    inner = HashingEmbedder()
    lazy: Lazy[Embedder] = Lazy(lambda: RememberingEmbedder(inner, questions=2))
    assert vector_of(None, "q") is None
    assert vector_of(lazy, "q") is None  # not loaded for this
    with lazy.lease() as embedder:
        first = embedder.embed_query("연차는 며칠?")
    again = vector_of(lazy, "연차는 며칠?")
    assert first is not None
    assert again is not None
    assert (first == again).all()
    assert inner.questions == ["연차는 며칠?"]
    with lazy.lease() as embedder:
        for question in ("a", "b", "연차는 며칠?"):
            embedder.embed_query(question)
        inner.hold()
        assert embedder.embed_query("new", 0.0) is None
        inner.release()
        assert embedder.embed_query("new") is not None
    assert inner.questions == ["연차는 며칠?", "a", "b", "연차는 며칠?", "new"]


@pytest.mark.parametrize("seed", range(4))
def test_no_stale_answer_whatever_is_changed_when(tmp_path: Path, seed: int) -> None:
    with open_sequence(tmp_path, seed) as sequence:
        faults = [fault for fault in (sequence.step() for _ in range(150)) if fault]
        assert not faults
        assert sequence.tally.served > 10
