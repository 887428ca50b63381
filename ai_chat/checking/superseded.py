"""Values that were and are no more: '90일에서 180일로 늘어납니다', '이전 규정에서는 210원이었다'.

Takes a value of an answer and the parts of passages that hold it; tells whether all of these speak of what was before, and neither
the answer nor its question does. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ai_chat.checking.evidence import Part
from ai_chat.checking.moments import Day
from ai_chat.checking.values import Value, Values, compete, holds

_BEFORE = re.compile(
    r"이전|종전|기존|예전|원래|과거|당초|전에는|개정\s?전|바뀌기|변경\s?전|옛|작년|지난|까지는"
    r"|\b(?:previous\w*|former\w*|old|original\w*|before|used to|was|were)\b",
    re.IGNORECASE,
)
_WAS = re.compile(
    r"(?:이전|종전|기존|예전|과거)\s?(?:규정|기준|판|제도|에는|의|에서)|개정\s?전|\b(?:previously|formerly|used to)\b",
    re.IGNORECASE,
)
_TO = re.compile(r"\s?에서\s[^.\n]{0,24}$|\s(?:to|up to|down to)\s$")
_CHANGED = re.compile(
    r"^\s?(?:으로|로)\s?(?:[가-힣]+\s)?(?:늘|줄|바뀌|바뀐|바꾸|변경|올|오르|내|인상|인하|조정|상향|하향|높|낮|연장|단축|확대|축소|개정)"
)
_ENGLISH_CHANGE = re.compile(
    r"\b(?:rais|increas|chang|reduc|extend|cut|lower|rose|fell|grew|drop)\w*\b[^.]{0,40}\bfrom\s$", re.IGNORECASE
)
_FROM = re.compile(r"\s?에서|\sto\s")
_TIMED = 3  # characters between a day and the value it is told of


def is_superseded(value: Value, text: str, asked: str, holders: Sequence[Part]) -> bool:
    if isinstance(value, Day) or _FROM.match(text, value.end) or _BEFORE.search(text) or _BEFORE.search(asked):
        return False
    return bool(holders) and all(_was(value, text, part) for part in holders)


def _was(value: Value, text: str, part: Part) -> bool:
    sentence, begin = part.sentence, part.sentence.span[0]
    known = sentence.values
    for other in known.found:
        if not holds(value, Values((other,), known.scale), text):
            continue
        was = _WAS.search(sentence.text[: other.start - begin]) is not None
        if not was and not (_is_replaced(other, known, sentence.text, begin) and not _is_timed(other, known)):
            return False
    return True


def _is_replaced(value: Value, known: Values, text: str, begin: int) -> bool:
    """Another value of its kind follows: 'from 3 to 5 days'."""
    following = next((each for each in known.found if each.start >= value.end and compete(value, each)), None)
    if following is None:
        return False
    between = text[value.end - begin : following.start - begin]
    behind, before = text[following.end - begin :], text[: value.start - begin]
    return _TO.match(between) is not None and (
        _CHANGED.match(behind) is not None or _ENGLISH_CHANGE.search(before) is not None
    )


def _is_timed(value: Value, known: Values) -> bool:
    """'4월 1.8퍼센트에서 5월 1.3퍼센트로': each of its own day."""
    return any(isinstance(day, Day) and 0 <= value.start - day.end <= _TIMED for day in known.found)
