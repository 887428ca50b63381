"""ODT -> a section a heading, ODP -> a slide a page; tables as rows that name their columns, notes and memos behind what they belong to.

Text boxes stand after the paragraph that they are anchored to, running heads and feet once in a section of their own; what was struck
out by a tracked change is left out. Pictures are attachments where there is nothing else. Knows nothing of spreadsheets.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from ai_chat.loaders.blocks import Block, Running, units
from ai_chat.loaders.detect import SUFFIXES, Source
from ai_chat.loaders.enclosed import bounded, enclose, safe_name
from ai_chat.loaders.guard import parse_xml, read_member
from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.opendocument.body import Body
from ai_chat.loaders.opendocument.package import open_package
from ai_chat.loaders.opendocument.text import about
from ai_chat.loaders.xmlstream import local_name
from ai_chat.types import Attachment, Metadata, Problem, Unit

_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def load_opendocument(source: Source) -> Iterator[Unit | Metadata | Attachment | Problem]:
    with open_package(source) as archive:
        silent = True
        for unit in _units(archive, source):
            silent = False
            yield unit
        yield about(archive, source.name)
        if silent:
            yield from _pictures(archive, source)


def _units(archive: zipfile.ZipFile, source: Source) -> Iterator[Unit]:
    content = parse_xml(read_member(archive, "content.xml", source.name), source.name)

    def objects(link: str) -> etree._Element | None:
        return _part(archive, f"{link.removeprefix('./')}/content.xml", source.name)

    if source.format == "odp":
        yield from _slides(content, Body(content, None, objects))
    else:
        styles = _part(archive, "styles.xml", source.name)
        yield from units(_blocks(content, styles, Body(content, styles, objects)))


def _pictures(archive: zipfile.ZipFile, source: Source) -> Iterator[Attachment | Problem]:
    """Of a file that holds nothing else, they may be scans."""
    names = [name for name in archive.namelist() if name.startswith("Pictures/")]
    taken, left = bounded([name for name in names if name.lower().endswith(SUFFIXES["image"])], source)
    for member in taken:
        name = member.rpartition("/")[2]
        yield enclose(safe_name(name, name), read_member(archive, member, source.name), source)
    yield from left


def _part(archive: zipfile.ZipFile, member: str, name: str) -> etree._Element | None:
    return parse_xml(read_member(archive, member, name), name) if member in archive.namelist() else None


def _blocks(content: etree._Element, styles: etree._Element | None, body: Body) -> Iterator[Block]:
    for text in islice(content.iter(f"{_OFFICE}text"), 1):
        yield from body.blocks(text)
    if styles is not None:
        yield from _running(styles, body)


def _running(styles: etree._Element, body: Body) -> Iterator[Block]:
    for page in styles.iter(f"{_STYLE}master-page"):
        for part in page:
            tag = local_name(part)
            if tag.startswith(("header", "footer")):
                yield Running("header" if tag.startswith("header") else "footer", body.text_of(part))


def _slides(content: etree._Element, body: Body) -> Iterator[Unit]:
    hidden = {
        style.get(f"{_STYLE}name")
        for style in content.iter(f"{_STYLE}style")
        if any(each.get(f"{_PRESENTATION}visibility") == "hidden" for each in style)
    }
    for number, page in enumerate(content.iter(f"{_DRAW}page"), 1):
        title = next((_folded(body, frame) for frame in page if frame.get(f"{_PRESENTATION}class") == "title"), "")
        label = f"{title} (hidden)".strip() if page.get(f"{_DRAW}style-name") in hidden else title
        text, offsets = normalise("\n\n".join(_texts(page, body)))
        if text.strip():
            yield Unit("slide", number, label, text, offsets)


def _texts(page: etree._Element, body: Body) -> Iterator[str]:
    for shape in page:
        if local_name(shape) == "notes":
            if notes := _notes(shape, body):
                yield f"[notes] {notes}"
        elif text := body.text_of(shape):
            yield text


def _notes(notes: etree._Element, body: Body) -> str:
    return "\n\n".join(
        filter(None, (body.text_of(frame) for frame in notes if frame.get(f"{_PRESENTATION}class") == "notes"))
    )


def _folded(body: Body, element: etree._Element) -> str:
    return " ".join(body.text_of(element).split())
