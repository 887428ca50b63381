"""The text of one paragraph of a DOCX as its reader sees it: changes accepted, field codes, hidden text and placeholders left out.

Takes a paragraph, gives its text and what hangs on it: graphics with their own paragraphs or figures, references to notes and memos.
Knows no styles and no other part of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from ai_chat.loaders.ooxml.formulas import formula
from ai_chat.loaders.ooxml.package import attribute, child, children, is_on
from ai_chat.loaders.xmlstream import local_name

_LEFT_OUT = frozenset(("del", "moveFrom", "delText", "instrText", "delInstrText", "rt", "pPr", "rPr", "sdtPr"))
_HEX = re.compile("[0-9A-Fa-f]{1,4}")
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_GRAPHICS = frozenset(("drawing", "pict", "object"))
_REFERENCES = frozenset(("footnoteReference", "endnoteReference", "commentReference"))
_TRANSPARENT = frozenset(("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "Fallback"))
_SYMBOLS: Mapping[int, str] = (
    dict(  # of the fonts Wingdings and Symbol, where office programs find boxes, ticks and arrows
        zip(
            b"\x6c\x6d\x6e\x6f\x71\x72\x75\x76\x77\x78\xa7\xa8\xb7\xd8\xdf\xe0\xe8\xf0\xfb\xfc\xfd\xfe",
            "●○■□□□◆❖◆☒▪□•➢←→➔⇨✗✓☒☑",
            strict=True,
        )
    )
)


class Line:
    """What one paragraph holds."""

    def __init__(self, paragraph: etree._Element) -> None:
        self.graphics: list[etree._Element] = []
        self.references: list[tuple[str, str]] = []  # (name of the element, id of the note)
        self._parts: list[str | int] = []  # a number stands for that reference
        self._codes: list[bool] = []  # of the fields that are open: whether their code is being read
        self._read(paragraph)

    def text(self, marks: Sequence[str] = ()) -> str:
        """`marks` of the references, in their order, where they are wanted."""
        said = (part if isinstance(part, str) else marks[part] if marks else "" for part in self._parts)
        return "".join(said)

    def _read(self, element: etree._Element) -> None:
        for each in children(element):
            name = local_name(each)
            if name in _LEFT_OUT or (name == "r" and is_on(child(each, "rPr", "vanish"))):
                continue
            if name == "fldChar":
                self._field(each)
            elif not any(self._codes):
                self._take(each, name)
            elif name not in _GRAPHICS:
                self._read(each)  # for the end of the code

    def _take(self, element: etree._Element, name: str) -> None:
        if name == "t":
            self._parts.append(element.text or "")
        elif name in _CHARACTERS:
            self._parts.append(_CHARACTERS[name])
        elif name == "sym":
            self._parts.append(_symbol(element))
        elif name == "AlternateContent":
            self._choose(element)
        elif name in _GRAPHICS:
            self.graphics.append(element)
        elif name in _REFERENCES:
            self._parts.append(len(self.references))
            self.references.append((name, attribute(element, "id") or ""))
        elif name == "oMath":
            self._parts.append(formula(element))
        elif not (name == "sdt" and is_placeholder(element)):
            self._read(element)

    def _field(self, element: etree._Element) -> None:
        kind = attribute(element, "fldCharType")
        if kind == "begin":
            self._codes.append(True)
            if (box := child(element, "ffData", "checkBox")) is not None and not any(self._codes[:-1]):
                self._parts.append(_check_box(box))
        elif self._codes and kind == "separate":
            self._codes[-1] = False
        elif self._codes and kind == "end":
            self._codes.pop()

    def _choose(self, element: etree._Element) -> None:
        """The same thing told twice: once."""
        before = len(self._parts), len(self.graphics)
        for each in (*children(element, "Choice"), *children(element, "Fallback")):
            self._read(each)
            if (len(self._parts), len(self.graphics)) != before:
                return


def inside(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Its children of these names, also those in controls, in inserted changes and in what older programs know otherwise."""
    for each in children(element):
        yield from unwrapped(each, *names)


def unwrapped(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """An element of these names, or those that it only wraps."""
    name = local_name(element)
    if name in names:
        yield element
    elif name == "AlternateContent":
        chosen = child(element, "Choice")
        yield from inside(element if chosen is None else chosen, *names)
    elif name in _TRANSPARENT and not (name == "sdt" and is_placeholder(element)):
        yield from inside(element, *names)


def is_placeholder(control: etree._Element) -> bool:
    """Whether a control still shows "click here to enter text"."""
    return is_on(child(control, "sdtPr", "showingPlcHdr"))


def _symbol(element: etree._Element) -> str:
    code = attribute(element, "char") or ""
    value = int(code, 16) if _HEX.fullmatch(code) else 0
    if 0xF000 <= value <= 0xF0FF or value < 0x100:
        return _SYMBOLS.get(value & 0xFF, "•" if value else "")
    return chr(value) if not 0xD800 <= value <= 0xDFFF else ""


def _check_box(box: etree._Element) -> str:
    state = child(box, "checked")
    return "☑" if is_on(child(box, "default") if state is None else state) else "☐"
