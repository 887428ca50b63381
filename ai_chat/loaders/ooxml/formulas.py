"""Formulas of OOXML as a line of text: a fraction as "a/b", a power as "x^2".

Takes an element of a formula, gives its text. Knows no document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from ai_chat.loaders.ooxml.package import attribute, child, children
from ai_chat.loaders.xmlstream import local_name


def formula(element: etree._Element | None) -> str:
    if element is None:
        return ""
    name = local_name(element)
    if name == "t":
        return element.text or ""
    if name.endswith("Pr"):
        return ""
    write = _WRITTEN.get(name)
    return write(element) if write else "".join(map(formula, children(element)))


def _part(element: etree._Element, name: str) -> str:
    """In brackets where it is more than one word."""
    text = formula(child(element, name)).strip()
    return text if text.isalnum() or not text or (text[0] == "(" and text[-1] == ")") else f"({text})"


def _fraction(element: etree._Element) -> str:
    return f"{_part(element, 'num')}/{_part(element, 'den')}"


def _scripts(element: etree._Element) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    return formula(child(element, "e")) + (f"_{below}" if below else "") + (f"^{above}" if above else "")


def _root(element: etree._Element) -> str:
    return f"{formula(child(element, 'deg'))}√{_part(element, 'e')}"


def _sum(element: etree._Element) -> str:
    sign = attribute(child(element, "naryPr", "chr"), "val") or "∫"
    below, above = _part(element, "sub"), _part(element, "sup")
    return sign + (f"_{below}" if below else "") + (f"^{above}" if above else "") + " " + formula(child(element, "e"))


def _brackets(element: etree._Element) -> str:
    kind = child(element, "dPr")
    begin, end = (attribute(child(kind, name), "val") for name in ("begChr", "endChr"))
    inside = ", ".join(map(formula, children(element, "e")))
    return f"{'(' if begin is None else begin}{inside}{')' if end is None else end}"


def _rows(element: etree._Element) -> str:
    rows = (", ".join(map(formula, children(row, "e"))) for row in children(element, "mr"))
    return f"[{'; '.join(rows)}]"


_WRITTEN: Mapping[str, Callable[[etree._Element], str]] = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "rad": _root,
    "nary": _sum,
    "d": _brackets,
    "m": _rows,
}
