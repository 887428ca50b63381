"""Raw text -> the text that is stored, searched and cited, with a map back to the raw text.

NFC cluster by cluster, Hancom's private U+F53A as 한글, one kind of line end, no control or invisible characters.
The map is that of `types.Unit.offsets`: ascending pairs (normalised, raw), each valid until the next. Knows no file format.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Set
from typing import NamedTuple

Offsets = tuple[tuple[int, int], ...]

_SPECIAL = re.compile(
    "\r\n|\uf53a글|[\x00-\x08\x0b-\x1f\x7f-\x9f\u00a0\u00ad\u200b\u2028\u2029\u2060\ufeff\ufffe\uffff\uf06c\uf06e\uf0a7\uf0b7\uf0d8\uf0e0\uf0fc\uf53a\ud800-\udfff]"
)
_REPLACED = {
    "\r\n": "\n",
    "\r": "\n",
    "\x0b": "\n",
    "\x0c": "\n",
    "\x85": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u00a0": " ",
    "\uf06c": "●",  # from here on, what the fonts Symbol and Wingdings put before lines
    "\uf06e": "■",
    "\uf0a7": "▪",
    "\uf0b7": "•",
    "\uf0d8": "➢",
    "\uf0e0": "→",
    "\uf0fc": "✓",
    "\uf53a": "한글",
    "\uf53a글": "한글",  # the character shows 한 as it was written once
}
# Characters of combining class 0 that may still join the one before (Unicode 14: second halves of compositions).
_JOINING = re.compile(
    "[\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u0f73\u0f75\u0f81\u102e"
    "\u1161-\u1175\u11a8-\u11c2\u1b35\U00011127\U0001133e\U00011357\U000114b0\U000114ba\U000114bd\U000115af\U00011930]"
)


class Normalised(NamedTuple):
    text: str
    offsets: Offsets


def normalise(raw: str, base: int = 0, dropped: Set[int] = frozenset()) -> Normalised:
    """`base` is added to every raw offset; `dropped` are raw positions (without `base`) to leave out."""
    text, runs = _replace_specials(raw, dropped)
    if not unicodedata.is_normalized("NFC", text):
        text, runs = _compose(text, runs)
    return Normalised(text, tuple((here, there + base) for here, there in runs.pairs))


def to_raw(offsets: Offsets, position: int) -> int:
    """The raw offset of a normalised one."""
    here, there = offsets[bisect_right(offsets, position, key=lambda pair: pair[0]) - 1]
    return there + position - here


def raw_of(offsets: Offsets) -> Callable[[int], int]:
    """`to_raw` for who asks often."""
    keys = [here for here, _ in offsets]

    def find(position: int) -> int:
        here, there = offsets[bisect_right(keys, position) - 1]
        return there + position - here

    return find


def chained(offsets: Offsets, source: Offsets) -> Offsets:
    """Offsets into a text that has a map of its own, `source`, as offsets into what that one maps to."""
    borders = {here for here, _ in offsets}
    inner = [position for position, _ in source]
    for (here, there), (end, _) in zip(offsets, [*offsets[1:], (None, None)], strict=True):
        last = len(inner) if end is None else bisect_left(inner, there + end - here)
        borders.update(here + position - there for position in inner[bisect_right(inner, there) : last])
    inner_of, raw = raw_of(offsets), raw_of(source)
    return tuple((here, raw(inner_of(here))) for here in sorted(borders))


def joins_previous(character: str) -> bool:
    """Whether a character belongs to the one before it, so that no cut may fall between them."""
    return unicodedata.combining(character) != 0 or _JOINING.match(character) is not None


class _Runs:
    """Collects pairs; a pair that the last one already implies is left out."""

    def __init__(self) -> None:
        self.pairs: list[tuple[int, int]] = [(0, 0)]

    def add(self, here: int, there: int) -> None:
        last_here, last_there = self.pairs[-1]
        if there - last_there == here - last_here:
            return
        if last_here == here:
            self.pairs.pop()
        self.pairs.append((here, there))


def _replace_specials(raw: str, dropped: Set[int]) -> tuple[str, _Runs]:
    parts: list[str] = []
    runs = _Runs()
    length = end = 0
    for start, stop, replacement in _edits(raw, dropped):
        runs.add(length, end)
        parts += (raw[end:start], replacement)
        length += start - end
        for index in range(len(replacement)):
            runs.add(length + index, start)
        length += len(replacement)
        end = stop
    if end < len(raw):
        runs.add(length, end)
    return "".join(parts) + raw[end:], runs


def _edits(raw: str, dropped: Set[int]) -> Iterator[tuple[int, int, str]]:
    found = [(m.start(), m.end(), _REPLACED.get(m.group(), "")) for m in _SPECIAL.finditer(raw)]
    if not dropped:
        yield from found
        return
    kept = [edit for edit in found if edit[0] not in dropped]
    yield from sorted(kept + [(index, index + 1, "") for index in dropped])


def _compose(text: str, runs: _Runs) -> tuple[str, _Runs]:
    """NFC of text whose own map is `runs`; a composed cluster points at the raw start of its parts."""
    offsets = tuple(runs.pairs)
    parts: list[str] = []
    composed = _Runs()
    length = 0
    for start, end in _clusters(text):
        part = unicodedata.normalize("NFC", text[start:end])
        for index in range(len(part)):
            composed.add(length + index, to_raw(offsets, min(start + index, end - 1)))
        parts.append(part)
        length += len(part)
    return "".join(parts), composed


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for index in range(1, len(text)):
        if not joins_previous(text[index]):
            yield start, index
            start = index
    if text:
        yield start, len(text)
