"""The monitor: memory against its budget, models with buttons, questions, reading, and the hour behind; repainted every two seconds.

Takes what the App tells, in one look for all open pages; the HTML is made in monitor_parts and monitor_hour.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.sizes import show_size
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text
from ai_chat.ui.facts import model_words, vector_words
from ai_chat.ui.glances import Glance
from ai_chat.ui.monitor_hour import freed_html, hour_html
from ai_chat.ui.monitor_parts import gpu_html, ledger_html, memory_html, row_html
from ai_chat.ui.monitor_work import failures_html, questions_html, reading_html

_REFRESH_SECONDS = 2.0
_SAID = "monitor-said"


def monitor_view() -> None:
    st.html(f'<div class="ac"><h1>{html_text(visit.words("monitor"))}</h1></div>')
    st.fragment(_live, run_every=_REFRESH_SECONDS)()


def _live() -> None:
    current = session.current()
    if current.state() != "loaded":
        name = "home_failed" if current.state() == "failed" else "opening"
        st.html(f'<div class="ac note">{html_text(visit.words(name))}</div>')
        return
    try:
        with current.app() as app:
            glance = current.glances.whole(app)
    except AiChatError as error:
        visit.show_error(error)
        return
    _paint(glance)


def _paint(glance: Glance) -> None:
    language = visit.language()
    st.html(
        f'<div class="ac monitor">{memory_html(glance.report, language)}{ledger_html(glance.report, language)}</div>'
    )
    _models(glance)
    work = questions_html(glance, language) + reading_html(glance, language)
    hour = hour_html(glance, time.time(), language)
    told = freed_html(glance.report, visit.now(), language) + failures_html(glance.metrics, visit.now(), language)
    st.html(f'<div class="ac monitor">{work}{hour}{told}</div>')


def _models(glance: Glance) -> None:
    """Each with what may be done about it now."""
    language, status = visit.language(), glance.status
    st.html(f'<div class="ac monitor"><h2>{html_text(visit.words("models"))}</h2></div>')
    model, embedder = status["model"], status["embedder"]
    unload_in = status["memory"]["unload_in"]
    loadable = model["state"] != "absent" and not model.get("endpoint")
    _part(
        "model",
        visit.words("part_model"),
        model_words(model, unload_in.get("model"), language),
        model["state"],
        loadable,
    )
    words = f"{visit.words('vectors')}: {vector_words(embedder, unload_in.get('embedder'), language)}"
    _part("embedder", visit.words("part_embedder"), words, embedder["state"], embedder["state"] != "absent")
    if gpus := gpu_html(glance.report.machine, language):
        st.html(f'<div class="ac monitor">{gpus}</div>')
    st.button(visit.words("free_idle"), key="free-idle", help=visit.words("free_idle_help"), on_click=_free_idle)
    _said()


def _part(name: str, label: str, words: str, state: str, loadable: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"part-{name}"):
        st.html(f'<div class="ac monitor">{row_html(label, words)}</div>')
        if not loadable:
            return
        if state == "loaded":
            st.button(visit.words("unload"), key=f"unload-{name}", on_click=_unload, args=(name, label))
        else:
            loading = state == "loading"
            st.button(visit.words("load"), key=f"load-{name}", disabled=loading, on_click=_load, args=(name,))


def _said() -> None:
    """What came of the last button, until the next."""
    said = st.session_state.get(_SAID)
    if isinstance(said, AiChatError):
        visit.show_error(said)
    elif said:
        st.html(f'<div class="ac note" role="status">{html_text(said)}</div>')


def _load(name: str) -> None:
    def load(app: App) -> str:
        app.load_model(name)
        return ""

    _do(load)


def _unload(name: str, label: str) -> None:
    def unload(app: App) -> str:
        done = app.unload(name)
        if done is None:
            return visit.words("unload_refused", part=label)
        return visit.words("unloaded", part=label, freed=show_size(done.freed))

    _do(unload)


def _free_idle() -> None:
    def free(app: App) -> str:
        return visit.words("freed_all", freed=show_size(sum(each.freed for each in app.optimize_memory())))

    _do(free)


def _do(action: Callable[[App], str]) -> None:
    """What it says, or why it was refused, is shown beside the buttons."""
    current = session.current()
    try:
        with current.app() as app:
            st.session_state[_SAID] = action(app)
    except AiChatError as error:
        st.session_state[_SAID] = error
    current.glances.forget()
