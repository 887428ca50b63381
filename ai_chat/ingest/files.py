"""Paths into files: folders are walked, hidden and unknown ones left out; a file is hashed and watched for change.

Takes paths, gives paths, hashes and stamps; reads no format.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ai_chat.errors import InputError
from ai_chat.types import Problem

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file is written: two equal stamps mean the same content was there in between."""

    size: int
    mtime_ns: int
    inode: int


def find_files(paths: Sequence[Path], suffixes: Sequence[str]) -> tuple[list[Path], list[tuple[Path, Problem]]]:
    """The files to read, in order and once each, and what is wrong with the paths that give none.

    A file that is named is taken whatever its suffix; in folders only known suffixes are.
    """
    files: dict[Path, None] = {}
    problems: list[tuple[Path, Problem]] = []
    for path in paths:
        absolute = path.expanduser().absolute()
        try:
            found = list(_files_at(absolute, suffixes))
        except OSError as error:
            problems.append((absolute, Problem("file_unreadable", {"path": str(absolute), "reason": error.strerror})))
            continue
        if found:
            files.update(dict.fromkeys(found))
        elif absolute.is_dir():
            known = " ".join(suffixes)
            problems.append((absolute, Problem("folder_empty", {"path": str(absolute), "known": known})))
        else:
            problems.append((absolute, Problem("path_missing", {"path": str(absolute)})))
    return list(files), problems


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


def _files_at(path: Path, suffixes: Sequence[str]) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for folder, folders, names in os.walk(path, onerror=_raise):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (
                Path(folder, name)
                for name in sorted(names)
                if not name.startswith((".", "~$")) and name.lower().endswith(tuple(suffixes))
            )


def _raise(error: OSError) -> None:
    raise error
