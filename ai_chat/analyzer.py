"""Text to terms for keyword search, at home in Korean: n-grams of two kinds stand in for a morphological dictionary.

Takes text, gives terms by field: `grams` are trigrams that keep word borders (▁ for a space), `words` are word beginnings
of 1-4 characters and whole longer words. Pure; knows no index and no document.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

GRAMS, WORDS = "grams", "words"
BORDER = "▁"

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0e3a\u0e40-\u0e4e\u0e50-\u0fff\u1000-\u109f\u1780-\u17d3"
_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")
_DIGIT_GROUP = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BROKEN = re.compile(r"([가-힣]{1,8})\n(?=([가-힣]{1,8}))")  # Korean lines are wrapped within words, too
_LONGEST_WORD = 40
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")  # kana and Chinese characters


class Analyzer:
    """`fields` maps each field to its weight in a search; a new `fingerprint` means that stored terms are out of date."""

    fingerprint = "grams3-words4-2"
    fields: Mapping[str, float] = MappingProxyType({GRAMS: 1.0, WORDS: 1.0})

    def terms(self, text: str) -> dict[str, list[str]]:
        """All terms of a passage, repeated as often as they occur."""
        words = fold(text)
        mended = fold(" ".join(map("".join, _BROKEN.findall(text))))
        return {GRAMS: _grams(words), WORDS: [term for word in words + mended for term in _word_terms(word)]}

    def query_terms(self, text: str) -> dict[str, list[str]]:
        """The distinct terms of a question, in their order; the index looks up a limited number of the rarest."""
        return {field: list(dict.fromkeys(terms)) for field, terms in self.terms(text).items()}


def fold(text: str) -> list[str]:
    """The words of a text as they are compared: compatibility forms and case folded, 3,000 as 3000."""
    return _WORD.findall(_DIGIT_GROUP.sub("", unicodedata.normalize("NFKC", text).casefold()))


def _grams(words: list[str]) -> list[str]:
    line = BORDER + BORDER.join(words) + BORDER
    return [line[start : start + 3] for start in range(len(line) - 2)]


def _word_terms(word: str) -> list[str]:
    if _UNSPACED.search(word):
        return [*word, *(word[start : start + 2] for start in range(len(word) - 1))]
    terms = [word[:length] for length in range(2, min(len(word), 4) + 1)]
    if len(word) < 3:
        terms.append(word[0])
    if 4 < len(word) <= _LONGEST_WORD:
        terms.append(word)
    return terms
