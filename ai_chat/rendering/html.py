"""A unit's text -> a self-contained HTML page: paragraphs, tables, the marked places; everything escaped, nothing loaded, no script.

Takes a Unit, what to call it, and spans; gives text. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ai_chat.rendering.blocks import Paragraph, Table, blocks
from ai_chat.rendering.places import Span
from ai_chat.types import Unit

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0 auto;max-width:52rem;padding:1.5rem;font:1rem/1.7 system-ui,'Noto Sans KR','Malgun Gothic',sans-serif;"
    "word-break:keep-all;overflow-wrap:anywhere}"
    "h1{font-size:1.1rem}h1 small{font-weight:400;opacity:.7}p{white-space:pre-wrap}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}"
    "th,td{border:1px solid #9998;padding:.3rem .6rem;text-align:left;vertical-align:top}th{background:#9992}"
    "mark{background:#ffe45c;color:#000;padding:.1em 0}.skipped{opacity:.55}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def unit_html(unit: Unit, name: str, spans: Sequence[Span] = ()) -> str:
    """`name` is the document's; the first marked place has the id "mark"."""
    page = _Page(unit, spans)
    body = "\n".join(page.block(block) for block in blocks(unit.text))
    return (
        f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{escape(name)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n'
        f"<body><h1>{escape(name)} <small>{escape(unit.label or str(unit.number))}</small></h1>\n{body}\n</body></html>\n"
    )


class _Page:
    """Writes spans of one unit."""

    def __init__(self, unit: Unit, spans: Sequence[Span]) -> None:
        self._text = unit.text
        self._marks = spans
        self._skipped = tuple(Span(*span) for span in unit.skipped)
        self._borders = sorted({place for span in (*spans, *self._skipped) for place in span})
        self._first = True

    def block(self, block: Paragraph | Table) -> str:
        if isinstance(block, Paragraph):
            return f"<p>{self._text_of(Span(block.lines[0].start, block.lines[-1].end))}</p>"
        head = f"<tr>{''.join(f'<th>{escape(name)}</th>' for name in block.names)}</tr>" if block.names else ""
        rows = "\n".join(f"<tr>{''.join(map(self._cell, row))}</tr>" for row in block.rows)
        return f'<div class="scroll"><table>{head}\n{rows}</table></div>'

    def _cell(self, cell: Span | None) -> str:
        return f"<td>{self._text_of(cell) if cell else ''}</td>"

    def _text_of(self, span: Span) -> str:
        inside = [place for place in self._borders if span.start < place < span.end]
        ends = [*inside, span.end]
        return "".join(self._piece(start, end) for start, end in zip([span.start, *inside], ends, strict=True))

    def _piece(self, start: int, end: int) -> str:
        """Between two borders all is of one kind."""
        written = escape(self._text[start:end])
        if _covers(self._skipped, start):
            written = f'<span class="skipped">{written}</span>'
        if start < end and _covers(self._marks, start):
            anchor, self._first = (' id="mark"' if self._first else ""), False
            written = f"<mark{anchor}>{written}</mark>"
        return written


def _covers(spans: Sequence[Span], place: int) -> bool:
    return any(span.start <= place < span.end for span in spans)
