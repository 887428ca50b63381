"""The script that Streamlit runs: the frame of the page, and which of its two views is shown."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st

from ai_chat.ui import session, visit
from ai_chat.ui.chat import chat_view
from ai_chat.ui.library import library_view
from ai_chat.ui.sidebar import sidebar
from ai_chat.ui.style import style_sheet

_ICON = "data:image/svg+xml," + quote(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f6fdb"/>'
    '<path d="M9 10h14M9 16h14M9 22h8" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>'
)


def draw() -> None:
    st.set_page_config(page_title="AI-CHAT", page_icon=_ICON, layout="centered")
    st.html(style_sheet(visit.words("choose_files")))
    views = [
        st.Page(chat_view, title=visit.words("chat"), icon=":material/chat:", default=True),
        st.Page(library_view, title=visit.words("library"), icon=":material/folder:", url_path="library"),
    ]
    view = st.navigation(views)
    view.run()
    sidebar()
    session.current().painted.set()


draw()
