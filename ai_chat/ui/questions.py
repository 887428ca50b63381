"""Putting questions to the App: typed, once more, or in place of another; and why one was refused."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.types import ANSWERED, Scope, Wish
from ai_chat.ui import session, visit
from ai_chat.ui.dropped import has_documents, take_in
from ai_chat.ui.evidence import question_html
from ai_chat.ui.scope import private_collection
from ai_chat.ui.scope_bar import choice_here
from ai_chat.ui.uploads import Upload

MAX_CHARS = 60_000
"""More than is searched, so that the App says what is too long."""

_LISTENING = "question-listening"
_ASKED = "turn-asked"
_SHOWN_CHARS = 500  # of a question that was refused


def question_box() -> None:
    """The box. A restarted server does not know the callback yet when an open page sends it a question: then it is taken here."""
    files: Literal["multiple", False] = "multiple" if visit.may_edit() else False
    given = st.chat_input(
        visit.words("placeholder"), key="question", on_submit=_submitted, max_chars=MAX_CHARS, accept_file=files
    )
    if given and not st.session_state.get(_LISTENING):
        _submitted()
        st.rerun()
    st.session_state[_LISTENING] = True


def _submitted() -> None:
    """Files that were dropped in go before the question."""
    st.session_state[_LISTENING] = True
    given = st.session_state["question"]
    if isinstance(given, str):  # of a reader, who may not add files
        ask(given)
        return
    files = [Upload(each.name, each.getvalue()) for each in given.files]
    if files:
        take_in(files, given.text, visit.conversation_id())
    else:
        ask(given.text)


def ask(question: str, wish: Wish = ANSWERED) -> None:
    """Begin a turn in the conversation of this visit; not for a question that this visit has just put, and that is being answered."""
    conversation = visit.conversation_id()
    st.session_state["refused"] = None
    try:
        with session.current().app() as app:
            private = private_collection(conversation)
            scope = choice_here(conversation).scope(private if has_documents(app, private) else None)
            if wish == ANSWERED and _is_being_answered(app, conversation, question, scope):
                return
            st.session_state[_ASKED] = app.ask(question, scope, conversation_id=conversation, wish=wish)
    except AiChatError as error:
        st.session_state["refused"] = conversation, question, error
        return
    st.query_params["c"] = conversation


def _is_being_answered(app: App, conversation: str, question: str, scope: Scope) -> bool:
    """A browser that lost its connection for a moment, and a finger that is quick, send a question twice."""
    turns = app.turns(conversation) if _ASKED in st.session_state else ()
    if not turns or turns[-1].finished:
        return False
    return (turns[-1].id, turns[-1].question, turns[-1].scope) == (st.session_state[_ASKED], question, scope)


def refused(conversation: str) -> None:
    """The last question and why it was not asked, until the next one."""
    place, question, error = st.session_state.get("refused") or ("", "", None)
    if error and place == conversation:
        st.html(question_html(question if len(question) <= _SHOWN_CHARS else f"{question[:_SHOWN_CHARS]}…"))
        visit.show_error(error)
