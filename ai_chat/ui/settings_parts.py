"""What each section of the settings has: a heading, a note, and what sets an option above the page."""

from __future__ import annotations

import streamlit as st

from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text


def heading(name: str) -> None:
    st.html(f'<div class="ac"><h2>{html_text(visit.words(name))}</h2></div>')


def note(words: str, *, told: bool = False) -> None:
    """`told`: it came of what the visitor did, so a screen reader says it."""
    role = ' role="status"' if told else ""
    st.html(f'<div class="ac note"{role}>{html_text(words)}</div>')


def fixed(name: str) -> bool:
    """Whether this option cannot be changed here; then it is said by what it is set."""
    by = session.current().configuration.fixed_by(name)
    if by:
        note(visit.words("settings_fixed", by=by))
    return by is not None
