"""Passages made ready for comparing: their sentences in parts, with words, values and what stands around each.

Takes hits, gives parts. Pure; knows no answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ai_chat.checking.names import Name, names
from ai_chat.checking.polarity import parts
from ai_chat.checking.quantities import plain
from ai_chat.checking.values import Values, values_of
from ai_chat.checking.wording import Stemmed, has_word, joined, stemmed
from ai_chat.chunking import Span, split_sentences
from ai_chat.types import Hit

_BEFORE, _BEHIND = 2, 1  # sentences that are taken for a sentence's surroundings, besides the first of the passage
_CELL = " | "
_BORDER = re.compile(r" \| ")
_COLUMNS = re.compile(r"\S(?: {3,}|\t)\S")
_COLUMN = re.compile(r" {3,}|\t")
_LINE = re.compile(r"\S[^\n]*")
_TABLE = 3  # gaps, or lines with numbers, that make lines a table
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,.]*(?![\w.-])")
_LONG_LINE = 90
_LETTER = re.compile(r"[^\W\d_]")
_ITEM = re.compile(r"\s*[-*•·●○■□▪–]\s")


class Cell(NamedTuple):
    """Of a row: its label at start:content, what it holds at content:end of the sentence."""

    start: int
    content: int
    end: int


_SUBJECT = {"은": "은", "는": "은", "이": "이", "가": "이"}


@dataclass(frozen=True)
class Sentence:
    """One of passage `passage` (from 0), at `span` of it. `close` is joined; `around` is what stands beside it.

    `heading` is what a list that it is an item of stands under; `is_line` tells a line of a table without borders.
    """

    passage: int
    span: Span
    text: str
    close: str
    around: str
    heading: str
    values: Values
    is_line: bool = False

    @cached_property
    def is_row(self) -> bool:
        return self.is_line or _CELL in self.text or _COLUMNS.search(self.text) is not None

    @cached_property
    def is_item(self) -> bool:
        return _ITEM.match(self.text) is not None

    @cached_property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """Of a row, label and content, joined; the label "" where none is told."""
        return tuple(
            (joined(self.text[start:content].removesuffix(": ")), joined(self.text[content:end]))
            for start, content, end in self.cell_spans
        )

    @cached_property
    def cell_spans(self) -> tuple[Cell, ...]:
        if not self.is_row:
            return ()
        between = _BORDER if _CELL in self.text else _COLUMN
        found = []
        start = 0
        for gap in [*between.finditer(self.text), None]:
            end = gap.start() if gap else len(self.text)
            label = self.text.find(": ", start, end) if between is _BORDER else -1
            found.append(Cell(start, label + 2 if label >= 0 else start, end))
            start = gap.end() if gap else end
        return tuple(found)

    def cell_at(self, place: int) -> Cell | None:
        """None outside rows, and in what stands between cells."""
        return next((cell for cell in self.cell_spans if cell.start <= place < cell.end), None)

    @cached_property
    def clauses(self) -> tuple[Span, ...]:
        return tuple(parts(self.text))

    @cached_property
    def segments(self) -> tuple[int, ...]:
        """Where each of two or more parallel parts begins: '임원은 5만 원, 과장은 3만 원'; of rows none."""
        if self.is_row:
            return ()
        heads: dict[str, list[Stemmed]] = {}
        for start, end in self.clauses:
            first = next((each for each in self.stems if start <= each.start < end), None)
            if first and (particle := _SUBJECT.get(first.word[len(first.stem) :])):
                heads.setdefault(particle, []).append(first)
        most = max(heads.values(), key=len, default=[])
        return tuple(each.start for each in most) if len({each.stem for each in most}) == len(most) > 1 else ()

    @cached_property
    def key(self) -> str:
        """Of a row, what it is about, joined: its first cell with letters, or what stands before its first number."""
        if _CELL in self.text:
            return next((content for _, content in self.cells if _LETTER.search(content)), "")
        return joined(re.split(r"\d", self.text, maxsplit=1)[0])

    @cached_property
    def names(self) -> tuple[Name, ...]:
        return tuple(names(self.text))

    @cached_property
    def stems(self) -> tuple[Stemmed, ...]:
        return tuple(stemmed(self.text))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(each.stem for each in self.stems)


@dataclass(frozen=True)
class Part:
    """A clause of a sentence, or an item of a list in it; a row is one part. `start` counts from the passage's beginning."""

    sentence: Sentence
    start: int
    length: int
    close: str
    values: Values


@dataclass(frozen=True)
class Evidence:
    """All passages of one answer; `years` of each passage, which its days without a year may mean."""

    hits: tuple[Hit, ...]
    sentences: tuple[Sentence, ...]
    parts: tuple[Part, ...]
    closes: tuple[str, ...]
    years: tuple[frozenset[int], ...]
    weights: dict[str, float] = field(default_factory=dict)

    def weight(self, word: str) -> float:
        """How rare a word is among these sentences, 0 to 1; one that none has counts as one that a single one has."""
        if word not in self.weights:
            count = sum(word in sentence.close for sentence in self.sentences)
            many = max(1, len(self.sentences))
            self.weights[word] = math.log(1 + many / max(1, count)) / math.log(1 + many)
        return self.weights[word]

    def has(self, word: str, passages: Iterable[int]) -> bool:
        return any(has_word(word, self.closes[passage]) for passage in passages)


def evidence_of(hits: Sequence[Hit]) -> Evidence:
    sentences = [sentence for number, hit in enumerate(hits) for sentence in _sentences(number, hit.text)]
    closes = tuple(joined(f"{hit.text} {hit.document} {hit.unit.label}") for hit in hits)
    years = [set(values_of(f"{hit.document} {hit.unit.label}").years) for hit in hits]
    for sentence in sentences:
        years[sentence.passage] |= sentence.values.years
    cut = tuple(part for sentence in sentences for part in _parts(sentence))
    return Evidence(tuple(hits), tuple(sentences), cut, closes, tuple(map(frozenset, years)))


def _sentences(passage: int, text: str) -> list[Sentence]:
    """What is read as a value is read in the passage as a whole, and falls to the sentence in which it begins."""
    cut = [_lines(text, span) for span in split_sentences(text)]
    spans = [each for lines in cut for each in lines]
    is_line = [len(lines) > 1 and _CELL not in text[lines[0][0] : lines[-1][1]] for lines in cut for _ in lines]
    whole = values_of(text)
    closes = [joined(text[start:end]) for start, end in spans]
    found = []
    heading = ""
    for number, (start, end) in enumerate(spans):
        inside = tuple(value for value in whole.found if start <= value.start < end)
        beside = [*closes[max(0, number - _BEFORE) : number], *closes[number + 1 : number + 1 + _BEHIND], *closes[:1]]
        said = plain(text[start:end])
        is_item = _ITEM.match(said) is not None
        heading = heading if is_item else said
        above = heading if is_item else ""
        values = Values(inside, whole.scale)
        around = " ".join(beside)
        found.append(Sentence(passage, (start, end), said, closes[number], around, above, values, is_line[number]))
    return found


def _lines(text: str, span: Span) -> list[Span]:
    """The lines of a table that is set with spaces or in lines full of numbers, a title and the row below it, else the sentence."""
    said = text[span[0] : span[1]]
    lines = list(_LINE.finditer(said))
    title = said[: max(0, said.find(_CELL))].rpartition("\n")[0]
    if title.strip():
        return [(span[0], span[0] + len(title)), (span[0] + len(title) + 1, span[1])]
    if len(_COLUMNS.findall(said)) < _TABLE and not _are_rows([line[0] for line in lines]):
        return [span]
    return [(span[0] + line.start(), span[0] + line.end()) for line in lines]


def _are_rows(lines: Sequence[str]) -> bool:
    """Most of them short, with two numbers or more each."""
    rows = sum(len(line) <= _LONG_LINE and len(_NUMBER.findall(line)) > 1 for line in lines)
    return rows >= _TABLE and rows * 3 >= len(lines) * 2


def _parts(sentence: Sentence) -> list[Part]:
    begin = sentence.span[0]
    cut = [(0, len(sentence.text))] if sentence.is_row else sentence.clauses
    return [
        Part(
            sentence,
            begin + start,
            end - start,
            joined(sentence.text[start:end]),
            _within(sentence.values, begin + start, begin + end),
        )
        for start, end in cut
    ]


def _within(values: Values, start: int, end: int) -> Values:
    return Values(tuple(value for value in values.found if start <= value.start < end), values.scale)
