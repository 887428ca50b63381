"""XML too large to be held whole: its elements one by one as they end, each given back before the next.

Takes the bytes of one part piece by piece, gives elements; InputError file_damaged. That they declare no entities is the business of who
reads the pieces. Knows no document format.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal

from lxml import etree

from ai_chat.errors import InputError
from ai_chat.loaders.guard import XML_OPTIONS

Event = Literal["start", "end"]

_PIECE = 1 << 16


def elements(pieces: Iterable[bytes], name: str, found: str, tags: Sequence[str]) -> Iterator[etree._Element]:
    """Every element of these local names as it ends; it and all before it are emptied when the next is asked for."""
    return (element for _event, element in events(pieces, name, found, tags, ("end",)))


def events(
    pieces: Iterable[bytes], name: str, found: str, tags: Sequence[str], which: Sequence[Event] = ("start", "end")
) -> Iterator[tuple[Event, etree._Element]]:
    """`elements` with their starts, when only their attributes are there. `found` is what the part is called where it is damaged."""
    for event, element in _parsed(pieces, name, found, tags, which):
        yield event, element
        if event == "end":
            _forget(element)


def elements_at(
    depth: int, pieces: Iterable[bytes], name: str, found: str, tags: Sequence[str]
) -> Iterator[etree._Element]:
    """Only those with so many elements around them, each with all that is in it."""
    for _event, element in _parsed(pieces, name, found, tags, ("end",)):
        if sum(1 for _ in element.iterancestors()) == depth:
            yield element
            _forget(element)


def sliced(data: bytes) -> Iterator[bytes]:
    """What is in memory already, in pieces."""
    return (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for other things that XML may hold."""
    return _without_namespace(element.tag)


@lru_cache(1000)
def _without_namespace(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _parsed(
    pieces: Iterable[bytes], name: str, found: str, tags: Sequence[str], which: Sequence[Event]
) -> Iterator[tuple[Event, etree._Element]]:
    parser = etree.XMLPullParser(which, tag=[f"{{*}}{tag}" for tag in tags], **XML_OPTIONS)
    try:
        for piece in pieces:
            parser.feed(piece)
            yield from parser.read_events()
        parser.close()
        yield from parser.read_events()
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise InputError("file_damaged", name=name, found=found, reason=str(error)) from error


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
