"""The markers of an answer: from the numbers of the conversation, as the model writes them, to those that the reader sees.

Takes a prompt and the hits of this turn, which the reader sees numbered from 1. A passage that only an older turn showed
gets the next number behind them when it is cited. Knows no model and no log.
"""

from __future__ import annotations

from collections.abc import Sequence

from ai_chat.prompt import Prompt
from ai_chat.types import Hit


class Markers:
    """`earlier`: the passages of older turns cited so far."""

    def __init__(self, prompt: Prompt, hits: Sequence[Hit]) -> None:
        self.earlier: list[Hit] = []
        self._hits = hits
        self._seen = prompt.passages
        self._ranks = prompt.ranks
        self._told = dict(prompt.ranks)

    def told(self, number: int) -> int | None:
        """The reader's number of the model's; None where that means no passage."""
        if not 1 <= number <= len(self._seen):
            return None
        if number not in self._told:
            self.earlier.append(self._seen[number - 1])
            self._told[number] = len(self._hits) + len(self.earlier)
        return self._told[number]

    @property
    def numbered(self) -> list[Hit]:
        """By the reader's number, as the model read them."""
        found = list(self._hits)
        for number, rank in self._ranks.items():
            found[rank - 1] = self._seen[number - 1]
        return [*found, *self.earlier]

    @property
    def passages(self) -> list[Hit]:
        """`numbered`, and behind those the passages that nothing cites."""
        uncited = [hit for number, hit in enumerate(self._seen, 1) if number not in self._told]
        return [*self.numbered, *uncited]
