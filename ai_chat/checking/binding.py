"""Whose a value is: what stands around it in the answer may stand around another one of its kind in the passages.

Takes the terms of a sentence of an answer, and parts of evidence; gives how much nearer another value is. Pure. A term counts the
more the nearer it stands to the value, in the answer and in the passage; in a row of a table the cells count instead of letters.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ai_chat.checking.evidence import Evidence, Part, Sentence
from ai_chat.checking.moments import Day
from ai_chat.checking.names import Name, stands
from ai_chat.checking.quantities import Amount
from ai_chat.checking.values import Value, Values, compete, holds
from ai_chat.checking.wording import Stemmed, has_word, joined

_REACH = 12.0  # characters within which nearness falls to a third of what it was
_CLAIMED = 0.3  # what a term counts that stands far away in the answer
_THEIRS = 0.5  # ... that stands nearer to another value of the kind there
_TOLD = 0.4  # ... in the sentence of the passage
_SEGMENT = 0.7  # ... in the same of parallel segments
_OTHER_SEGMENT = 0.2  # ... in another one
_AROUND = 0.3  # ... beside that sentence, or over it
_NOWHERE = 0.5
_CELL = 4.0  # characters that the content of another cell is away
_LABEL = 20.0  # ... its label
_CLAUSE = 12.0  # ... another clause, besides those between
_BEHIND = 3  # ... what follows, for in Korean what belongs to a word stands before it
_NUMBERED = re.compile(r"(?:\b(?:table|figure|fig\.|section|chapter|annex|step|page)|표|그림)\s?$", re.IGNORECASE)
_LIMIT = re.compile(r"\s?(?:(?P<least>이상)|(?P<over>초과)|(?P<most>이하|이내)|(?P<under>미만))")
_FROM = re.compile(r"\s?에서\s(?:[^\s,.]+\s)?|\sto\s")
_SAME_PLACE = 4  # characters between a value and the one in brackets behind it, which says the same


class Term(NamedTuple):
    """A word of the answer at `start`, of the question where that is under 0; or a value."""

    start: int
    weight: float
    word: str
    value: Value | None = None

    @property
    def end(self) -> int:
        return self.value.end if self.value else self.start + len(self.word)


class _Place(NamedTuple):
    """Where a value or a name stands in a sentence; `label` of its column, "" where there is none."""

    sentence: Sentence
    start: int
    end: int
    label: str
    what: Value | Name


class Binding:
    """Of one sentence of an answer; `values` are its own, and `told` its names."""

    def __init__(
        self, text: str, terms: Sequence[Term], values: Values, told: Sequence[Name], evidence: Evidence
    ) -> None:
        self._text = text
        self._joined = joined(text)
        self._terms = terms
        self._values = values
        self._names = told
        self._evidence = evidence

    def margin(self, what: Value | Name, within: Sequence[Part]) -> float:
        """From -1 to 1: so much nearer to its terms is another of its kind that the answer does not tell; -1 where there is none."""
        terms = [(term, self._weight(term, what)) for term in self._terms if not _belongs(term, what)]
        own = [place for place in self._places(what, within) if self._is(what, place)]
        others = list(self._others(what, own, within))
        if not own or not others:
            return -1.0
        total = sum(
            weight * (1.0 if any(self._share(term, place) for place in (*own, *others)) else _NOWHERE)
            for term, weight in terms
        )
        best = max(self._nearness(terms, place) for place in own)
        return (max(self._nearness(terms, place) for place in others) - best) / total if total else -1.0

    def _weight(self, term: Term, what: Value | Name) -> float:
        if term.start < 0:
            return term.weight
        gap = _gap(term, what)
        rivals = (value for value in self._values.found if value is not what and _competes(what, value))
        is_theirs = any(_gap(term, rival) < gap for rival in rivals)
        return term.weight * _falling(gap, _CLAIMED) * (_THEIRS if is_theirs else 1.0)

    def _others(self, what: Value | Name, own: Sequence[_Place], within: Sequence[Part]) -> Iterator[_Place]:
        labels = {place.label for place in own} - {""}
        for place in self._places(what, within):
            competes = _competes(what, place.what) or (type(what) is type(place.what) and place.label in labels)
            if (
                competes
                and not _is_numbering(place)
                and not self._is_told(place)
                and not any(_explains(place, other) or _is_former(place, other) for other in own)
            ):
                yield place

    def _places(self, what: Value | Name, within: Sequence[Part]) -> Iterator[_Place]:
        for part in within:
            sentence = part.sentence
            begin = sentence.span[0]
            if not isinstance(what, Name):
                for value in part.values.found:
                    yield _place(sentence, value.start - begin, value.end - begin, value)
            else:
                inside = range(part.start - begin, part.start - begin + part.length)
                taken = [name for name in sentence.names if name.start in inside]
                if not any(name.bare == what.bare for name in taken):
                    at = sentence.text.find(self._text[what.start : what.end], inside.start, inside.stop)
                    taken += [what._replace(start=at, end=at + what.end - what.start)] if at >= 0 else []
                for name in taken:
                    yield _place(sentence, name.start, name.end, name)

    def _is(self, what: Value | Name, place: _Place) -> bool:
        if isinstance(what, Name) or isinstance(place.what, Name):
            return isinstance(what, Name) and isinstance(place.what, Name) and what.bare == place.what.bare
        one = Values((place.what,), place.sentence.values.scale)
        return holds(what, one, self._text, self._evidence.years[place.sentence.passage])

    def _is_told(self, place: _Place) -> bool:
        if isinstance(place.what, Name):
            return stands(place.what, self._joined) or any(name.bare in place.what.bare for name in self._names)
        return any(self._is(value, place) for value in self._values.found)

    def _nearness(self, terms: Sequence[tuple[Term, float]], place: _Place) -> float:
        return sum(weight * self._share(term, place) for term, weight in terms)

    def _share(self, term: Term, place: _Place) -> float:
        sentence = place.sentence
        if term.value:
            begin, years = sentence.span[0], self._evidence.years[sentence.passage]
            own_day = _day_before(place) if isinstance(term.value, Day) else None
            if own_day:
                return float(holds(term.value, Values((own_day,)), self._text, years))
            spans = [
                (value.start - begin, value.end - begin)
                for value in sentence.values.found
                if value is not place.what
                and holds(term.value, Values((value,), sentence.values.scale), self._text, years)
            ]
            share = max((_falling(_distance(*span, place), _TOLD) for span in spans), default=0.0)
            return share or float(is_in_range(term.value, sentence))
        if not has_word(term.word, sentence.close):
            return _AROUND if term.word in sentence.around or term.word in sentence.heading else 0.0
        near = (
            _in_segment(each, place)
            for each in sentence.stems
            if not place.start <= each.start < place.end
            and (has_word(term.word, each.stem) or has_word(each.stem, term.word))
        )
        return max(near, default=_TOLD)


def is_in_range(value: Value, sentence: Sentence) -> bool:
    """'근속 8년' in the row of '7년 이상 9년 미만'."""
    if not isinstance(value, Amount) or not sentence.is_row:
        return False
    begin = sentence.span[0]
    limits = [
        (amount.size, _LIMIT.match(sentence.text, amount.end - begin))
        for amount in sentence.values.found
        if compete(value, amount) and isinstance(amount, Amount)
    ]
    told = [(size, found.lastgroup) for size, found in limits if found]
    return bool(told) and all(
        {
            "least": value.size >= size,
            "over": value.size > size,
            "most": value.size <= size,
            "under": value.size < size,
        }[limit or ""]
        for size, limit in told
    )


def _in_segment(each: Stemmed, place: _Place) -> float:
    """'임원은 5만 원, 과장은 3만 원': what stands in a segment belongs to its values alone."""
    mine, theirs = (bisect_right(place.sentence.segments, start) for start in (place.start, each.start))
    distance = _distance(each.start, each.end, place)
    if not mine or not theirs:
        return _falling(distance, _TOLD)
    return _falling(distance, _SEGMENT) if mine == theirs else _OTHER_SEGMENT


def _belongs(term: Term, what: Value | Name) -> bool:
    """It is part of it, or a person's title."""
    is_title = isinstance(what, Name) and what.kind == "person" and -1 <= term.start - what.end <= 1
    return is_title or what.start <= term.start < what.end


def _day_before(place: _Place) -> Day | None:
    """Of '4월 1.8퍼센트' the month."""
    begin = place.sentence.span[0]
    days = (
        value
        for value in place.sentence.values.found
        if isinstance(value, Day) and 0 <= place.start - (value.end - begin) <= _SAME_PLACE
    )
    return None if isinstance(place.what, Day) else next(days, None)


def _gap(term: Term, what: Value | Name) -> int:
    """Characters between them; what stands before belongs to it rather than what follows."""
    return max(0, what.start - term.end, term.start - what.end + (_BEHIND if term.start >= what.end else 0))


def _place(sentence: Sentence, start: int, end: int, what: Value | Name) -> _Place:
    cell = sentence.cell_at(start)
    label = joined(sentence.text[cell.start : cell.content]).strip(": ") if cell else ""
    return _Place(sentence, start, end, label, what)


def _competes(what: Value | Name, other: Value | Name) -> bool:
    if isinstance(what, Name) or isinstance(other, Name):
        return isinstance(what, Name) and isinstance(other, Name) and bool(what.kind) and what.kind == other.kind
    return compete(what, other)


def _is_numbering(place: _Place) -> bool:
    """'Table 1', which is no amount."""
    return _NUMBERED.search(place.sentence.text[: place.start]) is not None


def _is_former(place: _Place, own: _Place) -> bool:
    """The 90일 of '90일에서 180일로'."""
    return place.sentence is own.sentence and _FROM.fullmatch(place.sentence.text[place.end : own.start]) is not None


def _explains(place: _Place, own: _Place) -> bool:
    between = place.sentence.text[own.end : place.start]
    return place.sentence is own.sentence and 0 < len(between) <= _SAME_PLACE and "(" in between


def _distance(start: int, end: int, place: _Place) -> float:
    sentence = place.sentence
    if sentence.is_row:
        own, other = sentence.cell_at(place.start), sentence.cell_at(start)
        if own is other or other is None:
            return 0.0
        return _CELL if other.content <= start else _LABEL
    letters = float(max(0, place.start - end, start - place.end))
    low, high = next(span for span in sentence.clauses if span[0] <= place.start < span[1])
    if not low <= start < high:
        return letters + _CLAUSE
    return letters + (_BEHIND if start >= place.end else 0.0)


def _falling(distance: float, far: float) -> float:
    """From 1 beside it to `far`."""
    return far + (1 - far) * math.exp(-distance / _REACH)
