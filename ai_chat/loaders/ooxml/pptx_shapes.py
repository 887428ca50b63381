"""The shapes of a slide -> their text: groups taken apart, tables as lines, charts as their figures, SmartArt as its words.

Takes the tree of shapes and the part it stands in, gives each shape that says something with the role it plays on the slide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from ai_chat.loaders.blocks import Table, text_of
from ai_chat.loaders.figures import figure
from ai_chat.loaders.grid import Cell, table_lines
from ai_chat.loaders.ooxml.formulas import formula
from ai_chat.loaders.ooxml.graphics import charts, diagram_lines
from ai_chat.loaders.ooxml.package import Package, attribute, child, children, number
from ai_chat.loaders.xmlstream import local_name

_AUTO = re.compile(r"(?P<form>[a-z]+(?:Lc|Uc|Num)?)(?P<end>Period|ParenR|ParenBoth|Plain|\w*)")
_FORMATS = {"alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman"}
_FORMATS |= {"circleNum": "decimalEnclosedCircle"}
_ENDS = {"Period": "{}. ", "ParenR": "{}) ", "ParenBoth": "({}) "}


class Shape(NamedTuple):
    """`role`: the kind of placeholder it fills, "" for none."""

    text: str
    role: str = ""


def shapes(package: Package, part: str, tree: etree._Element | None) -> Iterator[Shape]:
    for element in children(tree):
        name = local_name(element)
        if name in ("sp", "cxnSp", "pic"):
            text = words(child(element, "txBody"))
            if text:
                yield Shape(text, _role(element))
        elif name == "grpSp":
            yield from shapes(package, part, element)
        elif name == "graphicFrame":
            yield from map(Shape, _graphic(package, part, element))
        elif name == "AlternateContent":
            yield from _chosen(package, part, element)


def _chosen(package: Package, part: str, element: etree._Element) -> Iterator[Shape]:
    """The same thing told twice: once."""
    for each in (*children(element, "Choice"), *children(element, "Fallback")):
        found = list(shapes(package, part, each))
        if found:
            yield from found
            return


def _role(element: etree._Element) -> str:
    for properties in children(element):
        place = child(properties, "nvPr", "ph")
        if place is not None:
            return attribute(place, "type") or "obj"
    return ""


def _graphic(package: Package, part: str, element: etree._Element) -> Iterator[str]:
    for table in element.iter("{*}tbl"):
        yield text_of((Table(tuple(_cells(table))),))
    for chart in charts(package, part, element):
        yield "\n\n".join(filter(None, (chart.title, "\n".join(table_lines(chart.rows, True)))))
    yield "\n\n".join(diagram_lines(package, part, element))


def _cells(table: etree._Element) -> Iterator[Cell]:
    for index, row in enumerate(children(table, "tr")):
        for column, cell in enumerate(children(row, "tc")):
            if attribute(cell, "hMerge") in (None, "0") and attribute(cell, "vMerge") in (None, "0"):
                below, beside = number(cell, "rowSpan", 1), number(cell, "gridSpan", 1)
                yield Cell(index, column, words(child(cell, "txBody")), below, beside)


def words(body: etree._Element | None) -> str:
    """Paragraphs apart from each other, those of a numbered list with their numbers."""
    counts: dict[int, int] = {}
    told = ((child(paragraph, "pPr"), _inline(paragraph).strip()) for paragraph in children(body, "p"))
    return "\n\n".join(_number(properties, counts) + text for properties, text in told if text)


def _number(properties: etree._Element | None, counts: dict[int, int]) -> str:
    """`counts` by level; a paragraph without a number ends the lists of its level and below."""
    level, auto = number(properties, "lvl"), child(properties, "buAutoNum")
    for below in [each for each in counts if each > level or (auto is None and each == level)]:
        del counts[below]
    kind = _AUTO.fullmatch(attribute(auto, "type") or "")
    if kind is None:
        return ""
    counts[level] = counts.get(level, number(auto, "startAt", 1) - 1) + 1
    return _ENDS.get(kind["end"], "{} ").format(figure(_FORMATS.get(kind["form"], "decimal"), counts[level]))


def _inline(element: etree._Element) -> str:
    parts = []
    for each in children(element):
        name = local_name(each)
        if name == "t":
            parts.append((each.text or "").replace("\v", "\n"))
        elif name == "br":
            parts.append("\n")
        elif name == "oMath":
            parts.append(formula(each))
        elif name == "AlternateContent":
            chosen = child(each, "Choice")
            parts.append(_inline(each if chosen is None else chosen))
        elif not name.endswith("Pr"):
            parts.append(_inline(each))
    return "".join(parts)
