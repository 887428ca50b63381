"""The list of documents: filters with their counts, a page of rows, what may be done with the chosen ones, and the samples.

Takes App.document_page(), which finds, counts and sorts; nothing here ever holds all documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ai_chat.app import App
from ai_chat.types import SAMPLES_COLLECTION, DocumentInfo, DocumentPage, DocumentQuery, Scope
from ai_chat.ui import library_state, session, visit
from ai_chat.ui.collection_choice import collection_choice
from ai_chat.ui.escape import html_text
from ai_chat.ui.library_filters import filters, status_filter
from ai_chat.ui.library_rows import row
from ai_chat.ui.scope import collection_words
from ai_chat.ui.shelf import PAGE, Shelf, can_be_chosen, own_collections

_AT_ONCE = 500


def document_list() -> None:
    """Each part has a place of its own, empty or not, so that nothing moves to another's when one comes or goes."""
    if st.session_state.pop("begun", False):
        st.rerun()  # its progress is shown above this list
    with st.container(gap=None, key="shelf-refused"):
        if problem := library_state.take_problem():
            st.error(visit.problem_text(problem), icon=None)
    with line("done"):
        _undo()
    with session.current().app() as app:
        collections = app.collections()
        own = own_collections(collections)
        shelf, page = page_at(app, library_state.shelf(), own)
    _heading(shelf, page)
    with st.container(key="shelf-filters"):
        if own:
            filters(shelf, own)
            status_filter(shelf, page)
    with st.container(horizontal=True, vertical_alignment="center", key="chosen-bar"):
        _chosen_bar(shelf, page, own)
    with st.container(gap=None, key="shelf-rows"):
        _rows(page.documents, show_collection=len(own) > 1 and not shelf.collection)
    with st.container(key="shelf-end"):
        _nothing(shelf, page)
        _pager(shelf, page)
    with st.container(key="shelf-samples"):
        if SAMPLES_COLLECTION in collections and not shelf.is_filtered:
            _samples()


def page_at(app: App, shelf: Shelf, own: Sequence[str]) -> tuple[Shelf, DocumentPage]:
    """The page of the shelf, or the last one where there are fewer by now."""
    page = app.document_page(shelf.scope(own), shelf.query())
    there = shelf.at(page.total)
    return (shelf, page) if there == shelf else (there, app.document_page(there.scope(own), there.query()))


def _heading(shelf: Shelf, page: DocumentPage) -> None:
    span = _span(shelf, page.total)
    heading = html_text(visit.words("your_documents"))
    st.html(f'<div class="ac shelf"><div class="heading">{heading}</div><span class="note span">{span}</span></div>')


def _span(shelf: Shelf, total: int) -> str:
    first, last = shelf.span(total)
    if total <= PAGE:
        return visit.words("count_documents", count=total) if total else ""
    return visit.words("span", first=f"{first:,}", last=f"{last:,}", total=f"{total:,}")


def _nothing(shelf: Shelf, page: DocumentPage) -> None:
    if page.total == 0:
        words = visit.words("none_fit" if shelf.is_filtered else "no_documents")
        st.html(f'<div class="ac note" role="status">{html_text(words)}</div>')
    if page.total == 0 and shelf.is_filtered:
        st.button(visit.words("show_all"), key="show-all", type="tertiary", on_click=_show_all)


def _show_all() -> None:
    library_state.set_shelf(words="", statuses=(), kind="", collection="")
    for key in ("shelf-words", "shelf-kind", "shelf-collection", "shelf-statuses"):
        st.session_state.pop(key, None)


def _rows(documents: Sequence[DocumentInfo], *, show_collection: bool) -> None:
    for each in documents:
        row(each, show_collection=show_collection)


def _pager(shelf: Shelf, page: DocumentPage) -> None:
    if page.total <= PAGE:
        return
    with line("pager"):
        st.html(f'<div class="ac note">{_span(shelf, page.total)}</div>')
        _turn("previous_page", shelf.page - 1, disabled=shelf.page == 0)
        _turn("next_page", shelf.page + 1, disabled=shelf.span(page.total)[1] >= page.total)


def _turn(name: str, to: int, *, disabled: bool) -> None:
    st.button(visit.words(name), key=name, disabled=disabled, on_click=_go, args=(to,))


def _go(page: int) -> None:
    library_state.set_shelf(page=page)


# -- the chosen ones ---------------------------------------------------------------


def _chosen_bar(shelf: Shelf, page: DocumentPage, own: Sequence[str]) -> None:
    able = can_be_chosen(page.documents)
    if not able or not visit.may_edit():
        return
    chosen = library_state.chosen()
    key = "pick-page"
    st.session_state[key] = all(each.id in chosen for each in able)
    label = visit.words("chosen", count=f"{len(chosen):,}") if chosen else visit.words("choose_page")
    st.checkbox(label, key=key, on_change=_picked_page, args=(able, key))
    if not chosen:
        return
    if st.session_state[key] and page.total > PAGE and len(chosen) <= PAGE:
        words = visit.words("choose_all", count=f"{page.total:,}")
        st.button(words, key="choose-all", type="tertiary", on_click=_choose_all, args=(shelf, tuple(own)))
    with st.popover(visit.words("move_to"), icon=":material/drive_file_move:"):
        to = collection_choice("move-chosen", visit.words("collection"), "")
        st.button(
            visit.words("move"), key="move-chosen-button", disabled=not to,
            on_click=library_state.move, args=(dict(chosen), to),
        )  # fmt: skip
    st.button(
        visit.words("remove"), key="remove-chosen", icon=":material/delete:",
        on_click=library_state.remove, args=(tuple(chosen),),
    )  # fmt: skip
    st.button(
        visit.words("retry"), key="retry-chosen", icon=":material/refresh:",
        on_click=library_state.retry, args=(dict(chosen),),
    )  # fmt: skip
    st.button(visit.words("choose_none"), key="choose-none", type="tertiary", on_click=library_state.choose_none)


def _picked_page(documents: Sequence[DocumentInfo], key: str) -> None:
    library_state.choose(documents, bool(st.session_state[key]))


def _choose_all(shelf: Shelf, own: Sequence[str]) -> None:
    def choose(app: App) -> None:
        for documents in _all_fitting(app, shelf, own):
            library_state.choose(can_be_chosen(documents), True)

    library_state.attempt(choose)


def _all_fitting(app: App, shelf: Shelf, own: Sequence[str]) -> Iterator[Sequence[DocumentInfo]]:
    query = replace(shelf.query(), offset=0, limit=_AT_ONCE)
    while documents := app.document_page(shelf.scope(own), query).documents:
        yield documents
        query = replace(query, offset=query.offset + _AT_ONCE)


def _undo() -> None:
    last = library_state.done()
    if last is None or library_state.chosen():  # whose bar stands in the same place
        return
    words = visit.words("removed", count=len(last.removed))
    if not last.removed:
        to = collection_words(last.to, visit.language())
        words = visit.words("moved", count=len(last.moved), collection=to)
    st.html(f'<div class="ac note" role="status">{html_text(words)}</div>')
    st.button(visit.words("undo"), key="undo", on_click=library_state.undo, args=(last,))


# -- the samples ---------------------------------------------------------------------


def _samples() -> None:
    with session.current().app() as app:
        page = app.document_page(Scope(collections=(SAMPLES_COLLECTION,)), DocumentQuery(limit=_AT_ONCE))
    if not page.documents:
        return
    ids = tuple(each.id for each in can_be_chosen(page.documents))
    with line("samples"):
        st.html(f'<div class="ac"><div class="heading">{html_text(visit.words("sample_documents"))}</div></div>')
        if visit.may_edit():
            st.button(visit.words("remove_samples"), key="remove-samples", on_click=library_state.remove, args=(ids,))
    st.html(f'<div class="ac note">{html_text(visit.words("samples_note"))}</div>')
    with st.container(gap=None, key="sample-rows"):
        _rows(page.documents, show_collection=False)


def line(name: str) -> DeltaGenerator:
    """Words and a button beside each other, on a phone as well."""
    return st.container(horizontal=True, vertical_alignment="center", key=f"line-{name}")
