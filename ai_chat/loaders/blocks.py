"""What an office document is made of, whichever format holds it -> units: a section a heading, long tables by themselves.

Takes blocks in reading order: paragraphs, notes, tables, running heads. Gives units labelled by the path of headings, a blank line
between blocks; running heads come once, at the end. Headings are those of the outline and those that Korean offices number by hand:
"제2장", "제15조(휴가)", "Ⅲ.".
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal, NamedTuple

from ai_chat.loaders.grid import Cell, spread, table_lines
from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.outline import Outline
from ai_chat.loaders.text import stretches
from ai_chat.types import Unit

_LONGEST_HEADING = 100
_LONG_TABLE = 3000
_LONG_CELL, _LINES_OF_TEXT = 500, 4
_LONG_SECTION = 1 << 16
_APART = "\n\n"  # lines that follow each other may be one sentence, paragraphs never are
_BY_HAND = (
    (re.compile(r"제 ?\d+ ?편(?!\S)"), 11),
    (re.compile(r"제 ?\d+ ?장(?!\S)"), 12),
    (re.compile(r"제 ?\d+ ?절(?!\S)"), 13),
    (re.compile(r"제 ?\d+ ?관(?!\S)"), 14),
    (re.compile(r"부 *칙(?=\s|[<(〈]|$)"), 12),
    (re.compile(r"[Ⅰ-Ⅻ]+ ?[.．)]?(?=[ \t가-힣A-Z])"), 11),
)
_ARTICLE = re.compile(r"제 ?\d+ ?조(?:의 ?\d+)? ?[(（][^)）\n]{1,60}[)）]")
_ARTICLE_RANK = 15
_IN_CONTENTS = re.compile(r"(?:\t|\.{2,}|…|·{2,}|‥|-{3,}| {2,})\s*\d+$")


class Paragraph(NamedTuple):
    """`rank` of a heading, 1 the highest; 0 for a paragraph of the body."""

    text: str
    rank: int = 0


class Note(NamedTuple):
    """What stands apart from the text that it belongs to: a footnote, a memo."""

    text: str


class Table(NamedTuple):
    """`header`: the document says that its first row is one."""

    cells: tuple[Cell, ...]
    caption: str = ""
    header: bool | None = None


class Running(NamedTuple):
    """A header or footer of pages."""

    kind: Literal["header", "footer"]
    text: str


Block = Paragraph | Note | Table | Running


def table(cells: Iterable[tuple[Cell, list[Block]]], caption: list[Block], header: bool | None) -> Iterator[Block]:
    """The blocks of a table, given the place of each cell and the blocks in it.

    Tables are frames around text as well: one of a single cell, a row with pages of text in a cell. Text there stays text.
    What is more than text in a cell follows the table.
    """
    filled = sorted(((_with_text(place, _words(blocks)), blocks) for place, blocks in cells), key=_by_place)
    frames = {place.row for place, _blocks in filled if len(filled) == 1 or _is_frame(place.text)}
    if frames:
        yield from caption
        caption = []
    for is_frame, group in groupby(filled, lambda cell: cell[0].row in frames):
        rows = list(group)
        if is_frame:
            yield from (block for _place, blocks in rows for block in blocks)
        else:
            yield from _grid(rows, text_of(caption), header)
            header = None


def _with_text(place: Cell, text: str) -> Cell:
    return Cell(place.row, place.column, text, place.rows, place.columns)


def _by_place(cell: tuple[Cell, list[Block]]) -> tuple[int, int]:
    return cell[0][:2]


def _grid(cells: list[tuple[Cell, list[Block]]], caption: str, header: bool | None) -> Iterator[Block]:
    if any(place.text.strip() for place, _blocks in cells):
        yield Table(tuple(_drawn_together([place for place, _blocks in cells])), caption, header)
    for _place, blocks in cells:
        yield from (block for block in blocks if not isinstance(block, Paragraph))


def _drawn_together(cells: list[Cell]) -> Iterator[Cell]:
    """Rows and columns in which no cell begins are left out, so that a table is no larger than its cells make it."""
    rows, columns = sorted({cell.row for cell in cells}), sorted({cell.column for cell in cells})
    row_at = {row: at for at, row in enumerate(rows)}
    column_at = {column: at for at, column in enumerate(columns)}
    for cell in cells:
        row, column = row_at[cell.row], column_at[cell.column]
        below = 1 if cell.rows == 1 else bisect_left(rows, cell.row + cell.rows) - row
        beside = 1 if cell.columns == 1 else bisect_left(columns, cell.column + cell.columns) - column
        yield Cell(row, column, cell.text, below, beside)


def _is_frame(text: str) -> bool:
    return len(text) > _LONG_CELL and text.count("\n") >= _LINES_OF_TEXT


def text_of(blocks: Iterable[Block]) -> str:
    """Of all of them, apart from each other; tables as lines."""
    return _APART.join(text for block in blocks if (text := _text(block).strip()))


def _text(block: Block) -> str:
    return _table_text(spread(block.cells), block.header) if isinstance(block, Table) else block.text


def _table_text(rows: list[list[str]], header: bool | None) -> str:
    """A line that is no row of cells, such as a title, stands apart from what follows."""
    return "\n".join(line if " | " in line else f"{line}\n" for line in table_lines(rows, header)).strip()


def _words(blocks: Iterable[Block]) -> str:
    return "\n".join([block.text for block in blocks if isinstance(block, Paragraph)])


def note(mark: str, blocks: Iterable[Block]) -> Iterator[Block]:
    """What stands in a note, in one line behind its mark; a table in it follows."""
    inner = list(blocks)
    if text := " ".join(_words(inner).split()):
        yield Note(mark + text)
    yield from (block for block in inner if not isinstance(block, Paragraph))


def units(blocks: Iterable[Block]) -> Iterator[Unit]:
    number = 0
    for section in _Sections().of(blocks):
        for stretch in stretches(iter((section.text,))):
            if stretch.text.strip():
                number += 1
                yield Unit("section", number, normalise(section.label).text, *normalise(stretch.text))


class _Section(NamedTuple):
    label: str
    text: str


class _Sections:
    """Collects the blocks of one section until the next begins.

    Headings below each other without text between them are a list: they stay together, under the heading above them all.
    """

    def __init__(self) -> None:
        self._outline = Outline()
        self._texts: list[str] = []
        self._length = 0
        self._has_body = False
        self._rank = 0  # of the last heading
        self._list: tuple[int, str] | None = None  # how many texts of headings are one, and their label
        self._tables = 0
        self._running: dict[Running, None] = {}

    def of(self, blocks: Iterable[Block]) -> Iterator[_Section]:
        for block in blocks:
            match block:
                case Running():
                    self._running[block] = None
                case Table():
                    yield from self._table(block)
                case Note():
                    yield from self._body(block.text)
                case Paragraph():
                    yield from self._paragraph(block)
            if self._length > _LONG_SECTION:
                yield from self._flush()
        yield from self._flush()
        for kind in ("header", "footer"):
            yield _Section(kind, _APART.join(each.text for each in self._running if each.kind == kind))

    def _paragraph(self, paragraph: Paragraph) -> Iterator[_Section]:
        text = paragraph.text.strip()
        if not text:
            return
        rank, title = _heading(text, paragraph.rank)
        if rank:
            yield from self._enter(rank, title)
        if title == text:
            self._texts.append(text)
        else:
            yield from self._body(text)

    def _enter(self, rank: int, title: str) -> Iterator[_Section]:
        if self._has_body:
            yield from self._flush()
        self._outline.enter(rank, title)
        if self._texts and rank <= self._rank:
            above = self._outline.above
            self._list = len(self._texts), min(above, self._list[1], key=len) if self._list else above
        self._rank = rank

    def _table(self, found: Table) -> Iterator[_Section]:
        rows = spread(found.cells)
        if len(rows) == 1 and (title := _boxed_heading(rows[0])):
            yield from self._paragraph(Paragraph(title))
            return
        self._tables += 1
        lines = _table_text(rows, found.header)
        text = _APART.join(filter(None, (found.caption.strip(), lines)))
        if len(lines) <= _LONG_TABLE:
            yield from self._body(text)
            return
        yield from self._flush()
        label = " > ".join(filter(None, (self._outline.label, f"표 {self._tables}")))
        yield _Section(label, text)

    def _body(self, text: str) -> Iterator[_Section]:
        if self._list:
            yield from self._end_list(*self._list)
        self._texts.append(text)
        self._length += len(text)
        self._has_body = True

    def _end_list(self, count: int, label: str) -> Iterator[_Section]:
        yield _Section(label, _APART.join(self._texts[:count]))
        del self._texts[:count]
        self._list = None

    def _flush(self) -> Iterator[_Section]:
        if self._texts:
            label = self._list[1] if self._list else self._outline.label
            yield _Section(label, _APART.join(self._texts))
        self._texts, self._length, self._has_body, self._list = [], 0, False, None


def _heading(text: str, rank: int) -> tuple[int, str]:
    """The rank and title of a paragraph that is a heading or, as an article of a rule, begins with one; 0 for all others."""
    if rank:
        return (rank, text) if len(text) <= _LONGEST_HEADING else (0, "")
    if text[0] not in "제부ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ" or _IN_CONTENTS.search(text):
        return 0, ""
    if article := _ARTICLE.match(text):
        return _ARTICLE_RANK, article[0]
    if len(text) <= _LONGEST_HEADING // 2 and "\n" not in text:
        return next(((rank, text) for mark, rank in _BY_HAND if mark.match(text)), (0, ""))
    return 0, ""


def _boxed_heading(row: list[str]) -> str:
    """Reports put the number and the title of a chapter into boxes beside each other."""
    text = " ".join(" ".join(row).split())
    return text if text and _heading(text, 0)[0] else ""
