"""The dates and metadata of documents, from files into the library."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from ai_chat.ingest.files import Stamp
from ai_chat.loaders import Item
from ai_chat.loaders.detect import Options
from ai_chat.types import DocumentInfo, Metadata, Scope
from tests.doubles_ingest import Bench, PlainParser, PlainParsers

NOON = 1_700_000_000 * 10**9
NOON_WRITTEN = "2023-11-14T22:13:20.000+00:00"


class TellingParser(PlainParser):
    def parse(self, path: Path, name: str | None = None, options: Options | None = None) -> Generator[Item, None, None]:
        yield from super().parse(path, name, options)
        yield Metadata("제목", "지은이", "D:20210203")


class TellingParsers(PlainParsers):
    def parser(self) -> PlainParser:
        return TellingParser(self)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def only(bench: Bench) -> DocumentInfo:
    (info,) = bench.store.library.documents(Scope())
    return info


def write(bench: Bench, name: str, text: str) -> Path:
    path = bench.write(name, text)
    os.utime(path, ns=(NOON, NOON))
    return path


@pytest.mark.parametrize(
    ("name", "text", "day"),
    [
        ("규정.txt", "연차 규정\n작성일: 2024-03-15", "2024-03-15"),
        ("규정.txt", "연차 규정\f작성일: 2024-03-15", ""),
        ("240401 규정.txt", "작성일: 2024-03-15", "2024-04-01"),
        ("규정.txt", "연차 규정", ""),
    ],
)
def test_the_date_of_a_document_is_found(bench: Bench, name: str, text: str, day: str) -> None:
    write(bench, name, text)
    bench.ingest()
    assert (only(bench).document_date, only(bench).modified_at) == (day, NOON_WRITTEN)


def test_what_a_file_tells_is_kept(bench: Bench) -> None:
    bench.use(TellingParsers(bench.spool))
    write(bench, "규정.txt", "연차 규정")
    bench.ingest()
    info = only(bench)
    assert (info.title, info.author, info.document_date) == ("제목", "지은이", "2021-02-03")


def test_the_same_content_twice_is_dated_by_each_name(bench: Bench) -> None:
    write(bench, "2024-01-01.txt", "같은 글")
    write(bench, "2024-02-02.txt", "같은 글")
    bench.ingest()
    assert [info.document_date for info in bench.store.library.documents(Scope())] == ["2024-01-01", "2024-02-02"]


def test_a_file_written_anew_with_the_same_content_has_a_new_time(bench: Bench) -> None:
    path = write(bench, "규정.txt", "연차 규정")
    bench.ingest()
    os.utime(path, ns=(NOON, NOON + 10**9))
    (event,) = bench.ingest()
    assert (event.outcome, only(bench).modified_at) == ("unchanged", "2023-11-14T22:13:21.000+00:00")
    assert bench.found("연차") == ["규정.txt"]


def test_documents_of_an_older_library_are_dated_without_reading_them(bench: Bench) -> None:
    write(bench, "규정.txt", "연차 규정\n작성일: 2024-03-15")
    gone = write(bench, "없는 글.txt", "2024-03-16")
    bench.ingest()
    gone.unlink()
    connection = sqlite3.connect(bench.store.database.path)
    connection.execute("UPDATE documents SET modified_at = NULL, document_date = NULL")
    connection.commit()
    connection.close()
    bench.parsers.read.clear()
    list(bench.ingestion.resume())
    dated, missing = bench.store.library.documents(Scope())
    assert (dated.document_date, dated.modified_at) == ("2024-03-15", NOON_WRITTEN)
    assert (missing.document_date, missing.modified_at, bench.parsers.read) == ("", "", [])
    assert bench.found("규정") == ["규정.txt"]


def test_times_that_no_calendar_has() -> None:
    assert Stamp(0, 10**30, 0).modified_at == ""
    assert Stamp(0, -1, 0).modified_at == "1969-12-31T23:59:59.999+00:00"
