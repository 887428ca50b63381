"""What the library shows: pages, filters and the collections that documents may go to."""

from __future__ import annotations

import pytest

from ai_chat.types import DocumentInfo, Scope
from ai_chat.ui.shelf import Pick, Shelf, by_collection, can_be_chosen, destinations, fit_name


def test_a_shelf_asks_for_its_page_of_its_own_collections() -> None:
    shelf = Shelf(words="계약", statuses=("failed",), kind="pdf", order="order_added", page=2)
    assert shelf.scope(["documents", "계약"]) == Scope(collections=("documents", "계약"), filters=(("type", "pdf"),))
    query = shelf.query()
    assert (query.words, query.statuses, query.order, query.descending) == ("계약", ("failed",), "added", True)
    assert (query.offset, query.limit) == (100, 50)
    assert shelf.span(120) == (101, 120)


def test_a_collection_that_is_gone_is_not_asked_for() -> None:
    assert Shelf(collection="계약").scope(["documents", "계약"]).collections == ("계약",)
    assert Shelf(collection="계약").scope(["documents"]).collections == ("documents",)
    assert Shelf().scope([]).collections == ()


@pytest.mark.parametrize(("total", "page"), [(0, 0), (50, 0), (51, 1), (500, 3)])
def test_where_documents_have_gone_the_last_page_is_shown(total: int, page: int) -> None:
    assert Shelf(page=3).at(total).page == page


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  인사  규정 ", "인사 규정"),
        ("@c1", ""),
        ("samples", ""),
        ("가" * 61, ""),
        ("   ", ""),
        ("documents", "documents"),
    ],
)
def test_names_of_new_collections(name: str, kept: str) -> None:
    assert fit_name(name) == kept


def test_documents_go_to_the_usual_place_first_and_never_among_the_samples() -> None:
    assert destinations(["계약", "samples"]) == ["documents", "계약"]
    assert destinations(["계약", "documents"]) == ["documents", "계약"]


def test_what_was_found_inside_another_is_not_chosen_alone() -> None:
    mail = DocumentInfo("m", "메일.eml", "", "documents", "complete", 1, 1)
    inside = DocumentInfo("a", "표.xlsx", "", "documents", "complete", 1, 1, parent_id="m", parent_name="메일.eml")
    assert can_be_chosen([mail, inside]) == [mail]


def test_a_move_is_taken_back_to_where_each_was() -> None:
    picks = {"1": Pick("가", "계약"), "2": Pick("나", "documents"), "3": Pick("다", "계약")}
    assert by_collection(picks) == {"계약": ["1", "3"], "documents": ["2"]}
