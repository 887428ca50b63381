"""The records of one paragraph of an HWP 5 file -> blocks: its text with what stands in the line, then what is anchored in it.

Takes trees of records, gives blocks. Controls are found by the order in which the text mentions them.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence

from ai_chat.loaders.blocks import Block, Paragraph, Running, note, table, text_of
from ai_chat.loaders.grid import Cell
from ai_chat.loaders.hancom.hwp_records import PARAGRAPH, Node
from ai_chat.loaders.hancom.numbers import Heads

_TEXT, _CONTROL, _LIST, _TABLE, _EQUATION, _MEMO_LIST = 67, 71, 72, 77, 88, 93
_STEP = re.compile(rb"(?s)((?:..)*?)([\x00-\x1f])\x00")  # up to the next control character of two bytes
_ANY_CONTROL = re.compile("[\x00-\x1f]")
_CHARACTERS = {10: "\n", 24: "-", 30: " ", 31: " "}
_ONE_WIDE = frozenset((0, 10, 13, *range(24, 32)))  # all others take eight places
_TAB = 9
_EXTENDED = frozenset((1, 2, 3, 11, 12, 14, 15, 16, 17, 18, 21, 22, 23))  # have a control of their own
_COUNTED = (3, 4, 5)  # of automatic numbers: those of pictures, tables and equations
_SPACING = str.maketrans("`~", "  ")
_TITLE_CELL = 1 << 18
_MEMO = "[memo] "


class Body:
    """Numbers paragraphs as they go by."""

    def __init__(self, heads: Heads) -> None:
        self._heads = heads

    def paragraph(self, node: Node) -> list[Block]:
        """Of a tree that begins with a paragraph; records of other kinds give nothing."""
        if node.tag != PARAGRAPH:
            return []
        controls = [child for child in node.children if child.tag == _CONTROL]
        if controls:
            self._set_outline(controls)
        blocks: list[Block] = []
        text = "".join([_text(child.data, controls) for child in node.children if child.tag == _TEXT])
        if text and not text.isspace():
            head, rank = self._heads.head(_shape(node.data))
            blocks.append(Paragraph(f"{head} {text}" if head else text, rank))
        for control in controls:
            blocks.extend(self._control(control))
        if len(node.children) > len(controls) + 1:
            blocks.extend(self._memos(node))
        return blocks

    def _set_outline(self, controls: Sequence[Node]) -> None:
        for control in controls:
            if control.data[:4] == b"dces" and len(control.data) >= 20:
                (self._heads.outline,) = struct.unpack_from("<H", control.data, 18)

    def _control(self, node: Node) -> Iterator[Block]:
        kind = node.data[:4]
        if kind == b" lbt":
            yield from self._table(node)
        elif kind in (b"  nf", b"  ne"):
            yield from note(f"{_mark(node)} ", self._inside(node))
        elif kind in (b"daeh", b"toof"):
            if text := text_of(self._inside(node)):
                yield Running("header" if kind == b"daeh" else "footer", text)
        elif kind == b"tmct":
            yield from note(_MEMO, self._inside(node))
        else:
            yield from self._inside(node)

    def _inside(self, node: Node) -> Iterator[Block]:
        """All paragraphs below, such as those of a text box or of the shapes of a group."""
        for child in node.children:
            if child.tag == PARAGRAPH:
                yield from self.paragraph(child)
            else:
                yield from self._inside(child)

    def _memos(self, node: Node) -> Iterator[Block]:
        """They lie behind the last paragraph of the section."""
        for child in node.children:
            if child.tag in (PARAGRAPH, _MEMO_LIST):
                yield from note(_MEMO, self.paragraph(child) if child.tag == PARAGRAPH else self._inside(child))

    def _table(self, node: Node) -> Iterator[Block]:
        """Lists before the record of the table are its caption, those behind it its cells."""
        at = next((place for place, child in enumerate(node.children) if child.tag == _TABLE), len(node.children))
        caption = [block for child in node.children[:at] for block in self.paragraph(child)]
        cells: list[tuple[Cell, list[Block]]] = []
        titles: list[bool] = []
        for child in node.children[at + 1 :]:
            if child.tag == _LIST and len(child.data) >= 16:
                cells.append((_cell(child.data), []))
                titles.append(bool(struct.unpack_from("<I", child.data, 4)[0] & _TITLE_CELL))
            elif cells:
                cells[-1][1].extend(self.paragraph(child))
        yield from table(cells, caption, _header(cells, titles))


def script_text(script: str) -> str:
    """An equation as it was typed, without the marks that only space it."""
    return f" {' '.join(script.translate(_SPACING).split())} "


def _text(data: bytes, controls: Sequence[Node]) -> str:
    plain = data.decode("utf-16-le", "ignore").removesuffix("\r")
    if not _ANY_CONTROL.search(plain):
        return plain
    parts: list[str] = []
    position = mentioned = 0
    while step := _STEP.match(data, position):
        parts.append(step[1].decode("utf-16-le", "ignore"))
        code = step[2][0]
        position = step.end()
        if code in _ONE_WIDE:
            parts.append(_CHARACTERS.get(code, ""))
            continue
        position += 14
        if code == _TAB:
            parts.append("\t")
        elif code in _EXTENDED:
            if mentioned < len(controls):
                parts.append(_in_line(controls[mentioned]))
            mentioned += 1
    parts.append(data[position:].decode("utf-16-le", "ignore"))
    return "".join(parts)


def _in_line(control: Node) -> str:
    """What a control shows within the line: the mark of a note, a number, an equation, characters over one another."""
    data = control.data
    match data[:4]:
        case b"  nf" | b"  ne":
            return _mark(control)
        case b"onta" if len(data) >= 10 and data[4] & 0x0F in _COUNTED:
            return str(struct.unpack_from("<H", data, 8)[0])
        case b"deqe":
            return " ".join(_script(child.data) for child in control.children if child.tag == _EQUATION)
        case b"spct":
            return _string(data, 4)
        case b"tudt":
            return _string(data, 4)
    return ""


def _mark(note: Node) -> str:
    number = struct.unpack_from("<I", note.data, 4)[0] if len(note.data) >= 8 else 0
    return f"[{number}]" if note.data[:4] == b"  nf" else f"[미주 {number}]"


def _script(data: bytes) -> str:
    return script_text(_string(data, 4))


def _string(data: bytes, at: int) -> str:
    """Its length in two bytes stands before it."""
    if len(data) < at + 2:
        return ""
    (length,) = struct.unpack_from("<H", data, at)
    return data[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "ignore")


def _shape(data: bytes) -> int:
    return struct.unpack_from("<H", data, 8)[0] if len(data) >= 10 else -1


def _cell(data: bytes) -> Cell:
    column, row, columns, rows = struct.unpack_from("<4H", data, 8)
    return Cell(row, column, "", rows, columns)


def _header(cells: Sequence[tuple[Cell, list[Block]]], titles: Sequence[bool]) -> bool | None:
    first = [title for (cell, _blocks), title in zip(cells, titles, strict=True) if cell.row == 0]
    return True if first and all(first) else None
