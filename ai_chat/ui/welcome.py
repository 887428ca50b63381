"""What an empty conversation shows: whose documents are asked, examples, a word to those who come for the first time, and a plain hint
where the model is absent or small."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ai_chat.app import App
from ai_chat.errors import AiChatError, MachineError
from ai_chat.types import SAMPLES_COLLECTION, Scope
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text
from ai_chat.ui.questions import ask
from ai_chat.ui.strings import EXAMPLES

_SEEN = "welcomed"  # a file in the home: that the card was put away outlives page and program


def welcome() -> None:
    """What it says of the documents waits until the App is open."""
    st.html(f'<div class="ac welcome"><h1>{html_text(visit.words("welcome"))}</h1></div>')
    opened = session.current().state() == "loaded"
    st.fragment(_facts, run_every=None if opened else 0.3)()


def _facts() -> None:
    """Repainted until the App is open; the first repaint tells that the browser has drawn the page."""
    current = session.current()
    if st.session_state.get("drawn"):
        current.painted.set()
    st.session_state["drawn"] = True
    if current.state() == "failed" and isinstance(current.opening.error, AiChatError):
        visit.show_error(current.opening.error)
        return
    if current.state() != "loaded":
        st.html(f'<div class="ac note" style="text-align:center">{html_text(visit.words("opening"))}</div>')
        return
    try:
        with current.app() as app:
            _text(app)
    except AiChatError as error:
        visit.show_error(error)


def _text(app: App) -> None:
    documents = app.documents(Scope())
    samples = bool(documents) and all(each.collection == SAMPLES_COLLECTION for each in documents)
    name = "welcome_samples" if samples else "welcome_documents" if documents else "welcome_empty"
    text = visit.words(name, count=len(documents))
    st.html(f'<div class="ac note" style="text-align:center">{html_text(text)}</div>')
    if samples:
        for number, words in enumerate(EXAMPLES):
            question = words.ko if visit.language() == "ko" else words.en
            st.button(question, key=f"example-{number}", on_click=ask, args=(question,), width="stretch")
    if not _seen():
        _card()
    if visit.is_admin():
        _model_hint(app)


def _card() -> None:
    """For whoever comes for the first time."""
    with st.container(border=True, key="welcome-card"):
        st.html(f'<div class="ac"><p>{html_text(visit.words("welcome_card"))}</p></div>')
        st.button(visit.words("welcome_dismiss"), key="welcome-dismiss", on_click=_dismiss)


def _model_hint(app: App) -> None:
    """Where no model is here, or only the small one, and a way to the others."""
    model = app.status()["model"]
    name = "welcome_no_model" if model.get("problem") else "welcome_starter" if model.get("starter") else None
    if name is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="line-welcome"):
        st.html(f'<div class="ac note">{html_text(visit.words(name))}</div>')
        if st.button(visit.words("welcome_models"), key="welcome-models", type="tertiary"):
            visit.go("settings")


def _seen() -> bool:
    return bool(st.session_state.get(_SEEN)) or _mark().exists()


def _mark() -> Path:
    return session.current().settings.home / _SEEN


def _dismiss() -> None:
    """For this visit in any case; for good where the home can be written."""
    st.session_state[_SEEN] = True
    try:
        _mark().touch(mode=0o600)
    except OSError as error:
        visit.show_error(MachineError("home_unwritable", path=str(_mark().parent), reason=str(error.strerror)))
