"""What a sentence of an answer calls the highest, the longest, the cheapest: whether a table's column bears it out.

Takes plain text and sentences of passages; tells whether none of the values is at the end of its column that the sentence names. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from ai_chat.checking.evidence import Sentence
from ai_chat.checking.quantities import LABELS, Amount
from ai_chat.checking.values import Value, Values, holds

_HIGHEST = re.compile(
    r"가장\s(?:많|높|크|큰|길|긴|비싼|비싸|오래|무거)|\b(?:highest|longest|largest|biggest|greatest|the\smost)\b",
    re.IGNORECASE,
)
_LOWEST = re.compile(
    r"가장\s(?:적|낮|작|짧|싼|저렴|가벼)|\b(?:lowest|shortest|smallest|fewest|cheapest|the\sleast)\b", re.IGNORECASE
)
_ROWS = 3


def contradicted(values: Sequence[Value], text: str, asked: str, sentences: Sequence[Sentence]) -> Iterator[Value]:
    """The values, where each of them that stands in a column of three or more is not at the end that the text or its question names."""
    told = text if _HIGHEST.search(text) or _LOWEST.search(text) else asked
    highest, lowest = _HIGHEST.search(told) is not None, _LOWEST.search(told) is not None
    if highest == lowest:
        return
    end = max if highest else min
    found = [
        (value, value.size == end(column))
        for value in values
        if isinstance(value, Amount) and value.unit not in LABELS
        for column in _columns(value, sentences)
    ]
    if found and not any(is_end for _, is_end in found):
        yield found[0][0]


def _columns(value: Amount, sentences: Sequence[Sentence]) -> Iterator[list[Decimal]]:
    """The sizes in each column of neighbouring rows that has the value."""
    for is_row, run in groupby(sentences, key=lambda sentence: sentence.is_row):
        rows = [sentence for sentence in run if sentence.values.found] if is_row else []
        for row in rows if len(rows) >= _ROWS else []:
            place = next((place for place, known in enumerate(_amounts(row)) if _is(value, known, row)), None)
            if place is not None:
                alike = [_amounts(other)[place] for other in rows if len(_amounts(other)) == len(_amounts(row))]
                column = [known.size for known in alike if known.unit == _amounts(row)[place].unit]
                if len(column) >= _ROWS:
                    yield column
                break


def _is(value: Amount, known: Amount, row: Sentence) -> bool:
    return holds(value, Values((known,), row.values.scale)) and value.size == known.size


def _amounts(row: Sentence) -> list[Amount]:
    return [value for value in row.values.found if isinstance(value, Amount)]
