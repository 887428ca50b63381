"""XLSX, XLSB, XLS and ODS -> units of cell ranges, every row with the names of its columns.

XLSX and ODS are read by readers of our own, which show cells as their programs do; XLSB and XLS by calamine, whose numbers have no
format. Hidden sheets are read too, and named in a warning.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Protocol

import python_calamine as calamine

from ai_chat.errors import InputError
from ai_chat.loaders.detect import Source
from ai_chat.loaders.guard import open_zip
from ai_chat.loaders.sheets.extent import check_xls, check_xlsb
from ai_chat.loaders.sheets.number_format import date_text, plain
from ai_chat.loaders.sheets.rows import NumberedRow, Sheet, sheet_units
from ai_chat.types import Attachment, Metadata, Problem, Unit

_FAILED = (calamine.CalamineError, calamine.XmlError, calamine.ZipError, OSError, ValueError)
_Value = str | float | bool | datetime.date | datetime.time | datetime.timedelta


class Book(Protocol):
    """`unknown`: formulas without a saved result among the rows read so far.

    `rest`: what comes behind the sheets; `empty` tells that there was nothing in them.
    """

    unknown: int

    def sheets(self) -> Iterator[Sheet]: ...

    def rest(self, empty: bool) -> Iterator[Metadata | Attachment | Problem]: ...


def load_sheets(source: Source) -> Iterator[Unit | Problem | Metadata | Attachment]:
    with ExitStack() as stack:
        book = _open(source, stack)
        hidden: list[str] = []
        number = 1
        for sheet in book.sheets():
            for unit in sheet_units(sheet, number):
                yield unit
                number += 1
                if sheet.hidden and sheet.name not in hidden:
                    hidden.append(sheet.name)
        if hidden:
            yield Problem("sheets_hidden", {"name": source.name, "sheets": ", ".join(hidden)})
        if book.unknown:
            yield Problem("formulas_without_results", {"name": source.name, "count": book.unknown})
        yield from book.rest(number == 1)


def _open(source: Source, stack: ExitStack) -> Book:
    if source.format == "xls":
        return _Calamine(source, stack)
    if source.format == "ods":
        from ai_chat.loaders.opendocument.package import open_package
        from ai_chat.loaders.sheets.ods import Ods

        return Ods(stack.enter_context(open_package(source)), source.name)
    archive = stack.enter_context(open_zip(source.path, source.name))
    if "xl/workbook.bin" in archive.namelist():
        check_xlsb(archive, source.name)
        return _Calamine(source, stack)
    from ai_chat.loaders.sheets.xlsx import Xlsx

    return Xlsx(archive, source)


class _Calamine:
    """XLSB and XLS; an XLS keeps its container where it has a password."""

    def __init__(self, source: Source, stack: ExitStack) -> None:
        self.unknown = 0
        self._name = source.name
        self._book = self._opened(source)
        stack.callback(self._book.close)

    def sheets(self) -> Iterator[Sheet]:
        for about in self._book.sheets_metadata:
            yield Sheet(about.name, "Visible" not in str(about.visible), self._rows(about.name))

    def rest(self, empty: bool) -> Iterator[Metadata]:
        yield from ()

    def _opened(self, source: Source) -> calamine.CalamineWorkbook:
        try:
            if source.format == "xls":
                check_xls(source.path, source.name)
            with _border(source.name):
                return calamine.load_workbook(source.path)
        except calamine.PasswordError:
            from ai_chat.loaders.protected import decrypted

            return self._opened(replace(source, path=decrypted(source)))

    def _rows(self, sheet: str) -> Iterator[NumberedRow]:
        with _border(self._name):
            cells = self._book.get_sheet_by_name(sheet)
            if cells.start is None:
                return
            top, left = cells.start
            for number, row in enumerate(cells.iter_rows(), top + 1):
                if filled := dict(_filled(row, left)):
                    yield number, filled


@contextmanager
def _border(name: str) -> Iterator[None]:
    """Errors of calamine as ours, a panic of its Rust code among them, which is no Exception."""
    try:
        yield
    except calamine.PasswordError:
        raise
    except _FAILED as error:
        raise InputError("file_damaged", name=name, found="XLS", reason=str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise InputError("file_damaged", name=name, found="XLS", reason=str(error)) from error


def _filled(row: Iterable[_Value], left: int) -> Iterator[tuple[int, str]]:
    for column, value in enumerate(row, left):
        if value != "" and (text := _text(value)):
            yield column, text


def _text(value: _Value) -> str:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, bool):
        return str(value).upper()
    return plain(value) if isinstance(value, int | float) else date_text(value)
