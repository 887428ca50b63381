"""The small JSON beside an index that says what is committed.

Takes a folder, gives and keeps a mapping of numbers, replaced in one step: a reader sees the old or the new one, whole.
Knows nothing of what the numbers mean.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ai_chat.index import IndexDamaged

NAME = "state.json"

Stamp = tuple[int, int]


def read_state(folder: Path) -> dict[str, Any]:
    """The committed state; IndexDamaged where there is none, with the code index_missing where there is no folder either."""
    if not folder.exists():
        raise IndexDamaged("index_missing", path=str(folder))
    try:
        state = json.loads((folder / NAME).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise IndexDamaged("index_damaged", path=str(folder), reason=str(error)) from error
    if not isinstance(state, dict):
        raise IndexDamaged("index_damaged", path=str(folder), reason=f"{NAME} holds no state")
    return state


def write_state(folder: Path, state: Mapping[str, Any]) -> None:
    """Replace the state; it is on the disk when this returns."""
    temporary = folder / f"{NAME}.new"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / NAME)
    sync_folder(folder)


def stamp(folder: Path) -> Stamp:
    """Changes whenever the state is replaced; cheap to compare."""
    try:
        status = (folder / NAME).stat()
    except OSError as error:
        if not folder.exists():
            raise IndexDamaged("index_missing", path=str(folder)) from error
        raise IndexDamaged("index_damaged", path=str(folder), reason=str(error)) from error
    return status.st_ino, status.st_mtime_ns


def sync_folder(folder: Path) -> None:
    """Make a new or renamed name in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
