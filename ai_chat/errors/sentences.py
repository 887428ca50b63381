"""The one table of sentences: code -> what happened, with the value found, and what to do next, in English and Korean.

Takes a Problem (code + values), gives text. The rows stand in `errors/rows`, a file a subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ai_chat.errors.rows import Sentence, documents, endpoints, formats, general, memory, models, page, search, shelf
from ai_chat.types import Problem


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def sentence(problem: Problem, language: Literal["ko", "en"]) -> str:
    """What happened, in one sentence; an unknown code shows itself with its values. A `cause` {"code", "values"} is told as one more."""
    row = SENTENCES.get(problem.code)
    if row is None:
        return f"{problem.code}: {dict(problem.values)}"
    values = _Blank(problem.values)
    if isinstance(cause := values.get("cause"), Mapping):
        values["cause"] = sentence(Problem(cause["code"], cause["values"]), language)
    return (row.ko if language == "ko" else row.en).format_map(values)


def hint(problem: Problem, language: Literal["ko", "en"], document_id: str | None = None) -> str:
    """What to do next; empty where there is nothing to add. `document_id`: of the document that the problem is one of."""
    row = SENTENCES.get(problem.code)
    if row is None:
        return ""
    values = _Blank({**problem.values, "document_id": document_id or "ID"})
    return (row.hint_ko if language == "ko" else row.hint_en).format_map(values)


SENTENCES: dict[str, Sentence] = {
    **general.ROWS,
    **documents.ROWS,
    **formats.ROWS,
    **search.ROWS,
    **models.ROWS,
    **shelf.ROWS,
    **endpoints.ROWS,
    **memory.ROWS,
    **page.ROWS,
}
