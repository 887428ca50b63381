"""The documents: adding files, what became of them, removing and taking that back.

Uploads run in the background and are followed, so leaving the view does not stop them.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.types import SAMPLES_COLLECTION, DocumentInfo, IngestEvent, Scope
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text, label_text
from ai_chat.ui.follow import Follower
from ai_chat.ui.uploads import UPLOAD_LIMIT_MB, Upload, outcome_words, upload_all

_PAGE = 40
_REFRESH_SECONDS = 1.0
_UNFINISHED = ("queued", "parsing", "searchable")


def library_view() -> None:
    _uploader()
    if name := st.session_state.get("uploading"):
        finished = _upload(name).finished
        st.fragment(_upload_progress, run_every=None if finished else _REFRESH_SECONDS / 2)(name)
    _documents()


def _uploader() -> None:
    key = f"files-{st.session_state.get('upload_count', 0)}"
    # any type is taken: what cannot be read is refused by the App, with a reason in the reader's language
    st.file_uploader(visit.words("add_documents"), accept_multiple_files=True, key=key, on_change=_added, args=(key,))
    st.html(f'<div class="ac note">{html_text(visit.words("add_hint", limit=UPLOAD_LIMIT_MB))}</div>')


def _added(key: str) -> None:
    """Hand the files over; a fresh uploader lets Streamlit forget its copy of them."""
    files = [Upload(each.name, each.getvalue()) for each in st.session_state[key]]
    if not files:
        return
    name = f"upload {uuid.uuid4().hex}"
    current = session.current()
    current.followers.of(name, lambda: upload_all(current.app, files))
    st.session_state["uploading"] = name
    st.session_state["upload_count"] = st.session_state.get("upload_count", 0) + 1


def _upload(name: str) -> Follower[IngestEvent]:
    return session.current().followers.of(name, lambda: iter(()))


def _upload_progress(name: str) -> None:
    follower = _upload(name)
    events = follower.items()
    if follower.finished and st.session_state.get("uploaded") != name:
        st.session_state["uploaded"] = name
        st.rerun()  # the list below has changed
    if events and not follower.finished:
        now = events[-1]
        word = "waiting_turn" if now.phase == "waiting" else "adding"
        text = visit.words(word, name=label_text(now.path), done=now.done, total=now.total)
        st.progress(now.done / max(now.total, 1), text)
    outcomes = [event for event in events if event.outcome is not None]
    lines = "".join(f"<p>{html_text(outcome_words(event, visit.language()))}</p>" for event in outcomes)
    if lines:
        st.html(f'<div class="ac note">{lines}</div>')


def _undo_bar(removed: Sequence[str]) -> None:
    with _line("removed"):
        st.html(f'<div class="ac note">{html_text(visit.words("removed", count=len(removed)))}</div>')
        st.button(visit.words("undo"), key="undo", on_click=_restore, args=(tuple(removed),))


def _documents() -> None:
    """The list; repainted while something in it is still being worked on."""
    try:
        with session.current().app() as app:
            busy = any(each.status in _UNFINISHED for each in _all_documents(app))
    except AiChatError as error:
        visit.show_error(error)
        return
    st.fragment(_list, run_every=2 * _REFRESH_SECONDS if busy else None)()


def _all_documents(app: App) -> list[DocumentInfo]:
    return list(app.documents(Scope(collections=tuple(app.collections()))))


def _list() -> None:
    if removed := st.session_state.get("removed"):
        _undo_bar(removed)
    with session.current().app() as app:
        documents = _all_documents(app)
    own = [each for each in documents if each.collection != SAMPLES_COLLECTION]
    samples = [each for each in documents if each.collection == SAMPLES_COLLECTION]
    st.html(f'<div class="ac"><div class="heading">{html_text(visit.words("your_documents"))}</div></div>')
    if not own:
        st.html(f'<div class="ac note">{html_text(visit.words("no_documents"))}</div>')
    _rows(own)
    if samples:
        _samples(samples)


def _samples(samples: Sequence[DocumentInfo]) -> None:
    ids = tuple(each.id for each in samples)
    with _line("samples"):
        st.html(f'<div class="ac"><div class="heading">{html_text(visit.words("sample_documents"))}</div></div>')
        st.button(visit.words("remove_samples"), key="remove-samples", on_click=_remove, args=(ids,))
    st.html(f'<div class="ac note">{html_text(visit.words("samples_note"))}</div>')
    _rows(samples)


def _rows(documents: Sequence[DocumentInfo]) -> None:
    if not documents:
        return
    name = documents[0].collection
    wanted = ""
    if len(documents) > _PAGE:
        wanted = st.text_input(visit.words("filter"), key=f"filter-{name}").casefold()
    found = [each for each in documents if wanted in each.name.casefold()]
    shown = _PAGE * (1 + st.session_state.get(f"more-{name}", 0))
    for each in found[:shown]:
        _row(each)
    if len(found) > shown:
        st.button(visit.words("more", count=len(found) - shown), key=f"show-{name}", on_click=_more, args=(name,))


def _row(each: DocumentInfo) -> None:
    facts = [visit.words(f"status_{each.status}")]
    if each.units:
        facts.insert(0, visit.words("pieces", units=each.units))
    facts += [visit.problem_sentence(problem) for problem in (each.error, *each.warnings) if problem]
    note = html_text(" · ".join(facts))
    with _line(each.id):
        st.html(f'<div class="ac document"><b>{html_text(each.name)}</b><span class="note">{note}</span></div>')
        st.button(visit.words("remove"), key=f"remove-{each.id}", on_click=_remove, args=((each.id,),), type="tertiary")


def _line(name: str) -> DeltaGenerator:
    """Words and a button beside each other, on a phone as well."""
    return st.container(horizontal=True, vertical_alignment="center", key=f"line-{name}")


def _more(name: str) -> None:
    st.session_state[f"more-{name}"] = st.session_state.get(f"more-{name}", 0) + 1


def _remove(ids: tuple[str, ...]) -> None:
    with session.current().app() as app:
        app.remove(ids)
    st.session_state["removed"] = ids


def _restore(ids: tuple[str, ...]) -> None:
    with session.current().app() as app:
        app.restore(ids)
    st.session_state.pop("removed", None)
