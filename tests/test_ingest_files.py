"""Paths into files and documents, over real files, SQLite and tantivy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ai_chat.ingest import Indexer, find_files
from ai_chat.loaders.detect import Options
from ai_chat.types import Scope
from tests.doubles_ingest import Bench, PlainParser, PlainParsers, open_lexical, outcomes


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def test_folder_is_walked_without_hidden_and_unknown_files(bench: Bench) -> None:
    for name in ("b.txt", "sub/a.TXT", ".hidden.txt", ".git/x.txt", "c.bin", "~$b.txt"):
        bench.write(name, "x")
    found = find_files([bench.folder], (".txt",))
    assert [file.relative_to(bench.folder).as_posix() for file in found.files] == ["b.txt", "sub/a.TXT"]
    assert (found.problems, found.passed_over) == ([], 1)


def test_other_formats_are_told_of(bench: Bench) -> None:
    bench.write("a.txt", "글")
    bench.write("b.bin", "x")
    notices = [event.problem for event in bench.ingestion.run([bench.folder], "documents") if not event.outcome]
    (notice,) = [problem for problem in notices if problem]
    assert (notice.code, notice.values["count"]) == ("files_passed_over", 1)


def test_named_file_is_taken_once_whatever_its_suffix(bench: Bench) -> None:
    path = bench.write("c.bin", "x")
    assert list(find_files([path, path], (".txt",)).files) == [path]


def test_paths_that_give_nothing_say_why(bench: Bench) -> None:
    found = find_files([bench.folder / "nope", bench.folder], (".txt",))
    assert [problem.code for _, problem in found.problems] == ["path_missing", "folder_empty"]


def test_ingested_document_is_found_and_listed(bench: Bench) -> None:
    bench.write("leave.txt", "연차휴가는 15일이다.\f병가는 60일이다.")
    (event,) = bench.ingest()
    assert event.outcome == "added"
    assert bench.found("연차휴가") == ["leave.txt"]
    (info,) = bench.store.library.documents(Scope())
    assert (info.units, info.status) == (2, "searchable")


def test_second_ingestion_changes_and_reads_nothing(bench: Bench) -> None:
    bench.write("leave.txt", "연차휴가는 15일이다.")
    bench.ingest()
    sequence = bench.store.library.sequence()
    (event,) = bench.ingest()
    assert event.outcome == "unchanged"
    assert bench.parsers.read == ["leave.txt"]
    assert bench.store.library.sequence() == sequence


def test_changed_file_replaces_its_text_in_results(bench: Bench) -> None:
    path = bench.write("rule.txt", "출장비는 하루 오만원이다.")
    bench.ingest()
    bench.write("rule.txt", "재택근무는 주 이틀이다.")
    (event,) = bench.ingest(path)
    assert event.outcome == "updated"
    assert bench.found("출장비") == []
    assert bench.found("재택근무") == ["rule.txt"]


def test_same_content_elsewhere_is_read_once(bench: Bench) -> None:
    bench.write("a.txt", "같은 내용")
    bench.write("b.txt", "같은 내용")
    assert [event.outcome for event in bench.ingest()] == ["added", "added"]
    assert len(bench.parsers.read) == 1
    assert len(bench.store.library.live_versions()) == 1


def test_failure_has_its_reason_and_the_rest_goes_on(bench: Bench) -> None:
    bench.write("empty.txt", "  ")
    bench.write("good.txt", "좋은 내용")
    outcomes = {Path(event.path).name: event for event in bench.ingest()}
    assert outcomes["good.txt"].outcome == "added"
    problem = outcomes["empty.txt"].problem
    assert problem is not None and problem.code == "document_without_text"
    statuses = {info.name: info.status for info in bench.store.library.documents(Scope())}
    assert statuses == {"empty.txt": "failed", "good.txt": "searchable"}
    assert bench.store.database.rows("SELECT * FROM versions WHERE finished = 0") == []


def test_failed_update_keeps_the_older_text(bench: Bench) -> None:
    path = bench.write("rule.txt", "출장비는 하루 오만원이다.")
    bench.ingest()
    path.write_text("  ")
    (event,) = bench.ingest()
    assert event.outcome == "failed"
    assert bench.found("출장비") == ["rule.txt"]


def test_file_that_changes_while_read_is_read_again(bench: Bench) -> None:
    bench.write("rule.txt", "옛날 규정")
    bench.parsers.during = ["새로운 규정".encode()]
    (event,) = bench.ingest()
    assert event.outcome == "added"
    assert bench.found("새로운") == ["rule.txt"]
    assert bench.found("옛날") == []


def test_what_was_read_while_the_file_changed_is_never_taken_for_its_content(bench: Bench) -> None:
    bench.write("rule.txt", "옛날 규정")
    bench.parsers.during = ["새로운 규정".encode()]
    bench.ingest()
    bench.write("copy.txt", "옛날 규정")  # the content that it had when the reading began
    bench.ingest()
    assert bench.parsers.read == ["rule.txt", "rule.txt", "copy.txt"]


def test_file_that_never_rests_is_said_to(bench: Bench) -> None:
    bench.write("rule.txt", "0")
    bench.parsers.during = [f"{number}".encode() * number for number in range(1, 9)]
    (event,) = bench.ingest()
    assert event.problem is not None and event.problem.code == "file_changing"


def test_file_that_vanishes_is_said_to(bench: Bench) -> None:
    path = bench.write("gone.txt", "x")

    class Vanishing(PlainParsers):
        def lease(self) -> AbstractContextManager[tuple[PlainParser, Options]]:
            path.unlink(missing_ok=True)
            return super().lease()

    bench.use(Vanishing(bench.spool))
    (event,) = bench.ingest(path)
    assert event.problem is not None and event.problem.code == "file_vanished"


def test_removed_document_comes_back_when_ingested_again(bench: Bench) -> None:
    bench.write("rule.txt", "출장비 규정")
    (event,) = bench.ingest()
    assert event.document_id is not None
    bench.store.library.remove([event.document_id])
    bench.indexer.catch_up()
    assert bench.found("출장비") == []
    (again,) = bench.ingest()
    assert (again.outcome, again.document_id) == ("added", event.document_id)
    assert bench.found("출장비") == ["rule.txt"]


def test_removed_document_that_cannot_be_read_any_more_stays_away(bench: Bench) -> None:
    bench.write("a.txt", "먼저 있던 글")
    bench.ingest()
    bench.store.library.remove([info.id for info in bench.store.library.documents(Scope())])
    bench.write("a.txt", "")
    bench.ingest()
    assert bench.store.library.live_versions() == []
    assert [info.status for info in bench.store.library.documents(Scope())] == ["failed"]


def test_interrupted_reading_is_taken_up(bench: Bench) -> None:
    path = bench.write("rule.txt", "출장비 규정")
    document = bench.store.library.put_document("documents", str(path), "rule.txt", str(path))
    bench.store.library.set_status(document, "parsing")
    bench.store.versions.begin("half", "plain/1", "x")
    (event,) = outcomes(bench.ingestion.resume())
    assert (event.outcome, event.document_id) == ("added", document)
    assert bench.found("출장비") == ["rule.txt"]


def test_lost_index_is_filled_again_from_the_library(bench: Bench, tmp_path: Path) -> None:
    bench.write("rule.txt", "출장비 규정")
    bench.ingest()
    bench.lexical.unload()
    bench.lexical = open_lexical(tmp_path / "other")
    Indexer(bench.store, bench.analyzer, bench.lexical).catch_up()
    assert bench.found("출장비") == ["rule.txt"]
