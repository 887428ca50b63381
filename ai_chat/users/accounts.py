"""The users of a home: added, removed, let into collections; and whether a name and a password belong together.

Takes names and passwords, gives Users and Principals.
"""

from __future__ import annotations

import secrets
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ai_chat.errors import InputError
from ai_chat.store.database import Database, folded, now
from ai_chat.types import PRIVATE
from ai_chat.users.passwords import fits, hashed
from ai_chat.users.principal import Principal, Role

ALL = "*"
"""In place of a collection's name: every one there is and will be."""
MOST_NAME = 64


@dataclass(frozen=True, slots=True)
class User:
    """`collections` None: all. `version` counts his passwords."""

    id: str
    name: str
    role: Role
    collections: tuple[str, ...] | None
    created_at: str
    version: int

    @property
    def principal(self) -> Principal:
        seen = None if self.collections is None else frozenset(self.collections)
        return Principal(self.id, self.name, self.role, seen)


class Accounts:
    def __init__(self, database: Database) -> None:
        self._db = database

    def any(self) -> bool:
        return self._db.row("SELECT 1 FROM users LIMIT 1") is not None

    def users(self) -> list[User]:
        return [self._user(row) for row in self._db.rows(f"{_USERS} ORDER BY created_at, id")]

    def user(self, name: str) -> User:
        """InputError user_unknown."""
        row = self._db.row(f"{_USERS} WHERE folded = ?", (folded(name),))
        if row is None:
            raise InputError("user_unknown", name=name)
        return self._user(row)

    def by_id(self, user_id: str) -> User | None:
        row = self._db.row(f"{_USERS} WHERE id = ?", (user_id,))
        return self._user(row) if row else None

    def add(self, name: str, password: str, role: Role | None = None, collections: Sequence[str] = ()) -> User:
        """The first one is an admin, others readers where no role is told. InputError: user_name_invalid, user_there,
        user_first_admin, user_admin_sees_all, user_collection_invalid, and as for passwords."""
        told = checked_name(name)
        first = not self.any()
        chosen: Role = role or ("admin" if first else "reader")
        if first and chosen != "admin":
            raise InputError("user_first_admin", role=chosen)
        if chosen == "admin" and collections:
            raise InputError("user_admin_sees_all", name=told)
        kept, user_id = hashed(password), f"u{secrets.token_hex(6)}"
        names = [_checked_collection(each) for each in collections]
        try:
            with self._db.transaction() as connection:
                connection.execute(
                    "INSERT INTO users (id, name, folded, role, hash, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                    (user_id, told, folded(told), chosen, kept, now()),
                )
                connection.executemany("INSERT OR IGNORE INTO permissions VALUES (?, ?)", [(user_id, n) for n in names])
        except sqlite3.IntegrityError as error:
            raise InputError("user_there", name=told) from error
        return self.user(told)

    def remove(self, name: str) -> User:
        """His keys and sessions end with him. InputError user_unknown, user_last_admin."""
        gone = self.user(name)
        with self._db.transaction() as connection:
            connection.execute("DELETE FROM users WHERE id = ?", (gone.id,))
            left = connection.execute("SELECT count(*), coalesce(sum(role = 'admin'), 0) FROM users").fetchone()
            if left[0] and not left[1]:
                raise InputError("user_last_admin", name=gone.name)
        return gone

    def set_password(self, name: str, password: str) -> User:
        """All his sessions end."""
        user, kept = self.user(name), hashed(password)
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE users SET hash = ?, password_version = password_version + 1 WHERE id = ?", (kept, user.id)
            )
        return user

    def allow(self, name: str, collections: Sequence[str]) -> User:
        """InputError user_unknown, user_admin_sees_all, user_collection_invalid."""
        user = self._limited(name)
        names = [_checked_collection(each) for each in collections]
        with self._db.transaction() as connection:
            connection.executemany("INSERT OR IGNORE INTO permissions VALUES (?, ?)", [(user.id, n) for n in names])
        return self.user(name)

    def deny(self, name: str, collections: Sequence[str]) -> User:
        """InputError user_unknown, user_admin_sees_all; user_sees_all where one of all is to be taken."""
        user = self._limited(name)
        names = [_checked_collection(each) for each in collections]
        if user.collections is None and ALL not in names:
            raise InputError("user_sees_all", name=user.name)
        with self._db.transaction() as connection:
            connection.executemany(
                "DELETE FROM permissions WHERE user_id = ? AND collection = ?", [(user.id, n) for n in names]
            )
        return self.user(name)

    def signed_in(self, name: str, password: str) -> User | None:
        """The user whose name and password these are; as slow for a name that nobody has."""
        row = self._db.row("SELECT id, hash FROM users WHERE folded = ?", (folded(name),))
        right = fits(password, row["hash"] if row else None)
        return self.by_id(row["id"]) if row and right else None

    def _limited(self, name: str) -> User:
        user = self.user(name)
        if user.role == "admin":
            raise InputError("user_admin_sees_all", name=user.name)
        return user

    def _user(self, row: sqlite3.Row) -> User:
        found = self._db.rows("SELECT collection FROM permissions WHERE user_id = ? ORDER BY collection", (row["id"],))
        names = tuple(each["collection"] for each in found)
        every = row["role"] == "admin" or ALL in names
        return User(
            row["id"], row["name"], row["role"], None if every else names, row["created_at"], row["password_version"]
        )


_USERS = "SELECT id, name, role, created_at, password_version FROM users"


def checked_name(name: str) -> str:
    """InputError user_name_invalid."""
    told = " ".join(unicodedata.normalize("NFC", name).split())
    if not 0 < len(told) <= MOST_NAME or not told.isprintable() or not folded(told):
        raise InputError("user_name_invalid", name=name[:MOST_NAME], most=MOST_NAME)
    return told


def _checked_collection(name: str) -> str:
    """As collections are named; none that belongs to a conversation."""
    told = unicodedata.normalize("NFC", name).strip()
    if not told or told.startswith(PRIVATE):
        raise InputError("user_collection_invalid", name=name)
    return told
