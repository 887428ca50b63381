"""A word of a sentence with its neighbours: another word in the same place says something else.

Takes text; gives slots. Pure.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ai_chat.checking.names import is_verbal
from ai_chat.checking.wording import WORD, stem

_KEPT = 256  # sentences, of one answer's passages or so


class Slot(NamedTuple):
    """A word with those right before and behind it, "" where another thing stands there."""

    start: int
    word: str
    before: str
    after: str


@lru_cache(_KEPT)
def slots(text: str) -> tuple[Slot, ...]:
    found = list(WORD.finditer(text))
    words = [stem(match[0].lower()) for match in found]
    joined = [not text[one.end() : other.start()].strip() for one, other in pairwise(found)]
    return tuple(
        Slot(
            match.start(),
            match[0],
            words[number - 1] if number and joined[number - 1] else "",
            words[number + 1] if number < len(joined) and joined[number] else "",
        )
        for number, match in enumerate(found)
    )


def fits(place: Slot, slot: Slot, told: str, alone: bool) -> bool:
    """Whether another word stands in the same slot, which the claim does not have; one neighbour does where `alone`, or none was before."""
    if is_verbal(slot.word) or len(slot.word) < 2 or stem(slot.word.lower()) in told:
        return False
    left = bool(place.before) and slot.before == place.before
    right = bool(place.after) and slot.after == place.after
    return (left and right) or (alone and (left or right)) or (right and not place.before)
