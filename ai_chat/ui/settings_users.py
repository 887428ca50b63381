"""The users, for an admin: who there is and what he may see, somebody more, a new password, nobody any more.

Takes what the door lets an admin manage. Where there are no users nothing of this is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from ai_chat.errors import AiChatError
from ai_chat.ui import session, visit
from ai_chat.ui.escape import label_text
from ai_chat.ui.scope import collection_words
from ai_chat.ui.settings_parts import heading, note
from ai_chat.users.accounts import ALL, Accounts, User
from ai_chat.users.audit import Action
from ai_chat.users.principal import ROLES

_REFUSED = "users-refused"
_NAME, _PASSWORD, _ROLE, _SEES = "user-name", "user-password", "user-role", "user-collections"


def users_section() -> None:
    current, visitor = session.current(), visit.visitor()
    if current.door is None or visitor.is_local:
        return
    users = current.door.managed_by(visitor).accounts.users()
    with current.app() as app:
        collections = list(app.collections())
    heading("set_users")
    note(visit.words("users_hint"))
    with st.container(gap=None, key="users-refused"):  # there or not, so that what is open below stays open
        if error := st.session_state.pop(_REFUSED, None):
            visit.show_error(error)
    with st.container(gap=None, key="users-rows"):
        for each in users:
            _row(each, collections)
    with st.expander(visit.words("users_add")):
        _adding(collections)


def _row(user: User, collections: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"line-user-{user.id}"):
        role = visit.words(f"role_{user.role}")
        note(visit.words("users_row", name=user.name, role=role, collections=_seen(user)))
        with st.popover(visit.words("users_manage", name=label_text(user.name)), icon=":material/more_horiz:"):
            if user.role != "admin":
                key = f"sees-{user.id}"
                kept = [ALL] if user.collections is None else list(user.collections)
                _choose(key, collections, kept, on_change=lambda: _let_see(user, key))
            word = f"password-of-{user.id}"
            st.text_input(visit.words("users_password"), type="password", key=word)
            st.button(
                visit.words("users_set_password"), key=f"set-{word}", on_click=_set_password, args=(user.name, word)
            )
            st.button(
                visit.words("users_remove"), key=f"remove-{user.id}", icon=":material/delete:",
                on_click=_remove, args=(user.name,),
            )  # fmt: skip


def _adding(collections: Sequence[str]) -> None:
    st.text_input(visit.words("users_name"), key=_NAME)
    st.text_input(visit.words("users_password"), type="password", key=_PASSWORD)
    role = st.selectbox(
        visit.words("users_role"), ROLES[::-1], key=_ROLE, format_func=lambda each: visit.words(f"role_{each}")
    )
    if role != "admin":
        _choose(_SEES, collections, [])
    st.button(visit.words("users_add"), key="add-user", on_click=_add)


def _choose(
    key: str, collections: Sequence[str], chosen: Sequence[str], on_change: Callable[[], None] | None = None
) -> None:
    language = visit.language()
    options = [ALL, *collections, *(each for each in chosen if each not in (ALL, *collections))]
    st.multiselect(
        visit.words("users_collections"), options, default=list(chosen), key=key, on_change=on_change,
        format_func=lambda name: visit.words("users_all") if name == ALL else label_text(collection_words(name, language)),
    )  # fmt: skip


def _seen(user: User) -> str:
    if user.collections is None:
        return visit.words("users_all")
    language = visit.language()
    return ", ".join(collection_words(each, language) for each in user.collections) or visit.words("users_none")


def _add() -> None:
    state = st.session_state
    name, password, role = str(state[_NAME]), str(state[_PASSWORD]), state[_ROLE]
    seen = () if role == "admin" else tuple(state.get(_SEES, ()))
    state[_PASSWORD] = ""
    if _manage("user_added", name, lambda accounts: accounts.add(name, password, role, seen)):
        state[_NAME] = ""


def _set_password(name: str, key: str) -> None:
    """The field is emptied at once: a password is kept nowhere."""
    password = str(st.session_state[key])
    st.session_state[key] = ""
    _manage("user_changed", name, lambda accounts: accounts.set_password(name, password))


def _remove(name: str) -> None:
    _manage("user_removed", name, lambda accounts: accounts.remove(name))


def _let_see(user: User, key: str) -> None:
    wanted = set(st.session_state[key])
    now = {ALL} if user.collections is None else set(user.collections)

    def change(accounts: Accounts) -> None:
        if gone := sorted(now - wanted):
            accounts.deny(user.name, gone)
        if new := sorted(wanted - now):
            accounts.allow(user.name, new)

    _manage("user_changed", user.name, change)


def _manage(action: Action, name: str, change: Callable[[Accounts], object]) -> bool:
    """Asked of the door at each change: he may be no admin any more."""
    current = session.current()
    try:
        if current.door is None:
            return False
        visitor = current.visitor()
        users = current.door.managed_by(visitor)
        change(users.accounts)
        users.audit.note(visitor.id, visitor.name, action, name)
    except AiChatError as error:
        st.session_state[_REFUSED] = error
        return False
    return True
