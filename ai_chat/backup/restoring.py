"""Restoring a backup: unpacked beside what is there and compared, brought up to date, then swapped in one go.

Takes an archive and a home that nobody uses; until the swap nothing in the home is touched.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ai_chat.backup.archive import Entry, Manifest, blocks, manifest_of, opened
from ai_chat.backup.layout import CONFIG, FILES, LIBRARY, PREVIOUS
from ai_chat.backup.making import FULL, sync_folder
from ai_chat.backup.secrets import with_secrets_of
from ai_chat.backup.swap import begin, give_up, own, swap
from ai_chat.backup.telling import Counter, Step, Tell
from ai_chat.config import load_settings
from ai_chat.errors import InputError, MachineError
from ai_chat.store import Store
from ai_chat.store.snapshot import close_journal

_SPARE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """`previous`: the folder with what was there before, None where nothing was. `settings`: whether the backup's were understood."""

    manifest: Manifest
    previous: Path | None
    settings: bool


def restore_backup(archive: Path, home: Path, tell: Tell) -> Restored:
    """InputError: path_missing, backup_foreign, backup_damaged, backup_newer, backup_unsafe, home_in_use. MachineError: restore_no_room,
    disk_full, home_unwritable, database_damaged."""
    archive = archive.expanduser().absolute()
    lock = own(home)
    try:
        new = begin(home)
        try:
            manifest = _unpack(archive, new, tell)
            tell(Step("restore_preparing", 0, 1))
            _prepare_library(new, Path(manifest.home), home)
            settings = _prepare_settings(new, home)
            _let_readers_finish(home)
        except BaseException:
            give_up(home)
            raise
        swap(home)
        tell(Step("restore_preparing", 1, 1))
    finally:
        lock.release()
    previous = home / PREVIOUS
    return Restored(manifest, previous if previous.is_dir() else None, settings)


def _unpack(archive: Path, new: Path, tell: Tell) -> Manifest:
    with opened(archive) as packed:
        manifest = manifest_of(packed, archive)
        free = shutil.disk_usage(new).free
        if free < manifest.bytes + _SPARE_BYTES:
            needed = (manifest.bytes + _SPARE_BYTES) // 10**6
            raise MachineError("restore_no_room", home=str(new.parents[1]), free=free // 10**6, needed=needed)
        counter = Counter("restore_unpacking", manifest.bytes, tell)
        for entry in manifest.entries:
            _unpack_one(packed, entry, archive, new, counter)
    return manifest


def _unpack_one(packed: zipfile.ZipFile, entry: Entry, archive: Path, new: Path, counter: Counter) -> None:
    target = new / entry.name
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _unwritable(error, target) from error
    with os.fdopen(descriptor, "wb") as file:
        for block in blocks(packed, entry, archive):
            try:
                file.write(block)
            except OSError as error:
                raise _unwritable(error, target) from error
            counter.add(len(block))
        try:
            file.flush()
            os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(error, target) from error


def _unwritable(error: OSError, path: Path) -> MachineError:
    if error.errno in FULL:
        return MachineError("disk_full", path=str(path.parent))
    return MachineError("home_unwritable", path=str(path.parent), reason=error.strerror or str(error))


def _prepare_library(new: Path, made_in: Path, home: Path) -> None:
    """Up to date, in the journal mode that it lives in, the paths of kept files as they are here."""
    path = new / LIBRARY
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    store = Store.open(path)
    try:
        if (found := store.database.check()) != "ok":
            raise MachineError("database_damaged", path=str(path), reason=found)
        before, after = f"{made_in / FILES}/", f"{home / FILES}/"
        with store.database.transaction() as connection:
            connection.execute(
                "UPDATE documents SET path = ? || substr(path, ?) WHERE substr(path, 1, ?) = ?",
                (after, len(before) + 1, len(before), before),
            )
    finally:
        store.close()
    sync_folder(new)


def _prepare_settings(new: Path, home: Path) -> bool:
    """The secrets stay those of the home; settings that are not understood here are left out, and the home's stay."""
    config = new / CONFIG
    text = with_secrets_of(config, home / CONFIG)
    config.touch(mode=0o600)
    config.write_text(text, "utf-8")
    try:
        load_settings({"home": new}, {})
    except InputError:
        config.unlink()
        if (home / CONFIG).exists():
            shutil.copy2(home / CONFIG, config)
        return False
    if not text:
        config.unlink()
    return True


def _let_readers_finish(home: Path) -> None:
    """A command may be reading without owning the home; a library that is damaged is nobody's."""
    library = home / LIBRARY
    if not library.is_file():
        return
    try:
        is_free = close_journal(library)
    except sqlite3.DatabaseError:
        return
    if not is_free:
        raise InputError("home_in_use", home=str(home), pid=0)
