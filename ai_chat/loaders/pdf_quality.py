"""Whether the text of a page is what people see on it: signs of letters that the file names wrongly.

Takes text, gives a doubt, or compares a text with what OCR read. Pure; the shares are those of benchmarks on Korean business
documents, whose least common page is far from each limit.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

Doubt = Literal["garbage", "unlikely"]

_VISIBLE = re.compile(r"\S")
_BROKEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff]")
_CID = re.compile(r"\(cid:\d+\)")
_HANGUL = re.compile("[가-힣]")
_COMMON = re.compile(
    "[이하의는에지가한고기을다사로제인대자정원서수도상시를업은용부전적으관리과성비금여위등장해소조있스공구계보라화경국재주어행세중나되법건교개산동유년품분및일요]"
)  # 61 % of the Hangul on the middle one of 720 business pages, 39 % on the least of them
_LATIN = re.compile("[A-Za-z]")
_VOWEL = re.compile("[AEIOUaeiou]")
# what Korean becomes when it is taken for Latin
_ACCENTED = re.compile(
    "[\u00b2-\u00b6\u00b8-\u00ba\u00bc-\u00d6\u00d8-\u00f6\u00f8-\u00ff]"
)  # what Korean becomes when it is taken for Latin
_RARE = re.compile("[\u1200-\u1dff\ua000-\uabff]")  # scripts in which numbers of glyphs land

_GARBAGE = 0.1  # of what is visible
_LEAST_COMMON = 0.08
_FEWEST_VOWELS = 0.18
_MOST_ACCENTED = 0.3
_MOST_RARE = 0.2
_ENOUGH = 40
_LIKE = 0.35  # of OCR's pairs of letters are on a page whose text is right


def doubt(text: str, unmapped: float = 0.0) -> Doubt | None:
    """`unmapped`: the share of letters that the file does not name at all."""
    visible = len(_VISIBLE.findall(text))
    if not visible:
        return None
    broken = len(_BROKEN.findall(text)) + sum(map(len, _CID.findall(text)))
    if broken > _GARBAGE * visible or unmapped > _GARBAGE:
        return "garbage"
    return "unlikely" if _is_unlikely(text, visible) else None


def letters(text: str) -> int:
    return len(_VISIBLE.findall(text))


def is_like(text: str, read: str) -> bool:
    """Whether OCR read what the text says."""
    own, seen = _pairs(text), _pairs(read)
    return sum((own & seen).values()) >= _LIKE * sum(seen.values())


def _is_unlikely(text: str, visible: int) -> bool:
    hangul, latin = len(_HANGUL.findall(text)), len(_LATIN.findall(text))
    return (
        (hangul >= _ENOUGH and len(_COMMON.findall(text)) < _LEAST_COMMON * hangul)
        or (latin >= 2 * _ENOUGH and latin > 0.5 * visible and len(_VOWEL.findall(text)) < _FEWEST_VOWELS * latin)
        or len(_ACCENTED.findall(text)) > _MOST_ACCENTED * visible
        or len(_RARE.findall(text)) > _MOST_RARE * visible
    )


def _pairs(text: str) -> Counter[str]:
    folded = "".join(text.split()).lower()
    return Counter(folded[start : start + 2] for start in range(len(folded) - 1))
