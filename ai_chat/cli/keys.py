"""`ai-chat keys list|add|revoke`: keys for programs that use the API.

Takes the name of a user, or a word for the key where there are no users; the key itself is printed once, on standard output.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import note, padded
from ai_chat.cli.users import opened
from ai_chat.errors import InputError

if TYPE_CHECKING:
    from ai_chat.users.apikeys import ApiKey

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the user that it acts for. 사용자 이름")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]


class Purpose(StrEnum):
    """As USES names them; typer takes a list of these, and of no Literal."""

    search = "search"
    ask = "ask"
    documents = "documents"


_UNITS = {"d": 86_400, "h": 3_600, "m": 60}
_MOST_SECONDS = 3_650 * 86_400

_WORDS: dict[str, tuple[str, str]] = {
    "shown_once": (
        "This key is shown only this once. Use it as: Authorization: Bearer KEY",
        "이 키는 지금 한 번만 보여 드립니다. 사용법: Authorization: Bearer 키",
    ),
    "none": ("There are no keys.", "키가 없습니다."),
    "revoked": ("{id} opens nothing any more.", "{id} 키는 더 이상 쓸 수 없습니다."),
    "expires": ("until {day}", "{day}까지"),
    "ended": ("revoked", "취소됨"),
    "all": ("all", "모두"),
}


def list_keys(as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with opened(session) as users:
        found = users.keys.keys()
    if as_json:
        session.print_json({"keys": [asdict(each) for each in found]})
    elif not found:
        note(_said(session, "none"))
    for each in () if as_json else found:
        print(_line(session, each))
    return 0


def add_key(
    name: _Name,
    expires: Annotated[str | None, typer.Option(metavar="TIME", help="90d, 12h, 30m; never by default. 유효 기간")] = None,
    scope: Annotated[list[Purpose] | None, typer.Option(help="Only for this. 용도")] = None,
    as_json: _AsJson = False,
) -> int:  # fmt: skip
    session = open_session(as_json)
    seconds = _seconds(expires)
    with opened(session) as users:
        owner = users.accounts.user(name) if users.accounts.any() else None
        key, made = users.keys.add(owner, name, seconds, [each.value for each in scope or ()])
        users.audit.note("local", "", "key_added", f"{made.id} {name}")
    if as_json:
        session.print_json({"key": key, **asdict(made)})
        return 0
    note(_said(session, "shown_once"))
    print(key)
    return 0


def revoke_key(
    key: Annotated[str, typer.Argument(metavar="ID", help="As `keys list` shows it. 키 ID")], as_json: _AsJson = False
) -> int:
    session = open_session(as_json)
    with opened(session) as users:
        users.keys.revoke(key)
        users.audit.note("local", "", "key_revoked", key)
    if as_json:
        session.print_json({"revoked": key})
    else:
        note(_said(session, "revoked", id=key))
    return 0


def _seconds(told: str | None) -> float | None:
    """InputError key_expires_invalid."""
    if told is None:
        return None
    found = re.fullmatch(r"(\d{1,5})([dhm])", told.strip().lower())
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < seconds <= _MOST_SECONDS:
        raise InputError("key_expires_invalid", value=told)
    return seconds


def _line(session: Session, key: ApiKey) -> str:
    until = _said(session, "expires", day=key.expires_at[:16]) if key.expires_at else ""
    state = _said(session, "ended") if key.revoked_at else until
    return f"{key.id}  {padded(key.owner or key.label, 20)} {', '.join(key.uses) or _said(session, 'all')}  {state}".rstrip()


def _said(session: Session, name: str, /, **values: object) -> str:
    english, korean = _WORDS[name]
    return (korean if session.language == "ko" else english).format(**values)
