"""The life of documents through the App: passwords, reading again, another file in the place, moving, pausing, what is inside others."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from ai_chat.app import App, open_app
from ai_chat.config import Settings
from ai_chat.errors import InputError
from ai_chat.types import DocumentInfo, IngestEvent, Scope
from tests.patience import eventually
from tests.test_app_remote import serving, wait_until_owned

KEY = "열쇠 42"


@pytest.fixture(params=["local", "remote"])
def app(home: Settings, request: pytest.FixtureRequest) -> Iterator[App]:
    """The same through the API of a server."""
    if request.param == "local":
        with closing(open_app(home, "write")) as app:
            yield app
        return
    with serving(home):
        wait_until_owned(home)
        yield open_app(home, "write")


def write_locked(path: Path, line: str = "Keys are kept at the desk.") -> Path:
    canvas = Canvas(str(path), encrypt=StandardEncryption(KEY, strength=128))
    canvas.drawString(72, 700, line)
    canvas.save()
    return path


def finished(events: Iterator[IngestEvent]) -> list[tuple[str | None, str | None]]:
    told = [event for event in events if event.outcome]
    return [(event.outcome, event.problem.code if event.problem else None) for event in told]


def listed(app: App) -> list[DocumentInfo]:
    return list(app.documents(Scope(collections=("documents",))))


def test_a_password_opens_a_document_and_is_not_kept(app: App, home: Settings, tmp_path: Path) -> None:
    path = write_locked(tmp_path / "a.pdf")
    assert finished(app.ingest([path], dense=False)) == [("failed", "password_needed")]
    (info,) = listed(app)
    assert info.status == "needs_password"
    assert finished(app.retry([info.id], password="x")) == [("failed", "password_wrong")]
    assert listed(app)[0].status == "needs_password"
    assert finished(app.retry([info.id], password=KEY))[0][1] is None
    assert app.search("desk", Scope(), mode="lexical").hits[0].document_id == info.id
    assert finished(app.ingest([path], dense=False)) == [("unchanged", None)]
    assert app.render(info.id, "page", 1, password=KEY).media_type == "image/png"
    assert [problem.code for problem in app.render(info.id, "page", 1).warnings] == ["picture_locked"]
    kept = [each for each in home.home.rglob("*") if each.is_file() and KEY.encode() in each.read_bytes()]
    assert kept == []


def test_uploads_take_a_password(app: App, tmp_path: Path) -> None:
    data = write_locked(tmp_path / "a.pdf").read_bytes()
    assert finished(app.upload("올린 글.pdf", data, password=KEY)) == [("added", None)]


def test_another_file_in_the_place_keeps_the_id(app: App, tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("The boiler is inspected every March.")
    (tmp_path / "new.txt").write_text("The boiler is inspected every April.")
    list(app.ingest([tmp_path / "old.txt"], dense=False))
    (before,) = listed(app)
    assert finished(app.replace(before.id, tmp_path / "new.txt")) == [("updated", None)]
    (after,) = listed(app)
    assert (after.id, after.name) == (before.id, "new.txt")
    assert [hit.sentence for hit in app.search("boiler", Scope(), mode="lexical").hits] == [
        "The boiler is inspected every April."
    ]


def test_a_document_goes_where_its_file_went(app: App, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"Keys of {name}")
    list(app.ingest([tmp_path], dense=False))
    first, second = listed(app)
    moved = (tmp_path / "a.txt").rename(tmp_path / "c.txt")
    app.relocate(first.id, moved)
    assert app.original(first.id) == moved
    assert finished(app.ingest([moved], dense=False)) == [("unchanged", None)]
    with pytest.raises(InputError, match="document_there"):
        app.relocate(second.id, moved)


def test_what_is_inside_stands_under_its_parent_and_goes_with_it(app: App, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("규정.txt", "연차휴가는 15일이다.")
        archive.writestr("notice.txt", "The boiler is inspected every March.")
    assert finished(app.ingest([tmp_path / "a.zip"], dense=False)) == [("added", None)] * 3
    parents = {info.name: info.parent_id for info in listed(app)}
    assert {info.parent_name for info in listed(app)} == {"", "a.zip"}
    (parent,) = [info.id for info in listed(app) if info.parent_id is None]
    assert parents == {"a.zip": None, "규정.txt": parent, "notice.txt": parent}
    inside = next(info.id for info in listed(app) if info.name == "규정.txt")
    assert app.original(inside).read_text("utf-8") == "연차휴가는 15일이다."
    app.remove([parent])
    assert listed(app) == []
    app.restore([parent])
    assert len(listed(app)) == 3


def test_a_pause_is_told_and_kept(home: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Keys are kept at the desk.")
    with closing(open_app(home, "write")) as app:
        app.pause_ingest(True)
    with closing(open_app(home, "write")) as app:
        events = app.ingest([tmp_path / "a.txt"], dense=False)
        phases = [next(events).phase for _ in range(2)]
        told = app.status()["ingest"]
        assert phases[-1] == "paused" and (told["paused"], told["reading"], told["waiting"]) == (True, None, 1)
        app.pause_ingest(False)
        assert finished(events) == [("added", None)]
        nothing = {"paused": False, "reading": None, "waiting": 0, "seconds_left": None}
        eventually(lambda: app.status()["ingest"] == nothing)  # who reads leaves the line behind what it told last
