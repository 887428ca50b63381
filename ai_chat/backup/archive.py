"""The one file of a backup: a ZIP with a sign at its start and a manifest at its end, each entry with its SHA-256.

Takes entries, gives a file; takes a file, gives its manifest and its entries, compared while they are read. Every fault has a sentence.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from ai_chat import __version__
from ai_chat.backup.layout import LIBRARY, is_known
from ai_chat.backup.telling import Counter, Tell
from ai_chat.errors import InputError
from ai_chat.store.migrations import MIGRATIONS

FORMAT = 1
SIGN = "AI-CHAT-BACKUP"
_MANIFEST = "manifest.json"
_MANIFEST_BYTES = 1 << 28
_BLOCK = 1 << 20
_HEAD = 30  # bytes of a ZIP entry before its name
_STAMP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """`bytes`: unpacked."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`home`: where it was made, since documents that the home keeps are known by their path."""

    format: int
    version: str
    made_at: str
    home: str
    schema: int
    documents: int
    conversations: int
    entries: tuple[Entry, ...]

    @property
    def bytes(self) -> int:
        return sum(entry.bytes for entry in self.entries)


class Writer:
    """Entries go in one after the other, the manifest last."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", allowZip64=True)
        self._zip.writestr(_info(SIGN, compressed=False), f"AI-CHAT {__version__}\n")
        self.entries: list[Entry] = []

    def add(self, name: str, source: IO[bytes], *, compressed: bool, counter: Counter) -> None:
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_info(name, compressed=compressed), "w", force_zip64=True) as target:
            while block := source.read(_BLOCK):
                digest.update(block)
                size += len(block)
                target.write(block)
                counter.add(len(block))
        self.entries.append(Entry(name, size, digest.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        self._zip.writestr(_info(_MANIFEST, compressed=True), json.dumps(asdict(manifest), ensure_ascii=False))
        self._zip.close()


def is_ours(path: Path) -> bool:
    """Whether it began as a backup, however it goes on."""
    with path.open("rb") as file:
        return file.read(_HEAD + len(SIGN))[_HEAD:] == SIGN.encode()


def read_manifest(path: Path) -> Manifest:
    """InputError: path_missing, backup_foreign, backup_damaged, backup_newer, backup_unsafe, file_unreadable."""
    with opened(path) as archive:
        return manifest_of(archive, path)


def verify(path: Path, tell: Tell) -> Manifest:
    """Read all of it and compare; the errors of `read_manifest`."""
    with opened(path) as archive:
        manifest = manifest_of(archive, path)
        counter = Counter("backup_checking", manifest.bytes, tell)
        for entry in manifest.entries:
            for block in blocks(archive, entry, path):
                counter.add(len(block))
    return manifest


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """What cannot be read as a ZIP is damage, or was never ours."""
    try:
        if not is_ours(path):
            raise InputError("backup_foreign", path=str(path))
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        raise InputError("path_missing", path=str(path)) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError("backup_damaged", path=str(path), reason=str(error)) from error
    except OSError as error:
        if error.filename not in (None, str(path), path):
            raise  # of what is written meanwhile
        raise InputError("file_unreadable", path=str(path), reason=error.strerror or str(error)) from error


def manifest_of(archive: zipfile.ZipFile, path: Path) -> Manifest:
    """What the archive says of itself, where all of it is there and nothing else."""
    try:
        info = archive.getinfo(_MANIFEST)
        if info.file_size > _MANIFEST_BYTES:
            raise InputError("backup_damaged", path=str(path), reason=f"{_MANIFEST}: {info.file_size} bytes")
        told = json.loads(archive.read(info))
        _refuse_newer(told, path)
        manifest = Manifest(**{**told, "entries": tuple(Entry(**entry) for entry in told["entries"])})
    except (KeyError, ValueError, TypeError) as error:
        raise InputError("backup_damaged", path=str(path), reason=f"{_MANIFEST}: {error}") from error
    _refuse_strange(archive, manifest, path)
    return manifest


def blocks(archive: zipfile.ZipFile, entry: Entry, path: Path) -> Iterator[bytes]:
    """Its bytes; backup_damaged where they are not those that were written, and never more of them than were."""
    digest, size = hashlib.sha256(), 0
    with archive.open(entry.name) as source:
        while block := source.read(min(_BLOCK, entry.bytes - size + 1)):
            digest.update(block)
            size += len(block)
            if size > entry.bytes:
                break
            yield block
    if size != entry.bytes or digest.hexdigest() != entry.sha256:
        raise InputError("backup_damaged", path=str(path), reason=f"{entry.name}: SHA-256 {digest.hexdigest()[:12]}")


def _refuse_newer(told: Mapping[str, Any], path: Path) -> None:
    if told["format"] > FORMAT or told["schema"] > len(MIGRATIONS):
        known = f"{FORMAT}.{len(MIGRATIONS)}"
        raise InputError("backup_newer", path=str(path), found=f"{told['format']}.{told['schema']}", known=known)


def _refuse_strange(archive: zipfile.ZipFile, manifest: Manifest, path: Path) -> None:
    listed = [entry.name for entry in manifest.entries]
    for name in (*listed, *archive.namelist()):
        if name not in (SIGN, _MANIFEST) and not is_known(name):
            raise InputError("backup_unsafe", path=str(path), name=name)
    if sorted((*listed, SIGN, _MANIFEST)) != sorted(archive.namelist()) or LIBRARY not in listed:
        raise InputError("backup_damaged", path=str(path), reason=f"{len(listed)} != {len(archive.namelist()) - 2}")


def _info(name: str, *, compressed: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _STAMP)
    info.external_attr = 0o100600 << 16
    info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    info._compresslevel = 1  # type: ignore[attr-defined]
    return info
