"""Pages that were read by OCR, each a small file named by the hash of its pixels and of what read it.

Takes and gives JSON values; an entry that is damaged counts as absent. Bounded: the oldest half of what was last used goes.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import zlib
from pathlib import Path
from typing import Any

LIMIT = 256 << 20


class OcrCache:
    """Of one folder, which may be shared by processes and deleted at any time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> Any | None:
        path = self._folder / key
        try:
            value = json.loads(zlib.decompress(path.read_bytes()))
            os.utime(path)
        except (OSError, ValueError, zlib.error):
            return None
        return value

    def put(self, key: str, value: Any) -> None:
        """A disk that is full or read-only costs reading the page again, no more."""
        data = zlib.compress(json.dumps(value, ensure_ascii=False).encode())
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(key, data)

    def trim(self, limit: int = LIMIT) -> None:
        """To half of `limit` bytes where it holds more."""
        with contextlib.suppress(OSError):
            found = sorted(
                (entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in os.scandir(self._folder)
            )
            held = sum(size for _, size, _ in found)
            left = limit // 2 if held > limit else held
            for _, size, path in found:
                if held <= left:
                    return
                Path(path).unlink(missing_ok=True)
                held -= size

    def _write(self, key: str, data: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(name, self._folder / key)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
