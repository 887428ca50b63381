"""What of a passage answers best: the sentence with the telling words of the question, and its neighbour that goes with it.

Takes text and a question, gives a span. A word counts by how rare it is within the passage, so no index is asked. Pure.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ai_chat.analyzer import answer_form, fold, telling_words
from ai_chat.chunking import Span, cut_span, split_sentences

MAX_SENTENCE = 300  # characters of what is shown, neighbour included
LEAST_TOLD = 0.15  # of what is sought; questions in a page's own words have more, those in other words less
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Sought:
    """What the sentence should hold: beginnings of the question's words, and the form of an answer where the question tells."""

    beginnings: frozenset[str]
    letters: frozenset[str]  # their first ones: most words have others, and need no further look
    form: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of the best sentence's weight, measured by benchmarks/sentences.py."""

    form: float = 0.5  # what a sentence gets for the form of an answer
    neighbour: float = 0.1  # what a neighbour needs at least to be shown


WEIGHTS = Weights()


def sought(question: str) -> Sought:
    beginnings = frozenset(part for word in telling_words(question) for part in _beginnings(word))
    return Sought(beginnings, frozenset(part[0] for part in beginnings), answer_form(question))


def best_sentence(text: str, wanted: Sought, weights: Weights = WEIGHTS) -> Span:
    """The sentence with the most of what is sought, at most MAX_SENTENCE long; the first where none has any.

    The better of its neighbours is shown with it where both together stay within MAX_SENTENCE and it has some of it, too: a
    question's words are often spread over two sentences, one of which names the thing and the other tells.
    """
    spans = list(sentences(text))
    if not spans:
        return 0, min(len(text), MAX_SENTENCE)
    return chosen(spans, _evidence([text[start:end] for start, end in spans], wanted, weights.form), weights)


def chosen(spans: Sequence[Span], evidence: Sequence[float], weights: Weights = WEIGHTS) -> Span:
    """The sentence with the most evidence, with its better neighbour where that goes with it."""
    best = max(range(len(spans)), key=evidence.__getitem__)
    other = _neighbour(spans, evidence, best, weights.neighbour)
    return spans[min(best, other)][0], spans[max(best, other)][1]


def tells(sentence: str, wanted: Sought) -> bool:
    """Whether it has enough of the question's words to have been chosen by them; single letters are no words here."""
    words = {part for part in wanted.beginnings if len(part) > 1}
    return len(words & _held(sentence, wanted)) >= LEAST_TOLD * len(words)


def sentences(text: str) -> Iterator[Span]:
    """At most MAX_SENTENCE long."""
    for start, end in split_sentences(text):
        if end - start <= MAX_SENTENCE:
            yield start, end
        else:
            yield from cut_span(text, (start, end), MAX_SENTENCE)


def _evidence(sentences: Sequence[str], wanted: Sought, form_weight: float) -> list[float]:
    """Each sentence's sum of log(1 + sentences / sentences that have it) over what it has; for the form a share of the largest."""
    found = [_held(sentence, wanted) for sentence in sentences]
    having = Counter(part for parts in found for part in parts)
    rarity = {part: math.log1p(len(sentences) / count) for part, count in having.items()}
    sums = [sum(map(rarity.__getitem__, sorted(parts))) for parts in found]
    if wanted.form is None:
        return sums
    bonus = form_weight * max(sums)
    return [own + bonus * bool(wanted.form.search(one)) for own, one in zip(sums, sentences, strict=True)]


def _neighbour(spans: Sequence[Span], evidence: Sequence[float], best: int, share: float) -> int:
    """The better of the sentences before and after the best one, if it has its share; else the best one itself."""
    fitting = [
        row
        for row in (best + 1, best - 1)
        if 0 <= row < len(spans) and spans[max(row, best)][1] - spans[min(row, best)][0] <= MAX_SENTENCE
    ]
    other = max(fitting, key=evidence.__getitem__, default=best)
    return other if 0 < evidence[other] >= share * evidence[best] else best


def _held(sentence: str, wanted: Sought) -> set[str]:
    """What of that is sought a sentence has."""
    words = [word for word in fold(sentence) if word[0] in wanted.letters]
    return {part for word in words for part in _beginnings(word)} & wanted.beginnings


def _beginnings(word: str) -> tuple[str, ...]:
    """How words are compared: Korean ones by their first 1-3 characters, as particles and endings follow; others by more."""
    if number := _NUMBER.match(word):
        return number[0], word
    return (word[:4], word) if word.isascii() else (word[:1], word[:2], word[:3])
