"""The rows of a sheet -> units of about 3,000 characters, labelled "Sheet1!A2:F41", every row readable on its own.

Takes rows as mappings from column to text, in order and without those that are empty. Headers are looked for at the start and after
each gap, so that several tables on a sheet each have their own. Knows no file format.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from ai_chat.loaders.grid import find_header, form_line, is_value, pair_lines, unsaid
from ai_chat.loaders.normalise import normalise
from ai_chat.types import Unit

LONGEST_REPEATED = 100  # characters of a cell over several rows that are said again in each

NumberedRow = tuple[int, Mapping[int, str]]  # from 1; by columns from 0

_UNIT_CHARACTERS = 3_000
_LOOK = 30
_COVERED = 8
_ENOUGH = 3  # rows of a block that tell what it is without those behind the next gap


def _no_notes() -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Sheet:
    """`notes`: memos and texts that stand beside the cells, asked for when the rows have been read."""

    name: str
    hidden: bool
    rows: Iterable[NumberedRow]
    notes: Callable[[], list[str]] = _no_notes


@dataclass(frozen=True, slots=True)
class _Table:
    """The names of columns, by column, and which columns were seen to hold values."""

    names: Mapping[int, str] = field(default_factory=dict)
    valued: frozenset[int] = frozenset()

    def goes_on_with(self, row: Mapping[int, str]) -> bool:
        """Whether a row after a gap can be one more of this table."""
        if not row.keys() <= self.names.keys():
            return False
        if self.valued:
            return any(column in self.valued and is_value(cell) for column, cell in row.items())
        return len(row) >= 0.6 * len(self.names)

    def lines(self, row: Mapping[int, str]) -> list[str]:
        columns = sorted(row)
        if not self.names or (len(row) == 1 and len(self.names) > 2 and columns[0] == min(self.names)):
            return [" | ".join(row[column] for column in columns)]
        return pair_lines([(self.names.get(column, ""), row[column]) for column in columns])


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines, and the row and columns that they stand for. `apart`: a blank line goes before."""

    row: int
    first: int
    last: int
    lines: list[str]
    apart: bool


def sheet_units(sheet: Sheet, first: int) -> Iterator[Unit]:
    """Numbered from `first`."""
    number = first
    for group in _groups(_pieces(_Rows(sheet.rows))):
        lines = [line for piece in group for line in (*[""] * piece.apart, *piece.lines)]
        yield _unit(number, _label(sheet.name, group), lines)
        number += 1
    if notes := sheet.notes():
        yield _unit(number, sheet.name, notes)


def column_number(reference: str) -> int:
    """Of "C7" or "C", from 0; letters after the third are no column."""
    number = 0
    for letter in reference[:3]:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _Rows:
    """Rows that can be looked at before they are taken."""

    def __init__(self, rows: Iterable[NumberedRow]) -> None:
        self._rest = iter(rows)
        self._ahead: deque[NumberedRow] = deque()

    def look(self, count: int) -> list[NumberedRow]:
        self._ahead.extend(islice(self._rest, max(0, count - len(self._ahead))))
        return list(islice(self._ahead, count))

    def take(self) -> NumberedRow:
        self.look(1)
        return self._ahead.popleft()


def _pieces(rows: _Rows) -> Iterator[_Piece]:
    """Block by block: rows without an empty one between them."""
    table = _Table()
    last = -1
    covered = 0  # rows that a look in vain has seen, too
    while ahead := rows.look(_LOOK):
        if covered > 0 and len(_without_gap(ahead)) < _ENOUGH:
            heads: list[list[str]] = []
        else:
            heads, table = _heads(ahead, table)
            covered = 0 if heads or table.names else _COVERED
        covered -= 1
        apart = bool(heads) or ahead[0][0] > last + 2
        for lines in heads:
            number, row = rows.take()
            yield _piece(number, row, lines, apart)
            apart = False
        last = ahead[len(heads) - 1][0] if heads else ahead[0][0] - 1
        while (following := rows.look(1)) and following[0][0] == last + 1:
            last, row = rows.take()
            yield _piece(last, row, table.lines(row), apart)
            apart = False


def _heads(ahead: list[NumberedRow], table: _Table) -> tuple[list[list[str]], _Table]:
    """What to write for each of the rows that stand above the data of a block, and the table that this is."""
    block = _without_gap(ahead)
    if (table.valued or len(block) < _ENOUGH) and table.goes_on_with(ahead[0][1]):
        return [], table
    look = block if len(block) >= _ENOUGH else ahead
    columns = sorted({column for _number, row in look for column in row})
    grid = [[row.get(column, "") for column in columns] for _number, row in look]
    found = find_header(grid)
    if found is None:
        return [], table if table.goes_on_with(ahead[0][1]) else _Table()
    names = {column: name for column, name in zip(columns, found.names, strict=True) if name}
    if table.goes_on_with(ahead[found.start][1]) and names.keys() == table.names.keys() and not table.valued:
        return [], table  # words below names: a header looks like any other row
    titles = [[form_line(list(filter(None, row)))] for row in grid[: found.start]]
    said = [unsaid(found.names, grid[found.end :])] + [[] for _ in range(found.start + 1, found.end)]
    return titles + said, _Table(names, _valued(look[found.end :]))


def _valued(rows: Iterable[NumberedRow]) -> frozenset[int]:
    return frozenset(column for _number, row in rows for column, cell in row.items() if is_value(cell))


def _without_gap(rows: list[NumberedRow]) -> list[NumberedRow]:
    count = next((at for at in range(1, len(rows)) if rows[at][0] > rows[at - 1][0] + 1), len(rows))
    return rows[:count]


def _piece(number: int, row: Mapping[int, str], lines: list[str], apart: bool) -> _Piece:
    return _Piece(number, min(row), max(row), lines, apart)


def _groups(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """As many as make a unit."""
    group: list[_Piece] = []
    size = 0
    for piece in pieces:
        if size > _UNIT_CHARACTERS and piece.lines:
            yield group
            group, size = [], 0
        group.append(piece)
        size += sum(map(len, piece.lines))
    if size:
        yield group


def _label(name: str, group: list[_Piece]) -> str:
    first, last = min(piece.first for piece in group), max(piece.last for piece in group)
    return f"{name}!{column_letters(first)}{group[0].row}:{column_letters(last)}{group[-1].row}"


def _unit(number: int, label: str, lines: Iterable[str]) -> Unit:
    text, offsets = normalise("\n".join(lines).strip("\n"))
    return Unit("sheet", number, label, text, offsets)
