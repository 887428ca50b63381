"""What narrows the list of documents: words of the name, kind and collection, the order, and each status with its count.

Takes and keeps a Shelf; the fields show what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import streamlit as st

from ai_chat.types import DocumentPage, Status
from ai_chat.ui import library_state, visit
from ai_chat.ui.escape import label_text
from ai_chat.ui.scope import TYPES, collection_words, type_words
from ai_chat.ui.shelf import ORDERS, Shelf

_ANY = ""


def filters(shelf: Shelf, own: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="shelf-bar"):
        label = visit.words("filter")
        st.text_input(
            label, shelf.words, key="shelf-words", label_visibility="collapsed", placeholder=label,
            on_change=_set, args=("words", "shelf-words"),
        )  # fmt: skip
        name = visit.words("filters_on", count=shelf.filters) if shelf.filters else visit.words("filters")
        with st.popover(name, icon=":material/tune:"):
            _order(shelf)
            _kind(shelf)
            if len(own) > 1 or shelf.collection:
                _collection(shelf, own)


def _order(shelf: Shelf) -> None:
    st.selectbox(
        visit.words("order"), [*ORDERS], index=[*ORDERS].index(shelf.order), key="shelf-order",
        format_func=visit.words, on_change=_set, args=("order", "shelf-order"),
    )  # fmt: skip


def _kind(shelf: Shelf) -> None:
    options, language = [_ANY, *TYPES], visit.language()
    st.selectbox(
        visit.words("scope_types"), options, index=options.index(shelf.kind), key="shelf-kind",
        format_func=lambda kind: type_words(kind, language) if kind else visit.words("any_kind"),
        on_change=_set, args=("kind", "shelf-kind"),
    )  # fmt: skip


def _collection(shelf: Shelf, own: Sequence[str]) -> None:
    options, language = [_ANY, *own], visit.language()
    index = options.index(shelf.collection) if shelf.collection in options else 0
    st.selectbox(
        visit.words("collection"), options, index=index, key="shelf-collection",
        format_func=lambda name: label_text(collection_words(name, language)) if name else visit.words("any_collection"),
        on_change=_set, args=("collection", "shelf-collection"),
    )  # fmt: skip


def status_filter(shelf: Shelf, page: DocumentPage) -> None:
    """Only where there is something to tell apart."""
    there = [status for status in get_args(Status) if page.by_status.get(status) or status in shelf.statuses]
    if len(there) < 2 and not shelf.statuses:
        return
    st.pills(
        visit.words("status"), there, selection_mode="multi", default=[*shelf.statuses], key="shelf-statuses",
        format_func=lambda status: f"{visit.words(f'status_{status}')} {page.by_status.get(status, 0):,}",
        label_visibility="collapsed", on_change=_set_statuses,
    )  # fmt: skip


def _set(name: str, key: str) -> None:
    library_state.set_shelf(**{name: st.session_state[key]})


def _set_statuses() -> None:
    library_state.set_shelf(statuses=tuple(st.session_state["shelf-statuses"]))
