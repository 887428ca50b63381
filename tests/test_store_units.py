"""What a version keeps of its units besides their text: skipped spans, confidence, word boxes; and switches of a library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.ingest import store_units
from ai_chat.store import Store
from ai_chat.types import Problem, Scope, Unit, WordBox

HEAD = "사내 규정집\n"
BOXES = (WordBox(0, 2, 0.1, 0.2, 0.3, 0.25), WordBox(3, 5, -0.01, 0.5, 1.01, 0.55))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "library.db")
    yield opened
    opened.close()


def publish(store: Store, *items: Unit | Problem) -> int:
    version = store.versions.begin("sha", "parser", "chunker")
    store.versions.finish(version, store_units(store, version, items))
    document = store.library.put_document("documents", "a", "a.pdf", "a.pdf")
    store.library.publish(document, version, "searchable")
    return version


def test_running_heads_stay_in_the_unit_and_out_of_chunks(store: Store) -> None:
    unit = Unit("page", 1, "1", f"{HEAD}연차휴가는 15일이다.", skipped=((0, len(HEAD)),))
    version = publish(store, unit)
    (stored,) = store.versions.units(version)
    assert (stored.text, stored.skipped) == (unit.text, unit.skipped)
    assert [chunk.text for chunk in store.versions.chunks(version)] == ["연차휴가는 15일이다."]


def test_a_unit_of_nothing_but_running_heads_has_no_chunk(store: Store) -> None:
    version = publish(store, Unit("page", 1, "1", HEAD, skipped=((0, len(HEAD)),)))
    assert store.versions.chunks(version) == []


def test_word_boxes_are_kept_apart(store: Store) -> None:
    version = publish(store, Unit("page", 1, "1", "연차 휴가", ocr=0.87, boxes=BOXES))
    (stored,) = store.versions.units(version)
    assert (stored.ocr, stored.boxes) == (0.87, ())
    first, second = store.versions.boxes(version, "page", 1)
    assert (first.start, first.end) == (0, 2)
    assert first[2:] == pytest.approx(BOXES[0][2:], abs=1e-4)
    assert second[2:] == pytest.approx((0.0, 0.5, 1.0, 0.55), abs=1e-4), "what lies beyond the page ends at its border"
    assert store.versions.boxes(version, "page", 2) == ()


def test_pages_are_counted_by_how_they_were_read(store: Store) -> None:
    waiting = Problem("page_without_text", {"name": "a.pdf", "pages": "3-4", "count": 2, "total": 4})
    missing = Problem("ocr_missing", {"line": "install it"})
    publish(store, Unit("page", 1, "1", "글"), Unit("page", 2, "2", "그림", ocr=0.5), waiting, missing)
    (info,) = store.library.documents(Scope())
    assert (info.units, info.ocr_pages, info.unread_pages) == (2, 1, 2)


def test_pages_that_hold_nothing_do_not_wait_for_ocr(store: Store) -> None:
    empty = Problem("page_without_text", {"name": "a.pdf", "pages": "2", "count": 1, "total": 2})
    publish(store, Unit("page", 1, "1", "글"), empty)
    assert store.library.documents(Scope())[0].unread_pages == 0


def test_a_switch_is_off_until_it_is_turned_and_stays_as_it_was(store: Store, tmp_path: Path) -> None:
    assert not store.family.is_on("paused")
    store.family.turn("paused", True)
    other = Store.open(tmp_path / "library.db")
    assert other.family.is_on("paused")
    other.family.turn("paused", False)
    other.close()
    assert not store.family.is_on("paused")


def test_a_removed_document_makes_room_for_one_that_is_moved_there(store: Store) -> None:
    library = store.library
    old, new = (library.put_document("documents", name, name, name) for name in ("old.txt", "new.txt"))
    library.remove([new])
    store.family.relocate(old, "new.txt", "new.txt", "new.txt")
    assert library.locator(old) == "new.txt"
    library.restore([new])
    assert {info.id for info in library.documents(Scope())} == {old, new}
