"""XLSX -> sheets row by row: what each cell shows, merged cells, memos and text boxes.

Reads the parts itself, as a number without its format is not what people see, and as two far cells must not cost a field of
empty ones between them. Knows no header and no unit.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from lxml import etree

from ai_chat.loaders.detect import Source
from ai_chat.loaders.guard import parse_xml
from ai_chat.loaders.ooxml.embedded import embedded, pictures
from ai_chat.loaders.ooxml.package import Package, reference
from ai_chat.loaders.sheets.number_format import BUILT_IN, Formatter, formatter, plain
from ai_chat.loaders.sheets.rows import LONGEST_REPEATED, NumberedRow, Sheet, column_number
from ai_chat.loaders.xmlstream import elements, local_name
from ai_chat.types import Attachment, Metadata, Problem

_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_WORKBOOK = "xl/workbook.xml"
_LEFT_OUT = frozenset(("rPh", "phoneticPr"))


class Xlsx:
    """A workbook in an open container. `unknown` counts formulas whose results were not saved."""

    def __init__(self, archive: zipfile.ZipFile, source: Source) -> None:
        self._source = source
        self._package = Package(archive, source.name)
        self._workbook = next(iter(self._package.related("", "officeDocument")), _WORKBOOK)
        self._root = parse_xml(self._package.read(self._workbook), source.name)
        properties = next(self._root.iter("{*}workbookPr"), None)
        self._epoch_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._strings = self._shared_strings()
        self._formats = self._cell_formats()
        self._parts: list[str] = []
        self.unknown = 0

    def sheets(self) -> Iterator[Sheet]:
        relations = self._package.relations(self._workbook)
        for element in self._root.iter("{*}sheet"):
            part = relations.get(reference(element) or "")
            if part and part.kind in ("worksheet", "chartsheet"):
                self._parts.append(part.target)
                hidden = element.get("state", "visible") != "visible"
                rows = self._rows(part.target) if part.kind == "worksheet" else ()
                yield Sheet(element.get("name", ""), hidden, rows, partial(self._notes, part.target))

    def rest(self, empty: bool) -> Iterator[Metadata | Attachment | Problem]:
        """Where there are no cells, the pictures may be scans."""
        yield self._package.about()
        yield from embedded(self._package, self._parts, self._source)
        if empty:
            drawings = [each for part in self._parts for each in self._package.related(part, "drawing")]
            yield from pictures(self._package, drawings, self._source)

    def _rows(self, path: str) -> Iterator[NumberedRow]:
        merges = self._merges(path)
        below: dict[int, tuple[int, str]] = {}  # by column: up to which row a merged cell is said again
        number = 0
        for row in self._elements(path, "row"):
            number = _number(row.get("r"), number + 1)
            cells = self._cells(row)
            if not cells:
                continue
            for column, (last, text) in below.items():
                if number <= last:
                    cells.setdefault(column, text)
            for column, text in cells.items():
                if (last := merges.get((number, column), 0)) and len(text) <= LONGEST_REPEATED:
                    below[column] = (last, text)
            yield number, cells

    def _cells(self, row: etree._Element) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = -1
        for cell in row:
            reference = cell.get("r")
            column = column_number(reference) if reference else column + 1
            if text := self._text(cell):
                cells[column] = text
        return cells

    def _text(self, cell: etree._Element) -> str:
        value, formula, inline = "", False, None
        for child in cell:
            tag = local_name(child)
            if tag == "v":
                value = child.text or ""
            elif tag == "f":
                formula = True
            elif tag == "is":
                inline = child
        if inline is not None:
            return _fold(_rich_text(inline))
        if not value:
            self.unknown += formula
            return ""
        return self._shown(value, cell.get("t", "n"), cell.get("s", "0"))

    def _shown(self, value: str, kind: str, style: str) -> str:
        if kind == "s":
            index = _number(value, -1)
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind == "e":
            return ""
        if kind != "n":
            return _fold(value.replace("T00:00:00", "") if kind == "d" else value)
        try:
            number = float(value)
        except ValueError:
            return _fold(value)
        index = _number(style, 0)
        show = self._formats[index] if index < len(self._formats) else plain
        return show(number) if math.isfinite(number) else value

    def _elements(self, part: str, tag: str) -> Iterator[etree._Element]:
        return elements(self._package.pieces(part), self._source.name, part, (tag,))

    def _shared_strings(self) -> Sequence[str]:
        parts = self._package.related(self._workbook, "sharedStrings")
        return [_fold(_rich_text(item)) for part in parts for item in self._elements(part, "si")]

    def _cell_formats(self) -> Sequence[Formatter]:
        root = self._package.tree(next(iter(self._package.related(self._workbook, "styles")), ""))
        if root is None:
            return ()
        codes = dict(BUILT_IN)
        codes.update((_number(one.get("numFmtId"), 0), one.get("formatCode", "")) for one in root.iter("{*}numFmt"))
        formats: dict[int, Formatter] = {}
        found: list[Formatter] = []
        for styles in root.iterchildren("{*}cellXfs"):
            for style in styles:
                key = _number(style.get("numFmtId"), 0)
                if key not in formats:
                    formats[key] = formatter(codes.get(key, ""), self._epoch_1904)
                found.append(formats[key])
        return found

    def _merges(self, path: str) -> Mapping[tuple[int, int], int]:
        """The last row of each cell over several rows. They stand behind the rows, so the part is unpacked once more."""
        found: dict[tuple[int, int], int] = {}
        before = b""
        for piece in self._package.pieces(path):
            for left, top, _right, bottom in _MERGE.findall(before + piece):
                if top != bottom:
                    found[int(top), column_number(left.decode())] = int(bottom)
            before = piece[-200:]
        return found

    def _notes(self, path: str) -> list[str]:
        """Memos and the text of boxes, which stand in parts of their own."""
        lines = [line for root in self._related(path, "threadedComment") for line in _talks(root, self._people())]
        if not lines:  # in which case the older parts only say that there are such
            lines = [line for root in self._related(path, "comments") for line in _memos(root)]
        for drawing in self._package.related(path, "drawing"):
            for root in (*self._trees((drawing,)), *self._related(drawing, "chart")):
                lines += _paragraphs(root)
        return lines

    def _people(self) -> dict[str, str]:
        found = (person for root in self._related(self._workbook, "person") for person in root.iter("{*}person"))
        return {person.get("id", ""): person.get("displayName", "") for person in found}

    def _related(self, part: str, kind: str) -> Iterator[etree._Element]:
        return self._trees(self._package.related(part, kind))

    def _trees(self, parts: Iterable[str]) -> Iterator[etree._Element]:
        return (tree for part in parts if (tree := self._package.tree(part)) is not None)


def _rich_text(element: etree._Element) -> str:
    """All runs, without how they are to be pronounced."""
    if len(element) == 1 and not len(element[0]):  # plain text, as nearly all are
        return element[0].text or ""
    runs = (run for run in element if local_name(run) not in _LEFT_OUT)
    return "".join(text.text or "" for run in runs for text in run.iter("{*}t"))


def _memos(root: etree._Element) -> Iterator[str]:
    authors = [_fold(author.text or "") for author in root.iter("{*}author")]
    for memo in root.iter("{*}comment"):
        text = _fold("".join(part.text or "" for part in memo.iter("{*}t")))
        index = _number(memo.get("authorId"), -1)
        author = authors[index] if 0 <= index < len(authors) else ""
        yield _memo(memo.get("ref", ""), author, text.removeprefix(f"{author}:"))  # which is how it begins itself


def _talks(root: etree._Element, people: Mapping[str, str]) -> Iterator[str]:
    for each in root.iter("{*}threadedComment"):
        text = " ".join(part.text or "" for part in each.iterchildren("{*}text"))
        yield _memo(each.get("ref", ""), people.get(each.get("personId", ""), ""), text)


def _memo(cell: str, author: str, text: str) -> str:
    return f"[memo] {' '.join(filter(None, (cell, author)))}: {_fold(text)}"


def _paragraphs(root: etree._Element) -> Iterator[str]:
    for paragraph in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}p"):
        if text := _fold("".join(part.text or "" for part in paragraph.iter("{*}t"))):
            yield text


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _fold(text: str) -> str:
    return " ".join(text.split())
