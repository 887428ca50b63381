"""A citation: a part of a passage with its place in the document.

Takes a hit and a span, gives the place. Pure.
"""

from __future__ import annotations

from ai_chat.chunking import Span
from ai_chat.types import Citation, Hit


def cite(marker: int, hit: Hit, span: Span | None = None, unit_text: str | None = None) -> Citation:
    """`span` of the passage's text, its best sentence where none is given; of its whole unit's, where `unit_text` is that."""
    text, base = (hit.text, hit.start - hit.text.index(hit.sentence)) if unit_text is None else (unit_text, 0)
    start, end = span or (hit.start - base, hit.end - base)
    return Citation(
        marker=marker,
        document=hit.document,
        document_id=hit.document_id,
        version_id=hit.version_id,
        unit=hit.unit,
        page=hit.page,
        quote=text[start:end],
        start=base + start,
        end=base + end,
    )
