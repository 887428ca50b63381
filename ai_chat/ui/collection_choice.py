"""Choosing a collection: one that is there, or a new one by its name."""

from __future__ import annotations

import streamlit as st

from ai_chat.ui import session, visit
from ai_chat.ui.escape import label_text
from ai_chat.ui.scope import collection_words
from ai_chat.ui.shelf import destinations, fit_name

_NEW = ""


def collection_choice(key: str, label: str, first: str) -> str:
    """The chosen name, `first` at first; "" while there is none that can be kept."""
    allowed = visit.visitor().collections
    if allowed is not None:  # to who may see some alone these are offered, whether they hold anything yet or not
        options = destinations(sorted(allowed))
        first = first if first in options else ""
    else:
        with session.current().app() as app:
            there = destinations(app.collections())
        options = [*there, *([first] if first and first not in there else []), _NEW]
    language = visit.language()
    wanted = st.selectbox(
        label, options, index=options.index(first) if first else None, key=key,
        placeholder=visit.words("choose_collection"),
        format_func=lambda name: label_text(collection_words(name, language)) if name else visit.words("new_collection"),
    )  # fmt: skip
    if wanted != _NEW:  # None: nothing is chosen yet
        return str(wanted or "")
    named = st.text_input(visit.words("collection_name"), key=f"{key}-name", max_chars=60)
    return fit_name(named or "")
