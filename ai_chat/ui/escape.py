"""Text of documents, questions and models made harmless: it is shown, never obeyed.

Pure: text in, HTML (for `st.html`) or a markdown label (for buttons and toasts) out. Knows no Streamlit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

Spans = Sequence[tuple[int, int]]

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&=^@\"'/])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_MARKER = re.compile(r"\[(\d{1,2})\]")
_BOLD = re.compile(r"\*\*(\S(?:[^*\n]*\S)?)\*\*")
_ITEM = re.compile(r"^\s{0,6}(?:[-*•]|\d{1,2}[.)])\s+")
_LEAD = 24  # characters shown before the best sentence
_TAGS = {
    "\ue000": '<span class="unsure">',
    "\ue001": "</span>",
    "\ue002": '<strong class="wrong">',
    "\ue003": " <small>{label}</small></strong>",
}
_NO_TAGS = {ord(tag): " " for tag in _TAGS}
_LEVELS = ("{}", "\ue000{}\ue001", "\ue000\ue002{}\ue003\ue001")
_HEADING = re.compile(r"^#{1,6}\s+(.*)$")


def html_text(text: str) -> str:
    """Text as HTML that shows exactly it; control and direction characters, which could disguise it, fall out."""
    return escape(_CONTROL.sub("", text), quote=True)


def label_text(text: str) -> str:
    """Text as Streamlit markdown that shows exactly it, on one line: no link, picture, icon, colour or formula."""
    return _MARKDOWN.sub(r"\\\1", " ".join(_CONTROL.sub(" ", text).split()))


def marked_html(text: str, sentence: str) -> str:
    """A passage with its best sentence marked; unmarked where the sentence does not stand in it."""
    start = text.find(sentence) if sentence else -1
    if start < 0:
        return html_text(text)
    end = start + len(sentence)
    return f"{html_text(text[:start])}<mark>{html_text(text[start:end])}</mark>{html_text(text[end:])}"


def snippet_html(text: str, sentence: str) -> str:
    """The passage from a few words before its best sentence on, in one line of text."""
    start = max(text.find(sentence), 0) if sentence else 0
    begin = text.rfind(" ", 0, max(start - _LEAD, 0)) + 1 if start > _LEAD else 0
    shown = marked_html(text[begin:], sentence)
    return f"…{shown}" if begin else shown


def answer_html(
    text: str, anchor: str, markers: frozenset[int], unsure: Spans = (), wrong: Spans = (), label: str = ""
) -> str:
    """A model's answer: paragraphs, list items and bold are kept; each known [n] leads to passage `anchor`-n.

    `unsure` are spans of `text` to underline, `wrong` spans to paint red; `label` stands behind each of these, for
    whoever does not see colours.
    """
    text = text.replace("\r", "\n").translate(_NO_TAGS)
    levels = _levels(len(text), unsure, wrong)
    html = "".join(_line_html(*line, anchor, markers) for line in _lines(text, levels))
    for tag, meaning in _TAGS.items():
        html = html.replace(tag, meaning.format(label=html_text(label)))
    return html


def _levels(length: int, unsure: Spans, wrong: Spans) -> bytes:
    """Of each character: 0 as it is, 1 underlined, 2 red as well."""
    levels = bytearray(length)
    for level, spans in ((b"\1", unsure), (b"\2", wrong)):
        for start, end in spans:
            levels[start:end] = level * max(0, min(end, length) - start)
    return bytes(levels)


def _lines(text: str, levels: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    for line in text.split("\n"):
        yield line, levels[at : at + len(line)]
        at += len(line) + 1


def _line_html(line: str, levels: bytes, anchor: str, markers: frozenset[int]) -> str:
    if not line.strip():
        return ""
    item = _ITEM.match(line)
    heading = _HEADING.match(line)
    start = heading.start(1) if heading else item.end() if item else 0
    html = _BOLD.sub(r"<b>\1</b>", html_text(_tagged(line[start:], levels[start:])))
    html = _MARKER.sub(lambda found: _link(found, anchor, markers), html)
    if heading:
        return f"<p><b>{html}</b></p>"
    if item:
        return f'<p class="item">{html_text(item.group().strip()).replace("*", "•").replace("-", "•")} {html}</p>'
    return f"<p>{html}</p>"


def _tagged(body: str, levels: bytes) -> str:
    """Without the space around it, and with private characters, which no text has any more, where a span begins and ends."""
    start, end = len(body) - len(body.lstrip()), len(body.rstrip())
    pieces = []
    for level, places in groupby(range(start, end), key=levels.__getitem__):
        piece = "".join(body[place] for place in places)
        pieces.append(_LEVELS[level].format(piece) if level else piece)
    return "".join(pieces)


def _link(found: re.Match[str], anchor: str, markers: frozenset[int]) -> str:
    number = int(found.group(1))
    if number not in markers:
        return found.group()
    return f'<a class="cite" href="#{anchor}-{number}">{number}</a>'
