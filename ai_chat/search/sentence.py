"""What of a passage answers best: the sentence with the telling words of the question, and its neighbour that goes with it.

Takes text and a question, gives a span. A word counts by how rare it is within the passage, so no index is asked. Pure.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ai_chat.analyzer import answer_form, fold, refers_back, telling_words
from ai_chat.chunking import Span, cut_span, split_sentences

MAX_SENTENCE = 300  # characters of what is shown, neighbour included
FORM_WEIGHT = 0.3  # these three by benchmarks/sentences.py: docs/retrieval.md
LINK_WEIGHT = 0.3
LEAST_SHARE = 0.1
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Sought:
    """What the sentence should hold: beginnings of the question's words, and the form of an answer where the question tells."""

    beginnings: frozenset[str]
    form: re.Pattern[str] | None


def sought(question: str) -> Sought:
    return Sought(_beginnings(telling_words(question)), answer_form(question))


def best_sentence(text: str, wanted: Sought) -> Span:
    """The sentence with the most of what is sought, at most MAX_SENTENCE long; the first where none has any.

    The better of its neighbours is taken in where both together stay within MAX_SENTENCE and it has some of it, too, or one
    of the two refers back to the other.
    """
    spans = list(_sentences(text))
    if not spans:
        return 0, min(len(text), MAX_SENTENCE)
    weights = _weights([text[start:end] for start, end in spans], wanted)
    best = max(range(len(spans)), key=weights.__getitem__)
    other = _neighbour(text, spans, weights, best)
    return spans[min(best, other)][0], spans[max(best, other)][1]


def _weights(sentences: Sequence[str], wanted: Sought) -> list[float]:
    """Each sentence's sum of log(1 + sentences / sentences that have it); FORM_WEIGHT of the largest more for the form."""
    found = [wanted.beginnings & _beginnings(fold(sentence)) for sentence in sentences]
    having = Counter(part for parts in found for part in parts)
    rarity = {part: math.log1p(len(sentences) / count) for part, count in having.items()}
    weights = [sum(map(rarity.__getitem__, sorted(parts))) for parts in found]
    if wanted.form:
        bonus = FORM_WEIGHT * max(weights)
        weights = [w + bonus * bool(wanted.form.search(s)) for w, s in zip(weights, sentences, strict=True)]
    return weights


def _neighbour(text: str, spans: Sequence[Span], weights: Sequence[float], best: int) -> int:
    """The sentence before or after the best one that belongs to the answer; the best one itself where neither does."""
    chosen, most = best, LEAST_SHARE
    for row in (best - 1, best + 1):
        first, last = min(row, best), max(row, best)
        if first < 0 or last == len(spans) or spans[last][1] - spans[first][0] > MAX_SENTENCE or not weights[best]:
            continue
        share = weights[row] / weights[best] + LINK_WEIGHT * refers_back(text[spans[last][0] : spans[last][1]])
        if share >= most:
            chosen, most = row, share
    return chosen


def _beginnings(words: Sequence[str]) -> frozenset[str]:
    """How words are compared: Korean ones by their first 1-3 characters, as particles and endings follow; others by more."""
    return frozenset(part for word in words for part in _parts(word))


def _parts(word: str) -> tuple[str, ...]:
    if number := _NUMBER.match(word):
        return number[0], word
    return (word[:4], word) if word.isascii() else (word[:1], word[:2], word[:3])


def _sentences(text: str) -> Iterator[Span]:
    for span in split_sentences(text):
        yield from cut_span(text, span, MAX_SENTENCE)
