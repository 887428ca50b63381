"""What a workbook of 50,000 rows costs to read: CPU seconds and the most memory of the parser's process.

    python benchmarks/large_sheet.py [--rows 50000] [--repeats 3] [--json]

Ten columns: text, numbers with a format, dates, a formula with its result. MB are 10^6 bytes, the process's own high-water mark.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import zipfile
from pathlib import Path

from formats import Reading, measured

from ai_chat.loaders.client import Parser
from ai_chat.types import Unit

_HEADER = ("번호", "품명", "규격", "거래처", "담당", "입고일", "수량", "단가", "금액", "비고")
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
    '.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_STYLES = f'<styleSheet xmlns="{_SHEET}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="3"/></cellXfs></styleSheet>'


def write_workbook(path: Path, rows: int) -> None:
    links = (("workbook", "worksheet", "worksheets/sheet1.xml"), ("workbook", "styles", "styles.xml"))
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (_owner, kind, target) in enumerate(links, 1)
    )
    root = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{root}</Relationships>')
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets><sheet name="입고" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr("xl/styles.xml", _STYLES)
        body = "".join(_row(number) for number in range(rows + 1))
        archive.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{_SHEET}"><sheetData>{body}</sheetData></worksheet>'
        )


def _row(number: int) -> str:
    if number == 0:
        cells = [_text(name) for name in _HEADER]
    else:
        words = (f"부품 {number % 997}", f"{number % 40} mm", f"거래처 {number % 211}", f"담당 {number % 17}")
        cells = [_number(number), *map(_text, words), _number(45_000 + number % 900, 1), _number(number % 90, 2)]
        cells += [
            _number(1_000 + number % 5_000, 2),
            f'<c s="2"><f>G{number + 1}*H{number + 1}</f><v>{number * 7}</v></c>',
        ]
        cells.append(_text("" if number % 3 else "재주문"))
    return f'<row r="{number + 1}">{"".join(cells)}</row>'


def _text(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def _number(value: int, style: int = 0) -> str:
    return f'<c s="{style}"><v>{value}</v></c>'


def read_once(path: Path) -> Reading:
    found = Reading(path.name, "XLSX", False, 0)
    with Parser() as parser, measured(parser, found):
        found.units = sum(isinstance(item, Unit) for item in parser.parse(path))
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=50_000)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.xlsx")
        write_workbook(path, given.rows)
        runs = [read_once(path) for _ in range(given.repeats)]
    figures = {
        "rows": given.rows,
        "units": runs[0].units,
        "cpu_s": round(statistics.median(run.cpu for run in runs), 2),
        "cpu_s_of": [round(run.cpu, 2) for run in runs],
        "peak_mb": round(max(run.megabytes for run in runs)),
    }
    if given.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:<10}{value}")


if __name__ == "__main__":
    main()
