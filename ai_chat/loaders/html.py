"""HTML -> a section a heading, labelled by the path of headings: text as a reader sees it, table rows as lines, headers repeated.

Broken markup is repaired by libxml2, read in pieces; scripts, styles, navigation and hidden parts are left out, nothing is
fetched. The raw text of the offsets is the text of the stretch before normalisation, as the source has no plain places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple, TextIO

from lxml import etree

from ai_chat.loaders.about import metadata
from ai_chat.loaders.detect import Source
from ai_chat.loaders.html_table import HtmlCell, HtmlTable, span
from ai_chat.loaders.normalise import normalise
from ai_chat.loaders.outline import Outline
from ai_chat.loaders.text import stretches
from ai_chat.types import Metadata, Unit

_PIECE = 1 << 16
_LONGEST = 1 << 16
_UNSEEN = "script style noscript template svg math iframe object nav select button textarea"
_IN_LINES = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s samp small span strike strong "
    "sub sup time tt u var wbr html body"
)
_SKIPPED, _INLINE = frozenset(_UNSEEN.split()), frozenset(_IN_LINES.split())
_OF_LINES = _INLINE | {"br", "tr", "td", "th", "thead", "tbody", "tfoot", "col", "colgroup"}  # begin no paragraph
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SEPARATOR = " | "
_META = (
    ("author", "article:author", "dc.creator", "dcterms.creator"),
    ("article:published_time", "date", "dc.date", "dcterms.created", "article:modified_time"),
)


class _Section(NamedTuple):
    label: str
    text: str


def load_html(source: Source) -> Iterator[Unit | Metadata]:
    reader = _Reader()
    with source.path.open("r", encoding=source.encoding) as file:
        number = 0
        for section in _sections(file, reader):
            for stretch in stretches(iter((section.text,))):
                if stretch.text.strip():
                    number += 1
                    yield Unit("section", number, section.label, *normalise(stretch.text))
    yield reader.about()


def _sections(file: TextIO, reader: _Reader) -> Iterator[_Section]:
    parser = etree.HTMLParser(target=reader, huge_tree=True, encoding="utf-8")
    while piece := file.read(_PIECE):
        parser.feed(piece.replace("\x00", "").encode("utf-8", "replace"))
        yield from reader.drain()
    with suppress(etree.XMLSyntaxError):  # which a page without any element is
        parser.close()
    yield from reader.drain()
    if parser.feed_error_log.filter_types(etree.ErrorTypes.ERR_NO_MEMORY):
        raise MemoryError  # libxml2 stops reading and says so in its log alone


class _Reader:
    """A parser target: hears tags and text, collects lines and from them sections."""

    def __init__(self) -> None:
        self._outline = Outline()
        self._done: list[_Section] = []
        self._lines: list[str] = []
        self._length = 0
        self._apart = False  # from the line before, as paragraphs are
        self._label = self._title = ""
        self._has_body = False
        self._buffers: list[list[str]] = [[]]  # the line, and inside it a cell for each table it stands in
        self._spans: list[tuple[int, int]] = []  # rows and columns of each cell that is open
        self._rows: list[list[HtmlCell]] = []
        self._table = HtmlTable()
        self._skipping: list[str] = []
        self._preformatted = 0
        self._told: dict[str, str] = {}

    def about(self) -> Metadata:
        """By the title and the meta elements, the better known names first."""
        author, created = (next((self._told[name] for name in names if name in self._told), "") for names in _META)
        return metadata(self._title, author, created)

    def drain(self) -> Iterator[_Section]:
        done, self._done = self._done, []
        yield from done

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._skipping or tag in _SKIPPED or _is_hidden(attributes):
            if not self._skipping or self._skipping[0] == tag:
                self._skipping.append(tag)
            return
        if tag not in _INLINE:
            self._break()
        self._part(tag)
        if tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._buffers.append([])
            self._spans.append((span(attributes.get("rowspan")), span(attributes.get("colspan"))))
        elif tag == "title":
            self._buffers.append([])
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "meta":
            name = (attributes.get("name") or attributes.get("property") or "").lower()
            if any(name in names for names in _META):
                self._told.setdefault(name, attributes.get("content", ""))

    def end(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[0]:
                self._skipping.pop()
            return
        if tag in _HEADINGS and len(self._buffers) == 1:
            self._enter(_HEADINGS[tag], self._take())
        elif tag in ("td", "th"):
            self._end_cell(tag)
        elif tag == "tr":
            self._end_row()
        elif tag == "title":
            self._end_title()
        else:
            self._preformatted -= tag == "pre"
            if tag not in _INLINE:
                self._break()
            if tag == "table" and len(self._buffers) == 1:
                self._end_table()
        self._part(tag)

    def data(self, text: str) -> None:
        if self._skipping:
            return
        first, *rest = text.split("\n") if self._preformatted else (text,)
        self._buffers[-1].append(first)
        for line in rest:
            self._break()
            self._buffers[-1].append(line)

    def comment(self, text: str) -> None:
        """Comments are not read."""

    def close(self) -> None:
        while len(self._buffers) > 1:
            self._end_cell("td")
        while self._rows:
            self._end_row()
        self._break()
        self._end_table()
        self._flush()

    def _take(self) -> str:
        text = " ".join("".join(self._buffers[-1]).split())
        self._buffers[-1] = []
        return text

    def _break(self) -> None:
        """A line ends here; inside a cell, lines stay together."""
        if len(self._buffers) > 1:
            self._buffers[-1].append(" ")
        elif text := self._take():
            self._add(text, body=True)

    def _part(self, tag: str) -> None:
        self._apart = self._apart or (tag not in _OF_LINES and len(self._buffers) == 1)

    def _end_cell(self, tag: str) -> None:
        if len(self._buffers) == 1:
            return
        text = self._take()
        self._buffers.pop()
        rows, columns = self._spans.pop() if self._spans else (1, 1)
        if self._rows:
            self._rows[-1].append(HtmlCell(text, tag == "th", rows, columns))
        else:
            self._buffers[-1].append(f"{text} ")

    def _end_row(self) -> None:
        """A row of a table within a cell is a line of that."""
        if not self._rows:
            return
        row = self._rows.pop()
        if len(self._buffers) == 1:
            self._say(self._table.add(row))
        elif any(cell.text for cell in row):
            self._buffers[-1].append(_SEPARATOR.join(cell.text for cell in row) + " ")
        self._break()

    def _end_table(self) -> None:
        self._say(self._table.lines())
        self._table = HtmlTable()

    def _say(self, lines: Iterator[str]) -> None:
        for line in lines:
            self._add(line, body=True)

    def _end_title(self) -> None:
        if len(self._buffers) == 1:
            return
        self._title = self._take()
        self._buffers.pop()
        if self._title:
            self._enter(0, self._title)

    def _enter(self, level: int, title: str) -> None:
        if not title:
            return
        if self._has_body:
            self._flush()
        elif self._lines == [title]:
            self._lines.clear()
        self._outline.enter(level, title)
        self._label = self._outline.label
        self._add(title, body=False)

    def _add(self, line: str, *, body: bool) -> None:
        if self._length > _LONGEST:
            self._flush()
        self._lines.append(f"\n{line}" if self._apart and self._lines else line)
        self._apart = False
        self._length += len(line)
        self._has_body = self._has_body or body

    def _flush(self) -> None:
        if self._lines:
            self._done.append(_Section(self._label, "\n".join(self._lines)))
        self._lines, self._length, self._has_body = [], 0, False


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    style = attributes.get("style", "").replace(" ", "").lower()
    return "hidden" in attributes or "display:none" in style or "visibility:hidden" in style
