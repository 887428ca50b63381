"""An OOXML package (DOCX, PPTX): its parts, how they refer to each other, and what it tells of itself.

Takes a path, gives trees of XML by part name; nothing outside the package is ever opened. Elements are known by their local names,
so that the transitional and the strict kind of the format read alike. Knows no document.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from ai_chat.errors import InputError
from ai_chat.loaders.about import metadata
from ai_chat.loaders.detect import Source
from ai_chat.loaders.guard import open_zip, parse_xml, read_member, xml_pieces
from ai_chat.loaders.xmlstream import local_name
from ai_chat.types import Metadata


@dataclass(frozen=True, slots=True)
class Relation:
    """`kind` is the last word of its type, such as "footnotes"; `target` a part name, "" for what lies outside."""

    kind: str
    target: str


class Package:
    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name = name
        self._archive = archive
        self._members = {_part_name(info.filename): info for info in archive.infolist()}
        self._relations: dict[str, Mapping[str, Relation]] = {}

    @property
    def main(self) -> str:
        """The part that holds the document; InputError file_damaged."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and self.has(relation.target):
                return relation.target
        raise InputError("file_damaged", name=self.name, found="OOXML", reason="its main part is missing")

    def has(self, part: str) -> bool:
        return part.lower() in self._members

    def read(self, part: str) -> bytes:
        return read_member(self._archive, self._info(part), self.name)

    def tree(self, part: str) -> etree._Element | None:
        """None where there is no such part."""
        return parse_xml(self.read(part), self.name) if part and self.has(part) else None

    def pieces(self, part: str) -> Iterator[bytes]:
        """A part of XML too long to be held whole; InputError xml_forbidden."""
        return xml_pieces(self._archive, self._info(part), self.name)

    def relations(self, part: str) -> Mapping[str, Relation]:
        """By their ids, in the order of the package."""
        if part not in self._relations:
            folder, base = posixpath.split(part)
            tree = self.tree(posixpath.join(folder, "_rels", f"{base}.rels"))
            found = {} if tree is None else {each.get("Id", ""): _relation(each, folder) for each in children(tree)}
            self._relations[part] = found
        return self._relations[part]

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that a part refers to in this way."""
        return [each.target for each in self.relations(part).values() if each.kind == kind and self.has(each.target)]

    def target(self, part: str, identifier: str | None) -> str:
        """Where a reference leads, "" for nowhere."""
        relation = self.relations(part).get(identifier or "")
        return relation.target if relation and self.has(relation.target) else ""

    def about(self) -> Metadata:
        for part in self.related("", "core-properties"):
            tree = self.tree(part)
            told = {local_name(each): each.text or "" for each in children(tree)} if tree is not None else {}
            return metadata(told.get("title", ""), told.get("creator", ""), told.get("created", ""))
        return Metadata()

    def _info(self, part: str) -> zipfile.ZipInfo:
        found = self._members.get(part.lower())
        if found is None:
            raise InputError("file_damaged", name=self.name, found=part, reason="it is missing")
        return found


@contextmanager
def open_package(source: Source) -> Iterator[Package]:
    """InputError as `guard` raises it; too_deep where elements lie in each other without end."""
    with open_zip(source.path, source.name) as archive:
        try:
            yield Package(archive, source.name)
        except RecursionError as error:
            raise InputError("too_deep", name=source.name, limit=200) from error


def children(element: etree._Element | None, name: str = "") -> Iterator[etree._Element]:
    """Of this local name, or all."""
    if element is not None:
        yield from element.iterchildren(f"{{*}}{name}" if name else "{*}*")


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first at the end of a path of local names."""
    for name in path:
        element = None if element is None else next(element.iterchildren(f"{{*}}{name}"), None)
    return element


def attribute(element: etree._Element | None, name: str) -> str | None:
    """By its local name, in the element's own namespace or in none."""
    if element is None:
        return None
    space = element.tag.rpartition("}")[0]
    value: str | None = element.get(f"{space}}}{name}") if space else None
    return value if value is not None else element.get(name)


def reference(element: etree._Element | None, name: str = "id") -> str | None:
    """The id of a relation that an element names."""
    if element is None:
        return None
    return next((value for key, value in element.attrib.items() if key.endswith(f"/relationships}}{name}")), None)


def number(element: etree._Element | None, name: str = "val", default: int = 0) -> int:
    """An attribute that should be one."""
    text = (attribute(element, name) or "").strip()
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 10 else default


def is_on(element: etree._Element | None) -> bool:
    """Of a switch: it is on where it stands, unless it says otherwise."""
    return element is not None and (attribute(element, "val") or "1").lower() not in ("0", "false", "off", "none")


def _relation(element: etree._Element, folder: str) -> Relation:
    target = unquote(element.get("Target", "")).replace("\\", "/")
    inside = element.get("TargetMode", "").lower() != "external"
    part = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") if inside else ""
    return Relation(element.get("Type", "").rstrip("/").rpartition("/")[2], part)


def _part_name(member: str) -> str:
    return member.replace("\\", "/").lstrip("/").lower()
