"""Adding documents: files or a whole folder, the collection they go to, how far they are and what became of them.

Uploads run in the background and are followed by every page: leaving the view or closing the tab does not stop them.
"""

from __future__ import annotations

import streamlit as st

from ai_chat.app.kept import UPLOAD_LIMIT_MB
from ai_chat.types import DEFAULT_COLLECTION, IngestEvent
from ai_chat.ui import library_state, session, visit
from ai_chat.ui.collection_choice import collection_choice
from ai_chat.ui.escape import html_text, label_text
from ai_chat.ui.follow import Follower
from ai_chat.ui.summary import counts_words, summary_html
from ai_chat.ui.uploads import Upload, progress_words, readable, upload_all

_REFRESH_SECONDS = 0.5


def uploader() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="upload-way"):
        into = collection_choice("upload-into", visit.words("upload_into"), _kept_destination())
        folder = st.toggle(
            visit.words("whole_folder"), key="upload-folder", value=st.session_state.get("by-folder", False)
        )
    st.session_state["upload-destination"], st.session_state["by-folder"] = into, folder
    key = f"files-{st.session_state.get('upload_count', 0)}-{folder}"
    # any type is taken: what cannot be read is refused by the App, with a reason in the reader's language
    st.file_uploader(
        visit.words("add_folder" if folder else "add_documents"), accept_multiple_files="directory" if folder else True,
        key=key, on_change=_added, args=(key, into, folder), disabled=not into,
    )  # fmt: skip
    st.html(f'<div class="ac note">{html_text(visit.words("add_hint", limit=UPLOAD_LIMIT_MB))}</div>')
    st.html(refusal_style(visit.words("too_large", limit=UPLOAD_LIMIT_MB)))
    if left_out := st.session_state.get("left-out"):
        st.html(f'<div class="ac note" role="status">{html_text(visit.words("left_out", count=left_out))}</div>')


def refusal_style(words: str) -> str:
    """Below a file that the browser did not send: Streamlit says why in English only, and only to who points at it."""
    quoted = words.replace("\\", "").replace('"', "'")
    refused = 'div[data-testid="stFileUploader"]:has([data-testid="stFileChip"][aria-invalid="true"])::after'
    return f'<style>{refused} {{ content: "{quoted}"; }}</style>'


def _kept_destination() -> str:
    return str(st.session_state.get("upload-destination") or DEFAULT_COLLECTION)


def _added(key: str, collection: str, folder: bool) -> None:
    """Hand the files over; a fresh uploader lets Streamlit forget its copy of them."""
    files = [Upload(each.name, each.getvalue()) for each in st.session_state[key]]
    if not files:
        return
    taken = readable(files) if folder else files
    st.session_state["left-out"] = len(files) - len(taken)
    del files
    st.session_state["upload_count"] = st.session_state.get("upload_count", 0) + 1
    if taken:
        library_state.begin(lambda hold: upload_all(hold, taken, collection))


def uploads() -> bool:
    """How far they are, and what became of the last ones; whether any are still read."""
    running = False
    for name in session.current().followers.names(library_state.uploads()):
        finished = _follower(name).finished
        running |= not finished
        st.fragment(_progress, run_every=None if finished else _REFRESH_SECONDS)(name, finished)
    return running


def _follower(name: str) -> Follower[IngestEvent]:
    return session.current().followers.of(name, lambda: iter(()))


def _progress(name: str, drawn_finished: bool) -> None:
    follower, language = _follower(name), visit.language()
    events = follower.items()
    if follower.finished and not drawn_finished:
        st.rerun()  # the list below has changed
    if follower.error:
        visit.show_error(follower.error)
    if not follower.finished and events:
        now = events[-1]
        with st.container(key=f"progress-{name}"):
            st.progress(now.done / max(now.total, 1), label_text(progress_words(now, language)))
            told = " · ".join(filter(None, (counts_words(events, language), visit.words("goes_on"))))
            st.html(f'<div class="ac note" role="status">{html_text(told)}</div>')
            _pause_button(now.phase == "paused")
    elif told := summary_html(events, language):
        with st.container(horizontal=True, key=f"summary-{name}"):
            st.html(f'<div class="ac summary" role="status">{told}</div>')
            st.button(
                visit.words("put_away"),
                key=f"away-{name}",
                type="tertiary",
                icon=":material/close:",
                on_click=_put_away,
            )


def _pause_button(paused: bool) -> None:
    name = "resume" if paused else "pause"
    icon = ":material/play_arrow:" if paused else ":material/pause:"
    st.button(
        visit.words(name), key="pause", icon=icon, on_click=library_state.pause, args=(not paused,), type="tertiary"
    )


def _put_away() -> None:
    st.session_state.pop("left-out", None)
    session.current().followers.forget(library_state.uploads())
