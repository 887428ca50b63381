"""The settings: language, model with its memory plan, budget with what it means, and what is kept; each change can be taken back.

Takes the Configuration in force; a change is written to config.toml and the App opened again under it. Loads no model.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import streamlit as st

from ai_chat.app import App
from ai_chat.app.configuration import Change
from ai_chat.errors import AiChatError, RefusedError
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text
from ai_chat.ui.settings_memory import memory_section
from ai_chat.ui.settings_model import model_section
from ai_chat.ui.settings_parts import fixed, heading, note
from ai_chat.ui.settings_users import users_section

_CHANGED, _SAID = "settings-changed", "settings-said"
_LOOK_SECONDS = 1.0
_LANGUAGES = {"ko": "한국어", "en": "English"}  # each in its own words
_KEEP = ("0", "300", "600", "1800", "-1")


def settings_view() -> None:
    st.html(f'<div class="ac"><h1>{html_text(visit.words("settings"))}</h1></div>')
    _told()
    try:
        with session.current().app() as app:
            report, kept, ratings = app.memory_report(), app.cache_stats().entries, app.ratings()
    except AiChatError as error:
        visit.show_error(error)
        return
    model_section(report, change)
    memory_section(report, change)
    _keep_alive()
    _language()
    users_section()
    heading("kept_answers")
    note(visit.words("kept_cache", count=kept))
    with st.container(horizontal=True, key="actions-kept"):
        st.button(visit.words("kept_clear"), key="clear-cache", disabled=not kept, on_click=_clear)
        lines = "".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in ratings)
        st.download_button(
            visit.words("ratings_save", count=len(ratings)), lines, "ratings.jsonl", disabled=not ratings, key="ratings"
        )


def change(name: str, value: str | None) -> None:
    """Write it and open the App anew; None leaves it to the default."""
    if not _may_change():
        return
    try:
        changed = session.current().configuration.change(name, value)
    except AiChatError as error:
        st.session_state[_SAID] = error
        return
    _changed(changed)
    st.session_state[_CHANGED] = changed


def _undo(back: Change) -> None:
    if not _may_change():
        return
    try:
        session.current().configuration.apply(back)
    except AiChatError as error:
        st.session_state[_SAID] = error
        return
    st.session_state.pop(_CHANGED, None)
    _changed(back)


def _may_change() -> bool:
    """Also of a page that was drawn while he was an admin still."""
    visitor = visit.visitor()
    if not visitor.is_admin:
        st.session_state[_SAID] = RefusedError("not_permitted", role="admin", name=visitor.name, own=visitor.role)
    return visitor.is_admin


def _changed(changed: Change) -> None:
    """In force at once where nobody works with the App; the language is the page's own."""
    st.session_state.pop(_SAID, None)
    if changed.name == "language":
        st.session_state.pop("lang", None)
        st.query_params.pop("lang", None)
    else:
        session.current().reopen()


def _told() -> None:
    """What the last change came to, and the way back."""
    said = st.session_state.get(_SAID)
    if isinstance(said, AiChatError):
        visit.show_error(said)
    elif said:
        note(said, told=True)
    changed = st.session_state.get(_CHANGED)
    if isinstance(changed, Change):
        what = visit.words(f"set_{changed.name}")
        with st.container(horizontal=True, vertical_alignment="center", key="line-changed"):
            note(visit.words("settings_changed", what=what), told=True)
            st.button(visit.words("undo"), key="undo-setting", on_click=_undo, args=(changed.back(),))
    if session.current().waiting.is_set():
        st.fragment(_waiting, run_every=_LOOK_SECONDS)()


def _waiting() -> None:
    """Until what is running has finished; every open page tells it."""
    if not session.current().waiting.is_set():
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="line-waiting"):
        note(visit.words("settings_waiting"), told=True)
        st.button(
            visit.words("settings_apply"), key="apply-now", on_click=session.current().reopen, kwargs={"force": True}
        )


def _keep_alive() -> None:
    heading("set_keep_alive")
    closed = fixed("keep_alive")
    now = str(session.current().settings.keep_alive)
    choices = _KEEP if now in _KEEP else (now, *_KEEP)

    def label(each: str) -> str:
        return visit.words(f"keep_{each}") if each in _KEEP else visit.words("keep_other", seconds=each)

    _radio("keep_alive", choices, now, label, closed)


def _language() -> None:
    heading("set_language")
    closed = fixed("language")
    now = session.current().settings.language
    _radio(
        "language",
        ("auto", *_LANGUAGES),
        now,
        lambda each: _LANGUAGES.get(each) or visit.words("set_language_auto"),
        closed,
    )


def _radio(name: str, choices: tuple[str, ...], now: str, label: Callable[[str], str], closed: bool) -> None:
    key = f"set-{name}"
    st.session_state[key] = now
    st.radio(
        visit.words(f"set_{name}"), choices, key=key, format_func=label, horizontal=True, disabled=closed,
        label_visibility="collapsed", on_change=_chosen, args=(name,),
    )  # fmt: skip


def _chosen(name: str) -> None:
    change(name, str(st.session_state[f"set-{name}"]))


def _clear() -> None:
    def clear(app: App) -> None:
        st.session_state[_SAID] = visit.words("kept_cleared", count=app.clear_cache())

    visit.attempt(clear)
