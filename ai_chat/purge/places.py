"""Where in a home something of a document may lie besides the library, and how it goes from there.

Takes a home and what is kept, gives paths; deletes them. What can be made again goes whole: caches and indexes do not say whose they are.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from ai_chat.backup.layout import CACHE, FILES, LIBRARY, PREVIOUS
from ai_chat.backup.record import known_backups
from ai_chat.purge.proof import Seeker

DERIVED = (CACHE, f"{CACHE}-journal", "ocr-cache", "index", "eval-vectors.db", "preload.tried", "run/spool")
"""Answers, pages read by OCR, indexes, vectors of an evaluation, questions of a preloading: all made again when they are needed."""


def unused_files(home: Path, paths: Collection[str], places: Collection[str]) -> list[Path]:
    """Files that the home keeps for nobody: `paths` of documents and `places` below the folder of kept files are in use."""
    folder = home / FILES
    used = {Path(path) for path in paths} | {folder / place for place in places}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path not in used)


def derived(home: Path) -> list[Path]:
    """What is there of DERIVED, and what an undo of a restore would need: a whole older home."""
    return [home / name for name in (*DERIVED, PREVIOUS) if (home / name).exists()]


def delete(paths: Iterable[Path]) -> None:
    """Folders with all that is in them; empty folders that held a kept file go as well. OSError."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
            _tidy(path.parent)


def redact(logs: Path, seeker: Seeker) -> int:
    """Take lines that hold one of the strings out of logs; how many."""
    gone = 0
    for path in sorted(logs.glob("*")) if logs.is_dir() else ():
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if not seeker.in_line(line)]
        if len(kept) < len(lines):
            path.write_bytes(b"".join(kept))
            gone += len(lines) - len(kept)
    return gone


def backups_with(home: Path, ids: Collection[str]) -> Iterator[str]:
    """Backups made of this home that still lie where they were written and hold one of these documents."""
    seeker = Seeker(ids)
    for made in known_backups(home):
        if holds(Path(made.path), seeker):
            yield made.path


def holds(backup: Path, seeker: Seeker) -> bool:
    """Whether its library speaks of one; a backup that cannot be read holds nothing that anybody could have."""
    try:
        with zipfile.ZipFile(backup) as packed, packed.open(LIBRARY) as library:
            return bool(seeker.in_stream(library))
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def _tidy(folder: Path) -> None:
    """`files/ab/<sha256>` and `files/ab` where nothing lies in them any more."""
    while folder.name != FILES and FILES in folder.parts and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
