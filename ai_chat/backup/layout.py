"""What of a home is in a backup, by its names; what is not, and why.

In it: the library (documents, their text and vectors, conversations, ratings), the answer cache, the files that the home keeps, the
settings and the calibration. Not in it: the indexes, made from the library when they are next used; models, which can be fetched again;
what pages said under OCR, which the library has; logs; secrets. Knows no archive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

LIBRARY = "library.db"
CACHE = "cache.db"
CONFIG = "config.toml"
CALIBRATION = "calibration.json"
FILES = "files"
SECRETS = ("password", "llm_key")  # settings that stay where they are
RESTORING = "restoring"  # there while a restore is at work, and after one that was killed
PREVIOUS = "before-restore"
SINGLE = (LIBRARY, CACHE, CONFIG, CALIBRATION)

REPLACED = (
    LIBRARY,
    f"{LIBRARY}-wal",
    f"{LIBRARY}-shm",
    CACHE,
    f"{CACHE}-journal",
    CALIBRATION,
    FILES,
    "index",
    CONFIG,
)
"""What a restore puts aside, in this order: the index is of the library that goes with it."""

_KEPT_FILE = re.compile(rf"{FILES}/(?P<start>[0-9a-f]{{2}})/(?P=start)[0-9a-f]{{62}}/(?P<name>[^/\\\0]+)")


def is_known(name: str) -> bool:
    """Whether a backup may hold an entry of this name: none leads out of the home, and none into a place that is not in a backup."""
    if name in SINGLE:
        return True
    kept = _KEPT_FILE.fullmatch(name)
    return kept is not None and kept["name"] not in (".", "..")


def kept_files(home: Path) -> Iterator[str]:
    """Names of the files that the home keeps, whole ones alone."""
    for path in sorted((home / FILES).glob("*/*/*")):
        name = path.relative_to(home).as_posix()
        if path.name != ".partial" and path.is_file() and not path.is_symlink() and is_known(name):
            yield name
