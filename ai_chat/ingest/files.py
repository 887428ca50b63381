"""Paths into files: folders are walked, hidden and unknown ones left out; a file is hashed and watched for change.

Takes paths, gives paths, hashes and stamps; reads no format.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import stat as stat_of
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ai_chat.errors import InputError
from ai_chat.types import Problem

_BLOCK = 1 << 20
_NAME_BYTES = 200
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file is written: two equal stamps mean the same content was there in between."""

    size: int
    mtime_ns: int
    inode: int

    @property
    def modified_at(self) -> str:
        """When it was written, in UTC as the store has times; "" for a time that no calendar has."""
        try:
            written = _EPOCH + datetime.timedelta(microseconds=self.mtime_ns // 1000)
        except OverflowError:
            return ""
        return written.isoformat(timespec="milliseconds")


@dataclass(slots=True)
class Found:
    """`files` in order and once each; `problems` with the paths that gave none; `passed_over` counts other formats."""

    files: dict[Path, None] = field(default_factory=dict)
    problems: list[tuple[Path, Problem]] = field(default_factory=list)
    passed_over: int = 0


def find_files(paths: Sequence[Path], suffixes: Sequence[str]) -> Found:
    """A file that is named is taken whatever its suffix; in folders only known suffixes are, and nothing hidden."""
    found = Found()
    for path in paths:
        absolute = path.expanduser().absolute()
        unreadable: list[OSError] = []
        files = list(_files_at(absolute, unreadable))
        found.problems += [(Path(error.filename), _unreadable(error)) for error in unreadable]
        known = [file for file in files if file == absolute or file.name.lower().endswith(tuple(suffixes))]
        found.files.update(dict.fromkeys(known))
        found.passed_over += len(files) - len(known)
        if not known and not unreadable:
            found.problems.append((absolute, _nothing_at(absolute, suffixes)))
    return found


def stamp(path: Path) -> Stamp:
    """InputError file_vanished or file_unreadable."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise InputError("file_vanished", path=str(path)) from None
    except OSError as error:
        raise InputError("file_unreadable", path=str(path), reason=error.strerror) from error
    if not stat_of.S_ISREG(status.st_mode):  # a pipe would be waited for without end
        raise InputError("file_unreadable", path=str(path), reason="not a regular file")
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)


def sha256_of(path: Path) -> str:
    """InputError file_vanished or file_unreadable."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except FileNotFoundError:
        raise InputError("file_vanished", path=str(path)) from None
    except OSError as error:
        raise InputError("file_unreadable", path=str(path), reason=error.strerror) from error
    return digest.hexdigest()


def keep_file(files: Path, path: Path, name: str) -> str:
    """Take a file into the folder of kept files, by content; gives its place there. InputError upload_unwritable."""
    digest = sha256_of(path)
    place = Path(digest[:2], digest, _fitting(name))
    target = files / place
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not target.exists():
            partial = target.with_name(f".{path.name}")  # its own: the same file may be taken twice at once
            shutil.move(path, partial)
            partial.replace(target)
    except OSError as error:
        raise InputError("upload_unwritable", name=name, reason=error.strerror or str(error)) from error
    return place.as_posix()


def _fitting(name: str) -> str:
    """As a file may be called: no folders, at most as many bytes as a file system takes, its ending kept."""
    clean = name.replace("/", "_").replace("\0", "_").strip().lstrip(".") or "attachment"
    stem, dot, suffix = clean.rpartition(".")
    ending = f"{dot}{suffix}" if stem and len(suffix) <= 10 else ""
    whole = clean.removesuffix(ending).encode()[: _NAME_BYTES - len(ending.encode())]
    return f"{whole.decode('utf-8', 'ignore')}{ending}"


def _files_at(path: Path, unreadable: list[OSError]) -> Iterator[Path]:
    """Folders that cannot be listed are told, and the rest goes on."""
    if "\0" in str(path):
        return  # no file has such a name
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:  # no permission, a link to itself, a share that is gone
        unreadable.append(error)
        return
    if not stat_of.S_ISDIR(mode):
        yield path
    else:
        for folder, folders, names in os.walk(path, onerror=unreadable.append):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(folder, name) for name in sorted(names) if not name.startswith((".", "~$")))


def _nothing_at(path: Path, suffixes: Sequence[str]) -> Problem:
    if path.is_dir():
        return Problem("folder_empty", {"path": str(path), "known": " ".join(suffixes)})
    return Problem("path_missing", {"path": str(path)})


def _unreadable(error: OSError) -> Problem:
    return Problem("file_unreadable", {"path": str(error.filename), "reason": error.strerror})
