"""What an answer was made from, and what is kept of it. Values alone; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ai_chat.types import AnswerKind, EventKind, Scope

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Tier = Literal["exact", "semantic"]
Step = tuple[EventKind, Mapping[str, Any]]


class Passage(NamedTuple):
    """One that was read: `place`, one for its version and unit, and `said`, one for all that is read and told of it."""

    place: str
    said: str


@dataclass(frozen=True, slots=True)
class Key:
    """`question` as it was searched for, `asked` without its filters, `normal` its normal form.

    `maker` tells the model, its adapter, the prompt and its limits; `context` what was said before in the conversation, "" at its
    beginning; `words` phrases and words to leave out. `passages` are the evidence in its order.
    `vector` of `asked`, of length one, in `space`; None: only the same question is found. `sequence` of the library.
    """

    question: str
    asked: str
    normal: str
    language: str
    kind: AnswerKind
    scope: Scope
    maker: str
    context: str
    passages: tuple[Passage, ...]
    words: tuple[str, ...] = ()
    vector: NDArray[np.float32] | None = field(default=None, compare=False)
    space: str = ""
    sequence: int = 0

    @property
    def group(self) -> str:
        """One for all questions that could have the same answer, but for what they ask and find."""
        scope = (self.scope.principal, sorted(self.scope.collections) if self.scope.collections is not None else None)
        filters = sorted(set(self.scope.filters))
        return digest([self.language, self.kind, scope, filters, sorted(self.words), self.maker, self.context])

    @property
    def evidence(self) -> str:
        return evidence_of(self.passages)

    @property
    def flight(self) -> str:
        """One for questions of which one answer is enough."""
        return digest([self.group, self.normal, self.evidence])


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: `steps` show it again, as events; `cited` are the places that it cites of its evidence; `prompt` is what the
    conversation's next prompt is made from.

    `question` as it was searched for then; `seconds` that writing took; `made_at` in UTC; `turn_id` of the turn that wrote it. Of one
    that was found, `tier` says how, and `again` that the evidence is that of `question`, not of the one asked now.
    """

    question: str
    steps: tuple[Step, ...]
    cited: tuple[str, ...]
    prompt: Mapping[str, Any] | None
    made_at: str
    seconds: float
    turn_id: str
    usage: Mapping[str, int] = field(default_factory=dict)
    tier: Tier = "exact"
    again: bool = False


@dataclass(frozen=True, slots=True)
class Frequent:
    """A question that was served from the cache `hits` times, in the scope in which it was asked."""

    question: str
    scope: Scope
    hits: int


def evidence_of(passages: Sequence[Passage]) -> str:
    """Equal only for the same passages in the same order."""
    return digest(list(passages))


def digest(value: object) -> str:
    """Of plain values."""
    return sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()
