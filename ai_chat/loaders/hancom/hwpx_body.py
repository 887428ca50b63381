"""A paragraph of an HWPX section -> blocks: its text with what stands in the line, then what is anchored in it.

Takes elements, gives blocks. Deleted text of tracked changes is left out, inserted text stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ai_chat.loaders.blocks import Block, Paragraph, Running, note, table, text_of
from ai_chat.loaders.grid import Cell
from ai_chat.loaders.hancom.hwp_body import script_text
from ai_chat.loaders.hancom.numbers import Heads
from ai_chat.loaders.xmlstream import local_name

_CHARACTERS = {"lineBreak": "\n", "tab": "\t", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}
_COUNTED = frozenset(("PICTURE", "TABLE", "EQUATION"))
_LARGEST = 1_000_000
_MEMO = "[memo] "


class Body:
    """Numbers paragraphs as they go by."""

    def __init__(self, heads: Heads) -> None:
        self._heads = heads
        self._deleting = False

    def paragraph(self, element: etree._Element) -> list[Block]:
        self._deleting = False
        parts: list[str] = []
        after: list[Block] = []
        for run in element:
            for child in run if local_name(run) == "run" else ():
                if not len(child) and local_name(child) == "t" and not self._deleting:
                    parts.append(child.text or "")
                else:
                    self._read(child, parts, after)
        text = "".join(parts)
        if text and not text.isspace():
            head, rank = self._heads.head(number_of(element, "paraPrIDRef", -1))
            after.insert(0, Paragraph(f"{head} {text}" if head else text, rank))
        return after

    def _read(self, element: etree._Element, parts: list[str], after: list[Block]) -> None:
        """What an element puts into the line and behind the paragraph."""
        match local_name(element):
            case "t":
                parts.extend(self._text(element))
            case "ctrl":
                for child in element:
                    self._read(child, parts, after)
            case "secPr":
                self._heads.outline = number_of(element, "outlineShapeIDRef")
            case "switch":
                self._read_first(element, parts, after)
            case "footNote" | "endNote":
                mark = _mark(element)
                parts.append(mark)
                after.extend(note(f"{mark} ", self._inside(element)))
            case _:
                parts.append(_in_line(element))
                after.extend(self._anchored(element))

    def _read_first(self, switch: etree._Element, parts: list[str], after: list[Block]) -> None:
        """A switch holds the same thing for programs of different age."""
        choice = switch.find("{*}default")
        for child in switch[0] if choice is None and len(switch) else choice if choice is not None else ():
            self._read(child, parts, after)

    def _text(self, element: etree._Element) -> Iterator[str]:
        if element.text and not self._deleting:
            yield element.text
        for child in element:
            name = local_name(child)
            if name in ("deleteBegin", "deleteEnd"):
                self._deleting = name == "deleteBegin"
            elif not self._deleting:
                yield _CHARACTERS.get(name, "")
            if child.tail and not self._deleting:
                yield child.tail

    def _anchored(self, element: etree._Element) -> Iterator[Block]:
        match local_name(element):
            case "tbl":
                yield from self._table(element)
            case "header" | "footer" as kind:
                if text := text_of(self._inside(element)):
                    yield Running("header" if kind == "header" else "footer", text)
            case "fieldBegin" if element.get("type") == "MEMO":
                yield from note(f"{_MEMO}{_author(element)}", self._inside(element))
            case "hiddenComment":
                yield from note(_MEMO, self._inside(element))
            case "textart":
                yield Paragraph(element.get("text", ""))
            case "btn" | "radioBtn" | "checkBtn" | "comboBox" | "edit" | "listBox" | "scrollBar":
                yield Paragraph(_form(element))
            case _:
                yield from self._inside(element)

    def _inside(self, element: etree._Element) -> Iterator[Block]:
        """All paragraphs below, such as those of a text box or of the shapes of a group."""
        for child in element:
            name = local_name(child)
            if name == "p":
                yield from self.paragraph(child)
            elif name in ("tbl", "textart"):
                yield from self._anchored(child)
            else:
                yield from self._inside(child)

    def _table(self, element: etree._Element) -> Iterator[Block]:
        caption = [block for each in element.iterfind("{*}caption") for block in self._inside(each)]
        cells = [self._cell(cell) for cell in element.iterfind("{*}tr/{*}tc")]
        titles = [cell.get("header") == "1" for cell in element.iterfind("{*}tr[1]/{*}tc")]
        yield from table(cells, caption, True if titles and all(titles) else None)

    def _cell(self, element: etree._Element) -> tuple[Cell, list[Block]]:
        row = column = 0
        rows = columns = 1
        blocks: list[Block] = []
        for child in element:
            match local_name(child):
                case "subList":
                    for inner in child:
                        blocks += self.paragraph(inner) if local_name(inner) == "p" else self._inside(inner)
                case "cellAddr":
                    row, column = number_of(child, "rowAddr"), number_of(child, "colAddr")
                case "cellSpan":
                    rows, columns = number_of(child, "rowSpan", 1), number_of(child, "colSpan", 1)
        return Cell(row, column, "", rows, columns), blocks


def number_of(element: etree._Element, attribute: str, default: int = 0) -> int:
    value = element.get(attribute)
    if value is None:
        return default
    try:
        return min(max(int(value), 0), _LARGEST)
    except ValueError:
        return default


def _in_line(element: etree._Element) -> str:
    """What an element shows within the line: a number, an equation, characters over one another or below each other."""
    match local_name(element):
        case "autoNum" if element.get("numType") in _COUNTED:
            return str(element.get("num", ""))
        case "equation":
            return script_text("".join(element.itertext("{*}script")))
        case "compose":
            return str(element.get("composeText", ""))
        case "dutmal":
            return "".join(element.itertext("{*}mainText", "{*}subText"))
    return ""


def _mark(note: etree._Element) -> str:
    number = number_of(note, "number")
    return f"[{number}]" if local_name(note) == "footNote" else f"[미주 {number}]"


def _author(memo: etree._Element) -> str:
    name = memo.findtext("{*}parameters/{*}stringParam[@name='Author']")
    return f"{name}: " if name else ""


def _form(element: etree._Element) -> str:
    """What a form element says: its caption, or what was typed or chosen."""
    typed = "".join(element.itertext("{*}text"))
    return typed or element.get("caption", "") or element.get("selectedValue", "")
