"""What an evaluation came to, as a value, as the JSON that others read, and as a table for people.

Takes a score a question, gives means with their intervals as text. The JSON's keys are a contract; knows no search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ai_chat.evaluation.measures import Scores, interval, means
from ai_chat.types import Mode, Problem

SCHEMA = 1
LEGS: tuple[Mode, ...] = ("lexical", "dense", "hybrid")


@dataclass(frozen=True, slots=True)
class Report:
    """`questions` are all of the set; `unanswerable` of them have no relevant page and are in no figure.

    `search_ms` are those of a whole search of five hits in the widest mode measured, its question's vector included.
    `index_seconds` end with the last vector; vectors kept from an earlier run cost nothing.
    """

    questions: int
    unanswerable: int
    scores: Mapping[Mode, Scores]
    search_ms: Mapping[str, float]
    index_seconds: float
    peak_rss_mb: float
    problems: tuple[Problem, ...] = field(default=())

    @property
    def figures(self) -> dict[str, dict[str, float]]:
        return {leg: means(measured) for leg, measured in self.scores.items()}

    @property
    def intervals(self) -> dict[str, dict[str, tuple[float, float]]]:
        """Bootstrap, 95 %, over the questions."""
        return {
            leg: {name: interval(values) for name, values in measured.items()} for leg, measured in self.scores.items()
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "questions": self.questions,
            **self.figures,
            "intervals": self.intervals,
            "search_ms": dict(self.search_ms),
            "index_seconds": self.index_seconds,
            "peak_rss_mb": self.peak_rss_mb,
        }

    def to_text(self) -> str:
        """The table, a line a leg with the 95 % intervals below it, and the costs at the end."""
        names = list(next(iter(self.scores.values()), {}))
        lines = [f"{'':8}" + "".join(f"{name:>12}" for name in names)]
        intervals = self.intervals
        for leg, figures in self.figures.items():
            lines.append(f"{leg:8}" + "".join(f"{figures[name]:12.3f}" for name in names))
            lines.append(" " * 8 + "".join(f"{_range(intervals[leg][name]):>12}" for name in names))
        return "\n".join([*lines, "", self._costs()])

    def _costs(self) -> str:
        measured = self.questions - self.unanswerable
        left_out = f" ({self.unanswerable} without a relevant page left out)" if self.unanswerable else ""
        return (
            f"{measured} questions measured{left_out}; search {self.search_ms['p50']:.1f} ms p50,"
            f" {self.search_ms['p95']:.1f} ms p95; indexed in {self.index_seconds:.1f} s;"
            f" peak memory {self.peak_rss_mb:.0f} MB"
        )


def _range(bounds: tuple[float, float]) -> str:
    return "-".join(f"{bound:.3f}".removeprefix("0") for bound in bounds)
