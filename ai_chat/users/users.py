"""All that is kept of the users of a home, as one thing to hand down: accounts, sessions, keys, audit."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from pathlib import Path

from ai_chat.store.database import Database
from ai_chat.users.accounts import Accounts
from ai_chat.users.apikeys import ApiKeys
from ai_chat.users.audit import Audit
from ai_chat.users.file import open_users_file
from ai_chat.users.sessions import Sessions


class Users:
    """`clock` in seconds since 1970."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._db = database
        self.accounts = Accounts(database)
        self.sessions = Sessions(database, self.accounts, _secret(database), clock)
        self.keys = ApiKeys(database, self.accounts, clock)
        self.audit = Audit(database, clock)

    @classmethod
    def open(cls, path: Path, clock: Callable[[], float] = time.time) -> Users:
        """Made where it is not there; errors as for the library."""
        return cls(open_users_file(path), clock)

    def close(self) -> None:
        self._db.close()


def _secret(database: Database) -> bytes:
    """What proves sessions: of this home alone, made once."""
    with database.transaction() as connection:
        connection.execute("INSERT OR IGNORE INTO secret VALUES (1, ?)", (secrets.token_bytes(32),))
        (value,) = connection.execute("SELECT value FROM secret").fetchone()
    return bytes(value)
