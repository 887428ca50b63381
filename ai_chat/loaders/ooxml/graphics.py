"""What charts and diagrams of OOXML say: a chart as its title and the table it was drawn from, SmartArt as its words.

Takes the element that shows one and the part it stands in, gives the title and rows of cells or lines. The figures of a chart are those
kept in it; the workbook behind it is not opened.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from ai_chat.loaders.ooxml.package import Package, attribute, child, children, number, reference
from ai_chat.loaders.sheets.number_format import formatter, plain
from ai_chat.loaders.xmlstream import local_name

_MOST_POINTS = 10_000


class Chart(NamedTuple):
    title: str
    rows: list[list[str]]


def charts(package: Package, part: str, graphic: etree._Element) -> Iterator[Chart]:
    """Those that a graphic shows."""
    for shown in graphic.iter("{*}chart"):
        tree = package.tree(package.target(part, reference(shown)))
        if tree is not None:
            yield _chart(tree)


def diagram_lines(package: Package, part: str, graphic: etree._Element) -> list[str]:
    """The words of SmartArt, one line a shape."""
    lines = []
    for shown in graphic.iter("{*}relIds"):
        tree = package.tree(package.target(part, reference(shown, "dm")))
        points = children(child(tree, "ptLst"), "pt")
        lines += [_text(point) for point in points if attribute(point, "type") in (None, "node", "asst")]
    return [line for line in lines if line]


def _chart(tree: etree._Element) -> Chart:
    area = child(tree, "chart", "plotArea")
    series = [each for plot in children(area) for each in children(plot, "ser")]
    columns = [_points(_first(each, "val", "yVal")) for each in series]
    names = _categories(series)
    count = min(_MOST_POINTS, max((max(each, default=-1) for each in (names, *columns)), default=-1) + 1)
    indexes = [index for index in range(count) if index in names or any(index in each for each in columns)]
    rows = [[names.get(index, str(index + 1)), *(each.get(index, "") for each in columns)] for index in indexes]
    return Chart(_title(child(tree, "chart", "title")), [_head(area, series), *rows] if rows else [])


def _categories(series: list[etree._Element]) -> dict[int, str]:
    return next(filter(None, (_points(_first(each, "cat", "xVal")) for each in series)), {})


def _head(area: etree._Element | None, series: list[etree._Element]) -> list[str]:
    axis = next(filter(None, (_title(child(child(area, name), "title")) for name in ("catAx", "dateAx"))), "")
    return [axis, *(_text(child(each, "tx")) or str(index) for index, each in enumerate(series, 1))]


def _first(element: etree._Element, *names: str) -> etree._Element | None:
    return next(filter(lambda found: found is not None, (child(element, name) for name in names)), None)


def _points(values: etree._Element | None) -> dict[int, str]:
    """Index -> what the axis or label shows; of categories in levels the finest."""
    if values is None:
        return {}
    points: dict[int, str] = {}
    code = next((each.text or "" for each in values.iter("{*}formatCode")), "")
    is_number = child(values, "numRef") is not None or child(values, "numLit") is not None
    for point in values.iter("{*}pt"):
        kept = child(point, "v")
        text = ((kept.text if kept is not None else "") or "").strip()
        points.setdefault(number(point, "idx"), _shown(text, code) if is_number else text)
    return points


def _shown(text: str, code: str) -> str:
    try:
        value = float(text)
    except ValueError:
        return text
    if not math.isfinite(value):
        return text
    return formatter(code)(value) if code and code != "General" else plain(value)


def _title(title: etree._Element | None) -> str:
    return _text(child(title, "tx"))


def _text(element: etree._Element | None) -> str:
    """Of a rich text or of a kept cell."""
    if element is None:
        return ""
    words = ("".join(each.text or "" for each in block.iter("{*}t", "{*}v")) for block in _blocks(element))
    return " ".join(" ".join(words).split())


def _blocks(element: etree._Element) -> Iterator[etree._Element]:
    found = [each for each in element.iter("{*}p") if local_name(each) == "p"]
    yield from found or [element]
