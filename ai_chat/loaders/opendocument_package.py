"""An OpenDocument container, opened; one with a password is decrypted into the spool folder first.

Takes a source, gives a container whose members are plain; raises InputError password_needed, password_wrong, encryption_unknown.
The way of encryption is that of OpenDocument 1.2 part 3, section 4: each member by AES in CBC mode under a key of its own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from ai_chat.errors import InputError
from ai_chat.loaders.detect import Source
from ai_chat.loaders.guard import MEMBER, open_zip, parse_xml, read_member
from ai_chat.loaders.xmlstream import local_name

_MANIFEST = "META-INF/manifest.xml"
_NEEDED = ("content.xml", "styles.xml", "meta.xml")
_CIPHER = "aes256-cbc"
_MOST_ROUNDS = 10_000_000
_CHECKED = 1024


class _Lock(NamedTuple):
    """How one member is encrypted."""

    vector: bytes
    salt: bytes
    rounds: int
    key_size: int
    start: str  # the hash that makes the start key of the password
    check: bytes  # sum of the first bytes


@contextmanager
def open_package(source: Source) -> Iterator[zipfile.ZipFile]:
    with open_zip(source.path, source.name) as archive:
        locks = _locks(archive, source.name)
        if not locks:
            yield archive
            return
        if source.options.password is None:
            raise InputError("password_needed", name=source.name)
        plain = source.spool / "decrypted"
        _decrypt(archive, locks, plain, source)
    with open_zip(plain, source.name) as opened:
        yield opened


def _locks(archive: zipfile.ZipFile, name: str) -> dict[str, etree._Element]:
    """The manifest's word on each member that is encrypted."""
    if _MANIFEST not in archive.namelist():
        return {}
    root = parse_xml(read_member(archive, _MANIFEST, name), name)
    found: dict[str, etree._Element] = {}
    for entry in root.iter("{*}file-entry"):
        for data in entry.iterchildren("{*}encryption-data"):
            found[_attribute(entry, "full-path")] = data
    return found


def _decrypt(archive: zipfile.ZipFile, locks: dict[str, etree._Element], plain: Path, source: Source) -> None:
    """The members that are read, as a container of their own."""
    if "encrypted-package" in locks:
        raise InputError("encryption_unknown", name=source.name, found="ODF encrypted-package")
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as target:
        for member in (each for each in _NEEDED if each in archive.namelist()):
            data = read_member(archive, member, source.name)
            target.writestr(member, _opened(data, _lock(locks[member], source), source) if member in locks else data)


def _lock(data: etree._Element, source: Source) -> _Lock:
    parts = {local_name(part): part for part in data}
    try:
        algorithm, derivation = parts["algorithm"], parts["key-derivation"]
        start = parts["start-key-generation"]
        if _CIPHER not in _attribute(algorithm, "algorithm-name") or "PBKDF2" not in _attribute(
            derivation, "key-derivation-name"
        ):
            raise InputError("encryption_unknown", name=source.name, found=_attribute(algorithm, "algorithm-name"))
        return _Lock(
            base64.b64decode(_attribute(algorithm, "initialisation-vector")),
            base64.b64decode(_attribute(derivation, "salt")),
            min(int(_attribute(derivation, "iteration-count")), _MOST_ROUNDS),
            int(_attribute(derivation, "key-size") or "32"),
            "sha256" if "sha256" in _attribute(start, "start-key-generation-name") else "sha1",
            base64.b64decode(_attribute(data, "checksum")),
        )
    except (KeyError, ValueError, binascii.Error) as error:
        raise InputError("encryption_unknown", name=source.name, found="ODF") from error


def _opened(data: bytes, lock: _Lock, source: Source) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    password = (source.options.password or "").encode()
    start = hashlib.new(lock.start, password).digest()
    key = hashlib.pbkdf2_hmac("sha1", start, lock.salt, lock.rounds, lock.key_size)
    try:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(lock.vector)).decryptor()
        padded = decryptor.update(data) + decryptor.finalize()
    except ValueError as error:
        raise InputError("file_damaged", name=source.name, found="ODF", reason=str(error)) from error
    packed = padded[: -padded[-1]] if padded and padded[-1] <= 16 else padded
    if lock.check not in (hashlib.sha256(packed[:_CHECKED]).digest(), hashlib.sha1(packed[:_CHECKED]).digest()):
        raise InputError("password_wrong", name=source.name)
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflate.decompress(packed, MEMBER)
    except zlib.error as error:
        raise InputError("password_wrong", name=source.name) from error
    if inflate.unconsumed_tail:
        raise InputError("archive_bomb", name=source.name, found=f"> {MEMBER}", limit=str(MEMBER))
    return plain


def _attribute(element: etree._Element, name: str) -> str:
    return next((str(value) for key, value in element.items() if key.rpartition("}")[2] == name), "")
