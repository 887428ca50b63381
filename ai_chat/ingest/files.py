"""Paths into files: folders are walked, hidden and unknown ones left out; a file is hashed and watched for change.

Takes paths, gives paths, hashes and stamps; reads no format.
"""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ai_chat.errors import InputError
from ai_chat.types import Problem

_BLOCK = 1 << 20
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
        try:
            files = list(_files_at(absolute))
        except OSError as error:
            reason = {"path": str(absolute), "reason": error.strerror}
            found.problems.append((absolute, Problem("file_unreadable", reason)))
            continue
        known = [file for file in files if file == absolute or file.name.lower().endswith(tuple(suffixes))]
        found.files.update(dict.fromkeys(known))
        found.passed_over += len(files) - len(known)
        if not known:
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


def _files_at(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for folder, folders, names in os.walk(path, onerror=_raise):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(folder, name) for name in sorted(names) if not name.startswith((".", "~$")))


def _nothing_at(path: Path, suffixes: Sequence[str]) -> Problem:
    if path.is_dir():
        return Problem("folder_empty", {"path": str(path), "known": " ".join(suffixes)})
    return Problem("path_missing", {"path": str(path)})


def _raise(error: OSError) -> None:
    raise error
