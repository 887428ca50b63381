"""What one visit of the page carries: language, conversation, and how errors are shown.

Takes Streamlit's state and query parameters; the only place of ui that reads them for these.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import streamlit as st

from ai_chat.app import App
from ai_chat.errors import AiChatError, RefusedError
from ai_chat.errors.sentences import hint, sentence
from ai_chat.types import Problem
from ai_chat.ui import session
from ai_chat.ui.escape import label_text
from ai_chat.ui.strings import Language, say
from ai_chat.users.principal import Principal

_NOBODY = Principal("nobody", "", "reader", frozenset())


def language() -> Language:
    """As switched, else as set, else as the browser asks."""
    chosen = st.query_params.get("lang") or st.session_state.get("lang")
    if chosen in ("ko", "en"):
        st.session_state["lang"] = chosen
        return "ko" if chosen == "ko" else "en"
    if (fixed := session.current().settings.language) != "auto":
        return fixed
    return "ko" if str(st.context.locale or "").lower().startswith("ko") else "en"


def switch_language() -> None:
    other = "en" if language() == "ko" else "ko"
    st.session_state["lang"] = other
    st.query_params["lang"] = other


def visitor() -> Principal:
    """Who looks at the page; nobody, who sees nothing, where he is signed in no more."""
    try:
        return session.current().visitor()
    except RefusedError:
        return _NOBODY


def may_edit() -> bool:
    return visitor().role != "reader"


def is_admin() -> bool:
    return visitor().is_admin


def conversation_id() -> str:
    """Kept in the address, so that a reload shows the same conversation; a new one begins when there is none, or it is somebody else's."""
    kept = st.query_params.get("c") or st.session_state.get("conversation")
    own = visitor().conversation(str(kept) if kept else None)
    st.session_state["conversation"] = own
    return own


def open_conversation(chosen: str | None) -> None:
    """Go to a conversation, or begin a new one."""
    st.session_state["conversation"] = visitor().conversation(chosen)
    if chosen:
        st.query_params["c"] = chosen
    elif "c" in st.query_params:
        del st.query_params["c"]


def go(view: str) -> None:
    """Show another view, by its path."""
    st.session_state["go"] = view
    st.rerun()


def now() -> datetime:
    """By the clock of this machine, in the visitor's time zone; UTC where the browser does not tell it."""
    west = st.context.timezone_offset or 0  # minutes, as browsers count them
    return datetime.now(timezone(-timedelta(minutes=west)))


def words(name: str, /, **values: object) -> str:
    return say(language(), name, **values)


def problem_text(problem: Problem) -> str:
    """What happened and what to do, as a label that obeys nothing inside it."""
    parts = (sentence(problem, language()), hint(problem, language()))
    return " ".join(label_text(part) for part in parts if part)


def show_error(error: AiChatError) -> None:
    st.error(problem_text(error.problem), icon=None)


def attempt(action: Callable[[App], object]) -> bool:
    """Do something with the App; where that is refused, say why on the page."""
    try:
        with session.current().app() as app:
            action(app)
    except AiChatError as error:
        show_error(error)
        return False
    return True
