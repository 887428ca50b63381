"""`ai-chat users list|add|remove|password|allow|deny` and `ai-chat audit`: who may enter this home, what he may see, what he did.

Takes names, gives lines or JSON. A running server knows of each change at once. Passwords are asked for, never given on the line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ai_chat.cli.session import Session, open_session
from ai_chat.cli.terminal import note, one_line, padded
from ai_chat.errors import InputError, UsageError
from ai_chat.users.door import FILE

if TYPE_CHECKING:
    from ai_chat.users.accounts import User
    from ai_chat.users.audit import Action, Entry
    from ai_chat.users.users import Users

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the user. 사용자 이름")]
_Collections = Annotated[list[str], typer.Argument(metavar="COLLECTION...", help="'*' for all. 컬렉션, 모두는 '*'")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document. JSON으로 출력")]
_Stdin = Annotated[bool, typer.Option("--stdin", help="The password is the first line of stdin. 표준 입력에서 읽기")]
_COLUMNS = 20

_WORDS: dict[str, tuple[str, str]] = {
    "none": (
        "There are no users: whoever has the address with its token, or the password, may everything.",
        "사용자가 없습니다. 토큰이 든 주소나 비밀번호를 아는 사람은 무엇이든 할 수 있습니다.",
    ),
    "password": ("Password of {name}: ", "{name}의 비밀번호: "),
    "again": ("Once more: ", "한 번 더: "),
    "added": ("{name} may sign in, as {role}.", "{name}이(가) {role} 권한으로 로그인할 수 있습니다."),
    "first": (
        "From now on the page asks for name and password; the address with the token opens nothing any more.",
        "이제 페이지는 이름과 비밀번호를 묻습니다. 토큰이 든 주소로는 더 이상 열리지 않습니다.",
    ),
    "removed": ("{name} may not sign in any more.", "{name}은(는) 더 이상 로그인할 수 없습니다."),
    "last": (
        "There are no users any more: the page opens by its token again, or by AI_CHAT_PASSWORD.",
        "사용자가 없습니다. 페이지는 다시 토큰이나 AI_CHAT_PASSWORD로 열립니다.",
    ),
    "changed": ("The password is changed; sessions of {name} have ended.", "비밀번호를 바꿨고, {name}의 로그인은 모두 풀렸습니다."),
    "sees": ("{name} may see: {collections}", "{name}이(가) 볼 수 있는 컬렉션: {collections}"),
    "sees_none": (
        "{name} may see no collection yet. Next: ai-chat users allow {name} COLLECTION",
        "{name}은(는) 아직 볼 수 있는 컬렉션이 없습니다. 다음: ai-chat users allow {name} 컬렉션",
    ),
    "all": ("all", "모두"),
    "no_audit": ("Nothing has been noted yet.", "아직 기록이 없습니다."),
}  # fmt: skip


def list_users(as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with opened(session) as users:
        found = users.accounts.users()
    if as_json:
        session.print_json({"users": [_plain(each) for each in found]})
    elif not found:
        note(said(session, "none"))
    for each in () if as_json else found:
        print(f"{padded(each.name, _COLUMNS)} {each.role:7} {_collections(session, each)}")
    return 0


def add_user(
    name: _Name,
    role: Annotated[
        Literal["admin", "editor", "reader"] | None, typer.Option(help="The first is an admin, others readers. 권한")
    ] = None,
    collection: Annotated[list[str] | None, typer.Option(metavar="NAME", help="That he may see. 볼 컬렉션")] = None,
    stdin: _Stdin = False,
    as_json: _AsJson = False,
) -> int:
    session = open_session(as_json)
    with opened(session) as users:
        first = not users.accounts.any()
        password = _new_password(session, name, stdin)
        added = users.accounts.add(name, password, role, collection or ())
        _noted(users, "user_added", added)
    if as_json:
        session.print_json({"user": _plain(added)})
        return 0
    note(said(session, "added", name=added.name, role=added.role))
    note(said(session, "first") if first else _sees(session, added))
    return 0


def remove_user(name: _Name, as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with opened(session) as users:
        gone = users.accounts.remove(name)
        _noted(users, "user_removed", gone)
        last = not users.accounts.any()
    if as_json:
        session.print_json({"removed": gone.name})
        return 0
    note(said(session, "removed", name=gone.name))
    if last:
        note(said(session, "last"))
    return 0


def change_password(name: _Name, stdin: _Stdin = False, as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with opened(session) as users:
        users.accounts.user(name)
        changed = users.accounts.set_password(name, _new_password(session, name, stdin))
        _noted(users, "user_changed", changed)
    if as_json:
        session.print_json({"changed": changed.name})
    else:
        note(said(session, "changed", name=changed.name))
    return 0


def allow(name: _Name, collections: _Collections, as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with opened(session) as users:
        return _changed(session, users, users.accounts.allow(name, collections))


def deny(name: _Name, collections: _Collections, as_json: _AsJson = False) -> int:
    session = open_session(as_json)
    with opened(session) as users:
        return _changed(session, users, users.accounts.deny(name, collections))


def audit(
    since: Annotated[str, typer.Option(metavar="DAY", help="From this day on, in UTC: 2026-01-31. 시작일")] = "",
    export: Annotated[Literal["csv", "jsonl"] | None, typer.Option(help="As a file for other programs. 내보내기 형식")] = None,
    as_json: _AsJson = False,
) -> int:  # fmt: skip
    session = open_session(as_json)
    if not (session.settings.home / FILE).exists():
        entries: list[Entry] = []
    else:
        with opened(session) as users:
            entries = list(users.audit.entries(since))
    if as_json:
        session.print_json({"entries": [asdict(each) for each in entries]})
    elif export == "jsonl":
        for each in entries:
            print(json.dumps(asdict(each), ensure_ascii=False))
    elif export == "csv":
        _print_csv(entries)
    elif not entries:
        note(said(session, "no_audit"))
    else:
        for each in entries:
            told = (each.at, padded(each.name or "-", _COLUMNS), each.action, each.subject, each.address)
            print(one_line("  ".join(filter(None, told))))
    return 0


@contextmanager
def opened(session: Session) -> Iterator[Users]:
    """The users of the home, made where it is not there yet."""
    from ai_chat.app import prepare_home
    from ai_chat.users.users import Users

    prepare_home(session.settings)
    with closing(Users.open(session.settings.home / FILE)) as users:
        yield users


def said(session: Session, name: str, /, **values: object) -> str:
    english, korean = _WORDS[name]
    return (korean if session.language == "ko" else english).format(**values)


def _new_password(session: Session, name: str, stdin: bool) -> str:
    """Asked for twice where somebody types it. UsageError password_empty; InputError user_passwords_differ."""
    from getpass import getpass

    if stdin or not sys.stdin.isatty():
        typed = sys.stdin.readline().rstrip("\r\n")
    else:
        typed = getpass(said(session, "password", name=name))
        if typed and typed != getpass(said(session, "again")):
            raise InputError("user_passwords_differ")
    if not typed:
        raise UsageError("password_empty")
    return typed


def _changed(session: Session, users: Users, user: User) -> int:
    _noted(users, "user_changed", user)
    if session.as_json:
        session.print_json({"user": _plain(user)})
    else:
        note(_sees(session, user))
    return 0


def _sees(session: Session, user: User) -> str:
    if user.collections == ():
        return said(session, "sees_none", name=user.name)
    return said(session, "sees", name=user.name, collections=_collections(session, user))


def _collections(session: Session, user: User) -> str:
    return said(session, "all") if user.collections is None else ", ".join(user.collections) or "-"


def _plain(user: User) -> dict[str, object]:
    return {"name": user.name, "role": user.role, "collections": user.collections, "created_at": user.created_at}


def _noted(users: Users, action: Action, user: User) -> None:
    """By whoever owns the home."""
    users.audit.note("local", "", action, user.name)


def _print_csv(entries: list[Entry]) -> None:
    """With a line of names. A value that a spreadsheet would reckon with stands behind an apostrophe."""
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("at", "user_id", "name", "action", "subject", "address"))
    for each in entries:
        writer.writerow(
            [f"'{value}" if value.startswith(tuple("=+-@\t\r")) else value for value in asdict(each).values()]
        )
