"""One SQLite file: a few connections, one writer at a time, migrations at open, foreign errors mapped.

Takes SQL and gives rows; knows no table. Readers never wait for the writer (WAL).
"""

from __future__ import annotations

import datetime
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ai_chat.errors import AiChatError, MachineError
from ai_chat.store.migrations import MIGRATIONS, statements

_BUSY_SECONDS = 30.0


class Schema(NamedTuple):
    """What a file holds: the number that marks it, and the ordered steps that make its tables."""

    application_id: int
    migrations: tuple[str, ...]


_LIBRARY = Schema(0x41494348, MIGRATIONS)  # "AICH"


class Database:
    """Open with `Database.open`; `read_only` never creates, migrates or writes."""

    def __init__(self, path: Path, *, read_only: bool, schema: Schema = _LIBRARY) -> None:
        self._path = path
        self._read_only = read_only
        self._schema = schema
        self._guard = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._writing = threading.Lock()

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, schema: Schema = _LIBRARY) -> Database:
        """Errors: database_damaged, database_newer, disk_full; the file is left as it was.

        database_older: `read_only` cannot bring it up to date.
        """
        database = cls(path, read_only=read_only, schema=schema)
        try:
            database._prepare()
        except AiChatError:
            database.close()
            raise
        return database

    @property
    def path(self) -> Path:
        return self._path

    def close(self) -> None:
        """Connections in use are closed when they come back."""
        with self._guard:
            self._closed = True
        self.rest()

    def rest(self) -> None:
        """Close the connections that nobody uses now, with all that they cache; the next use opens a new one."""
        with self._guard:
            connections, self._idle = self._idle, []
        with self._mapped():
            for connection in connections:
                connection.close()

    def rows(self, sql: str, parameters: tuple[Any, ...] | dict[str, Any] = ()) -> list[sqlite3.Row]:
        """What is committed; inside a transaction ask its own connection."""
        with self._mapped(), self._connection() as connection:
            return connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: tuple[Any, ...] | dict[str, Any] = ()) -> sqlite3.Row | None:
        with self._mapped(), self._connection() as connection:
            found: sqlite3.Row | None = connection.execute(sql, parameters).fetchone()
            return found

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; one at a time over threads and processes."""
        with self._writing, self._mapped(), self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def check(self) -> str:
        """SQLite's own quick check: 'ok' or what is wrong."""
        found = self.row("PRAGMA quick_check(1)")
        return str(found[0]) if found else "no answer"

    def shrink(self) -> int:
        """Give free pages back to the disk; how many bytes. Readers go on; disk_full where there is no room for the copy."""
        before = self._path.stat().st_size
        with self._writing, self._mapped(), self._connection() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return max(0, before - self._path.stat().st_size)

    def write_ahead(self) -> None:
        """From now on readers never wait for the writer."""
        with self._mapped(), self._connection() as connection:
            connection.execute("PRAGMA journal_mode = WAL")

    def _prepare(self) -> None:
        known = len(self._schema.migrations)
        version = self._schema_version()
        if version > known:
            raise MachineError("database_newer", path=str(self._path), found=version, known=known)
        if version == known:
            return
        if self._read_only:
            raise MachineError("database_older", path=str(self._path), found=version, known=known)
        self.write_ahead()
        while (number := self._schema_version()) < known:
            self._migrate(number)

    def _migrate(self, done: int) -> None:
        """One step, all or nothing; another process may have been faster."""
        with self.transaction() as connection:
            if self._pragma("user_version") != done:
                return
            for statement in statements(self._schema.migrations[done]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {done + 1}")
            connection.execute(f"PRAGMA application_id = {self._schema.application_id}")

    def _schema_version(self) -> int:
        version = self._pragma("user_version")
        if self._pragma("application_id") not in (0, self._schema.application_id):
            raise MachineError("database_damaged", path=str(self._path), reason="not a file of AI-CHAT's")
        if version == 0 and self.rows("SELECT 1 FROM sqlite_master LIMIT 1"):
            raise MachineError("database_damaged", path=str(self._path), reason="its schema has no version")
        return version

    def _pragma(self, name: str) -> int:
        found = self.row(f"PRAGMA {name}")
        return int(found[0]) if found else 0

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One that nobody else uses meanwhile: kept for the next, so there are as many as were ever used at once."""
        with self._guard:
            if self._closed:
                raise MachineError("database_closed", path=str(self._path))
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            with self._guard:
                keep = not self._closed
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        mode = "ro" if self._read_only else "rwc"
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode={mode}",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.row_factory = sqlite3.Row
        try:
            connection.create_function("folded", 1, folded, deterministic=True)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise machine_error(error, self._path) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise  # a bug of ours
            raise MachineError("database_damaged", path=str(self._path), reason=str(error)) from error


def folded(text: str | None) -> str:
    """As names are compared: compatibility forms and case folded, without white space. SQL has it, too."""
    return "".join(unicodedata.normalize("NFKC", text or "").casefold().split())


def blanks(values: Sized) -> str:
    """For `IN (...)`: the same SQL for as many values, which SQLite need not compile anew."""
    return ",".join("?" * len(values))


def now() -> str:
    """UTC, ISO 8601, whole milliseconds."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


def machine_error(error: sqlite3.OperationalError, path: Path) -> MachineError:
    name = error.sqlite_errorname or ""
    if name.startswith("SQLITE_FULL"):
        return MachineError("disk_full", path=str(path))
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return MachineError("home_unwritable", path=str(path.parent), reason=str(error))
    if name.startswith("SQLITE_BUSY"):
        return MachineError("database_busy", path=str(path), seconds=int(_BUSY_SECONDS))
    return MachineError("database_damaged", path=str(path), reason=str(error))
