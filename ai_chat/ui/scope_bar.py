"""Above the box: where this conversation searches, as chips, the chooser of it, and the files dropped into it.

Takes and keeps a Choice for each conversation; at first it is that of its last question.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from ai_chat.errors import AiChatError
from ai_chat.types import Scope
from ai_chat.ui import session, visit
from ai_chat.ui.escape import label_text
from ai_chat.ui.scope import (
    EVERYTHING,
    FIRST_DAY,
    LAST_DAY,
    TYPES,
    Chip,
    Choice,
    chips,
    choice_of,
    choosable,
    collection_words,
    type_words,
)

_SHOWN_FILES = 4
_OPEN = "scope-chooser"


def choice_here(conversation: str) -> Choice:
    chosen: Choice = st.session_state.get(_key(conversation), EVERYTHING)
    return chosen


def scope_bar(conversation: str, asked_before: Scope | None) -> None:
    """`asked_before`: the scope of the last question of the conversation, which is chosen again when the page is opened anew."""
    if asked_before and _key(conversation) not in st.session_state:
        _keep(conversation, choice_of(asked_before))
    choice = choice_here(conversation)
    if st.session_state.get(_OPEN):
        with st.container(border=True, key="scope-panel"):
            _chooser(conversation, choice)
    with st.container(horizontal=True, vertical_alignment="center", key="scope-bar"):
        _opener(choice)
        for each in chips(choice, visit.language()):
            _chip(conversation, each)


def _opener(choice: Choice) -> None:
    """Opens the chooser above the box, and closes it."""
    label = visit.words("scope_limited" if choice != EVERYTHING else "scope_everything")
    icon = "expand_more" if st.session_state.get(_OPEN) else "filter_list"
    st.button(
        label, icon=f":material/{icon}:", type="tertiary", key=f"{_OPEN}-button", on_click=_turn, wrap=False,
        help=visit.words("scope_choose"),
    )  # fmt: skip


def _turn() -> None:
    st.session_state[_OPEN] = not st.session_state.get(_OPEN)


def _chip(conversation: str, chip: Chip) -> None:
    st.button(
        label_text(chip.words), key=f"chip-{chip.part}-{chip.value}", icon=":material/close:", icon_position="right",
        help=visit.words("chip_remove"), on_click=_drop, args=(conversation, chip), wrap=False,
    )  # fmt: skip


def _drop(conversation: str, chip: Chip) -> None:
    _keep(conversation, choice_here(conversation).without(chip.part, chip.value))


def _chooser(conversation: str, choice: Choice) -> None:
    language = visit.language()
    changed: dict[str, Any] = {"on_change": _chosen, "args": (conversation,)}
    try:
        with session.current().app() as app:
            collections = choosable(app.collections(), choice)
    except AiChatError as error:
        visit.show_error(error)
        return
    st.multiselect(
        visit.words("scope_collections"), collections, default=choice.collections, key="scope-collections",
        format_func=lambda name: label_text(collection_words(name, language)),
        placeholder=visit.words("scope_any"), **changed,
    )  # fmt: skip
    st.pills(
        visit.words("scope_types"), [*TYPES], selection_mode="multi", default=[*choice.types], key="scope-types",
        format_func=lambda kind: label_text(type_words(kind, language)), **changed,
    )  # fmt: skip
    first, last = st.columns(2)
    days: dict[str, Any] = {"min_value": FIRST_DAY, "max_value": LAST_DAY, "format": "YYYY-MM-DD", **changed}
    first.date_input(visit.words("scope_first"), choice.first, key="scope-first", **days)
    last.date_input(visit.words("scope_last"), choice.last, key="scope-last", **days)


def _chosen(conversation: str) -> None:
    state = st.session_state
    _keep(
        conversation,
        Choice(
            tuple(state["scope-collections"]), tuple(state["scope-types"]), state["scope-first"], state["scope-last"]
        ),
    )


def _keep(conversation: str, choice: Choice) -> None:
    st.session_state[_key(conversation)] = choice


def _key(conversation: str) -> str:
    return f"scope {conversation}"
