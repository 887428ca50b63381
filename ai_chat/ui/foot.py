"""What may be done about an answer: copy it, have it written anew, ask otherwise, say what one thinks of it.

Takes a finished turn; the last one of a conversation alone can be replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from ai_chat.types import Rating, Wish
from ai_chat.ui import visit
from ai_chat.ui.copying import answer_text, copy_html
from ai_chat.ui.questions import MAX_CHARS, ask
from ai_chat.ui.turn import TurnView

_NOTE_CHARS = 2_000


def foot(turn_id: str, question: str, view: TurnView, rated: Rating | None, *, last: bool) -> None:
    language = visit.language()
    with st.container(horizontal=True, vertical_alignment="center", key=f"foot-{turn_id}"):
        if view.text:
            st.html(copy_html(answer_text(view, language), language), width="content")
        if last:
            _action("regenerate", "refresh", turn_id, ask, question, Wish(fresh=True, replaces=turn_id))
            _action("edit_question", "edit", turn_id, _edit, turn_id)
        if view.text:
            _thumbs(turn_id, rated)


def _action(name: str, icon: str, turn_id: str, action: Callable[..., None], *args: Any, pressed: bool = False) -> None:
    """A small button: its words are for the pointer that rests on it and for who hears the page."""
    words = visit.words(name)
    key = f"{name}-{'pressed-' if pressed else ''}{turn_id}"
    st.button(words, key=key, icon=f":material/{icon}:", type="tertiary", help=words, on_click=action, args=args)


def _thumbs(turn_id: str, rated: Rating | None) -> None:
    """What was thought of the answer; one thumb down, and it is never given from the cache again."""
    for name, icon, good in (("good", "thumb_up", True), ("bad", "thumb_down", False)):
        pressed = rated is not None and rated.good is good
        _action(name, icon, turn_id, _rate, turn_id, None if pressed else good, pressed=pressed)
    if rated is not None:
        _note(turn_id, rated)


def _note(turn_id: str, rated: Rating) -> None:
    """It is kept as soon as the field is left."""
    key = f"note-{turn_id}"
    st.text_input(
        visit.words("rating_note"), rated.note, key=key, max_chars=_NOTE_CHARS, label_visibility="collapsed",
        placeholder=visit.words("rating_note"), on_change=_keep_note, args=(turn_id, rated.good, key),
    )  # fmt: skip


def _rate(turn_id: str, good: bool | None) -> None:
    visit.attempt(lambda app: app.rate(turn_id, good))


def _keep_note(turn_id: str, good: bool, key: str) -> None:
    note = str(st.session_state[key])
    if visit.attempt(lambda app: app.rate(turn_id, good, note)):
        st.toast(visit.words("note_kept"))


def _edit(turn_id: str) -> None:
    st.session_state["editing"] = turn_id


def is_edited(turn_id: str) -> bool:
    return bool(st.session_state.get("editing") == turn_id)


def edit_form(turn_id: str, question: str) -> None:
    """The question as it was typed, to be sent once more in the place of this turn."""
    with st.form(f"edit-{turn_id}"):
        st.text_area(visit.words("edit_question"), question, key=f"edited-{turn_id}", max_chars=MAX_CHARS)
        with st.container(horizontal=True):
            st.form_submit_button(visit.words("send"), type="primary", on_click=_send, args=(turn_id,))
            st.form_submit_button(visit.words("cancel"), on_click=_stop_editing)


def _send(turn_id: str) -> None:
    _stop_editing()
    ask(st.session_state[f"edited-{turn_id}"], Wish(replaces=turn_id))


def _stop_editing() -> None:
    st.session_state["editing"] = None
