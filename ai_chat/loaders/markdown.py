"""Markdown -> a section a heading, labelled by the path of headings; markup stays as it is written, headers of long tables repeated.

Knows ATX and underlined headings, code fences and front matter. Raw offsets count from the start of the decoded file;
those of a repeated header are where it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ai_chat.loaders.about import front_matter
from ai_chat.loaders.detect import Source
from ai_chat.loaders.headers import RunningHeader
from ai_chat.loaders.normalise import Offsets, chained, normalise
from ai_chat.loaders.outline import Outline
from ai_chat.loaders.text import stretches
from ai_chat.types import Metadata, Unit

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NO_PARAGRAPH = re.compile(r"\s*$| {4}|\t| {0,3}([-*+>|]|\d+[.)]\s)")
_UNDER_HEADER = re.compile(r"[ \t]*(?=.*\|)\|?(?:[ \t]*:?-+:?[ \t]*(?:\||$))+[ \t]*$")
_LONGEST = 1 << 16


class _Section(NamedTuple):
    """`offsets` lead from `text`, repeated headers in it, to the file."""

    label: str
    text: str
    offsets: Offsets


def load_markdown(source: Source) -> Iterator[Unit | Metadata]:
    with source.path.open("r", encoding=source.encoding, newline="") as file:
        number = 0
        for section in _Reader().sections(file):
            if section.offsets[0] == (0, 0) and section.text.startswith("---"):
                yield front_matter(section.text)
            for stretch in stretches(iter((section.text,))):
                if not stretch.text.strip():
                    continue
                number += 1
                text, offsets = normalise(stretch.text, base=stretch.start)
                yield Unit("section", number, section.label, text, chained(offsets, section.offsets))


class _Reader:
    """Reads line by line; the last line is held back, as an underline may make a heading of it."""

    def __init__(self) -> None:
        self._outline = Outline()
        self._lines: list[str] = []
        self._length = self._start = 0  # of the source
        self._written = 0  # of the section's text, repeated headers included
        self._offsets: list[tuple[int, int]] = []
        self._above = ""
        self._header: RunningHeader | None = None
        self._header_start = 0
        self._label = ""
        self._has_body = False
        self._fence = ""

    def sections(self, lines: Iterator[str]) -> Iterator[_Section]:
        held = ""
        for index, line in enumerate(lines):
            bare = line.rstrip("\r\n")
            if index == 0 and bare.rstrip() == "---":
                self._fence = "---"
            level = _underline_level(held, bare) if not self._fence else 0
            if level:
                yield from self._enter(level, held.strip())
                self._append(held, body=False)
                self._append(line, body=False)
                held = ""
                continue
            yield from self._take(held)
            held = line
        yield from self._take(held)
        yield from self._flush()

    def _take(self, line: str) -> Iterator[_Section]:
        """A line that is no underlined heading."""
        if not line:
            return
        bare = line.rstrip("\r\n")
        heading = None if self._in_fence(bare) else _ATX.match(bare)
        if heading and heading.group(2):
            yield from self._enter(len(heading.group(1)), heading.group(2).strip())
        elif self._length > _LONGEST:
            yield from self._flush()
        self._repeat_header(bare)
        self._append(line, body=heading is None and bool(bare.strip()))

    def _enter(self, level: int, title: str) -> Iterator[_Section]:
        if self._has_body:
            yield from self._flush()
        self._outline.enter(level, title)
        self._label = self._outline.label

    def _flush(self) -> Iterator[_Section]:
        yield _Section(self._label, "".join(self._lines), ((0, self._start), *self._offsets))
        self._start += self._length
        self._lines, self._length, self._has_body = [], 0, False
        self._written, self._offsets = 0, []

    def _append(self, line: str, *, body: bool) -> None:
        self._lines.append(line)
        self._length += len(line)
        self._written += len(line)
        self._above = line
        self._has_body = self._has_body or body

    def _repeat_header(self, row: str) -> None:
        """Before a row of a table, if it is time; its place in the file is that of the header."""
        here = self._start + self._length
        if "|" not in row or self._fence:
            self._header = None
        elif "|" in self._above and _UNDER_HEADER.match(row):
            self._header = RunningHeader(self._above)
            self._header_start = here - len(self._above)
        elif self._header and (again := self._header.before(row)):
            self._offsets += [(self._written, self._header_start), (self._written + len(again), here)]
            self._lines.append(again)
            self._written += len(again)

    def _in_fence(self, bare: str) -> bool:
        """Follows code fences and front matter; true for their first and last lines too."""
        if self._fence == "---":
            if bare.rstrip() in ("---", "...") and self._length:
                self._fence = ""
            return True
        mark = _FENCE.match(bare)
        if not self._fence:
            self._fence = mark.group(1) if mark else ""
            return mark is not None
        if mark and mark.group(1).startswith(self._fence) and not bare.strip(" `~\t"):
            self._fence = ""
        return True


def _underline_level(above: str, line: str) -> int:
    """1 or 2 when `line` underlines `above`, else 0."""
    mark = _UNDERLINE.match(line)
    if mark is None or _NO_PARAGRAPH.match(above) or _ATX.match(above.rstrip("\r\n")) or _FENCE.match(above):
        return 0
    return 1 if mark.group(1).startswith("=") else 2
