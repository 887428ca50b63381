"""The chat: questions in, evidence at once, the answer as it is written.

Draws one conversation; another tab that asks in the same one is noticed within seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from ai_chat.errors import AiChatError
from ai_chat.store import TurnRecord
from ai_chat.types import Rating
from ai_chat.ui import session, visit
from ai_chat.ui.asked import asked
from ai_chat.ui.dropped import Batch, batches, draw_batch
from ai_chat.ui.questions import ask, question_box, refused
from ai_chat.ui.scope_bar import scope_bar
from ai_chat.ui.welcome import welcome

_SHOWN_TURNS = 20
_LOOK_SECONDS = 2.0

Ratings = Mapping[str, Rating]  # by the id of their turn


def chat_view() -> None:
    """The whole view; a question is put to the App before anything is drawn."""
    conversation = visit.conversation_id()
    turns, ratings = _kept(conversation)
    with st.bottom:
        scope_bar(conversation, turns[-1].scope if turns else None)
    question_box()  # not in the block above: it is put there by itself, and only so the page follows what is added
    dropped = batches(conversation)
    _turns(conversation, turns, ratings, dropped)
    refused(conversation)
    if not dropped and not turns:
        welcome()
    st.fragment(_look, run_every=_LOOK_SECONDS)(conversation, [turn.id for turn in turns])


def _turns(conversation: str, turns: Sequence[TurnRecord], ratings: Ratings, dropped: Sequence[Batch]) -> None:
    """Files stand where they were dropped: before the question that came with them."""
    earlier = f"earlier {conversation}"
    shown = _SHOWN_TURNS * (1 + st.session_state.get(earlier, 0))
    first = max(0, len(turns) - shown)
    if first:
        st.button(visit.words("earlier_turns", count=first), on_click=_earlier, args=(earlier,))
    for number, turn in enumerate(turns[first:], start=first):
        _draw_files((each for each in dropped if each.given.place == number), turns)
        asked(turn, ratings.get(turn.id), last=turn is turns[-1])
    _draw_files((each for each in dropped if each.given.place >= len(turns)), turns)


def _draw_files(dropped: Iterable[Batch], turns: Sequence[TurnRecord]) -> None:
    for each in dropped:
        draw_batch(each, turns, ask)


def _earlier(key: str) -> None:
    st.session_state[key] = st.session_state.get(key, 0) + 1


def _kept(conversation: str) -> tuple[Sequence[TurnRecord], Ratings]:
    """The turns and what was thought of them; none while the App is still opening and no conversation is in the address."""
    if "c" not in st.query_params and session.current().state() != "loaded":
        return [], {}
    try:
        with session.current().app() as app:
            turns = app.turns(conversation)
            return turns, {each.turn_id: each for each in (app.ratings(conversation) if turns else ())}
    except AiChatError as error:
        visit.show_error(error)
        return [], {}


def _look(conversation: str, drawn: Sequence[str]) -> None:
    """Draw anew when another tab has asked in this conversation."""
    if session.current().state() != "loaded":
        return
    try:
        with session.current().app() as app:
            now = [turn.id for turn in app.turns(conversation)]
    except AiChatError as error:
        visit.show_error(error)
        return
    if now != drawn:
        st.rerun()
