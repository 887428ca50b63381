"""The numbers that Hancom's word processor writes before paragraphs by itself: "제3장", "1.2", "가.", "①", "•".

Takes what a document says of its paragraphs' shapes, gives the head of each paragraph in reading order and its rank as a heading.
Knows neither of the two file formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ai_chat.loaders.figures import figure

Kind = Literal["", "outline", "number", "bullet"]

FORMATS = (
    "DIGIT",
    "CIRCLED_DIGIT",
    "ROMAN_CAPITAL",
    "ROMAN_SMALL",
    "LATIN_CAPITAL",
    "LATIN_SMALL",
    "CIRCLED_LATIN_CAPITAL",
    "CIRCLED_LATIN_SMALL",
    "HANGUL_SYLLABLE",
    "CIRCLED_HANGUL_SYLLABLE",
    "HANGUL_JAMO",
    "CIRCLED_HANGUL_JAMO",
    "HANGUL_PHONETIC",
    "IDEOGRAPH",
    "CIRCLED_IDEOGRAPH",
    "DECAGON_CIRCLE",
    "DECAGON_CIRCLE_HANJA",
)
_CIRCLED_TO_50 = "".join(map(chr, [*range(0x2460, 0x2474), *range(0x3251, 0x3260), *range(0x32B1, 0x32C0)]))
_ALPHABETS = {
    "CIRCLED_DIGIT": _CIRCLED_TO_50,
    "LATIN_CAPITAL": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "LATIN_SMALL": "abcdefghijklmnopqrstuvwxyz",
    "CIRCLED_LATIN_CAPITAL": "ⒶⒷⒸⒹⒺⒻⒼⒽⒾⒿⓀⓁⓂⓃⓄⓅⓆⓇⓈⓉⓊⓋⓌⓍⓎⓏ",
    "CIRCLED_LATIN_SMALL": "ⓐⓑⓒⓓⓔⓕⓖⓗⓘⓙⓚⓛⓜⓝⓞⓟⓠⓡⓢⓣⓤⓥⓦⓧⓨⓩ",
    "HANGUL_SYLLABLE": "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허",
    "CIRCLED_HANGUL_SYLLABLE": "㉮㉯㉰㉱㉲㉳㉴㉵㉶㉷㉸㉹㉺㉻",
    "HANGUL_JAMO": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "CIRCLED_HANGUL_JAMO": "㉠㉡㉢㉣㉤㉥㉦㉧㉨㉩㉪㉫㉬㉭",
    "CIRCLED_IDEOGRAPH": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "DECAGON_CIRCLE": "갑을병정무기경신임계",
    "DECAGON_CIRCLE_HANJA": "甲乙丙丁戊己庚辛壬癸",
}
_COUNTED = {
    "HANGUL_PHONETIC": "koreanCounting",
    "IDEOGRAPH": "chineseCounting",
    "ROMAN_CAPITAL": "upperRoman",
    "ROMAN_SMALL": "lowerRoman",
}
_PLACE = re.compile(r"\^([1-9:nN])")  # a colon follows 9 in ASCII: the tenth level


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a numbering is written: "제^1장" counts it, "^1.^2" those above it too, "^n" all of them."""

    pattern: str
    format: str = "DIGIT"
    start: int = 1


@dataclass(frozen=True, slots=True)
class Shape:
    """What the shape of a paragraph says of its head; `level` counts from 0, `numbering` names one of the numberings or bullets."""

    kind: Kind = ""
    level: int = 0
    numbering: int = 0


@dataclass(slots=True)
class Heads:
    """Counts while paragraphs go by. `outline` is the numbering of the section's outline, set where the section says it."""

    shapes: Mapping[int, Shape] = field(default_factory=dict)
    numberings: Mapping[int, Sequence[Level]] = field(default_factory=dict)
    bullets: Mapping[int, str] = field(default_factory=dict)
    outline: int = 0
    _counts: dict[int, list[int]] = field(default_factory=dict)

    def head(self, shape: int) -> tuple[str, int]:
        """What stands before the next paragraph, and its rank as a heading: 0 for none."""
        found = self.shapes.get(shape, _PLAIN)
        if not found.kind:
            return "", 0
        if found.kind == "bullet":
            return _bullet(self.bullets.get(found.numbering, "")), 0
        is_outline = found.kind == "outline"
        written = self._next(self.outline if is_outline else found.numbering, found.level)
        return written, found.level + 1 if is_outline else 0

    def _next(self, numbering: int, level: int) -> str:
        levels = self.numberings.get(numbering, ())
        if level >= len(levels):
            return ""
        above = self._counts.get(numbering, [])
        counts = [above[at] if at < len(above) else each.start for at, each in enumerate(levels[: level + 1])]
        counts[level] += level < len(above)
        self._counts[numbering] = counts
        return _written(levels, counts)


_PLAIN = Shape()


def numeral(number: int, style: str) -> str:
    if style in _ALPHABETS:
        alphabet = _ALPHABETS[style]
        return alphabet[number - 1] if 0 < number <= len(alphabet) else str(number)
    return figure(_COUNTED.get(style, ""), number)


def _written(levels: Sequence[Level], counts: Sequence[int]) -> str:
    numerals = [numeral(count, level.format) for count, level in zip(counts, levels, strict=False)]

    def place(found: re.Match[str]) -> str:
        if found[1] in "nN":
            return ".".join(numerals) + ("." if found[1] == "N" else "")
        at = ord(found[1]) - ord("1")
        return numerals[at] if at < len(numerals) else ""

    return _PLACE.sub(place, levels[len(counts) - 1].pattern)


def _bullet(mark: str) -> str:
    """Symbol fonts keep their bullets where Unicode has no characters."""
    return mark if mark.isprintable() and mark.strip() else "•"
