"""A member of a ZIP under the AES encryption of WinZip (AE-1, AE-2), which 7-Zip and Korean archivers write -> its bytes.

Takes the open file and the member's entry, gives pieces. Raises RuntimeError for a wrong password as zipfile does, and BadZipFile for
damage. Knows no bounds: who asks counts.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

METHOD = 99
_FIELD = 0x9901
_LOCAL_HEADER, _NAME_AND_EXTRA = 30, struct.Struct("<HH")
_SALTS = {1: 8, 2: 12, 3: 16}  # by strength; the key is twice as long
_ROUNDS = 1000
_SEAL = 10
_BLOCK = 16
_PIECE = 1 << 16


def aes_pieces(file: IO[bytes], info: zipfile.ZipInfo, passwords: list[bytes]) -> Iterator[bytes]:
    strength, method = _field(info.extra)
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER)
    if len(header) < _LOCAL_HEADER:
        raise zipfile.BadZipFile("no local header")
    file.seek(sum(_NAME_AND_EXTRA.unpack_from(header, 26)), 1)
    salt, check = file.read(_SALTS[strength]), file.read(2)
    key, seal = _keys(salt, check, passwords)
    unpack = zlib.decompressobj(-15) if method == zipfile.ZIP_DEFLATED else None
    for piece in _decrypted(file, info.compress_size - len(salt) - len(check) - _SEAL, key, seal):
        if unpack is None:
            yield piece
            continue
        while piece:
            yield unpack.decompress(piece, _PIECE)
            piece = unpack.unconsumed_tail
    if unpack:
        yield unpack.flush()


def _field(extra: bytes) -> tuple[int, int]:
    """Strength and the method below the encryption."""
    while len(extra) >= 4:
        number, size = _NAME_AND_EXTRA.unpack_from(extra)
        if number == _FIELD and size >= 7 and len(extra) >= 11:
            _version, _vendor, strength, method = struct.unpack_from("<H2sBH", extra, 4)
            if strength in _SALTS and method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                return strength, method
        extra = extra[4 + size :]
    raise zipfile.BadZipFile("no AES field")


def _keys(salt: bytes, check: bytes, passwords: list[bytes]) -> tuple[bytes, hmac.HMAC]:
    size = 2 * len(salt)
    for password in passwords:
        derived = hashlib.pbkdf2_hmac("sha1", password, salt, _ROUNDS, 2 * size + len(check))
        if derived[2 * size :] == check:
            return derived[:size], hmac.new(derived[size : 2 * size], digestmod="sha1")
    raise RuntimeError("Bad password")


def _decrypted(file: IO[bytes], length: int, key: bytes, seal: hmac.HMAC) -> Iterator[bytes]:
    """Counter mode with a counter in little endian, which no library has: counters are encrypted and laid over the data."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    counter = 1
    while length > 0:
        data = file.read(min(_PIECE, length))
        if not data:
            raise zipfile.BadZipFile("cut off")
        length -= len(data)
        seal.update(data)
        blocks = -(-len(data) // _BLOCK)
        stream = encryptor.update(b"".join(n.to_bytes(_BLOCK, "little") for n in range(counter, counter + blocks)))
        counter += blocks
        mixed = int.from_bytes(data, "big") ^ int.from_bytes(stream[: len(data)], "big")
        yield mixed.to_bytes(len(data), "big")
    if not hmac.compare_digest(seal.digest()[:_SEAL], file.read(_SEAL)):
        raise zipfile.BadZipFile("the AES seal is broken")
