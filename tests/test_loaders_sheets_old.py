"""Workbooks of Excel 97 and binary ones, which calamine reads: values, passwords, and what a damaged one may not do."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.loaders.detect import Options
from ai_chat.types import Unit
from tests.office_files import write_xls, write_xlsb, write_zip

OLD: list[list[str | float]] = [["품명", "수량", "입고일"], ["의자", 3.0, 46086.0], ["책상", 4.5, 46087.5625]]


def read(path: Path, password: str | None = None) -> list[Unit]:
    return [item for item in load(path, path.name, Options(password)) if isinstance(item, Unit)]


def test_workbooks_of_excel_97(tmp_path: Path) -> None:
    (unit,) = read(write_xls(tmp_path / "a.xls", "재고", OLD))
    assert unit.label == "재고!A1:C3"
    assert unit.text == "품명: 의자 | 수량: 3 | 입고일: 2026-03-05\n품명: 책상 | 수량: 4.5 | 입고일: 2026-03-06 13:30"


def test_binary_workbooks(tmp_path: Path) -> None:
    (unit,) = read(write_xlsb(tmp_path / "a.xlsb", "재고", [["품명", "수량"], ["의자", 3.0], ["책상", 4.5]]))
    assert (unit.label, unit.text) == ("재고!A1:B3", "품명: 의자 | 수량: 3\n품명: 책상 | 수량: 4.5")


def test_a_password_opens_a_workbook_of_excel_97(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "a.xls", "재고", OLD, "열려라")
    (unit,) = read(path, "열려라")
    assert unit.text.startswith("품명: 의자 | 수량: 3")


@pytest.mark.parametrize(("password", "code"), [(None, "password_needed"), ("틀림", "password_wrong")])
def test_without_its_password_the_reason_is_told(tmp_path: Path, password: str | None, code: str) -> None:
    path = write_xls(tmp_path / "a.xls", "재고", OLD, "열려라")
    with pytest.raises(InputError, match=code):
        read(path, password)


def test_few_cells_that_claim_a_field_of_them_are_refused(tmp_path: Path) -> None:
    wide = [["품명"] * 300]
    with pytest.raises(InputError, match="column 256"):
        read(write_xls(tmp_path / "a.xls", "s", wide))
    rows = b"".join(
        struct.pack("<BBI4x", 0, 8, row) + struct.pack("<BBI4x", 1, 8, column)
        for row, column in [(0, 0), (1 << 20, 9999)]
    )
    with pytest.raises(InputError, match="archive_bomb"):
        read(write_zip(tmp_path / "a.xlsb", {"xl/workbook.bin": b"", "xl/worksheets/sheet1.bin": rows}))


@pytest.mark.parametrize("column", range(3))
def test_a_damaged_workbook_of_excel_97_ends_with_a_reason(tmp_path: Path, column: int) -> None:
    rows: list[list[str | float]] = [["품명", "수량", "입고일"], ["의자", 3.0, 46086.0]]
    rows[1][column] = 1e300  # a day that no calendar has
    path = write_xls(tmp_path / "a.xls", "s", rows)
    whole = path.read_bytes()
    for cut in (700, 1200, 1600, len(whole)):
        path.write_bytes(whole[:cut])
        try:
            read(path)
        except InputError as error:
            assert error.code in ("file_damaged", "document_without_text")
