"""Files inside files: documents of their own, which go where the one goes that they were found in."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import cast

import pytest

from ai_chat.types import IngestEvent, Scope
from tests.doubles_ingest import Bench, outcomes

_ALL = Scope(collections=None)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def stop(events: Iterator[IngestEvent]) -> None:
    """As a kill would, but for what it has in memory."""
    cast("Generator[IngestEvent, None, None]", events).close()


MAIL = "회의를 알립니다.\n>안건.txt: 예산 심의 안건\n>명단.txt: 참석자 명단"


def test_what_is_inside_is_a_document_with_a_parent(bench: Bench) -> None:
    path = bench.write("mail.txt", MAIL)
    assert [event.outcome for event in bench.ingest()] == ["added"] * 3
    documents = bench.documents()
    parent = documents["mail.txt"].id
    assert [documents[name].parent_id for name in ("안건.txt", "명단.txt")] == [parent, parent]
    assert bench.store.library.locator(documents["안건.txt"].id) == f"{path}!/안건.txt"
    assert bench.found("심의") == ["mail.txt", "안건.txt"]  # the format of this test shows it in the mail, too


def test_what_was_unpacked_is_kept_by_content_and_not_left_behind(bench: Bench) -> None:
    bench.write("mail.txt", MAIL)
    bench.ingest()
    (info,) = [info for info in bench.documents().values() if info.name == "안건.txt"]
    assert Path(info.path).read_text("utf-8") == "예산 심의 안건"
    assert Path(info.path).is_relative_to(bench.kept)
    assert list(bench.spool.iterdir()) == []


def test_names_that_come_twice_are_numbered(bench: Bench) -> None:
    bench.write("mail.txt", "글\n>a.txt: 하나\n>a.txt: 둘")
    bench.ingest()
    infos = [info for info in bench.store.library.documents(_ALL) if info.parent_id]
    assert sorted(bench.store.library.locator(info.id).partition("!/")[2] for info in infos) == ["a.txt", "a.txt (2)"]


def test_what_is_inside_follows_when_its_parent_goes_and_comes_back(bench: Bench) -> None:
    bench.write("mail.txt", MAIL)
    bench.ingest()
    parent = bench.documents()["mail.txt"].id
    bench.store.library.remove([parent])
    bench.indexer.catch_up()
    assert (bench.documents(), bench.found("명단")) == ({}, [])
    bench.store.library.restore([parent])
    bench.indexer.catch_up()
    assert sorted(bench.documents()) == ["mail.txt", "명단.txt", "안건.txt"]
    assert "명단.txt" in bench.found("명단")


def test_what_was_removed_before_its_parent_stays_away(bench: Bench) -> None:
    bench.write("mail.txt", MAIL)
    bench.ingest()
    documents = bench.documents()
    bench.store.library.remove([documents["명단.txt"].id])
    bench.store.library.remove([documents["mail.txt"].id])
    bench.store.library.restore([documents["mail.txt"].id])
    assert sorted(bench.documents()) == ["mail.txt", "안건.txt"]


def test_a_family_may_be_named_whole(bench: Bench) -> None:
    bench.write("mail.txt", MAIL)
    bench.ingest()
    ids = [info.id for info in bench.store.library.documents(_ALL)]
    bench.store.library.remove(ids)
    assert bench.documents() == {}
    bench.store.library.restore(ids)
    assert len(bench.documents()) == 3


def test_an_attachment_that_is_gone_goes_and_a_changed_one_is_read_anew(bench: Bench) -> None:
    bench.write("mail.txt", MAIL)
    bench.ingest()
    old = bench.documents()["안건.txt"].id
    bench.write("mail.txt", "다시 알립니다.\n>안건.txt: 인사 안건")
    assert [event.outcome for event in bench.ingest()] == ["updated", "updated"]
    documents = bench.documents()
    assert (sorted(documents), documents["안건.txt"].id) == (["mail.txt", "안건.txt"], old)
    assert "안건.txt" in bench.found("인사")


def test_unchanged_parent_reads_nothing(bench: Bench) -> None:
    bench.write("mail.txt", MAIL)
    bench.ingest()
    bench.parsers.read.clear()
    assert [event.outcome for event in bench.ingest()] == ["unchanged"]
    assert bench.parsers.read == []


def test_the_same_mail_in_another_collection_brings_its_attachments_without_reading(bench: Bench) -> None:
    path = bench.write("mail.txt", MAIL)
    bench.ingest()
    bench.parsers.read.clear()
    assert [event.outcome for event in outcomes(bench.ingestion.run([path], "archive"))] == ["added"] * 3
    assert bench.parsers.read == []
    assert len(bench.store.library.documents(_ALL)) == 6


def test_a_failed_attachment_has_its_reason_and_spoils_nothing(bench: Bench) -> None:
    bench.write("mail.txt", "글\n>빈.txt:  \n>글.txt: 내용")
    bench.ingest()
    documents = bench.documents()
    assert {name: info.status for name, info in documents.items()} == {
        "mail.txt": "searchable",
        "빈.txt": "failed",
        "글.txt": "searchable",
    }
    assert documents["빈.txt"].error is not None and documents["빈.txt"].error.code == "document_without_text"


def test_nesting_ends_at_the_third_level(bench: Bench) -> None:
    bench.write("0.txt", "글\n>1.txt: >2.txt: >3.txt: >4.txt: 너무 깊다")
    bench.ingest()
    statuses = {name: info.status for name, info in bench.documents().items()}
    assert statuses == dict.fromkeys(("0.txt", "1.txt", "2.txt", "3.txt"), "searchable") | {"4.txt": "failed"}


def test_what_was_killed_between_a_parent_and_its_attachments_is_taken_up(bench: Bench) -> None:
    bench.write("mail.txt", MAIL)
    events = bench.ingestion.run([bench.folder], "documents")
    while next(events).outcome is None:
        pass
    stop(events)
    assert {info.status for info in bench.documents().values()} == {"searchable", "queued"}
    assert [event.outcome for event in outcomes(bench.ingestion.resume())] == ["added", "added"]


def test_a_restored_mail_that_is_read_again_loses_no_attachment_to_a_kill(bench: Bench) -> None:
    path = bench.write("mail.txt", MAIL)
    bench.ingest()
    bench.store.library.remove([bench.documents()["mail.txt"].id])
    events = bench.ingestion.run([path], "documents")
    while next(events).outcome is None:
        pass
    stop(events)
    list(bench.ingestion.resume())
    assert {name: info.status for name, info in bench.documents().items()} == dict.fromkeys(
        ("mail.txt", "안건.txt", "명단.txt"), "searchable"
    )


def test_moved_documents_keep_their_attachments_and_are_found_by_their_new_name(bench: Bench) -> None:
    path = bench.write("mail.txt", MAIL)
    bench.ingest()
    before = bench.documents()
    new = path.rename(path.with_name("총회 소집.txt"))
    bench.store.family.relocate(before["mail.txt"].id, str(new), new.name, str(new))
    bench.indexer.catch_up()
    after = bench.documents()
    assert after["총회 소집.txt"].id == before["mail.txt"].id
    assert bench.store.library.locator(after["안건.txt"].id) == f"{new}!/안건.txt"
    assert "총회 소집.txt" in bench.found("소집")
    assert [event.outcome for event in bench.ingest()] == ["unchanged"]


def test_what_is_nested_too_deep_is_told_and_not_read(bench: Bench) -> None:
    bench.write("mail.txt", "0\n>1.txt: 1|>2.txt: 2~>3.txt: 3")
    events = bench.ingest()
    assert [event.outcome for event in events] == ["added"] * 4
    third = bench.documents()["3.txt"]
    Path(third.path).write_text("3\n>4.txt: 4", "utf-8")
    (parent, fourth) = outcomes(bench.ingestion.retry([third.id]))
    assert (parent.outcome, fourth.outcome) == ("updated", "failed")
    assert fourth.problem and fourth.problem.code == "too_deep"
    assert bench.documents()["4.txt"].status == "failed"
