"""Who comes in: by name and password, by the cookie of a session, by a key. Where there are no users it guards nothing.

Takes the home and what somebody shows; gives Principals. Opens `users.db` when it is there, also while the server runs. Knows no HTTP.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ai_chat.errors import InputError, RefusedError
from ai_chat.users.principal import Principal
from ai_chat.users.throttle import Throttle, Tries

if TYPE_CHECKING:
    from ai_chat.users.audit import Action
    from ai_chat.users.users import Users

FILE = "users.db"
_AGAIN_SECONDS = 60.0  # how soon opening the same document is noted once more
_MOST_OPENED = 1000
NOTED_FAILURES = 2000  # an hour


class SignedIn(NamedTuple):
    """`cookie` "": not let in; `locked`: too many were wrong before."""

    cookie: str
    locked: bool = False


class Door:
    """`clock` in seconds since 1970, `ticks` in seconds of a clock that nobody sets."""

    def __init__(
        self, home: Path, clock: Callable[[], float] = time.time, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = home / FILE
        self._clock = clock
        self._ticks = ticks
        self._users: Users | None = None
        self._opening = threading.Lock()
        self._comparing = threading.BoundedSemaphore(2)  # passwords at once: each comparison takes 19 MiB
        self._throttle = Throttle(ticks)
        self._failures = Tries(NOTED_FAILURES, 3600.0)
        self._opened: dict[tuple[str, str], float] = {}

    def guards(self) -> bool:
        """Whether there are users."""
        users = self._file()
        return users is not None and users.accounts.any()

    def sign_in(self, name: str, password: str, address: str) -> SignedIn:
        """The same for a wrong password and for a name that nobody has; each try is noted."""
        from ai_chat.store.database import folded

        users = self._file()
        if users is None:
            return SignedIn("")
        known = folded(name)[:200]
        if not self._throttle.admits(known, address):
            self._note_failure("locked_out", name, address)
            return SignedIn("", locked=True)
        with self._comparing:
            user = users.accounts.signed_in(name, password)
        if user is None:
            self._note_failure("sign_in_failed", name, address)
            return SignedIn("")
        self._throttle.right(known, address)
        users.audit.note(user.id, user.name, "signed_in", "", address)
        return SignedIn(users.sessions.begin(user))

    def sign_out(self, cookie: str) -> None:
        users = self._file()
        if users is None:
            return
        if user := users.sessions.user(cookie):
            users.audit.note(user.id, user.name, "signed_out")
        users.sessions.end(cookie)

    def by_cookie(self, cookie: str) -> Principal | None:
        users = self._file()
        user = users.sessions.user(cookie) if users else None
        return user.principal if user else None

    def by_key(self, key: str) -> Principal | None:
        users = self._file()
        return users.keys.principal(key) if users else None

    def fresh(self, principal: Principal) -> Principal:
        """The same one as he stands now, for work that goes on in the background. RefusedError signed_out."""
        if principal.is_local:
            return principal
        users = self._file()
        user = users.accounts.by_id(principal.id) if users else None
        if user is None:
            raise RefusedError("signed_out")
        return user.principal

    def managed_by(self, principal: Principal) -> Users:
        """All users, for an admin. RefusedError not_permitted, signed_out."""
        users, now = self._file(), self.fresh(principal)
        if users is None or now.is_local or not now.is_admin:
            raise RefusedError("not_permitted", role="admin", name=now.name or "-", own=now.role)
        return users

    def change_password(self, principal: Principal, old: str, new: str) -> None:
        """Of himself, who tells the old one; his sessions end. InputError user_password_wrong, and as for passwords."""
        users, now = self._file(), self.fresh(principal)
        if users is None or now.is_local:
            raise RefusedError("signed_out")
        if not self.sign_in(now.name, old, "").cookie:
            raise InputError("user_password_wrong", name=now.name)
        users.accounts.set_password(now.name, new)
        users.audit.note(now.id, now.name, "user_changed", now.name)

    def note(self, principal: Principal, action: Action, subject: str = "") -> None:
        """What he did; a document that he goes on reading is noted once a minute."""
        users = self._file()
        if principal.is_local or users is None or (action == "opened" and self._goes_on(principal.id, subject)):
            return
        users.audit.note(principal.id, principal.name, action, subject)

    def refused(self, address: str) -> None:
        """A key that opens nothing; noted where there are users."""
        users = self._file()
        if users is not None and self._throttle.admits(f"key {address}", f"key {address}"):
            self._note_failure("key_refused", "", address)

    def _note_failure(self, action: Action, subject: str, address: str) -> None:
        """Of whoever knocks, who could fill the disk: so many an hour, then no more."""
        users, now = self._file(), self._ticks()
        if users is None or self._failures.full("", now):
            return
        self._failures.add("", now)
        users.audit.note("", "", action, subject, address)

    def close(self) -> None:
        with self._opening:
            if self._users is not None:
                self._users.close()
                self._users = None

    def _file(self) -> Users | None:
        """None while there is no file: then nothing of it is imported."""
        if self._users is not None:
            return self._users
        if not self._path.exists():
            return None
        from ai_chat.users.users import Users

        with self._opening:
            if self._users is None:
                self._users = Users.open(self._path, self._clock)
        return self._users

    def _goes_on(self, user_id: str, subject: str) -> bool:
        now = self._ticks()
        before = self._opened.get((user_id, subject), float("-inf"))
        if len(self._opened) > _MOST_OPENED:
            self._opened.clear()
        self._opened[user_id, subject] = now
        return now - before < _AGAIN_SECONDS
