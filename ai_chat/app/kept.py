"""The bytes of uploads, kept by content under `files/`: a later reading finds the same file again.

Takes a name and bytes, gives the path. Knows no document.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from ai_chat.errors import InputError

UPLOAD_LIMIT_MB = 200
_UPLOADED = "upload:"


def uploaded_as(name: str) -> PurePosixPath:
    """The name of an upload with the folders it stood in; nothing that leads out of them, or that no file may be called."""
    parts = PurePosixPath(name.replace("\\", "/").replace("\0", "_")).parts
    kept = [part for part in parts if part not in ("/", "..") and not part.endswith(":")]
    return PurePosixPath(*kept or ("upload",))


def upload_locator(place: PurePosixPath) -> str:
    """Where an upload lives for its user: files of the same name in two folders are two documents."""
    return f"{_UPLOADED}{place}"


def locator_of(files: Path, path: Path) -> str:
    """Where a file lives for its user: an upload under its name, any other where it lies."""
    return upload_locator(PurePosixPath(path.name)) if path.is_relative_to(files) else str(path)


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
