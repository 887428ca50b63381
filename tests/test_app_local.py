"""The App over one home: real store, indexes, parser child and embedder child; no model."""

from __future__ import annotations

import dataclasses
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.app import App, open_app, open_serving_app
from ai_chat.app.kept import keep_upload
from ai_chat.config import Settings
from ai_chat.errors import InputError, MachineError
from ai_chat.owner import OwnerLock
from ai_chat.types import Problem, Scope

RULES = "제1조 연차휴가는 1년에 15일이다.\n\n제2조 병가는 연 60일까지 쓸 수 있다.\n"
TRAVEL = "국내 출장비는 하루 5만 원이다. 숙박비는 실비로 정산한다.\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "rules.txt").write_text(RULES, "utf-8")
    (folder / "travel.txt").write_text(TRAVEL, "cp949")
    return folder


@pytest.fixture
def app(home: Settings) -> Iterator[App]:
    opened = open_app(home, "write")
    yield opened
    opened.close()


def ingest(app: App, folder: Path, wait: bool = False) -> list[str]:
    events = app.ingest([folder], wait=wait)
    return [event.outcome for event in events if event.outcome]


def names(app: App, query: str) -> list[str]:
    return [hit.document for hit in app.search(query, Scope(), mode="lexical").hits]


def test_ingested_files_are_found_with_their_sentence(app: App, files: Path) -> None:
    assert ingest(app, files) == ["added", "added"]
    result = app.search("출장비는 얼마인가요?", Scope())
    hit = result.hits[0]
    assert (hit.document, hit.sentence) == ("travel.txt", "국내 출장비는 하루 5만 원이다.")
    unit = app.document(hit.document_id).units[hit.unit.number - 1]
    assert unit.text[hit.start : hit.end] == hit.sentence


def test_waiting_brings_vectors_and_hybrid_search(app: App, files: Path) -> None:
    ingest(app, files, wait=True)
    result = app.search("휴가 일수", Scope())
    assert (result.mode, result.notices) == ("hybrid", ())
    assert result.hits[0].dense is not None
    assert {info.status for info in app.documents(Scope())} == {"complete"}


def test_removed_and_restored(app: App, files: Path) -> None:
    ingest(app, files)
    travel = next(info.id for info in app.documents(Scope()) if info.name == "travel.txt")
    app.remove([travel])
    assert "travel.txt" not in names(app, "출장비")
    with pytest.raises(InputError, match="document_unknown"):
        app.document(travel)
    app.restore([travel])
    assert names(app, "출장비")[0] == "travel.txt"


def test_upload_of_the_same_name_replaces(app: App) -> None:
    list(app.upload("규정.txt", "옛 규정은 사흘이다.".encode()))
    list(app.upload("../../규정.txt", "새 규정은 닷새이다.".encode()))
    (info,) = app.documents(Scope())
    assert Path(info.path).name == "규정.txt"
    assert app.search("규정", Scope(), mode="lexical").hits[0].sentence == "새 규정은 닷새이다."


def test_uploads_of_one_name_from_two_folders_are_two_documents(app: App) -> None:
    for text in ("봄 소식", "여름 소식"):
        list(app.upload("1분기/메모.txt", text.encode()))
    list(app.upload("2분기/메모.txt", "가을 소식".encode()))
    assert [each.name for each in app.documents(Scope())] == ["메모.txt", "메모.txt"]
    assert not app.search("봄", Scope(), mode="lexical").hits


def test_an_upload_in_the_place_of_a_document_keeps_its_id_and_its_name_is_known(app: App, home: Settings) -> None:
    list(app.upload("규정.txt", "옛 규정은 사흘이다.".encode()))
    (before,) = app.documents(Scope())
    kept = keep_upload(home.files_dir, "새 규정.txt", "새 규정은 닷새이다.".encode())
    assert [event.outcome for event in app.replace(before.id, kept) if event.outcome] == ["updated"]
    list(app.upload("새 규정.txt", "더 새로운 규정은 엿새이다.".encode()))
    (after,) = app.documents(Scope())
    assert (after.id, after.name) == (before.id, "새 규정.txt")
    assert app.search("규정", Scope(), mode="lexical").hits[0].sentence == "더 새로운 규정은 엿새이다."


def test_reader_sees_what_the_owner_wrote_and_may_not_write(app: App, home: Settings, files: Path) -> None:
    ingest(app, files)
    reader = open_app(home, "read")
    try:
        assert names(reader, "출장비")[0] == "travel.txt"
        with pytest.raises(MachineError, match="owner_busy"):
            list(reader.ingest([files]))
    finally:
        reader.close()


def test_reader_of_a_lost_index_makes_it_anew_and_says_so(home: Settings, files: Path) -> None:
    writer = open_app(home, "write")
    ingest(writer, files)
    writer.close()
    shutil.rmtree(home.index_dir)
    told: list[Problem] = []
    reader = open_app(home, "read", on_wait=told.append)
    try:
        assert names(reader, "출장비")[0] == "travel.txt"
    finally:
        reader.close()
    assert [problem.code for problem in told] == ["index_rebuilt"]


def test_damage_inside_the_index_is_mended(home: Settings, files: Path) -> None:
    writer = open_app(home, "write")
    ingest(writer, files)
    writer.close()
    (folder,) = home.index_dir.glob("lexical-*")
    for segment in folder.glob("*/*.term"):
        segment.write_bytes(b"\0" * 10)
    told: list[Problem] = []
    again = open_app(home, "read", on_wait=told.append)
    try:
        assert names(again, "출장비")[0] == "travel.txt"
    finally:
        again.close()
    assert "index_rebuilt" in [problem.code for problem in told]


def test_new_library_answers_from_the_samples(app: App) -> None:
    assert app.search("연차휴가", Scope(), mode="lexical").hits
    assert app.collections() == ["samples"]


def test_the_first_question_to_a_new_server_waits_for_the_samples(home: Settings) -> None:
    server = open_serving_app(home, "127.0.0.1:9", "key")
    try:
        assert server.search("연차휴가", Scope(), mode="lexical").hits
    finally:
        server.close()


def test_samples_step_back_behind_own_documents(app: App, files: Path) -> None:
    app.search("연차휴가", Scope(), mode="lexical")
    ingest(app, files)
    assert {info.collection for info in app.documents(Scope())} == {"documents"}


def test_without_an_embedder_search_is_lexical_and_says_so(home: Settings, files: Path) -> None:
    app = open_app(dataclasses.replace(home, embedder="none"), "write")
    try:
        ingest(app, files, wait=True)
        result = app.search("출장비", Scope())
        assert result.mode == "lexical"
        assert result.notices
    finally:
        app.close()


def test_waiting_process_is_told_whom_it_waits_for(home: Settings) -> None:
    lock = OwnerLock.try_acquire(home.run_dir)
    assert lock is not None
    told: list[Problem] = []

    def release(problem: Problem) -> None:
        told.append(problem)
        lock.release()

    open_app(home, "write", on_wait=release).close()
    assert [problem.code for problem in told] == ["owner_busy"]


def test_home_that_cannot_be_made_is_said(tmp_path: Path, home: Settings) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(MachineError, match="home_unwritable"):
        open_app(dataclasses.replace(home, home=blocked / "home"), "write")


def test_two_commands_that_write_take_turns(home: Settings, files: Path, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(8):
        (many / f"{number}.txt").write_text(f"긴 작업 {number}", "utf-8")
    first = open_app(home, "write")
    events = first.ingest([many], dense=False)
    done = [next(event.path for event in events if event.outcome)]
    told: list[str] = []

    def second() -> None:
        app = open_app(home, "write", on_wait=lambda problem: told.append(problem.code))
        done.extend(event.path for event in app.ingest([files], dense=False) if event.outcome)
        app.close()

    other = threading.Thread(target=second)
    other.start()
    while not told:
        time.sleep(0.05)
    time.sleep(2.1)  # a command works so long before it makes room
    done.extend(event.path for event in events if event.outcome)
    other.join()
    assert [Path(path).name for path in done][1:3] == ["rules.txt", "travel.txt"]
    assert len(done) == 10 and told[0] == "owner_busy"
    assert len(first.documents(Scope())) == 10
    first.close()
