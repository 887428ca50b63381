"""`--password` on the command line: asked for where no word follows, from stdin where there is no terminal, never a file by mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from ai_chat.cli.password import with_asking
from tests.program import Program


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("ingest a.docx --password", "ingest a.docx --password -"),
        ("ingest --password --wait a.docx", "ingest --password - --wait a.docx"),
        ("ingest a.docx --password word", "ingest a.docx --password word"),
        ("ingest a.docx --password -", "ingest a.docx --password -"),
        ("ingest a.docx --password=word --json", "ingest a.docx --password=word --json"),
        ("ask -- --password", "ask -- --password"),
        ("ingest --password -- a.docx", "ingest --password - -- a.docx"),
    ],
)
def test_a_password_without_a_word_is_asked_for(given: str, read: str) -> None:
    assert with_asking(given.split()) == read.split()


def test_a_file_in_the_place_of_the_password_is_refused(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    (tmp_path / "b.txt").write_text("text")
    done = program("ingest", "--password", tmp_path / "a.txt", tmp_path / "b.txt", "--json")
    assert done.code == 2 and done.json["error"]["code"] == "password_is_path"


def test_nothing_on_stdin_is_no_password(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    done = program("ingest", tmp_path / "a.txt", "--password", "--json")
    assert done.code == 2 and done.json["error"]["code"] == "password_empty"
