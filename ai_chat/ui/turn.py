"""A Turn as the page shows it: a pure fold of its events so far, finished or not.

Takes Events, gives a TurnView; knows no Streamlit and no App.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from ai_chat.answer.fold import place_from
from ai_chat.types import Event, Place, Problem, Progress, UnitRef

Stage = Literal["searching", "evidence", "queued", "loading", "thinking", "writing", "done"]
Span = tuple[int, int]
Strength = Literal["strong", "fair", "weak"]

_STRONG, _FAIR = 0.8, 0.5  # benchmarks/score_words.py tells how often such a passage is from the right page


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage to show; `sentence` stands in `text`, at start:end of the unit's, `same` are places that say it, too.

    `earlier`: found for an older question, cited again by this answer. `strength` None: nothing judged what was found.
    """

    number: int
    document: str
    unit: UnitRef
    page: int | None
    text: str
    sentence: str
    document_id: str
    version_id: int
    start: int
    end: int
    same: tuple[Place, ...] = ()
    earlier: bool = False
    strength: Strength | None = None


@dataclass(frozen=True, slots=True)
class Cached:
    """An answer that was written before, at `made_at` (UTC), and took `saved_seconds` then."""

    made_at: str
    saved_seconds: float


@dataclass(frozen=True, slots=True)
class TurnView:
    """`unsure` are the spans of `text` that no passage bears out, `wrong` those in them that passages contradict.

    `before` is how many answers come before this one; `fraction` of the model is loaded, `thoughts` are counted, `progress` is how far a
    summary is; `restarted`: the answer was begun again, and so was `text`. `missing` is what no passage speaks of.
    """

    stage: Stage = "searching"
    searched_for: str | None = None
    evidence: tuple[Evidence, ...] = ()
    missing: tuple[str, ...] = ()
    cached: Cached | None = None
    progress: Progress | None = None
    text: str = ""
    unsure: tuple[Span, ...] = ()
    wrong: tuple[Span, ...] = ()
    before: int = 0
    fraction: float = 0.0
    thoughts: int = 0
    restarted: bool = False
    finish_reason: str | None = None
    problem: Problem | None = None

    @property
    def done(self) -> bool:
        return self.stage == "done"


def strength(judged: float, score: float, best: float) -> Strength | None:
    """How well a passage fits its question, from the chance that the passages answer it and its share of the best one's score."""
    if best <= 0:
        return None
    share = judged * score / best
    return "strong" if share >= _STRONG else "fair" if share >= _FAIR else "weak"


def view_of(events: Iterable[Event]) -> TurnView:
    """The state after these events, in order."""
    view = TurnView()
    for event in events:
        view = _STEPS[event.kind](view, event.data)
    return view


def _searching(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    return replace(view, stage="searching", searched_for=data.get("searched_for"))


def _evidence(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    judgement = data.get("judgement") or {}
    missing = tuple(map(str, judgement.get("missing", ())))
    return replace(view, stage="evidence", evidence=_passages(data["hits"], judgement.get("score")), missing=missing)


def _cached(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    return replace(view, cached=Cached(str(data["made_at"]), float(data["saved_seconds"])))


def _progress(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    return replace(view, stage="writing", progress=Progress(int(data["done"]), int(data["total"])))


def _restarted(view: TurnView, _data: Mapping[str, Any]) -> TurnView:
    evidence = tuple(each for each in view.evidence if not each.earlier)
    begun = replace(view, evidence=evidence, progress=None, text="", unsure=(), wrong=())
    return replace(begun, stage="loading", fraction=0.0, thoughts=0, restarted=True)


def _citation(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    """A passage that is not among the evidence of this turn joins it by its quote."""
    if any(each.number == data["marker"] for each in view.evidence):
        return view
    cited = Evidence(
        number=int(data["marker"]),
        document=str(data["document"]),
        unit=UnitRef(**data["unit"]),
        page=data["page"],
        text=str(data["quote"]),
        sentence=str(data["quote"]),
        **_place(data),
        earlier=True,
    )
    return replace(view, evidence=(*view.evidence, cited))


def _delta(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    return replace(view, stage="writing", text=view.text + str(data["text"]))


def _revised(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    """The whole text once more; what was said about the old one no longer has its place."""
    return replace(view, text=str(data["text"]), unsure=(), wrong=())


def _unsupported(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    start, end = int(data["start"]), int(data["end"])
    inside = ((max(int(first), start), min(int(last), end)) for first, last in data.get("wrong", ()))
    wrong = tuple(span for span in inside if span[0] < span[1])
    return replace(view, unsure=(*view.unsure, (start, end)), wrong=(*view.wrong, *wrong))


def _done(view: TurnView, data: Mapping[str, Any]) -> TurnView:
    told = data.get("problem")
    problem = Problem(str(told["code"]), dict(told["values"])) if told else None
    return replace(view, stage="done", finish_reason=data["finish_reason"], problem=problem)


def _place(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("document_id", "version_id", "start", "end")}


def _passages(hits: Sequence[Mapping[str, Any]], judged: float | None) -> tuple[Evidence, ...]:
    best = max((float(hit["score"]) for hit in hits), default=0.0)
    return tuple(
        Evidence(
            number=int(hit["rank"]),
            document=str(hit["document"]),
            unit=UnitRef(**hit["unit"]),
            page=hit["page"],
            text=str(hit["text"]),
            sentence=str(hit["sentence"]),
            **_place(hit),
            same=tuple(map(place_from, hit.get("duplicates", ()))),
            strength=None if judged is None else strength(float(judged), float(hit["score"]), best),
        )
        for hit in hits
    )


_STEPS = {
    "searching": _searching,
    "evidence": _evidence,
    "cached": _cached,
    "queued": lambda view, data: replace(view, stage="queued", before=int(data["position"])),
    "loading": lambda view, data: replace(view, stage="loading", fraction=float(data.get("fraction", 0.0))),
    "thinking": lambda view, data: replace(view, stage="thinking", thoughts=int(data["count"])),
    "restarted": _restarted,
    "progress": _progress,
    "delta": _delta,
    "revised": _revised,
    "citation": _citation,
    "unsupported": _unsupported,
    "done": _done,
}
