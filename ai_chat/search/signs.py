"""What tells whether hits answer their question: how much of it they hold, how far both legs tell the best from the rest.

Takes the question's words with their rarity, hits and candidates; gives Signs. Reads no more text than a few hits have. Pure:
the rarity of a word is a parameter. docs/judging.md says what each sign is worth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ai_chat.analyzer import WORDS, Analyzer, fold, telling_words
from ai_chat.analyzer.endings import stem
from ai_chat.search.fusion import Candidates, Floats
from ai_chat.search.passing import passes
from ai_chat.types import Hit

Rarity = Callable[[Mapping[str, Sequence[str]]], float]
HITS = 5  # that are read
_SPREAD = 50  # passages whose mean the nearest one is compared with
_NUMBER = re.compile(r"\d+")
_BENT = re.compile("(?<=[a-z]{4})(?:ies|ing|ions?|ed|es|s|y|e|ly)$")
_CASES = frozenset(["의", "에", "에서", "에는", "에게", "까지", "부터", "도", "로", "으로", *"은는이가을를와과"])
_BEHIND_FINAL = {"은": True, "이": True, "을": True, "과": True, "는": False, "가": False, "를": False, "와": False}
_FINALS, _FIRST_SYLLABLE = 28, ord("가")
_TELLING_NUMBER = re.compile(r"\d{2}")
_SHORT = re.compile("[가-힣][은는을를]")  # one syllable with its particle is in too many words
_VERB = re.compile("적으로$|[았었였했됐렸졌겼켰났갔왔봤쳤혔]|(?:있|없|하|되|받)는$|[는은던]가$|인가$")
_PAST = re.compile("(?<=[가-힣]{2})(?:[하되받]?[였었았]|[했됐])(?:는|던|다|다고|고|으며|으나)?$")
_PREDICATE = re.compile(
    "[았었였했됐렸졌겼켰났갔왔봤쳤혔](?:는|던|다|다고|고|으며|으나)?$|[하되]는$|하고자$|[한된된]다$"
)
_PREDICATE_SHARE = 0.4  # of the rarity of a noun: verbs bend, and are told in other words
_INFLECTED = re.compile("(?:ed|ing|ly)$")


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word of a question without its ending: `rarity` 0 to 1; `names`: it stands for a thing or tells a number."""

    own: str
    rarity: float
    names: bool


@dataclass(frozen=True, slots=True)
class Signs:
    """Shares are 0 to 1. `near` and `apart` are None where no vector was compared.

    `covered`: the best BM25 score of all that the question could have; `passage`, `sentence`: the part of its words, by their
    rarity, that the first hit holds; `margin`: how far the best BM25 score is above the next. `near` is the best cosine, `apart`
    how far it is above the mean of fifty. `missing` are things and numbers named of which no hit speaks, `lacking` how rare the rarest is.
    """

    covered: float
    passage: float
    sentence: float
    margin: float
    near: float | None
    apart: float | None
    lacking: float
    missing: tuple[str, ...]


class Reader:
    """Reads signs with one analyzer."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer

    def words(self, question: str, rarity: Rarity, rarest: float) -> list[Word]:
        """Those that name or tell something. `rarest` is the rarity of a term that no document has."""
        words = list(dict.fromkeys(telling_words(question)))
        telling = [word for word in words if len(word) > 1 and not passes(word) and not _SHORT.fullmatch(word)]
        return [self._word(word, rarity, rarest) for word in telling or words]

    def _word(self, word: str, rarity: Rarity, rarest: float) -> Word:
        terms = self._analyzer.query_terms(word)[WORDS] or [word]
        rare = rarity({WORDS: [max(terms, key=len)]}) / rarest
        own = _PAST.sub("", stem(word)) or stem(word)
        return Word(own, rare * (_PREDICATE_SHARE if _is_predicate(word) else 1.0), _names(word))


def signs_of(words: Sequence[Word], hits: Sequence[Hit], candidates: Candidates) -> Signs:
    """Of at least one hit."""
    first, shown = _read(hits[0]), _Read(hits[0].sentence)
    held = [first.holds(word) for word in words]
    missing = [word for word, part in zip(words, held, strict=True) if word.names and not part]
    for hit in hits[1:HITS]:
        if not missing:
            break
        other = _read(hit)
        missing = [word for word in missing if not other.holds(word)]
    near, apart = _nearness(candidates.dense)
    return Signs(
        covered=min(1.0, candidates.covered),
        passage=_share(words, held),
        sentence=_share(words, [shown.holds(word) for word in words]),
        margin=_margin(candidates.lexical),
        near=near,
        apart=apart,
        lacking=max((word.rarity for word in missing), default=0.0),
        missing=tuple(word.own for word in missing),
    )


class _Read:
    """A text as words are looked for in it."""

    def __init__(self, text: str) -> None:
        folded = fold(text)
        self._close = "".join(folded)
        self._apart = f" {' '.join(folded)} "

    def holds(self, word: Word) -> float:
        """1 where it stands there, less where only its beginning or parts of it do."""
        own = word.own
        if number := _NUMBER.match(own):
            return 1.0 if f" {own}" in self._apart else 0.5 * (f" {number[0]}" in self._apart)
        if own.isascii():
            return 1.0 if f" {own} " in self._apart else 0.8 * (f" {_BENT.sub('', own)}" in self._apart)
        if own in self._close:
            return 1.0
        if len(own) > 2 and (own[:-1] in self._close or self._has_parts(own)):
            return 0.8
        return 0.5 * (len(own) > 2 and own[:2] in self._close)

    def _has_parts(self, own: str) -> bool:
        return any(own[:cut] in self._close and own[cut:] in self._close for cut in range(2, len(own) - 1))


def _read(hit: Hit) -> _Read:
    return _Read(f"{hit.document} {hit.unit.label} {hit.text}")


def _names(word: str) -> bool:
    """Whether it stands for a thing, as far as its particle shows, or is a number that tells something."""
    if _NUMBER.match(word):
        return _TELLING_NUMBER.match(word) is not None
    if word.isascii():
        return not _INFLECTED.search(word)
    own = stem(word)
    particle = word[len(own) :]
    fits = _BEHIND_FINAL.get(particle)
    return (
        particle in _CASES and len(own) > 1 and not _VERB.search(word) and (fits is None or fits == has_final(own[-1]))
    )


def _is_predicate(word: str) -> bool:
    return (_INFLECTED if word.isascii() else _PREDICATE).search(word) is not None


def has_final(letter: str) -> bool:
    """Whether a Korean syllable ends in a consonant."""
    return "가" <= letter <= "힣" and (ord(letter) - _FIRST_SYLLABLE) % _FINALS > 0


def _share(words: Sequence[Word], held: Sequence[float]) -> float:
    """1 of no words."""
    total = sum(word.rarity for word in words)
    return sum(word.rarity * part for word, part in zip(words, held, strict=True)) / total if total else 1.0


def _margin(lexical: Floats | None) -> float:
    known = _sorted(lexical)
    if len(known) < 2:
        return float(len(known))
    return float((known[0] - known[1]) / (known[0] or 1.0))


def _nearness(dense: Floats | None) -> tuple[float | None, float | None]:
    known = _sorted(dense)
    if not len(known):
        return None, None
    return float(known[0]), float(known[0] - known[:_SPREAD].mean())


def _sorted(scores: Floats | None) -> Floats:
    """Largest first, without NaN."""
    if scores is None:
        return np.empty(0, np.float32)
    return np.sort(scores[~np.isnan(scores)])[::-1]
