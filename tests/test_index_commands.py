"""`ai-chat index ...` and what keeps indexes right beside a running App: loss, damage, an older library, another embedder."""

from __future__ import annotations

import dataclasses
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from ai_chat.analyzer import Analyzer
from ai_chat.app import App, open_app, open_serving_app
from ai_chat.app.local import LocalApp
from ai_chat.app.upkeep import followed
from ai_chat.config import Settings
from ai_chat.embedding import EmbedderInfo, describe_embedder
from ai_chat.errors import InputError
from ai_chat.index import Entry
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.store import Store
from ai_chat.types import IndexEvent, IndexReport, IndexStatus, Problem, Scope
from tests.patience import eventually
from tests.program import Program, write_documents

DOCUMENTS = 12
OTHER = EmbedderInfo("some-older-embedder", 8)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(DOCUMENTS):
        (folder / f"d{number:02}.txt").write_text(
            f"제{number}조 품번 PPR-{number:04}은 창고 {number}에 있다.\n", "utf-8"
        )
    return folder


@contextmanager
def opened(settings: Settings, told: list[Problem] | None = None) -> Iterator[App]:
    app = open_app(settings, "write", on_wait=(told if told is not None else []).append)
    try:
        yield app
    finally:
        app.close()


@pytest.fixture
def filled(home: Settings, files: Path) -> Settings:
    """A home with all documents in both indexes."""
    with opened(home) as app:
        list(app.ingest([files], wait=True))
    return home


@pytest.fixture
def words_only(home: Settings, files: Path) -> Settings:
    settings = dataclasses.replace(home, embedder="none")
    with opened(settings) as app:
        list(app.ingest([files]))
    return settings


def found(app: App, number: int, mode: str = "lexical") -> str:
    return app.search(f"PPR-{number:04}", Scope(), mode=mode, top_k=1).hits[0].document  # type: ignore[arg-type]


def problems(events: Iterator[IndexEvent]) -> list[str]:
    return [event.problem.code for event in events if event.problem]


def states(report: IndexReport) -> dict[str, str]:
    return {index.kind: index.state for index in report.indexes}


def index_of(report: IndexReport, kind: str) -> IndexStatus:
    return next(index for index in report.indexes if index.kind == kind)


# -- status and verify ----------------------------------------------------------


def test_status_counts_both_indexes_against_the_library(filled: Settings) -> None:
    with opened(filled) as app:
        report = app.index_status()
    assert states(report) == {"lexical": "level", "dense": "level"}
    assert [(i.chunks, i.expected, i.dead) for i in report.indexes] == [(DOCUMENTS, DOCUMENTS, 0)] * 2
    assert (report.sequence, report.present, report.missing, report.others) == (DOCUMENTS, DOCUMENTS, 0, ())
    assert all(index.bytes > 0 for index in report.indexes)


def test_status_of_a_new_home_and_without_an_embedder(words_only: Settings, tmp_path: Path) -> None:
    with opened(words_only) as app:
        report = app.index_status()
    assert states(report) == {"lexical": "level", "dense": "off"}
    new = dataclasses.replace(words_only, home=tmp_path / "new")
    with opened(new) as app:
        assert states(app.index_status()) == {"lexical": "missing", "dense": "off"}
        assert problems(app.index_verify()) == []


def test_sound_indexes_verify_clean(filled: Settings) -> None:
    with opened(filled) as app:
        app.remove([app.documents(Scope())[0].id])
        assert problems(app.index_verify(thorough=True)) == []


def lexical_folder(settings: Settings) -> Path:
    (folder,) = settings.index_dir.glob("lexical-*")
    return folder


def alter_lexical(settings: Settings, change: Callable[[LexicalIndex], None]) -> None:
    index = LexicalIndex.open(lexical_folder(settings), Analyzer().fields, writable=True)
    change(index)
    index.commit(index.sequence)
    index.close()


def strange(version: int, chunk: int) -> Entry:
    return Entry(chunk, version, {name: ["abc"] for name in Analyzer().fields})


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda index: index.remove([3]), "index_chunks_missing"),
        (lambda index: index.add([strange(3, 3)]), "index_chunks_doubled"),
        (lambda index: index.add([strange(3, 99)]), "index_chunks_dead"),
        (lambda index: index.add([strange(99, 99)]), "index_chunks_dead"),
    ],
    ids=["missing", "doubled", "strange", "dead"],
)
def test_faults_of_the_keyword_index_are_found_and_mended(
    words_only: Settings, change: Callable[[LexicalIndex], None], code: str
) -> None:
    alter_lexical(words_only, change)
    with opened(words_only) as app:
        assert problems(app.index_verify()) == [code]
        list(app.index_rebuild())
        assert problems(app.index_verify()) == []
        assert found(app, 3) == "d03.txt"


def alter_dense(settings: Settings, change: Callable[[LazyVectorStore, int], None]) -> None:
    dim = describe_embedder(settings.embedder).dim
    (folder,) = settings.index_dir.glob("dense-*")
    store = LazyVectorStore.open(folder, dim, writable=True)
    change(store, dim)
    store.commit(store.sequence)
    store.close()


def put_another_row(store: LazyVectorStore, dim: int) -> None:
    store.remove([3])
    store.add([3], [3], np.eye(dim, dtype=np.float32)[:1])


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda store, dim: store.remove([3]), "index_vectors_missing"),
        (put_another_row, "index_vectors_differ"),
        (lambda store, dim: store.add([99], [99], np.eye(dim, dtype=np.float32)[:1]), "index_vectors_dead"),
    ],
    ids=["missing", "different", "dead"],
)
def test_faults_of_the_vector_index_are_found_and_mended(
    filled: Settings, change: Callable[[LazyVectorStore, int], None], code: str
) -> None:
    alter_dense(filled, change)
    with opened(filled) as app:
        assert problems(app.index_verify(thorough=True)) == [code]
        list(app.index_rebuild(vectors=True))
        assert problems(app.index_verify(thorough=True)) == []
        assert index_of(app.index_status(), "dense").chunks == DOCUMENTS


def test_a_text_that_is_not_at_its_place_is_found(words_only: Settings) -> None:
    with sqlite3.connect(words_only.database) as database:
        database.execute("UPDATE units SET text = 'x' || text WHERE id = 2")
    database.close()
    with opened(words_only) as app:
        assert problems(app.index_verify()) == ["library_texts_differ"]


def test_damage_is_told_by_status_and_verify_and_mended_by_rebuild(words_only: Settings) -> None:
    (lexical_folder(words_only) / "state.json").write_text("{")
    with opened(words_only) as app:
        assert states(app.index_status())["lexical"] == "damaged"
        assert "index_damaged" in problems(app.index_verify())
        list(app.index_rebuild())
        assert states(app.index_status())["lexical"] == "level"
        assert found(app, 5) == "d05.txt"


# -- rebuild and compact ----------------------------------------------------------


def scores(app: App, mode: str) -> list[list[tuple[str, float]]]:
    questions = [f"창고 {number} 품번 PPR-{number:04}" for number in range(50)]
    results = [app.search(question, Scope(), mode=mode, top_k=10) for question in questions]  # type: ignore[arg-type]
    return [[(hit.document, round(hit.score, 5)) for hit in result.hits] for result in results]


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
def test_after_compaction_fifty_questions_give_what_a_rebuild_gives(filled: Settings, files: Path, mode: str) -> None:
    with opened(filled) as app:
        for number in range(0, DOCUMENTS, 3):
            (files / f"d{number:02}.txt").write_text(f"바뀐 품번 PPR-{number:04} 창고 {number}.\n", "utf-8")
        list(app.ingest([files], wait=True))
        app.remove([info.id for info in app.documents(Scope()) if info.name in ("d01.txt", "d04.txt")])
        assert index_of(app.index_status(), "lexical").dead > 0
        list(app.index_compact())
        compacted = scores(app, mode)
        assert [index.dead for index in app.index_status().indexes] == [0, 0]
        assert problems(app.index_verify(thorough=True)) == []
        list(app.index_rebuild(vectors=True))
        assert scores(app, mode) == compacted


def test_searches_and_new_documents_go_on_while_the_index_is_made_anew(words_only: Settings, files: Path) -> None:
    with opened(words_only) as app:
        rebuilding = app.index_rebuild()
        next(rebuilding)
        assert found(app, 7) == "d07.txt"
        (files / "new.txt").write_text("품번 PPR-7777 신규\n", "utf-8")
        app.remove([next(info.id for info in app.documents(Scope()) if info.name == "d02.txt")])
        list(app.ingest([files / "new.txt"]))
        assert found(app, 7777) == "new.txt"
        list(rebuilding)
        assert found(app, 7777) == "new.txt"
        assert found(app, 2) != "d02.txt"
        assert problems(app.index_verify()) == []


def test_searches_find_everything_while_others_commit_and_compact(filled: Settings, files: Path) -> None:
    """A thread of the owner and one of a reader ask without a pause; a document that is there is always found."""
    with serving(filled, []) as owner:
        reader = LocalApp(filled, None, lambda _problem: None)
        stop, missed = threading.Event(), list[str]()

        def ask(app: App, mode: str) -> None:
            number = 0
            while not stop.is_set():
                number = (number + 1) % DOCUMENTS
                if found(app, number, mode) != f"d{number:02}.txt":
                    missed.append(f"{number} {mode}")

        asking = [threading.Thread(target=ask, args=pair) for pair in ((owner, "lexical"), (reader, "lexical"))]
        for thread in asking:
            thread.start()
        for round_ in range(6):
            (files / "new.txt").write_text(f"새 문서 {round_} 번째\n", "utf-8")
            list(owner.ingest([files / "new.txt"]))
            list(owner.index_compact())
        list(owner.index_rebuild(vectors=True))
        stop.set()
        for thread in asking:
            thread.join()
        reader.close()
    assert missed == []


def test_the_vector_index_is_there_all_the_time_while_it_is_made_anew(filled: Settings) -> None:
    """A search that opens the old one takes nothing from the new one, and who looks always finds one."""
    with opened(filled) as owner:
        reader = LocalApp(filled, None, lambda _problem: None)
        stop, seen = threading.Event(), set[str]()

        def look() -> None:
            while not stop.is_set():
                seen.add(states(reader.index_status())["dense"])

        looking = threading.Thread(target=look)
        looking.start()
        for _ in range(10):
            rebuilding = owner.index_rebuild(vectors=True)
            while next(rebuilding).step != "fill_dense":
                pass
            assert found(owner, 3, "dense") == "d03.txt"
            list(rebuilding)
        stop.set()
        looking.join()
        assert found(owner, 5, "dense") == found(reader, 5, "dense") == "d05.txt"
        assert problems(owner.index_verify(thorough=True)) == []
        reader.close()
    assert seen == {"level"}
    assert len(list(filled.index_dir.iterdir())) == 2


def test_a_rebuild_that_is_given_up_leaves_the_old_index(words_only: Settings) -> None:
    with opened(words_only) as app:
        rebuilding = app.index_rebuild()
        next(rebuilding)
        rebuilding.close()  # type: ignore[attr-defined]
        assert len(list(lexical_folder(words_only).glob("segments-*"))) == 1
        assert found(app, 7) == "d07.txt"
        assert problems(app.index_verify()) == []


def test_whatever_goes_wrong_in_the_thread_is_raised() -> None:
    def work(report: Callable[[int, int], None]) -> None:
        report(1, 2)
        raise ZeroDivisionError

    steps = followed(work)
    assert next(steps) == (1, 2)
    with pytest.raises(ZeroDivisionError):
        next(steps)


def test_status_is_told_while_files_of_the_indexes_come_and_go(words_only: Settings) -> None:
    folder = lexical_folder(words_only) / "other"
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            folder.mkdir()
            for number in range(20):
                (folder / str(number)).write_bytes(b"12345678")
            shutil.rmtree(folder)

    with opened(words_only) as app:
        writing = threading.Thread(target=write)
        writing.start()
        try:
            reports = [app.index_status() for _ in range(300)]
        finally:
            stop.set()
            writing.join()
    assert {index_of(report, "lexical").state for report in reports} == {"level"}


def test_a_server_compacts_where_much_is_dead(words_only: Settings, files: Path) -> None:
    long = files / "long.txt"
    with opened(words_only) as app:
        long.write_text(" ".join(f"낱말{number} 이어지는 글" for number in range(40_000)), "utf-8")
        (files / "beside.txt").write_text("같은 때에 온 글\n", "utf-8")  # what is wholly dead goes by itself
        list(app.ingest([files]))
        long.write_text("짧은 글 PPR-5555\n", "utf-8")
        list(app.ingest([long]))
        assert index_of(app.index_status(), "lexical").dead > 1000
    with serving(words_only, []) as app:
        eventually(lambda: index_of(app.index_status(), "lexical").dead == 0)
        assert found(app, 5555) == "long.txt"
        assert problems(app.index_verify()) == []


def test_vectors_of_another_embedder_are_told_and_dropped_only_when_asked(filled: Settings) -> None:
    store = Store.open(filled.database)
    store.vectors.put(OTHER.fingerprint, {bytes([n]) * 32: b"\0" * 16 for n in range(100)})
    store.close()
    with opened(filled) as app:
        list(app.index_compact())
        (kept,) = app.index_status().others
        assert (kept.embedder, kept.count) == (OTHER.fingerprint, 100)
        list(app.index_compact(drop_vectors=True))
        assert app.index_status().others == ()
        assert app.index_status().present == DOCUMENTS


# -- sequences ---------------------------------------------------------------------


def test_an_index_ahead_of_a_restored_library_is_made_anew(words_only: Settings, files: Path, tmp_path: Path) -> None:
    shutil.copy(words_only.database, tmp_path / "copy.db")
    with opened(words_only) as app:
        (files / "later.txt").write_text("나중에 온 문서 PPR-8888\n", "utf-8")
        list(app.ingest([files]))
    for name in ("library.db-wal", "library.db-shm"):
        words_only.database.with_name(name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "copy.db", words_only.database)
    told: list[Problem] = []
    with opened(words_only, told) as app:
        (files / "later.txt").write_text("다른 문서 PPR-9999\n", "utf-8")
        list(app.ingest([files / "later.txt"]))
        assert found(app, 9999) == "later.txt"
        assert problems(app.index_verify()) == []
    assert [problem.code for problem in told] == ["index_ahead"]


def test_an_index_behind_the_library_is_caught_up(words_only: Settings, tmp_path: Path) -> None:
    shutil.copytree(words_only.index_dir, tmp_path / "index")
    with opened(words_only) as app:
        app.remove([next(info.id for info in app.documents(Scope()) if info.name == "d02.txt")])
    shutil.rmtree(words_only.index_dir)
    shutil.copytree(tmp_path / "index", words_only.index_dir)
    reader = open_app(words_only, "read")
    try:
        assert states(reader.index_status())["lexical"] == "behind"
        assert found(reader, 2) != "d02.txt"
        assert states(reader.index_status())["lexical"] == "level"
    finally:
        reader.close()


def test_another_embedder_starts_beside_the_old_one(filled: Settings) -> None:
    """As after a change of the setting: the old index and its vectors stay until the new index is level."""
    (dense,) = filled.index_dir.glob("dense-*")
    old = filled.index_dir / "dense-000000000000"
    shutil.move(dense, old)
    with sqlite3.connect(filled.database) as database:
        database.execute("UPDATE vectors SET embedder = ?", (OTHER.fingerprint,))
        database.execute("UPDATE documents SET status = 'searchable'")
    database.close()
    with opened(filled) as app:
        assert found(app, 3) == "d03.txt"
        assert app.search("PPR-0003", Scope()).notices == ("vectors_missing",)
        assert old.exists()
        list(app.ingest([], wait=True))
        assert found(app, 3, "dense") == "d03.txt"
        assert [kept.embedder for kept in app.index_status().others] == [OTHER.fingerprint]
    with opened(filled) as app:
        assert found(app, 3, "dense") == "d03.txt"
    assert not old.exists()


def test_vectors_of_another_length_are_made_again(filled: Settings) -> None:
    with sqlite3.connect(filled.database) as database:
        database.execute("UPDATE vectors SET vector = x'00000000'")
    database.close()
    shutil.rmtree(next(filled.index_dir.glob("dense-*")))
    with opened(filled) as app:
        list(app.ingest([], wait=True))
        assert found(app, 3, "dense") == "d03.txt"


def delete(folder: Path) -> None:
    """As `rm -rf` would, while somebody still writes there."""
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


# -- folders deleted under a live server and a live reader ---------------------------


@contextmanager
def serving(settings: Settings, told: list[Problem]) -> Iterator[LocalApp]:
    app = open_serving_app(settings, "http://127.0.0.1:1", "key", on_wait=told.append)
    assert isinstance(app, LocalApp)
    try:
        yield app
    finally:
        app.close()


def is_whole(app: App) -> bool:
    report = app.index_status()
    wanted = {"level"} if index_of(report, "dense").state != "off" else {"level", "off"}
    return set(states(report).values()) <= wanted and report.missing == 0


def test_deleted_under_a_server_the_next_search_recovers_and_says_so(filled: Settings) -> None:
    told: list[Problem] = []
    with serving(filled, told) as app:
        assert found(app, 3) == "d03.txt"
        delete(filled.index_dir)
        assert found(app, 3) == "d03.txt"
        assert "index_rebuilt" in [problem.code for problem in told]
        eventually(lambda: is_whole(app))
        assert problems(app.index_verify(thorough=True)) == []
        assert found(app, 3, "dense") == "d03.txt"


def test_deleted_while_files_are_read_and_vectors_are_made(home: Settings, files: Path) -> None:
    told: list[Problem] = []
    with serving(home, told) as app:
        for event in app.ingest([files]):
            if event.outcome and event.done in (4, 9):
                delete(home.index_dir)
        delete(home.index_dir)
        assert found(app, 3) == "d03.txt"
        eventually(lambda: is_whole(app))
        assert [found(app, number) for number in range(DOCUMENTS)] == [f"d{n:02}.txt" for n in range(DOCUMENTS)]
        assert problems(app.index_verify(thorough=True)) == []


def test_deleted_under_a_reader_that_waits_for_the_owner(words_only: Settings) -> None:
    with serving(words_only, []) as owner:
        reader = LocalApp(words_only, None, lambda _problem: None)
        try:
            assert found(reader, 3) == "d03.txt"
            delete(words_only.index_dir)
            mending = threading.Timer(0.3, lambda: found(owner, 3))
            mending.start()
            assert found(reader, 3) == "d03.txt"
            mending.join()
        finally:
            reader.close()


# -- as commands ---------------------------------------------------------------------


@pytest.fixture
def commands(program: Program, tmp_path: Path) -> Program:
    assert program("ingest", write_documents(tmp_path / "documents")).code == 0
    return program


def test_status_as_json_and_for_people(commands: Program) -> None:
    report = commands("index", "status", "--json").json
    assert report["sequence"] == 3
    lexical, dense = report["indexes"]
    assert (lexical["kind"], lexical["state"], lexical["chunks"], dense["state"]) == ("lexical", "level", 3, "off")
    assert report["vectors"] == {"embedder": None, "present": 0, "missing": 0, "others": []}
    assert "라이브러리와 일치" in commands.speaking("ko_KR.UTF-8")("index", "status").out


def test_verify_exits_three_and_says_what_to_type(commands: Program) -> None:
    assert commands("index", "verify", "--json").json == {"schema": 1, "ok": True, "problems": []}
    (folder,) = (commands.home / "index").glob("lexical-*")
    index = LexicalIndex.open(folder, Analyzer().fields, writable=True)
    index.remove([2])
    index.commit(index.sequence)
    index.close()
    done = commands("index", "verify")
    assert done.code == 3 and "ai-chat index rebuild" in done.out
    assert commands("index", "rebuild", "--json").json["indexes"][0]["chunks"] == 3
    assert commands("index", "verify").code == 0


def test_vectors_no_longer_used_are_dropped_by_the_command(filled: Settings) -> None:
    store = Store.open(filled.database)
    store.vectors.put(OTHER.fingerprint, {bytes([n]) * 32: b"\0" * 16 for n in range(100)})
    store.close()
    using = Program(filled.home, embedder=filled.embedder)
    assert using("index", "status", "--json").json["vectors"]["others"][0]["count"] == 100
    done = using("index", "compact", "--drop-vectors")
    assert done.code == 0 and "no longer used" in done.out
    assert using("index", "status", "--json").json["vectors"]["others"] == []


def test_without_an_embedder_every_vector_is_kept(filled: Settings) -> None:
    with opened(dataclasses.replace(filled, embedder="none")) as app:
        with pytest.raises(InputError, match="vectors_all_kept"):
            list(app.index_compact(drop_vectors=True))
        assert app.index_status().others == ()
    with opened(filled) as app:
        assert app.index_status().present == DOCUMENTS


def test_compact_says_what_it_saved(commands: Program) -> None:
    ids: Sequence[str] = [row["id"] for row in commands("docs", "list", "--json").json["documents"]]
    commands("docs", "remove", *ids[:2])
    done = commands("index", "compact", "--json").json
    assert set(done["saved"]) == {"lexical"} and done["indexes"][0]["dead"] == 0
    assert commands("index", "compact").code == 0


def test_an_index_folder_that_cannot_be_written_is_a_sentence(commands: Program) -> None:
    folder = commands.home / "index"
    shutil.rmtree(folder)
    folder.write_text("in the way")
    for words in (["index", "rebuild"], ["search", "휴가"]):
        done = commands(*words)
        assert done.code == 3 and "Traceback" not in done.err and "index" in done.err
