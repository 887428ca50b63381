"""Strings by which a document is known: stretches, codes and words of it that stand in nothing that is kept.

Takes texts, gives strings. Pure; knows no file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SHORTEST = 8  # bytes in every encoding that is looked for
_STRETCH = 28  # characters
_STRETCHES, _CODES, _WORDS = 48, 48, 32
_FROM_ONE_UNIT = 3
_WORD = re.compile(r"\w(?:[\w.\-]*\w)?")
_PLAIN = re.compile(r"[A-Za-z0-9](?:[\w.\-]*[A-Za-z0-9])?", re.ASCII)
_UNSAFE = re.compile(r'["\\\x00-\x1f\x7f]')  # written otherwise in JSON
_JOINT = re.compile(r"[-_.]")
_LEAST_CODE, _LEAST_WORD = 6, 8  # characters; of Korean words half as many
_LEAST_DIGITS, _ANYWAY_DIGITS = 3, 9  # of a code with letters, and of any other


@dataclass(frozen=True, slots=True)
class Strings:
    """`telling`: whoever says one of them speaks of the document. `words`: anybody may use them, so they count in files alone."""

    telling: tuple[str, ...]
    words: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.telling, *self.words)

    def told_in(self, text: str) -> bool:
        return any(each in text for each in self.telling)


def strings_of(texts: Iterable[str], names: Sequence[str], kept: Iterable[str]) -> Strings:
    """At most some 130, spread over the texts; none of them stands in `kept`, whatever its case. `names` of files are telling."""
    stretches, codes, words = _candidates(texts)
    codes += [name for name in names if _is_long(name)]
    chosen = {*_picked(stretches, 4 * _STRETCHES), *_picked(codes, 4 * _CODES), *_picked(words, 8 * _WORDS)}
    left = _not_in(chosen, kept)
    telling = _picked([s for s in stretches if s in left], _STRETCHES) + _picked(
        [c for c in codes if c in left], _CODES
    )
    return Strings(tuple(dict.fromkeys(telling)), tuple(_picked([word for word in words if word in left], _WORDS)))


def _not_in(strings: Iterable[str], kept: Iterable[str]) -> set[str]:
    left = {each: each.casefold() for each in strings}
    for text in kept:
        folded = text.casefold()
        left = {each: low for each, low in left.items() if low not in folded}
    return set(left)


def without(strings: Strings, said: Iterable[str]) -> Strings:
    """Words that others have said in what is kept prove nothing."""
    left = _not_in(strings.words, said)
    return Strings(strings.telling, tuple(word for word in strings.words if word in left))


def _candidates(texts: Iterable[str]) -> tuple[list[str], list[str], list[str]]:
    stretches: dict[str, None] = {}
    codes: dict[str, None] = {}
    words: dict[str, None] = {}
    for text in texts:
        stretches.update(dict.fromkeys(_stretches(text)))
        for match in _WORD.finditer(text):
            word = match.group()
            for each in (word, *_PLAIN.findall(word)):  # Korean writes particles right behind a code
                if _is_code(each):
                    codes[each] = None
            if _is_word(word):
                words[word] = None
    return list(stretches), list(codes), list(words)


def _stretches(text: str) -> Iterator[str]:
    """From the beginning, the middle and the end: lines that are long enough, cut to one length."""
    lines = [line.strip() for line in _UNSAFE.split(text)]
    long = [line for line in lines if len(line) >= _STRETCH and len(set(line)) > _STRETCH // 4]
    for row in sorted({0, len(long) // 2, len(long) - 1})[:_FROM_ONE_UNIT] if long else ():
        middle = (len(long[row]) - _STRETCH) // 2
        yield long[row][middle : middle + _STRETCH].strip()


def _is_code(word: str) -> bool:
    """As numbers of contracts, accounts and telephones are written; a date or an amount is nobody's own."""
    digits = sum(each.isdigit() for each in word)
    lettered = any(each.isalpha() for each in word) and (
        bool(_JOINT.search(word)) or any("A" <= each <= "z" for each in word)
    )
    return (
        len(word) >= _LEAST_CODE
        and _is_long(word)
        and ((lettered and digits >= _LEAST_DIGITS) or digits >= _ANYWAY_DIGITS)
    )


def _is_word(word: str) -> bool:
    letters = sum(each.isalpha() for each in word)
    return (
        letters == len(word) and _is_long(word) and len(word) >= (_LEAST_WORD if word.isascii() else _LEAST_WORD // 2)
    )


def _is_long(word: str) -> bool:
    return len(word.encode("utf-8")) >= SHORTEST and not _UNSAFE.search(word)


def _picked(found: Sequence[str], most: int) -> list[str]:
    """The same ones each time, from anywhere."""
    if len(found) <= most:
        return list(found)
    chosen = set(sorted(found, key=lambda each: hashlib.sha256(each.encode("utf-8", "surrogatepass")).digest())[:most])
    return [each for each in found if each in chosen]
