"""Finding the sentence, tables from lines, HTML that nothing can break out of, exported text."""

from __future__ import annotations

import json
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.rendering.blocks import Paragraph, Table, blocks
from ai_chat.rendering.export import as_markdown, as_text
from ai_chat.rendering.html import unit_html
from ai_chat.rendering.places import Span, find, spans_of
from ai_chat.rendering.unit import render_unit
from ai_chat.rendering.wire import Mark, Page, Picture, page_frame, page_of, picture_frame, picture_of
from ai_chat.types import DocumentDetail, DocumentInfo, Unit, WordBox

TEXT = "제12조(연차휴가) 입사 1년 차 직원은\n한 달 개근할 때마다 1일의 휴가를 받는다.\n\n남은 휴가는 넘기지 않는다."
ROWS = "품명: 무선 키보드 | 수량: 2 | 단가: 35,000\n품명: 마우스 | 단가: 18,000"


class _Seen(HTMLParser):
    """Tags and texts of a page, each text with the element that it stands in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self._open = [""]
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.texts.append((self._open[-1], data))

    def all_of(self, tag: str) -> list[str]:
        return [text for found, text in self.texts if found == tag and text.strip()]


def unit(text: str, **more: object) -> Unit:
    return Unit("section", 1, "규정 > 휴가", text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "sentence",
    [
        "직원은 한 달 개근할 때마다 1일의 휴가를 받는다.",
        " 직원은\n\n한달 개근할\t때마다 1일의 휴가를  받는다. ",
        unicodedata.normalize("NFD", "직원은 한 달 개근할 때마다 1일의 휴가를 받는다."),
    ],
)
def test_a_sentence_is_found_with_white_space_folded(sentence: str) -> None:
    found = find(TEXT, sentence)
    assert found and TEXT[found.start : found.end] == "직원은\n한 달 개근할 때마다 1일의 휴가를 받는다."


def test_letter_case_makes_no_difference() -> None:
    assert find("The BOILER is inspected.", "the boiler") == Span(0, 10)


@pytest.mark.parametrize("sentence", ["", "   ", "없는 문장"])
def test_what_is_not_there_is_not_found(sentence: str) -> None:
    assert find(TEXT, sentence) is None


def test_marks_hold_as_long_as_the_sentence_stands_there() -> None:
    start = TEXT.index("남은")
    assert spans_of(TEXT, [(start, len(TEXT))], "남은 휴가는 넘기지 않는다.") == (Span(start, len(TEXT)),)
    assert spans_of(TEXT, [(0, 5)], "남은 휴가는 넘기지 않는다.") == (Span(start, len(TEXT)),)
    assert spans_of(TEXT, [(0, 5)], "") == (Span(0, 5),)
    assert spans_of(TEXT, [(0, 9999), (5, 5), (-3, 2)], "") == ()


def test_rows_that_say_their_columns_become_a_table() -> None:
    (table,) = blocks(ROWS)
    assert isinstance(table, Table) and table.names == ("품명", "수량", "단가")
    cells = [[cell and ROWS[cell.start : cell.end] for cell in row] for row in table.rows]
    assert cells == [["무선 키보드", "2", "35,000"], ["마우스", None, "18,000"]]


def test_text_and_rows_stay_apart() -> None:
    text = f"표 1 구매 요청\n\n{ROWS}\n\n이름 | 날짜\n합계: 없음"
    kinds = [type(block) for block in blocks(text)]
    assert kinds == [Paragraph, Table, Table, Paragraph]


def test_columns_said_twice_in_a_row_lose_nothing() -> None:
    (table,) = blocks("비고: 하나 | 비고: 둘")
    assert isinstance(table, Table) and table.names == () and len(table.rows[0]) == 2


def test_html_marks_the_sentence_across_lines_and_cells() -> None:
    marked = _Seen(unit_html(unit(TEXT), "규정.hwp", [Span(*find(TEXT, "직원은 한 달 개근할"))])).all_of("mark")  # type: ignore[misc]
    assert marked == ["직원은\n한 달 개근할"]
    rows = _Seen(unit_html(unit(ROWS), "구매.xlsx", [Span(0, ROWS.index("\n"))]))
    assert rows.all_of("th") == ["품명", "수량", "단가"] and rows.all_of("mark") == ["무선 키보드", "2", "35,000"]


def test_html_lets_nothing_out() -> None:
    hostile = '</p><script>alert(1)</script> | <img src="http://example.invalid/x" onerror=alert(1)>&amp;'
    page = unit_html(Unit("section", 1, hostile, hostile), hostile, [Span(3, 9)])
    seen = _Seen(page)
    assert not {"script", "img", "a", "link", "iframe"} & set(seen.tags)
    assert "default-src 'none'" in page and "http" not in "".join(tag for tag in seen.tags)


def test_running_heads_are_shown_apart() -> None:
    text = "대외비\n본문입니다."
    assert _Seen(unit_html(unit(text, skipped=((0, 3),)), "a")).all_of("span") == ["대외비"]


def test_markdown_has_headings_and_tables() -> None:
    info = DocumentInfo("d1", "구매.docx", "", "documents", "complete", 1, 1)
    detail = DocumentDetail(info, 1, "", "", [unit(f"구매 요청\n\n{ROWS}")])
    text = "".join(as_markdown(detail, lambda each: each.label))
    assert text.startswith("# 구매.docx\n\n## 규정 > 휴가\n\n구매 요청\n")
    assert "| 품명 | 수량 | 단가 |\n| --- | --- | --- |\n| 무선 키보드 | 2 | 35,000 |\n| 마우스 |  | 18,000 |\n" in text
    assert ROWS in "".join(as_text(detail, lambda each: each.label))


def test_a_page_is_drawn_with_what_is_known_of_its_places() -> None:
    asked: list[Mark] = []

    def drawing(marks: tuple[Mark, ...]) -> Picture:
        asked.extend(marks)
        return Picture(b"png", len(marks))

    page = Unit("page", 1, "1", "연차 휴가", ((0, 7),))
    rendered = render_unit(page, "a.pdf", [(0, 2)], "", drawing)
    assert (rendered.media_type, rendered.marked, rendered.warnings) == ("image/png", 1, ())
    assert asked == [Mark("연차", raw=(7, 8))]
    scanned = Unit(
        "page", 1, "1", "연차 휴가", ocr=0.9, boxes=(WordBox(0, 2, 0, 0, 0.5, 0.1), WordBox(3, 5, 0.5, 0, 1, 0.1))
    )
    render_unit(scanned, "a.png", [(3, 5)], "", drawing)
    assert asked[-1].boxes == ((0.5, 0, 1, 0.1),)


def test_what_cannot_be_drawn_is_shown_as_text_and_said() -> None:
    def drawing(marks: tuple[Mark, ...]) -> Picture:
        raise InputError("picture_failed", name="a.pdf", number=1, reason="x")

    rendered = render_unit(Unit("page", 1, "1", TEXT), "a.pdf", (), "남은 휴가", drawing)
    assert (rendered.media_type, rendered.marked) == ("text/html", 1)
    assert [problem.code for problem in rendered.warnings] == ["picture_failed"]


def test_a_sentence_that_is_nowhere_is_said() -> None:
    rendered = render_unit(unit(TEXT), "a.hwp", (), "없는 문장", None)
    assert (rendered.marked, [problem.code for problem in rendered.warnings]) == (0, ["sentence_unplaced"])
    assert render_unit(unit(TEXT), "a.hwp", (), "", None).warnings == ()


def test_frames_come_over_as_they_were() -> None:
    page = Page(Path("/x"), "x.pdf", 3, (Mark("가", (1,), ((0.0, 0.1, 0.2, 0.3),)),), "secret")
    assert page_of(json.loads(json.dumps(page_frame(page)))) == page
    assert picture_of(json.loads(json.dumps(picture_frame(Picture(b"\0png", 2))))) == Picture(b"\0png", 2)
