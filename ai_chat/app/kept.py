"""The bytes of uploads, kept by content under `files/`: a later reading finds the same file again.

Takes a name and bytes, gives the path. Knows no document.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ai_chat.errors import InputError


def keep_upload(files: Path, name: str, data: bytes) -> Path:
    """The file is there whole or not at all; InputError upload_unwritable."""
    digest = hashlib.sha256(data).hexdigest()
    folder = files / digest[:2] / digest
    path = folder / name
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            temporary = folder / ".partial"
            temporary.write_bytes(data)
            temporary.replace(path)
    except OSError as error:
        raise InputError("upload_unwritable", name=name, reason=error.strerror or str(error)) from error
    return path
