"""The sidebar: a new conversation, the last ones, what the machine is doing, the language."""

from __future__ import annotations

import streamlit as st

from ai_chat.ui import visit
from ai_chat.ui.conversations import recent_conversations
from ai_chat.ui.facts import facts
from ai_chat.ui.signed_in import who

_REFRESH_SECONDS = 2.0


def sidebar() -> None:
    with st.sidebar:
        st.button(
            visit.words("new_conversation"), icon=":material/add:", on_click=visit.open_conversation, args=(None,),
            width="stretch", key="new-conversation",
        )  # fmt: skip
        recent_conversations()
        if not str(st.context.url or "").rstrip("/").endswith("/monitor"):  # which tells the same
            st.fragment(facts, run_every=_REFRESH_SECONDS)()
        who()
        st.button(visit.words("language"), on_click=visit.switch_language, type="tertiary", key="language")
