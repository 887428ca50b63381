"""Questions drafted over a folder: read back by the evaluation as they are, and never written over corrections."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ai_chat.evaluation.datasets import read_dataset
from tests.program import Program, write_documents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_documents(tmp_path / "documents")


def test_a_draft_is_measured_as_it_is(program: Program, folder: Path) -> None:
    done = program("eval", folder, "--make", "--count", "6", "--json")
    assert done.code == 0, done.err
    lines = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    assert done.json["questions"] == len(lines) > 0
    for line in lines:
        assert bool(line["relevant"]) == bool(line["answers"])
        assert all(answer in line["sentence"] for answer in line["answers"])
    assert len(read_dataset(folder).questions) == len(lines)
    measured = program("eval", folder, "--mode", "lexical", "--json")
    assert measured.code == 0 and measured.json["lexical"]["recall@5"] > 0


def test_corrections_are_not_written_over(program: Program, folder: Path) -> None:
    mine = folder / "questions.jsonl"
    mine.write_text("mine", "utf-8")
    refused = program("eval", folder, "--make", "--json")
    assert refused.json["error"]["code"] == "eval_file_there" and mine.read_text("utf-8") == "mine"
    assert program("eval", folder, "--make", "--count", "2", "--force").code == 0
    assert mine.read_text("utf-8").startswith("{")


def test_documents_that_tell_nothing(program: Program, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("아.", "utf-8")
    done = program("eval", tmp_path, "--make", "--json")
    assert done.json["error"]["code"] == "eval_nothing_to_ask" and not (tmp_path / "questions.jsonl").exists()


@pytest.mark.parametrize(
    "options",
    [("--make", "--answers"), ("--count", "3"), ("--report", "x.md"), ("--answers", "--report", "x.pdf"), ("--force",)],
)
def test_options_that_do_not_go_together(program: Program, folder: Path, options: tuple[str, ...]) -> None:
    done = program("eval", folder, *options, "--json")
    assert done.code == 2 and done.json["error"]["code"] == "usage_wrong"
