"""Ruled tables of PDF pages: which grids are tables, what their rows say, and where their letters stand."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from ai_chat.loaders import load
from ai_chat.loaders.normalise import to_raw
from ai_chat.loaders.pdf.rules import Line, Place, grid_of
from ai_chat.types import Unit

FONT = "HYSMyeongJo-Medium"
GRID: tuple[Any, ...] = ("GRID", (0, 0), (-1, -1), 0.5, "black")
STAFF = [["이름", "부서", "연차"], *([f"직원{n}", f"{n}팀", str(n)] for n in range(1, 5))]


def document(*parts: list[list[str]] | str, styles: tuple[Any, ...] = (GRID,), repeat: int = 0) -> bytes:
    """Paragraphs, and tables with these styles."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    body = ParagraphStyle("body", fontName=FONT, fontSize=10, leading=14)
    font = ("FONTNAME", (0, 0), (-1, -1), FONT)
    story = [
        Paragraph(part, body) if isinstance(part, str) else Table(part, style=[font, *styles], repeatRows=repeat)
        for part in parts
    ]
    buffer = BytesIO()
    SimpleDocTemplate(buffer, invariant=1).build(story)
    return buffer.getvalue()


def read(folder: Path, content: bytes) -> list[Unit]:
    path = folder / "a.pdf"
    path.write_bytes(content)
    return [item for item in load(path, "a.pdf") if isinstance(item, Unit)]


def rows(unit: Unit) -> list[str]:
    return [line for line in unit.text.split("\n") if " | " in line]


def test_rows_name_their_columns(tmp_path: Path) -> None:
    (unit,) = read(tmp_path, document("앞의 문단이다.", STAFF, "뒤의 문단이다."))
    named = "\n".join(f"이름: 직원{n} | 부서: {n}팀 | 연차: {n}" for n in range(1, 5))
    assert unit.text.strip() == f"앞의 문단이다.\n\n{named}\n\n뒤의 문단이다."


@pytest.mark.parametrize(
    "styles",
    [
        (("BOX", (0, 0), (-1, -1), 1, "black"), ("INNERGRID", (0, 0), (-1, -1), 0.25, "black")),
        (("LINEABOVE", (0, 0), (-1, -1), 0.5, "black"), ("LINEBELOW", (0, -1), (-1, -1), 0.5, "black"),
         ("LINEBEFORE", (1, 0), (-1, -1), 0.5, "black")),
        (("GRID", (0, 0), (-1, -1), 0.5, "black", None, (2, 2)),),
    ],
    ids=["box", "open sides", "dashes"],
)  # fmt: skip
def test_ways_of_ruling(tmp_path: Path, styles: tuple[Any, ...]) -> None:
    (unit,) = read(tmp_path, document(STAFF, styles=styles))
    assert rows(unit)[2] == "이름: 직원3 | 부서: 3팀 | 연차: 3"


def test_letters_lead_back_to_the_page_text(tmp_path: Path) -> None:
    (unit,) = read(tmp_path, document("앞의 문단이다.", STAFF))
    start = unit.text.index("직원2 ")
    raw = [to_raw(unit.offsets, start + step) for step in range(3)]
    assert raw == list(range(raw[0], raw[0] + 3))
    assert to_raw(unit.offsets, unit.text.index("2팀")) > raw[-1]


def test_a_cell_over_rows_is_said_in_each(tmp_path: Path) -> None:
    table = [["부서", "이름", "직급"], ["총무팀", "김철수", "과장"], ["", "이영희", "대리"], ["영업팀", "박민수", "12"]]
    (unit,) = read(tmp_path, document(table, styles=(GRID, ("SPAN", (0, 1), (0, 2)))))
    assert "부서: 총무팀 | 이름: 이영희 | 직급: 대리" in rows(unit)


def test_names_over_two_columns(tmp_path: Path) -> None:
    table = [["구분", "2024년", ""], ["", "매출", "이익"], ["서울", "100", "10"], ["부산", "80", "7"]]
    spans = (("SPAN", (1, 0), (2, 0)), ("SPAN", (0, 0), (0, 1)))
    (unit,) = read(tmp_path, document(table, styles=(GRID, *spans)))
    assert rows(unit) == [
        "구분: 서울 | 2024년 매출: 100 | 2024년 이익: 10",
        "구분: 부산 | 2024년 매출: 80 | 2024년 이익: 7",
    ]


@pytest.mark.parametrize("repeat", [0, 1])
def test_a_table_goes_on_upon_the_next_page(tmp_path: Path, repeat: int) -> None:
    table = [["품목", "수량", "단가"], *([f"품목 {n}호", str(n), f"{n}00"] for n in range(1, 61))]
    units = read(tmp_path, document(table, repeat=repeat))
    assert len(units) == 2
    found = [row for unit in units for row in rows(unit)]
    assert found == [f"품목: 품목 {n}호 | 수량: {n} | 단가: {n}00" for n in range(1, 61)]


def test_a_frame_around_text_is_no_table(tmp_path: Path) -> None:
    (unit,) = read(tmp_path, document([["알림", ""], ["", ""]], "본문이다."))
    assert unit.text.split() == ["알림", "본문이다."]


def test_a_page_that_is_shown_turned(tmp_path: Path) -> None:
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setPageRotation(90)
    canvas.translate(595, 0)
    canvas.rotate(90)
    table = Table([["Name", "Team", "Days"], ["Kim", "Sales", "12"], ["Lee", "Staff", "15"]], style=[GRID])
    table.wrapOn(canvas, 400, 400)
    table.drawOn(canvas, 60, 500)
    canvas.save()
    (unit,) = read(tmp_path, buffer.getvalue())
    assert rows(unit) == ["Name: Kim | Team: Sales | Days: 12", "Name: Lee | Team: Staff | Days: 15"]


def test_a_grid_of_more_cells_than_text_has_is_a_drawing() -> None:
    lines = [Line(9.0 * place, 0, 9000) for place in range(1000)]
    assert grid_of(lines, lines) is None


def test_a_grid_of_lines() -> None:
    across = [Line(y, 0, 100) for y in (0, 20, 40)]
    down = [Line(x, 0, 40) for x in (0, 100)] + [Line(50, 0, 20)]
    grid = grid_of(across, down)
    assert grid is not None
    assert grid.at(75, 30) == Place(0, 0, 1, 2)
    assert (grid.at(25, 10), grid.at(75, 10)) == (Place(1, 0, 1, 1), Place(1, 1, 1, 1))
    assert grid.at(150, 10) is None
    assert grid_of(across[:2], down) is None
