"""Events of a Turn -> Answer; and what is in an event, both ways.

Takes plain data as it comes from the store or the wire, gives the nouns of `ai_chat.types`. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ai_chat.types import Answer, Citation, Event, FinishReason, Hit, Place, Problem, UnitRef, Usage

_TIMINGS = ("search_ms", "first_token_ms", "total_ms")


def answer_of(question: str, events: Iterable[Event]) -> Answer:
    """The Answer after these events; of an unfinished Turn, what there is so far (finish_reason `cancelled`)."""
    evidence: tuple[Hit, ...] = ()
    text = ""
    citations: list[Citation] = []
    end: Mapping[str, Any] = {}
    for event in events:
        if event.kind == "evidence":
            evidence = tuple(hit_from(hit) for hit in event.data["hits"])
        elif event.kind == "delta":
            text += event.data["text"]
        elif event.kind == "restarted":
            text, citations = "", []
        elif event.kind == "citation":
            citations.append(citation_from(event.data))
        elif event.kind == "done":
            end = event.data
    reason: FinishReason = end.get("finish_reason", "cancelled")
    timings = end.get("timings", {})
    return Answer(
        question=question,
        evidence=evidence,
        answer=text.strip() or None,
        citations=tuple(citations),
        finish_reason=reason,
        usage=Usage(**end.get("usage", {})),
        timings={name: timings.get(name) for name in _TIMINGS},
        cached=bool(end.get("cached", False)),
        notice=end.get("notice"),
        problem=Problem(**end["problem"]) if end.get("problem") else None,
    )


def hit_from(data: Mapping[str, Any]) -> Hit:
    """The inverse of `dataclasses.asdict`."""
    duplicates = tuple(map(place_from, data.get("duplicates", ())))
    return Hit(**{**data, "unit": UnitRef(**data["unit"]), "duplicates": duplicates})


def place_from(data: Mapping[str, Any]) -> Place:
    return Place(**{**data, "unit": UnitRef(**data["unit"])})


def citation_from(data: Mapping[str, Any]) -> Citation:
    return Citation(**{**data, "unit": UnitRef(**data["unit"])})
