"""A document in sections, each with the sentence that says most of what it is about.

Takes a document with its units, gives Points, each a Hit that stands in one unit: what a summary is made of. No model; a sentence
counts by the words that its section repeats and that other sections have not.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ai_chat.analyzer import fold
from ai_chat.analyzer.endings import stem
from ai_chat.answer.rows import tables
from ai_chat.chunking import Span, cut_span, split_sentences
from ai_chat.types import DocumentDetail, Hit, Unit, UnitRef

MOST_SECTIONS = 24
_SHORTEST = 30  # characters; a shorter section, such as a title, goes with the next one
_PARTS = 12  # a document that has few headings is divided into about so many
_PART = range(500, 2400)  # characters of such a part
_LONGEST_SENTENCE = 300
_SHORTEST_SENTENCE = 12
_HEADING = re.compile(
    r"[ \t]*(?:#{1,6}\s+\S|제\s?\d+\s?[장절조관](?:\s|\(|$)|(?:article|section|chapter|part|annex|appendix)\s+[\dA-Z]|부\s?칙\s*$"
    r"|\d{1,2}(?:\.\d{1,2}){0,3}[.)]?\s+\S|[IVX]{1,5}\.\s+\S|[가-하]\.\s+\S|[■□◆◇▶●]\s*\S)",
    re.IGNORECASE,
)
_LONGEST_HEADING = 60
_NUMBERED = re.compile(r"(?:lines|rows) \d+-\d+")  # as the loaders label parts that have no name
_SENTENCE_END = re.compile(r"(?:[.!?。]|[다요음함임됨오])[\"'”’)\]]*$")
_NO_HEADING_END = re.compile(r"(?:[.!?。,;]|다)[\"'”’)\]]*$")
_MARKS = re.compile(r"^[\s#*•\-–○●■□▶☞]+")
_LETTER = re.compile(r"[^\W\d_]")
_COLUMNS = re.compile(r" {3,}|\t")  # set in columns
_FIRST = 1.5  # a section's first sentence: that alone is a good summary of most
_TELLS = 1.1  # one with a number
_HEADED = 1.3  # one that shares a word with the heading
_FRAGMENT = 0.6  # one that does not end as sentences do
_SAME = 0.7


@dataclass(frozen=True, slots=True)
class Point:
    """`hit` is the section, its `sentence` the one that tells most; `rows` where it is a table and nothing else."""

    heading: str
    hit: Hit
    rows: int = 0


@dataclass(frozen=True, slots=True)
class _Section:
    unit: Unit
    heading: str
    start: int
    end: int
    rows: tuple[Span, ...]  # of the unit's tables

    @property
    def text(self) -> str:
        return self.unit.text[self.start : self.end]


def points_of(detail: DocumentDetail) -> list[Point]:
    """In reading order, at most MOST_SECTIONS: of a long document, neighbouring sections share one."""
    return _points(detail, _SHORTEST_SENTENCE) or _points(detail, 1)


def _points(detail: DocumentDetail, shortest: int) -> list[Point]:
    """`shortest`: characters of a sentence that may be told."""
    length = sum(len(unit.text) for unit in detail.units)
    longest = min(max(length // _PARTS, _PART.start), _PART.stop)
    sections = list(_gathered([part for unit in detail.units for part in _sections(unit, longest)]))
    told = [[span for section in group for span in _sentences(section, shortest)] for group in sections]
    having = Counter(word for group in told for span in group for word in span.words)
    points: list[Point] = []
    known: list[frozenset[str]] = []
    for group, sentences in zip(sections, told, strict=True):
        best = _best(sentences, having, known)
        if best:
            known.append(best.words)
            points.append(_point(detail, best.section, (best.start, best.end), len(points) + 1))
        elif row := _first_row(group):
            section, span, count = row
            if points and _goes_on(points[-1], section):
                points[-1] = replace(points[-1], rows=points[-1].rows + count)
            else:
                points.append(_point(detail, section, span, len(points) + 1, rows=count))
    return points


@dataclass(frozen=True, slots=True)
class _Sentence:
    """At start:end of its unit's text."""

    section: _Section
    start: int
    end: int
    words: frozenset[str]
    weight: float


def _sections(unit: Unit, longest: int) -> Iterator[_Section]:
    """Divided at headings; what is still too long, at sentences."""
    borders = [0, *(start for start, _ in _headings(unit.text) if start), len(unit.text)]
    rows = tuple((row.start, row.end) for table in tables(unit.text) for row in table.rows)
    start = 0
    for end in borders[1:]:
        if end - start < _SHORTEST and end < len(unit.text):
            continue
        for part_start, part_end in _divided(unit.text, start, end, longest, rows):
            yield _Section(unit, _heading(unit, part_start, part_end), part_start, part_end, rows)
        start = end


def _divided(text: str, start: int, end: int, longest: int, rows: Sequence[Span]) -> Iterator[Span]:
    """Parts of whole sentences, about `longest` characters each; a table stays with what it follows and does not count."""
    begin, length = start, 0
    for first, last in split_sentences(text[start:end]):
        if _within(rows, (start + first, start + last)):
            continue
        if length and length + last - first > longest:
            yield begin, start + first
            begin, length = start + first, 0
        length += last - first
    yield begin, end


def _headings(text: str) -> Iterator[tuple[int, str]]:
    """Short lines that are numbered or marked as such, and do not end as sentences do."""
    start = 0
    for line in text.split("\n"):
        bare = line.strip()
        if (
            bare
            and len(bare) <= _LONGEST_HEADING
            and _HEADING.match(line)
            and not _NO_HEADING_END.search(bare)
            and " | " not in bare
        ):
            yield start, bare
        start += len(line) + 1


def _heading(unit: Unit, start: int, end: int) -> str:
    """The heading that stands at the section's beginning, or under a title there; else the unit's own."""
    found = [bare for at, bare in _headings(unit.text[start:end][: _SHORTEST + _LONGEST_HEADING]) if at <= _SHORTEST]
    if found:
        return _MARKS.sub("", found[-1])
    nameless = unit.kind == "page" or _NUMBERED.fullmatch(unit.label)
    return "" if nameless else unit.label.split(" > ")[-1]


def _gathered(sections: Sequence[_Section]) -> Iterator[list[_Section]]:
    """At most MOST_SECTIONS groups of neighbours, about equally long."""
    if len(sections) <= MOST_SECTIONS:
        yield from ([section] for section in sections)
        return
    share = sum(section.end - section.start for section in sections) / MOST_SECTIONS
    group: list[_Section] = []
    done = 0.0
    groups = 1
    for section in sections:
        if group and done >= share * groups:
            yield group
            group, groups = [], groups + 1
        group.append(section)
        done += section.end - section.start
    yield group


def _sentences(section: _Section, shortest: int) -> Iterator[_Sentence]:
    """Those that say something by themselves: no headings, rows, running heads and scraps."""
    heads = {section.heading, *(_MARKS.sub("", bare) for _, bare in _headings(section.text))}
    first = True
    for span in split_sentences(section.text):
        for start, end in cut_span(section.text, span, _LONGEST_SENTENCE):
            start += len(found[0]) if (found := _MARKS.match(section.text[start:end])) else 0
            text = section.text[start:end]
            if len(text) < shortest or text.strip() in heads or not _LETTER.search(text) or _COLUMNS.search(text):
                continue
            own = (section.start + start, section.start + end)
            if _within(section.rows, own) or _within(section.unit.skipped, own):
                continue
            yield _Sentence(section, *own, _words(text), _weight(section, text, first))
            first = False


def _weight(section: _Section, text: str, first: bool) -> float:
    weight = _FIRST if first else 1.0
    if re.search(r"\d", text):
        weight *= _TELLS
    if _words(section.heading) & _words(text):
        weight *= _HEADED
    return weight if _SENTENCE_END.search(text) else weight * _FRAGMENT


def _best(sentences: Sequence[_Sentence], having: Counter[str], known: Sequence[frozenset[str]]) -> _Sentence | None:
    """The one with most of what its section repeats; none that was said already where there is another."""
    told = Counter(word for sentence in sentences for word in sentence.words)
    everything = sum(having.values())

    def score(sentence: _Sentence) -> float:
        about = sum(told[word] * math.log1p(everything / having[word]) for word in sentence.words)
        said = any(_likeness(sentence.words, other) >= _SAME for other in known)
        return sentence.weight * about / (len(sentence.words) + 4) * (0.1 if said else 1.0)

    return max(sentences, key=score, default=None)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _first_row(group: Sequence[_Section]) -> tuple[_Section, Span, int] | None:
    """Of sections that hold a table alone: where its first row stands, and how many there are."""
    for section in group:
        found = [row for table in tables(section.text) for row in table.rows]
        if found:
            return section, (section.start + found[0].start, section.start + found[0].end), len(found)
    return None


def _goes_on(point: Point, section: _Section) -> bool:
    """Whether the section is more of the same table."""
    unit = (section.unit.kind, section.unit.number)
    return bool(point.rows) and (point.hit.unit.kind, point.hit.unit.number, point.heading) == (*unit, section.heading)


def _point(detail: DocumentDetail, section: _Section, span: Span, number: int, rows: int = 0) -> Point:
    unit, (start, end) = section.unit, span
    assert detail.version_id is not None
    hit = Hit(
        rank=number,
        score=1.0,
        document=detail.info.name,
        document_id=detail.info.id,
        collection=detail.info.collection,
        version_id=detail.version_id,
        unit=UnitRef(unit.kind, unit.number, unit.label, unit.ocr is not None),
        page=unit.number if unit.kind == "page" else None,
        text=section.text,
        sentence=unit.text[start:end],
        start=start,
        end=end,
    )
    return Point(section.heading, hit, rows)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in map(stem, fold(text)) if len(word) > 1)


def _within(spans: Sequence[Span], own: Span) -> bool:
    """Whether some of it stands in one of these."""
    return any(start < own[1] and own[0] < end for start, end in spans)
