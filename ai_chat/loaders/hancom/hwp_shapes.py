"""The stream DocInfo of an HWP 5 file -> how its paragraphs are numbered. Takes its bytes, knows no text of the document."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ai_chat.loaders.hancom.hwp_records import Node, trees
from ai_chat.loaders.hancom.numbers import FORMATS, Heads, Kind, Level, Shape

_NUMBERING, _BULLET, _PARAGRAPH_SHAPE = 23, 24, 25
_KINDS: tuple[Kind, ...] = ("", "outline", "number", "bullet")
_FIRST_LEVELS, _MORE_LEVELS = 7, 3


def read_heads(data: bytes, name: str) -> Heads:
    """Raises InputError file_damaged."""
    found: dict[int, list[bytes]] = {_NUMBERING: [], _BULLET: [], _PARAGRAPH_SHAPE: []}
    for node in _all(trees(data, name, "DocInfo")):
        if node.tag in found:
            found[node.tag].append(node.data)
    return Heads(
        {number: _shape(each) for number, each in enumerate(found[_PARAGRAPH_SHAPE])},
        {number: _levels(each) for number, each in enumerate(found[_NUMBERING], 1)},
        {number: each[12:14].decode("utf-16-le", "ignore") for number, each in enumerate(found[_BULLET], 1)},
    )


def _all(nodes: Iterator[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all(iter(node.children))


def _shape(data: bytes) -> Shape:
    if len(data) < 32:
        return Shape()
    (attributes,) = struct.unpack_from("<I", data)
    (numbering,) = struct.unpack_from("<H", data, 30)
    return Shape(_KINDS[attributes >> 23 & 3], attributes >> 25 & 7, numbering)


def _levels(data: bytes) -> tuple[Level, ...]:
    """Seven levels, and in later versions their first numbers and three levels more."""
    position = 0
    written: list[tuple[str, str]] = []
    while position + 14 <= len(data) and len(written) < _FIRST_LEVELS:
        (attributes,) = struct.unpack_from("<I", data, position)
        (length,) = struct.unpack_from("<H", data, position + 12)
        position += 14
        pattern = data[position : position + 2 * length].decode("utf-16-le", "ignore")
        position += 2 * length
        style = attributes >> 5 & 0x0F
        written.append((pattern, FORMATS[style] if style < len(FORMATS) else "DIGIT"))
    starts = data[position + 2 : position + 2 + 4 * _FIRST_LEVELS]
    firsts = struct.unpack("<7I", starts) if len(starts) == 4 * _FIRST_LEVELS else (1,) * _FIRST_LEVELS
    return tuple(Level(pattern, style, first or 1) for (pattern, style), first in zip(written, firsts, strict=False))
