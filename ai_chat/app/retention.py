"""What is kept for so many days alone: conversations, the documents that belong to one of them, kept answers, logs.

Takes the parts, the settings and the time; erases what is older. Documents of collections stay until they are removed or purged.
"""

from __future__ import annotations

import datetime
import logging
import re
from contextlib import suppress
from pathlib import Path

from ai_chat.app.parts import Parts
from ai_chat.config import Settings

_DAY = 86_400.0
_STAMPED = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ")
_LOG = logging.getLogger(__name__)


def expire(parts: Parts, settings: Settings, now: float) -> int:
    """How many conversations went. `now`: seconds since 1970. A conversation is as old as its last question."""
    before = datetime.datetime.fromtimestamp(now - settings.keep_days * _DAY, datetime.UTC)
    gone = parts.store.erasing.forget_conversations(before.isoformat(timespec="milliseconds"))
    if documents := parts.store.erasing.documents_of(gone):
        parts.store.library.remove(documents)
        parts.indexes.indexer.catch_up()
    parts.answers.trim()
    lines = expire_logs(settings.logs_dir, before)
    if gone or lines:
        _LOG.info(
            "expired", extra={"told": {"conversations": len(gone), "documents": len(documents), "log_bytes": lines}}
        )
    return len(gone)


def expire_logs(folder: Path, before: datetime.datetime) -> int:
    """Entries that begin with an older time, and whole files that nobody has written to since; how many bytes went."""
    gone = 0
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            gone += _expire_log(path, before)
    return gone


def _expire_log(path: Path, before: datetime.datetime) -> int:
    if path.stat().st_mtime < before.timestamp():
        size = path.stat().st_size
        path.unlink()
        return size
    data = path.read_bytes()
    oldest = before.strftime("%Y-%m-%dT%H:%M:%SZ ").encode()
    kept = _from(data, oldest)
    if len(kept) < len(data):
        path.write_bytes(kept)
    return len(data) - len(kept)


def _from(data: bytes, oldest: bytes) -> bytes:
    """From the first entry on that is not older; a log without times stays."""
    place = 0
    for line in data.splitlines(keepends=True):
        if _STAMPED.match(line) and line[: len(oldest)] >= oldest:
            return data[place:]
        place += len(line)
    return b"" if _STAMPED.match(data) else data
