"""Amounts that a sentence of an answer works out from what its passages tell: differences, sums, multiples, spans of time, counts.

Takes an amount that no passage has, the sentence's other values and the sentences of the passages; tells whether it follows. Pure.
What it is worked out from has to be told in the sentence, or to stand in one sentence of the passages where a word speaks of a
difference or of a sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, groupby

from ai_chat.checking.evidence import Sentence
from ai_chat.checking.moments import Clock, Day, days_between
from ai_chat.checking.quantities import Amount
from ai_chat.checking.values import Value, Values
from ai_chat.checking.wording import has_word, joined, rare_words

_COMPARES = re.compile(
    r"보다|차이|모자라|모자랐|부족|남[는았은습]|더\s|초과|넘[겼었는]|올[랐라]|오른|내[렸려]|늘[었어]|줄[었어]|많|적[은습]|높|낮|다르"
    r"|\b(?:more|less|fewer|below|above|over|short|difference|gap|increased?|decreased?|rose|fell|higher|lower|remain\w*|left)\b",
    re.IGNORECASE,
)
_ADDS = re.compile(
    r"합[치하해쳐]|합계|모두|총|전부|더[하해한]|\b(?:total|altogether|together|sum|plus|in all|both)\b", re.IGNORECASE
)
_ITEMS = re.compile(r",|·|/|、|;|\band\b|와\s|과\s|및\s")
_MOST_COUNTED = 30
_MOST_TIMES = 100
_DAY = 24 * 60 * 60  # seconds


def is_computed(value: Amount, text: str, told: Values, borne: Sequence[Value], sentences: Sequence[Sentence]) -> bool:
    """`borne` are those values of the sentence and of its question that the passages have."""
    others = [
        other.size
        for other in borne
        if isinstance(other, Amount)
        and (other.unit == value.unit or "" in (other.unit, value.unit))
        and other is not value
    ]
    wanted = value.size
    return (
        wanted in _results(others)
        or wanted in _multiples(value, told, others)
        or _is_times(value, told, borne)
        or _is_span(value, told, text, sentences)
        or _is_within(wanted, value, text, sentences)
        or _is_count(value, text, sentences)
    )


def _results(numbers: Sequence[Decimal]) -> Iterator[Decimal]:
    """Of each two the difference and the sum; the sum of all."""
    for one, other in combinations(numbers, 2):
        yield abs(one - other)
        yield one + other
    if len(numbers) > 2:
        yield sum(numbers, Decimal(0))


def _multiples(value: Amount, told: Values, numbers: Iterable[Decimal]) -> Iterator[Decimal]:
    """'2박이면 20만 원' of 10만 원."""
    times = [
        other.number
        for other in told.found
        if isinstance(other, Amount) and other.unit != value.unit and 1 < other.number <= _MOST_TIMES
    ]
    for number in numbers:
        for each in times:
            yield number * each


def _is_times(value: Amount, told: Values, borne: Sequence[Value]) -> bool:
    """The '3박' of '3박이면 30만 원' where one costs 10만 원."""
    amounts = [other for other in told.found if isinstance(other, Amount)]
    return any(
        product.unit == one.unit != value.unit and product.size == value.number * one.size
        for product in amounts
        for one in borne
        if isinstance(one, Amount)
    )


def _is_span(value: Amount, told: Values, text: str, sentences: Sequence[Sentence]) -> bool:
    """All that is told of days, hours and minutes lies between two moments that are told here or in one sentence."""
    if value.unit != "seconds":
        return False
    lasting = sum((each.size for each in told.found if isinstance(each, Amount) and each.unit == "seconds"), Decimal(0))
    words = rare_words(text)
    speaking = (each.values for each in sentences if any(has_word(word, each.close) for word in words))
    for known in (told, *speaking):
        for one, other in combinations(known.found, 2):
            if isinstance(one, Clock) and isinstance(other, Clock) and lasting in _between(one, other):
                return True
            days = days_between(one, other) if isinstance(one, Day) and isinstance(other, Day) else None
            if days is not None and lasting in (days * _DAY, (days + 1) * _DAY):  # without the last one, and with it
                return True
    return False


def _between(one: Clock, other: Clock) -> Iterator[Decimal]:
    """Seconds; '오후 2시부터 3시 40분' may leave the half of the day out."""
    minutes = other.hour * 60 + other.minute - one.hour * 60 - one.minute
    yield Decimal(abs(minutes) * 60)
    if one.half != other.half:
        yield Decimal(minutes % (12 * 60) * 60)


def _is_within(wanted: Decimal, value: Amount, text: str, sentences: Sequence[Sentence]) -> bool:
    """The difference or the sum of two amounts of one sentence, which has a word of this one, where a word says so."""
    compares, adds = _COMPARES.search(text), _ADDS.search(text)
    if not compares and not adds:
        return False
    words = rare_words(text)
    for sentence in sentences:
        if not any(has_word(word, sentence.close) for word in words):
            continue
        units = ("", value.unit) if sentence.is_row else (value.unit,)
        amounts = [each.size for each in sentence.values.found if isinstance(each, Amount) and each.unit in units]
        if any(
            (compares and abs(one - other) == wanted) or (adds and one + other == wanted)
            for one, other in combinations(amounts, 2)
        ):
            return True
    return False


def _is_count(value: Amount, text: str, sentences: Sequence[Sentence]) -> bool:
    """As many as a table has rows, a list items, or a sentence."""
    is_counted = value.unit == "count" or (not value.unit and text[value.start : value.end].isalpha())
    if not is_counted or value.number != int(value.number) or not 1 < value.number <= _MOST_COUNTED:
        return False
    words, told = rare_words(text), joined(text)
    worded = [sentence for sentence in sentences if any(map(str.isalpha, sentence.text))]
    for is_listed, run in groupby(worded, key=lambda sentence: sentence.is_row or sentence.is_item):
        listed = list(run)
        if is_listed and value.number in (len(listed), len(listed) - _has_head(listed)):
            return True
        if any(
            len(_ITEMS.findall(sentence.text)) + 1 == value.number
            and (
                any(has_word(word, sentence.close) for word in words)
                or any(each.stem in told for each in sentence.stems)
            )
            for sentence in listed
        ):
            return True
    return False


def _has_head(rows: Sequence[Sentence]) -> bool:
    """The first one tells no value, and each other one does."""
    return not rows[0].values.found and all(row.values.found for row in rows[1:])
