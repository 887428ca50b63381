"""Words of OpenDocument that texts, slides and sheets have in common: paragraphs as plain text, memos, what a file tells of itself.

Takes elements of a content part, gives text. Knows no unit.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from lxml import etree

from ai_chat.loaders.about import metadata
from ai_chat.loaders.guard import parse_xml, read_member
from ai_chat.loaders.xmlstream import local_name
from ai_chat.types import Metadata

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_APART = frozenset(
    ("annotation", "annotation-end", "note", "frame", "tracked-changes", "ruby-text", "script", "g", "custom-shape")
)
_LONGEST_SPACE = 100


def plain_text(paragraph: etree._Element) -> str:
    """What a paragraph says in its line: notes, memos and frames stand elsewhere."""
    return " ".join("".join(_parts(paragraph)).split())


def annotation_line(annotation: etree._Element) -> str:
    author = next((plain_text(child) for child in annotation if local_name(child) == "creator"), "")
    text = " ".join(filter(None, (plain_text(each) for each in annotation.iter(f"{_TEXT}p"))))
    return f"[memo] {author}: {text}" if author else f"[memo] {text}"


def about(archive: zipfile.ZipFile, name: str) -> Metadata:
    if "meta.xml" not in archive.namelist():
        return Metadata()
    told = {
        local_name(element): element.text or ""
        for element in parse_xml(read_member(archive, "meta.xml", name), name).iter()
    }
    author = told.get("initial-creator") or told.get("creator", "")
    return metadata(told.get("title", ""), author, told.get("creation-date") or told.get("date", ""))


def _parts(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        tag = local_name(child)
        if tag == "s":
            count = child.get(f"{_TEXT}c", "1")
            yield " " * (min(int(count), _LONGEST_SPACE) if count.isdigit() else 1)
        elif tag == "tab":
            yield "\t"
        elif tag == "line-break":
            yield "\n"
        elif tag not in _APART:
            yield from _parts(child)
        yield child.tail or ""
