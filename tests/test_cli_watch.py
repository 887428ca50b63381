"""`ingest --watch` over a real library: what is put into a folder, changed, renamed or deleted is followed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ai_chat.cli.session import Session
from ai_chat.cli.watch import watch
from ai_chat.config import Settings
from ai_chat.errors import InputError
from ai_chat.types import DocumentInfo, Scope

Step = Callable[[], object]


@pytest.fixture
def session(home: Settings) -> Session:
    return Session(home, "en", False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    (made / "leave.txt").write_text("연차휴가는 15일입니다.")
    return made


def follow(session: Session, folder: Path, steps: Sequence[Step] = ()) -> None:
    """Between the steps it looks three times, which is enough for a change to settle and be read."""
    script = [step for each in (*steps, _nothing) for step in (each, _nothing, _nothing)]

    def rest(_seconds: float) -> None:
        if not script:
            raise KeyboardInterrupt
        script.pop(0)()

    assert watch(session, [folder], "documents", dense=False, rest=rest) == 0


def _nothing() -> None:
    pass


def documents(session: Session) -> dict[str, DocumentInfo]:
    with session.app("read") as app:
        return {document.name: document for document in app.documents(Scope(collections=("documents",)))}


def test_what_is_there_is_read_and_what_comes_is_followed(session: Session, folder: Path) -> None:
    follow(session, folder, [_nothing, lambda: (folder / "meals.txt").write_text("식대는 만 원입니다.")])
    assert set(documents(session)) == {"leave.txt", "meals.txt"}


def test_changed_file_is_read_again(session: Session, folder: Path) -> None:
    follow(session, folder, [_nothing, lambda: (folder / "leave.txt").write_text("연차휴가는 20일로 늘었습니다.")])
    with session.app("read") as app:
        (unit,) = app.document(documents(session)["leave.txt"].id).units
    assert "20일" in unit.text


def test_deleted_file_is_taken_out_and_can_be_brought_back(session: Session, folder: Path) -> None:
    (folder / "other.txt").write_text("다른 문서")
    follow(session, folder)
    document_id = documents(session)["leave.txt"].id
    follow(session, folder, [_nothing, lambda: (folder / "leave.txt").unlink()])
    assert set(documents(session)) == {"other.txt"}
    with session.app("write") as app:
        app.restore([document_id])
    assert set(documents(session)) == {"leave.txt", "other.txt"}


def test_restored_document_stays_without_its_file(session: Session, folder: Path) -> None:
    (folder / "other.txt").write_text("다른 문서")

    def restore() -> None:
        with session.app("write") as app:
            app.restore([document_id])

    follow(session, folder)
    document_id = documents(session)["leave.txt"].id
    more = folder / "more.txt"
    follow(session, folder, [_nothing, (folder / "leave.txt").unlink, restore, lambda: more.write_text("셋째 문서")])
    assert set(documents(session)) == {"leave.txt", "more.txt", "other.txt"}


@pytest.mark.parametrize("asleep", [False, True])
def test_renamed_file_stays_the_same_document(session: Session, folder: Path, asleep: bool) -> None:
    follow(session, folder)
    before = documents(session)["leave.txt"]

    def rename() -> None:
        (folder / "규정").mkdir()
        (folder / "leave.txt").rename(folder / "규정" / "휴가.txt")

    if asleep:
        rename()
    follow(session, folder, [_nothing, _nothing if asleep else rename])
    after = documents(session)["휴가.txt"]
    assert (after.id, Path(after.path)) == (before.id, folder / "규정" / "휴가.txt")
    assert set(documents(session)) == {"휴가.txt"}


def test_folder_out_of_reach_changes_nothing_and_is_said_once(
    session: Session, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    away = folder.with_name("away")
    follow(session, folder, [_nothing, lambda: folder.rename(away), _nothing, lambda: away.rename(folder)])
    assert set(documents(session)) == {"leave.txt"}
    said = capsys.readouterr().err
    assert said.count("cannot be reached") == said.count("is there again") == 1
    assert "No longer watching" in said


def test_empty_mount_point_changes_nothing(session: Session, folder: Path) -> None:
    follow(session, folder)
    (folder / "leave.txt").unlink()
    follow(session, folder, [_nothing, lambda: shutil.rmtree(folder)])
    assert set(documents(session)) == {"leave.txt"}


def test_failed_file_is_tried_again_when_it_changes(
    session: Session, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = folder / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4\nbroken")
    follow(session, folder, [_nothing, _nothing, lambda: bad.write_text("<html><body>now a page</body></html>")])
    said = capsys.readouterr().out
    assert said.count("failed ") == 1 and documents(session)["bad.pdf"].status == "searchable"


def test_folder_that_never_was_is_a_mistake(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        watch(session, [tmp_path / "nowhere"], "documents")
    assert caught.value.code == "path_missing"
