"""Another answer in the place of the right one, in passages and questions alike: what is read counts, not what is remembered.

A name is swapped for the answer of another question that asks alike, with as many words and the same ending for the
particle behind it. Pure; every choice comes from the dice.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from training.compose import Sample

_ASKED = {
    "who": re.compile("누구|누가|이름|사람|인물"),
    "where": re.compile("어디|어느|지역|나라|국가|도시|장소"),
    "when": re.compile("언제|며칠|시기"),
    "many": re.compile("몇|얼마"),
}
_MARKER = re.compile(r"\s*\[\d+\]\s*")
_MOST_PLACES = 4  # a word that stands more often is what the passage is about
_SHORTEST = 2

Key = tuple[str, int, int]


class Others:
    """`known`: questions and their answers."""

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        self._by_key: dict[Key, list[str]] = defaultdict(list)
        for question, answer in known:
            if _is_name(answer):
                self._by_key[_key(question, answer)].append(answer)

    def swapped(self, sample: Sample, dice: random.Random) -> Sample:
        """With other answers for those questions whose answer is a name that stands in few places."""
        for one in sample.asked:
            answer = _MARKER.sub("", one.answer).strip()
            if one.kind != "span" or not _is_name(answer) or not 1 <= sample.beginning.count(answer) <= _MOST_PLACES:
                continue
            fitting = [each for each in self._by_key[_key(one.question, answer)] if each not in sample.beginning]
            if fitting:
                sample = _replaced(sample, answer, dice.choice(fitting))
        return sample


def _replaced(sample: Sample, answer: str, other: str) -> Sample:
    asked = (
        replace(one, question=one.question.replace(answer, other), answer=one.answer.replace(answer, other))
        for one in sample.asked
    )
    return Sample(sample.beginning.replace(answer, other), tuple(asked))


def _is_name(answer: str) -> bool:
    return len(answer) >= _SHORTEST and not any(letter.isdigit() for letter in answer)


def _key(question: str, answer: str) -> Key:
    kind = next((name for name, pattern in _ASKED.items() if pattern.search(question)), "what")
    return kind, _ending(answer), min(len(answer.split()), 3)


def _ending(answer: str) -> int:
    """0 without a final consonant, 1 with one, 2 with ㄹ, 3 for what is no Hangul."""
    place = ord(answer[-1]) - ord("가")
    if not 0 <= place < 11_172:
        return 3
    return {0: 0, 8: 2}.get(place % 28, 1)
