"""Questions drafted by rule over the documents of a folder, as a questions.jsonl to be edited and then measured with.

Takes a folder, gives the lines of the file. Reads the documents as ingestion does, in a folder that is thrown away.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from ai_chat.asking.making import Made, make_questions
from ai_chat.errors import InputError
from ai_chat.evaluation.bench import SCOPE, Bench
from ai_chat.evaluation.datasets import unit_id
from ai_chat.evaluation.indexed import OnProgress
from ai_chat.types import Problem

SEED = 2026
UNANSWERABLE = 0.2  # of the questions


def draft(folder: Path, count: int, on_progress: OnProgress) -> tuple[list[dict[str, Any]], tuple[Problem, ...]]:
    """At most `count` questions, fewer where the documents tell too little, and what could not be read.

    InputError: path_missing, what was wrong with the only documents, eval_nothing_to_ask.
    """
    if not folder.is_dir():
        raise InputError("path_missing", path=str(folder))
    with tempfile.TemporaryDirectory(prefix="ai-chat-eval-") as home:
        bench = Bench(Path(home), None)
        try:
            _, problems = bench.add_documents(folder, lambda done, total: on_progress("index", done, total))
            store = bench.searcher.store
            passages = list(store.library.passages(store.versions.spread(10**6), SCOPE).values())
        finally:
            bench.close()
    made = make_questions(passages, count, SEED, UNANSWERABLE)
    if not made:
        raise InputError("eval_nothing_to_ask", path=str(folder))
    return [_line(number, one) for number, one in enumerate(made, 1)], problems


def write_questions(path: Path, lines: list[dict[str, Any]], *, force: bool) -> None:
    """InputError eval_file_there unless `force`, out_unwritable."""
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError("eval_file_there", path=str(path)) from None
    except OSError as error:
        raise InputError("out_unwritable", path=str(path), reason=str(error.strerror)) from error


def _line(number: int, one: Made) -> dict[str, Any]:
    """`sentence` is there for who edits it; it is not read back."""
    page = unit_id(one.passage.document, one.passage.unit.number)
    return {
        "id": f"m{number:03d}",
        "question": one.question,
        "relevant": [page] if one.answer else [],
        "answers": [one.answer] if one.answer else [],
        "sentence": one.sentence,
        "page": page,
    }
