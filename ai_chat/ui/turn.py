"""A Turn as the page shows it: a pure fold of its events so far, finished or not.

Takes Events, gives a TurnView; knows no Streamlit and no App.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ai_chat.answer.fold import place_from
from ai_chat.types import Event, Place, Problem

Stage = Literal["searching", "evidence", "queued", "loading", "writing", "done"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage to show; `sentence` stands in `text`, `same` are places that say it, too."""

    number: int
    document: str
    kind: str
    unit_number: int
    label: str
    page: int | None
    text: str
    sentence: str
    same: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnView:
    """`unsure` are the spans of `text` that no passage bears out."""

    stage: Stage = "searching"
    evidence: tuple[Evidence, ...] = ()
    text: str = ""
    unsure: tuple[tuple[int, int], ...] = ()
    finish_reason: str | None = None
    problem: Problem | None = None

    @property
    def done(self) -> bool:
        return self.stage == "done"


def view_of(events: Iterable[Event]) -> TurnView:
    """The state after these events, in order."""
    view = TurnView()
    for event in events:
        view = _STEPS[event.kind](view, event.data)
    return view


def _evidence(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    return replace(view, stage="evidence", evidence=_passages(data["hits"]))


def _delta(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    return replace(view, stage="writing", text=view.text + str(data["text"]))


def _unsupported(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    return replace(view, unsure=(*view.unsure, (int(data["start"]), int(data["end"]))))


def _done(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    told = data.get("problem")
    problem = Problem(str(told["code"]), dict(told["values"])) if told else None
    return replace(view, stage="done", finish_reason=data["finish_reason"], problem=problem)


def _passages(hits: Sequence[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            number=int(hit["rank"]),
            document=str(hit["document"]),
            kind=str(hit["unit"]["kind"]),
            unit_number=int(hit["unit"]["number"]),
            label=str(hit["unit"]["label"]),
            page=hit["page"],
            text=str(hit["text"]),
            sentence=str(hit["sentence"]),
            same=tuple(map(place_from, hit.get("duplicates", ()))),
        )
        for hit in hits
    )


_STEPS = {
    "searching": lambda view, _data: replace(view, stage="searching"),
    "evidence": _evidence,
    "queued": lambda view, _data: replace(view, stage="queued"),
    "loading": lambda view, _data: replace(view, stage="loading"),
    "thinking": lambda view, _data: view,
    "restarted": lambda view, _data: replace(view, stage="loading", text="", unsure=()),
    "delta": _delta,
    "citation": lambda view, _data: view,
    "unsupported": _unsupported,
    "done": _done,
}
