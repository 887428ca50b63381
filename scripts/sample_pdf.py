"""Draws the PDF samples: pages of blocks in, an A4 file with embedded subsets of two faces out.

Takes (kind, rows) pairs as scripts/make_samples.py parses them; gives a file without times or random ids, so that equal
input is equal bytes. Refuses a character that the font lacks and a page that does not fit. Knows no sample by name.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph, Spacer, Table, TableStyle

Rows = tuple[tuple[str, ...], ...]
Page = Sequence[tuple[str, Rows]]

REGULAR, BOLD = "Sample", "SampleBold"
MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
CELL_PADDING = 4
GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.4, HexColor("#888888")),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor("#eeeeee")),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), CELL_PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), CELL_PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
)
STYLES = {
    "title": ParagraphStyle("title", fontName=BOLD, fontSize=17, leading=24, spaceAfter=8),
    "heading": ParagraphStyle("heading", fontName=BOLD, fontSize=12, leading=17, spaceBefore=10, spaceAfter=4),
    "text": ParagraphStyle("text", fontName=REGULAR, fontSize=10, leading=16, spaceAfter=4),
    "item": ParagraphStyle("item", fontName=REGULAR, fontSize=10, leading=16, leftIndent=12, bulletIndent=2),
    "cell": ParagraphStyle("cell", fontName=REGULAR, fontSize=9, leading=12.5),
    "head": ParagraphStyle("head", fontName=BOLD, fontSize=9, leading=12.5),
}


def load_fonts(regular: Path, bold: Path) -> None:
    pdfmetrics.registerFont(TTFont(REGULAR, str(regular)))
    pdfmetrics.registerFont(TTFont(BOLD, str(bold)))


def write_pdf(pages: Sequence[Page], target: Path) -> None:
    """Writes `pages` to `target`; the first block of the first page is the document's title."""
    check_glyphs(pages)
    title = pages[0][0][1][0][0]
    document = BaseDocTemplate(str(target), pagesize=A4, invariant=1, title=title, author="Onsaemi Precision Co., Ltd.")
    footer = partial(draw_footer, title=title, count=len(pages))
    frame = Frame(MARGIN, MARGIN, WIDTH, A4[1] - 2 * MARGIN, leftPadding=0, rightPadding=0)
    document.addPageTemplates(
        PageTemplate("page", [frame], onPageEnd=footer)
    )  # at the end: text is read in drawing order
    document.build(flowables(pages))
    if document.page != len(pages):
        raise SystemExit(f"{target.name}: {len(pages)} pages of text became {document.page}; shorten a page")


def check_glyphs(pages: Sequence[Page]) -> None:
    known = pdfmetrics.getFont(REGULAR).face.charToGlyph
    text = {char for page in pages for _, rows in page for row in rows for cell in row for char in cell}
    missing = sorted(char for char in text if ord(char) not in known)
    if missing:
        raise SystemExit(f"the font has no glyph for {' '.join(missing)}")


def flowables(pages: Sequence[Page]) -> list[Any]:
    story: list[Any] = []
    for page in pages:
        for kind, rows in page:
            story.extend(table(rows) if kind == "table" else [paragraph(kind, rows[0][0])])
        story.append(PageBreak())
    return story[:-1]


def paragraph(kind: str, text: str) -> Paragraph:
    return Paragraph(html.escape(text, quote=False), STYLES[kind], bulletText="•" if kind == "item" else None)


def table(rows: Rows) -> list[Any]:
    """The first row is the header; a column is as wide as its longest cell, all scaled to the page."""
    cells = [[paragraph("cell" if number else "head", cell) for cell in row] for number, row in enumerate(rows)]
    natural = [max(cell_width(cell) for cell in column) for column in zip(*rows, strict=True)]
    scale = WIDTH / sum(natural)
    grid = Table(cells, colWidths=[width * scale for width in natural], repeatRows=1)
    grid.setStyle(GRID)
    return [Spacer(1, 3), grid, Spacer(1, 6)]


def cell_width(cell: str) -> float:
    return float(pdfmetrics.stringWidth(cell, BOLD, 9)) + 2 * CELL_PADDING + 1


def draw_footer(canvas: Any, document: Any, *, title: str, count: int) -> None:
    canvas.setFont(REGULAR, 8)
    canvas.drawString(MARGIN, 12 * mm, title)
    canvas.drawRightString(A4[0] - MARGIN, 12 * mm, f"{document.page} / {count}")
