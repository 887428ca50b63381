"""A Scope as a condition in SQL over documents d and collections c: collections, and each filter by its kind.

Takes a Scope and where the collections are told, gives a condition and its values. Knows no other table but `versions`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from ai_chat.errors import InputError
from ai_chat.filters import AUTHOR, COLLECTION, DATES, DOCUMENT, NOT, TITLE, TYPE, checked, suffixes
from ai_chat.store.database import blanks, folded
from ai_chat.types import PRIVATE, SAMPLES_COLLECTION, Scope

Condition = tuple[str, tuple[str, ...]]

MOST_FILTERS = 100
_DEFAULT = f"""
    substr(c.name, 1, 1) <> '{PRIVATE}' AND (c.name <> ? OR NOT EXISTS (
        SELECT 1 FROM documents o JOIN collections oc ON oc.id = o.collection_id
        WHERE oc.name <> ? AND substr(oc.name, 1, 1) <> '{PRIVATE}' AND o.removed_at IS NULL AND o.version_id IS NOT NULL))
"""
_VERSION = "EXISTS (SELECT 1 FROM versions v WHERE v.id = d.version_id AND instr(folded({column}), ?))"


def scope_condition(scope: Scope, known: Callable[[], Sequence[str]]) -> Condition:
    """`known` tells which collections there are. InputError: collection_unknown, filter_invalid, filters_too_many."""
    conditions = [_in_collections(scope, known), *_fitting(scope.filters)]
    return " AND ".join(sql for sql, _ in conditions), tuple(value for _, values in conditions for value in values)


def _in_collections(scope: Scope, known: Callable[[], Sequence[str]]) -> Condition:
    chosen: str = _DEFAULT
    values: tuple[str, ...] = (SAMPLES_COLLECTION, SAMPLES_COLLECTION)
    if scope.collections is not None:
        there = known()
        for name in scope.collections:
            if name not in there:
                told = [each for each in there if not each.startswith(PRIVATE)]
                raise InputError("collection_unknown", name=name, known=", ".join(told) or "-")
        chosen, values = f"c.name IN ({blanks(scope.collections)})", scope.collections
    if scope.also:
        chosen, values = f"({chosen}) OR c.name IN ({blanks(scope.also)})", (*values, *scope.also)
    return f"d.removed_at IS NULL AND ({chosen})", values


def _fitting(filters: Sequence[tuple[str, str]]) -> list[Condition]:
    """One condition a key, met by any of its values; one a value for dates and for what must not fit."""
    if len(filters) > MOST_FILTERS:
        raise InputError("filters_too_many", count=len(filters), limit=MOST_FILTERS)
    wanted: dict[str, list[Condition]] = {}
    conditions: list[Condition] = []
    for key, value in dict.fromkeys(checked(*pair) for pair in filters):
        sql, values = _condition(key.removeprefix(NOT), value)
        if key.startswith(NOT):
            conditions.append((f"NOT {sql}", values))
        elif key in DATES:
            conditions.append((sql, values))
        else:
            wanted.setdefault(key, []).append((sql, values))
    return conditions + [_any(some) for some in wanted.values()]


def _any(conditions: Sequence[Condition]) -> Condition:
    values = tuple(value for _, some in conditions for value in some)
    return f"({' OR '.join(sql for sql, _ in conditions)})", values


def _condition(key: str, value: str) -> Condition:
    return _DATE_CONDITIONS[DATES[key][0]](DATES[key][1], value) if key in DATES else _CONDITIONS[key](value)


def _type(value: str) -> Condition:
    """Not by LIKE: with a blank behind it SQLite compiles the statement anew each time."""
    endings = tuple(f".{suffix}" for suffix in suffixes(value))
    each = (f"lower(substr(d.name, -{len(ending)})) = ?" for ending in endings)
    return f"({' OR '.join(each)})", endings


def _document_date(comparison: str, day: str) -> Condition:
    """By the file's time where no date is known, and where that is not known either by when it was added."""
    told = f"d.document_date {comparison} ?"
    else_by_file = f"coalesce(d.modified_at, d.added_at) {comparison} ?"
    return f"(CASE WHEN d.document_date IS NULL THEN {else_by_file} ELSE {told} END)", (_instant(day), day)


def _instant(day: str) -> str:
    """The first moment of a day where we are, as the store writes times."""
    return datetime.datetime.fromisoformat(day).astimezone(datetime.UTC).isoformat(timespec="milliseconds")


_CONDITIONS: dict[str, Callable[[str], Condition]] = {
    TYPE: _type,
    DOCUMENT: lambda value: ("instr(folded(d.name), ?)", (folded(value),)),
    COLLECTION: lambda value: ("(c.name = ?)", (value,)),
    AUTHOR: lambda value: (_VERSION.format(column="v.author"), (folded(value),)),
    TITLE: lambda value: (_VERSION.format(column="coalesce(nullif(v.title, ''), d.name)"), (folded(value),)),
}
_DATE_CONDITIONS: dict[str, Callable[[str, str], Condition]] = {
    "document": _document_date,
    "modified": lambda comparison, day: (f"coalesce(d.modified_at {comparison} ?, 0)", (_instant(day),)),
    "added": lambda comparison, day: (f"(d.added_at {comparison} ?)", (_instant(day),)),
}
