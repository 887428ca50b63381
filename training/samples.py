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

from ai_chat.answer.excerpt import EXCERPT, excerpt
from ai_chat.chunking import split_sentences
from ai_chat.search.sentence import best_sentence, sought
from training.compose import Asked, Item, Sample, Told, cited, compose, without_sources
from training.intruders import INTRUDERS
from training.others import Others
from training.records import Found, Prepared, Turn

T = TypeVar("T")
Shown = dict[Found, str]

MOST_ASKED = 14
MOST_PASSAGES = 4
_NEAREST = 6
_VALUES = frozenset({"span", "date", "amount", "duration", "name", "place", "refused"})
_DIGITS = re.compile(r"(?<![\[\d])\d{2,}")
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_NUMBERS = re.compile(r"\d[\d,.:]*")
_SENTENCE_ENDS = re.compile(r"(?<=[.다요]) ")


@dataclass(frozen=True, slots=True)
class Mix:
    """How often something is done: 1, 2, 3 or 4 `passages` are shown; of the questions that other passages answer one is
    `refused`; the beginning is made `without` the passage that answers; an instruction is `intruded`; numbers are `varied`; answers
    are `swapped` for others. Passages are shown `whole`, else as excerpts of a length between the two of `excerpts`.

    `as_found`: each question is asked by itself and the excerpts are the program's, whether they hold its answer or not.
    """

    passages: tuple[float, ...] = (0.05, 0.2, 0.5, 0.25)
    refused: float = 0.2
    without: float = 0.12
    intruded: float = 0.08
    varied: float = 0.4
    swapped: float = 0.5
    whole: float = 0.12
    excerpts: tuple[int, int] = (160, 420)
    as_found: bool = False


TRAINING = Mix()
EVALUATION = Mix(
    passages=(0.0, 1.0, 1.0, 1.0),
    intruded=0.0,
    varied=0.0,
    swapped=0.0,
    whole=0.0,
    excerpts=(EXCERPT, EXCERPT),
    as_found=True,
)


def make_samples(prepared: Sequence[Prepared], seed: int, mix: Mix = TRAINING) -> list[Sample]:
    """Every question that can be answered is asked at least once."""
    dice = Dice(seed, mix)
    spans = [one for one in prepared if one.kind == "span"]
    made = [
        *_of_spans(spans, dice, Others((one.question, one.answers[0]) for one in spans)),
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

    def happens(self, share: float) -> bool:
        return self.random() < share

    def length(self) -> int | None:
        """Of the excerpts of one sample; None: passages stay whole."""
        return None if self.happens(self.mix.whole) else self.randint(*self.mix.excerpts)

    def shuffled(self, things: Sequence[T]) -> list[T]:
        return self.sample(list(things), len(things))


def shown_text(passage: Found, question: str, length: int | None, answer: str = "") -> str:
    """The program's excerpt for the question; with an `answer`, around the sentence that holds it if that one does not."""
    if length is None:
        return passage.text
    text = passage.text
    cut = excerpt(text, text[slice(*best_sentence(text, sought(question)))], length)
    if answer in cut:
        return cut
    at = text.index(answer)
    holding = [text[start:end] for start, end in split_sentences(text) if start <= at and at + len(answer) <= end]
    return excerpt(text, holding[0], length) if holding else text


def _of_spans(spans: Sequence[Prepared], dice: Dice, others: Others) -> Iterator[Sample]:
    by_article = _grouped(spans, lambda one: one.group.split("-")[0])
    told: set[str] = set()
    for anchor in dice.shuffled(spans):
        if anchor.id in told:
            continue
        gold = not dice.happens(dice.mix.without)
        passages = span_passages(anchor, dice, gold=gold)
        if dice.mix.as_found:
            texts = {one: shown_text(one, anchor.question, EXCERPT) for one in passages}
            yield compose(passages, [span_item(anchor, passages) if gold else refusal(anchor)], texts=texts)
            continue
        near = by_article[anchor.group.split("-")[0]]
        texts = _span_texts(anchor, passages, dice)
        answered = _first(anchor, [one for one in near if _bearing(one, passages, texts)], dice)
        refused = _refusable(anchor, near, passages, texts, len(answered), dice)
        told.update(one.id for one in answered)
        items = [*(span_item(one, passages, texts) for one in answered), *map(refusal, refused)]
        if items:
            sample = _varied(passages, dice.shuffled(items), dice, texts)
            yield others.swapped(sample, dice) if dice.happens(dice.mix.swapped) else sample


def span_passages(anchor: Prepared, dice: Dice, *, gold: bool) -> list[Found]:
    """With the passage that answers, or with what else was found."""
    answer = _close(anchor.answers[0])
    others = [one for one in anchor.found if one.page != anchor.group and answer not in _close(one.text)][:_NEAREST]
    dice.shuffle(others)
    answering = anchor.found[cited(anchor.answer)[0] - 1]
    return dice.shuffled([answering, *others[: dice.how_many() - 1]] if gold else others[: max(2, dice.how_many())])


def _span_texts(anchor: Prepared, passages: Sequence[Found], dice: Dice) -> Shown:
    length = dice.length()
    bearing = _bearing(anchor, passages)
    return {
        one: shown_text(one, anchor.question, length, anchor.answers[0] if one in bearing else "") for one in passages
    }


def span_item(one: Prepared, passages: Sequence[Found], texts: Shown | None = None) -> Item:
    (source,) = cited(one.answer)
    return Item(one.id, one.kind, one.question, one.answer, {source: _bearing(one, passages, texts)[0]})


def refusal(one: Prepared) -> Item:
    return Item(one.id, "refused", one.question, None)


def _bearing(one: Prepared, passages: Sequence[Found], texts: Shown | None = None) -> list[Found]:
    return [
        passage
        for passage in passages
        if passage.page == one.group and one.answers[0] in (texts or {}).get(passage, passage.text)
    ]


def _first(anchor: Prepared, answered: Sequence[Prepared], dice: Dice) -> list[Prepared]:
    """As many as may be asked, the anchor among them."""
    return sorted(dice.shuffled(answered), key=lambda one: one.id != anchor.id)[:MOST_ASKED]


def _refusable(
    anchor: Prepared, near: Sequence[Prepared], passages: Sequence[Found], texts: Shown, answered: int, dice: Dice
) -> list[Prepared]:
    """Questions that found some of these passages, and whose answer is shown in none of them."""
    pages = {one.page for one in passages}
    whole = " ".join(map(_close, texts.values()))
    fitting = [
        one
        for one in near
        if pages & {found.page for found in one.found[:_NEAREST]} and _close(one.answers[0]) not in whole
    ]
    wanted = sum(dice.happens(dice.mix.refused) for _ in range(max(1, answered)))
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
        shown = _text_texts(anchor, passages, dice)
        fitting = [one for one in by_document[anchor.group] if not one.past and _fits(one, passages, shown)]
        asked = [anchor] if dice.mix.as_found else _first(anchor, fitting, dice)
        told.update(one.id for one in asked)
        yield _varied(passages, [text_item(one) for one in asked], dice, shown)


def text_passages(anchor: Prepared, dice: Dice) -> list[Found]:
    """What it needs, and others of its document or, where it has an answer, of other documents."""
    needed = _needed(anchor)
    own = [one for one in anchor.found[: anchor.own] if one not in needed]
    others = list(anchor.found[anchor.own :]) if anchor.answer is not None else []
    beside = dice.shuffled([*own, *others])
    return dice.shuffled([*needed, *beside[: max(0, dice.how_many() - len(needed))]])


def _text_texts(anchor: Prepared, passages: Sequence[Found], dice: Dice) -> Shown:
    """Excerpts; what it needs stays whole in training where the excerpt leaves out something of the answer."""
    length = dice.length()
    shown = {one: shown_text(one, anchor.question, length) for one in passages}
    if not dice.mix.as_found and not _told_enough(anchor, shown):
        shown.update((one, one.text) for one in _needed(anchor))
    return shown


def _told_enough(one: Prepared, shown: Shown) -> bool:
    """The excerpts hold as much of the answer's numbers and pairs of letters as the whole passages do."""
    answer = without_sources(one.answer or "")
    needed = [found for found in _needed(one) if found in shown]
    whole = " ".join(found.text for found in needed)
    cut = " ".join(shown[found] for found in needed)
    return all(part in cut for part in _telling(answer) if part in whole)


def _telling(answer: str) -> list[str]:
    return [*_NUMBERS.findall(answer), *(word[:2] for word in answer.split() if len(word) > 1)]


def text_item(one: Prepared) -> Item:
    kind = "refused" if one.answer is None else one.kind
    return Item(one.id, kind, one.question, one.answer, {n: one.found[n - 1] for n in cited(one.answer)})


def follow_up(anchor: Prepared, dice: Dice) -> Sample:
    """Earlier turns with their passages, then the question with what it needs besides."""
    beside = dice.shuffled([one for one in anchor.found[: anchor.own] if one not in _needed(anchor)])
    past = [_told(anchor, turn, beside[: dice.randint(0, 2)], dice) for turn in anchor.past]
    last = dice.shuffled([*_needed(anchor), *beside[: dice.randint(0, 1)]])
    told = {passage for turn in past for passage in turn.passages}
    return compose(last, [text_item(anchor)], past, _text_texts(anchor, [one for one in last if one not in told], dice))


def _told(anchor: Prepared, turn: Turn, beside: Sequence[Found], dice: Dice) -> Told:
    numbers = dict.fromkeys([*cited(turn.answer), *turn.near])
    needed = [anchor.found[number - 1] for number in numbers]
    item = Item("", "", turn.question, turn.answer, {n: anchor.found[n - 1] for n in cited(turn.answer)})
    passages = dice.shuffled(list(dict.fromkeys([*needed, *beside]))[:MOST_PASSAGES])
    return Told(item, tuple(passages or beside))


def _needed(one: Prepared) -> list[Found]:
    return [one.found[number - 1] for number in dict.fromkeys([*cited(one.answer), *one.near])]


def _fits(one: Prepared, passages: Sequence[Found], shown: Shown) -> bool:
    """What it needs is shown; what is to be refused must not be answered by another document."""
    own = one.found[: one.own]
    alone = one.answer is not None or all(passage in own for passage in passages)
    return alone and all(needed in passages for needed in _needed(one)) and _told_enough(one, shown)


def _varied(passages: Sequence[Found], items: Sequence[Item], dice: Dice, texts: Shown) -> Sample:
    """Now and then with an instruction in a passage, or with other numbers where nothing is concluded from them."""
    if dice.happens(dice.mix.intruded):
        victim = dice.choice(passages)
        texts = {**texts, victim: _intruded(texts[victim], dice)}
    sample = compose(passages, items, texts=texts)
    if dice.happens(dice.mix.varied) and all(item.kind in _VALUES for item in items):
        return with_other_numbers(sample, dice)
    return sample


def _intruded(text: str, dice: Dice) -> str:
    borders = [0, len(text), *(found.start() for found in _SENTENCE_ENDS.finditer(text))]
    at = dice.choice(borders)
    return f"{text[:at]} {dice.choice(INTRUDERS)} {text[at:]}".strip()


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
