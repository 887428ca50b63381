"""Folders as they are found on real disks: links in circles, what may not be read, names of every kind."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.ingest import find_files
from ai_chat.ingest.files import stamp


def names(folder: Path) -> list[str]:
    return [file.name for file in find_files([folder], (".txt",)).files]


def write(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("글", "utf-8")
    return path


def test_folders_that_lead_back_to_themselves_are_walked_once(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b.txt")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert names(tmp_path) == ["b.txt"]


def test_a_link_to_itself_says_so(tmp_path: Path) -> None:
    loop = tmp_path / "loop.txt"
    loop.symlink_to(loop)
    ((path, problem),) = find_files([loop], (".txt",)).problems
    assert (path, problem.code) == (loop, "file_unreadable")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    write(tmp_path / "z.txt")
    locked = write(tmp_path / "locked" / "a.txt").parent
    locked.chmod(0)
    found = find_files([tmp_path], (".txt",))
    locked.chmod(0o700)
    assert [file.name for file in found.files] == ["z.txt"]
    assert [(path, problem.code) for path, problem in found.problems] == [(locked, "file_unreadable")]


def test_names_of_macos_and_of_full_length_are_taken_as_they_are(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "한글 문서.txt")
    longest = f"{'가' * 83}ab.txt"
    assert len(longest.encode()) == 255
    write(tmp_path / decomposed)
    write(tmp_path / longest)
    assert names(tmp_path) == [decomposed, longest]


def test_a_pipe_is_refused_before_it_is_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    assert list(find_files([pipe], (".txt",)).files) == [pipe]
    with pytest.raises(InputError) as raised:
        stamp(pipe)
    assert raised.value.values["reason"] == "not a regular file"
