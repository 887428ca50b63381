"""ODT -> a section a heading, ODP -> a slide a page; tables as rows that name their columns, notes and memos behind what they belong to.

Text boxes stand after the paragraph that they are anchored to, running heads and feet once in a section of their own; what was struck
out by a tracked change is left out. Knows nothing of spreadsheets.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from lxml import etree

from ai_chat.loaders.detect import Source
from ai_chat.loaders.guard import parse_xml, read_member
from ai_chat.loaders.hwp_blocks import Block, Running, units
from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.opendocument_body import Body
from ai_chat.loaders.opendocument_package import open_package
from ai_chat.loaders.opendocument_text import about
from ai_chat.loaders.xmlstream import local_name
from ai_chat.types import Metadata, Unit

_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_RUNNING = {"header": "header", "header-left": "header", "header-first": "header"}


def load_opendocument(source: Source) -> Iterator[Unit | Metadata]:
    with open_package(source) as archive:
        content = parse_xml(read_member(archive, "content.xml", source.name), source.name)
        if source.format == "odp":
            yield from _slides(content)
        else:
            yield from units(_blocks(content, _styles(archive, source.name)))
        yield about(archive, source.name)


def _styles(archive: zipfile.ZipFile, name: str) -> etree._Element | None:
    return parse_xml(read_member(archive, "styles.xml", name), name) if "styles.xml" in archive.namelist() else None


def _blocks(content: etree._Element, styles: etree._Element | None) -> Iterator[Block]:
    body = Body(content, styles)
    for text in content.iter("{*}text"):
        yield from body.blocks(text)
        break
    yield from _running(styles, body) if styles is not None else ()


def _running(styles: etree._Element, body: Body) -> Iterator[Block]:
    for page in styles.iter(f"{_STYLE}master-page"):
        for part in page:
            tag = local_name(part)
            if tag.startswith(("header", "footer")):
                yield Running("header" if tag.startswith("header") else "footer", body.text_of(part))


def _slides(content: etree._Element) -> Iterator[Unit]:
    body = Body(content, None)
    hidden = {
        style.get(f"{_STYLE}name")
        for style in content.iter(f"{_STYLE}style")
        if any(each.get(f"{_PRESENTATION}visibility") == "hidden" for each in style)
    }
    for number, page in enumerate(content.iter(f"{_DRAW}page"), 1):
        title = next((_folded(body, frame) for frame in page if frame.get(f"{_PRESENTATION}class") == "title"), "")
        label = f"{title} (hidden)".strip() if page.get(f"{_DRAW}style-name") in hidden else title
        text, offsets = normalise("\n".join(_lines(page, body)))
        if text.strip():
            yield Unit("slide", number, label, text, offsets)


def _lines(page: etree._Element, body: Body) -> Iterator[str]:
    for shape in page:
        if local_name(shape) == "notes":
            if notes := _notes(shape, body):
                yield f"\n[notes] {notes}"
        elif text := body.text_of(shape):
            yield text


def _notes(notes: etree._Element, body: Body) -> str:
    return "\n".join(
        filter(None, (body.text_of(frame) for frame in notes if frame.get(f"{_PRESENTATION}class") == "notes"))
    )


def _folded(body: Body, element: etree._Element) -> str:
    return " ".join(body.text_of(element).split())
