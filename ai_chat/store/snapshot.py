"""A copy of a SQLite file as it is at one moment, while others read and write it.

Takes the path of the file, gives a new one without anything that was deleted. Never writes to the source.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ai_chat.errors import MachineError
from ai_chat.store.database import machine_error

_BUSY_SECONDS = 30.0
_INSTRUCTIONS = 200_000  # of SQLite's machine between two looks at how far it is


def snapshot(source: Path, target: Path, reached: Callable[[int, int], None]) -> None:
    """`reached` hears how many bytes of about how many are written. Errors: database_damaged, database_busy, disk_full, home_unwritable."""
    target.unlink(missing_ok=True)
    with _mapped(source, target), closing(_connect(source)) as connection:
        total = _pages(connection)

        def look() -> int:
            reached(min(target.stat().st_size if target.exists() else 0, total), total)
            return 0

        connection.set_progress_handler(look, _INSTRUCTIONS)
        connection.execute("VACUUM INTO ?", (str(target),))
        connection.set_progress_handler(None, 0)
    _check(target)
    reached(total, total)


def schema_of(path: Path) -> int:
    """Its `user_version`; database_damaged where it is no SQLite file."""
    with _mapped(path, path), closing(_connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def close_journal(path: Path) -> bool:
    """Put what the write-ahead log holds into the file and end the log; False while somebody else has the file open."""
    with closing(
        sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=1.0, isolation_level=None)
    ) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if (error.sqlite_errorname or "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                return False
            raise
    return True


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_BUSY_SECONDS, isolation_level=None)


def _pages(connection: sqlite3.Connection) -> int:
    count, free, size = (
        connection.execute(f"PRAGMA {n}").fetchone()[0] for n in ("page_count", "freelist_count", "page_size")
    )
    return int((count - free) * size)


def _check(path: Path) -> None:
    with _mapped(path, path), closing(_connect(path)) as connection:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    if found != "ok":
        raise MachineError("database_damaged", path=str(path), reason=found)


@contextmanager
def _mapped(source: Path, target: Path) -> Iterator[None]:
    """A full or closed disk is the target's, all else the source's."""
    try:
        yield
    except sqlite3.OperationalError as error:
        name = error.sqlite_errorname or ""
        if name.startswith("SQLITE_INTERRUPT"):
            raise KeyboardInterrupt from error
        if name == "SQLITE_IOERR_WRITE":  # a limit to the size of files, or a quota
            raise MachineError("disk_full", path=str(target.parent)) from error
        raise machine_error(error, target if name.startswith("SQLITE_FULL") else source) from error
    except sqlite3.DatabaseError as error:
        raise MachineError("database_damaged", path=str(source), reason=str(error)) from error
