"""`--password`: asked for without echo on a terminal, else the first line of stdin; or the next word. Never printed, never kept.

Takes words of the command line, gives the password.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from ai_chat.cli.session import Session
from ai_chat.errors import UsageError

Password = Annotated[
    str | None,
    typer.Option("--password", metavar="[WORD]", help="Opens protected files; asked for where left out. 문서 비밀번호"),
]
_ASK = "-"


def with_asking(words: Sequence[str]) -> list[str]:
    """A `--password` that no word follows asks for it."""
    own = words.index("--") if "--" in words else len(words)
    completed: list[str] = []
    for place, word in enumerate(words):
        completed.append(word)
        followed = place + 1 < own and not words[place + 1].startswith("-")
        if word == "--password" and place < own and not followed and words[place + 1 : place + 2] != [_ASK]:
            completed.append(_ASK)
    return completed


def read_password(session: Session, given: str | None) -> str | None:
    """UsageError password_is_path where a file took the password's place, password_empty."""
    if given is None:
        return None
    if given != _ASK:
        if os.path.lexists(given):
            raise UsageError("password_is_path", path=given)
        return given
    typed = _typed(session) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not typed:
        raise UsageError("password_empty")
    return typed


def _typed(session: Session) -> str:
    from getpass import getpass

    return getpass(f"{session.word('password')}: ")
