"""Who did what: signed in, failed to, asked, opened, added, removed. Names of documents and ids, never a question and never a text.

Takes a Principal, an action and what it was done to; gives rows. Kept for so many days.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from ai_chat.store.database import Database
from ai_chat.users.file import utc

Action = Literal[
    "signed_in", "sign_in_failed", "locked_out", "signed_out", "key_refused", "searched", "asked", "opened", "added", "changed",
    "removed", "restored", "refused", "user_added", "user_removed", "user_changed", "key_added", "key_revoked", "administered",
]  # fmt: skip
KEPT_DAYS = 180
_MOST_SUBJECT = 200
_PRUNE_EVERY = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """`at` in UTC; `user_id` and `name` as they were then, "" for nobody; `address`: of who signed in, "" where it is not known."""

    at: str
    user_id: str
    name: str
    action: str
    subject: str
    address: str


class Audit:
    def __init__(self, database: Database, clock: Callable[[], float] = time.time, kept_days: int = KEPT_DAYS) -> None:
        self._db = database
        self._clock = clock
        self._kept = kept_days * 86_400

    def note(self, user_id: str, name: str, action: Action, subject: str = "", address: str = "") -> None:
        """Now and then what is too old goes."""
        values = (utc(self._clock()), user_id, name, action, subject[:_MOST_SUBJECT], address)
        with self._db.transaction() as connection:
            added = connection.execute(
                "INSERT INTO audit (at, user_id, name, action, subject, address) VALUES (?, ?, ?, ?, ?, ?)", values
            ).lastrowid
            if (added or 0) % _PRUNE_EVERY == 0:
                connection.execute("DELETE FROM audit WHERE at < ?", (utc(self._clock() - self._kept),))

    def entries(self, since: str = "") -> Iterator[Entry]:
        """The oldest first; those that are too old are not shown, whether they are gone yet or not."""
        oldest = max(since, utc(self._clock() - self._kept))
        after = 0
        while rows := self._db.rows(
            "SELECT * FROM audit WHERE at >= ? AND row > ? ORDER BY row LIMIT 1000", (oldest, after)
        ):
            after = rows[-1]["row"]
            for row in rows:
                yield Entry(row["at"], row["user_id"], row["name"], row["action"], row["subject"], row["address"])
