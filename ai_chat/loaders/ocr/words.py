"""Words of one page, read by two languages -> one text: Korean is believed first, another language where that is in doubt.

Takes and gives lists of Word; knows no picture. Read by both at once, tesseract takes Korean names for Latin capitals ("AAA").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ai_chat.loaders.tesseract import Word

_HANGUL = re.compile("[가-힣]")
_SOUND, _SOUND_HANGUL = 0.9, 0.7  # Korean words and syllables that are right have 0.9 to 0.97
_BELIEVED, _BELIEVED_FOR_HANGUL = 0.75, 0.92
_LATIN = re.compile("[A-Za-z]")


class Span(NamedTuple):
    """Words first to end of a list that follow each other without a space, and the box around them; whether another word stands
    glued before and behind them."""

    first: int
    end: int
    left: int
    top: int
    right: int
    bottom: int
    follows: bool
    leads: bool


def doubtful(words: Sequence[Word]) -> list[Span]:
    """Where another language should have a look."""
    spans: list[Span] = []
    begin = None
    for index, word in enumerate(words):
        if begin is not None and (word.gap or not _is_doubtful(word)):
            spans.append(_span(words, begin, index))
            begin = None
        if begin is None and _is_doubtful(word):
            begin = index
    return spans if begin is None else [*spans, _span(words, begin, len(words))]


def merged(words: Sequence[Word], spans: Sequence[Span], others: Sequence[Word]) -> list[Word]:
    """`others` are what the other language read in these spans of `words`."""
    chosen: list[Word] = []
    end = 0
    for span in spans:
        chosen += words[end : span.first]
        korean, other = words[span.first : span.end], list(_inside(span, others))
        chosen += _in_place(other, korean[0].gap) if _is_better(other, korean) else korean
        end = span.end
    return [*chosen, *words[end:]]


def confidence(words: Sequence[Word]) -> float:
    """The mean over their letters; 0 of none."""
    letters = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / letters if letters else 0.0


def is_korean(words: Sequence[Word]) -> bool:
    """Whether more than a tenth of it is Hangul that was read with confidence; nothing at all counts as Korean."""
    sure = sum(len(_HANGUL.findall(word.text)) for word in words if word.confidence >= _SOUND_HANGUL)
    return sure * 10 >= sum(len(word.text) for word in words)


def _is_doubtful(word: Word) -> bool:
    if _HANGUL.search(word.text):
        return word.confidence < _SOUND_HANGUL
    return word.confidence < _SOUND or _LATIN.search(word.text) is not None


def _is_better(other: Sequence[Word], korean: Sequence[Word]) -> bool:
    text = "".join(word.text for word in other)
    if not any(character.isalnum() for character in text):
        return False
    if _HANGUL.search("".join(word.text for word in korean)):
        return len(text) > 2 and confidence(other) >= _BELIEVED_FOR_HANGUL
    return confidence(other) >= max(_BELIEVED, confidence(korean))


def _in_place(words: Sequence[Word], gap: str) -> list[Word]:
    """One after the other in a line: scattered words were read without one."""
    return [
        replace(word, gap=" " if word.gap else "") if index else replace(word, gap=gap)
        for index, word in enumerate(words)
    ]


def _inside(span: Span, words: Sequence[Word]) -> Iterator[Word]:
    for word in words:
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        if span.left <= x <= span.right and span.top <= y <= span.bottom:
            yield word


def _span(words: Sequence[Word], begin: int, end: int) -> Span:
    inside = words[begin:end]
    left, top = min(word.left for word in inside), min(word.top for word in inside)
    right, bottom = max(word.right for word in inside), max(word.bottom for word in inside)
    follows = begin > 0 and not words[begin].gap
    return Span(begin, end, left, top, right, bottom, follows, end < len(words) and not words[end].gap)
