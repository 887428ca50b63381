"""`--password` on the command line: asked for where no word follows, from stdin where there is no terminal, never a file by mistake."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ai_chat.cli.password import with_asking
from tests.program import Program
from tests.test_app_documents import KEY, write_locked


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


def test_a_locked_document_is_opened_from_standard_input(program: Program, tmp_path: Path) -> None:
    path = write_locked(tmp_path / "a.pdf")
    failed = program("ingest", path, "--json")
    assert failed.code == 1 and failed.json["failed"][0]["code"] == "password_needed"
    (document,) = program("docs", "list", "--status", "needs_password", "--json").json["documents"]
    assert f"docs retry {document['id']} " in document["error"]["hint"]
    opened = program("docs", "retry", document["id"], "--password", "--json", stdin=f"{KEY}\n".encode())
    assert opened.code == 0 and not opened.json["failed"]
    assert "desk" in program("docs", "show", document["id"], "--text").out
    words = ["docs", "show", document["id"], "--unit", "1", "--out", tmp_path / "page.png"]
    assert program(*words, "--password", KEY).code == 0
    assert program(*words, "--json").json["error"]["code"] == "rendered_otherwise"  # its text, and why


def test_a_password_on_the_line_opens_too(program: Program, tmp_path: Path) -> None:
    assert program("ingest", write_locked(tmp_path / "a.pdf"), "--password", KEY).code == 0


def test_another_file_takes_a_documents_place(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("March")
    (tmp_path / "b.txt").write_text("April")
    program("ingest", tmp_path / "a.txt")
    (before,) = program("docs", "list", "--json").json["documents"]
    done = program("docs", "replace", before["id"], tmp_path / "b.txt", "--json").json
    assert [each["document_id"] for each in done["updated"]] == [before["id"]]
    missing = program("docs", "replace", before["id"], tmp_path / "nowhere.txt", "--json")
    assert missing.code == 1 and missing.json["error"]["code"] == "path_missing"


def test_what_is_inside_is_listed_under_its_parent(program: Program, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("a.txt", "Keys are kept at the desk.")
    program("ingest", tmp_path / "z.zip")
    lines = program("docs", "list").out.splitlines()
    assert "z.zip" in lines[0] and "└ a.txt" in lines[1]


def test_watching_prints_no_json(program: Program, tmp_path: Path) -> None:
    assert program("ingest", tmp_path, "--watch", "--json").json["error"]["code"] == "usage_wrong"
