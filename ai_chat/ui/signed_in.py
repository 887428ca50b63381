"""Who is signed in: his name and the way out in the sidebar, and a page that was left open after that.

Where there are no users nothing of this is shown.
"""

from __future__ import annotations

import streamlit as st

from ai_chat.errors import AiChatError, RefusedError
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text

_WHO, _OLD, _NEW, _WRONG = "signed-in", "old-password", "new-password", "password-refused"
SIGN_OUT = "/sign-out"


def signed_in() -> bool:
    """Whether the page may be drawn; else it says what to do. What another one left in this browser's visit is forgotten first."""
    try:
        visitor = session.current().visitor()
    except RefusedError as error:
        st.session_state.clear()
        visit.show_error(error)
        st.html(_link("/", visit.words("sign_in_again")))
        return False
    if st.session_state.get(_WHO, visitor.id) != visitor.id:
        st.session_state.clear()
    st.session_state[_WHO] = visitor.id
    return True


def who() -> None:
    """In the sidebar."""
    visitor = visit.visitor()
    if visitor.is_local:
        return
    told = visit.words("signed_in_as", name=visitor.name, role=visit.words(f"role_{visitor.role}"))
    out = _link(SIGN_OUT, visit.words("sign_out"))
    st.html(f'<div class="ac note">{html_text(told)} · {out}</div>')
    with st.popover(visit.words("change_password"), icon=":material/key:", width="stretch"):
        st.text_input(visit.words("old_password"), type="password", key=_OLD)
        st.text_input(visit.words("new_password"), type="password", key=_NEW)
        st.button(visit.words("change_password"), key="change-password", on_click=_change_password)
        if error := st.session_state.pop(_WRONG, None):
            visit.show_error(error)


def _change_password() -> None:
    """Both fields are emptied at once: a password is kept nowhere. When it is done he signs in again."""
    old, new = str(st.session_state[_OLD]), str(st.session_state[_NEW])
    st.session_state[_OLD] = st.session_state[_NEW] = ""
    current = session.current()
    try:
        if current.door is not None:
            current.door.change_password(current.visitor(), old, new)
    except AiChatError as error:
        st.session_state[_WRONG] = error


def _link(to: str, words: str) -> str:
    return f'<a class="ac" href="{to}" target="_self">{html_text(words)}</a>'
