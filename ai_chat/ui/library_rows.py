"""One document in the list: its name, which opens it, its status and facts, and, opened, what may be done with it.

Takes a DocumentInfo; what a button does is in library_state.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import streamlit as st

from ai_chat.errors.sentences import sentence
from ai_chat.types import DocumentInfo, IngestEvent, Status
from ai_chat.ui import library_state, session, visit
from ai_chat.ui.collection_choice import collection_choice
from ai_chat.ui.escape import html_text, label_text
from ai_chat.ui.scope import collection_words
from ai_chat.ui.shelf import Pick
from ai_chat.ui.strings import Language, say
from ai_chat.ui.uploads import Hold, Upload, put_in_place
from ai_chat.ui.viewer import open_address, original_address

_SHORT = frozenset({"password_needed", "pages_by_ocr", "page_without_text"})
_COLOURS: dict[Status, str] = {
    "complete": "good",
    "searchable": "good",
    "queued": "busy",
    "parsing": "busy",
    "needs_ocr": "wants",
    "needs_password": "wants",
    "failed": "bad",
}
_NO_WORDS = re.compile(r"[\W_]+")


def row(each: DocumentInfo, *, show_collection: bool) -> None:
    is_open = library_state.opened() == each.id
    with st.container(horizontal=True, vertical_alignment="center", key=f"doc-{each.id}"):
        may_edit = visit.may_edit()
        if each.parent_id is None and may_edit:
            _checkbox(each)
        st.html(row_html(each, visit.language(), show_collection=show_collection))
        if each.status in ("failed", "needs_ocr") and may_edit:
            st.button(
                visit.words("retry"), key=f"retry-{each.id}", type="tertiary",
                on_click=library_state.retry, args=({each.id: _pick(each)},),
            )  # fmt: skip
        st.button(
            visit.words("row_close" if is_open else "row_open", name=label_text(each.name)), key=f"open-row-{each.id}", type="tertiary",
            icon=":material/expand_less:" if is_open else ":material/more_horiz:",
            on_click=library_state.open_row, args=(each.id,),
        )  # fmt: skip
    if each.status == "needs_password" and may_edit:
        _password(each)
    if is_open:
        with st.container(border=True, key=f"panel-{each.id}"):
            _panel(each)


def _checkbox(each: DocumentInfo) -> None:
    key = library_state.pick_key(each.id)
    st.session_state.setdefault(key, each.id in library_state.chosen())
    label = visit.words("choose_document", name=_NO_WORDS.sub(" ", each.name))  # it is read out as it stands
    st.checkbox(label, key=key, label_visibility="collapsed", on_change=_picked, args=(each, key))


def _picked(each: DocumentInfo, key: str) -> None:
    library_state.pick(each, bool(st.session_state[key]))


def row_html(each: DocumentInfo, language: Language, *, show_collection: bool) -> str:
    """The name leads to where the document begins, where there is something to see."""
    name = f"<b>{html_text(each.name)}</b>"
    if each.units:
        name = f'<a href="{html_text(open_address(each.id, language))}" target="_blank" rel="noopener">{name}</a>'
    status = html_text(say(language, f"status_{each.status}"))
    facts = [collection_words(each.collection, language)] if show_collection else []
    facts += _facts(each, language)
    told = "".join(f" · {html_text(fact)}" for fact in facts)
    inside = " inside" if each.parent_id else ""
    state = f'<span class="state {_COLOURS[each.status]}">{status}</span>'
    return f'<div class="ac document{inside}">{name}<span class="note">{state}{told}</span>{_reasons(each, language)}</div>'


def _facts(each: DocumentInfo, language: Language) -> Iterator[str]:
    if each.parent_id:
        yield say(language, "inside", name=each.parent_name)
    if each.units:
        yield say(language, "pieces", units=f"{each.units:,}")
    if each.document_date:
        yield each.document_date
    if each.ocr_pages:
        yield say(language, "ocr_pages", count=each.ocr_pages)
    if each.unread_pages:
        yield say(language, "unread_pages", count=each.unread_pages)


def _reasons(each: DocumentInfo, language: Language) -> str:
    """What a short fact says already is not said again by a sentence."""
    told = [problem for problem in (each.error, *each.warnings) if problem and problem.code not in _SHORT]
    return "".join(f'<span class="note why">{html_text(sentence(problem, language))}</span>' for problem in told)


def _password(each: DocumentInfo) -> None:
    key = f"password-{each.id}"
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"unlock-{each.id}"):
        label = visit.words("password", name=label_text(each.name))
        st.text_input(
            label, type="password", key=key, on_change=_unlock, args=(each, key), help=visit.words("password_note")
        )
        st.button(visit.words("unlock"), key=f"unlock-{each.id}-button")


def _unlock(each: DocumentInfo, key: str) -> None:
    """The field is emptied at once: a password is kept nowhere."""
    password = st.session_state[key]
    st.session_state[key] = ""
    if password:
        library_state.retry({each.id: _pick(each)}, password)


def _panel(each: DocumentInfo) -> None:
    language = visit.language()
    st.html(panel_html(each, language))
    if not visit.may_edit():
        return
    with st.container(horizontal=True, key=f"acts-{each.id}"):
        st.button(
            visit.words("retry"), key=f"again-{each.id}", icon=":material/refresh:",
            on_click=library_state.retry, args=({each.id: _pick(each)},),
        )  # fmt: skip
        st.button(
            visit.words("remove"), key=f"remove-{each.id}", icon=":material/delete:",
            on_click=library_state.remove, args=((each.id,),),
        )  # fmt: skip
    if each.parent_id is None:
        _move(each)
        if visit.is_admin():  # an editor uploads a file of the same name instead
            _replace(each)


def panel_html(each: DocumentInfo, language: Language) -> str:
    facts = [each.title, each.author, each.added_at and say(language, "added_on", day=each.added_at[:10])]
    told = " · ".join(html_text(fact) for fact in facts if fact)
    links = [(original_address(each.id), "download_original", "download")]
    if each.units:
        links.insert(0, (open_address(each.id, language), "open_document", 'target="_blank" rel="noopener"'))
    shown = "".join(f'<a href="{html_text(to)}" {how}>{html_text(say(language, name))}</a>' for to, name, how in links)
    return f'<div class="ac details"><p class="links">{shown}</p><p class="note">{told}</p></div>'


def _pick(each: DocumentInfo) -> Pick:
    return Pick(each.name, each.collection)


def _move(each: DocumentInfo) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"move-{each.id}"):
        to = collection_choice(f"move-to-{each.id}", visit.words("move_to"), each.collection)
        st.button(
            visit.words("move"), key=f"move-{each.id}-button", disabled=not to or to == each.collection,
            on_click=library_state.move, args=({each.id: _pick(each)}, to),
        )  # fmt: skip


def _replace(each: DocumentInfo) -> None:
    key = f"replace-{each.id}-{each.name}"
    st.file_uploader(visit.words("replace_document"), key=key, on_change=_replaced, args=(each, key))


def _replaced(each: DocumentInfo, key: str) -> None:
    file = st.session_state[key]
    if file is None:
        return
    upload, kept = Upload(file.name, file.getvalue()), session.current().settings.files_dir

    def work(hold: Hold) -> Iterator[IngestEvent]:
        return put_in_place(hold, each.id, upload, kept)

    library_state.begin(work)
    library_state.open_row(each.id)
