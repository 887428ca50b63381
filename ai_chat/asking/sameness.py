"""Whether two questions ask the same: their facts agree, and every word of each has its like in the other.

Takes texts, gives a yes or no. Pure. It is made to say no: what it does not know means only itself, so that a "no" costs an answer
written anew and a "yes" is a promise.
"""

from __future__ import annotations

from collections.abc import Iterable

from ai_chat.asking import vocabulary
from ai_chat.asking.reading import Reading, read

_STRICT = frozenset(("에게", "에서", "부터", "까지", "보다", "to", "from", "by", "than", "before", "after", "against"))
_MAYBE_OWN = "가로의도이"
_WEAK = frozenset(("in", "on", "at", "for", "of", "with"))
_INTERCHANGEABLE = tuple(frozenset(pair) for pair in (("지급", "받"), ("받", "실시"), ("제출", "내야")))
_IN_CHARGE = frozenset(("담당",))
_SUBMITTED = frozenset(("제출", "내야", "submit"))
_GIVEN_OR_TAKEN = frozenset(("지급", "받"))
_NAMED = frozenset(("이", "은"))
_KINDS_OF_AMOUNT = frozenset({"?rate", "?duration", "?every", "?until", "?count", "?ahead", "max", "limit", "total"})
_TIMELESS = frozenset({"?amount", "?count", "?rate", "?how", "?why", "?duration"})
_MONEY = frozenset("원$€¥")


def same_question(one: str, other: str) -> bool:
    """Whether an answer to one answers the other; symmetric, and true of a question and itself."""
    first, second = read(one), read(other)
    return _facts(first) == _facts(second) and _ask_alike(first, second) and _speak_alike(first, second)


def _facts(reading: Reading) -> tuple[object, ...]:
    return reading.language, reading.numbers, reading.identifiers, reading.quoted, reading.negated


def _ask_alike(one: Reading, other: Reading) -> bool:
    """The same is asked for; an upper limit may go without saying, the least may not."""
    if _sought(one) != _sought(other) or ("min" in one.asked) != ("min" in other.asked):
        return False
    if "limit" in one.asked | other.asked and not all({"max", "limit"} & each.asked for each in (one, other)):
        return False
    if one.units and other.units and one.units != other.units:
        return False
    if one.modality != other.modality and (not _sought(one) or (one.modality and other.modality)):
        return False  # in a yes or no it is the question itself
    if _sought(one) & _TIMELESS or None in (one.past, other.past):
        return True
    return one.past == other.past


def _sought(reading: Reading) -> frozenset[str]:
    """Without what is implied: how much goes without saying where a rate, a time or a limit is asked for."""
    asked = set(reading.asked) - {"max", "min", "limit"}
    if asked - {"?what"}:
        asked.discard("?what")
    elif reading.language == "en" and asked:
        asked = {"?amount"}
    if asked - {"?amount"} and any(unit in _MONEY for _, unit in reading.numbers):
        asked.discard("?amount")
    if "unit:명" in reading.units:
        asked.discard("?who")
    if "?until" in asked:
        asked.discard("?when")
    if {"?from", "?until"} <= asked:
        asked = asked - {"?from", "?until"} | {"?duration"}
    if reading.asked & _KINDS_OF_AMOUNT:
        asked.discard("?amount")
        asked = asked or {"?amount"}
    if asked & {"?every", "?until", "?ahead"}:
        asked.discard("?duration")
    return frozenset(asked)


def _speak_alike(one: Reading, other: Reading) -> bool:
    known = one.words | other.words
    mine, theirs = _atoms(one.words, known), _atoms(other.words, known)
    if sorted(one.names) == sorted(other.names) and one.names != other.names:
        return False
    if one.language == "en" and one.acts and other.acts and not _in_order(one, other):
        return False  # does one pay the other, or the other the one
    if mine - theirs and theirs - mine and not any(mine ^ theirs <= pair for pair in _INTERCHANGEABLE):
        return False  # what is done with it is told by both, and is not the same
    if mine != theirs and not mine & theirs:
        return False
    return mine ^ theirs <= _optional(one) and not _is_turned(one, other) and not _gives_and_takes(one, other)


def _in_order(one: Reading, other: Reading) -> bool:
    """Whether the words that both have stand in the same order."""
    both = set(one.order) & set(other.order)
    mine, theirs = ([word for word in dict.fromkeys(each.order) if word in both] for each in (one, other))
    return mine == theirs


def _optional(reading: Reading) -> frozenset[str]:
    """What may stand in one question alone. In a yes or no every word counts."""
    if not _sought(reading):
        return frozenset()
    optional = vocabulary.KOREAN_OPTIONAL if reading.language == "ko" else vocabulary.ENGLISH_OPTIONAL
    if "?who" in reading.asked:
        optional |= _IN_CHARGE
    if {"?until", "?ahead"} & reading.asked:
        optional |= _SUBMITTED
    if {"?who", "?whom", "unit:명"} & (reading.asked | reading.units):
        optional -= _GIVEN_OR_TAKEN  # it makes the difference who is asked for
    return optional | {"per:year"} if any(unit == "년" for _, unit in reading.numbers) else optional


def _gives_and_takes(one: Reading, other: Reading) -> bool:
    """Who gives in one question and takes in the other, if it may be the same one."""
    if not any({"지급", "받"} & reading.words for reading in (one, other)):
        return False
    turned = ("받" in one.words) != ("받" in other.words) and ("지급" in one.words) != ("지급" in other.words)
    named = {word for word, role in one.roles if role in _NAMED} & {
        word for word, role in other.roles if role in _NAMED
    }
    return turned and bool(named)


def _is_turned(one: Reading, other: Reading) -> bool:
    """Whether somebody or something has another part: who pays whom, from where to where, before or after."""
    mine, theirs = dict(one.roles), dict(other.roles)
    if any(_clash(mine[word], theirs[word], one.passive != other.passive) for word in mine if word in theirs):
        return True
    both = one.words & other.words
    held = {(role, word) for word, role in mine.items() if role in _STRICT and word in both}
    return any(role == its and word != own for role, word in held for own, its in theirs.items() if own in both)


def _clash(role: str, other: str, voices_differ: bool) -> bool:
    """Two parts that one word cannot have in the same question; a topic may be subject or object."""
    if role == other or {role, other} in ({"은", "이"}, {"은", "를"}):
        return False
    if {role, other} == {"이", "를"}:
        return not voices_differ
    return not {role, other} <= _WEAK and {role, other} != {"for", "to"}


def _atoms(words: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """Compounds as the words that they are made of, where those stand in one of the questions."""
    return frozenset(atom for word in words for atom in _parts(word, known))


def _parts(word: str, known: frozenset[str]) -> tuple[str, ...]:
    for cut in range(1, len(word)):
        if word[:cut] in known and (rest := _known(word[cut:], known)):
            return *_parts(word[:cut], known), *_parts(rest, known)
    return (word,)


def _known(rest: str, known: frozenset[str]) -> str | None:
    """As it stands, or but for a letter that may be a word's own or a particle: 평가 and 연장근로 have lost theirs."""
    forms = (rest, rest[1:] if rest[0] in _MAYBE_OWN else "", *(rest + letter for letter in _MAYBE_OWN))
    return next((form for form in forms if form in known), None)
