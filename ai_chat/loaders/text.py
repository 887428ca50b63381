"""Plain text -> sections of about 3,000 characters on paragraph borders, read in pieces.

Also the cutter for the long sections of other text formats. Raw offsets count from the start of the decoded file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TextIO

from ai_chat.loaders.detect import Source
from ai_chat.loaders.normalise import joins_previous, normalise
from ai_chat.types import Unit

_PIECE = 1 << 16
_SHORTEST, _LONGEST = 1500, 3500
_BORDERS = (
    re.compile(r"(?:\r\n|\r(?!\n)|\n)[ \t]*(?:\r\n|\r|\n)\s*"),
    re.compile(r"\r\n|\r|\n"),
    re.compile(r"[.!?。！？…]['\"”’)\]]*\s+|(?<=[。！？])"),
    re.compile(r"\s+"),
)


class Stretch(NamedTuple):
    """A piece of raw text and where it starts: offset and line, both in the whole."""

    start: int
    line: int
    text: str


def load_text(source: Source) -> Iterator[Unit]:
    """Sections labelled by their lines, as in "lines 1-40"."""
    with source.path.open("r", encoding=source.encoding, newline="") as file:
        number = 0
        for stretch in stretches(_pieces(file)):
            if not stretch.text.strip():
                continue
            number += 1
            text, offsets = normalise(stretch.text, base=stretch.start)
            last = stretch.line + max(0, _line_ends(stretch.text.rstrip()))
            yield Unit("section", number, f"lines {stretch.line}-{last}", text, offsets)


def stretches(pieces: Iterator[str]) -> Iterator[Stretch]:
    """Cut a stream of text into stretches of 1,500 to 3,500 characters; nothing is lost between them."""
    buffer, start, line = "", 0, 1
    for piece in pieces:
        buffer += piece
        position = 0
        while len(buffer) - position > 2 * _LONGEST:
            end = position + _cut(buffer[position : position + _LONGEST + 32])
            text = buffer[position:end]
            yield Stretch(start, line, text)
            start += len(text)
            line += _line_ends(text)
            position = end
        buffer = buffer[position:]
    yield from _rest(buffer, start, line)


def _rest(buffer: str, start: int, line: int) -> Iterator[Stretch]:
    while buffer:
        end = _cut(buffer[: _LONGEST + 32]) if len(buffer) > _LONGEST else len(buffer)
        yield Stretch(start, line, buffer[:end])
        start += end
        line += _line_ends(buffer[:end])
        buffer = buffer[end:]


def _cut(window: str) -> int:
    """Where to end a stretch that starts `window`: the last of the best kind of border that it has."""
    for border in _BORDERS:
        ends = [m.end() for m in border.finditer(window, _SHORTEST, _LONGEST) if m.end() < _LONGEST]
        if ends:
            return ends[-1]
    cut = min(_LONGEST, len(window))
    while cut < len(window) and (joins_previous(window[cut]) or window[cut - 1 : cut + 1] == "\r\n"):
        cut += 1
    return cut


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _pieces(file: TextIO) -> Iterator[str]:
    while piece := file.read(_PIECE):
        yield piece
