"""The library over a real SQLite file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.errors import InputError, MachineError
from ai_chat.store import Store, VersionFilter
from ai_chat.types import Chunk, Event, Problem, Scope, Unit

TEXT = "연차휴가는 15일이다. 병가는 60일이다."


_OPENED: list[Store] = []


def open_store(folder: Path, *, read_only: bool = False) -> Store:
    _OPENED.append(Store.open(folder / "library.db", read_only=read_only))
    return _OPENED[-1]


@pytest.fixture(autouse=True)
def close_stores() -> Iterator[None]:
    yield
    while _OPENED:
        _OPENED.pop().close()


def add(store: Store, name: str, text: str = TEXT, collection: str = "documents") -> str:
    library = store.library
    document = library.put_document(collection, f"/x/{name}", name, f"/x/{name}")
    version = store.versions.begin(f"sha-{text}", "text/1", "chunk/1")
    store.versions.add_units(version, 1, [(Unit("page", 1, "1", text), [Chunk(0, len(text), text)])])
    store.versions.finish(version)
    library.publish(document, version, "searchable")
    return document


def chunk_ids(store: Store) -> list[int]:
    return [chunk.chunk_id for version in store.library.live_versions() for chunk in store.versions.chunks(version)]


def test_published_document_is_listed_with_its_units(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    document = add(store, "leave.txt")
    (info,) = store.library.documents(Scope())
    assert (info.id, info.name, info.status, info.units, info.chunks) == (document, "leave.txt", "searchable", 1, 1)
    assert store.library.document(document).units[0].text == TEXT


def test_passage_offsets_are_code_points(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    text = "😀 가나다 한글 끝"
    document = store.library.put_document("documents", "/e", "e", "/e")
    version = store.versions.begin("s", "p", "c")
    store.versions.add_units(version, 1, [(Unit("page", 1, "1", text), [Chunk(2, 5, text[2:5])])])
    store.versions.finish(version)
    store.library.publish(document, version, "searchable")
    (passage,) = store.library.passages(chunk_ids(store), Scope()).values()
    assert passage.text == "가나다" == text[passage.start : passage.end]


def test_unfinished_version_is_invisible_and_dropped(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    version = store.versions.begin("s", "p", "c")
    store.versions.add_units(version, 1, [(Unit("page", 1, "1", TEXT), [Chunk(0, 3, TEXT[:3])])])
    assert store.versions.find("s", "p", "c") is None
    store.versions.drop_unfinished()
    assert store.database.rows("SELECT * FROM units") == []
    assert store.database.rows("SELECT * FROM chunks") == []


def test_replacing_a_version_logs_both_changes(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, "a.txt", "옛 내용")
    before = store.library.sequence()
    add(store, "a.txt", "새 내용")
    changes = store.library.changes(before)
    assert [change.live for change in changes] == [False, True]
    assert len(store.library.documents(Scope())) == 1


def test_removed_document_is_gone_at_once_and_restorable(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    document = add(store, "a.txt")
    ids = chunk_ids(store)
    store.library.remove([document])
    assert store.library.passages(ids, Scope()) == {}
    assert [c.live for c in store.library.changes(0)] == [False]
    store.library.restore([document])
    assert set(store.library.passages(ids, Scope())) == set(ids)


def test_removing_an_unknown_document_removes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    document = add(store, "a.txt")
    with pytest.raises(InputError, match="document_unknown"):
        store.library.remove([document, "nope"])
    assert len(store.library.documents(Scope())) == 1


def test_two_documents_may_stand_on_one_version(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first = add(store, "a.txt")
    version = store.library.live_versions()[0]
    second = store.library.put_document("other", "/y/a.txt", "a.txt", "/y/a.txt")
    store.library.publish(second, version, "searchable")
    store.library.remove([first])
    assert store.library.live_versions() == [version]
    (passage,) = store.library.passages(chunk_ids(store), Scope()).values()
    assert passage.document_id == second


def test_samples_leave_the_default_scope_when_there_are_documents(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, "sample.txt", "견본", collection="samples")
    assert [d.name for d in store.library.documents(Scope())] == ["sample.txt"]
    assert store.library.version_filter(Scope()) is None
    add(store, "mine.txt", "나의 문서")
    assert [d.name for d in store.library.documents(Scope())] == ["mine.txt"]
    sample_version, _ = store.library.live_versions()
    assert store.library.version_filter(Scope()) in (
        VersionFilter(frozenset({sample_version}), True),
        VersionFilter(frozenset(store.library.live_versions()) - {sample_version}, False),
    )


def test_content_that_another_collection_has_comes_into_scope(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, "other.txt", "다른 글")
    sample = add(store, "sample.txt", "견본", collection="samples")
    version = next(v for v in store.library.live_versions() if store.versions.units(v)[0].text == "견본")
    assert store.library.version_filter(Scope()) is not None
    before = store.library.sequence()
    mine = store.library.put_document("documents", "/m/s.txt", "s.txt", "/m/s.txt")
    store.library.publish(mine, version, "searchable")
    assert store.library.version_filter(Scope()) is None
    assert [(change.version_id, change.live) for change in store.library.changes(before)] == [(version, True)]
    store.library.remove([sample])
    assert [(change.version_id, change.live) for change in store.library.changes(before)] == [(version, True)]


def test_unknown_collection_is_named(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(InputError) as raised:
        store.library.documents(Scope(collections=("nope",)))
    assert raised.value.values["name"] == "nope"


def test_failed_document_keeps_its_reason(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    document = store.library.put_document("documents", "/x", "x", "/x")
    store.library.set_status(document, "failed", Problem("file_empty", {"path": "/x"}))
    assert store.library.documents(Scope())[0].error == Problem("file_empty", {"path": "/x"})


def test_vectors_are_kept_by_text(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, "a.txt")
    (chunk,) = store.versions.chunks(store.library.live_versions()[0])
    assert store.vectors.missing("e1") == 1
    store.vectors.put("e1", {chunk.text_sha256: b"\0\0"})
    assert store.vectors.missing("e1") == 0
    assert store.vectors.missing("e2") == 1
    assert store.vectors.get("e1", [chunk.text_sha256]) == {chunk.text_sha256: b"\0\0"}


def test_turn_events_outlive_the_store(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.turns.create_turn("t1", "c1", "연차는?", Scope())
    store.turns.append_events("t1", [Event(1, "searching"), Event(2, "evidence", {"hits": []})])
    store.close()
    again = open_store(tmp_path)
    assert [e.kind for e in again.turns.events("t1", after=1)] == ["evidence"]
    assert again.turns.unfinished() == ["t1"]
    again.turns.append_events("t1", [Event(3, "done")])
    assert again.turns.unfinished() == []
    assert [c.title for c in again.conversations.conversations("local")] == ["연차는?"]


def test_threads_write_one_after_the_other(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    threads = [threading.Thread(target=add, args=(store, f"{i}.txt", f"내용 {i}")) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.library.documents(Scope())) == 12


@pytest.mark.parametrize("content", [b"this is no database at all" * 200, b"SQLite format 3\0" + b"\xff" * 5000])
def test_damaged_database_is_said_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(content)
    with pytest.raises(MachineError, match="database_damaged"):
        Store.open(path)
    assert path.read_bytes() == content


def test_damage_in_the_middle_is_said(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for i in range(40):
        add(store, f"{i}.txt", f"내용 {i} " * 50)
    store.close()
    path = tmp_path / "library.db"
    content = bytearray(path.read_bytes())
    content[8192:] = b"\x5a" * (len(content) - 8192)
    path.write_bytes(bytes(content))
    with pytest.raises(MachineError, match="database_damaged"):
        open_store(tmp_path).library.documents(Scope())


def test_newer_database_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "library.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(MachineError, match="database_newer"):
        open_store(tmp_path)


def test_read_only_store_cannot_write(tmp_path: Path) -> None:
    add(open_store(tmp_path), "a.txt")
    reader = open_store(tmp_path, read_only=True)
    assert len(reader.library.documents(Scope())) == 1
    with pytest.raises(MachineError):
        add(reader, "b.txt", "b")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted in /proc")
def test_a_thread_a_question_leaves_no_connection_behind(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    add(store, "a.txt")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(40):
        thread = threading.Thread(target=store.library.documents, args=(Scope(),))
        thread.start()
        thread.join()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 3


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.close()
    with pytest.raises(MachineError, match="database_closed"):
        store.library.collections()
