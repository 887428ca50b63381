"""The nouns of the training: what was prepared, what a model is shown, what it has to write.

Plain data that travels as JSON lines; knows no search and no model.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FOUND = 8  # passages that are kept a question

Split = Literal["train", "development"]


@dataclass(frozen=True, slots=True)
class Found:
    """A passage as a model gets it; `page` says whose it is."""

    page: str
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question and its answer, None: refused; `near` as in Prepared."""

    question: str
    answer: str | None
    near: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question with its answer, in which {n} means found[n - 1]; None: the passages do not answer.

    `group`: the page or document whose questions may be asked together; `own`: so many of `found` are of its own document;
    `near`: passages that must be shown; `answers`: what counts as right; `never`: what an answer that obeys a passage says.
    """

    id: str
    group: str
    kind: str
    split: Split
    question: str
    answer: str | None
    answers: tuple[str, ...]
    found: tuple[Found, ...]
    own: int = 0
    near: tuple[int, ...] = ()
    past: tuple[Turn, ...] = ()
    never: str | None = None


def read_prepared(path: Path) -> Iterator[Prepared]:
    for line in path.read_text("utf-8").splitlines():
        values: dict[str, Any] = json.loads(line)
        values["found"] = tuple(Found(**one) for one in values["found"])
        values["past"] = tuple(Turn(one["question"], one["answer"], tuple(one["near"])) for one in values["past"])
        values["answers"], values["near"] = tuple(values["answers"]), tuple(values["near"])
        yield Prepared(**values)
