"""Whether a question is written in other letters than the passages it finds: then its words cannot be theirs.

Takes texts, gives yes or no. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_OWN_SHARE = 0.2  # of a question's letters: a script below it is a name or two
_FOREIGN_SHARE = 0.2  # a passage with fewer of its letters in the question's scripts is foreign to it
_FEWEST_LETTERS = 20  # a passage with fewer tells nothing
_LOOKED_AT = 200  # characters of a passage
_LETTERS = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    r"A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff",  # Latin
    r"\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e",  # Korean
    r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff",  # Japanese and Chinese
    r"\u0370-\u03ff\u0400-\u052f",  # Greek and Cyrillic
    r"\u0590-\u08ff",  # Hebrew and Arabic
    r"\u0900-\u0fff",  # of India and further to the south-east
)


def in_another_script(question: str, passages: Iterable[str]) -> bool:
    """Whether any of the passages has hardly a letter of the question's scripts."""
    letters = _count(_LETTERS, question)
    own = "".join(some for some in _SCRIPTS if _count(re.compile(f"[{some}]+"), question) >= _OWN_SHARE * letters)
    if not letters or not own:
        return False
    pattern = re.compile(f"[{own}]+")
    return any(_is_foreign(passage, pattern) for passage in passages)


def _is_foreign(passage: str, own: re.Pattern[str]) -> bool:
    passage = passage[:_LOOKED_AT]
    letters = _count(_LETTERS, passage)
    return letters >= _FEWEST_LETTERS and _count(own, passage) < _FOREIGN_SHARE * letters


def _count(runs: re.Pattern[str], text: str) -> int:
    return sum(map(len, runs.findall(text)))
