"""Signed sessions: who signed in, when, under which of his passwords; proven by a secret of the home.

Takes a User, gives the text of a cookie, and back. A session ends with its days, by signing out, with a new password and with its user.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import NamedTuple

from ai_chat.store.database import Database
from ai_chat.users.accounts import Accounts, User
from ai_chat.users.file import utc

DAYS = 14
_SECONDS = DAYS * 86_400


class _Told(NamedTuple):
    user: str
    issued: int
    version: int
    session: str


class Sessions:
    """`secret` is the home's; `clock` in seconds since 1970."""

    def __init__(self, database: Database, accounts: Accounts, secret: bytes, clock: Callable[[], float]) -> None:
        self._db = database
        self._accounts = accounts
        self._secret = secret
        self._clock = clock

    def begin(self, user: User) -> str:
        told = f"{user.id}.{int(self._clock())}.{user.version}.{secrets.token_hex(12)}"
        return f"{told}.{self._proof(told)}"

    def user(self, cookie: str) -> User | None:
        """Whose session it is, as he stands now; None where it has ended or never was."""
        told = self._read(cookie)
        if told is None or not -60 <= self._clock() - told.issued < _SECONDS:
            return None
        user = self._accounts.by_id(told.user)
        if user is None or user.version != told.version:
            return None
        ended = self._db.row("SELECT 1 FROM ended_sessions WHERE id = ?", (told.session,))
        return None if ended else user

    def end(self, cookie: str) -> None:
        """Sign out: wherever a copy of it lies."""
        told = self._read(cookie)
        if told is None:
            return
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM ended_sessions WHERE ended_at < ?", (utc(self._clock() - _SECONDS),))
            connection.execute("INSERT OR IGNORE INTO ended_sessions VALUES (?, ?)", (told.session, utc(self._clock())))

    def _read(self, cookie: str) -> _Told | None:
        told, _, proof = cookie.rpartition(".")
        if not hmac.compare_digest(proof.encode(), self._proof(told).encode()):
            return None
        user, issued, version, session = told.split(".")  # ours: it is proven
        return _Told(user, int(issued), int(version), session)

    def _proof(self, told: str) -> str:
        return hmac.new(self._secret, told.encode(), hashlib.sha256).hexdigest()
