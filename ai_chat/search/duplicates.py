"""Passages that say nearly the same: another copy, another format, another page of the same form.

Takes texts, gives yes or no. Pure. A number that differs makes them two, and so does the sentence that is shown.
"""

from __future__ import annotations

import re
from functools import cached_property

SAME = 0.8  # of the runs of four characters that either has; measured: docs/retrieval.md
_RUN = 4
_NUMBER = re.compile(r"\d+")
_SHORTEST_SHARE = 0.7
_WORDS = re.compile(r"\w+")


class Said:
    """A text as it is compared with others: what of it they ask for is made once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def numbers(self) -> frozenset[str]:
        return frozenset(_NUMBER.findall(self.text))

    @cached_property
    def runs(self) -> frozenset[str]:
        squeezed = _squeezed(self.text)
        return frozenset(squeezed[start : start + _RUN] for start in range(max(1, len(squeezed) - _RUN + 1)))


def nearly_same(one: Said, other: Said) -> bool:
    """Same numbers, nearly the same letters; white space, punctuation and case do not count."""
    if one.text == other.text:
        return True
    if min(len(one.text), len(other.text)) < _SHORTEST_SHARE * max(len(one.text), len(other.text)):
        return False
    return one.numbers == other.numbers and len(one.runs & other.runs) >= SAME * len(one.runs | other.runs)


def holds(text: str, sentence: str) -> bool:
    """Whether the sentence stands in the text, white space, punctuation and case apart."""
    return _squeezed(sentence) in _squeezed(text)


def _squeezed(text: str) -> str:
    return "".join(_WORDS.findall(text)).casefold()
