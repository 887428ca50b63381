"""XLSX -> sheets row by row: what each cell shows, merged cells, memos and text boxes.

Reads the parts itself, as a number without its format is not what people see, and as two far cells must not cost a field of
empty ones between them. Knows no header and no unit.
"""

from __future__ import annotations

import math
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from lxml import etree

from ai_chat.loaders.about import metadata
from ai_chat.loaders.guard import member_pieces, parse_xml, read_member
from ai_chat.loaders.number_format import BUILT_IN, Formatter, formatter, plain
from ai_chat.loaders.sheet_rows import LONGEST_REPEATED, NumberedRow, Sheet, column_number
from ai_chat.loaders.xmlstream import elements, local_name
from ai_chat.types import Metadata

_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_WORKBOOK = "xl/workbook.xml"
_ID = "{*}id"
_LEFT_OUT = frozenset(("rPh", "phoneticPr"))


class _Part(NamedTuple):
    """A part that another one refers to."""

    kind: str
    path: str


class Xlsx:
    """A workbook in an open container. `unknown` counts formulas whose results were not saved."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._members = frozenset(archive.namelist())
        package = self._related("").values()
        workbook = next((part.path for part in package if part.kind == "officeDocument"), _WORKBOOK)
        self._root = self._xml(workbook)
        self._parts = self._related(workbook)
        properties = next((one for one in self._root.iter("{*}workbookPr")), None)
        self._epoch_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        self._strings = self._shared_strings()
        self._formats = self._cell_formats()
        self.unknown = 0

    def sheets(self) -> Iterator[Sheet]:
        for element in self._root.iter("{*}sheet"):
            key = next((value for name, value in element.items() if name.endswith("}id")), "")
            part = self._parts.get(key)
            if part and part.kind in ("worksheet", "chartsheet"):
                hidden = element.get("state", "visible") != "visible"
                rows = self._rows(part.path) if part.kind == "worksheet" else ()
                yield Sheet(element.get("name", ""), hidden, rows, partial(self._notes, part.path))

    def about(self) -> Metadata:
        if "docProps/core.xml" not in self._members:
            return Metadata()
        told = {local_name(element): element.text or "" for element in self._xml("docProps/core.xml")}
        return metadata(told.get("title", ""), told.get("creator", ""), told.get("created", ""))

    def _rows(self, path: str) -> Iterator[NumberedRow]:
        merges = self._merges(path)
        below: dict[int, tuple[int, str]] = {}  # by column: up to which row a merged cell is said again
        number = 0
        for row in elements(self._archive, path, self._name, ("row",)):
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

    def _shared_strings(self) -> Sequence[str]:
        path = next((part.path for part in self._parts.values() if part.kind == "sharedStrings"), "")
        if path not in self._members:
            return ()
        return [_fold(_rich_text(item)) for item in elements(self._archive, path, self._name, ("si",))]

    def _cell_formats(self) -> Sequence[Formatter]:
        path = next((part.path for part in self._parts.values() if part.kind == "styles"), "")
        if path not in self._members:
            return ()
        root = self._xml(path)
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
        for piece in member_pieces(self._archive, path, self._name):
            for left, top, _right, bottom in _MERGE.findall(before + piece):
                if top != bottom:
                    found[int(top), column_number(left.decode())] = int(bottom)
            before = piece[-200:]
        return found

    def _notes(self, path: str) -> list[str]:
        """Memos and the text of boxes, which stand in parts of their own."""
        lines: list[str] = []
        for part in self._related(path).values():
            if part.kind == "comments" and part.path in self._members:
                lines += _memos(self._xml(part.path))
            elif part.kind == "drawing" and part.path in self._members:
                lines += _paragraphs(self._xml(part.path))
                charts = [chart.path for chart in self._related(part.path).values() if chart.kind == "chart"]
                for chart in charts:
                    lines += _paragraphs(self._xml(chart)) if chart in self._members else ()
        return lines

    def _related(self, path: str) -> dict[str, _Part]:
        folder, file = posixpath.split(path)
        relations = posixpath.join(folder, "_rels", f"{file}.rels")
        if relations not in self._members:
            return {}
        found: dict[str, _Part] = {}
        for one in self._xml(relations):
            target = posixpath.normpath(posixpath.join("/" + folder, one.get("Target", ""))).lstrip("/")
            found[one.get("Id", "")] = _Part(one.get("Type", "").rpartition("/")[2], target)
        return found

    def _xml(self, path: str) -> etree._Element:
        return parse_xml(read_member(self._archive, path, self._name), self._name)


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
        said = text.removeprefix(f"{author}:").strip()  # which is how the memo itself begins
        yield f"[memo] {memo.get('ref', '')} {author}: {said}" if author else f"[memo] {memo.get('ref', '')}: {said}"


def _paragraphs(root: etree._Element) -> Iterator[str]:
    for paragraph in root.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}p"):
        if text := _fold("".join(part.text or "" for part in paragraph.iter("{*}t"))):
            yield text


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _fold(text: str) -> str:
    return " ".join(text.split())
