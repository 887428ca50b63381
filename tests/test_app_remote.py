"""Two processes on one home: the server owns it, everybody else speaks to it through the API."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ai_chat.answer import answer_of
from ai_chat.app import App, open_app, open_serving_app
from ai_chat.app.remote import RemoteApp
from ai_chat.config import Settings
from ai_chat.errors import InputError, MachineError
from ai_chat.owner import OwnerLock, read_owner
from ai_chat.types import Scope, Wish

TEXT = "국내 출장비는 하루 5만 원이다. 숙박비는 실비로 정산한다.\n"


@contextmanager
def serving(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "ai_chat", "web", "--no-browser", "--port", "0"]
    environ = {"AI_CHAT_HOME": str(settings.home), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "http://127.0.0.1:" in process.stdout.readline()
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def wait_until_owned(settings: Settings) -> None:
    for _ in range(600):
        owner = read_owner(settings.run_dir)
        if owner and owner.address:
            return
        time.sleep(0.05)
    raise AssertionError("the server never took the home")


@pytest.fixture(scope="module")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    from ai_chat.config import load_settings

    settings = load_settings({"home": tmp_path_factory.mktemp("served")}, {})
    with serving(settings):
        wait_until_owned(settings)
        yield settings


@pytest.fixture
def remote(server_home: Settings) -> Iterator[App]:
    app = open_app(server_home, "write")
    assert isinstance(app, RemoteApp)
    yield app
    app.close()


def test_documents_go_in_and_are_found_and_removed(remote: App, tmp_path: Path) -> None:
    path = tmp_path / "출장비.txt"
    path.write_text(TEXT, "utf-8")
    assert [event.outcome for event in remote.ingest([path]) if event.outcome] == ["added"]
    hit = remote.search("출장비", Scope(collections=("documents",)), mode="lexical").hits[0]
    assert (hit.document, hit.sentence) == ("출장비.txt", "국내 출장비는 하루 5만 원이다.")
    assert remote.document(hit.document_id).units[hit.unit.number - 1].text[hit.start : hit.end] == hit.sentence
    remote.remove([hit.document_id])
    assert remote.documents(Scope(collections=("documents",))) == []
    remote.restore([hit.document_id])
    assert [info.id for info in remote.documents(Scope(collections=("documents",)))] == [hit.document_id]


def test_upload_is_kept_by_the_server(remote: App, server_home: Settings) -> None:
    (event,) = [e for e in remote.upload("올린 글.txt", TEXT.encode("cp949")) if e.outcome]
    assert event.outcome == "added" and event.document_id is not None
    kept = Path(remote.document(event.document_id).info.path)
    assert kept.is_relative_to(server_home.files_dir)


def test_turn_is_followed_and_remembered(remote: App) -> None:
    turn = remote.ask("출장비는 얼마인가요?", Scope(), wish=Wish(use_llm=False))
    events = list(remote.events(turn))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].kind == "done"
    answer = answer_of("출장비는 얼마인가요?", events)
    assert answer.finish_reason == "skipped"
    assert list(remote.events(turn, after=events[-2].seq)) == events[-1:]
    assert turn in [record.id for c in remote.conversations(Scope()) for record in remote.turns(c.id)]


def test_errors_come_over_as_they_are(remote: App) -> None:
    with pytest.raises(InputError) as raised:
        remote.document("nope")
    assert (raised.value.code, raised.value.values) == ("document_unknown", {"id": "nope"})
    with pytest.raises(InputError, match="question_empty"):
        remote.search("  ", Scope())
    (event,) = [e for e in remote.ingest([Path("/no/such/file")]) if e.outcome]
    assert event.problem is not None and event.problem.code == "path_missing"


def test_filters_come_over(remote: App, tmp_path: Path) -> None:
    for name in ("여비 2024-03-15.txt", "여비.md"):
        (tmp_path / name).write_text(f"{TEXT} {name}", "utf-8")
    list(remote.ingest([tmp_path], "여비"))
    scope = Scope(collections=("여비",), filters=(("type", "txt"), ("after", "2024-03")))
    (info,) = remote.documents(scope)
    assert (info.name, info.document_date) == ("여비 2024-03-15.txt", "2024-03-15")
    assert {hit.document for hit in remote.search("출장비", scope, mode="lexical").hits} == {"여비 2024-03-15.txt"}
    with pytest.raises(InputError, match="filter_invalid"):
        remote.search("출장비", Scope(filters=(("after", "banana"),)))


def test_status_tells_of_the_server(remote: App) -> None:
    status = remote.status()
    assert status["owner"]["serving"] is True
    assert status["library"]["documents"] > 0
    assert status["memory"]["parts"]["page"] > 1_000_000


def test_owner_that_has_gone_is_named(home: Settings) -> None:
    app = RemoteApp("http://127.0.0.1:9", "key", 4242)
    with pytest.raises(MachineError) as raised:
        app.status()
    assert raised.value.code == "owner_unreachable"
    assert raised.value.values["pid"] == 4242


def test_server_reads_during_a_command_and_takes_over_after_it(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    command = open_app(home, "write")
    list(command.ingest([tmp_path / "a.txt"]))
    command.close()
    lock = OwnerLock.try_acquire(home.run_dir)
    assert lock is not None
    with serving(home):
        owner = read_owner(home.run_dir)
        assert owner is not None and owner.address is None
        lock.release()
        wait_until_owned(home)
        app = open_app(home, "write")
        assert isinstance(app, RemoteApp)
        assert app.search("출장비", Scope(), mode="lexical").hits[0].document == "a.txt"


def test_a_long_ingest_is_handed_over_to_a_server_that_starts(home: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}.txt").write_text(f"품번 PPR-{number:04}", "utf-8")
    command = open_app(home, "write")
    events = command.ingest([folder], dense=False)
    finished = [next(event for event in events if event.outcome)]
    with serving(home):
        while not any((home.run_dir / "queue").glob("*")):
            time.sleep(0.05)
        time.sleep(2.1)  # a command works so long before it makes room
        finished += [event for event in events if event.outcome]
        assert [event.outcome for event in finished] == ["added"] * 12
        assert [event.done for event in finished] == list(range(1, 13))
        app = open_app(home, "write")
        assert isinstance(app, RemoteApp)
        assert len(app.documents(Scope(collections=("documents",)))) == 12
        assert [event.problem for event in app.index_verify() if event.problem] == []
    command.close()


def test_a_server_shows_what_its_uploads_wait_for(home: Settings, tmp_path: Path) -> None:
    command = open_app(home, "write")
    list(command.upload("first.txt", b"first"))
    server = open_serving_app(home, "http://127.0.0.1:1", "key")
    uploading = server.upload("second.txt", TEXT.encode())
    assert next(uploading).phase == "waiting"
    command.close()
    assert [event.outcome for event in uploading if event.outcome] == ["added"]
    server.close()
