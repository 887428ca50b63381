"""The chat: questions in, evidence at once, the answer as it is written.

A running turn is a fragment that repaints about ten times a second, so the page can be stopped and left at any moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import streamlit as st

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.types import ANSWERED, SAMPLES_COLLECTION, Event, Scope, Wish
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text
from ai_chat.ui.evidence import answer_slot_html, evidence_html, question_html
from ai_chat.ui.follow import Follower
from ai_chat.ui.strings import EXAMPLES
from ai_chat.ui.turn import TurnView, view_of

_PAINT_SECONDS = 0.1
_FIRST_PAINT_WAIT = 0.6
_SHOWN_TURNS = 30
_SHOWN_CHARS = 500  # of a question that was refused
_MAX_CHARS = 60_000  # more than is searched, so that the App says what is too long


def chat_view() -> None:
    """The whole view; a question is put to the App before anything is drawn."""
    st.chat_input(visit.words("placeholder"), key="question", on_submit=_submitted, max_chars=_MAX_CHARS)
    conversation = visit.conversation_id()
    turns = _turns(conversation)
    last_with = {question: turn_id for turn_id, question in turns}
    for turn_id, question in turns[-_SHOWN_TURNS:]:
        _turn(turn_id, question, asked_again=turn_id != last_with[question])
    _refused(conversation)
    if not turns:
        _welcome()


def _submitted() -> None:
    ask(st.session_state["question"])


def ask(question: str, wish: Wish = ANSWERED) -> None:
    """Begin a turn in the conversation of this visit."""
    conversation = visit.conversation_id()
    st.session_state["refused"] = None
    try:
        with session.current().app() as app:
            turn_id = app.ask(question, Scope(), conversation_id=conversation, wish=wish)
    except AiChatError as error:
        st.session_state["refused"] = conversation, question, error
        return
    st.query_params["c"] = conversation
    _follow(turn_id)


def _refused(conversation: str) -> None:
    """The last question and why it was not asked, until the next one."""
    place, question, error = st.session_state.get("refused") or ("", "", None)
    if error and place == conversation:
        st.html(question_html(question if len(question) <= _SHOWN_CHARS else f"{question[:_SHOWN_CHARS]}…"))
        visit.show_error(error)


def _turns(conversation: str) -> list[tuple[str, str]]:
    """Id and question of every turn; none while the App is still opening and no conversation is in the address."""
    if "c" not in st.query_params and session.current().state() != "loaded":
        return []
    try:
        with session.current().app() as app:
            return [(turn.id, turn.question) for turn in app.turns(conversation)]
    except AiChatError as error:
        visit.show_error(error)
        return []


def _turn(turn_id: str, question: str, asked_again: bool) -> None:
    st.html(question_html(question))
    follower = _follow(turn_id)
    view = view_of(follower.wait(_worth_painting, _FIRST_PAINT_WAIT))
    if follower.finished:
        _paint(turn_id, view, partial(_foot, turn_id, question, view, asked_again))
        if follower.error:
            visit.show_error(follower.error)
    else:
        st.fragment(_running, run_every=_PAINT_SECONDS)(turn_id)


def _running(turn_id: str) -> None:
    """One repaint of a turn that is still being answered."""
    follower = _follow(turn_id)
    if follower.finished:
        st.rerun()
    _paint(turn_id, view_of(follower.items()))
    st.button(visit.words("stop"), key=f"stop-{turn_id}", icon=":material/stop:", on_click=_stop, args=(turn_id,))


def _stop(turn_id: str) -> None:
    with session.current().app() as app:
        app.stop(turn_id)


def _paint(turn_id: str, view: TurnView, below: Callable[[], None] = lambda: None) -> None:
    """`below` draws between the answer and its evidence."""
    anchor = f"p-{turn_id[:12]}"
    st.html(answer_slot_html(view, anchor, visit.language(), visit.now()))
    below()
    if cards := evidence_html(view, anchor, visit.language()):
        st.html(cards)


def _foot(turn_id: str, question: str, view: TurnView, asked_again: bool) -> None:
    """What may be done about a whole answer: have it written anew, and have it never given again."""
    if view.finish_reason != "stop" or not view.text:
        return
    with st.container(horizontal=True, vertical_alignment="center", key=f"foot-{turn_id}"):
        if view.cached and asked_again:
            st.html(f'<div class="ac note">{html_text(visit.words("asked_again"))}</div>', width="content")
        elif view.cached:
            st.button(
                visit.words("ask_again"), key=f"again-{turn_id}", icon=":material/refresh:", type="tertiary",
                on_click=ask, args=(question, Wish(fresh=True)),
            )  # fmt: skip
        _bad(turn_id)


def _bad(turn_id: str) -> None:
    """A thumb down, or what came of it."""
    kept: bool | None = st.session_state.get(f"forgot-{turn_id}")
    if kept is not None:
        words = visit.words("forgotten" if kept else "not_kept")
        st.html(f'<div class="ac note">{html_text(words)}</div>', width="content")
        return
    st.button(
        visit.words("bad_answer"), key=f"bad-{turn_id}", icon=":material/thumb_down:", type="tertiary",
        on_click=_forget, args=(turn_id,),
    )  # fmt: skip


def _forget(turn_id: str) -> None:
    try:
        with session.current().app() as app:
            st.session_state[f"forgot-{turn_id}"] = app.forget_answer(turn_id)
    except AiChatError as error:
        visit.show_error(error)


def _follow(turn_id: str) -> Follower[Event]:
    visit_session = session.current()

    def source() -> Iterator[Event]:
        with visit_session.app() as app:
            yield from app.events(turn_id)

    return visit_session.followers.of(f"turn {turn_id}", source)


def _worth_painting(events: list[Event]) -> bool:
    return any(event.kind in ("evidence", "done") for event in events)


def _welcome() -> None:
    """The first-run hint; what it says of the documents waits until the App is open."""
    st.html(f'<div class="ac welcome"><h1>{html_text(visit.words("welcome"))}</h1></div>')
    opened = session.current().state() == "loaded"
    st.fragment(_welcome_facts, run_every=None if opened else 0.3)()


def _welcome_facts() -> None:
    """Repainted until the App is open; the first repaint tells that the browser has drawn the page."""
    current = session.current()
    if st.session_state.get("drawn"):
        current.painted.set()
    st.session_state["drawn"] = True
    if current.state() == "failed" and isinstance(current.opening.error, AiChatError):
        visit.show_error(current.opening.error)
    elif current.state() != "loaded":
        st.html(f'<div class="ac note" style="text-align:center">{html_text(visit.words("opening"))}</div>')
    else:
        with current.app() as app:
            _welcome_text(app)


def _welcome_text(app: App) -> None:
    documents = app.documents(Scope())
    samples = bool(documents) and all(each.collection == SAMPLES_COLLECTION for each in documents)
    name = "welcome_samples" if samples else "welcome_documents" if documents else "welcome_empty"
    text = visit.words(name, count=len(documents))
    st.html(f'<div class="ac note" style="text-align:center">{html_text(text)}</div>')
    if not samples:
        return
    for number, words in enumerate(EXAMPLES):
        question = words.ko if visit.language() == "ko" else words.en
        st.button(question, key=f"example-{number}", on_click=ask, args=(question,), width="stretch")
