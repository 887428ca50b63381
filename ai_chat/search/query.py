"""What somebody typed -> words to search for, phrases, words to leave out, filters.

    연차 휴가 "제15조 제1항" -초안 type:pdf after:2024-01 document:취업규칙

Takes a text, gives a Query. Pure; knows no index and no store. What is not well formed is text: odd quotes, a URL, a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ai_chat.errors import InputError
from ai_chat.filters import COLLECTION, NAMES, QUOTES, pairs
from ai_chat.types import Scope

_FILTER_NAME = "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True))
_OPERATOR = re.compile(
    rf"""(?<!\S)(?P<not>-?)(?P<name>{_FILTER_NAME})[:：](?:[{QUOTES}](?P<quoted>[^{QUOTES}]+)[{QUOTES}]|(?P<bare>[^\s{QUOTES}]\S*))
    |(?<![^\s([{{])(?P<minus>-?)[{QUOTES}](?P<phrase>[^{QUOTES}]+)[{QUOTES}]
    |(?<![^ \t])-(?P<word>[^\W\d_]\S*)""",
    re.IGNORECASE | re.VERBOSE,
)
_LETTERS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Query:
    """`text` are the words to rank by, those of phrases among them; `filters` are checked, as Scope.filters has them."""

    text: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()


def parse_query(text: str) -> Query:
    """InputError filter_invalid for a filter that we know with a value that it cannot have; nothing else raises."""
    phrases: list[str] = []
    excluded: list[str] = []
    filters: list[tuple[str, str]] = []

    def take(match: re.Match[str]) -> str:
        if match["name"]:
            filters.extend(pairs(match["not"] + match["name"], match["quoted"] or match["bare"].rstrip(",;")))
            return " "
        found = match["phrase"] or match["word"]
        if not _LETTERS.search(found):
            return " "
        if match["word"] or match["minus"]:
            excluded.append(found.strip())
            return " "
        phrases.append(found.strip())
        return found

    left = _OPERATOR.sub(take, text)
    if left != text:
        left = _OPERATOR.sub(lambda match: " ".join(_LETTERS.findall(match[0])), " ".join(left.split()))
    return Query(left.strip(), tuple(phrases), tuple(excluded), tuple(filters))


def require_words(query: Query) -> None:
    """InputError where there is nothing to rank by: filters alone, or not a letter nor a digit."""
    if any(map(str.isalnum, query.text)):
        return
    raise InputError("question_without_words" if query.filters or query.excluded or query.phrases else "question_empty")


def narrowed(scope: Scope, query: Query) -> Scope:
    """The scope with the query's filters; a collection that is named stands alone, within those that may be seen."""
    named = tuple(value for key, value in query.filters if key == COLLECTION)
    others = tuple(pair for pair in query.filters if pair[0] != COLLECTION)
    collections = scope.collections
    if named:
        collections = named if collections is None else tuple(name for name in named if name in collections)
    return replace(scope, collections=collections, filters=(*scope.filters, *others))
