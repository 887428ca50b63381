"""XML too large to be held whole: its elements one by one as they end, each given back before the next.

Takes the bytes of one part piece by piece, gives elements; InputError file_damaged. That they declare no entities is the business of who
reads the pieces. Knows no document format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from lxml import etree

from ai_chat.errors import InputError

Event = Literal["start", "end"]


def elements(pieces: Iterable[bytes], name: str, found: str, tags: Sequence[str]) -> Iterator[etree._Element]:
    """Every element of these local names as it ends; it and all before it are emptied when the next is asked for."""
    return (element for _event, element in events(pieces, name, found, tags, ("end",)))


def events(
    pieces: Iterable[bytes], name: str, found: str, tags: Sequence[str], which: Sequence[Event] = ("start", "end")
) -> Iterator[tuple[Event, etree._Element]]:
    """`elements` with their starts, when only their attributes are there. `found` is what the part is called where it is damaged."""
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
        for piece in pieces:
            parser.feed(piece)
            yield from _ready(parser)
        parser.close()
        yield from _ready(parser)
    except etree.XMLSyntaxError as error:
        raise InputError("file_damaged", name=name, found=found, reason=str(error)) from error


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
