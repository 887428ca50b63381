"""The styles of a DOCX: which paragraphs are headings, and of which rank.

Takes the part of styles, gives ranks by style and paragraph. Knows nothing of text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from ai_chat.loaders.ooxml.package import attribute, child, children, number

_BODY_LEVEL = 9
_LONGEST_CHAIN = 20
_HEADING = re.compile(r"(?:heading|제목|개요|überschrift|titre|título|見出し|标题)\s*([1-9])", re.IGNORECASE)
_TITLES = frozenset(("title", "제목"))


class Numbered(NamedTuple):
    """The list that a paragraph belongs to and its level there, counted from 0; None where that is left to others."""

    list_id: str | None
    level: int | None


class Styles:
    def __init__(self, tree: etree._Element | None) -> None:
        paragraphs = [each for each in children(tree, "style") if attribute(each, "type") in (None, "paragraph")]
        self._styles = {attribute(each, "styleId") or "": each for each in paragraphs}
        self._default = next((attribute(each, "styleId") or "" for each in paragraphs if _is_default(each)), "")

    def rank(self, properties: etree._Element | None) -> int:
        """Of the heading that a paragraph with these properties is: the title 1, the first level 2; 0 for no heading."""
        own = child(properties, "outlineLvl")
        if own is not None:
            return _rank_of_level(number(own, default=_BODY_LEVEL))
        return next(filter(lambda rank: rank is not None, map(_rank, self._chain(properties))), None) or 0

    def numbered(self, properties: etree._Element | None) -> Numbered:
        """By the paragraph, else by its style."""
        list_id = level = None
        for holder in (properties, *(child(style, "pPr") for style in self._chain(properties))):
            own = child(holder, "numPr")
            if own is not None:
                list_id = list_id or attribute(child(own, "numId"), "val")
                declared = child(own, "ilvl")
                level = number(declared) if level is None and declared is not None else level
        return Numbered(list_id, level)

    def names(self, properties: etree._Element | None) -> list[str]:
        """The style ids of a paragraph, its own first."""
        return [attribute(style, "styleId") or "" for style in self._chain(properties)]

    def _chain(self, properties: etree._Element | None) -> list[etree._Element]:
        chain: list[etree._Element] = []
        style = self._styles.get(attribute(child(properties, "pStyle"), "val") or self._default)
        while style is not None and style not in chain and len(chain) < _LONGEST_CHAIN:
            chain.append(style)
            style = self._styles.get(attribute(child(style, "basedOn"), "val") or "")
        return chain


def _rank(style: etree._Element) -> int | None:
    """None where a style leaves it to the one that it is based on."""
    name = (attribute(child(style, "name"), "val") or "").strip().lower()
    if name in _TITLES:
        return 1
    level = child(style, "pPr", "outlineLvl")
    if level is not None:
        return _rank_of_level(number(level, default=_BODY_LEVEL))
    heading = _HEADING.fullmatch(name)
    return int(heading[1]) + 1 if heading else None


def _rank_of_level(level: int) -> int:
    return level + 2 if 0 <= level < _BODY_LEVEL else 0


def _is_default(style: etree._Element) -> bool:
    return attribute(style, "default") in ("1", "true", "on")
