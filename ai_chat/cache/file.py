"""The cache's SQLite file: made where it is not there, made anew where it is damaged, gone or of another version, and told.

Takes work to do on a connection; gives what comes of it, or what the caller says where the file cannot be used. Never raises for
the file's sake: an answer can always be written again.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ai_chat.types import Problem

T = TypeVar("T")

_VERSION = 2
_APPLICATION_ID = 0x41494341  # "AICA"
_BUSY_SECONDS = 0.25  # while somebody waits for an answer
_NOT_ITS_FAULT = ("SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_READONLY")
_MOVED = "SQLITE_READONLY_DBMOVED"
_SCHEMA = (
    """CREATE TABLE answers (
        id INTEGER PRIMARY KEY,
        family TEXT NOT NULL,
        normal TEXT NOT NULL,
        evidence TEXT NOT NULL,
        asked TEXT NOT NULL,
        question TEXT NOT NULL,
        scope TEXT NOT NULL,
        whole INTEGER NOT NULL,
        space TEXT NOT NULL,
        vector BLOB,
        payload TEXT NOT NULL,
        checksum TEXT NOT NULL,
        turn_id TEXT NOT NULL,
        made_at REAL NOT NULL,
        seconds REAL NOT NULL,
        size INTEGER NOT NULL,
        hits INTEGER NOT NULL DEFAULT 0,
        sequence INTEGER NOT NULL,
        tick INTEGER NOT NULL,
        UNIQUE (family, normal)
    )""",
    "CREATE INDEX answers_tick ON answers (tick)",
    "CREATE INDEX answers_turn ON answers (turn_id)",
    """CREATE TABLE served (
        turn_id TEXT PRIMARY KEY,
        answer INTEGER NOT NULL REFERENCES answers (id) ON DELETE CASCADE
    ) WITHOUT ROWID""",
    "CREATE INDEX served_answer ON served (answer)",
    "CREATE TABLE counts (name TEXT PRIMARY KEY, value REAL NOT NULL) WITHOUT ROWID",
)


class Damaged(Exception):
    """What is read cannot have been written so."""


class CacheFile:
    """`tell` hears `cache_renewed`, and `cache_unusable` once for each reason. One connection, one at a time."""

    def __init__(self, path: Path, tell: Callable[[Problem], None]) -> None:
        self.path = path
        self._tell = tell
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._place: tuple[int, int] | None = None
        self._told = ""

    def run(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """All of `work` or nothing of it; `otherwise` where the file could not be used, or had to be made anew."""
        with self._guard:
            try:
                return self._transact(work)
            except sqlite3.ProgrammingError:
                raise  # a bug of ours
            except (sqlite3.DatabaseError, Damaged) as error:
                self._mend(error)
            except OSError as error:
                self._unusable(str(error))
            return otherwise

    def bytes(self) -> int:
        """What it takes on the disk."""
        return sum(path.stat().st_size for path in self._files() if path.exists())

    def close(self) -> None:
        with self._guard:
            self._drop()

    def _transact(self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._opened()
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        self._told = ""
        return result

    def _opened(self) -> sqlite3.Connection:
        """The connection, to the file that lies there now."""
        if self._connection is not None:
            if self._place == _place(self.path):
                return self._connection
            self._renew("it was deleted or replaced")
        connection = self._connection = self._connect()
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version != _VERSION:
            if version or connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                raise Damaged(f"version {version}")
            _create(connection)
        return connection

    def _connect(self) -> sqlite3.Connection:
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        self._place = _place(self.path)
        connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            # no WAL: its memory is shared through a file, and one cut short by somebody would end the process;
            # nothing is synchronised: what a crash of the machine leaves half written is found by its checksum, or is made anew
            connection.execute("PRAGMA journal_mode = TRUNCATE")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA mmap_size = 0")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _mend(self, error: Exception) -> None:
        """A new file where this one is at fault; else it stays, and is tried again the next time."""
        name = getattr(error, "sqlite_errorname", "") or ""
        if name.startswith(_NOT_ITS_FAULT) and name != _MOVED:
            self._unusable(str(error))
            return
        try:
            self._renew(str(error))
        except OSError as failed:
            self._unusable(str(failed))

    def _renew(self, reason: str) -> None:
        self._drop()
        for path in self._files():
            path.unlink(missing_ok=True)
        self._tell(Problem("cache_renewed", {"path": str(self.path), "reason": reason}))

    def _unusable(self, reason: str) -> None:
        self._drop()
        if reason != self._told:
            self._told = reason
            self._tell(Problem("cache_unusable", {"path": str(self.path), "reason": reason}))

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _files(self) -> tuple[Path, ...]:
        return tuple(self.path.with_name(self.path.name + end) for end in ("", "-journal"))


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")


def _place(path: Path) -> tuple[int, int] | None:
    """Which file lies there."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
