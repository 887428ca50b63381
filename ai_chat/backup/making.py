"""Making a backup: snapshots beside the target, packed, read again, renamed into place; what went wrong leaves the target as it was.

Takes a home that others may be writing to; gives the manifest. Files that the home keeps are only ever added, so that those of the snapshot
are all there when they are packed after it.
"""

from __future__ import annotations

import datetime
import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ai_chat import __version__
from ai_chat.backup.archive import FORMAT, Manifest, Writer, is_ours, verify
from ai_chat.backup.layout import CACHE, CALIBRATION, CONFIG, LIBRARY, kept_files
from ai_chat.backup.record import note_backup
from ai_chat.backup.secrets import without_secrets
from ai_chat.backup.telling import Counter, Tell
from ai_chat.errors import InputError, MachineError
from ai_chat.process import lock_file
from ai_chat.store.migrations import MIGRATIONS
from ai_chat.store.snapshot import schema_of, snapshot

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def make_backup(home: Path, target: Path, tell: Tell) -> tuple[Path, Manifest]:
    """Where it lies now, and what it holds; a backup that lies there is replaced.

    InputError: backup_nothing, backup_there, backup_running, backup_unwritable, file_unreadable. MachineError: disk_full,
    database_damaged, database_newer.
    """
    library = home / LIBRARY
    if not library.is_file():
        raise InputError("backup_nothing", home=str(home))
    if (found := schema_of(library)) > len(MIGRATIONS):
        raise MachineError("database_newer", path=str(library), found=found, known=len(MIGRATIONS))
    target = _place(target)
    with _mapped(target), _workshop(target) as work:
        _take_snapshots(home, work, tell)
        made = work / "archive"
        _pack(home, work, made, tell)
        manifest = verify(made, tell)
        _put(made, target)
    note_backup(home, target, manifest.made_at)
    return target, manifest


def _place(target: Path) -> Path:
    """A folder gets a file named by the time."""
    target = target.expanduser().absolute()
    if target.is_dir():
        target /= f"ai-chat-{datetime.datetime.now():%Y%m%d-%H%M%S}.zip"
    if target.exists() and not (target.is_file() and is_ours(target)):
        raise InputError("backup_there", path=str(target))
    return target


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """A folder beside the target, gone when we are; what a killed one left is cleared away."""
    work = target.with_name(f".{target.name}.making")
    work.mkdir(mode=0o700, exist_ok=True)
    lock = lock_file(work / "lock")
    if lock is None:
        raise InputError("backup_running", path=str(target))
    try:
        for left in work.iterdir():
            if left.name != "lock":
                left.unlink()
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        lock.close()


def _take_snapshots(home: Path, work: Path, tell: Tell) -> None:
    def reached(done: int, total: int) -> None:
        Counter("backup_reading", total, tell).reach(done)

    snapshot(home / LIBRARY, work / LIBRARY, reached)
    if (home / CACHE).is_file():
        try:
            snapshot(home / CACHE, work / CACHE, lambda _done, _total: None)
        except MachineError as error:
            if error.code == "disk_full":
                raise
            (work / CACHE).unlink(missing_ok=True)  # its answers can be written again


def _pack(home: Path, work: Path, made: Path, tell: Tell) -> None:
    (work / CONFIG).write_text(without_secrets(home / CONFIG), "utf-8")
    kept = list(kept_files(home))
    own = [name for name in (LIBRARY, CACHE, CONFIG) if (work / name).exists()]
    total = sum((work / name).stat().st_size for name in own) + sum((home / name).stat().st_size for name in kept)
    counter = Counter("backup_packing", total, tell)
    descriptor = os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        writer = Writer(file)
        for name in own:
            _add(writer, work / name, name, counter, compressed=True)
        for name in (CALIBRATION, *kept):
            if (home / name).exists():
                _add(writer, home / name, name, counter, compressed=False)
        writer.finish(_manifest(home, work / LIBRARY, writer))
        file.flush()
        os.fsync(file.fileno())


def _add(writer: Writer, path: Path, name: str, counter: Counter, *, compressed: bool) -> None:
    try:
        source = path.open("rb")
    except OSError as error:
        raise InputError("file_unreadable", path=str(path), reason=error.strerror) from error
    with source:
        writer.add(name, source, compressed=compressed, counter=counter)


def _manifest(home: Path, library: Path, writer: Writer) -> Manifest:
    documents, conversations = _counts(library)
    return Manifest(
        format=FORMAT,
        version=__version__,
        made_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        home=str(home),
        schema=schema_of(library),
        documents=documents,
        conversations=conversations,
        entries=tuple(writer.entries),
    )


def _counts(library: Path) -> tuple[int, int]:
    """Documents that are not removed, conversations; a library of the first schema has none of these."""
    with closing(sqlite3.connect(f"{library.as_uri()}?mode=ro", uri=True)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        documents = connection.execute("SELECT count(*) FROM documents WHERE removed_at IS NULL").fetchone()[0]
        if "conversations" not in tables:
            return documents, 0
        return documents, connection.execute("SELECT count(*) FROM conversations").fetchone()[0]


def _put(made: Path, target: Path) -> None:
    made.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """So that a name survives the machine's crash."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _mapped(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise MachineError("disk_full", path=str(target.parent)) from error
        raise InputError("backup_unwritable", path=str(target), reason=error.strerror or str(error)) from error
