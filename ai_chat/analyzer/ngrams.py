"""Words to terms without a dictionary: beginnings of stems, pairs of characters within them, stems joined with their neighbours.

Takes text, gives terms of one field. A question asks for beginnings ("휴가", "휴가비"), a text has what is within its words, too:
"연차휴가" is found by "휴가". Joined neighbours find "연차 휴가" by "연차휴가", and keep PPR-9087 and 2024년 3월 together.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from ai_chat.analyzer.endings import certain, stem, whole
from ai_chat.analyzer.words import fold, mended, telling_words

WORDS = "words"

_LONGEST_BEGINNING = 4
_LONGEST_WORD = 40
_LONGEST_PAIR = 20
_HANGUL = re.compile("[가-힣]+")
_PAIR = re.compile("(?=([가-힣]{2}))")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")  # kana and Chinese characters


class Analyzer:
    """`fields` maps each field to its weight in a search; a new `fingerprint` means that stored terms are out of date."""

    fingerprint = "stems-pairs-2"
    fields: Mapping[str, float] = MappingProxyType({WORDS: 1.0})

    def terms(self, text: str, title: str = "") -> dict[str, list[str]]:
        """All terms of a passage, repeated as often as they occur; what its document and section are called is part of it."""
        read = list(map(_read, fold(f"{title}\n{text}") if title else fold(text)))
        found = _joined([own for own, _ in read])
        for _, terms in [*read, *map(_read, mended(text))]:
            found += terms
        return {WORDS: found}

    def query_terms(self, text: str) -> dict[str, list[str]]:
        """The distinct terms of a question, in their order, without the words (unless there are no others) and endings that only ask."""
        words = telling_words(text)
        found = [term for word in words for term in _asked_terms(word)]
        return {WORDS: list(dict.fromkeys([*found, *_joined(list(map(stem, words)))]))}

    def phrase_terms(self, phrase: str) -> dict[str, list[str]]:
        """Terms of every text that holds these words in this order, the last of them maybe continued by a particle."""
        words = fold(phrase)
        inner = [term for word in words[:-1] for term in _read(word)[1]]
        last = [term for word in words[-1:] for term in _certain_terms(word)]
        return {WORDS: list(dict.fromkeys([*inner, *last]))}


@lru_cache(1 << 14)  # the same words come again and again
def _read(word: str) -> tuple[str, tuple[str, ...]]:
    """Its stem, and its terms in a text."""
    own = stem(word)
    if _UNSPACED.search(word):
        return own, tuple(_asked_terms(word))
    full = whole(word, own)
    terms = _beginnings(own) if own == full else dict.fromkeys(_beginnings(own) + _beginnings(full))
    return own, (*terms, *_within(full))


def _within(word: str) -> list[str]:
    """Pairs of Korean characters behind the first."""
    if _HANGUL.fullmatch(word):
        return [word[start : start + 2] for start in range(1, len(word) - 1)]
    return [found[1] for found in _PAIR.finditer(word, 1)]


def _asked_terms(word: str) -> list[str]:
    if unspaced := _UNSPACED.search(word):
        head, tail = word[: unspaced.start()], word[unspaced.start() :]
        return [
            *tail,
            *(tail[start : start + 2] for start in range(len(tail) - 1)),
            *(_asked_terms(head) if head else []),
        ]
    return _beginnings(stem(word))


def _beginnings(own: str) -> list[str]:
    length = len(own)
    terms = [own[:2], own[:3], own[:4]][: length - 1]
    if length < 3:
        terms.append(own[0])
    if _LONGEST_BEGINNING < length <= _LONGEST_WORD:
        terms.append(own)
    return terms


def _certain_terms(word: str) -> Iterable[str]:
    """Those of a word that all words beginning so have."""
    if _UNSPACED.search(word):
        return _asked_terms(word)
    sure = word[: certain(word)]
    return [*(sure[:length] for length in (2, 3, 4) if length <= len(sure)), *_within(sure)]


def _joined(stems: Sequence[str]) -> list[str]:
    return [both for both in map("".join, itertools.pairwise(stems)) if len(both) <= _LONGEST_PAIR]
