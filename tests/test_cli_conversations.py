"""conversations and ratings through the real program: kept questions, their names, Markdown, JSON lines, exit codes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ai_chat.app import open_app
from ai_chat.config import Settings
from ai_chat.types import Scope
from tests.program import Program, write_documents


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A home in which one question was asked and its answer rated; no model: evidence alone."""
    folder = tmp_path_factory.mktemp("asked")
    program = Program(folder / "home")
    assert program("ingest", write_documents(folder / "documents")).code == 0
    app = open_app(Settings(home=program.home, embedder="none"), "write")
    turn = app.ask("When is the boiler inspected?", Scope(), conversation_id="c0ffee")
    list(app.events(turn))
    app.rate(turn, False, "too <short>")
    app.close()
    return program


def test_a_conversation_is_listed_found_and_shown(asked: Program) -> None:
    rows = asked("conversations", "list", "--json").json["conversations"]
    assert [list(row) for row in rows] == [["id", "title", "created_at", "used_at"]]
    assert "boiler" in asked("conversations", "list", "--words", "boiler").out
    nothing = asked("conversations", "list", "--words", "zebra")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "No conversation speaks of that.\n")
    shown = asked("conversations", "show", "c0ffee", "--json").json
    assert shown["conversation"]["id"] == "c0ffee"
    (turn,) = shown["turns"]
    assert turn["finished"] and turn["answer"]["evidence"][0]["document"] == "notice.txt"
    assert "> When is the boiler inspected?" in asked("conversations", "show", "c0ffee").out


def test_a_conversation_is_exported_with_its_evidence(asked: Program, tmp_path: Path) -> None:
    printed = asked("conversations", "export", "c0ffee").out
    assert "## When is the boiler inspected?" in printed and "notice.txt" in printed
    assert asked("conversations", "export", "c0ffee", "--out", tmp_path / "kept.md").code == 0
    assert (tmp_path / "kept.md").read_text("utf-8") == printed
    assert asked("conversations", "export", "c0ffee", "--out", tmp_path / "no" / "kept.md").code == 1


def test_a_conversation_is_named_removed_and_brought_back(asked: Program) -> None:
    named = asked("conversations", "rename", "c0ffee", "  보일러\x1b[31m  점검 ", "--json").json["conversation"]
    assert named["title"].startswith("보일러") and "점검" in named["title"]
    korean = replace(asked, language="ko_KR.UTF-8")
    gone = korean("conversations", "remove", "c0ffee")
    assert "대화를 지웠습니다" in gone.out and "conversations restore c0ffee" in gone.err and "\x1b" not in gone.out
    assert asked("conversations", "list", "--json").json["conversations"] == []
    assert asked("conversations", "remove", "c0ffee", "--json").json["error"]["code"] == "conversation_unknown"
    assert asked("conversations", "restore", "c0ffee", "--json").json["restored"] == ["c0ffee"]
    assert len(asked("conversations", "list", "--json").json["conversations"]) == 1


@pytest.mark.parametrize("words", [["show"], ["export"], ["rename"], ["remove"], ["restore"]], ids=" ".join)
def test_an_unknown_conversation_is_said(asked: Program, words: list[str]) -> None:
    done = asked("conversations", *words, "nobody", *(["a name"] if words == ["rename"] else []))
    assert done.code == 1 and "'nobody'" in done.err and "Traceback" not in done.err


def test_a_name_of_nothing_is_refused(asked: Program) -> None:
    assert asked("conversations", "rename", "c0ffee", "  ", "--json").json["error"]["code"] == "title_empty"


def test_ratings_are_listed_and_written_as_json_lines(asked: Program, tmp_path: Path) -> None:
    (row,) = asked("ratings", "--json").json["ratings"]
    assert (row["good"], row["note"], row["question"]) == (False, "too <short>", "When is the boiler inspected?")
    assert asked("ratings").out.startswith("-  ")
    assert asked("ratings", "export", "--out", tmp_path / "ratings.jsonl").code == 0
    (line,) = (tmp_path / "ratings.jsonl").read_text("utf-8").splitlines()
    assert {"turn_id", "question", "good", "note", "rated_at", "answer", "citations"} == set(json.loads(line))
    assert asked("ratings", "export", "--json").code == 2
