"""The row of a table that a question is about, with the names of its columns.

Takes a question, hits and the whole text of their units, gives a Found; the row is told and cited as it stands there. No model.
A row counts by how rare the question's words in it are among all rows that were found; "6년" finds "5년 이상 7년 미만".
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from ai_chat.analyzer import fold, telling_words
from ai_chat.analyzer.endings import stem
from ai_chat.answer.log import TurnLog
from ai_chat.answer.ranges import Amount, amounts, is_range, within
from ai_chat.answer.rows import Row, Table, tables
from ai_chat.checking.citation import cite
from ai_chat.prompt import blunt
from ai_chat.types import Citation, FinishReason, Hit, Problem, Unit

Ending = tuple[FinishReason, Problem | None]
TextOf = Callable[[Hit], str]

_HITS = 5
_MOST_ROWS = 5
_MOST_OF_TABLE = 20
_PART = 0.7  # of a word's weight where it is part of another one
_BELOW = 0.02  # of the score, for each hit before this one
_NAMED_TABLE = 3.0  # what "표 2" counts where the caption says so
_LONGEST_QUOTE = 900
_NUMBERED = re.compile(r"(?:표|table)\s?(\d{1,3})", re.IGNORECASE)
_TABLE_WORD = re.compile("[가-힣]{1,4}표|table|schedule")
_COUNTER = re.compile(r"(?<=\d)(?:번|호|행)(?:의|은|는)?$")  # 3023번 is called 3023 in a table
_NO_WORDS = re.compile(
    r"표|행|줄|값|항목|전체|통째|찾|보여\S*|알려\S*|table|row|rows|value|show|me|look|up|list|please|얼마\S*|무엇\S*|몇\S*"
    r"|누구\S*|언제\S*|며칠\S*|무슨|\d*에서|에는|about|much|many|who|whose"
)
_ASKED = (
    (re.compile("얼마|how much", re.IGNORECASE), re.compile("단가|금액|가격|비용|요금|fee|price|cost|amount", re.IGNORECASE)),
    (re.compile("며칠|몇 ?일|how long", re.IGNORECASE), re.compile("일수|기간|납기|period|length|interval", re.IGNORECASE)),
    (re.compile(r"누구|누가|\bwho\b", re.IGNORECASE), re.compile("이름|담당|성명|owner|name|trainer", re.IGNORECASE)),
    (re.compile(r"언제|\bwhen\b", re.IGNORECASE), re.compile("일$|일자|날짜|기한|date|due|done|month", re.IGNORECASE)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """`rows` of one table of `hit`, whose unit has `text`; `asked`: the columns that the question wants.

    `sure`: one row has all the question's words that are in no column's name, and a column is asked for.
    """

    hit: Hit
    text: str
    rows: tuple[Row, ...]
    asked: tuple[str, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: Hit
    text: str
    table: Table
    row: Row
    held: Mapping[str, float]  # of the question's words those that its cells have, with the share of their weight
    around: Mapping[str, float]  # and those that its document, section, caption or columns have


def unit_text(units: Callable[[int], Sequence[Unit]]) -> TextOf:
    """`units`: all of a version. The text of a hit's unit, or the passage alone where it is gone."""

    def text_of(hit: Hit) -> str:
        same = (
            unit.text for unit in units(hit.version_id) if (unit.kind, unit.number) == (hit.unit.kind, hit.unit.number)
        )
        return next(same, hit.text)

    return text_of


def find_row(question: str, hits: Sequence[Hit], text_of: TextOf) -> Found | None:
    """The best row of the first hits' tables, others of that table that are as good, or a whole table that is asked for."""
    words = _words(question)
    candidates = list(_candidates(question, words, hits[:_HITS], text_of))
    if not candidates:
        return None
    scores = _scores(question, candidates)
    best = max(range(len(candidates)), key=scores.__getitem__)
    chosen = candidates[best]
    mates = [place for place, each in enumerate(candidates) if each.table is chosen.table and each.hit is chosen.hit]
    if not chosen.held:
        asked_whole = _is_named(question, chosen.table) or (words and set(words) <= set(chosen.around))
        return _whole(chosen, [candidates[place].row for place in mates]) if asked_whole else None
    equal = [place for place in mates if math.isclose(scores[place], scores[best])]
    asked = _asked(question, chosen)
    told = {word for word in words if word in chosen.held or word in chosen.around}
    return Found(
        chosen.hit,
        chosen.text,
        tuple(candidates[place].row for place in equal[:_MOST_ROWS]),
        asked,
        sure=len(equal) == 1 and bool(asked) and all(word in told or _TABLE_WORD.fullmatch(word) for word in words),
    )


def tell_rows(log: TurnLog, found: Found, clean: Callable[[str], str]) -> Ending:
    """The column that was asked for, then the row; `clean` are the rules of what is shown. Raises TurnOver as the log does."""
    marker = found.hit.rank
    log.text(clean("\n".join(f"{line} [{marker}]" for line in _told(found))))
    log.append("citation", asdict(_citation(found)))
    return "stop", None


def _told(found: Found) -> Iterator[str]:
    if len(found.rows) == 1:
        cells = [(name, cell) for name, cell in found.rows[0].cells if name in found.asked]
        if cells and len(cells) < len(found.rows[0].cells):
            yield blunt(" | ".join(f"{name}: {cell}" for name, cell in cells))
    yield from (blunt(row.text) for row in found.rows)


def _citation(found: Found) -> Citation:
    """Of all rows where they stand near each other, else of the first."""
    start, end = found.rows[0].start, found.rows[-1].end
    if end - start > _LONGEST_QUOTE:
        end = found.rows[0].end
    unit_text = None if found.text is found.hit.text else found.text
    return cite(found.hit.rank, found.hit, (start, end), unit_text)


def _words(question: str) -> list[str]:
    words = (stem(_COUNTER.sub("", word)) for word in telling_words(_NUMBERED.sub(" ", question)))
    return list(dict.fromkeys(word for word in words if not _NO_WORDS.fullmatch(word)))


def _candidates(question: str, words: Sequence[str], hits: Sequence[Hit], text_of: TextOf) -> Iterator[_Candidate]:
    wanted = amounts(question)
    known: set[tuple[int, str, int]] = set()
    for hit in hits:
        place = (hit.version_id, hit.unit.kind, hit.unit.number)
        if place in known:
            continue
        known.add(place)
        text = text_of(hit)
        for table in tables(text):
            around = _shares(words, f"{hit.document} {hit.unit.label} {table.caption} {' '.join(table.names)}")
            for row in table.rows:
                yield _Candidate(hit, text, table, row, _held(words, wanted, row), around)


def _held(words: Sequence[str], wanted: Sequence[Amount], row: Row) -> dict[str, float]:
    """A range that holds an amount of the question counts for the amount's word; one that does not, takes the word away."""
    cells = [cell for _, cell in row.cells]
    shares = _shares(words, " ".join(cells))
    for amount in wanted:
        ranges = [cell for cell in cells if is_range(cell, amount.unit)]
        if ranges:
            word = stem(amount.word)
            shares.pop(word, None)
            if word in words and any(within(cell, amount) for cell in ranges):
                shares[word] = 1.0
    return shares


def _shares(words: Sequence[str], text: str) -> dict[str, float]:
    """Of each word that the text has: 1 as a word of its own, less as a part of one."""
    own = {part for word in fold(text) for part in (word, stem(word))}
    whole = "".join(fold(text))
    found: dict[str, float] = {}
    for word in words:
        if word in own or (word.isascii() and len(word) > 3 and (word.removesuffix("s") in own or f"{word}s" in own)):
            found[word] = 1.0
        elif len(word) > 1 and not word.isdigit() and word in whole:
            found[word] = _PART
    return found


def _scores(question: str, candidates: Sequence[_Candidate]) -> list[float]:
    having: dict[str, int] = {}
    for each in candidates:
        for word in each.held:
            having[word] = having.get(word, 0) + 1
    rarity = {word: math.log1p(len(candidates) / count) for word, count in having.items()}
    ranks = sorted({each.hit.rank for each in candidates})
    scores = []
    for each in candidates:
        own = sum(rarity[word] * share for word, share in each.held.items())
        beside = sum(share for word, share in each.around.items() if word not in each.held)
        named = _is_named(question, each.table)
        scores.append((own + beside + _NAMED_TABLE * named) * (1 - _BELOW * ranks.index(each.hit.rank)))
    return scores


def _is_named(question: str, table: Table) -> bool:
    """Whether the question gives the number that the caption has."""
    number = _NUMBERED.search(question)
    return number is not None and any(found[1] == number[1] for found in _NUMBERED.finditer(table.caption))


def _asked(question: str, chosen: _Candidate) -> tuple[str, ...]:
    """Of the columns that chose no row, those that the last word to name one names; else those that the asking word wants."""
    words = [word for word in _words(question) if word not in chosen.held]
    keys = {name for name, cell in chosen.row.cells if name and _chose(cell, chosen)}
    open_names = [name for name in chosen.table.names if name not in keys]
    for word in reversed(words):
        if named := [name for name in open_names if _shares([word], name)]:
            return tuple(named)
    wanted = [names for asking, names in _ASKED if asking.search(question)]
    return tuple(name for name in open_names if any(names.search(name.split("(")[0]) for names in wanted))


def _chose(cell: str, chosen: _Candidate) -> bool:
    """Whether a word of the question stands in this cell, or an amount of it within."""
    return bool(_shares(list(chosen.held), cell)) or is_range(cell, "")


def _whole(chosen: _Candidate, rows: Sequence[Row]) -> Found:
    return Found(chosen.hit, chosen.text, tuple(rows[:_MOST_OF_TABLE]), (), sure=False)
