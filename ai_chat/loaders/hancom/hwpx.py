"""HWPX -> sections: text, tables, notes, text boxes, headers and footers, memos, equations, numbers of paragraphs.

The container is read through the guard, a section paragraph by paragraph; one with a password is opened by it. Raw offsets count
within the unit as written here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from ai_chat.errors import InputError
from ai_chat.loaders.about import metadata
from ai_chat.loaders.blocks import Block, units
from ai_chat.loaders.detect import Source
from ai_chat.loaders.guard import open_zip, parse_xml, read_member, refuse_entities
from ai_chat.loaders.hancom.embedded import embedded
from ai_chat.loaders.hancom.hwpx_body import Body, number_of
from ai_chat.loaders.hancom.numbers import Heads, Kind, Level, Shape
from ai_chat.loaders.locks import Locked, read_locks, unlock
from ai_chat.loaders.xmlstream import elements_at, local_name, sliced
from ai_chat.types import Attachment, Metadata, Problem, Unit

_MANIFEST, _PACKAGE, _HEADER = "META-INF/manifest.xml", "Contents/content.hpf", "Contents/header.xml"
_SECTION = re.compile(r"Contents/section(\d+)\.xml", re.IGNORECASE)
_KINDS: dict[str, Kind] = {"OUTLINE": "outline", "NUMBER": "number", "BULLET": "bullet"}


def load_hwpx(source: Source) -> Iterator[Unit | Metadata | Attachment | Problem]:
    with open_zip(source.path, source.name) as archive:
        package = _Package(archive, source)
        yield package.about()
        silent = True
        for unit in units(_blocks(package)):
            silent = False
            yield unit
        yield from embedded(package.binaries(), package.read, silent, source)


def _blocks(package: _Package) -> Iterator[Block]:
    body = Body(package.heads())
    for member in package.sections():
        for paragraph in _paragraphs(package.read(member), package.name, member):
            yield from body.paragraph(paragraph)


class _Package:
    """The members of the container, unlocked where they are locked."""

    def __init__(self, archive: zipfile.ZipFile, source: Source) -> None:
        self.name = source.name
        self._archive = archive
        self._password = source.options.password
        self._members = frozenset(archive.namelist())
        self._locks: dict[str, Locked] = {}
        if _MANIFEST in self._members:
            self._locks = read_locks(parse_xml(read_member(archive, _MANIFEST, self.name), self.name), self.name)

    def read(self, member: str) -> bytes:
        data = read_member(self._archive, member, self.name)
        lock = self._locks.get(member)
        is_xml = member.endswith((".xml", ".hpf"))
        return unlock(data, lock, self._password, self.name, is_xml=is_xml) if lock else data

    def binaries(self) -> list[str]:
        return sorted(member for member in self._members if member.startswith("BinData/"))

    def sections(self) -> list[str]:
        """In the order of their numbers, which is that of the spine."""
        found = sorted((int(mark[1]), member) for member in self._members if (mark := _SECTION.fullmatch(member)))
        if not found:
            raise InputError("file_damaged", name=self.name, found="HWPX", reason="its text is missing")
        return [member for _number, member in found]

    def about(self) -> Metadata:
        try:
            root = self._tree(_PACKAGE)
        except InputError as error:
            if error.code != "file_damaged":
                raise
            return Metadata()  # of which the text knows nothing
        told: dict[str, str] = {}
        for element in () if root is None else root.iter("{*}title", "{*}meta"):
            key = "title" if local_name(element) == "title" else element.get("name", "")
            told.setdefault(key, element.text or "")
        return metadata(told.get("title", ""), told.get("creator", ""), told.get("CreatedDate", ""))

    def heads(self) -> Heads:
        root = self._tree(_HEADER)
        if root is None:
            return Heads()
        return Heads(
            {number_of(each, "id"): _shape(each) for each in root.iter("{*}paraPr")},
            {number_of(each, "id"): _levels(each) for each in root.iter("{*}numbering")},
            {number_of(each, "id"): each.get("char", "") for each in root.iter("{*}bullet")},
        )

    def _tree(self, member: str) -> etree._Element | None:
        return parse_xml(self.read(member), self.name) if member in self._members else None


def _paragraphs(data: bytes, name: str, member: str) -> Iterator[etree._Element]:
    """Those of the body, one by one."""
    refuse_entities(data, name)
    return elements_at(1, sliced(data), name, member, ("p",))


def _shape(element: etree._Element) -> Shape:
    heading = element.find("{*}heading")
    if heading is None:
        return Shape()
    return Shape(_KINDS.get(heading.get("type", ""), ""), number_of(heading, "level"), number_of(heading, "idRef"))


def _levels(element: etree._Element) -> tuple[Level, ...]:
    return tuple(
        Level(each.text or "", each.get("numFormat", "DIGIT"), number_of(each, "start", 1))
        for each in element.iterfind("{*}paraHead")
    )
