"""What an evaluation came to, as a value, as the JSON that others read, and as a table for people.

Takes figures, gives text. The JSON's keys are a contract; knows no search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
    figures: Mapping[Mode, Mapping[str, float]]
    search_ms: Mapping[str, float]
    index_seconds: float
    peak_rss_mb: float
    problems: tuple[Problem, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "questions": self.questions,
            **{leg: dict(self.figures[leg]) for leg in LEGS if leg in self.figures},
            "search_ms": dict(self.search_ms),
            "index_seconds": self.index_seconds,
            "peak_rss_mb": self.peak_rss_mb,
        }

    def to_text(self) -> str:
        """The table, one line a leg, and the costs below it."""
        columns = list(next(iter(self.figures.values()), {}))
        head = f"{'':8}" + "".join(f"{name:>11}" for name in columns)
        rows = [
            f"{leg:8}" + "".join(f"{self.figures[leg][name]:11.3f}" for name in columns)
            for leg in LEGS
            if leg in self.figures
        ]
        return "\n".join([head, *rows, "", self._costs()])

    def _costs(self) -> str:
        measured = self.questions - self.unanswerable
        left_out = f" ({self.unanswerable} without a relevant page left out)" if self.unanswerable else ""
        return (
            f"{measured} questions measured{left_out}; search {self.search_ms['p50']:.1f} ms p50,"
            f" {self.search_ms['p95']:.1f} ms p95; indexed in {self.index_seconds:.1f} s;"
            f" peak memory {self.peak_rss_mb:.0f} MB"
        )
