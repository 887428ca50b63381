"""An OpenDocument container, opened; one with a password is decrypted into the spool folder first.

Takes a source, gives a container whose members are plain; raises InputError password_needed, password_wrong, encryption_unknown.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from ai_chat.loaders.detect import Source
from ai_chat.loaders.guard import open_zip, parse_xml, read_member
from ai_chat.loaders.locks import Locked, read_locks, unlock

_MANIFEST = "META-INF/manifest.xml"
_READ = ("content.xml", "styles.xml", "meta.xml")


@contextmanager
def open_package(source: Source) -> Iterator[zipfile.ZipFile]:
    with open_zip(source.path, source.name) as archive:
        locks = _locks(archive, source.name)
        if not locks:
            yield archive
            return
        _decrypt(archive, locks, source)
    with open_zip(source.spool / "decrypted", source.name) as plain:
        yield plain


def _locks(archive: zipfile.ZipFile, name: str) -> dict[str, Locked]:
    if _MANIFEST not in archive.namelist():
        return {}
    return read_locks(parse_xml(read_member(archive, _MANIFEST, name), name), name)


def _decrypt(archive: zipfile.ZipFile, locks: dict[str, Locked], source: Source) -> None:
    """The members that are read, as a container of their own."""
    with zipfile.ZipFile(source.spool / "decrypted", "w", zipfile.ZIP_DEFLATED) as plain:
        for member in (each for each in _READ if each in archive.namelist()):
            data = read_member(archive, member, source.name)
            lock = locks.get(member)
            plain.writestr(member, unlock(data, lock, source.options.password, source.name) if lock else data)
