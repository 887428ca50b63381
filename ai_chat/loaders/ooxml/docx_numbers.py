"""The numbers that Word writes before paragraphs: "1.", "가.", "제3조", which stand nowhere in the text of the file.

Takes the part of lists and each numbered paragraph in reading order, gives its number as a reader sees it. Bullets become "•".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

from ai_chat.loaders.figures import figure
from ai_chat.loaders.ooxml.docx_styles import Styles
from ai_chat.loaders.ooxml.package import attribute, child, children, is_on, number

_LEVELS = 9
_BLANK = re.compile(r"%([1-9])")


class _Level(NamedTuple):
    format: str
    text: str
    start: int
    plain: bool  # all numbers in it as digits


class Numbers:
    """Counts the paragraphs of all lists of one document."""

    def __init__(self, tree: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._kinds = {attribute(each, "abstractNumId") or "": each for each in children(tree, "abstractNum")}
        self._lists = {attribute(each, "numId") or "": each for each in children(tree, "num")}
        self._levels: dict[str, Mapping[int, _Level]] = {}
        self._counts: dict[str, list[int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def before(self, properties: etree._Element | None) -> str:
        """What stands before a paragraph with these properties, "" where it has no number."""
        list_id, level = self._styles.numbered(properties)
        if list_id is None or list_id not in self._lists:
            return ""
        kind = self._kind(list_id)
        if level is None:
            level = self._level_of_style(kind, self._styles.names(properties))
        levels = self._levels_of(kind)
        if not 0 <= level < _LEVELS or level not in levels:
            return ""
        counts = self._count(list_id, kind, level, levels)
        return _written(levels, level, counts)

    def _kind(self, list_id: str) -> str:
        """Of a list; one that names a style has the levels of the list that the style was made with."""
        kind = attribute(child(self._lists[list_id], "abstractNumId"), "val") or ""
        link = attribute(child(self._kinds.get(kind), "numStyleLink"), "val")
        if link is None:
            return kind
        made = (each for each, tree in self._kinds.items() if attribute(child(tree, "styleLink"), "val") == link)
        return next(made, kind)

    def _levels_of(self, kind: str) -> Mapping[int, _Level]:
        if kind not in self._levels:
            trees = children(self._kinds.get(kind), "lvl")
            self._levels[kind] = {number(tree, "ilvl"): _level(tree) for tree in trees}
        return self._levels[kind]

    def _level_of_style(self, kind: str, names: list[str]) -> int:
        for tree in children(self._kinds.get(kind), "lvl"):
            if attribute(child(tree, "pStyle"), "val") in names:
                return number(tree, "ilvl")
        return 0

    def _count(self, list_id: str, kind: str, level: int, levels: Mapping[int, _Level]) -> list[int]:
        """Lists of one kind go on counting where the other stopped, unless one says that it begins anew."""
        starts = [levels[each].start if each in levels else 1 for each in range(_LEVELS)]
        counts = self._counts.setdefault(kind, [start - 1 for start in starts])
        if (list_id, level) not in self._begun:
            self._begun.add((list_id, level))
            for override in children(self._lists[list_id], "lvlOverride"):
                begin = child(override, "startOverride")
                if begin is not None and number(override, "ilvl") == level:
                    counts[level] = number(begin, default=1) - 1
        counts[level] += 1
        for above in range(level):
            counts[above] = max(counts[above], starts[above])
        counts[level + 1 :] = [start - 1 for start in starts[level + 1 :]]
        return counts


def _level(tree: etree._Element) -> _Level:
    text = attribute(child(tree, "lvlText"), "val") or ""
    name = attribute(child(tree, "numFmt"), "val") or "decimal"
    return _Level(name, text, number(child(tree, "start"), default=1), is_on(child(tree, "isLgl")))


def _written(levels: Mapping[int, _Level], level: int, counts: list[int]) -> str:
    chosen = levels[level]
    if chosen.format == "bullet":
        return "•" if chosen.text.strip() else ""

    def fill(blank: re.Match[str]) -> str:
        index = int(blank[1]) - 1
        name = levels[index].format if index in levels else "decimal"
        if name in ("none", "bullet"):
            return ""
        return figure("decimal" if chosen.plain else name, counts[index])

    return _BLANK.sub(fill, chosen.text).strip()
