"""XML too large to be held whole: its elements one by one as they end, each given back before the next.

Takes a container and the name of a member, gives elements; raises InputError as `guard` does. Knows no document format.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from typing import Literal

from lxml import etree

from ai_chat.errors import InputError
from ai_chat.loaders.guard import member_pieces, refuse_entities

Event = Literal["start", "end"]


def elements(archive: zipfile.ZipFile, member: str, name: str, tags: Sequence[str]) -> Iterator[etree._Element]:
    """Every element of these local names as it ends; it and all before it are emptied when the next is asked for."""
    return (element for _event, element in events(archive, member, name, tags, ("end",)))


def events(
    archive: zipfile.ZipFile, member: str, name: str, tags: Sequence[str], which: Sequence[Event] = ("start", "end")
) -> Iterator[tuple[Event, etree._Element]]:
    """`elements` with their starts, when only their attributes are there."""
    parser = etree.XMLPullParser(
        which,
        tag=[f"{{*}}{tag}" for tag in tags],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        before = b""
        for piece in member_pieces(archive, member, name):
            refuse_entities(before + piece, name)
            parser.feed(piece)
            yield from _ready(parser)
            before = piece[-16:]
        parser.close()
        yield from _ready(parser)
    except etree.XMLSyntaxError as error:
        raise InputError("file_damaged", name=name, found=member, reason=str(error)) from error


def local_name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _ready(parser: etree.XMLPullParser) -> Iterator[tuple[Event, etree._Element]]:
    for event, element in parser.read_events():
        yield event, element
        if event == "end":
            _forget(element)


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
