"""Passages that say nearly the same: another copy, another format, another page of the same form.

Takes texts, gives yes or no. Pure. A number that differs makes them two, and so does the sentence that is shown.
"""

from __future__ import annotations

import re

SAME = 0.8  # of the runs of four characters that either has; measured: docs/retrieval.md
_RUN = 4
_NUMBER = re.compile(r"\d+")
_SHORTEST_SHARE = 0.7
_WORDS = re.compile(r"\w+")


def nearly_same(one: str, other: str) -> bool:
    """Same numbers, nearly the same letters; white space, punctuation and case do not count."""
    if one == other:
        return True
    if min(len(one), len(other)) < _SHORTEST_SHARE * max(len(one), len(other)):
        return False
    if set(_NUMBER.findall(one)) != set(_NUMBER.findall(other)):
        return False
    first, second = _runs(one), _runs(other)
    return len(first & second) >= SAME * len(first | second)


def holds(text: str, sentence: str) -> bool:
    """Whether the sentence stands in the text, white space, punctuation and case apart."""
    return _squeezed(sentence) in _squeezed(text)


def _runs(text: str) -> set[str]:
    squeezed = _squeezed(text)
    return {squeezed[start : start + _RUN] for start in range(max(1, len(squeezed) - _RUN + 1))}


def _squeezed(text: str) -> str:
    return "".join(_WORDS.findall(text)).casefold()
