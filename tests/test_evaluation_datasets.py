"""Reading an evaluation folder: what is right, and one clear error for each thing that is not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ai_chat.errors import InputError
from ai_chat.errors.sentences import sentence
from ai_chat.evaluation.datasets import check_relevant, read_dataset, unit_id

PAGE = {"id": "p1", "document": "규정.pdf", "page": 3, "text": "연차휴가는 15일이다."}
QUESTION = {"id": "q1", "question": "연차는 며칠?", "relevant": ["p1"], "answers": ["15일"]}


def write(folder: Path, name: str, rows: Sequence[Mapping[str, Any] | str]) -> None:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / name).write_text("\n".join(lines) + "\n", "utf-8")


def fault(folder: Path) -> InputError:
    with pytest.raises(InputError) as raised:
        read_dataset(folder)
    assert "?" not in sentence(raised.value.problem, "ko") + sentence(
        raised.value.problem, "en"
    )  # no blank stayed empty
    return raised.value


def test_pages_and_questions_are_read(tmp_path: Path) -> None:
    write(tmp_path, "pages.jsonl", [PAGE, "", {**PAGE, "id": "p2", "page": 4}])
    write(tmp_path, "questions.jsonl", [QUESTION, {"id": "q2", "question": "누가?", "relevant": []}])
    dataset = read_dataset(tmp_path)
    assert dataset.pages is not None
    assert [(page.id, page.document) for page in dataset.pages] == [("p1", "규정.pdf"), ("p2", "규정.pdf")]
    assert [question.id for question in dataset.questions] == ["q1", "q2"]
    assert [question.id for question in dataset.answerable] == ["q1"]


def test_a_folder_without_pages_is_one_of_documents(tmp_path: Path) -> None:
    write(tmp_path, "questions.jsonl", [{**QUESTION, "relevant": [unit_id("규정.md", 2)]}])
    dataset = read_dataset(tmp_path)
    assert dataset.pages is None
    check_relevant(dataset, frozenset({"규정.md - 2"}))


def test_a_missing_folder(tmp_path: Path) -> None:
    assert fault(tmp_path / "nowhere").code == "path_missing"


def test_missing_questions(tmp_path: Path) -> None:
    write(tmp_path, "pages.jsonl", [PAGE])
    found = fault(tmp_path)
    assert found.code == "eval_file_missing" and found.values["name"] == "questions.jsonl"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('{"id": "q1", ', "Expecting"),
        ("[1, 2]", "list, not an object"),
        ({"id": "q"}, "'question' is missing"),
        ({"question": 7}, "'question' is int, not str"),
        ({"question": "  "}, "'question' is empty"),
        ({"question": "x", "relevant": "p1"}, "'relevant' is str, not list"),
        ({"question": "x", "relevant": [1]}, "no text"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, row: Mapping[str, Any] | str, reason: str) -> None:
    write(tmp_path, "pages.jsonl", [PAGE])
    write(tmp_path, "questions.jsonl", [QUESTION, "", row])
    found = fault(tmp_path)
    assert (found.code, found.values["line"]) == ("eval_line_invalid", 3)
    assert reason in found.values["reason"]


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    write(tmp_path, "pages.jsonl", [PAGE])
    (tmp_path / "questions.jsonl").write_bytes(json.dumps(QUESTION, ensure_ascii=False).encode("cp949"))
    assert fault(tmp_path).code == "eval_line_invalid"


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    write(tmp_path, "pages.jsonl", [PAGE])
    write(tmp_path, "questions.jsonl", ["\ufeff" + json.dumps(QUESTION)])
    assert len(read_dataset(tmp_path).questions) == 1


def test_a_page_id_twice(tmp_path: Path) -> None:
    write(tmp_path, "pages.jsonl", [PAGE, PAGE])
    write(tmp_path, "questions.jsonl", [QUESTION])
    found = fault(tmp_path)
    assert found.code == "eval_page_twice" and found.values["id"] == "p1"


def test_a_relevant_page_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path, "pages.jsonl", [PAGE])
    write(tmp_path, "questions.jsonl", [QUESTION, {**QUESTION, "id": "q2", "relevant": ["p9"]}])
    found = fault(tmp_path)
    assert found.code == "eval_relevant_unknown"
    assert (found.values["question"], found.values["id"], found.values["example"]) == ("q2", "p9", "p1")


@pytest.mark.parametrize(
    ("pages", "questions"), [([], [QUESTION]), ([PAGE], []), ([PAGE], [{**QUESTION, "relevant": []}])]
)
def test_nothing_to_measure(tmp_path: Path, pages: list[Any], questions: list[Any]) -> None:
    write(tmp_path, "pages.jsonl", pages)
    write(tmp_path, "questions.jsonl", questions)
    assert fault(tmp_path).code == "eval_empty"
