"""EPUB -> the sections of its chapters in reading order, labelled by their headings or, without any, by the table of contents.

The container says which chapters there are; each is read as HTML. A book under copy protection is refused with its reason.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

from ai_chat.errors import InputError
from ai_chat.loaders.about import metadata
from ai_chat.loaders.charset import declared_encoding
from ai_chat.loaders.detect import Source
from ai_chat.loaders.guard import open_zip, parse_xml, read_member
from ai_chat.loaders.html import load_html
from ai_chat.loaders.mail.mime import decode_text
from ai_chat.loaders.xmlstream import local_name
from ai_chat.types import Metadata, Unit

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_CHAPTERS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")


class _Entry(NamedTuple):
    """A file of the book."""

    path: str
    kind: str
    properties: str


def load_epub(source: Source) -> Iterator[Unit | Metadata]:
    with open_zip(source.path, source.name) as archive:
        package = _package_path(archive, source.name)
        root = parse_xml(read_member(archive, package, source.name), source.name)
        entries = {one.get("id", ""): _entry(one, package) for one in root.iter("{*}item")}
        order = [entries[key] for one in root.iter("{*}itemref") if (key := one.get("idref", "")) in entries]
        chapters = [entry.path for entry in order if entry.kind in _CHAPTERS and "nav" not in entry.properties.split()]
        _refuse_protected(archive, chapters, source.name)
        titles = _titles(archive, entries, source.name)
        number = 0
        for path in dict.fromkeys(chapters):
            for unit in _chapter(archive, path, titles.get(path, ""), source):
                number += 1
                yield replace(unit, number=number)
        yield _about(root)


def _package_path(archive: zipfile.ZipFile, name: str) -> str:
    root = parse_xml(read_member(archive, _CONTAINER, name), name)
    path = next((one.get("full-path", "") for one in root.iter("{*}rootfile")), "")
    if not path:
        raise InputError("file_damaged", name=name, found=_CONTAINER, reason="no rootfile")
    return path


def _entry(item: etree._Element, package: str) -> _Entry:
    return _Entry(_resolved(package, item.get("href", "")), item.get("media-type", ""), item.get("properties", ""))


def _resolved(base: str, link: str) -> str:
    """A link of one file to another as the path of a member."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(link.partition("#")[0])))


def _refuse_protected(archive: zipfile.ZipFile, chapters: list[str], name: str) -> None:
    """Fonts may be garbled, chapters not."""
    if _ENCRYPTION not in archive.namelist():
        return
    root = parse_xml(read_member(archive, _ENCRYPTION, name), name)
    locked = {unquote(one.get("URI", "")) for one in root.iter("{*}CipherReference")}
    if locked & set(chapters):
        raise InputError("encryption_unknown", name=name, found="DRM")


def _chapter(archive: zipfile.ZipFile, path: str, title: str, source: Source) -> Iterator[Unit]:
    if path not in archive.namelist():
        return
    page = source.spool / "chapter.html"
    page.write_bytes(_as_html(read_member(archive, path, source.name), source.name))
    for item in load_html(replace(source, path=page, format="html", encoding="utf-8")):
        if isinstance(item, Unit):
            yield replace(item, label=item.label or title)
    page.unlink()


def _as_html(data: bytes, name: str) -> bytes:
    """XHTML written so that a reader of HTML understands it: <script/> ends at once. Its title names the file, not the chapter."""
    root = _parsed(data, name)
    if root is None:
        return decode_text(data, declared_encoding(data) or "").encode("utf-8", "replace")
    for head in root.iterchildren("{*}head"):
        for title in list(head.iterchildren("{*}title")):
            head.remove(title)
    written: bytes = etree.tostring(root, method="html", encoding="utf-8")
    return written


def _parsed(data: bytes, name: str) -> etree._Element | None:
    """None for what is no XML, such as HTML under the name of XHTML."""
    try:
        return parse_xml(data, name)
    except InputError as error:
        if error.code != "file_damaged":
            raise
        return None


def _titles(archive: zipfile.ZipFile, entries: dict[str, _Entry], name: str) -> dict[str, str]:
    """What the table of contents calls each chapter: the first name given to it."""
    titles: dict[str, str] = {}
    for entry in entries.values():
        is_nav, is_ncx = "nav" in entry.properties.split(), entry.kind == "application/x-dtbncx+xml"
        if (is_nav or is_ncx) and entry.path in archive.namelist():
            root = _parsed(read_member(archive, entry.path, name), name)
            for target, title in () if root is None else _links(root) if is_nav else _points(root):
                if title:
                    titles.setdefault(_resolved(entry.path, target), title)
    return titles


def _links(root: etree._Element) -> Iterator[tuple[str, str]]:
    for link in root.iter("{*}a"):
        yield link.get("href", ""), _text(link)


def _points(root: etree._Element) -> Iterator[tuple[str, str]]:
    for point in root.iter("{*}navPoint"):
        target = next((one.get("src", "") for one in point.iterchildren("{*}content")), "")
        yield target, next((_text(one) for one in point.iterchildren("{*}navLabel")), "")


def _about(root: etree._Element) -> Metadata:
    told: dict[str, str] = {}
    for part in root.iterchildren("{*}metadata"):
        for element in part.iter():
            told.setdefault(local_name(element), _text(element))
    return metadata(told.get("title", ""), told.get("creator", ""), told.get("date", ""))


def _text(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext()).split())
