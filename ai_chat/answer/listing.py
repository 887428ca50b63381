"""The documents that a question asks for, by what is known of them: date, type, author, collection, name, status. No model.

Takes a question and the library, tells a list in the question's language, newest first unless it asks otherwise. What documents
say is not looked at.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from ai_chat.answer.log import TurnLog
from ai_chat.asking.listed import Listed, listed
from ai_chat.filters import COLLECTION, DATES
from ai_chat.prompt import Language, blunt, language_of
from ai_chat.search.query import Query, narrowed, parse_query
from ai_chat.types import DocumentInfo, FinishReason, Problem, Scope

Ending = tuple[FinishReason, Problem | None]

MOST_TOLD = 50
_FEW = 20  # documents that are told, too, where they are only counted
_LONGEST_NAME = 120
_WORDS = {
    "one": ("{count} document{s}{wanted}", "문서 {count}건{wanted}"),
    "some": ("{count} documents{wanted}, the first {told}", "문서 {count}건{wanted}, 그중 {told}건"),
    "kinds": ("By type: {kinds}", "종류별: {kinds}"),
    "after": ("from {value} on", "{value}부터"),
    "before": ("before {value}", "{value} 전"),
    "added_after": ("added from {value} on", "{value}부터 등록"),
    "added_before": ("added before {value}", "{value} 전에 등록"),
    "modified_after": ("changed from {value} on", "{value}부터 수정"),
    "modified_before": ("changed before {value}", "{value} 전에 수정"),
    "type": ("type {value}", "종류 {value}"),
    "author": ("author {value}", "작성자 {value}"),
    "collection": ("collection {value}", "컬렉션 {value}"),
    "document": ("name with “{value}”", "이름에 ‘{value}’"),
    "title": ("title with “{value}”", "제목에 ‘{value}’"),
    "word": ("name or title with “{value}”", "이름이나 제목에 ‘{value}’"),
    "not": ("not: {value}", "제외: {value}"),
    "newest": ("newest first", "최신순"),
    "oldest": ("oldest first", "오래된 순"),
    "name": ("by name", "이름순"),
    "failed": ("could not be read", "읽지 못함"),
    "needs_password": ("needs a password", "비밀번호 필요"),
    "needs_ocr": ("needs OCR", "글자 인식 필요"),
    "queued": ("waiting", "대기 중"),
    "parsing": ("being read", "읽는 중"),
    "no_type": ("other", "기타"),
}


class Documents(Protocol):
    """The store's library."""

    def documents(self, scope: Scope, /) -> list[DocumentInfo]: ...


def tell_documents(
    log: TurnLog, question: str, scope: Scope, library: Documents, today: datetime.date, clean: Callable[[str], str]
) -> Ending:
    """`question` with its filters, as it was typed; `clean` are the rules of what is shown. What is understood is told with the list.

    Raises InputError for a filter or a collection that there is not, TurnOver as the log does.
    """
    query = parse_query(question)
    wanted, narrow = _wanted(query, scope, today)
    found = select(wanted, library.documents(narrow))
    language = language_of(question)
    if not found:
        return "not_found", Problem("list_empty", {"wanted": _conditions(wanted, narrow, language) or "-"})
    log.text(clean("\n".join(_lines(wanted, narrow, found, language))))
    return "stop", None


def select(wanted: Listed, documents: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """Those that the conditions leave, in order; all of them, however few are to be told."""
    words = [_folded(word) for word in (*wanted.kinds, *wanted.words)]
    left = [
        info
        for info in documents
        if (not wanted.statuses or info.status in wanted.statuses)
        and all(word in _folded(f"{info.name} {info.title}") for word in words)
    ]
    by_name = sorted(left, key=lambda info: _folded(info.name))
    if wanted.order == "name":
        return by_name
    return sorted(by_name, key=lambda info: day_of(info, wanted.by_added), reverse=wanted.order == "newest")


def day_of(info: DocumentInfo, by_added: bool = False) -> str:
    """The day that a list goes by: its own, else its file's, else that of its coming."""
    return (info.added_at if by_added else info.document_date or info.modified_at or info.added_at)[:10]


def _wanted(query: Query, scope: Scope, today: datetime.date) -> tuple[Listed, Scope]:
    """What the words ask for, and the scope narrowed by it; phrases in quotes stand in a name or title."""
    wanted = listed(query.text, today)
    narrow = narrowed(scope, replace(query, filters=(*query.filters, *wanted.filters)))
    return replace(wanted, words=tuple(dict.fromkeys((*query.phrases, *wanted.words)))), narrow


def _lines(wanted: Listed, scope: Scope, found: Sequence[DocumentInfo], language: Language) -> list[str]:
    told = found[: min(wanted.most or MOST_TOLD, MOST_TOLD)]
    if wanted.counts and len(found) > _FEW:
        told = []
    conditions = "".join(
        f" · {part}" for part in (_conditions(wanted, scope, language), _order(wanted, told, language)) if part
    )
    cut = 0 < len(told) < len(found)
    head = _word(
        "some" if cut else "one",
        language,
        count=len(found),
        told=len(told),
        s="" if len(found) == 1 else "s",
        wanted=conditions,
    )
    kinds = [_word("kinds", language, kinds=", ".join(_counts(found, language)))] if wanted.counts else []
    return [head, *kinds, *(f"- {_line(info, wanted, language)}" for info in told)]


def _line(info: DocumentInfo, wanted: Listed, language: Language) -> str:
    """Name, title where that says more, day, author, collection, and what is wrong with it."""
    title = info.title if info.title and _folded(info.title) not in _folded(info.name) else ""
    named = f"{_one_line(info.name)} ({_one_line(title)})" if title else _one_line(info.name)
    status = _word(info.status, language) if info.status in _WORDS else ""
    parts = (named, day_of(info, wanted.by_added), _one_line(info.author), _one_line(info.collection), status)
    return " · ".join(part for part in parts if part)


def _conditions(wanted: Listed, scope: Scope, language: Language) -> str:
    """As they were understood."""
    parts = [_condition(key, value, language) for key, value in scope.filters]
    parts += [_word(COLLECTION, language, value=_one_line(name)) for name in scope.collections or ()]
    parts += [_word(status, language) for status in wanted.statuses]
    parts += [_word("word", language, value=_one_line(word)) for word in (*wanted.kinds, *wanted.words)]
    return " · ".join(parts)


def _condition(key: str, value: str, language: Language) -> str:
    name = key.removeprefix("-")
    told = _word(name, language, value=value if name in DATES else _one_line(value))
    return _word("not", language, value=told) if key.startswith("-") else told


def _order(wanted: Listed, told: Sequence[DocumentInfo], language: Language) -> str:
    return _word(wanted.order, language) if len(told) > 1 else ""


def _counts(found: Sequence[DocumentInfo], language: Language) -> list[str]:
    kinds = Counter(_suffix(info.name) or _word("no_type", language) for info in found)
    return [f"{kind} {count}" for kind, count in kinds.most_common()]


def _suffix(name: str) -> str:
    found = re.search(r"\.([A-Za-z0-9]{1,8})$", name)
    return found[1].lower() if found else ""


def _one_line(text: str) -> str:
    """A name is data: on one line, not too long, no marker in it."""
    return blunt(" ".join(text.split()))[:_LONGEST_NAME]


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


def _word(name: str, language: Language, **values: object) -> str:
    english, korean = _WORDS[name]
    return (korean if language == "ko" else english).format(**values)
