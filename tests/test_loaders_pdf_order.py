"""The reading order of columns, and the lines that run along the heads and feet of pages."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ai_chat.loaders import load
from ai_chat.loaders.pdf.running import Edge, Edges, edge, repeated, skipped
from ai_chat.types import Unit

LEFT, RIGHT = 72, 310
TITLE = "두 단에 걸쳐서 놓인 보고서의 긴 제목은 이렇게 한 줄을 온전히 차지한다"
Line = tuple[float, float, str]


def pdf(*pages: Iterable[Line]) -> bytes:
    """Each line at its place, in this order."""
    pdfmetrics.registerFont(UnicodeCIDFont("HYSMyeongJo-Medium"))
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for page in pages:
        canvas.setFont("HYSMyeongJo-Medium", 10)
        for x, y, text in page:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read(folder: Path, content: bytes) -> list[Unit]:
    path = folder / "a.pdf"
    path.write_bytes(content)
    return [item for item in load(path, "a.pdf") if isinstance(item, Unit)]


def column(x: float, name: str, lines: int = 12) -> list[Line]:
    return [(x, 700 - 14 * n, f"{name} 단의 {n}번째 줄은 여기까지다") for n in range(lines)]


def texts(lines: Iterable[Line]) -> list[str]:
    return [text for _, _, text in lines]


def test_columns_that_were_written_across(tmp_path: Path) -> None:
    left, right = column(LEFT, "왼쪽"), column(RIGHT, "오른쪽")
    across = [line for pair in zip(left, right, strict=True) for line in pair]
    (unit,) = read(tmp_path, pdf([(LEFT, 740, TITLE), *across]))
    assert unit.text.split("\n")[:25] == [TITLE, *texts(left), *texts(right)]


def test_a_line_across_parts_the_columns(tmp_path: Path) -> None:
    upper = list(zip(column(LEFT, "위 왼쪽", 6), column(RIGHT, "위 오른쪽", 6), strict=True))
    lower = [((a, b - 120, c), (d, e - 120, f)) for (a, b, c), (d, e, f) in zip(
        column(LEFT, "밑 왼쪽", 6), column(RIGHT, "밑 오른쪽", 6), strict=True)]  # fmt: skip
    lines = [line for pair in upper for line in pair] + [(LEFT, 605, TITLE)] + [line for pair in lower for line in pair]
    (unit,) = read(tmp_path, pdf(lines))
    starts = [line.split(" 단의")[0] for line in unit.text.split("\n") if line]
    assert starts == ["위 왼쪽"] * 6 + ["위 오른쪽"] * 6 + [TITLE] + ["밑 왼쪽"] * 6 + ["밑 오른쪽"] * 6


def test_columns_in_order_stay_as_they_are(tmp_path: Path) -> None:
    lines = [*column(LEFT, "왼쪽"), *column(RIGHT, "오른쪽")]
    (unit,) = read(tmp_path, pdf(lines))
    assert unit.text.split("\n") == texts(lines)


def test_a_list_of_short_cells_is_read_along_its_rows(tmp_path: Path) -> None:
    cells = [(x, 700 - 14 * n, f"{name}{n}") for n in range(15) for x, name in ((LEFT, "품목"), (RIGHT, "수량"))]
    (unit,) = read(tmp_path, pdf(cells))
    assert unit.text.split("\n")[3] == "품목3 수량3"


def test_running_heads_and_feet_stay_in_the_unit_and_out_of_chunks(tmp_path: Path) -> None:
    pages = [
        [(LEFT, 800, "취업규칙 제3판"), (LEFT, 600, f"{n}째 쪽의 본문"), (280, 40, f"- {n} -")] for n in range(1, 13)
    ]
    units = read(tmp_path, pdf(*pages))
    assert units[4].text == "취업규칙 제3판\n5째 쪽의 본문\n- 5 -"
    assert [[unit.text[a:b] for a, b in unit.skipped] for unit in units] == [
        ["취업규칙 제3판", f"- {n} -"] for n in range(1, 13)
    ]


def test_numbers_that_do_not_count_with_the_pages_are_no_page_numbers(tmp_path: Path) -> None:
    pages = [[(LEFT, 600, f"{n}월 매출"), (LEFT, 40, f"합계 {n * n * 100}")] for n in range(1, 8)]
    assert not any(unit.skipped for unit in read(tmp_path, pdf(*pages)))


def test_a_page_of_nothing_else_keeps_its_lines() -> None:
    assert skipped("머리글\n", [(0, 3)]) == ()
    assert skipped("머리글\n본문", [(0, 3)]) == ((0, 3),)


def edges(number: int, line: str, y: float) -> Edges:
    return Edges(number, tuple(edge(line, 0, len(line), y)))


def test_three_pages_make_a_running_line() -> None:
    pages = {number: edges(number, "취업규칙 제3판", -40) for number in (1, 2, 3, 11)}
    assert pages[2].edges == (Edge(0, 8, -40, "취업규칙제#판", (3,)),)
    assert list(repeated(pages[2], [pages[1], pages[2]])) == []
    assert list(repeated(pages[2], [pages[1], pages[2], pages[3]])) == [(0, 8)]
    assert list(repeated(pages[2], [pages[1], pages[2], pages[11]])) == []


def test_a_foot_that_counts_two_pages() -> None:
    one, two = edges(1, "1 / 2", 30), edges(2, "2 / 2", 30)
    assert list(repeated(two, [one, two])) == [(0, 5)]
    assert list(repeated(edges(2, "2 / 2", -30), [edges(1, "1 / 2", -30)])) == []


def words(gap: float, *row: str) -> list[Line]:
    """Each at its place on one line of 10 points, wide letters and narrow ones; "+" sets a word near the one before."""
    x, placed = 72.0, list[Line]()
    for word in row:
        x -= 1.2 if word.startswith("+") else 0
        text = word.lstrip("+")
        placed.append((x, 700, text))
        x += pdfmetrics.stringWidth(text, "HYSMyeongJo-Medium", 10) + gap
    return placed


def test_a_gap_narrower_than_those_between_words_is_no_space(tmp_path: Path) -> None:
    (unit,) = read(
        tmp_path, pdf([*words(3.2, "정부는", "제", "+89", "+조와", "원로", "학자", "10", "명을", "모두", "불렀다")])
    )
    assert unit.text == "정부는 제89조와 원로 학자 10 명을 모두 불렀다"


def test_a_space_without_room_is_left_out(tmp_path: Path) -> None:
    (unit,) = read(tmp_path, pdf([(72, 700, "발표이다 "), (112, 700, ". 원로 학자")]))
    assert unit.text == "발표이다. 원로 학자"


def test_rows_whose_columns_were_written_one_after_the_other(tmp_path: Path) -> None:
    numbers = [(x, 700 - 14 * n, f"{n}{x}") for n in range(8) for x in (72, 300)]
    names = [(x, 700 - 14 * n, f"{n}번 {word}") for n in range(8) for x, word in ((150, "이름"), (400, "비고"))]
    (unit,) = read(tmp_path, pdf([*numbers, *names]))
    assert unit.text.strip().split("\n") == [f"{n}72 {n}번 이름 {n}300 {n}번 비고" for n in range(8)]
