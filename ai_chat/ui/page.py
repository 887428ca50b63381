"""The script that Streamlit runs: the frame of the page, and which of its two views is shown."""

from __future__ import annotations

import streamlit as st

from ai_chat.ui import session, visit
from ai_chat.ui.chat import chat_view
from ai_chat.ui.library import library_view
from ai_chat.ui.sidebar import sidebar
from ai_chat.ui.style import CSS


def draw() -> None:
    st.set_page_config(page_title="AI-CHAT", page_icon=":material/description:", layout="centered")
    st.html(CSS)
    views = [
        st.Page(chat_view, title=visit.words("chat"), icon=":material/chat:", default=True),
        st.Page(library_view, title=visit.words("library"), icon=":material/folder:", url_path="library"),
    ]
    view = st.navigation(views)
    view.run()
    sidebar()
    session.current().painted.set()


draw()
