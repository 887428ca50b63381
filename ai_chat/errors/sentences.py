"""The one table of sentences: code -> what happened, with the value found, and what to do next, in English and Korean.

Takes a Problem (code + values), gives text. The rows stand in `errors/rows`, a file a subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ai_chat.errors.rows import (
    Sentence,
    backup,
    cache,
    documents,
    endpoints,
    formats,
    general,
    judging,
    kinds,
    limits,
    memory,
    models,
    page,
    purge,
    search,
    shelf,
    users,
)
from ai_chat.types import Problem

_REASONS_KO = {
    "Permission denied": "접근 권한이 없습니다",
    "No such file or directory": "그런 파일이나 폴더가 없습니다",
    "Is a directory": "폴더입니다",
    "Not a directory": "폴더가 아닙니다",
    "No space left on device": "디스크에 남은 공간이 없습니다",
    "Read-only file system": "읽기 전용 디스크입니다",
    "Too many levels of symbolic links": "바로가기가 서로를 가리킵니다",
    "Input/output error": "장치에서 읽지 못했습니다",
    "not a regular file": "일반 파일이 아닙니다",
    "File is not a zip file": "끝이 잘렸거나 ZIP 형식이 아닙니다",
    "its text is missing": "본문이 없습니다",
    "its main part is missing": "본문이 없습니다",
    "no page can be opened": "열 수 있는 쪽이 없습니다",
    "no %PDF header": "PDF의 첫머리가 없습니다",
    "Failed to load document (PDFium: Data format error).": "형식이 맞지 않습니다",
    "a record is cut off": "끝이 잘렸습니다",
}
"""What the system and the formats say most often; anything rarer is told as it came."""


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
    if language == "ko" and "reason" in values:
        values["reason"] = _REASONS_KO.get(str(values["reason"]), values["reason"])
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
    **cache.ROWS,
    **judging.ROWS,
    **kinds.ROWS,
    **endpoints.ROWS,
    **memory.ROWS,
    **page.ROWS,
    **backup.ROWS,
    **purge.ROWS,
    **limits.ROWS,
    **users.ROWS,
}
