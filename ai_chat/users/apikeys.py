"""Keys for programs: each somebody's, hashed, limited in time and use, and to be taken back.

Takes a key, gives a Principal. A key is shown once, when it is made; kept is its SHA-256, which is enough for 32 random bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ai_chat.errors import InputError
from ai_chat.store.database import Database, now
from ai_chat.users.accounts import Accounts, User
from ai_chat.users.file import utc
from ai_chat.users.principal import LOCAL, USES, Principal, Use

_BEGIN = "ac"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`owner` "" where there were no users; `uses` empty: all. Times in UTC, None where there is none."""

    id: str
    owner: str
    label: str
    uses: tuple[Use, ...]
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class ApiKeys:
    def __init__(self, database: Database, accounts: Accounts, clock: Callable[[], float]) -> None:
        self._db = database
        self._accounts = accounts
        self._clock = clock

    def add(
        self, owner: User | None, label: str, seconds: float | None = None, uses: Sequence[Use] = ()
    ) -> tuple[str, ApiKey]:
        """The key, which nobody can show again, and what is known of it."""
        key_id = secrets.token_hex(4)
        key = f"{_BEGIN}-{key_id}-{secrets.token_urlsafe(_BYTES)}"
        expires = None if seconds is None else utc(self._clock() + seconds)
        chosen = " ".join(each for each in USES if each in uses)
        with self._db.transaction() as connection:
            connection.execute(
                "INSERT INTO api_keys (id, user_id, label, hash, uses, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (key_id, owner.id if owner else None, label, _digest(key), chosen, now(), expires),
            )
        return key, next(each for each in self.keys() if each.id == key_id)

    def keys(self) -> list[ApiKey]:
        rows = self._db.rows(
            "SELECT k.*, coalesce(u.name, '') AS owner FROM api_keys k LEFT JOIN users u ON u.id = k.user_id"
            " ORDER BY k.created_at, k.id"
        )
        return [_key(row) for row in rows]

    def revoke(self, key_id: str) -> None:
        """InputError key_unknown, also where it has been revoked before."""
        with self._db.transaction() as connection:
            done = connection.execute(
                "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", (now(), key_id)
            )
            if not done.rowcount:
                raise InputError("key_unknown", id=key_id)

    def principal(self, offered: str) -> Principal | None:
        """Who asks by this key; None where it is none, has ended, or is of before there were users."""
        begin, _, rest = offered.partition("-")
        row = (
            self._db.row("SELECT * FROM api_keys WHERE id = ?", (rest.partition("-")[0],)) if begin == _BEGIN else None
        )
        if row is None or not hmac.compare_digest(row["hash"], _digest(offered)):
            return None
        if row["revoked_at"] or (row["expires_at"] and row["expires_at"] <= utc(self._clock())):
            return None
        owner = self._owner(row["user_id"])
        uses = frozenset(each for each in USES if each in row["uses"].split())
        return replace(owner, uses=uses or None) if owner else None

    def _owner(self, user_id: str | None) -> Principal | None:
        if user_id is None:
            return None if self._accounts.any() else LOCAL
        user = self._accounts.by_id(user_id)
        return user.principal if user else None


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _key(row: sqlite3.Row) -> ApiKey:
    uses = tuple(each for each in USES if each in row["uses"].split())
    return ApiKey(row["id"], row["owner"], row["label"], uses, row["created_at"], row["expires_at"], row["revoked_at"])
