"""A Turn as the page shows it: a pure fold of its events so far, finished or not.

Takes Events, gives a TurnView; knows no Streamlit and no App.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ai_chat.types import Event, Problem

Stage = Literal["searching", "evidence", "queued", "loading", "writing", "done"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage to show; `sentence` stands in `text`."""

    number: int
    document: str
    kind: str
    unit_number: int
    label: str
    page: int | None
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TurnView:
    """`searched` tells an empty evidence from one that is not there yet; `text` is None once the answer is withheld."""

    stage: Stage = "searching"
    searched: bool = False
    evidence: tuple[Evidence, ...] = ()
    text: str | None = ""
    cited: frozenset[int] = frozenset()
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
    return replace(view, stage="evidence", searched=True, evidence=_passages(data.get("hits", ())))


def _delta(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    return replace(view, stage="writing", text=(view.text or "") + str(data.get("text", "")))


def _citation(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    return replace(view, cited=view.cited | {int(data["marker"])})


def _unsupported(view: TurnView, _data: Mapping[str, Any]) -> TurnView:
    return replace(view, text=None)


def _done(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    text = data.get("answer", view.text) if "answer" in data else view.text
    error = data.get("error") or data.get("problem")
    problem = Problem(str(error["code"]), dict(error.get("values", {}))) if error else None
    return replace(view, stage="done", text=text, finish_reason=data.get("finish_reason"), problem=problem)


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
        )
        for hit in hits
    )


_STEPS = {
    "searching": lambda view, _data: replace(view, stage="searching"),
    "evidence": _evidence,
    "queued": lambda view, _data: replace(view, stage="queued"),
    "loading": lambda view, _data: replace(view, stage="loading"),
    "delta": _delta,
    "citation": _citation,
    "unsupported": _unsupported,
    "done": _done,
}
