"""Filters in SQL: each kind, several at once, and the same ones for rankings, passages, lists and counts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.store import Store, VersionContent, VersionFilter
from ai_chat.types import Chunk, Metadata, Scope, Unit

Filters = tuple[tuple[str, str], ...]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Five documents; the last has no date but its file's, the one before none but when it was added."""
    opened = Store.open(tmp_path / "library.db")
    add(opened, "취업규칙 2024.pdf", Metadata("취업 규칙", "김민수"), document_date="2024-01-01")
    add(opened, "Handbook.MD", Metadata("Employee Handbook", "Kim, Lee"), document_date="2023-06-30")
    add(opened, "매출_50%.csv", document_date="2024-03-15", collection="영업")
    add(opened, "메모.txt")
    add(opened, "notes.txt", modified_at="2024-02-10T00:00:00.000+00:00")
    yield opened
    opened.close()


def add(
    store: Store,
    name: str,
    about: Metadata | None = None,
    *,
    collection: str = "documents",
    modified_at: str = "",
    document_date: str = "",
) -> None:
    document = store.library.put_document(collection, name, name, name)
    version = store.versions.begin(name, "parser", "chunker")
    store.versions.add_units(version, 1, [(Unit("section", 1, "", name), [Chunk(0, len(name), name)])])
    store.versions.finish(version, VersionContent(about=about or Metadata()))
    store.library.publish(document, version, "complete", modified_at=modified_at, document_date=document_date)


def names(store: Store, *filters: tuple[str, str], collections: tuple[str, ...] | None = None) -> list[str]:
    """By the list, after checking that all other ways agree with it."""
    scope = Scope(collections=collections, filters=filters)
    listed = store.library.documents(scope)
    ids = [chunk.chunk_id for version in store.library.live_versions() for chunk in store.versions.chunks(version)]
    passages = store.library.passages(ids, scope)
    assert {passage.document for passage in passages.values()} == {info.name for info in listed}
    assert store.library.counts(scope) == {"documents": len(listed), "chunks": len(listed)}
    assert seen(store, store.library.version_filter(scope)) == {passage.version_id for passage in passages.values()}
    return sorted(info.name for info in listed)


def seen(store: Store, versions: VersionFilter | None) -> set[int]:
    live = set(store.library.live_versions())
    if versions is None:
        return live
    return live - versions.versions if versions.exclude else live & versions.versions


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ((("type", "pdf"),), ["취업규칙 2024.pdf"]),
        ((("type", "PDF"), ("type", "md")), ["Handbook.MD", "취업규칙 2024.pdf"]),
        ((("종류", "텍스트"),), ["notes.txt", "메모.txt"]),
        ((("type", "hwp"),), []),
        ((("-type", "txt"), ("-type", "csv")), ["Handbook.MD", "취업규칙 2024.pdf"]),
        ((("document", "규칙"),), ["취업규칙 2024.pdf"]),
        ((("document", "handBOOK"),), ["Handbook.MD"]),
        ((("document", "ｈａｎｄ"),), ["Handbook.MD"]),
        ((("document", "취업규칙"),), ["취업규칙 2024.pdf"]),
        ((("document", "50%"),), ["매출_50%.csv"]),
        ((("document", "_"),), ["매출_50%.csv"]),
        ((("document", "' OR 1=1 --"),), []),
        ((("author", "kim"),), ["Handbook.MD"]),
        ((("author", "kim"), ("author", "김민수")), ["Handbook.MD", "취업규칙 2024.pdf"]),
        ((("-author", "kim"),), ["notes.txt", "매출_50%.csv", "메모.txt", "취업규칙 2024.pdf"]),
        ((("title", "employee"),), ["Handbook.MD"]),
        ((("title", "메모"),), ["메모.txt"]),
        ((("title", "취업규칙"),), ["취업규칙 2024.pdf"]),
        ((("document", "취업 규칙2024"),), ["취업규칙 2024.pdf"]),
        ((("title", "인사규칙"),), []),
        ((("collection", "영업"),), ["매출_50%.csv"]),
        ((("-collection", "영업"), ("-type", "txt")), ["Handbook.MD", "취업규칙 2024.pdf"]),
        ((("type", "pdf"), ("document", "handbook")), []),
    ],
)
def test_filters_by_name_and_metadata(store: Store, filters: Filters, found: list[str]) -> None:
    assert names(store, *filters) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ((("after", "2024"), ("before", "2024-04")), ["notes.txt", "매출_50%.csv", "취업규칙 2024.pdf"]),
        ((("after", "2024-01-01"), ("before", "2024-01-02")), ["취업규칙 2024.pdf"]),
        ((("before", "2024-01-01"),), ["Handbook.MD"]),
        ((("after", "2024-02"), ("before", "2024-03")), ["notes.txt"]),
        ((("after", "2025"),), ["메모.txt"]),
        ((("modified_after", "2024"),), ["notes.txt"]),
        ((("modified_before", "2024-02-01"),), []),
        ((("-modified_after", "2025"), ("type", "txt")), ["notes.txt", "메모.txt"]),
        ((("added_before", "2020"),), []),
        ((("added_after", "2020"), ("type", "csv")), ["매출_50%.csv"]),
        ((("-after", "2024"),), ["Handbook.MD"]),
    ],
)
def test_filters_by_date(store: Store, filters: Filters, found: list[str]) -> None:
    assert names(store, *filters) == found


def test_a_day_begins_where_we_are(store: Store) -> None:
    moment = datetime.datetime(2022, 5, 1, 0, 30).astimezone(datetime.UTC).isoformat(timespec="milliseconds")
    add(store, "night.txt", modified_at=moment)
    assert names(store, ("modified_after", "2022-05-01"), ("modified_before", "2022-05-02")) == ["night.txt"]


def test_filters_and_collections_narrow_each_other(store: Store) -> None:
    assert names(store, ("type", "csv"), collections=("documents",)) == []
    assert names(store, ("type", "csv"), collections=("영업", "documents")) == ["매출_50%.csv"]
    assert names(store, collections=()) == []


def test_a_new_file_time_is_seen_by_later_searches(store: Store) -> None:
    after = (("modified_after", "2025"),)
    assert names(store, *after) == []
    (info,) = [each for each in store.library.documents(Scope()) if each.name == "notes.txt"]
    store.library.set_dates(info.id, "2025-05-05T00:00:00.000+00:00")
    assert names(store, *after) == ["notes.txt"]


@pytest.mark.parametrize("pair", [("after", "banana"), ("banana", "x"), ("type", ""), ("document", "\ud800")])
def test_a_wrong_filter_is_refused(store: Store, pair: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="filter_invalid"):
        store.library.documents(Scope(filters=(pair,)))


def test_too_many_filters_are_refused(store: Store) -> None:
    with pytest.raises(InputError, match="filters_too_many"):
        store.library.documents(Scope(filters=(("type", "pdf"),) * 101))
