"""Which backups were made of a home: one line each, so that a purge can name those that still hold a document.

Takes paths and times; a record that cannot be written costs a line in a list, never a backup.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

RECORD = "backups.jsonl"
_MOST = 500


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """`made_at` in UTC; the file may have been moved or deleted since."""

    path: str
    made_at: str


def note_backup(home: Path, target: Path, made_at: str) -> None:
    kept = [each for each in known_backups(home) if each.path != str(target)][-_MOST:]
    lines = [json.dumps(asdict(each), ensure_ascii=False) for each in (*kept, MadeBackup(str(target), made_at))]
    with suppress(OSError):
        (home / RECORD).touch(mode=0o600)
        (home / RECORD).write_text("\n".join(lines) + "\n", "utf-8")


def known_backups(home: Path) -> list[MadeBackup]:
    """In the order of making; lines that say nothing are left out."""
    try:
        lines = (home / RECORD).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    found = []
    for line in lines:
        with suppress(ValueError, TypeError):
            found.append(MadeBackup(**json.loads(line)))
    return found
