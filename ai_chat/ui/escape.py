"""Text of documents, questions and models made harmless: it is shown, never obeyed.

Pure: text in, HTML (for `st.html`) or a markdown label (for buttons and toasts) out. Knows no Streamlit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&=^@\"'/])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_MARKER = re.compile(r"\[(\d{1,2})\]")
_BOLD = re.compile(r"\*\*(\S(?:[^*\n]*\S)?)\*\*")
_ITEM = re.compile(r"^\s{0,6}(?:[-*•]|\d{1,2}[.)])\s+")
_LEAD = 24  # characters shown before the best sentence
_OPEN, _CLOSE = "\ue000", "\ue001"
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


def answer_html(text: str, anchor: str, markers: frozenset[int], unsure: Sequence[tuple[int, int]] = ()) -> str:
    """A model's answer: paragraphs, list items and bold are kept; each known [n] leads to passage `anchor`-n.

    `unsure` are spans of `text` to underline.
    """
    html = "".join(_line_html(line, anchor, markers) for line in _underlined(text, unsure).split("\n"))
    return html.replace(_OPEN, '<span class="unsure">').replace(_CLOSE, "</span>")


def _underlined(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Spans become private characters, line by line, that the text itself cannot contain."""
    text = text.replace("\r", "\n").replace(_OPEN, " ").replace(_CLOSE, " ")
    for start, end in sorted(spans, reverse=True):
        inside = text[start:end].replace("\n", f"{_CLOSE}\n{_OPEN}")
        text = f"{text[:start]}{_OPEN}{inside}{_CLOSE}{text[end:]}"
    return text


def _line_html(line: str, anchor: str, markers: frozenset[int]) -> str:
    if not line.strip():
        return ""
    item = _ITEM.match(line)
    heading = _HEADING.match(line)
    body = heading.group(1) if heading else line[item.end() :] if item else line
    html = _BOLD.sub(r"<b>\1</b>", html_text(body.strip()))
    html = _MARKER.sub(lambda found: _link(found, anchor, markers), html)
    if heading:
        return f"<p><b>{html}</b></p>"
    if item:
        return f'<p class="item">{html_text(item.group().strip()).replace("*", "•").replace("-", "•")} {html}</p>'
    return f"<p>{html}</p>"


def _link(found: re.Match[str], anchor: str, markers: frozenset[int]) -> str:
    number = int(found.group(1))
    if number not in markers:
        return found.group()
    return f'<a class="cite" href="#{anchor}-{number}">{number}</a>'
