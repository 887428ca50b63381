"""The documents: adding files, what became of them, passwords, reading again, removing and taking that back.

Uploads run in the background and are followed, so leaving the view does not stop them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ai_chat.app import App
from ai_chat.errors import AiChatError
from ai_chat.types import SAMPLES_COLLECTION, DocumentInfo, IngestEvent, Scope
from ai_chat.ui import session, visit
from ai_chat.ui.escape import html_text, label_text
from ai_chat.ui.follow import Follower
from ai_chat.ui.uploads import (
    UPLOAD_LIMIT_MB,
    Hold,
    Upload,
    outcomes_told,
    progress_words,
    read_again,
    upload_all,
)

_PAGE = 40
_REFRESH_SECONDS = 1.0
_SHORT = frozenset({"password_needed", "pages_by_ocr", "page_without_text"})
_UNFINISHED = ("queued", "parsing", "searchable")


def library_view() -> None:
    _uploader()
    if name := st.session_state.get("uploading"):
        finished = _upload(name).finished
        st.fragment(_upload_progress, run_every=None if finished else _REFRESH_SECONDS / 2)(name)
    _documents()


def _uploader() -> None:
    key = f"files-{st.session_state.get('upload_count', 0)}"
    # any type is taken: what cannot be read is refused by the App, with a reason in the reader's language
    st.file_uploader(visit.words("add_documents"), accept_multiple_files=True, key=key, on_change=_added, args=(key,))
    st.html(f'<div class="ac note">{html_text(visit.words("add_hint", limit=UPLOAD_LIMIT_MB))}</div>')


def _added(key: str) -> None:
    """Hand the files over; a fresh uploader lets Streamlit forget its copy of them."""
    files = [Upload(each.name, each.getvalue()) for each in st.session_state[key]]
    if not files:
        return
    _begin(lambda hold: upload_all(hold, files))
    st.session_state["upload_count"] = st.session_state.get("upload_count", 0) + 1


def _retry(document: DocumentInfo, key: str | None = None) -> None:
    """`key` of the field that holds the password, which is forgotten at once."""
    password = st.session_state.get(key) if key else None
    if key and not password:
        return
    if key:
        st.session_state[key] = ""
    _begin(lambda hold: read_again(hold, document, password))


def _begin(work: Callable[[Hold], Iterator[IngestEvent]]) -> None:
    name = f"upload {uuid.uuid4().hex}"
    current = session.current()
    current.followers.of(name, lambda: work(current.app))
    st.session_state["uploading"] = name
    st.session_state["begun"] = True


def _upload(name: str) -> Follower[IngestEvent]:
    return session.current().followers.of(name, lambda: iter(()))


def _upload_progress(name: str) -> None:
    follower = _upload(name)
    events = follower.items()
    if follower.finished and st.session_state.get("uploaded") != name:
        st.session_state["uploaded"] = name
        st.rerun()  # the list below has changed
    if events and not follower.finished:
        now = events[-1]
        st.progress(now.done / max(now.total, 1), label_text(progress_words(now, visit.language())))
        _pause_button(now.phase == "paused")
    lines = "".join(f"<p>{html_text(line)}</p>" for line in outcomes_told(events, visit.language()))
    if lines:
        st.html(f'<div class="ac note">{lines}</div>')


def _pause_button(paused: bool) -> None:
    name = "resume" if paused else "pause"
    st.button(visit.words(name), key="pause", on_click=_pause, args=(not paused,), type="tertiary")


def _pause(paused: bool) -> None:
    with session.current().app() as app:
        app.pause_ingest(paused)


def _undo_bar(removed: Sequence[str]) -> None:
    with _line("removed"):
        st.html(f'<div class="ac note">{html_text(visit.words("removed", count=len(removed)))}</div>')
        st.button(visit.words("undo"), key="undo", on_click=_restore, args=(tuple(removed),))


def _documents() -> None:
    """The list; repainted while something in it is still being worked on."""
    try:
        with session.current().app() as app:
            busy = any(each.status in _UNFINISHED for each in _all_documents(app))
    except AiChatError as error:
        visit.show_error(error)
        return
    st.fragment(_list, run_every=2 * _REFRESH_SECONDS if busy else None)()


def _all_documents(app: App) -> list[DocumentInfo]:
    return list(app.documents(Scope(collections=tuple(app.collections()))))


def _list() -> None:
    if st.session_state.pop("begun", False):
        st.rerun()  # its progress is shown above this list
    if removed := st.session_state.get("removed"):
        _undo_bar(removed)
    with session.current().app() as app:
        documents = _all_documents(app)
    own = [each for each in documents if each.collection != SAMPLES_COLLECTION]
    samples = [each for each in documents if each.collection == SAMPLES_COLLECTION]
    st.html(f'<div class="ac"><div class="heading">{html_text(visit.words("your_documents"))}</div></div>')
    if not own:
        st.html(f'<div class="ac note">{html_text(visit.words("no_documents"))}</div>')
    _rows(own)
    if samples:
        _samples(samples)


def _samples(samples: Sequence[DocumentInfo]) -> None:
    ids = tuple(each.id for each in samples)
    with _line("samples"):
        st.html(f'<div class="ac"><div class="heading">{html_text(visit.words("sample_documents"))}</div></div>')
        st.button(visit.words("remove_samples"), key="remove-samples", on_click=_remove, args=(ids,))
    st.html(f'<div class="ac note">{html_text(visit.words("samples_note"))}</div>')
    _rows(samples)


def _rows(documents: Sequence[DocumentInfo]) -> None:
    if not documents:
        return
    name = documents[0].collection
    wanted = ""
    if len(documents) > _PAGE:
        wanted = st.text_input(visit.words("filter"), key=f"filter-{name}").casefold()
    found = [each for each in _family_order(documents) if wanted in each.name.casefold()]
    shown = _PAGE * (1 + st.session_state.get(f"more-{name}", 0))
    names = {each.id: each.name for each in documents}
    for each in found[:shown]:
        _row(each, names)
    if len(found) > shown:
        st.button(visit.words("more", count=len(found) - shown), key=f"show-{name}", on_click=_more, args=(name,))


def _row(each: DocumentInfo, names: Mapping[str, str]) -> None:
    note = html_text(" · ".join(_facts(each, names)))
    with _line(each.id):
        st.html(f'<div class="ac document"><b>{html_text(each.name)}</b><span class="note">{note}</span></div>')
        if each.status in ("failed", "needs_ocr"):
            retry = visit.words("retry")
            st.button(retry, key=f"retry-{each.id}", on_click=_retry, args=(each,), type="tertiary")
        st.button(visit.words("remove"), key=f"remove-{each.id}", on_click=_remove, args=((each.id,),), type="tertiary")
    if each.status == "needs_password":
        _password(each)


def _facts(each: DocumentInfo, names: Mapping[str, str]) -> list[str]:
    """What a short fact says already is not said again by a sentence."""
    facts = [visit.words("pieces", units=each.units)] if each.units else []
    facts.append(visit.words(f"status_{each.status}"))
    if each.parent_id in names:
        facts.append(visit.words("inside", name=names[str(each.parent_id)]))
    if each.ocr_pages:
        facts.append(visit.words("ocr_pages", count=each.ocr_pages))
    if each.unread_pages:
        facts.append(visit.words("unread_pages", count=each.unread_pages))
    told = [problem for problem in (each.error, *each.warnings) if problem and problem.code not in _SHORT]
    return facts + [visit.problem_sentence(problem) for problem in told]


def _family_order(documents: Sequence[DocumentInfo]) -> list[DocumentInfo]:
    """Each followed by what was found inside it."""
    there = {each.id for each in documents}
    inside: dict[str, list[DocumentInfo]] = {}
    for each in documents:
        if each.parent_id in there:
            inside.setdefault(str(each.parent_id), []).append(each)

    def family(each: DocumentInfo) -> Iterator[DocumentInfo]:
        yield each
        for child in inside.get(each.id, ()):
            yield from family(child)

    return [one for each in documents if each.parent_id not in there for one in family(each)]


def _password(each: DocumentInfo) -> None:
    key = f"password-{each.id}"
    with _line(f"unlock-{each.id}"):
        label = visit.words("password", name=label_text(each.name))
        st.text_input(
            label, type="password", key=key, on_change=_retry, args=(each, key), help=visit.words("password_note")
        )
        st.button(visit.words("unlock"), key=f"open-{each.id}")


def _line(name: str) -> DeltaGenerator:
    """Words and a button beside each other, on a phone as well."""
    return st.container(horizontal=True, vertical_alignment="center", key=f"line-{name}")


def _more(name: str) -> None:
    st.session_state[f"more-{name}"] = st.session_state.get(f"more-{name}", 0) + 1


def _remove(ids: tuple[str, ...]) -> None:
    with session.current().app() as app:
        app.remove(ids)
    st.session_state["removed"] = ids


def _restore(ids: tuple[str, ...]) -> None:
    with session.current().app() as app:
        app.restore(ids)
    st.session_state.pop("removed", None)
