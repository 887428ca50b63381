"""A home in one file and back: real homes, made while others write, killed at any moment, and files that are not what they should be."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from ai_chat.backup.archive import SIGN, verify
from ai_chat.backup.layout import CALIBRATION, CONFIG, LIBRARY, PREVIOUS, RESTORING, is_known
from ai_chat.backup.making import make_backup
from ai_chat.backup.restoring import restore_backup
from ai_chat.backup.swap import begin, finish_interrupted, swap
from ai_chat.backup.telling import Step
from ai_chat.config import Settings
from ai_chat.errors import AiChatError, InputError, MachineError
from ai_chat.owner import OwnerLock
from ai_chat.search.judging import FILE_NAME
from ai_chat.store.snapshot import schema_of
from tests.program import Program, write_documents


def quiet(_step: Step) -> None:
    """Nobody looks."""


@pytest.fixture
def filled(program: Program, tmp_path: Path) -> Program:
    """A home with three documents, one file that it keeps, and settings of which two are secret."""
    assert program("ingest", write_documents(tmp_path / "문서 모음")).code == 0
    kept = program.home / "files" / "ab" / f"ab{'0' * 62}" / "회의록 2024.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("kept\n")
    (program.home / CONFIG).write_text('password = "secret-word"\nllm_key = "secret-key"\nkeep_alive = 77\n')
    return program


def names(program: Program) -> set[str]:
    done = program("docs", "list", "--json")
    assert done.code == 0, done.err
    return {document["name"] for document in done.json["documents"]}


def test_the_names_are_those_of_the_settings(home: Settings) -> None:
    assert (home.database.name, home.config_file.name) == (LIBRARY, CONFIG)
    assert (home.files_dir.name, CALIBRATION) == ("files", FILE_NAME)


def test_a_home_comes_back_in_another_place(filled: Program, tmp_path: Path) -> None:
    archive = tmp_path / "백업 파일.zip"
    made = filled("backup", archive, "--json")
    assert (made.code, made.json["documents"]) == (0, len(names(filled)))
    other = Program(tmp_path / "다른 집")
    restored = other("restore", archive, "--json")
    assert restored.code == 0, restored.err
    assert restored.json["previous"] is None
    assert names(other) == names(filled) >= {"취업규칙.md", "구형공지.txt"}
    assert (other.home / "files" / "ab" / f"ab{'0' * 62}" / "회의록 2024.txt").read_text() == "kept\n"
    found = other("search", "연차휴가는 며칠", "--json")
    assert found.json["hits"][0]["document"] == "취업규칙.md", "the index is made from the library"


def test_a_backup_holds_no_secret_and_a_restore_keeps_those_that_are_there(filled: Program, tmp_path: Path) -> None:
    archive = tmp_path / "b.zip"
    make_backup(filled.home, archive, quiet)
    with zipfile.ZipFile(archive) as packed:
        assert packed.read(CONFIG) == b"keep_alive = 77\n"
        assert not any(b"secret-" in packed.read(name) for name in packed.namelist())
    assert archive.stat().st_mode & 0o777 == 0o600
    (filled.home / CONFIG).write_text('password = "another"\n')
    restore_backup(archive, filled.home, quiet)
    assert (filled.home / CONFIG).read_text() == 'keep_alive = 77\npassword = "another"\n'


def test_undo_brings_back_what_was_there_and_again(filled: Program, tmp_path: Path) -> None:
    archive = tmp_path / "b.zip"
    assert filled("backup", archive).code == 0
    before = names(filled)
    (tmp_path / "neu.txt").write_text("Later than the backup.\n")
    assert filled("ingest", tmp_path / "neu.txt").code == 0
    assert filled("restore", archive).code == 0
    assert names(filled) == before
    assert filled("restore", "--undo").code == 0
    assert names(filled) == before | {"neu.txt"}
    assert filled("restore", "--undo").code == 0
    assert names(filled) == before
    assert filled("restore", "--purge").code == 0
    assert not (filled.home / PREVIOUS).exists()
    assert filled("restore", "--undo").code == 1


def test_a_backup_while_documents_come_in_is_whole(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(150):
        (folder / f"문서-{number}.txt").write_text(f"Number {number} is kept in drawer {number * 7}.\n" * 20)
    assert program("ingest", write_documents(tmp_path / "d")).code == 0
    ingesting = program.start("ingest", folder)
    made = [make_backup(program.home, tmp_path / f"{number}.zip", quiet) for number in range(5)]
    ingesting.communicate(timeout=120)
    assert ingesting.returncode == 0
    for number, (path, manifest) in enumerate(made):
        other = Program(tmp_path / f"home-{number}")
        restore_backup(path, other.home, quiet)
        assert len(names(other)) >= manifest.documents - 15, "the samples come besides, where the home was new"
    counts = [manifest.documents for _path, manifest in made]
    assert counts == sorted(counts)


def test_a_home_in_use_is_not_restored(filled: Program, tmp_path: Path) -> None:
    archive = tmp_path / "b.zip"
    make_backup(filled.home, archive, quiet)
    lock = OwnerLock.try_acquire(filled.home / "run")
    assert lock is not None
    done = filled("restore", archive)
    lock.release()
    assert done.code == 1
    assert "is in use" in done.err
    assert not (filled.home / RESTORING).exists()


def test_each_damaged_byte_is_seen_and_nothing_is_touched(filled: Program, tmp_path: Path) -> None:
    archive, damaged = tmp_path / "b.zip", tmp_path / "d.zip"
    make_backup(filled.home, archive, quiet)
    whole = archive.read_bytes()
    before = (filled.home / LIBRARY).read_bytes()
    with zipfile.ZipFile(archive) as packed:
        data = [info.header_offset + 30 + len(info.filename.encode()) + 25 for info in packed.infolist()]
    for place in (*data[1:], len(whole) // 2):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        with pytest.raises(InputError, match="backup_damaged"):
            restore_backup(damaged, filled.home, quiet)
    for length in (60, len(whole) // 2, len(whole) - 1):
        damaged.write_bytes(whole[:length])
        with pytest.raises(InputError, match="backup_damaged"):
            verify(damaged, quiet)
    assert (filled.home / LIBRARY).read_bytes() == before
    assert not (filled.home / RESTORING).exists()


def rewritten(archive: Path, target: Path, extra: dict[str, bytes], **changes: object) -> Path:
    """The same archive with other entries or another manifest."""
    with zipfile.ZipFile(archive) as packed, zipfile.ZipFile(target, "w") as out:
        out.writestr(SIGN, "AI-CHAT")
        for name in packed.namelist():
            if name == "manifest.json":
                out.writestr(name, json.dumps({**json.loads(packed.read(name)), **changes}))
            elif name != SIGN:
                out.writestr(name, packed.read(name))
        for name, content in extra.items():
            out.writestr(name, content)
    return target


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "files/../../evil", "run/password", "files/ab/x/y"])
def test_an_entry_that_no_backup_holds_is_refused(filled: Program, tmp_path: Path, name: str) -> None:
    make_backup(filled.home, tmp_path / "b.zip", quiet)
    with pytest.raises(InputError, match="backup_unsafe"):
        restore_backup(rewritten(tmp_path / "b.zip", tmp_path / "e.zip", {name: b"x"}), filled.home, quiet)
    assert not is_known(name)
    assert not (tmp_path / "evil.txt").exists()


def test_newer_and_foreign_files_are_refused_with_a_sentence(filled: Program, tmp_path: Path) -> None:
    make_backup(filled.home, tmp_path / "b.zip", quiet)
    for changes in ({"format": 2}, {"schema": 99}):
        done = filled("restore", rewritten(tmp_path / "b.zip", tmp_path / "n.zip", {}, **changes))
        assert (done.code, "newer AI-CHAT" in done.err) == (1, True)
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as other:
        other.writestr("readme.txt", "hello")
    for path in (tmp_path / "f.zip", filled.home / LIBRARY):
        done = filled("restore", path)
        assert (done.code, "no backup of AI-CHAT" in done.err) == (1, True)
    done = filled("backup", filled.home / LIBRARY)
    assert (done.code, "not overwritten" in done.err) == (1, True)
    assert filled("backup", tmp_path / "b.zip").code == 0, "a backup is replaced by another"


def test_a_home_without_a_library_and_a_folder_that_is_not_there(filled: Program, tmp_path: Path) -> None:
    assert "nothing to back up" in Program(tmp_path / "empty")("backup", tmp_path / "x.zip").err
    done = filled("backup", tmp_path / "no" / "x.zip")
    assert (done.code, "cannot be written" in done.err) == (1, True)


def big(home: Path) -> None:
    """A kept file that takes a while to pack."""
    place = home / "files" / "cd" / f"cd{'1' * 62}" / "큰 파일.bin"
    place.parent.mkdir(parents=True)
    place.write_bytes(os.urandom(1 << 20) * 100)


def killed(process: subprocess.Popen[str], there: Path) -> None:
    """As soon as `there` is."""
    deadline = time.monotonic() + 60
    while not there.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it had finished before"


def test_a_kill_in_the_middle_of_a_backup_leaves_the_older_one(filled: Program, tmp_path: Path) -> None:
    archive = tmp_path / "b.zip"
    _path, older = make_backup(filled.home, archive, quiet)
    big(filled.home)
    killed(filled.start("backup", archive), tmp_path / ".b.zip.making" / "archive")
    assert verify(archive, quiet) == older
    assert filled("backup", archive).code == 0
    assert not (tmp_path / ".b.zip.making").exists()


def test_a_kill_in_the_middle_of_unpacking_leaves_the_home(filled: Program, tmp_path: Path) -> None:
    big(filled.home)
    make_backup(filled.home, tmp_path / "b.zip", quiet)
    before = names(filled)
    killed(filled.start("restore", tmp_path / "b.zip"), filled.home / RESTORING / "new" / "files")
    assert (filled.home / RESTORING).exists()
    assert names(filled) == before
    assert not (filled.home / RESTORING).exists(), "the next one who opens the home throws it away"


@pytest.mark.parametrize("steps", range(6))
def test_a_swap_cut_off_at_any_step_is_finished_by_the_next(home: Settings, steps: int) -> None:
    for name in (LIBRARY, CONFIG):
        (home.home / name).write_text(f"old {name}")
    new = begin(home.home)
    for name in (LIBRARY, CONFIG, CALIBRATION):
        (new / name).write_text(f"new {name}")
    child = os.fork()
    if child == 0:
        end_at_rename(steps)
        swap(home.home)
        os._exit(0)
    os.waitpid(child, 0)
    finish_interrupted(home.home)
    found = (home.home / LIBRARY).read_text()
    expected = "old" if steps == 0 else "new"  # the first rename makes the plan
    assert found == f"{expected} {LIBRARY}"
    assert (home.home / CONFIG).read_text() == f"{expected} {CONFIG}"
    assert (home.home / PREVIOUS / LIBRARY).exists() == (steps > 0)
    assert not (home.home / RESTORING).exists()


def end_at_rename(left: int) -> None:
    """End this process, as a kill would, before its next rename but `left`."""
    count = iter(range(left, -1, -1))

    def watch(event: str, _arguments: tuple[object, ...]) -> None:
        if event == "os.rename" and next(count) == 0:
            os._exit(9)

    sys.addaudithook(watch)


def limited(program: Program, limit: int, *words: str | Path) -> tuple[int, str]:
    """With a limit to the size of files, which is as a full disk."""

    def limit_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        program.command(*words),
        env=program.environ,
        capture_output=True,
        text=True,
        preexec_fn=limit_files,
        timeout=120,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_full_disk_is_said_and_leaves_everything(filled: Program, tmp_path: Path, command: str) -> None:
    archive = tmp_path / "b.zip"
    make_backup(filled.home, archive, quiet)
    whole, before = archive.read_bytes(), names(filled)
    code, said = limited(filled, 100_000, command, archive)  # room for what SQLite shares, not for the library
    assert (code, "no space left" in said) == (3, True), said
    assert archive.read_bytes() == whole
    assert names(filled) == before
    assert not (tmp_path / ".b.zip.making").exists()
    assert not (filled.home / RESTORING).exists()


def test_a_newer_library_is_not_backed_up_and_a_damaged_one_can_be_replaced(filled: Program, tmp_path: Path) -> None:
    archive = tmp_path / "b.zip"
    make_backup(filled.home, archive, quiet)
    before = names(filled)
    (filled.home / LIBRARY).write_bytes(b"no database at all" * 100)
    with pytest.raises(MachineError, match="database_damaged"):
        make_backup(filled.home, tmp_path / "c.zip", quiet)
    assert filled("restore", archive).code == 0
    assert names(filled) == before
    with closing(sqlite3.connect(filled.home / LIBRARY)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert schema_of(filled.home / LIBRARY) == 99
    with pytest.raises(AiChatError, match="database_newer"):
        make_backup(filled.home, tmp_path / "c.zip", quiet)
