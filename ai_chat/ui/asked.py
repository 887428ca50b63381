"""A question with its answer and evidence on the page, while it is being answered and afterwards.

A running turn is a fragment that repaints the answer alone about ten times a second; its evidence is drawn once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

import streamlit as st

from ai_chat.store import TurnRecord
from ai_chat.types import Event, Rating
from ai_chat.ui import session, visit
from ai_chat.ui.evidence import answer_slot_html, evidence_html, question_html
from ai_chat.ui.follow import Follower
from ai_chat.ui.foot import edit_form, foot, is_edited
from ai_chat.ui.turn import TurnView, view_of

_PAINT_SECONDS = 0.1
_TICK_SECONDS = 0.2
_STRETCH_SECONDS = 1.0
_FIRST_PAINT_WAIT = 0.6


def asked(turn: TurnRecord, rated: Rating | None, *, last: bool) -> None:
    """`rated`: what was thought of it; `last` of its conversation: it may be asked otherwise."""
    if last and is_edited(turn.id):
        edit_form(turn.id, turn.question)
    else:
        st.html(question_html(turn.question))
    follower = _follow(turn.id)
    view = view_of(follower.wait(_worth_painting, _FIRST_PAINT_WAIT))
    if follower.finished:
        _answer(turn.id, view)
        foot(turn.id, turn.question, view, rated, last=last)
        if follower.error:
            visit.show_error(follower.error)
    else:
        st.session_state[_drawn(turn.id)] = True
        st.fragment(_running, run_every=_TICK_SECONDS)(turn.id, len(view.evidence))
        # behind the fragment and not in it, so that a press interrupts the painting
        st.button(
            visit.words("stop"), key=f"stop-{turn.id}", icon=":material/stop:", shortcut="Esc", on_click=_stop,
            args=(turn.id,),
        )  # fmt: skip
    _evidence(turn.id, view)


def _running(turn_id: str, shown: int) -> None:
    """Repaints of a turn that is still being answered; `shown` cards of evidence stand below it.

    Within a run of the whole page, one paint; run by its timer, a stretch of them, which costs a tenth of as many runs.
    """
    follower, slot = _follow(turn_id), st.empty()
    until = time.monotonic() + (0 if st.session_state.pop(_drawn(turn_id), False) else _STRETCH_SECONDS)
    while True:
        painted, events = time.monotonic(), follower.items()
        view = view_of(events)
        if follower.finished or len(view.evidence) != shown:
            st.rerun()
        slot.html(_answer_html(turn_id, view))
        if painted >= until:
            return
        follower.wait(partial(_grown, len(events)), _STRETCH_SECONDS)
        time.sleep(max(0.0, painted + _PAINT_SECONDS - time.monotonic()))


def _grown(before: int, events: list[Event]) -> bool:
    return len(events) > before


def _drawn(turn_id: str) -> str:
    return f"drawn {turn_id}"


def _stop(turn_id: str) -> None:
    visit.attempt(lambda app: app.stop(turn_id))


def _answer(turn_id: str, view: TurnView) -> None:
    st.empty().html(_answer_html(turn_id, view))


def _answer_html(turn_id: str, view: TurnView) -> str:
    return answer_slot_html(view, _anchor(turn_id), visit.language(), visit.now())


def _evidence(turn_id: str, view: TurnView) -> None:
    if cards := evidence_html(view, _anchor(turn_id), visit.language()):
        st.html(cards)


def _anchor(turn_id: str) -> str:
    return f"p-{turn_id[:12]}"


def _follow(turn_id: str) -> Follower[Event]:
    hold = session.current().hold()

    def source() -> Iterator[Event]:
        with hold() as app:
            yield from app.events(turn_id)

    return session.current().followers.of(f"turn {turn_id}", source)


def _worth_painting(events: list[Event]) -> bool:
    return any(event.kind in ("evidence", "done") for event in events)
