"""What answers came to: figures of the questions that can be answered and of those that cannot, as JSON and as a table.

Takes Outcomes. Shares are 0 to 1; the JSON's keys are a contract. Knows no model and no search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ai_chat.evaluation.answers import Outcome, Quoted
from ai_chat.evaluation.measures import character_f1, contains, exact, percentile
from ai_chat.types import Problem

SCHEMA = 1
_LABELS = {
    "questions": "questions",
    "exact": "exact match",
    "f1": "character F1",
    "contains": "contains the answer",
    "shown": "shown",
    "withheld": "withheld",
    "refused": "refused",
    "shown_exact": "of the shown: exact match",
    "shown_contains": "of the shown: contains the answer",
    "shown_page": "of the shown: cites a right page",
    "citation_precision": "citations that are right",
    "citation_recall": "shown answers with a right citation",
    "false_refusals": "false refusals",
    "false_answers": "false answers",
}

Figures = dict[str, float | None]


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """`model` is its name; `problems` are documents that could not be read.

    `exact`, `f1` and `contains` are of what the model wrote, shown or not; a refusal counts as wrong.
    """

    model: str
    outcomes: Sequence[Outcome]
    problems: tuple[Problem, ...] = field(default=())

    @property
    def answerable(self) -> Figures:
        found = [one for one in self.outcomes if one.question.relevant]
        compared = [one for one in found if one.question.answers]
        shown = [one for one in found if one.shown]
        return {
            **_endings(found),
            "exact": _mean(exact(one.written, one.question.answers) for one in compared),
            "f1": _mean(character_f1(one.written, one.question.answers) for one in compared),
            "contains": _mean(map(_right, compared)),
            "shown_exact": _mean(exact(one.written, one.question.answers) for one in shown if one.question.answers),
            "shown_contains": _mean(_right(one) for one in shown if one.question.answers),
            "shown_page": _mean(not one.question.relevant.isdisjoint(one.cited) for one in shown),
            "citation_precision": _mean(is_right(each, one) for one in shown for each in one.quoted),
            "citation_recall": _mean(any(is_right(each, one) for each in one.quoted) for one in shown),
            "false_refusals": _mean(one.refused for one in found),
        }

    @property
    def unanswerable(self) -> Figures:
        found = [one for one in self.outcomes if not one.question.relevant]
        return {**_endings(found), "false_answers": _mean(one.shown for one in found)}

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "model": self.model,
            "questions": len(self.outcomes),
            "answerable": self.answerable,
            "unanswerable": self.unanswerable,
            "seconds": _times(self.outcomes, lambda one: one.seconds),
            "first_token_ms": _times(self.outcomes, lambda one: one.first_token_ms),
            "tokens": {
                "prompt": _times(self.outcomes, lambda one: one.tokens[0] or None),
                "answer": _times(self.outcomes, lambda one: one.tokens[1] or None),
            },
        }

    def to_text(self) -> str:
        """A line a figure, the questions that can be answered beside those that cannot; at the end the times."""
        columns = (self.answerable, self.unanswerable)
        lines = [f"{self.model}", f"{'':36}{'answerable':>12}{'unanswerable':>14}"]
        for name, label in _LABELS.items():
            values = [_told(column.get(name), whole=name == "questions") for column in columns]
            lines.append(f"{label:36}{values[0]:>12}{values[1]:>14}")
        return "\n".join([*lines, "", self._times()])

    def _times(self) -> str:
        whole, first = (
            _times(self.outcomes, lambda one: one.seconds),
            _times(self.outcomes, lambda one: one.first_token_ms),
        )
        return (
            f"seconds a question: {_told(whole['p50'])} p50, {_told(whole['p95'])} p95;"
            f" first token after {_told(first['p50'], whole=True)} ms p50, {_told(first['p95'], whole=True)} ms p95"
        )


def _endings(found: Sequence[Outcome]) -> Figures:
    return {
        "questions": len(found),
        "shown": _mean(one.shown for one in found),
        "withheld": _mean(one.withheld for one in found),
        "refused": _mean(one.refused for one in found),
    }


def is_right(citation: Quoted, one: Outcome) -> bool:
    """It stands on a page that answers, or its sentence holds an answer."""
    return citation.page in one.question.relevant or contains(citation.quote, one.question.answers)


def _right(one: Outcome) -> bool:
    return contains(one.written, one.question.answers)


def _mean(values: Iterable[float]) -> float | None:
    """None of nothing."""
    listed = list(values)
    return round(sum(listed) / len(listed), 4) if listed else None


def _times(found: Sequence[Outcome], time: Callable[[Outcome], float | None]) -> dict[str, float | None]:
    values = [value for one in found if (value := time(one)) is not None]
    return {
        name: round(percentile(values, share), 2) if values else None for name, share in (("p50", 0.5), ("p95", 0.95))
    }


def _told(value: float | None, *, whole: bool = False) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if whole else f"{value:.3f}"
