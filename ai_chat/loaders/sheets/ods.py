"""ODS -> sheets row by row: what each cell shows, merged cells, memos and text boxes.

One stream over the content: a sheet's rows are there until the next sheet is asked for. Knows no header and no unit.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from lxml import etree

from ai_chat.loaders.ooxml.package import Package
from ai_chat.loaders.opendocument.text import about, annotation_line, plain_text
from ai_chat.loaders.sheets.rows import LONGEST_REPEATED, NumberedRow, Sheet
from ai_chat.loaders.xmlstream import Event, events, local_name
from ai_chat.types import Metadata

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_MOST_ROWS = 1000  # that one row is said to be repeated, with something in it
_MOST_COLUMNS = 256


class Ods:
    """A spreadsheet in an open container."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        tags = ("style", "table", "table-row", "shapes")
        self._events = events(Package(archive, name).pieces("content.xml"), name, "content.xml", tags)
        self._hidden: set[str] = set()  # styles
        self._notes: list[str] = []
        self.unknown = 0

    def sheets(self) -> Iterator[Sheet]:
        for event, element in self._events:
            if event == "end" and element.tag == f"{_STYLE}style":
                self._style(element)
            elif event == "start" and element.tag == f"{_TABLE}table":
                self._notes = []
                hidden = element.get(f"{_TABLE}style-name") in self._hidden
                yield Sheet(element.get(f"{_TABLE}name", ""), hidden, self._rows(), lambda: self._notes)

    def rest(self, empty: bool) -> Iterator[Metadata]:
        yield about(self._archive, self._name)

    def _style(self, element: etree._Element) -> None:
        if any(child.get(f"{_TABLE}display") == "false" for child in element):
            self._hidden.add(element.get(f"{_STYLE}name", ""))

    def _rows(self) -> Iterator[NumberedRow]:
        number = 1
        below: dict[int, tuple[int, str]] = {}
        for event, element in self._events:
            if _ends(event, element, "table"):
                return
            if _ends(event, element, "shapes"):
                self._notes += _texts(element)
            if not _ends(event, element, "table-row"):
                continue
            cells = self._cells(element, number, below)
            repeated = _count(element, "number-rows-repeated")
            if cells:
                for column, (last, text) in below.items():
                    if number <= last:
                        cells.setdefault(column, text)
                yield from ((number + step, cells) for step in range(min(repeated, _MOST_ROWS)))
            number += repeated

    def _cells(self, row: etree._Element, number: int, below: dict[int, tuple[int, str]]) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = 0
        for cell in row:
            if local_name(cell) not in ("table-cell", "covered-table-cell"):
                continue
            repeated = _count(cell, "number-columns-repeated")
            if len(cell) and (text := self._text(cell)):
                cells.update(dict.fromkeys(range(column, column + min(repeated, _MOST_COLUMNS)), text))
                if (rows := _count(cell, "number-rows-spanned")) > 1 and len(text) <= LONGEST_REPEATED:
                    below[column] = (number + rows - 1, text)
            column += repeated
        return cells

    def _text(self, cell: etree._Element) -> str:
        for child in cell:
            if local_name(child) == "annotation":
                self._notes.append(annotation_line(child))
            elif local_name(child) != "p":
                self._notes += _texts(child)
        shown = " ".join(filter(None, (plain_text(child) for child in cell if local_name(child) == "p")))
        day: str = cell.get(f"{_OFFICE}date-value", "")
        if not day or day[:4] in shown:
            return shown
        return day.removesuffix("T00:00:00").replace("T", " ")  # which tells the century, and days from months


def _ends(event: Event, element: etree._Element, tag: str) -> bool:
    return event == "end" and element.tag == f"{_TABLE}{tag}"


def _texts(element: etree._Element) -> list[str]:
    return [text for paragraph in element.iter("{*}p") if (text := plain_text(paragraph))]


def _count(element: etree._Element, attribute: str) -> int:
    text = element.get(_TABLE + attribute, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
