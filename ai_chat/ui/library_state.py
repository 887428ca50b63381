"""What the library keeps of a visit while he moves between views, and what he does to documents, each with its way back.

The only place of the library that reads and writes Streamlit's state for these.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.types import DocumentInfo, IngestEvent, Problem
from ai_chat.ui import session, visit
from ai_chat.ui.shelf import Pick, Picks, Shelf, by_collection
from ai_chat.ui.uploads import Hold, read_again


@dataclass(frozen=True, slots=True)
class Done:
    """What was done last, and what takes it back: removed ids, or where moved ones were."""

    removed: tuple[str, ...] = ()
    moved: Picks = field(default_factory=dict)
    to: str = ""


def shelf() -> Shelf:
    kept: Shelf = st.session_state.get("shelf", Shelf())
    return kept


def set_shelf(**changes: Any) -> None:
    st.session_state["shelf"] = replace(shelf(), **{"page": 0, **changes})


def chosen() -> dict[str, Pick]:
    picked: dict[str, Pick] = st.session_state.setdefault("chosen", {})
    return picked


def pick(document: DocumentInfo, picked: bool) -> None:
    """By its own box."""
    if picked:
        chosen()[document.id] = Pick(document.name, document.collection)
    else:
        chosen().pop(document.id, None)


def choose(documents: Sequence[DocumentInfo], picked: bool) -> None:
    """Their boxes follow."""
    for each in documents:
        pick(each, picked)
        st.session_state[pick_key(each.id)] = picked


def choose_none() -> None:
    for each in chosen():
        st.session_state[pick_key(each)] = False
    st.session_state["chosen"] = {}


def pick_key(document: str) -> str:
    return f"pick-{document}"


def opened() -> str:
    """The document whose row is open."""
    return str(st.session_state.get("opened-row", ""))


def open_row(document: str) -> None:
    """A second time closes it."""
    st.session_state["opened-row"] = "" if opened() == document else document


def attempt(action: Callable[[App], object]) -> bool:
    """Do something; where that is refused, the reason is kept for the list to show."""
    st.session_state.pop("library-problem", None)
    try:
        with session.current().app() as app:
            action(app)
    except AiChatError as error:
        st.session_state["library-problem"] = error.problem
        return False
    return True


def take_problem() -> Problem | None:
    """What was refused last; it is told once."""
    problem: Problem | None = st.session_state.pop("library-problem", None)
    return problem


def done() -> Done | None:
    last: Done | None = st.session_state.get("library-done")
    return last


def remove(ids: Sequence[str]) -> None:
    if attempt(lambda app: app.remove(ids)):
        st.session_state["library-done"] = Done(removed=tuple(ids))
        choose_none()


def move(picks: Picks, collection: str) -> None:
    """Those that are there already stay as they are."""
    moved = {each: pick for each, pick in picks.items() if pick.collection != collection}
    if not moved or attempt(lambda app: app.move_documents([*moved], collection)):
        st.session_state["library-done"] = Done(moved=moved, to=collection)
        choose_none()


def undo(last: Done) -> None:
    def back(app: App) -> None:
        if last.removed:
            app.restore(last.removed)
        for collection, ids in by_collection(last.moved).items():
            app.move_documents(ids, collection)

    if attempt(back):
        st.session_state.pop("library-done", None)


def uploads() -> str:
    """How the names of this visitor's own uploads begin, among those who are followed."""
    return f"library {visit.visitor().id} "


def begin(work: Callable[[Hold], Iterator[IngestEvent]]) -> None:
    """In the background, followed by every page; what earlier ones said is put away."""
    followers = session.current().followers
    followers.forget(uploads())
    hold = session.current().hold()
    followers.of(f"{uploads()}{uuid.uuid4().hex}", lambda: work(hold))
    st.session_state["begun"] = True


def retry(picks: Picks, password: str | None = None) -> None:
    """Read them again; a password is kept nowhere."""
    names = {each: pick.name for each, pick in picks.items()}
    begin(lambda hold: read_again(hold, names, password))


def pause(paused: bool) -> None:
    attempt(lambda app: app.pause_ingest(paused))
