"""The banner that names a model endpoint on another machine: what is asked goes there.

Takes settings, so that it stands there before anything else is open; decides as the choice of the model does.
"""

from __future__ import annotations

import streamlit as st

from ai_chat.config import Settings
from ai_chat.types import Problem
from ai_chat.ui import session, visit
from ai_chat.ui.escape import label_text
from ai_chat.ui.strings import Language, say


def banner() -> None:
    text = banner_text(session.current().settings, visit.language())
    if text is not None:
        with st.container(key="remote-banner"):  # stays in sight: see style.py
            st.warning(label_text(text), icon=None)


def banner_text(settings: Settings, language: Language) -> str | None:
    """None while nothing leaves this machine: no endpoint, one of its own, or one that is not allowed."""
    if settings.llm_endpoint is None:
        return None
    from ai_chat.llm.endpoint import endpoint_address

    address = endpoint_address(settings)
    if isinstance(address, Problem) or not address.remote:
        return None
    if settings.llm_model is None:
        return say(language, "remote_endpoint", place=address.place)
    return say(language, "remote_model", place=address.place, model=settings.llm_model)
