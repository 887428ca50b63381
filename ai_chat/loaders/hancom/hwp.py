"""HWP 5 -> sections: text, tables, notes, text boxes, headers and footers, memos, equations, numbers of paragraphs.

Files for distribution only are read as well; those with a password say so. Metadata come from the summary that stands beside
the text. Raw offsets count within the unit as written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from ai_chat.errors import InputError
from ai_chat.loaders.blocks import Block, units
from ai_chat.loaders.detect import Source
from ai_chat.loaders.hancom.embedded import embedded
from ai_chat.loaders.hancom.hwp_body import Body
from ai_chat.loaders.hancom.hwp_records import Header, read_binary, read_header, read_stream, sections, trees
from ai_chat.loaders.hancom.hwp_shapes import read_heads
from ai_chat.loaders.hancom.hwp_summary import read_summary
from ai_chat.loaders.ole import open_ole
from ai_chat.types import Attachment, Metadata, Problem, Unit

if TYPE_CHECKING:
    from olefile import OleFileIO

_SUMMARY = "\x05HwpSummaryInformation"


def load_hwp(source: Source) -> Iterator[Unit | Metadata | Attachment | Problem]:
    with open_ole(source.path, source.name, "HWP") as ole:
        yield _about(ole)
        header = read_header(ole, source.name, source.options.password)
        silent = True
        for unit in units(_blocks(ole, header, source.name)):
            silent = False
            yield unit
        names = sorted("/".join(entry) for entry in ole.listdir() if entry[0] == "BinData")
        yield from embedded(names, partial(read_binary, ole, header, source.name), silent, source)


def _blocks(ole: OleFileIO, header: Header, name: str) -> Iterator[Block]:
    streams = sections(ole, header)
    if not streams:
        raise InputError("file_damaged", name=name, found="HWP", reason="its text is missing")
    body = Body(read_heads(read_stream(ole, "DocInfo", header, name), name))
    for stream in streams:
        for tree in trees(read_stream(ole, stream, header, name), name, stream):
            yield from body.paragraph(tree)


def _about(ole: OleFileIO) -> Metadata:
    return read_summary(ole.openstream(_SUMMARY).read()) if ole.exists(_SUMMARY) else Metadata()
