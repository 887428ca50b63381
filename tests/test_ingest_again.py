"""Documents that wait for something, and those that are read again: passwords, OCR, another file in the same place, pauses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.ingest import Ingestion, Line
from ai_chat.types import IngestEvent
from tests.doubles_ingest import PASSWORD, Bench, PlainParsers, outcomes


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def codes(events: list[IngestEvent]) -> list[str]:
    return [event.problem.code if event.problem else str(event.outcome) for event in events]


# -- passwords -----------------------------------------------------------------------


def test_a_locked_document_waits_for_its_password(bench: Bench) -> None:
    bench.write("비밀.txt", "@locked\n임금 대장")
    assert codes(bench.ingest()) == ["password_needed"]
    document = bench.documents()["비밀.txt"]
    assert document.status == "needs_password"
    assert codes(outcomes(bench.ingestion.retry([document.id], "틀린 것"))) == ["password_wrong"]
    assert bench.documents()["비밀.txt"].status == "needs_password"
    assert codes(outcomes(bench.ingestion.retry([document.id], PASSWORD))) == ["added"]
    assert bench.found("임금") == ["비밀.txt"]


def test_an_opened_document_stays_open_while_it_is_the_same(bench: Bench) -> None:
    bench.write("비밀.txt", "@locked\n임금 대장")
    bench.ingest(password=PASSWORD)
    assert codes(bench.ingest()) == ["unchanged"]
    assert bench.found("임금") == ["비밀.txt"]


def test_the_password_goes_for_what_is_inside_too(bench: Bench) -> None:
    bench.write("mail.txt", "글\n>비밀.txt: @locked|임금 대장")
    assert codes(bench.ingest(password=PASSWORD)) == ["added", "added"]


def test_the_password_is_nowhere_in_the_home(bench: Bench, tmp_path: Path) -> None:
    bench.write("비밀.txt", "@locked\n임금 대장")
    bench.ingest(password=PASSWORD)
    bench.store.database.rest()
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in kept if PASSWORD.encode() in path.read_bytes()]


# -- OCR -----------------------------------------------------------------------------


def test_pages_that_wait_for_ocr_are_read_when_it_is_there(bench: Bench) -> None:
    bench.write("스캔.txt", "앞 장\f@scan\n도장 찍힌 장")
    bench.ingest()
    assert (bench.documents()["스캔.txt"].unread_pages, bench.found("도장")) == (1, [])
    assert outcomes(bench.ingestion.resume()) == []
    bench.parsers.ocr = True
    assert codes(outcomes(bench.ingestion.resume())) == ["updated"]
    info = bench.documents()["스캔.txt"]
    assert (info.unread_pages, info.ocr_pages, bench.found("도장")) == (0, 1, ["스캔.txt"])
    assert outcomes(bench.ingestion.resume()) == []


def test_who_looks_again_later_finds_that_ocr_has_come(bench: Bench) -> None:
    bench.write("스캔.txt", "@scan\n도장 찍힌 장")
    bench.ingest()
    assert outcomes(bench.ingestion.read_scans()) == []
    bench.parsers.ocr = True
    assert codes(outcomes(bench.ingestion.read_scans())) in (["added"], ["updated"])
    assert bench.found("도장") == ["스캔.txt"]


def test_a_run_over_the_folder_picks_them_up_as_well(bench: Bench) -> None:
    bench.write("스캔.txt", "앞 장\f@scan\n도장 찍힌 장")
    bench.ingest()
    assert codes(bench.ingest()) == ["unchanged"]
    bench.parsers.ocr = True
    assert codes(bench.ingest()) == ["updated"]
    assert codes(bench.ingest()) == ["unchanged"]


def test_a_passage_tells_that_it_was_read_by_ocr(bench: Bench) -> None:
    bench.parsers.ocr = True
    bench.write("스캔.txt", "@scan\n도장 찍힌 장")
    bench.ingest()
    detail = bench.store.library.document(bench.documents()["스캔.txt"].id)
    assert [unit.ocr for unit in detail.units] == [0.9]


# -- other files ------------------------------------------------------------------------


def test_a_replaced_document_keeps_its_id(bench: Bench) -> None:
    bench.write("초안.txt", "첫 번째 초안")
    bench.ingest()
    document = bench.documents()["초안.txt"].id
    final = bench.write("확정.txt", "확정된 규정")
    assert codes(outcomes(bench.ingestion.replace(document, final))) == ["updated"]
    assert {name: info.id for name, info in bench.documents().items()} == {"확정.txt": document}
    assert (bench.found("초안"), bench.found("확정된")) == ([], ["확정.txt"])


def test_a_document_is_not_replaced_by_another_that_is_there(bench: Bench) -> None:
    bench.write("a.txt", "하나")
    other = bench.write("b.txt", "둘")
    bench.ingest()
    with pytest.raises(InputError, match="document_there"):
        list(bench.ingestion.replace(bench.documents()["a.txt"].id, other))
    with pytest.raises(InputError, match="path_missing"):
        list(bench.ingestion.replace(bench.documents()["a.txt"].id, bench.folder / "none.txt"))
    assert sorted(bench.documents()) == ["a.txt", "b.txt"]


def test_retrying_an_unknown_document_says_so(bench: Bench) -> None:
    with pytest.raises(InputError, match="document_unknown"):
        list(bench.ingestion.retry(["d0"]))


# -- several at once, and pauses ------------------------------------------------------------


def test_two_files_are_read_at_the_same_time(bench: Bench) -> None:
    bench.use(PlainParsers(bench.spool, count=2))
    bench.write("a.txt", "@meet\n하나")
    bench.write("b.txt", "@meet\n둘")
    assert codes(bench.ingest()) == ["added", "added"]


def test_many_files_by_several_parsers_are_all_there_once(bench: Bench) -> None:
    bench.use(PlainParsers(bench.spool, count=4))
    for number in range(60):
        bench.write(f"{number:02}.txt", f"문서 {number}\n>붙임{number}.txt: 붙임 글 {number}")
    assert len(bench.ingest()) == 120
    assert len(bench.documents()) == 120
    assert {info.status for info in bench.documents().values()} == {"searchable"}
    assert len(bench.parsers.read) == 120


def test_a_run_that_is_given_up_leaves_nothing_half_read(bench: Bench) -> None:
    bench.use(PlainParsers(bench.spool, count=4))
    for number in range(20):
        bench.write(f"{number:02}.txt", "긴 글 " * 1000 + str(number))
    events = bench.ingestion.run([bench.folder], "documents")
    assert next(event for event in events if event.outcome).outcome == "added"
    del events
    assert outcomes(bench.ingestion.resume()) == []
    assert bench.store.database.rows("SELECT * FROM versions WHERE finished = 0") == []
    assert {info.status for info in bench.documents().values()} == {"searchable"}


def test_nothing_is_begun_while_paused(bench: Bench) -> None:
    line = Line(paused=True)
    ingestion = Ingestion(bench.store, bench.parsers, bench.indexer, (".txt",), bench.kept, line)
    bench.write("a.txt", "글")
    told = threading.Event()

    def read() -> list[str]:
        phases: list[str] = []
        for event in ingestion.run([bench.folder], "documents"):
            phases.append(event.phase)
            if event.phase == "paused":
                told.set()
        return phases

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        assert told.wait(60)
        assert bench.parsers.read == []
        line.pause(False)
        assert reading.result(60)[-1] == "reading"
    assert bench.parsers.read == ["a.txt"]


def test_resuming_while_paused_leaves_what_waits(bench: Bench) -> None:
    ingestion = Ingestion(bench.store, bench.parsers, bench.indexer, (".txt",), bench.kept, Line(paused=True))
    path = bench.write("a.txt", "글")
    bench.store.library.put_document("documents", str(path), "a.txt", str(path))
    assert list(ingestion.resume()) == []
    assert bench.documents()["a.txt"].status == "queued"


def test_the_time_left_is_told_once_it_can_be(bench: Bench) -> None:
    bench.write("a.txt", "글")
    first, *_ = bench.ingestion.run([bench.folder], "documents")
    assert first.seconds_left is None
