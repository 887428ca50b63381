"""Files dropped into a conversation: read in the background into a collection of its own, then the question that came with them.

Takes files and a conversation. What became of them stands where they were dropped, above the question that came with them; a reload
or another tab shows the same. Where not one file could be read, the question is not asked, and may be asked all the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import streamlit as st

from ai_chat.app import App
from ai_chat.store import TurnRecord
from ai_chat.types import DocumentQuery, IngestEvent, Scope
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text, label_text
from ai_chat.ui.evidence import question_html
from ai_chat.ui.follow import Follower
from ai_chat.ui.scope import private_collection
from ai_chat.ui.scope_bar import choice_here
from ai_chat.ui.uploads import Upload, outcomes_told, progress_words, upload_all

_REFRESH_SECONDS = 0.5
_FIRST_WAIT = 0.6

Ask = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Given:
    """What came with the files; they stand before the turn of this number, counted from 0."""

    question: str
    place: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that were dropped at once, and how far they are."""

    name: str
    given: Given
    events: Sequence[IngestEvent]
    finished: bool
    failed: bool

    @property
    def is_waiting(self) -> bool:
        """Whether its question has not been asked yet, or never was."""
        return bool(self.given.question) and (not self.finished or self.failed or self.is_unread)

    def is_among(self, turns: Sequence[TurnRecord]) -> bool:
        """Whether its question is one of these: it is there a moment before the batch is finished."""
        return any(turn.question == self.given.question for turn in turns[self.given.place :])

    @property
    def is_unread(self) -> bool:
        return not any_read(self.events)


def any_read(events: Sequence[IngestEvent]) -> bool:
    return any(event.outcome not in (None, "failed") for event in events)


def has_documents(app: App, collection: str) -> bool:
    """A scope names it only then: questions of all conversations share the answer cache while they see the same documents."""
    return app.document_page(Scope(collections=(), also=(collection,)), DocumentQuery(limit=0)).total > 0


def take_in(files: Sequence[Upload], question: str, conversation: str) -> None:
    """The question, if there is one, is asked once all of them are searchable."""
    hold = session.current().hold()
    collection = private_collection(conversation)
    scope = choice_here(conversation).scope(collection)
    asked = question.strip()

    def source() -> Iterator[Given | IngestEvent]:
        with hold() as app:
            yield Given(asked, len(app.turns(conversation)))
        events = []
        for event in upload_all(hold, files, collection):
            events.append(event)
            yield event
        if asked and any_read(events):
            with hold() as app:
                app.ask(asked, scope, conversation_id=conversation)

    session.current().followers.of(f"{_prefix(conversation)}{uuid.uuid4().hex}", source)
    st.query_params["c"] = conversation


def batches(conversation: str) -> list[Batch]:
    """All that were dropped here and are still remembered, in their order."""
    return [_batch(name) for name in session.current().followers.names(_prefix(conversation))]


def draw_batch(batch: Batch, turns: Sequence[TurnRecord], ask: Ask) -> None:
    """`turns`: those drawn with it."""
    every = None if batch.finished else _REFRESH_SECONDS
    st.fragment(_drawn, run_every=every)(batch.name, batch.finished, batch.is_among(turns), ask)


def _drawn(name: str, drawn_finished: bool, is_turn: bool, ask: Ask) -> None:
    batch, language = _batch(name), visit.language()
    if batch.finished and not drawn_finished:
        st.rerun()
    if batch.is_waiting and not is_turn:
        st.html(question_html(batch.given.question))
    if batch.events and not batch.finished:
        now = batch.events[-1]
        st.progress(now.done / max(now.total, 1), label_text(progress_words(now, language)))
    lines = outcomes_told(batch.events, language)
    if batch.finished and batch.is_waiting and not batch.failed:
        lines.append(visit.words("dropped_unread"))
    if lines:
        told = "".join(f"<p>{html_text(line)}</p>" for line in lines)
        st.html(f'<div class="ac note" role="status">{told}</div>')
    if error := _follower(name).error:
        visit.show_error(error)
    if batch.finished and batch.is_waiting:
        st.button(
            visit.words("ask_anyway"),
            key=f"anyway-{name}",
            on_click=_ask_anyway,
            args=(name, batch.given.question, ask),
        )


def _ask_anyway(name: str, question: str, ask: Ask) -> None:
    session.current().followers.forget(name)
    ask(question)


def _batch(name: str) -> Batch:
    follower = _follower(name)
    items = follower.wait(bool, _FIRST_WAIT)
    given = next((each for each in items if isinstance(each, Given)), Given("", 0))
    events = [each for each in items if isinstance(each, IngestEvent)]
    return Batch(name, given, events, follower.finished, follower.error is not None)


def _follower(name: str) -> Follower[Given | IngestEvent]:
    return session.current().followers.of(name, lambda: iter(()))


def _prefix(conversation: str) -> str:
    return f"dropped {conversation} "
