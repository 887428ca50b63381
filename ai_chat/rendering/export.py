"""A whole document as one text: Markdown with its tables, or plain text, unit by unit.

Takes a DocumentDetail and what each unit is called, gives pieces of text in order. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ai_chat.rendering.blocks import Paragraph, Table, blocks
from ai_chat.rendering.places import Span
from ai_chat.types import DocumentDetail, Unit

Heading = Callable[[Unit], str]


def as_text(detail: DocumentDetail, heading: Heading) -> Iterator[str]:
    yield f"{detail.info.name}\n"
    for unit in detail.units:
        yield f"\n--- {heading(unit)}\n\n{unit.text.strip()}\n"


def as_markdown(detail: DocumentDetail, heading: Heading) -> Iterator[str]:
    yield f"# {detail.info.name}\n"
    for unit in detail.units:
        yield f"\n## {heading(unit)}\n"
        for block in blocks(unit.text):
            yield f"\n{_paragraph(unit.text, block) if isinstance(block, Paragraph) else _table(unit.text, block)}\n"


def _paragraph(text: str, block: Paragraph) -> str:
    """Line ends stay where they are."""
    return "  \n".join(text[line.start : line.end].rstrip() for line in block.lines)


def _table(text: str, table: Table) -> str:
    columns = max(len(row) for row in table.rows)
    names = table.names or ("",) * columns
    rows = [[_cell(text, cell) for cell in row] + [""] * (columns - len(row)) for row in table.rows]
    lines = [[name.replace("|", "\\|") for name in names], ["---"] * columns, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str, cell: Span | None) -> str:
    return text[cell.start : cell.end].strip().replace("|", "\\|") if cell else ""
