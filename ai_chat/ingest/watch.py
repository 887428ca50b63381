"""Folders looked at again and again -> what is new, changed, moved or gone since the library last saw them.

Takes two looks at the folders and what the library knows, gives Changes; what is being written, out of reach or gone for a moment
only is left alone. Polling, so that network folders are seen too. Keeps nothing on disk: the library is its memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ai_chat.errors import InputError
from ai_chat.ingest.files import Stamp, sha256_of

_SHORTEST, _LONGEST, _SHARE = 2.0, 60.0, 10


@dataclass(frozen=True, slots=True)
class Look:
    """The files below the folders at one moment. `blind`: folders that could not be read; `empty`: those of ours that hold nothing."""

    files: Mapping[Path, Stamp] = field(default_factory=dict)
    blind: frozenset[Path] = frozenset()
    empty: frozenset[Path] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """A document that the library has of a file."""

    document_id: str
    modified_at: str


@dataclass(frozen=True, slots=True)
class Changes:
    """`written` is new or changed; `moved` pairs the old with the new path."""

    written: tuple[Path, ...] = ()
    moved: tuple[tuple[Path, Path], ...] = ()
    gone: tuple[Path, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.written or self.moved or self.gone)


def look_at(folders: Sequence[Path], suffixes: Sequence[str]) -> Look:
    """As `find_files` takes them: known suffixes, nothing hidden, no folder through a link."""
    files: dict[Path, Stamp] = {}
    blind: set[Path] = set()
    empty: set[Path] = set()
    for folder in folders:
        pending = [folder]
        while pending:
            here = pending.pop()
            try:
                entries = list(_entries(here))
            except OSError:
                blind.add(here)
                continue
            if not entries and here == folder:
                empty.add(folder)
            pending += [Path(entry.path) for entry in entries if _is_folder(entry)]
            files.update(_stamps(entries, tuple(suffixes)))
    return Look(files, frozenset(blind), frozenset(empty))


def out_of_reach(folders: Sequence[Path], known: Mapping[Path, Known], look: Look) -> frozenset[Path]:
    """Of these folders. One that is empty though the library knows files of it is a share that is not mounted."""
    left = {folder for folder in look.empty if any(path.is_relative_to(folder) for path in known)}
    return frozenset(folder for folder in folders if folder in look.blind or folder in left)


def compare(known: Mapping[Path, Known], seen: Mapping[Path, Stamp], before: Look, now: Look) -> Changes:
    """`seen`: the files as they were when they were last read. A change counts when two looks agree on it."""
    settled = {path: stamp for path, stamp in now.files.items() if before.files.get(path) == stamp}
    written = [path for path, stamp in settled.items() if _is_new(path, stamp, known, seen)]
    absent = [path for path in known if path not in now.files and path not in before.files]
    gone = [path for path in absent if not any(path.is_relative_to(each) for each in now.blind | before.blind)]
    fresh = {now.files[path]: path for path in written if path not in known}
    moved = {path: fresh.pop(seen[path]) for path in gone if path in seen and seen[path] in fresh}
    there = set(moved.values())
    return Changes(
        tuple(path for path in written if path not in there),
        tuple(moved.items()),
        tuple(path for path in gone if path not in moved),
    )


def find_moved(changes: Changes, known: Mapping[Path, Known], sha256: Callable[[str], str | None]) -> Changes:
    """Also what was moved while nobody looked, or where files have no lasting number: by content. `sha256` of a document id."""
    fresh = [path for path in changes.written if path not in known]
    if not (fresh and changes.gone):
        return changes
    by_content: dict[str, Path] = {}
    for path in fresh:
        with suppress(InputError):  # it went away again
            by_content.setdefault(sha256_of(path), path)
    pairs = dict(changes.moved)
    for path in changes.gone:
        if new := by_content.pop(sha256(known[path].document_id) or "", None):
            pairs[path] = new
    there = set(pairs.values())
    return Changes(
        tuple(path for path in changes.written if path not in there),
        tuple(pairs.items()),
        tuple(path for path in changes.gone if path not in pairs),
    )


def pause_after(seconds: float) -> float:
    """How long to rest after a look that took so long: large trees and slow networks are looked at less often."""
    return min(max(_SHORTEST, _SHARE * seconds), _LONGEST)


def _is_new(path: Path, stamp: Stamp, known: Mapping[Path, Known], seen: Mapping[Path, Stamp]) -> bool:
    if path in seen:
        return seen[path] != stamp
    return path not in known or known[path].modified_at != stamp.modified_at


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        yield from (entry for entry in found if not entry.name.startswith((".", "~$")))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _stamps(entries: Sequence[os.DirEntry[str]], suffixes: tuple[str, ...]) -> Iterator[tuple[Path, Stamp]]:
    for entry in entries:
        with suppress(OSError):  # gone between listing and looking, or a link to nothing
            if entry.name.lower().endswith(suffixes) and entry.is_file():
                status = entry.stat()
                yield Path(entry.path), Stamp(status.st_size, status.st_mtime_ns, status.st_ino)
