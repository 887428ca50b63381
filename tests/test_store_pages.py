"""The library page by page: found by words and status, counted, sorted; documents moved with what is inside them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ai_chat.config import Settings
from ai_chat.errors import InputError
from ai_chat.store import Store
from ai_chat.types import Chunk, DocumentQuery, Problem, Scope, Status, Unit

NAMES = ["나.pdf", "가 계약서.hwp", "다 계약서.txt", "라.txt"]
STATUSES: list[Status] = ["complete", "failed", "complete", "queued"]


@pytest.fixture
def store(home: Settings) -> Iterator[Store]:
    opened = Store.open(home.database)
    for name, status in zip(NAMES, STATUSES, strict=True):
        document = opened.library.put_document("documents", name, name, name)
        opened.library.set_status(document, status, Problem("file_empty", {}) if status == "failed" else None)
    yield opened
    opened.close()


def names(store: Store, query: DocumentQuery, scope: Scope | None = None) -> list[str]:
    return [each.name for each in store.pages.page(scope or Scope(), query).documents]


def test_a_page_is_sorted_and_counted(store: Store) -> None:
    page = store.pages.page(Scope(), DocumentQuery(limit=2))
    assert [each.name for each in page.documents] == ["가 계약서.hwp", "나.pdf"]
    assert (page.total, dict(page.by_status)) == (4, {"complete": 2, "failed": 1, "queued": 1})
    assert names(store, DocumentQuery(limit=2, offset=2)) == ["다 계약서.txt", "라.txt"]
    assert names(store, DocumentQuery(descending=True, limit=1)) == ["라.txt"]
    assert names(store, DocumentQuery(order="status"))[0] == "가 계약서.hwp"
    assert names(store, DocumentQuery(order="added")) == NAMES


def test_a_page_is_sorted_by_how_much_text_was_read(store: Store) -> None:
    for name, texts in (("긴.txt", 3), ("짧은.txt", 1)):
        document = store.library.put_document("documents", name, name, name)
        version = store.versions.begin(f"sha-{name}", "text/1", "chunk/1")
        for number in range(1, texts + 1):
            store.versions.add_units(version, number, [(Unit("page", number, "", "글"), [Chunk(0, 1, "글")])])
        store.versions.finish(version)
        store.library.publish(document, version, "searchable")
    assert names(store, DocumentQuery(order="size", descending=True))[:2] == ["긴.txt", "짧은.txt"]
    assert names(store, DocumentQuery(order="size"))[-2:] == ["짧은.txt", "긴.txt"]


def test_words_and_statuses(store: Store) -> None:
    page = store.pages.page(Scope(), DocumentQuery(words="계약서", statuses=("failed",)))
    assert ([each.name for each in page.documents], page.total) == (["가 계약서.hwp"], 1)
    assert dict(page.by_status) == {"complete": 1, "failed": 1}
    assert names(store, DocumentQuery(words="계약서 TXT")) == ["다 계약서.txt"]
    assert names(store, DocumentQuery(words="없는 말")) == []
    assert names(store, DocumentQuery(), Scope(filters=(("type", "txt"),))) == ["다 계약서.txt", "라.txt"]


@pytest.mark.parametrize(("offset", "limit", "count"), [(-5, 10, 4), (0, -1, 0), (99, 10, 0), (0, 10**9, 4)])
def test_odd_pages_are_empty_or_whole(store: Store, offset: int, limit: int, count: int) -> None:
    assert len(names(store, DocumentQuery(offset=offset, limit=limit))) == count


def test_documents_move_with_what_is_inside(store: Store) -> None:
    mail = store.library.put_document("documents", "mail.eml", "mail.eml", "mail.eml")
    inside = store.library.put_document("documents", "mail.eml#1", "첨부.pdf", "x", mail)
    before = store.library.sequence()
    store.pages.move([mail], "거래처")
    assert store.library.collections() == ["documents", "거래처"]
    assert {each.id for each in store.library.documents(Scope(collections=("거래처",)))} == {mail, inside}
    assert store.library.sequence() == before, "neither has a version"
    with pytest.raises(InputError, match="document_unknown"):
        store.pages.move(["d-none"], "거래처")


def test_nothing_is_moved_onto_another(store: Store) -> None:
    there = store.library.put_document("거래처", "나.pdf", "나.pdf", "나.pdf")
    mine = next(each.id for each in store.library.documents(Scope(collections=("documents",))) if each.name == "나.pdf")
    with pytest.raises(InputError, match="document_there"):
        store.pages.move([mine], "거래처")
    store.library.remove([there])
    store.pages.move([mine], "거래처")
    assert [each.id for each in store.library.documents(Scope(collections=("거래처",)))] == [mine]
