"""The body of an OpenDocument text, slide or cell -> blocks in reading order.

Takes elements, gives paragraphs, notes and tables. Knows no file and no unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from ai_chat.loaders.blocks import Block, Note, Paragraph, note, table, text_of
from ai_chat.loaders.grid import Cell
from ai_chat.loaders.opendocument.text import annotation_line, plain_text
from ai_chat.loaders.xmlstream import local_name

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_TABLE_HEADING = "Table_20_Heading"
_LEFT_OUT = frozenset(
    ("tracked-changes", "forms", "sequence-decls", "variable-decls", "user-field-decls", "image", "title", "desc")
)
_IN_PARAGRAPHS = ("note", "annotation", "frame", "custom-shape", "g", "rect", "ellipse", "line", "path", "polygon")
_MOST_CELLS = 1000  # that one cell or row is said to be repeated


Objects = Callable[[str], etree._Element | None]


class Body:
    """`styles`: where lists are named that are numbered; the content names some of its own. `objects`: formulas and charts by path."""

    def __init__(self, content: etree._Element, styles: etree._Element | None, objects: Objects) -> None:
        roots = [root for root in (styles, content) if root is not None]
        self._objects = objects
        self._opened: set[str] = set()  # objects, each of which is read once
        self._heads = {_TABLE_HEADING} | {
            style.get(f"{_STYLE}name", "")
            for style in content.iter(f"{_STYLE}style")
            if style.get(f"{_STYLE}parent-style-name") == _TABLE_HEADING
        }
        self._numbered = {
            style.get(f"{_STYLE}name", ""): any(_is_number(level) for level in style)
            for root in roots
            for style in root.iter(f"{_TEXT}list-style")
        }
        self._by_tag: Mapping[str, Callable[[etree._Element], Iterator[Block]]] = {
            "h": self._heading,
            "p": self._paragraph,
            "list": self._list,
            "table": self._table,
            "note": self._note,
            "annotation": lambda element: iter((Note(annotation_line(element)),)),
            "object": self._object,
        }

    def blocks(self, element: etree._Element) -> Iterator[Block]:
        """Of all that is in this element; what only groups others is looked through."""
        for child in element:
            tag = local_name(child)
            if tag not in _LEFT_OUT:
                yield from self._by_tag.get(tag, self.blocks)(child)

    def text_of(self, element: etree._Element) -> str:
        return text_of(self._by_tag.get(local_name(element), self.blocks)(element))

    def _heading(self, element: etree._Element) -> Iterator[Block]:
        level = element.get(f"{_TEXT}outline-level", "1")
        yield Paragraph(plain_text(element), int(level) if level.isdigit() else 1)
        yield from self._anchored(element)

    def _paragraph(self, element: etree._Element) -> Iterator[Block]:
        yield Paragraph(plain_text(element))
        yield from self._anchored(element)

    def _anchored(self, element: etree._Element) -> Iterator[Block]:
        """Notes, memos and frames of a paragraph, wherever in its words they hang."""
        for child in element:
            tag = local_name(child)
            if tag in _IN_PARAGRAPHS:
                yield from self._by_tag.get(tag, self.blocks)(child)
            else:
                yield from self._anchored(child)

    def _note(self, element: etree._Element) -> Iterator[Block]:
        mark = next((plain_text(each) for each in element if local_name(each) == "note-citation"), "")
        bodies = (each for each in element if local_name(each) == "note-body")
        yield from note(f"[{mark}] " if mark else "", (block for body in bodies for block in self.blocks(body)))

    def _list(self, element: etree._Element) -> Iterator[Block]:
        """Items begin with their number or a dot; headings, which may stand in lists, with neither."""
        numbered = self._numbered.get(element.get(f"{_TEXT}style-name", ""), False)
        for number, item in enumerate((each for each in element if local_name(each) == "list-item"), 1):
            mark = f"{number}. " if numbered else "• "
            if len(item) and local_name(item[0]) == "list":
                mark = ""  # of a deeper level alone
            for block in self.blocks(item):
                if isinstance(block, Paragraph) and not block.rank and block.text and mark:
                    block = Paragraph(mark + block.text)
                    mark = ""
                yield block

    def _table(self, element: etree._Element) -> Iterator[Block]:
        named = any(local_name(part) == "table-header-rows" for part in element) or self._is_styled(element)
        yield from table(self._cells(element), [], True if named else None)

    def _is_styled(self, element: etree._Element) -> bool:
        """Whether all of the first row is written as a heading of columns."""
        first = next(_rows(element), ())
        styles = [text.get(f"{_TEXT}style-name") for cell in first for text in cell.iterchildren(f"{_TEXT}p")]
        return bool(styles) and all(style in self._heads for style in styles)

    def _object(self, element: etree._Element) -> Iterator[Block]:
        """A formula as it was typed; the title and the numbers of a chart."""
        link = element.get(_LINK, "")
        root = self._objects(link) if link not in self._opened else None
        if root is None:
            return
        self._opened.add(link)
        if local_name(root) == "math":
            typed = " ".join(text.text or "" for text in root.iter("{*}annotation"))
            yield Paragraph(" ".join((typed or "".join(map(str, root.itertext()))).split()))
        else:
            yield from (block for body in root.iterchildren("{*}body") for block in self.blocks(body))

    def _cells(self, element: etree._Element) -> Iterator[tuple[Cell, list[Block]]]:
        number = 0
        for row in _rows(element):
            column = 0
            for cell in row:
                if local_name(cell) not in ("table-cell", "covered-table-cell"):
                    continue
                if len(cell) and local_name(cell) == "table-cell":
                    rows, columns = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
                    yield Cell(number, column, "", rows, columns), list(self.blocks(cell))
                column += _count(cell, "number-columns-repeated")
            number += _count(row, "number-rows-repeated")


def _rows(element: etree._Element) -> Iterator[etree._Element]:
    """Of this table, not of tables in its cells."""
    for part in element:
        tag = local_name(part)
        if tag == "table-row":
            yield part
        elif tag in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(part)


def _is_number(level: etree._Element) -> bool:
    return local_name(level) == "list-level-style-number" and level.get(f"{_TEXT}level") == "1"


def _count(element: etree._Element, attribute: str) -> int:
    text = element.get(_TABLE + attribute, "1")
    return min(int(text), _MOST_CELLS) if text.isascii() and text.isdigit() and len(text) < 10 else 1
