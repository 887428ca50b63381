"""Members of a container that are locked by a password, in the way of OpenDocument packages.

Takes the manifest and encrypted bytes, gives plain ones; raises InputError password_needed, password_wrong, encryption_unknown.
A password is never kept.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from dataclasses import dataclass

from lxml import etree

from ai_chat.errors import InputError
from ai_chat.loaders.guard import inflated

_CIPHERS = ("aes128-cbc", "aes192-cbc", "aes256-cbc")
_DIGESTS = {"sha256": "sha256", "sha1": "sha1"}
_MOST_ROUNDS = 5_000_000
_BLOCK = 16
_MARKUP = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")


@dataclass(frozen=True, slots=True)
class Locked:
    """How one member was locked: PBKDF2 of a digest of the password, AES-CBC of the deflated bytes."""

    vector: bytes
    salt: bytes
    rounds: int
    key_size: int
    digest: str


def read_locks(manifest: etree._Element, name: str) -> dict[str, Locked]:
    """By member; InputError encryption_unknown, file_damaged."""
    return {
        _attribute(entry, "full-path"): _lock(found, name)
        for entry in manifest.iter("{*}file-entry")
        if (found := entry.find("{*}encryption-data")) is not None
    }


def unlock(data: bytes, lock: Locked, password: str | None, name: str, *, is_xml: bool = True) -> bytes:
    """One member; that a password is wrong shows by what comes out."""
    if password is None:
        raise InputError("password_needed", name=name)
    start = hashlib.new(lock.digest, password.encode("utf-8", "replace")).digest()
    key = hashlib.pbkdf2_hmac("sha1", start, lock.salt, lock.rounds, lock.key_size)
    try:
        plain = inflated(_decrypted(data, key, lock.vector), name)
    except zlib.error as error:
        raise InputError("password_wrong", name=name) from error
    if is_xml and not plain.lstrip().startswith(_MARKUP):
        raise InputError("password_wrong", name=name)
    return plain


def _lock(found: etree._Element, name: str) -> Locked:
    algorithm, derivation = found.find("{*}algorithm"), found.find("{*}key-derivation")
    cipher = _last(_attribute(algorithm, "algorithm-name"))
    method = _last(_attribute(derivation, "key-derivation-name"))
    digest = _DIGESTS.get(
        _last(_attribute(found.find("{*}start-key-generation"), "start-key-generation-name")) or "sha1"
    )
    if cipher not in _CIPHERS or method != "pbkdf2" or digest is None:
        raise InputError("encryption_unknown", name=name, found=cipher or method or "?")
    try:
        vector = base64.b64decode(_attribute(algorithm, "initialisation-vector"), validate=True)
        salt = base64.b64decode(_attribute(derivation, "salt"), validate=True)
        rounds, size = int(_attribute(derivation, "iteration-count")), int(cipher[3:6]) // 8
    except (binascii.Error, ValueError) as error:
        raise InputError("file_damaged", name=name, found="manifest.xml", reason=str(error)) from error
    if len(vector) != _BLOCK or not salt or not 0 < rounds <= _MOST_ROUNDS:
        raise InputError("file_damaged", name=name, found="manifest.xml", reason=f"{rounds} rounds")
    return Locked(vector, salt, rounds, size, digest)


def _decrypted(data: bytes, key: bytes, vector: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return decryptor.update(data[: len(data) - len(data) % _BLOCK]) + decryptor.finalize()


def _attribute(element: etree._Element | None, name: str) -> str:
    """With or without its namespace."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def _last(name: str) -> str:
    return name.rpartition("#")[2].lower()
