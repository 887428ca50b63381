"""The script that Streamlit runs: the frame of the page, and which of its views is shown.

No page has an icon: Streamlit would fetch the picture in the browser's tab from another host. The server has one.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ai_chat.errors import AiChatError
from ai_chat.ui import visit
from ai_chat.ui.banner import banner
from ai_chat.ui.chat import chat_view
from ai_chat.ui.library import library_view
from ai_chat.ui.monitor import monitor_view
from ai_chat.ui.names import names_element
from ai_chat.ui.script import script_element
from ai_chat.ui.settings import settings_view
from ai_chat.ui.sidebar import sidebar
from ai_chat.ui.signed_in import signed_in
from ai_chat.ui.style import style_sheet


def draw() -> None:
    st.set_page_config(page_title="AI-CHAT", layout="centered")
    st.html(style_sheet(visit.words("choose_files")))
    st.html(names_element(visit.language()) + script_element(), unsafe_allow_javascript=True)
    if not signed_in():
        return
    banner()
    views = [
        st.Page(chat_view, title=visit.words("chat"), default=True),
        st.Page(library_view, title=visit.words("library"), url_path="library"),
    ]
    if visit.is_admin():
        views += [
            st.Page(monitor_view, title=visit.words("monitor"), url_path="monitor"),
            st.Page(settings_view, title=visit.words("settings"), url_path="settings"),
        ]
    view = st.navigation(views)
    wanted = st.session_state.pop("go", None)
    if found := next((each for each in views if wanted and each.url_path == wanted), None):
        st.switch_page(found)
    _shown(view.run)
    _shown(sidebar)


def _shown(part: Callable[[], None]) -> None:
    """What a part did not say itself is said in its place, and the others are drawn."""
    try:
        part()
    except AiChatError as error:
        visit.show_error(error)


draw()
