"""DOCX -> a section a heading, read block by block: tables as lines, notes and memos behind what they stand at, headers and footers once.

Takes a Source, gives Units, what the file tells of itself, and the documents embedded in it; where there is no text, the pictures, which
may be scans. Nothing outside the file is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lxml import etree

from ai_chat.errors import InputError
from ai_chat.loaders import blocks
from ai_chat.loaders.blocks import Block, Running
from ai_chat.loaders.detect import Source
from ai_chat.loaders.docx_body import Body
from ai_chat.loaders.ooxml import Package, open_package
from ai_chat.loaders.ooxml_embedded import embedded, pictures
from ai_chat.types import Attachment, Metadata, Problem, Unit

_OF_BODY = ("p", "tbl", "sdt", "customXml", "ins", "moveTo", "AlternateContent")
_RUNNING: tuple[Literal["header", "footer"], ...] = ("header", "footer")


def load_docx(source: Source) -> Iterator[Unit | Metadata | Attachment | Problem]:
    with open_package(source) as package:
        yield package.about()
        silent = True
        for unit in blocks.units(_blocks(package)):
            silent = False
            yield unit
        yield from embedded(package, (package.main,), source)
        if silent:
            yield from pictures(package, (package.main,), source)


def _blocks(package: Package) -> Iterator[Block]:
    main = package.main
    body = Body(package, main)
    for element in _elements(package, main):
        yield from body.blocks(element)
    yield from body.rest()
    for kind in _RUNNING:
        for part in package.related(main, kind):
            text = blocks.text_of(body.of_part(part))
            if any(character.isalpha() for character in text):  # more than the number of the page
                yield Running(kind, text)


def _elements(package: Package, main: str) -> Iterator[etree._Element]:
    """Those of the body one by one; each is given back before the next."""
    parser = etree.XMLPullParser(
        ("start", "end"),
        tag=[f"{{*}}{tag}" for tag in ("body", *_OF_BODY)],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    body: list[etree._Element] = []
    try:
        for piece in package.pieces(main):
            parser.feed(piece)
            yield from _ready(parser, body)
        parser.close()
        yield from _ready(parser, body)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise InputError("file_damaged", name=package.name, found=main, reason=str(error)) from error


def _ready(parser: etree.XMLPullParser, body: list[etree._Element]) -> Iterator[etree._Element]:
    for event, element in parser.read_events():
        if not body and event == "start":
            body.append(element)
        elif body and event == "end" and element.getparent() is body[0]:
            yield element
            while len(body[0]) and body[0][0] is not element:
                del body[0][0]
            element.clear()
