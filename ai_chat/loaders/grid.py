"""A table of cells -> lines that can be read, found and cited one by one: each row says the names of its columns.

Takes rows of cells in order, gives lines. Where the first rows read as a header, a row becomes "name: cell | name: cell"; a long
row becomes several lines that each begin with its first cells; a table without a header, such as a form, becomes "cell | cell".
Knows no format: cells are text, and where some are merged, `spread` makes rows of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

Row = Sequence[str]

_LONGEST_LINE = 250  # characters; what is shown of a hit is at most 300
_LONGEST_KEY = 80
_KEY_CELLS = 3
_MOST_COLUMNS = 1000
_TITLES = 8  # rows that may stand above a header
_HEADER_ROWS = 3
_LONGEST_NAME = 60
_LOOK = 30  # rows that tell what a column holds
_UNITS = "원|천원|만원|억원|개|명|건|점|회|일|시간|분|년|월|세|호|대|장|권|박스|kg|g|km|m|cm|mm|GB|MB"
_NUMBER = re.compile(rf"[-+₩￦$€△▲(]{{0,3}}[\d.,:/%\s-]*\d[\d.,:/%\s-]*\)?(?:%|{_UNITS})?")
_PERIOD = re.compile(
    r"(?:(?:19|20)\d\d년?|\d{1,2}(?:월|분기|주|차|회차)|[1-4]Q|Q[1-4])(?: ?(?:\d{1,2}월|[1-4]분기|[상하]반기))?"
)
_FORM = (
    "성명 이름 사번 부서 부서명 소속 직급 직위 직책 연락처 전화 전화번호 휴대폰 팩스 이메일 주소 생년월일 주민등록번호 입사일 성별 나이 "
    "제목 일시 일자 날짜 장소 목적 기간 사유 내용 용도 행선지 작성일 작성자 신청일 신청인 "
    "담당자 참석자 대표자 상호 사업자등록번호 계좌번호 예금주 Name Date Title Address Phone Email Department Position"
)
_FIELDS = frozenset(_FORM.split())  # stand in a row where they head a table, below each other in a form
_NOTHING = frozenset(("", "-", "–", "—", "―", "~", "○", "×", "x", "X", "O", "N/A", "없음", "해당없음", "해당 없음"))


class Cell(NamedTuple):
    """Where a cell begins, counted from 0, and how many rows and columns it covers."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, made of rows[start:end]; the rows before `start` are titles."""

    names: tuple[str, ...]
    start: int
    end: int


def spread(cells: Iterable[Cell]) -> list[list[str]]:
    """Rows of equal length, the last one that in which the last cell begins. A cell over several rows is said in each, over several
    columns in the first: as `table_lines` wants it."""
    kept = list(cells)
    filled: dict[tuple[int, int], str] = {}
    height = max((cell.row + 1 for cell in kept), default=0)
    width = min(max((cell.column + max(1, cell.columns) for cell in kept), default=0), _MOST_COLUMNS)
    for cell in kept:
        below = range(cell.row, min(cell.row + max(1, cell.rows), height))
        filled.update(((row, cell.column), cell.text) for row in below)
    return [[filled.get((row, column), "") for column in range(width)] for row in range(height)]


def table_lines(rows: Sequence[Row], header: bool | None = None) -> Iterator[str]:
    """`header`: whether the first row that is not empty is one; None looks at the rows. Empty rows are left out."""
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    folded = [[fold(cell) for cell in row] for row in filled]
    found = find_header(folded) if header is None else _first_row(folded) if header else None
    if found is None:
        yield from _lines_of_form(filled)
        return
    yield from _lines_of_form(filled[: found.start])
    yield from named_lines(found.names, folded[found.end :])


def named_lines(names: Row, rows: Sequence[Row]) -> Iterator[str]:
    """Rows under a header, each readable on its own; the header itself where a column has nothing in it."""
    yield from unsaid(names, rows)
    for row in rows:
        yield from row_lines(row, names)


def unsaid(names: Row, rows: Sequence[Row]) -> list[str]:
    """The header as a line, if some name in it would not be said with any of these rows."""
    said = all(any(column < len(row) and row[column] for row in rows) for column, name in enumerate(names) if name)
    return [] if said else [" | ".join(filter(None, names))]


def row_lines(row: Row, names: Row) -> list[str]:
    named = [*names, *[""] * (len(row) - len(names))]
    pairs = [(name, cell) for name, cell in zip(named, row, strict=False) if cell]
    if len(pairs) == 1 and row[0] and len(names) > 2:  # the title of the rows below it
        return [row[0]]
    return pair_lines(pairs)


def pair_lines(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """The names and cells of one row as a line; a long row as several, each of which begins with what the row is about."""
    parts = [f"{name}: {cell}" if name and name != cell else cell for name, cell in pairs]
    line = " | ".join(parts)
    if len(line) <= _LONGEST_LINE:
        return [line]
    key = _key(pairs, parts)
    lines: list[list[str]] = [[]]
    size = 0
    for part in parts[len(key) :]:
        if lines[-1] and size + len(part) > _LONGEST_LINE:
            lines.append([])
            size = 0
        size = (size or len(" | ".join(key))) + len(part) + 3
        lines[-1].append(part)
    return [" | ".join([*key, *each]) for each in lines]


def _key(pairs: Sequence[tuple[str, str]], parts: Sequence[str]) -> Sequence[str]:
    """What names the row: its first cells up to one that is no number."""
    count = next((place for place, (_name, cell) in enumerate(pairs[:_KEY_CELLS], 1) if not is_value(cell)), 1)
    return parts[:count] if len(" | ".join(parts[:count])) <= _LONGEST_KEY else ()


def find_header(rows: Sequence[Row]) -> Header | None:
    """Of rows that are not empty: the first one that is as full as those below it and names what they hold.

    Numbers below names tell it; where there are none, three columns and two rows that are no form do.
    """
    fullest = 0
    for start, row in enumerate(rows[: _TITLES + 1]):
        below = rows[start + 1 : start + 1 + _LOOK]
        count = _count(row)
        if not below:
            return None
        usual = median(_count(each) for each in below)
        if count > max(1, fullest) and count >= 0.6 * usual and _reads_as_header(row):
            end = _last_of_header(rows, start)
            return _header(rows, start, end) if _is_told_by(rows[end - 1], rows[end : end + _LOOK]) else None
        fullest = max(fullest, count)
    return None


def is_header(row: Row) -> bool:
    """Whether a first row can be one by itself, as in a file that is nothing but a table."""
    return len(row) > 1 and all(row) and not any(is_value(cell) for cell in row)


def is_value(cell: str) -> bool:
    """A number, an amount, a date, a telephone number."""
    return _NUMBER.fullmatch(cell) is not None


def form_line(cells: Row) -> str:
    """A row without a header."""
    return " | ".join(fold(cell) for cell in cells)


def fold(cell: str) -> str:
    return " ".join(cell.split())


def _lines_of_form(rows: Iterable[Row]) -> Iterator[str]:
    """A text that has a row to itself keeps its lines."""
    for row in rows:
        cells = [cell for cell in row if cell.strip()]
        if len(cells) == 1:
            yield from (folded for line in cells[0].splitlines() if (folded := fold(line)))
        else:
            yield form_line(cells)


def _first_row(rows: Sequence[Row]) -> Header | None:
    return _header(rows, 0, _last_of_header(rows, 0)) if len(rows) > 1 else None


def _header(rows: Sequence[Row], start: int, end: int) -> Header:
    """The names of several rows are joined; one that stands above several columns goes with each."""
    upper = [_filled_on(row) for row in rows[start : end - 1]]
    width = max(map(len, rows[start:end]))
    parts = [[*row, *[""] * (width - len(row))] for row in (*upper, rows[end - 1])]
    return Header(tuple(" ".join(dict.fromkeys(filter(None, names))) for names in zip(*parts, strict=True)), start, end)


def _filled_on(row: Row) -> list[str]:
    last, filled = "", []
    for cell in row:
        last = cell or last
        filled.append(last)
    return filled


def _last_of_header(rows: Sequence[Row], start: int) -> int:
    end = start + 1
    while end < len(rows) - 1 and end - start < _HEADER_ROWS and _goes_under(rows[end - 1], rows[end]):
        end += 1
    return end


def _goes_under(upper: Row, lower: Row) -> bool:
    """Whether a row divides the columns of the one above: under each name that stands alone it has none, or the same."""
    divided = False
    for column, name in enumerate(upper):
        below = lower[column] if column < len(lower) else ""
        follows = column + 1 < len(upper) and not upper[column + 1]
        divided = divided or (not name and bool(below))
        if name and not follows and below not in ("", name):
            return False
    return divided and _reads_as_header(lower)


def _reads_as_header(row: Row) -> bool:
    cells = [cell for cell in row if cell]
    names = [cell for cell in cells if not is_value(cell) and not cell.endswith((":", "："))]
    periods = sum(1 for cell in cells if is_value(cell) and _PERIOD.fullmatch(cell))
    return (
        (bool(names) or (periods > 1 and not row[0]))
        and len(names) + periods == len(cells)
        and max(map(len, cells)) <= _LONGEST_NAME
    )


def _is_told_by(header: Row, below: Sequence[Row]) -> bool:
    below = [row for row in below if _count(row) > 1]
    if not below or 2 * sum(cell in _FIELDS for row in below for cell in row) >= len(below):
        return False
    named = [kinds for column, name in enumerate(header) if name and (kinds := _kinds(below, column))]
    if any(sum(kinds) >= 0.6 * len(kinds) for kinds in named):
        return True
    if any(name and list(row[column : column + 1]) == [name] for row in below for column, name in enumerate(header)):
        return False  # a word that stands below itself is one of many
    mixed = sum(1 for kinds in named if 0.25 <= sum(kinds) / len(kinds) <= 0.75)
    return len(named) > 2 and len(below) > 1 and 2 * mixed < len(named)


def _kinds(rows: Sequence[Row], column: int) -> list[bool]:
    """Of each cell of a column that says something, whether it is a value."""
    cells = (row[column] for row in rows if column < len(row))
    return [is_value(cell) for cell in cells if cell not in _NOTHING]


def _count(row: Row) -> int:
    return sum(1 for cell in row if cell)
