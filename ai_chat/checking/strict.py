"""The strict check: does a passage bear out what a model that is not trusted wrote?

Takes a claim without its markers, the question and the text of the cited passages. Pure. A value alone, as small models
give it, is taken only from the sentence that is nearest to the question; the figures behind this: docs/answers.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ai_chat.checking.wording import (
    Wording,
    rare_words,
    shared_part,
    shares_number,
    shares_word,
    squeezed,
    wording,
)
from ai_chat.chunking import split_sentences

_ONE_SENTENCE = 0.6  # part of the claim's words that the bearing sentence has itself; the others stand around it
_REPEATS_QUESTION = 0.5  # part of the question's words from which a claim says what it is about
_NEAREST = (
    0.9  # a bare value's sentence shares at least this part of what the nearest sentence shares with the question
)
_WANTS_NUMBER = re.compile(r"몇|며칠|얼마|년도|연도|날짜|\bhow (?:many|much)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Sentence:
    told: Wording
    text: str  # squeezed
    nearness: float  # part of the question's words that it has


def is_borne_out(claim: str, question: str, passages: Sequence[str], *, opening: bool) -> bool:
    """All rare words stand in one passage, all numbers and most words in one sentence of it, which denies as the claim does.

    `opening`: this is the answer's first sentence, which has to answer the question.
    """
    told = wording(claim)
    if not _says_something(claim, told, question) or (opening and not _gives_number(told, question)):
        return False
    asked = rare_words(question)
    bare = opening and shared_part(asked, squeezed(claim)) < _REPEATS_QUESTION
    return any(_bears_out(told, asked, passage, bare) for passage in passages)


def _says_something(claim: str, told: Wording, question: str) -> bool:
    """More than the question again."""
    if claim.endswith("?"):
        return False
    asked = squeezed(question)
    return bool(told.numbers) or any(not shares_word(word, asked) for word in told.words)


def _gives_number(told: Wording, question: str) -> bool:
    """A number where one was asked for."""
    return bool(told.numbers) or _WANTS_NUMBER.search(question) is None


def _bears_out(told: Wording, asked: frozenset[str], passage: str, bare: bool) -> bool:
    if shared_part(told.words, squeezed(passage)) < 1.0:
        return False
    sentences = [_sentence(passage[start:end], asked) for start, end in split_sentences(passage)]
    nearest = max((sentence.nearness for sentence in sentences), default=0.0)
    return any(
        _says(sentence, told) and (not bare or 0.0 < nearest * _NEAREST <= sentence.nearness) for sentence in sentences
    )


def _says(sentence: _Sentence, told: Wording) -> bool:
    return (
        told.denies == sentence.told.denies
        and all(shares_number(number, sentence.told.numbers) for number in told.numbers)
        and shared_part(told.words, sentence.text) >= _ONE_SENTENCE
    )


def _sentence(text: str, asked: frozenset[str]) -> _Sentence:
    close = squeezed(text)
    return _Sentence(wording(text), close, shared_part(asked, close) if asked else 1.0)
