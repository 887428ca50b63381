"""Spreadsheets: cells as they are shown, headers found, ranges as labels, and nothing lost beside the cells."""

from __future__ import annotations

import itertools
import random
import zipfile
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load
from ai_chat.loaders.sheets.rows import Sheet, column_letters, column_number, sheet_units
from ai_chat.types import Attachment, Metadata, Problem, Unit
from tests.office_files import (
    cell,
    relations,
    row,
    sheet,
    write_opendocument,
    write_xlsx,
    write_zip,
)

SAMPLES = Path(__file__).resolve().parents[1].parent / "shared" / "samples"
GOODS = row(1, ["품명", "수량", "단가"]) + row(2, ["의자", 3, 100]) + row(3, ["책상", 4, 200])


def items(path: Path) -> list[Item]:
    return list(load(path, path.name))


def units(path: Path) -> list[Unit]:
    return [item for item in items(path) if isinstance(item, Unit)]


def lines(path: Path) -> list[str]:
    return [line for unit in units(path) for line in unit.text.splitlines()]


def units_of(rows: list[list[str]], first: int = 1) -> list[Unit]:
    filled = (
        (number, {column: text for column, text in enumerate(row) if text})
        for number, row in enumerate(rows, first)
        if any(row)
    )
    return list(sheet_units(Sheet("표", False, filled), 1))


def test_each_row_names_its_columns_and_the_label_is_the_range(tmp_path: Path) -> None:
    (unit,) = units(write_xlsx(tmp_path / "a.xlsx", {"재고": sheet(GOODS)}))
    assert (unit.kind, unit.number, unit.label) == ("sheet", 1, "재고!A1:C3")
    assert unit.text == "품명: 의자 | 수량: 3 | 단가: 100\n품명: 책상 | 수량: 4 | 단가: 200"


def test_numbers_and_dates_are_what_people_see(tmp_path: Path) -> None:
    shown = [cell(f"{letter}1", value, style) for letter, value, style in [
        ("A", 0.153, 1), ("B", 8029600, 2), ("C", 46086, 3), ("D", 1200, 4), ("E", 46086.5625, 5), ("F", 1012345678, 6),
    ]]  # fmt: skip
    content = sheet(f'<row r="1">{"".join(shown)}<c r="G1" t="b"><v>1</v></c><c r="H1" t="e"><v>#N/A</v></c></row>')
    assert lines(write_xlsx(tmp_path / "a.xlsx", {"s": content})) == [
        "15.3% | 8,029,600 | 2026-03-05 | 1,200원 | 2026-03-05 13:30 | 010-1234-5678 | TRUE"
    ]


def test_the_calendar_of_1904(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"s": sheet(f'<row r="1">{cell("A1", 44624, 3)}{cell("B1", "마감")}</row>')})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    book = parts["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    assert lines(write_xlsx(path, {"s": parts["xl/worksheets/sheet1.xml"]}, {"xl/workbook.xml": book})) == [
        "2026-03-05 | 마감"
    ]


def test_titles_gaps_and_a_second_table(tmp_path: Path) -> None:
    rows = (
        row(1, ["2026년 재고"])
        + row(3, ["품명", "수량"])
        + row(5, ["의자", 3])
        + row(6, ["책상", 4])
        + row(8, ["합계", 7])
    )
    rows += (
        row(11, ["거래처", "담당", "전화"], "C")
        + row(12, ["한빛", "이지훈", "02-1"], "C")
        + row(13, ["두리", "김", "02-2"], "C")
    )
    (unit,) = units(write_xlsx(tmp_path / "a.xlsx", {"s": sheet(rows)}))
    assert unit.label == "s!A1:E13"
    assert list(filter(None, unit.text.splitlines())) == [
        "2026년 재고", "품명: 의자 | 수량: 3", "품명: 책상 | 수량: 4", "품명: 합계 | 수량: 7",
        "거래처: 한빛 | 담당: 이지훈 | 전화: 02-1", "거래처: 두리 | 담당: 김 | 전화: 02-2",
    ]  # fmt: skip


def test_a_long_sheet_is_cut_between_rows_and_each_part_says_its_range() -> None:
    found = units_of([["번호", "품명", "비고"], *([str(n), f"부품 {n}호", "정기 점검 대상"] for n in range(1, 201))])
    assert len(found) > 2
    assert [unit.number for unit in found] == list(range(1, len(found) + 1))
    assert all(line.startswith("번호: ") for unit in found for line in unit.text.splitlines())
    ends = [tuple(map(int, unit.label.removeprefix("표!A").split(":C"))) for unit in found]
    assert ends[0][0] == 1 and ends[-1][1] == 201
    assert all(after[0] == before[1] + 1 for before, after in itertools.pairwise(ends))


def test_a_form_stays_a_form() -> None:
    (unit,) = units_of([["성명", "홍길동", "부서", "총무과"], ["연락처", "010-1", "직급", "과장"], ["비고", "없음"]])
    assert unit.text == "성명 | 홍길동 | 부서 | 총무과\n연락처 | 010-1 | 직급 | 과장\n비고 | 없음"


def test_merged_cells_head_several_columns_and_rows(tmp_path: Path) -> None:
    rows = row(1, ["구분", 2023, "", 2024]) + row(2, ["", "계획", "실적", "계획", "실적"])
    rows += row(3, ["서울", 1, 2, 3, 4]) + row(4, ["", 5, 6, 7, 8])
    merges = (
        '<mergeCells count="3"><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/><mergeCell ref="A3:A4"/></mergeCells>'
    )
    assert lines(write_xlsx(tmp_path / "a.xlsx", {"s": sheet(rows, merges)})) == [
        "구분: 서울 | 2023 계획: 1 | 2023 실적: 2 | 2024 계획: 3 | 2024 실적: 4",
        "구분: 서울 | 2023 계획: 5 | 2023 실적: 6 | 2024 계획: 7 | 2024 실적: 8",
    ]


def test_hidden_sheets_and_formulas_without_results_are_told(tmp_path: Path) -> None:
    rows = GOODS + '<row r="4"><c r="A4"><f>SUM(C2:C3)</f></c></row>'
    path = write_xlsx(tmp_path / "a.xlsx", {"보임": sheet(GOODS), "숨김": sheet(rows)}, hidden=["숨김"])
    problems = [item for item in items(path) if isinstance(item, Problem)]
    assert problems == [
        Problem("sheets_hidden", {"name": "a.xlsx", "sheets": "숨김"}),
        Problem("formulas_without_results", {"name": "a.xlsx", "count": 1}),
    ]
    assert [unit.label for unit in units(path)] == ["보임!A1:C3", "숨김!A1:C3"]


def test_memos_text_boxes_and_titles_of_charts(tmp_path: Path) -> None:
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    extra = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("comments", "../comments1.xml"), ("drawing", "/xl/drawings/d1.xml")
        ),
        "xl/comments1.xml": "<comments><authors><author>김서연</author></authors><commentList><comment ref='B2' authorId='0'>"
        "<text><r><t>김서연:</t></r><r><t> 확인 필요</t></r></text></comment></commentList></comments>",
        "xl/drawings/d1.xml": f"<wsDr xmlns:a='{drawing}'><sp><a:p><a:r><a:t>결재란</a:t></a:r></a:p></sp></wsDr>",
        "xl/drawings/_rels/d1.xml.rels": relations(("chart", "../charts/c1.xml")),
        "xl/charts/c1.xml": f"<chart xmlns:a='{drawing}'><title><a:p><a:r><a:t>분기별 추이</a:t></a:r></a:p></title></chart>",
    }
    _rows, beside = units(write_xlsx(tmp_path / "a.xlsx", {"s": sheet(GOODS)}, extra))
    assert (beside.label, beside.text) == ("s", "[memo] B2 김서연: 확인 필요\n결재란\n분기별 추이")


def test_talks_about_a_cell_come_instead_of_the_memo_that_only_points_to_them(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"s": sheet(GOODS)})
    with zipfile.ZipFile(path) as archive:
        book = (
            archive.read("xl/_rels/workbook.xml.rels")
            .decode()
            .replace(
                "</Relationships>", '<Relationship Id="p" Type="x/person" Target="persons/p.xml"/></Relationships>'
            )
        )
    talk = "<ThreadedComments><threadedComment ref='B2' personId='7'><text>수량 확인</text></threadedComment></ThreadedComments>"
    extra = {
        "xl/_rels/workbook.xml.rels": book,
        "xl/persons/p.xml": "<personList><person id='7' displayName='김서연'/></personList>",
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("comments", "../c.xml"), ("threadedComment", "../t.xml")),
        "xl/c.xml": "<comments><commentList><comment ref='B2'><text><t>[Threaded comment]</t></text></comment></commentList></comments>",
        "xl/t.xml": talk,
    }
    _rows, beside = units(write_xlsx(path, {"s": sheet(GOODS)}, extra))
    assert beside.text == "[memo] B2 김서연: 수량 확인"


def test_embedded_documents_are_attachments(tmp_path: Path) -> None:
    extra = {
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("package", "../embeddings/inner.xlsx")),
        "xl/embeddings/inner.xlsx": "PK",
    }
    found = items(write_xlsx(tmp_path / "a.xlsx", {"s": sheet(GOODS)}, extra))
    assert [item.name for item in found if isinstance(item, Attachment)] == ["inner.xlsx"]


def test_two_far_cells_and_a_million_empty_rows_cost_nothing(tmp_path: Path) -> None:
    rows = f'<row r="1">{cell("A1", "처음")}</row><row r="1048576">{cell("XFD1048576", "끝")}</row>'
    behind = '<dimension ref="A1:XFD1048576"/>'
    (unit,) = units(write_xlsx(tmp_path / "a.xlsx", {"s": sheet(rows, behind)}))
    assert (unit.label, unit.text) == ("s!A1:XFD1048576", "처음\n\n끝")
    assert units_of([[""]] * 5) == []


@pytest.mark.parametrize(("letters", "number"), [("A", 0), ("Z", 25), ("AA", 26), ("XFD", 16383)])
def test_columns_have_letters(letters: str, number: int) -> None:
    assert (column_number(f"{letters}7"), column_letters(number)) == (number, letters)


def test_opendocument_cells_repeated_merged_hidden_and_annotated(tmp_path: Path) -> None:
    def text(value: str, **counts: int) -> str:
        more = " ".join(f'table:number-{name.replace("_", "-")}="{count}"' for name, count in counts.items())
        return f'<table:table-cell office:value-type="string" {more}><text:p>{value}</text:p></table:table-cell>'

    dated = '<table:table-cell office:value-type="date" office:date-value="2026-03-05"><text:p>26/03/05</text:p>'
    memo = (
        "<office:annotation><dc:creator>김서연</dc:creator><text:p>확인</text:p></office:annotation></table:table-cell>"
    )
    empty = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/>'
    rows = (
        f"<table:table-row>{text('부서')}{text('마감')}{text('금액')}</table:table-row>"
        f"<table:table-row>{text('총무', rows_spanned=2)}{dated}{memo}{text('10')}</table:table-row>"
        f"<table:table-row><table:covered-table-cell/>{text('20', columns_repeated=2)}</table:table-row>"
        f"{empty}</table:table-row>"
    )
    style = '<style:style style:name="t2"><style:table-properties table:display="false"/></style:style>'
    body = f'<table:table table:name="표">{rows}</table:table><table:table table:name="숨김" table:style-name="t2">{rows}</table:table>'
    found = items(write_opendocument(tmp_path / "a.ods", "spreadsheet", body, automatic=style))
    first, beside = [item for item in found if isinstance(item, Unit)][:2]
    assert (first.label, first.text) == (
        "표!A1:C3",
        "부서: 총무 | 마감: 2026-03-05 | 금액: 10\n부서: 총무 | 마감: 20 | 금액: 20",
    )
    assert beside.text == "[memo] 김서연: 확인"
    assert Problem("sheets_hidden", {"name": "a.ods", "sheets": "숨김"}) in found
    assert Metadata("제목", "", "2026-03-05T10:00:00") in found


def test_a_date_of_opendocument_is_what_people_see_where_that_says_its_year(tmp_path: Path) -> None:
    days = ("2026년 3월 5일", "05.03.26")
    cells = "".join(
        f'<table:table-cell office:value-type="date" office:date-value="2026-03-05"><text:p>{day}</text:p></table:table-cell>'
        for day in days
    )
    body = f'<table:table table:name="표"><table:table-row>{cells}</table:table-row></table:table>'
    assert lines(write_opendocument(tmp_path / "a.ods", "spreadsheet", body)) == ["2026년 3월 5일 | 2026-03-05"]


def test_parts_are_found_by_their_relations_whatever_their_names_and_prefixes(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"s": sheet(GOODS)})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    main = "http://purl.oclc.org/ooxml/spreadsheetml/main"  # the strict kind, written with a prefix
    rows = GOODS.replace("<", "<x:").replace("<x:/", "</x:")
    moved = {
        "_rels/.rels": relations(("officeDocument", "xl/workbook7.xml")),
        "xl/workbook7.xml": parts["xl/workbook.xml"],
        "xl/_rels/workbook7.xml.rels": relations(("worksheet", "/xl/tables/one.xml")),
        "xl/tables/one.xml": f"<x:worksheet xmlns:x='{main}'><x:sheetData>{rows}</x:sheetData></x:worksheet>",
    }
    assert lines(write_zip(path, moved)) == ["품명: 의자 | 수량: 3 | 단가: 100", "품명: 책상 | 수량: 4 | 단가: 200"]


def test_a_sheet_that_is_missing_is_told(tmp_path: Path) -> None:
    extra = {"xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/gone.xml"))}
    with pytest.raises(InputError, match="file_damaged"):
        items(write_xlsx(tmp_path / "a.xlsx", {"s": sheet(GOODS)}, extra))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_refused(tmp_path: Path, part: str) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>'
    with pytest.raises(InputError, match="xml_forbidden"):
        items(write_xlsx(tmp_path / "a.xlsx", {"s": sheet(GOODS)}, {part: bomb}))


@pytest.mark.parametrize("name", ["gen_sheet.xlsx", "gen_sheet.ods", "r_1_NoIden.xlsx"])
def test_damaged_files_end_with_a_reason(tmp_path: Path, name: str) -> None:
    if not (SAMPLES / name).is_file():
        pytest.skip("the sample documents are not beside the repository")
    whole = (SAMPLES / name).read_bytes()
    chance = random.Random(name)
    for attempt in range(12):
        broken = bytearray(whole[: chance.randrange(100, len(whole))] if attempt % 2 else whole)
        for _ in range(20):
            broken[chance.randrange(30, len(broken))] = chance.randrange(256)
        path = tmp_path / f"{attempt}{Path(name).suffix}"
        path.write_bytes(broken)
        try:
            items(path)
        except InputError as error:
            assert error.code in (
                "file_damaged",
                "file_binary",
                "document_without_text",
                "encryption_unknown",
                "password_needed",
                "archive_bomb",
            )
