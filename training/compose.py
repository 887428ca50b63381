"""Passages and questions -> the text that a model reads and what it has to write, in the program's own prompt.

Pure; knows nothing of how passages and questions are chosen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ai_chat.prompt import NOT_FOUND, Exchange, build_prompt, language_of
from ai_chat.types import Hit, UnitRef
from training.records import Found

_SOURCE = re.compile(r"\{(\d+)\}")
_NO_LIMIT = 1 << 30


@dataclass(frozen=True, slots=True)
class Asked:
    """`question` goes on behind a Sample's beginning up to where the model writes; `answer` is what it is to write."""

    id: str
    kind: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Sample:
    """Each of the questions is asked by itself about the same beginning."""

    beginning: str
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A question; {n} in its answer means sources[n], an answer None is a refusal."""

    id: str
    kind: str
    question: str
    answer: str | None
    sources: Mapping[int, Found] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """An earlier turn: what was asked, which passages were shown with it."""

    item: Item
    passages: tuple[Found, ...]


def compose(
    passages: Sequence[Found],
    items: Sequence[Item],
    past: Sequence[Told] = (),
    texts: Mapping[Found, str] | None = None,
) -> Sample:
    """`texts`: of the passages that are shown otherwise than they stand."""
    known = list(dict.fromkeys([*(one for turn in past for one in turn.passages), *passages]))
    hits = {found: _hit(number, (texts or {}).get(found, found.text)) for number, found in enumerate(known)}
    exchanges = [_exchange(turn, hits) for turn in past]
    beginnings, asked = set(), []
    for item in items:
        prompt = build_prompt(
            item.question,
            [hits[one] for one in passages],
            len,
            n_ctx=_NO_LIMIT,
            max_tokens=1,
            chat=False,
            past=exchanges,
        )
        beginning, question = _split(str(prompt.content))
        numbers = {known[hit.version_id]: number for number, hit in enumerate(prompt.passages, 1)}
        asked.append(Asked(item.id, item.kind, question, f" {answer_text(item, numbers)}\n"))
        beginnings.add(beginning)
    (beginning,) = beginnings
    return Sample(beginning, tuple(asked))


def answer_text(item: Item, numbers: Mapping[Found, int]) -> str:
    """Its answer with the markers of this prompt."""
    if item.answer is None:
        return NOT_FOUND[language_of(item.question)]
    return _SOURCE.sub(lambda found: f"[{numbers[item.sources[int(found[1])]]}]", item.answer)


def cited(answer: str | None) -> list[int]:
    """The sources that an answer names, in their order."""
    return list(dict.fromkeys(int(number) for number in _SOURCE.findall(answer or "")))


def without_sources(answer: str) -> str:
    return re.sub(r"\s*\{\d+\}", "", answer).strip()


def _exchange(turn: Told, hits: Mapping[Found, Hit]) -> Exchange:
    numbers = {found: number for number, found in enumerate(turn.passages, 1)}
    shown = tuple(hits[one] for one in turn.passages)
    return Exchange(turn.item.question, shown, answer_text(turn.item, numbers))


def _split(content: str) -> tuple[str, str]:
    """What stands before the line of the question, and the rest."""
    border = content.rindex("\n", 0, content.rindex("\n")) + 1
    return content[:border], content[border:]


def _hit(number: int, text: str) -> Hit:
    return Hit(number + 1, 1.0, "", "", "", number, UnitRef("page", 1, ""), 1, text, text, 0, len(text))
