"""Four tables of 40 rows with questions for single cells, and how to write a table as DOCX, XLSX, HWPX and PDF.

People, firms, numbers and addresses are made up, always the same. Knows no search.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROWS = 40
FONTS = ("/usr/share/fonts/truetype/nanum/NanumGothic.ttf", "/usr/share/fonts/nanum/NanumGothic.ttf")
HANCOM = "http://www.hancom.co.kr/hwpml/2011"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for the cell in `column` of the row that `name` names, both counted without the header."""

    question: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """`name`: the column by which people call a row."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    name: int
    asked: tuple[Asked, ...]


def people() -> Table:
    family, given = "김이박최정강조윤장임", ("하늘", "도윤", "서연", "지호")
    teams, grades = ("경영지원팀", "생산1팀", "품질보증팀", "영업팀", "연구소"), ("사원", "대리", "과장", "차장")
    rows = []
    for n in range(ROWS):
        name = family[n % 10] + given[n // 10]
        rows.append(
            (name, teams[n % 5], grades[n * 7 % 4], f"{3100 + n * 7}", f"user{n:02}@onsaemi.example", f"{n % 6 + 1}층")
        )
    return Table(
        "직원 비상 연락망",
        ("성명", "부서", "직급", "내선번호", "이메일", "근무 층"),
        tuple(rows),
        0,
        (
            Asked(f"{rows[3][0]}의 내선번호는?", 3, 3),
            Asked(f"{rows[17][0]} 씨 이메일 주소 알려줘", 17, 4),
            Asked(f"{rows[22][0]}은 어느 부서 소속이야?", 22, 1),
            Asked(f"{rows[29][0]}의 직급이 무엇인가요?", 29, 2),
            Asked(f"비상 연락망에서 {rows[36][0]}의 내선 번호를 찾아줘", 36, 3),
            Asked(f"{rows[39][0]}은 몇 층에서 근무하나요?", 39, 5),
        ),
    )


def stock() -> Table:
    parts = ("베어링", "오링", "볼트", "너트", "기어", "벨트", "필터", "센서", "밸브", "커플링")
    places = ("서울 창고", "부산 창고", "광주 창고", "대전 창고")
    rows = [
        (
            f"PT-{2001 + n * 13}",
            f"{parts[n % 10]} {n // 10 + 1}형",
            f"{n * 3 + 5}mm",
            f"{n * 37 % 900 + 11}",
            f"{(n * 1700 + 2300):,}",
            places[n % 4],
        )
        for n in range(ROWS)
    ]
    return Table(
        "부품 재고 현황",
        ("품목코드", "품명", "규격", "재고수량", "단가(원)", "보관 장소"),
        tuple(rows),
        0,
        (
            Asked(f"품목코드 {rows[5][0]}의 재고수량은 몇 개인가?", 5, 3),
            Asked(f"{rows[12][0]} 단가가 얼마야?", 12, 4),
            Asked(f"{rows[19][1]}의 보관 장소는 어디인가요?", 19, 5),
            Asked(f"{rows[26][1]} 규격을 알려줘", 26, 2),
            Asked(f"{rows[33][0]} 부품은 어느 창고에 있나?", 33, 5),
            Asked(f"{rows[38][1]}은 재고가 몇 개 남았지?", 38, 3),
        ),
    )


def partners() -> Table:
    first, second = (
        ("한빛", "대륙", "미래", "두리", "새롬", "가온", "누리", "다솜", "라온", "마루"),
        ("전자", "산업", "상사", "테크"),
    )
    terms = ("월말 현금", "60일 어음", "검수 후 30일", "선급 50%")
    family, given = "오서신권황안송류홍전", ("민재", "유진", "태현", "수아")
    rows = [
        (
            first[n % 10] + second[n // 10],
            family[(n * 3) % 10] + given[n // 10],
            f"{100 + n}-81-{10000 + n * 211}",
            f"0{31 + n % 4}-{500 + n}-{1000 + n * 17}",
            terms[n * 3 % 4],
            f"2025-{n % 12 + 1:02}-{n % 27 + 1:02}",
        )
        for n in range(ROWS)
    ]
    return Table(
        "거래처 목록",
        ("거래처명", "담당자", "사업자등록번호", "전화번호", "결제 조건", "계약 만료일"),
        tuple(rows),
        0,
        (
            Asked(f"{rows[2][0]}의 사업자등록번호는?", 2, 2),
            Asked(f"{rows[11][0]} 담당자가 누구야?", 11, 1),
            Asked(f"{rows[18][0]}과의 계약은 언제 만료되나요?", 18, 5),
            Asked(f"{rows[25][0]} 결제 조건 알려줘", 25, 4),
            Asked(f"거래처 {rows[31][0]}의 전화번호가 어떻게 되지?", 31, 3),
            Asked(f"{rows[37][0]}에는 대금을 어떤 조건으로 결제하나?", 37, 4),
        ),
    )


def budget() -> Table:
    areas, works = (
        (
            "냉각 설비",
            "도장 라인",
            "사내 전산망",
            "물류 창고",
            "시험 장비",
            "직원 식당",
            "주차장",
            "보안 출입",
            "교육 과정",
            "안전 점검",
        ),
        ("교체", "증설", "보수", "개선"),
    )
    teams = ("설비팀", "총무팀", "전산팀", "안전팀")
    rows = [
        (
            f"{areas[n % 10]} {works[n // 10]}",
            f"{(n * 137 % 90 + 10) * 100_000:,}",
            f"{(n * 53 % 80 + 5) * 100_000:,}",
            f"{(n * 29 % 95) + 0.5}%",
            teams[n * 5 % 4],
            f"2026-{n % 12 + 1:02}-28",
        )
        for n in range(ROWS)
    ]
    return Table(
        "사업별 예산 집행 현황",
        ("사업명", "예산액(원)", "집행액(원)", "집행률", "담당 부서", "완료 예정일"),
        tuple(rows),
        0,
        (
            Asked(f"{rows[1][0]} 사업의 예산액은 얼마인가?", 1, 1),
            Asked(f"{rows[9][0]} 집행률이 몇 퍼센트야?", 9, 3),
            Asked(f"{rows[16][0]} 담당 부서가 어디인가요?", 16, 4),
            Asked(f"{rows[24][0]}은 언제 완료될 예정인가?", 24, 5),
            Asked(f"{rows[30][0]}에 지금까지 집행한 금액은?", 30, 2),
            Asked(f"{rows[39][0]} 예산이 얼마로 잡혀 있지?", 39, 1),
        ),
    )


TABLES: tuple[Callable[[], Table], ...] = (people, stock, partners, budget)


def write_docx(table: Table, path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_heading(table.title, 1)
    document.add_paragraph("아래 표는 기준일 현재의 내용이다.")
    grid = document.add_table(rows=0, cols=len(table.header))
    for row in (table.header, *table.rows):
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = text
    document.save(str(path))


def write_xlsx(table: Table, path: Path) -> None:
    rows = "".join(
        f'<row r="{number}">'
        + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row)
        + "</row>"
        for number, row in enumerate(((table.title,), table.header, *table.rows), 1)
    )
    main, office = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    relation = f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
    named = f'<sheet name="{escape(table.title)}" sheetId="1" r:id="rId1"/>'
    write_zip(
        path,
        {
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{named}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">{relation}</Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
        },
    )


def write_hwpx(table: Table, path: Path) -> None:
    def paragraph(inside: str) -> str:
        return f"<hp:p><hp:run>{inside}</hp:run></hp:p>"

    def text(words: str) -> str:
        return paragraph(f"<hp:t>{escape(words)}</hp:t>")

    def cell(words: str, row: int, column: int) -> str:
        place = f'<hp:cellAddr colAddr="{column}" rowAddr="{row}"/><hp:cellSpan colSpan="1" rowSpan="1"/>'
        return f"<hp:tc><hp:subList>{text(words)}</hp:subList>{place}</hp:tc>"

    rows = "".join(
        f"<hp:tr>{''.join(cell(words, number, column) for column, words in enumerate(row))}</hp:tr>"
        for number, row in enumerate((table.header, *table.rows))
    )
    grid = f'<hp:tbl rowCnt="{ROWS + 1}" colCnt="{len(table.header)}">{rows}</hp:tbl>'
    body = text(table.title) + text("아래 표는 기준일 현재의 내용이다.") + paragraph(grid)
    spaces = f'xmlns:hs="{HANCOM}/section" xmlns:hp="{HANCOM}/paragraph"'
    section = f"<hs:sec {spaces}>{body}</hs:sec>"
    write_zip(path, {"mimetype": "application/hwp+zip", "Contents/section0.xml": section})


def write_pdf(table: Table, path: Path) -> None:
    from reportlab.lib.colors import grey
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate
    from reportlab.platypus import Table as Grid

    font = next((each for each in FONTS if Path(each).is_file()), None)
    if font is None:
        raise SystemExit("hint: sudo apt install fonts-nanum")
    pdfmetrics.registerFont(TTFont("Nanum", font))
    ruled = [("FONT", (0, 0), (-1, -1), "Nanum", 8), ("GRID", (0, 0), (-1, -1), 0.4, grey)]
    words = ParagraphStyle("words", fontName="Nanum", fontSize=12, leading=20)
    grid = Grid([table.header, *table.rows], style=ruled, repeatRows=1)
    document = SimpleDocTemplate(str(path), pagesize=A4, invariant=1)
    document.build([Paragraph(table.title, words), Paragraph("아래 표는 기준일 현재의 내용이다.", words), grid])


def write_zip(path: Path, parts: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


WRITERS: Mapping[str, Callable[[Table, Path], None]] = {
    "docx": write_docx, "xlsx": write_xlsx, "hwpx": write_hwpx, "pdf": write_pdf,
}  # fmt: skip
