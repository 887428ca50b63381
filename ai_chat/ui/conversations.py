"""The conversations of the sidebar: the last used ones, found by what was said in them, and what may be done with the open one.

Takes App.conversations(). What is deleted can be brought back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from ai_chat.errors import AiChatError
from ai_chat.errors.sentences import sentence
from ai_chat.store import Conversation
from ai_chat.types import Scope
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text, label_text
from ai_chat.ui.strings import Language
from ai_chat.ui.uploads import Hold

_RECENT = 6
_STEP = 20
_TITLE_LENGTH = 28


def recent_conversations() -> None:
    if session.current().state() != "loaded":
        return
    words = str(st.session_state.get("conversation-words") or "").strip()
    try:
        with session.current().app() as app:
            found = app.conversations(Scope(), words=words)
    except AiChatError as error:
        visit.show_error(error)
        return
    _removed()
    if not found and not words:
        return
    st.html(f'<div class="ac"><div class="heading">{html_text(visit.words("recent"))}</div></div>')
    if words or len(found) > _RECENT:
        search = visit.words("search_conversations")
        st.text_input(search, key="conversation-words", label_visibility="collapsed", placeholder=search)
    _list(found)
    opened = next((each for each in found if each.id == visit.conversation_id()), None)
    if opened:
        _manage(opened)


def _list(found: Sequence[Conversation]) -> None:
    if not found:
        st.html(f'<div class="ac note">{html_text(visit.words("no_conversations"))}</div>')
    shown = _RECENT + _STEP * st.session_state.get("older-conversations", 0)
    for each in found[:shown]:
        title = each.title if len(each.title) <= _TITLE_LENGTH else each.title[:_TITLE_LENGTH] + "…"
        st.button(
            label_text(title), key=f"go-{each.id}", type="tertiary", on_click=visit.open_conversation, args=(each.id,)
        )
    if len(found) > shown:
        older = visit.words("more_conversations", count=len(found) - shown)
        st.button(older, key="older", type="tertiary", icon=":material/expand_more:", on_click=_older)


def _older() -> None:
    st.session_state["older-conversations"] = st.session_state.get("older-conversations", 0) + 1


def _manage(opened: Conversation) -> None:
    with st.popover(visit.words("manage_conversation"), icon=":material/more_horiz:", width="stretch"):
        key, exported = f"title-{opened.id}", partial(_exported, session.current().hold(), opened.id, visit.language())
        st.text_input(visit.words("conversation_name"), opened.title, key=key, on_change=_rename, args=(opened.id, key))
        st.download_button(
            visit.words("export_conversation"), exported, f"{_file_name(opened.title)}.md",
            "text/markdown", icon=":material/download:", width="stretch", on_click="ignore",
        )  # fmt: skip
        st.button(
            visit.words("remove_conversation"), key=f"drop-{opened.id}", icon=":material/delete:", width="stretch",
            on_click=_remove, args=(opened.id,),
        )  # fmt: skip


def _rename(conversation: str, key: str) -> None:
    title = str(st.session_state[key])
    visit.attempt(lambda app: app.rename_conversation(conversation, title))


def _exported(hold: Hold, conversation: str, language: Language) -> bytes:
    """Made when it is asked for, outside of any drawing: why it cannot be stands in the file then."""
    try:
        with hold() as app:
            return app.export_conversation(conversation, language).encode()
    except AiChatError as error:
        return f"{sentence(error.problem, language)}\n".encode()


def _file_name(title: str) -> str:
    return "".join(letter if letter.isalnum() else " " for letter in title).strip()[:60] or "ai-chat"


def _remove(conversation: str) -> None:
    if visit.attempt(lambda app: app.remove_conversations([conversation])):
        st.session_state["removed-conversation"] = conversation
        visit.open_conversation(None)


def _removed() -> None:
    """Until something else is deleted or the page is opened anew."""
    if gone := st.session_state.get("removed-conversation"):
        with st.container(horizontal=True, vertical_alignment="center", key="line-removed-conversation"):
            st.html(f'<div class="ac note">{html_text(visit.words("conversation_removed"))}</div>')
            st.button(visit.words("undo"), key="undo-conversation", on_click=_restore, args=(gone,), type="tertiary")


def _restore(conversation: str) -> None:
    if visit.attempt(lambda app: app.restore_conversations([conversation])):
        del st.session_state["removed-conversation"]
        visit.open_conversation(conversation)
