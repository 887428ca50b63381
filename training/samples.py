"""Prepared questions -> samples: which passages stand in a prompt, and which questions are asked about them.

One beginning serves several questions, which cost little beside the passages. Every choice comes from a seed: the same
seed gives the same samples. Pure; knows no tokenizer.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from training.compose import Asked, Item, Sample, Told, cited, compose
from training.intruders import INTRUDERS
from training.records import Found, Prepared, Turn

T = TypeVar("T")

MOST_ASKED = 14
MOST_PASSAGES = 4
_PASSAGES = (0.08, 0.22, 0.45, 0.25)  # how often 1, 2, 3 or 4 are shown
_REFUSED = 0.12  # part of the questions that other passages would have answered
_WITHOUT_GOLD = 0.15  # part of the beginnings that lack what was asked for
_INTRUDED = 0.08
_VARIED = 0.35
_NEAREST = 6
_VALUES = frozenset({"span", "number", "date", "amount", "table_row", "duration", "name", "place", "list", "refused"})
_DIGITS = re.compile(r"(?<![\[\d])\d{2,}")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_SENTENCE_ENDS = re.compile(r"(?<=[.다요]) ")


def make_samples(prepared: Sequence[Prepared], seed: int) -> list[Sample]:
    """Every question that can be answered is asked at least once."""
    dice = random.Random(seed)
    made = [
        *_of_spans([one for one in prepared if one.kind == "span"], dice),
        *_of_texts([one for one in prepared if one.kind != "span"], dice),
    ]
    dice.shuffle(made)
    return made


def _of_spans(spans: Sequence[Prepared], dice: random.Random) -> Iterator[Sample]:
    by_article = _grouped(spans, lambda one: one.group.split("-")[0])
    told: set[str] = set()
    for anchor in _shuffled(spans, dice):
        if anchor.id in told:
            continue
        near = by_article[anchor.group.split("-")[0]]
        passages = span_passages(anchor, dice, gold=dice.random() >= _WITHOUT_GOLD)
        answered = _first(anchor, [one for one in near if _bearing(one, passages)], dice)
        refused = _refusable(anchor, near, passages, len(answered), dice)
        told.update(one.id for one in answered)
        items = [*(span_item(one, passages) for one in answered), *map(refusal, refused)]
        if items:
            yield _varied(passages, _shuffled(items, dice), dice)


def span_passages(anchor: Prepared, dice: random.Random, *, gold: bool) -> list[Found]:
    """With the passage that answers, or with what else was found."""
    answer = _close(anchor.answers[0])
    others = [one for one in anchor.found if one.page != anchor.group and answer not in _close(one.text)][:_NEAREST]
    dice.shuffle(others)
    if gold:
        passages = [anchor.found[cited(anchor.answer)[0] - 1], *others[: _how_many(dice) - 1]]
    else:
        passages = others[: max(2, _how_many(dice))]
    dice.shuffle(passages)
    return passages


def span_item(one: Prepared, passages: Sequence[Found]) -> Item:
    (source,) = cited(one.answer)
    return Item(one.id, one.kind, one.question, one.answer, {source: _bearing(one, passages)[0]})


def refusal(one: Prepared) -> Item:
    return Item(one.id, "refused", one.question, None)


def _bearing(one: Prepared, passages: Sequence[Found]) -> list[Found]:
    return [passage for passage in passages if passage.page == one.group and one.answers[0] in passage.text]


def _first(anchor: Prepared, answered: Sequence[Prepared], dice: random.Random) -> list[Prepared]:
    """As many as may be asked, the anchor among them."""
    return sorted(_shuffled(answered, dice), key=lambda one: one.id != anchor.id)[:MOST_ASKED]


def _refusable(
    anchor: Prepared, near: Sequence[Prepared], passages: Sequence[Found], answered: int, dice: random.Random
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
    wanted = sum(dice.random() < _REFUSED for _ in range(answered))
    chosen = dice.sample(fitting, min(wanted, len(fitting)))
    return list(dict.fromkeys([*chosen, *(one for one in fitting if one is anchor)]))


def _of_texts(texts: Sequence[Prepared], dice: random.Random) -> Iterator[Sample]:
    by_document = _grouped(texts, lambda one: one.group)
    told: set[str] = set()
    for anchor in _shuffled(texts, dice):
        if anchor.id in told:
            continue
        if anchor.past:
            yield follow_up(anchor, dice)
            continue
        passages = text_passages(anchor, dice)
        asked = [one for one in by_document[anchor.group] if not one.past and _fits(one, passages)]
        told.update(one.id for one in asked)
        yield _varied(passages, [text_item(one) for one in _first(anchor, asked, dice)], dice)


def text_passages(anchor: Prepared, dice: random.Random) -> list[Found]:
    """What it needs, and others of its document or, where it has an answer, of other documents."""
    needed = _needed(anchor)
    own = [one for one in anchor.found[: anchor.own] if one not in needed]
    others = list(anchor.found[anchor.own :]) if anchor.answer is not None else []
    beside = _shuffled([*own, *others], dice)
    return _shuffled([*needed, *beside[: max(0, _how_many(dice) - len(needed))]], dice)


def text_item(one: Prepared) -> Item:
    kind = "refused" if one.answer is None else one.kind
    return Item(one.id, kind, one.question, one.answer, {n: one.found[n - 1] for n in cited(one.answer)})


def follow_up(anchor: Prepared, dice: random.Random) -> Sample:
    """Earlier turns with their passages, then the question with what it needs besides."""
    beside = _shuffled([one for one in anchor.found[: anchor.own] if one not in _needed(anchor)], dice)
    past = [_told(anchor, turn, beside[: dice.randint(0, 2)], dice) for turn in anchor.past]
    last = _shuffled([*_needed(anchor), *beside[: dice.randint(0, 1)]], dice)
    return compose(last, [text_item(anchor)], past)


def _told(anchor: Prepared, turn: Turn, beside: Sequence[Found], dice: random.Random) -> Told:
    numbers = dict.fromkeys([*cited(turn.answer), *turn.near])
    needed = [anchor.found[number - 1] for number in numbers]
    item = Item("", "", turn.question, turn.answer, {n: anchor.found[n - 1] for n in cited(turn.answer)})
    passages = _shuffled(list(dict.fromkeys([*needed, *beside]))[:MOST_PASSAGES], dice)
    return Told(item, tuple(passages or beside))


def _needed(one: Prepared) -> list[Found]:
    return [one.found[number - 1] for number in dict.fromkeys([*cited(one.answer), *one.near])]


def _fits(one: Prepared, passages: Sequence[Found]) -> bool:
    """What it needs is shown; what is to be refused must not be answered by another document."""
    own = one.found[: one.own]
    alone = one.answer is not None or all(passage in own for passage in passages)
    return alone and all(needed in passages for needed in _needed(one))


def _varied(passages: Sequence[Found], items: Sequence[Item], dice: random.Random) -> Sample:
    """Now and then with an instruction in a passage, or with other numbers where nothing is concluded from them."""
    texts = _intruded(dice.choice(passages), dice) if dice.random() < _INTRUDED else None
    sample = compose(passages, items, texts=texts)
    if dice.random() < _VARIED and all(item.kind in _VALUES for item in items):
        return with_other_numbers(sample, dice)
    return sample


def _intruded(passage: Found, dice: random.Random) -> dict[Found, str]:
    borders = [0, len(passage.text), *(found.start() for found in _SENTENCE_ENDS.finditer(passage.text))]
    at = dice.choice(borders)
    return {passage: f"{passage.text[:at]} {dice.choice(INTRUDERS)} {passage.text[at:]}".strip()}


def with_other_numbers(sample: Sample, dice: random.Random) -> Sample:
    """Each number of two digits and more is another one everywhere; the first digit stays, and a year in its century."""
    texts = [sample.beginning, *(part for one in sample.asked for part in (one.question, one.answer))]
    numbers = sorted({found for text in texts for found in _DIGITS.findall(text)})
    other = {number: _other_number(number, dice) for number in numbers}

    def changed(text: str) -> str:
        return _DIGITS.sub(lambda found: other[found[0]], text)

    asked = (Asked(one.id, one.kind, changed(one.question), changed(one.answer)) for one in sample.asked)
    return Sample(changed(sample.beginning), tuple(asked))


def _other_number(number: str, dice: random.Random) -> str:
    kept = number[: 2 if _YEAR.fullmatch(number) else 1]
    return kept + "".join(dice.choice("0123456789") for _ in number[len(kept) :])


def _how_many(dice: random.Random) -> int:
    return dice.choices(range(1, MOST_PASSAGES + 1), _PASSAGES)[0]


def _close(text: str) -> str:
    return "".join(text.split()).lower()


def _shuffled(things: Sequence[T], dice: random.Random) -> list[T]:
    return dice.sample(list(things), len(things))


def _grouped(prepared: Sequence[Prepared], key: Callable[[Prepared], str]) -> dict[str, list[Prepared]]:
    groups: dict[str, list[Prepared]] = defaultdict(list)
    for one in prepared:
        groups[key(one)].append(one)
    return groups
