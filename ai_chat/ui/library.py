"""The view of the documents: adding some, what is being read, and the list.

While something is being read the list is painted again every few seconds; else it rests.
"""

from __future__ import annotations

import streamlit as st

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.types import DocumentQuery, Scope
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text
from ai_chat.ui.library_list import document_list
from ai_chat.ui.library_upload import uploader, uploads
from ai_chat.ui.shelf import own_collections

_READING_SECONDS = 2.0
_VECTORS_SECONDS = 6.0


def library_view() -> None:
    st.html(f'<div class="ac"><h1>{html_text(visit.words("library"))}</h1></div>')
    try:
        with session.current().app() as app:
            refresh = _refresh(app)
    except AiChatError as error:
        visit.show_error(error)
        return
    if visit.may_edit():
        uploader()
    if running := uploads():
        refresh = _READING_SECONDS
    st.fragment(_list, run_every=refresh)(ticking=refresh is not None and not running)


def _list(*, ticking: bool) -> None:
    """`ticking` until everything has been read; while files are taken in, their end is seen above."""
    try:
        if ticking:
            with session.current().app() as app:
                if _refresh(app) is None:
                    st.rerun()
        document_list()
    except AiChatError as error:
        visit.show_error(error)


def _refresh(app: App) -> float | None:
    """Vectors that are still to come change only a word."""
    collections = tuple(own_collections(app.collections()))
    counts = app.document_page(Scope(collections=collections), DocumentQuery(limit=0)).by_status
    if counts.get("queued") or counts.get("parsing"):
        return _READING_SECONDS
    return _VECTORS_SECONDS if counts.get("searchable") else None
