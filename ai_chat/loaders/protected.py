"""Office files under a password -> what is inside them, read as what it is.

Takes a Source, decrypts it into the spool folder and reads on from there; the password is kept nowhere. A file that office programs open
without asking, under the password that all of them know, is opened here too. Knows no document.
"""

from __future__ import annotations

import hashlib
import struct
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import msoffcrypto
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load_source
from ai_chat.loaders.detect import Source, identify

_KNOWN_TO_ALL = "VelvetSweatshop"  # under which Excel keeps what is only to be read
_UNKNOWN = (DecryptionError, FileFormatError, UnsupportedAlgorithm)
_DAMAGED = (
    ParseError,
    ExpatError,
    OSError,
    LookupError,
    ValueError,
    AttributeError,
    TypeError,
    AssertionError,
    struct.error,
)
_INPUT, _HASH, _KEY = (  # what each of the three keys is derived with: MS-OFFCRYPTO 2.3.4.13
    bytes.fromhex("fea7d2763b4b9e79"),
    bytes.fromhex("d7aa0f6d3061344e"),
    bytes.fromhex("146e0be7abacd0d6"),
)


def load_protected(source: Source) -> Iterator[Item]:
    inside = identify(decrypted(source), source.name, source.options)
    if inside.format == "protected":
        raise InputError("file_damaged", name=source.name, found="OLE", reason="it is encrypted twice")
    if inside.warning:
        yield inside.warning
    yield from load_source(inside)


def decrypted(source: Source) -> Path:
    """The file without its password, in the spool folder; InputError password_needed, password_wrong, encryption_unknown, file_damaged.

    Also for the older formats that keep their container and encrypt what is in it.
    """
    given = source.options.password
    with source.path.open("rb") as file, tempfile.NamedTemporaryFile(dir=source.spool, delete=False) as plain:
        try:
            protected = msoffcrypto.OfficeFile(file)
            _unlock(protected, given or _KNOWN_TO_ALL)
            protected.decrypt(plain)
        except InvalidKeyError as error:
            raise InputError("password_wrong" if given else "password_needed", name=source.name) from error
        except _UNKNOWN as error:
            raise InputError("encryption_unknown", name=source.name, found=_said(error)) from error
        except _DAMAGED as error:
            raise InputError("file_damaged", name=source.name, found="OLE", reason=_said(error)) from error
    return Path(plain.name)


def _unlock(protected: Any, password: str) -> None:
    """The library derives wrong keys where they are longer than the hash, so those of the present kind are derived here."""
    if protected.format == "ooxml" and protected.type == "agile":
        protected.load_key(secret_key=_agile_key(password, protected.info))
    elif protected.format == "ooxml":
        protected.load_key(password=password, verify_password=True)
    else:
        protected.load_key(password=password)  # which looks whether it is the right one


def _agile_key(password: str, info: Mapping[str, Any]) -> bytes:
    """The key of the document: MS-OFFCRYPTO 2.3.4.11 to 2.3.4.13; InvalidKeyError."""
    algorithm, salt = info["passwordHashAlgorithm"], info["passwordSalt"]
    digest = hashlib.new(algorithm, salt + password.encode("utf-16-le", "replace")).digest()
    for turn in range(info["spinValue"]):
        digest = hashlib.new(algorithm, struct.pack("<I", turn) + digest).digest()

    def opened(purpose: bytes, value: str) -> bytes:
        derived = hashlib.new(algorithm, digest + purpose).digest().ljust(64, b"\x36")
        key = algorithms.AES(derived[: info["passwordKeyBits"] // 8])
        decryptor = Cipher(key, modes.CBC(salt.ljust(16, b"\x36")[:16])).decryptor()
        return decryptor.update(info[value]) + decryptor.finalize()

    checked = hashlib.new(algorithm, opened(_INPUT, "encryptedVerifierHashInput")).digest()
    if opened(_HASH, "encryptedVerifierHashValue")[: len(checked)] != checked:
        raise InvalidKeyError
    return opened(_KEY, "encryptedKeyValue")[: info["passwordKeyBits"] // 8]


def _said(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
