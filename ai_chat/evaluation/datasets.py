"""A folder to evaluate with: pages.jsonl (or documents) and questions.jsonl, read and checked.

Gives ready pages and questions; each fault is one InputError that names the file and the line. Knows no index.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_chat.errors import InputError

PAGES = "pages.jsonl"
QUESTIONS = "questions.jsonl"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the document called `document`. Its number there does not matter: the id names it."""

    id: str
    document: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """`relevant` are ids of pages that answer; a question without any is there to be refused, and is not measured."""

    id: str
    question: str
    relevant: frozenset[str]
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """`file` holds the questions. `pages` None means that the documents beside it are to be read."""

    file: Path
    pages: tuple[Page, ...] | None
    questions: tuple[Question, ...]

    @property
    def answerable(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if question.relevant)


def read_dataset(folder: Path) -> Dataset:
    """InputError: path_missing, or one of the codes eval_*."""
    if not folder.is_dir():
        raise InputError("path_missing", path=str(folder))
    return read_joint(folder / QUESTIONS, [folder] if (folder / PAGES).exists() else [])


def read_joint(file: Path, folders: Sequence[Path]) -> Dataset:
    """The questions of one file over the pages of several folders; without any, over the documents beside it."""
    questions = read_questions(file)
    pages = tuple(page for folder in folders for page in map(_page, _lines(folder / PAGES))) if folders else None
    dataset = Dataset(file, pages, questions)
    if not dataset.answerable or pages == ():
        raise InputError("eval_empty", path=str(file.parent))
    if pages is not None:
        check_relevant(dataset, _unique([page.id for page in pages], folders[-1] / PAGES))
    return dataset


def read_questions(file: Path) -> tuple[Question, ...]:
    return tuple(map(_question, _lines(file)))


def check_relevant(dataset: Dataset, known: frozenset[str]) -> None:
    """Every relevant id must be a page; the first that is not is named."""
    for question in dataset.questions:
        for missing in sorted(question.relevant - known):
            raise InputError(
                "eval_relevant_unknown",
                path=str(dataset.file),
                question=question.id,
                id=missing,
                example=min(known, default="-"),
            )


def unit_id(document: str, number: int) -> str:
    """The id of a page where the folder holds documents."""
    return f"{document} - {number}"


@dataclass(frozen=True, slots=True)
class _Line:
    path: Path
    number: int
    values: Mapping[str, Any]

    def get(self, name: str, kind: type, default: Any = None) -> Any:
        value = self.values.get(name, default)
        if value is None:
            raise self.fault(f"'{name}' is missing")
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.fault(f"'{name}' is {type(value).__name__}, not {kind.__name__}")
        return value

    def fault(self, reason: str) -> InputError:
        return InputError("eval_line_invalid", path=str(self.path), line=self.number, reason=reason)


def _lines(path: Path) -> Iterator[_Line]:
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()
    except FileNotFoundError:
        raise InputError("eval_file_missing", path=str(path.parent), name=path.name) from None
    for number, raw in enumerate(lines, start=1):
        if raw.strip():
            yield _parsed(path, number, raw)


def _parsed(path: Path, number: int, raw: bytes) -> _Line:
    line = _Line(path, number, {})
    try:
        values = json.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise line.fault(str(error)) from error
    if not isinstance(values, dict):
        raise line.fault(f"it is {type(values).__name__}, not an object")
    return _Line(path, number, values)


def _page(line: _Line) -> Page:
    name = line.get("id", str)
    return Page(name, line.get("document", str, name), line.get("text", str))


def _question(line: _Line) -> Question:
    relevant, answers = _texts(line, "relevant"), _texts(line, "answers")
    question = line.get("question", str)
    if not question.strip():
        raise line.fault("'question' is empty")
    return Question(line.get("id", str, str(line.number)), question, frozenset(relevant), answers)


def _texts(line: _Line, name: str) -> tuple[str, ...]:
    values = line.get(name, list, [])
    if not all(isinstance(value, str) for value in values):
        raise line.fault(f"'{name}' holds something that is no text")
    return tuple(values)


def _unique(ids: Sequence[str], path: Path) -> frozenset[str]:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise InputError("eval_page_twice", path=str(path), id=name)
        seen.add(name)
    return frozenset(seen)
