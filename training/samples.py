"""Prepared questions -> samples: which passages stand in a prompt, and which questions are asked about them.

One beginning serves several questions, which cost little beside the passages. Every choice comes from a seed: the same
seed gives the same samples. Pure; knows no tokenizer.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from training.compose import Asked, Item, Sample, Told, cited, compose
from training.intruders import INTRUDERS
from training.records import Found, Prepared, Turn

T = TypeVar("T")

MOST_ASKED = 14
MOST_PASSAGES = 4
_NEAREST = 6
_VALUES = frozenset({"span", "date", "amount", "duration", "name", "place", "refused"})
_DIGITS = re.compile(r"(?<![\[\d])\d{2,}")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_SENTENCE_ENDS = re.compile(r"(?<=[.다요]) ")


@dataclass(frozen=True, slots=True)
class Mix:
    """How often something is done: 1, 2, 3 or 4 `passages` are shown; of the questions that other passages answer one is
    `refused`; the beginning is made `without` the passage that answers; an instruction is `intruded`; numbers are `varied`."""

    passages: tuple[float, ...] = (0.08, 0.22, 0.45, 0.25)
    refused: float = 0.12
    without: float = 0.15
    intruded: float = 0.08
    varied: float = 0.35


TRAINING = Mix()
EVALUATION = Mix(passages=(0.0, 1.0, 1.0, 1.0), intruded=0.0, varied=0.0)


def make_samples(prepared: Sequence[Prepared], seed: int, mix: Mix = TRAINING) -> list[Sample]:
    """Every question that can be answered is asked at least once."""
    dice = Dice(seed, mix)
    made = [
        *_of_spans([one for one in prepared if one.kind == "span"], dice),
        *_of_texts([one for one in prepared if one.kind != "span"], dice),
    ]
    dice.shuffle(made)
    return made


class Dice(random.Random):
    def __init__(self, seed: int, mix: Mix) -> None:
        super().__init__(seed)
        self.mix = mix

    def how_many(self) -> int:
        return self.choices(range(1, MOST_PASSAGES + 1), self.mix.passages)[0]

    def shuffled(self, things: Sequence[T]) -> list[T]:
        return self.sample(list(things), len(things))


def _of_spans(spans: Sequence[Prepared], dice: Dice) -> Iterator[Sample]:
    by_article = _grouped(spans, lambda one: one.group.split("-")[0])
    told: set[str] = set()
    for anchor in dice.shuffled(spans):
        if anchor.id in told:
            continue
        near = by_article[anchor.group.split("-")[0]]
        passages = span_passages(anchor, dice, gold=dice.random() >= dice.mix.without)
        answered = _first(anchor, [one for one in near if _bearing(one, passages)], dice)
        refused = _refusable(anchor, near, passages, len(answered), dice)
        told.update(one.id for one in answered)
        items = [*(span_item(one, passages) for one in answered), *map(refusal, refused)]
        if items:
            yield _varied(passages, dice.shuffled(items), dice)


def span_passages(anchor: Prepared, dice: Dice, *, gold: bool) -> list[Found]:
    """With the passage that answers, or with what else was found."""
    answer = _close(anchor.answers[0])
    others = [one for one in anchor.found if one.page != anchor.group and answer not in _close(one.text)][:_NEAREST]
    dice.shuffle(others)
    answering = anchor.found[cited(anchor.answer)[0] - 1]
    return dice.shuffled([answering, *others[: dice.how_many() - 1]] if gold else others[: max(2, dice.how_many())])


def span_item(one: Prepared, passages: Sequence[Found]) -> Item:
    (source,) = cited(one.answer)
    return Item(one.id, one.kind, one.question, one.answer, {source: _bearing(one, passages)[0]})


def refusal(one: Prepared) -> Item:
    return Item(one.id, "refused", one.question, None)


def _bearing(one: Prepared, passages: Sequence[Found]) -> list[Found]:
    return [passage for passage in passages if passage.page == one.group and one.answers[0] in passage.text]


def _first(anchor: Prepared, answered: Sequence[Prepared], dice: Dice) -> list[Prepared]:
    """As many as may be asked, the anchor among them."""
    return sorted(dice.shuffled(answered), key=lambda one: one.id != anchor.id)[:MOST_ASKED]


def _refusable(
    anchor: Prepared, near: Sequence[Prepared], passages: Sequence[Found], answered: int, dice: Dice
) -> list[Prepared]:
    """Questions that found some of these passages, and whose answer stands in none of them."""
    pages = {one.page for one in passages}
    whole = " ".join(_close(one.text) for one in passages)
    fitting = [
        one
        for one in near
        if one.group not in pages
        and pages & {found.page for found in one.found[:_NEAREST]}
        and _close(one.answers[0]) not in whole
    ]
    wanted = sum(dice.random() < dice.mix.refused for _ in range(answered))
    chosen = dice.sample(fitting, min(wanted, len(fitting)))
    return list(dict.fromkeys([*chosen, *(one for one in fitting if one is anchor)]))


def _of_texts(texts: Sequence[Prepared], dice: Dice) -> Iterator[Sample]:
    by_document = _grouped(texts, lambda one: one.group)
    told: set[str] = set()
    for anchor in dice.shuffled(texts):
        if anchor.id in told:
            continue
        if anchor.past:
            yield follow_up(anchor, dice)
            continue
        passages = text_passages(anchor, dice)
        fitting = [one for one in by_document[anchor.group] if not one.past and _fits(one, passages)]
        asked = _first(anchor, fitting, dice)
        told.update(one.id for one in asked)
        yield _varied(passages, [text_item(one) for one in asked], dice)


def text_passages(anchor: Prepared, dice: Dice) -> list[Found]:
    """What it needs, and others of its document or, where it has an answer, of other documents."""
    needed = _needed(anchor)
    own = [one for one in anchor.found[: anchor.own] if one not in needed]
    others = list(anchor.found[anchor.own :]) if anchor.answer is not None else []
    beside = dice.shuffled([*own, *others])
    return dice.shuffled([*needed, *beside[: max(0, dice.how_many() - len(needed))]])


def text_item(one: Prepared) -> Item:
    kind = "refused" if one.answer is None else one.kind
    return Item(one.id, kind, one.question, one.answer, {n: one.found[n - 1] for n in cited(one.answer)})


def follow_up(anchor: Prepared, dice: Dice) -> Sample:
    """Earlier turns with their passages, then the question with what it needs besides."""
    beside = dice.shuffled([one for one in anchor.found[: anchor.own] if one not in _needed(anchor)])
    past = [_told(anchor, turn, beside[: dice.randint(0, 2)], dice) for turn in anchor.past]
    last = dice.shuffled([*_needed(anchor), *beside[: dice.randint(0, 1)]])
    return compose(last, [text_item(anchor)], past)


def _told(anchor: Prepared, turn: Turn, beside: Sequence[Found], dice: Dice) -> Told:
    numbers = dict.fromkeys([*cited(turn.answer), *turn.near])
    needed = [anchor.found[number - 1] for number in numbers]
    item = Item("", "", turn.question, turn.answer, {n: anchor.found[n - 1] for n in cited(turn.answer)})
    passages = dice.shuffled(list(dict.fromkeys([*needed, *beside]))[:MOST_PASSAGES])
    return Told(item, tuple(passages or beside))


def _needed(one: Prepared) -> list[Found]:
    return [one.found[number - 1] for number in dict.fromkeys([*cited(one.answer), *one.near])]


def _fits(one: Prepared, passages: Sequence[Found]) -> bool:
    """What it needs is shown; what is to be refused must not be answered by another document."""
    own = one.found[: one.own]
    alone = one.answer is not None or all(passage in own for passage in passages)
    return alone and all(needed in passages for needed in _needed(one))


def _varied(passages: Sequence[Found], items: Sequence[Item], dice: Dice) -> Sample:
    """Now and then with an instruction in a passage, or with other numbers where nothing is concluded from them."""
    texts = _intruded(dice.choice(passages), dice) if dice.random() < dice.mix.intruded else None
    sample = compose(passages, items, texts=texts)
    if dice.random() < dice.mix.varied and all(item.kind in _VALUES for item in items):
        return with_other_numbers(sample, dice)
    return sample


def _intruded(passage: Found, dice: Dice) -> dict[Found, str]:
    borders = [0, len(passage.text), *(found.start() for found in _SENTENCE_ENDS.finditer(passage.text))]
    at = dice.choice(borders)
    return {passage: f"{passage.text[:at]} {dice.choice(INTRUDERS)} {passage.text[at:]}".strip()}


def with_other_numbers(sample: Sample, dice: Dice) -> Sample:
    """Each number of two digits and more is another one everywhere; the first digit stays, and a year in its century."""
    texts = [sample.beginning, *(part for one in sample.asked for part in (one.question, one.answer))]
    numbers = sorted({found for text in texts for found in _DIGITS.findall(text)})
    other = {number: _other_number(number, dice) for number in numbers}

    def changed(text: str) -> str:
        return _DIGITS.sub(lambda found: other[found[0]], text)

    asked = (Asked(one.id, one.kind, changed(one.question), changed(one.answer)) for one in sample.asked)
    return Sample(changed(sample.beginning), tuple(asked))


def _other_number(number: str, dice: Dice) -> str:
    kept = number[: 2 if _YEAR.fullmatch(number) else 1]
    return kept + "".join(dice.choice("0123456789") for _ in number[len(kept) :])


def _close(text: str) -> str:
    return "".join(text.split()).lower()


def _grouped(prepared: Sequence[Prepared], key: Callable[[Prepared], str]) -> dict[str, list[Prepared]]:
    groups: dict[str, list[Prepared]] = defaultdict(list)
    for one in prepared:
        groups[key(one)].append(one)
    return groups
