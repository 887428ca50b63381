"""Paragraphs and tables of a DOCX -> blocks: numbers of lists written out, text boxes, charts and notes behind what they hang on.

Takes elements of the body in reading order. Knows how one part is read; which parts there are and in what order, `docx` knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from ai_chat.loaders import blocks
from ai_chat.loaders.blocks import Block, Note, Paragraph, Table
from ai_chat.loaders.figures import figure
from ai_chat.loaders.grid import Cell
from ai_chat.loaders.ooxml.docx_numbers import Numbers
from ai_chat.loaders.ooxml.docx_styles import Styles
from ai_chat.loaders.ooxml.docx_text import Line, inside, unwrapped
from ai_chat.loaders.ooxml.graphics import charts, diagram_lines
from ai_chat.loaders.ooxml.package import Package, attribute, child, children, is_on, number
from ai_chat.loaders.xmlstream import local_name

_KINDS = {"footnoteReference": "footnote", "endnoteReference": "endnote", "commentReference": "comment"}
_BLOCKS = ("p", "tbl")


class Body:
    """Reads the elements of one document in their order; numbers and notes count on."""

    def __init__(self, package: Package, main: str) -> None:
        self._package = package
        self._part = main
        self._styles = Styles(_tree(package, main, "styles"))
        self._numbers = Numbers(_tree(package, main, "numbering"), self._styles)
        self._notes = {kind: _notes(_tree(package, main, f"{kind}s"), kind) for kind in _KINDS.values()}
        self._counts = dict.fromkeys(_KINDS.values(), 0)
        self._waiting: list[Note] = []
        self._carried = ""  # from a paragraph whose end was deleted

    def blocks(self, element: etree._Element) -> Iterator[Block]:
        """Of an element of the body, and behind it the notes that it refers to."""
        yield from self._blocks(unwrapped(element, *_BLOCKS))
        while self._waiting:
            yield self._waiting.pop(0)

    def rest(self) -> Iterator[Block]:
        """What was left for a paragraph that did not come."""
        if self._carried:
            yield Paragraph(self._carried)
        self._carried = ""

    def of_part(self, part: str) -> Iterator[Block]:
        """Of another part, such as a header, which refers to things by itself."""
        tree, before = self._package.tree(part), self._part
        self._part = part
        if tree is not None:
            yield from self._content(tree)
        self._part = before

    def _blocks(self, elements: Iterable[etree._Element]) -> Iterator[Block]:
        for element in elements:
            if local_name(element) == "p":
                yield from self._paragraph(element)
            else:
                yield from self.rest()
                yield from self._table(element)

    def _content(self, element: etree._Element) -> Iterator[Block]:
        """All blocks of a cell, a box, a part."""
        yield from self._blocks(inside(element, *_BLOCKS))
        yield from self.rest()

    def _paragraph(self, element: etree._Element) -> Iterator[Block]:
        line, properties = Line(element), child(element, "pPr")
        text = (self._carried + line.text([self._mark(*each) for each in line.references])).strip(" \t\n")
        self._carried = ""
        goes_on = child(properties, "rPr", "del") is not None
        if text and not goes_on:
            before = self._numbers.before(properties)
            yield Paragraph(f"{before} {text}" if before else text, self._styles.rank(properties))
        for graphic in line.graphics:
            yield from self._graphic(graphic)
        self._carried = text if goes_on else ""

    def _graphic(self, element: etree._Element) -> Iterator[Block]:
        for box in element.iter("{*}txbxContent"):
            if not _is_told_again(box, element):
                yield from (_plain(block) for block in self._content(box))
        drawn = (each.get("string", "").strip() for each in element.iter("{*}textpath"))
        yield from (Paragraph(text) for text in drawn if text)
        for chart in charts(self._package, self._part, element):
            if chart.rows:
                yield _table_of(chart.rows, chart.title)
            elif chart.title:
                yield Paragraph(chart.title)
        yield from map(Paragraph, diagram_lines(self._package, self._part, element))

    def _table(self, element: etree._Element) -> Iterator[Block]:
        rows = [row for row in inside(element, "tr") if child(row, "trPr", "del") is None]
        header = True if rows and is_on(child(rows[0], "trPr", "tblHeader")) else None
        filled = [(place, list(self._content(cell))) for place, cell in _cells(rows)]
        yield from blocks.table(filled, [], header)

    def _mark(self, name: str, identifier: str) -> str:
        """What stands for a note in the text; the note itself waits for the end of the block."""
        kind = _KINDS[name]
        note = self._notes[kind].get(identifier)
        if note is None:
            return ""
        self._counts[kind] += 1
        count = self._counts[kind]
        mark = f"[{figure('lowerRoman' if kind == 'endnote' else 'decimal', count)}]"
        text = _note_text(note)
        if kind == "comment":
            author = attribute(note, "author") or ""
            self._waiting += [Note(f"[memo] {author}: {text}" if author else f"[memo] {text}")] if text else []
            return ""
        self._waiting += [Note(f"{mark} {text}")] if text else []
        return mark


def _tree(package: Package, main: str, kind: str) -> etree._Element | None:
    return next((package.tree(part) for part in package.related(main, kind)), None)


def _notes(tree: etree._Element | None, kind: str) -> dict[str, etree._Element]:
    """By their ids, without the lines that stand between notes and text."""
    found = (each for each in children(tree, kind) if attribute(each, "type") in (None, "normal"))
    return {attribute(each, "id") or "": each for each in found}


def _note_text(note: etree._Element) -> str:
    found = (Line(each).text() for each in note.iter("{*}p"))
    return "\n".join(text for line in found if (text := line.strip()))


def _cells(rows: list[etree._Element]) -> Iterator[tuple[Cell, etree._Element]]:
    """The cells of a table with their places; one that goes on below counts its rows."""
    found: list[tuple[Cell, etree._Element]] = []
    open_at: dict[int, int] = {}  # column -> the cell that may go on there
    for index, row in enumerate(rows):
        column = number(child(row, "trPr", "gridBefore"))
        for element in inside(row, "tc"):
            properties = child(element, "tcPr")
            width = max(1, number(child(properties, "gridSpan"), default=1))
            merge = child(properties, "vMerge")
            goes_on = merge is not None and attribute(merge, "val") != "restart"
            if goes_on and column in open_at:
                above, first = found[open_at[column]]
                found[open_at[column]] = above._replace(rows=index - above.row + 1), first
            else:
                open_at.pop(column, None)
                if merge is not None:
                    open_at[column] = len(found)
                found.append((Cell(index, column, "", 1, width), element))
            column += width
    return iter(found)


def _table_of(rows: list[list[str]], caption: str) -> Table:
    cells = (Cell(index, column, text) for index, row in enumerate(rows) for column, text in enumerate(row))
    return Table(tuple(cells), caption, header=True)


def _plain(block: Block) -> Block:
    """What stands in a text box begins no section."""
    return Paragraph(block.text) if isinstance(block, Paragraph) else block


def _is_told_again(box: etree._Element, graphic: etree._Element) -> bool:
    """Whether a box lies in another one, or in what is only there for programs that do not know the first telling."""
    above = box.getparent()
    while above is not None and above is not graphic:
        if local_name(above) in ("Fallback", "txbxContent"):
            return True
        above = above.getparent()
    return False
