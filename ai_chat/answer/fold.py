"""Events of a Turn -> Answer; and what is in an event, both ways.

Takes plain data as it comes from the store or the wire, gives the nouns of `ai_chat.types`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ai_chat.types import (
    Answer,
    Citation,
    Doubt,
    Event,
    FinishReason,
    Hit,
    Judgement,
    Place,
    Problem,
    UnitRef,
    Usage,
)

_TIMINGS = ("search_ms", "first_token_ms", "total_ms")


def answer_of(question: str, events: Iterable[Event]) -> Answer:
    """The Answer after these events; of an unfinished Turn, what there is so far (finish_reason `cancelled`)."""
    text = ""
    citations: list[Citation] = []
    doubts: list[Doubt] = []
    last: dict[str, Mapping[str, Any]] = {}
    for event in events:
        last[event.kind] = event.data
        if event.kind == "delta":
            text += event.data["text"]
        elif event.kind == "revised":
            text = event.data["text"]
        elif event.kind == "restarted":
            text, citations, doubts = "", [], []
        elif event.kind == "citation":
            citations.append(citation_from(event.data))
        elif event.kind == "unsupported":
            doubts.append(doubt_from(event.data))
    end = last.get("done", {})
    reason: FinishReason = end.get("finish_reason", "cancelled")
    timings = end.get("timings", {})
    return Answer(
        question=question,
        evidence=tuple(hit_from(hit) for hit in last.get("evidence", {}).get("hits", ())),
        answer=text.strip() or None,
        citations=tuple(citations),
        finish_reason=reason,
        usage=Usage(**end.get("usage", {})),
        timings={name: timings.get(name) for name in _TIMINGS},
        cached="cached" in last,
        notice=end.get("notice"),
        problem=Problem(**end["problem"]) if end.get("problem") else None,
        kind=last.get("searching", {}).get("kind", "answer"),
        searched_for=last.get("searching", {}).get("searched_for"),
        judgement=_judgement(last.get("evidence", {}).get("judgement")),
        doubts=tuple(doubts),
        made_at=last.get("cached", {}).get("made_at"),
        saved_seconds=last.get("cached", {}).get("saved_seconds"),
    )


def doubt_from(data: Mapping[str, Any]) -> Doubt:
    wrong = tuple((int(start), int(end)) for start, end in data.get("wrong", ()))
    return Doubt(data["sentence"], data["start"], data["end"], wrong)


def _judgement(data: Mapping[str, Any] | None) -> Judgement | None:
    return Judgement(data["score"], data["answerable"], tuple(data["missing"])) if data else None


def hit_from(data: Mapping[str, Any]) -> Hit:
    """The inverse of `dataclasses.asdict`."""
    duplicates = tuple(map(place_from, data.get("duplicates", ())))
    return Hit(**{**data, "unit": UnitRef(**data["unit"]), "duplicates": duplicates})


def place_from(data: Mapping[str, Any]) -> Place:
    return Place(**{**data, "unit": UnitRef(**data["unit"])})


def citation_from(data: Mapping[str, Any]) -> Citation:
    return Citation(**{**data, "unit": UnitRef(**data["unit"])})
