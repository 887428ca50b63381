"""Clauses of a sentence that deny what the passages affirm, or the other way round, or say an opposite word.

Takes a sentence with its words and values, and parts of evidence; gives the spans that are wrong. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ai_chat.checking.evidence import Evidence, Part, Sentence
from ai_chat.checking.polarity import (
    affirms,
    can_be_denied,
    clauses,
    denials,
    denied,
    existing,
    is_bound_to_condition,
    opposite,
)
from ai_chat.checking.values import Value, holds
from ai_chat.checking.wording import Stemmed, has_word, joined, stemmed
from ai_chat.chunking import Span

_ALIGNED = 0.62  # how near a clause must be before its denying counts
_OPPOSED = 0.5  # ... before an opposite counts, which is itself a word that the other lacks
_TIED = 0.9


class Denying:
    """Of one sentence; `words` without those of its values."""

    def __init__(self, text: str, words: Sequence[Stemmed], values: Sequence[Value], evidence: Evidence) -> None:
        self._text = text
        self._words = words
        self._values = values
        self._evidence = evidence

    def spans(self, within: Sequence[Part], near: Sequence[Sentence]) -> Iterator[Span]:
        """Clauses that deny what the nearest ones affirm, or the other way round, or that say an opposite word."""
        if not is_bound_to_condition(self._text):
            yield from self._denied_words(near)
            yield from self._existence(near)
        for start, end in clauses(self._text):
            text = self._text[start:end]
            words = [each.stem for each in self._words if start <= each.start < end]
            values = [value for value in self._values if start <= value.start < end]
            aligned = list(self._aligned(words, values, within, _ALIGNED)) if words else []
            told = denials(text)
            alike = any(bool(denials(known)) == bool(told) or can_be_denied(known) for known, _ in aligned)
            if aligned and not alike and not is_bound_to_condition(self._text + "".join(known for known, _ in aligned)):
                yield (start + told[0][0], start + told[0][1]) if told else _last_word(text, start)
            beside = self._aligned(words, values, within, _OPPOSED) if words else ()
            spans = [opposite(text, known, around) for known, around in beside]
            first = next(iter(spans), None)
            if first and all(spans):
                yield start + first[0], start + first[1]

    def _denied_words(self, near: Sequence[Sentence]) -> Iterator[Span]:
        mine = denied(self._text)
        for sentence in near:
            whole = f"{sentence.heading} {sentence.text}"
            if is_bound_to_condition(whole):
                continue
            for word, span in mine.items():
                if affirms(word, whole) and not any(denied(other.text).get(word) for other in near):
                    yield span
            for word in denied(whole):
                if affirms(word, self._text) and not any(affirms(word, other.text) for other in near):
                    at = self._text.lower().find(word)
                    yield at, at + len(word)

    def _existence(self, near: Sequence[Sentence]) -> Iterator[Span]:
        """'증거가 있다' where the nearest sentences tell that there is none, or the other way round."""
        known = [existing(sentence.text) for sentence in near if not is_bound_to_condition(sentence.text)]
        having, lacking = ({noun for each in known for noun in each[side]} for side in (0, 1))
        for mine, same, opposed in zip(existing(self._text), (having, lacking), (lacking, having), strict=True):
            yield from (span for noun, span in mine.items() if noun in opposed and noun not in same)

    def _aligned(
        self, words: Sequence[str], values: Sequence[Value], within: Sequence[Part], least: float
    ) -> Iterator[tuple[str, str]]:
        """The clauses of the passages that are nearest to these words and values, each with its sentence."""
        scored = []
        for sentence in {id(part.sentence): part.sentence for part in within}.values():
            whole = f"{sentence.heading} {sentence.text}"
            held = [holds(value, sentence.values, self._text) for value in values]
            for start, end in clauses(sentence.text):
                score = self._likeness(words, sentence.text[start:end], held)
                if score >= least:
                    scored.append((score, f"{sentence.heading} {sentence.text[start:end]}", whole))
        best = max((score for score, _, _ in scored), default=0.0)
        yield from ((known, whole) for score, known, whole in scored if score >= _TIED * best)

    def _likeness(self, words: Sequence[str], known: str, held: Sequence[bool]) -> float:
        close = joined(known)
        weights = {word: self._evidence.weight(word) for word in words}
        shared = sum(weight for word, weight in weights.items() if has_word(word, close))
        if not shared:
            return 0.0
        others = [each.stem for each in stemmed(known)]
        told = joined(self._text)
        back = sum(has_word(word, told) for word in others) / len(others) if others else 0.0
        return 0.6 * (shared + sum(held)) / (sum(weights.values()) + len(held)) + 0.4 * back


def _last_word(text: str, start: int) -> Span:
    bare = text.rstrip(" .,")
    at = bare.rfind(" ") + 1
    return start + at, start + len(bare)
