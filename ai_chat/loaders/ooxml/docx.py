"""DOCX -> a section a heading, read block by block: tables as lines, notes and memos behind what they stand at, headers and footers once.

Takes a Source, gives Units, what the file tells of itself, and the documents embedded in it; where there is no text, the pictures, which
may be scans. Nothing outside the file is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ai_chat.loaders import blocks
from ai_chat.loaders.blocks import Block, Running
from ai_chat.loaders.detect import Source
from ai_chat.loaders.ooxml.docx_body import Body
from ai_chat.loaders.ooxml.embedded import embedded, pictures
from ai_chat.loaders.ooxml.package import Package, open_package
from ai_chat.loaders.xmlstream import elements_at
from ai_chat.types import Attachment, Metadata, Problem, Unit

_OF_BODY = ("p", "tbl", "sdt", "customXml", "ins", "moveTo", "AlternateContent")
_DEPTH = 2  # of what stands in the body of the document
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
    for element in elements_at(_DEPTH, package.pieces(main), package.name, main, _OF_BODY):
        yield from body.blocks(element)
    yield from body.rest()
    for kind in _RUNNING:
        for part in package.related(main, kind):
            text = blocks.text_of(body.of_part(part))
            if any(character.isalpha() for character in text):  # more than the number of the page
                yield Running(kind, text)
