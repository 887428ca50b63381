"""Office files under a password: the right one, a wrong one, none, the one that all programs know, and damage."""

from __future__ import annotations

import hashlib
import io
import random
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.container.ecma376_encrypted import ECMA376Encrypted

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.loaders.detect import Options
from ai_chat.types import Unit
from tests.ooxml_files import write_docx

SALT = b"0123456789abcdef"


@pytest.fixture
def plain(tmp_path: Path) -> bytes:
    """Longer than what a container keeps among its small things, which the writer of the library does not know."""
    picture = random.Random(1).randbytes(9000)
    body = "<w:p><w:r><w:t>비밀 문서의 글</w:t></w:r></w:p>"
    return write_docx(tmp_path, body, parts={"word/media/a.png": picture}).read_bytes()


def agile(folder: Path, plain: bytes, password: str) -> Path:
    """As programs since 2010 write it."""
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(password, locked)
    return written(folder, locked.getvalue())


def standard(folder: Path, plain: bytes, password: str) -> Path:
    """As Office 2007 writes it: AES-128, SHA-1 (MS-OFFCRYPTO 2.3.4.5 to 2.3.4.9)."""
    digest = hashlib.sha1(SALT + password.encode("utf-16-le")).digest()
    for turn in range(50_000):
        digest = hashlib.sha1(struct.pack("<I", turn) + digest).digest()
    last = hashlib.sha1(digest + bytes(4)).digest()
    key = hashlib.sha1(bytes(each ^ 0x36 for each in last.ljust(64, b"\0"))).digest()[:16]

    def locked(data: bytes) -> bytes:
        encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
        return encryptor.update(data + bytes(-len(data) % 16)) + encryptor.finalize()

    header = struct.pack("<8I", 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0) + "AES\0".encode("utf-16-le")
    verifier = b"verify this data"
    checked = (
        struct.pack("<I", 16)
        + SALT
        + locked(verifier)
        + struct.pack("<I", 20)
        + locked(hashlib.sha1(verifier).digest())
    )
    info = struct.pack("<HHII", 4, 2, 0x24, len(header)) + header + checked
    out = io.BytesIO()
    ECMA376Encrypted(struct.pack("<Q", len(plain)) + locked(plain), info).write_to(out)
    return written(folder, out.getvalue())


def written(folder: Path, data: bytes) -> Path:
    path = folder / "locked.docx"
    path.write_bytes(data)
    return path


def texts(path: Path, password: str | None = None) -> list[str]:
    return [item.text for item in load(path, path.name, Options(password)) if isinstance(item, Unit)]


def reason(path: Path, password: str | None = None) -> str:
    with pytest.raises(InputError) as caught:
        texts(path, password)
    return caught.value.code


@pytest.fixture(params=[agile, standard])
def locked(request: pytest.FixtureRequest, tmp_path: Path, plain: bytes) -> Iterator[Path]:
    yield request.param(tmp_path, plain, "비밀 1234")


def test_password_opens_it(locked: Path) -> None:
    assert texts(locked, "비밀 1234") == ["비밀 문서의 글"]


def test_wrong_password_and_none(locked: Path) -> None:
    assert reason(locked, "1234") == "password_wrong"
    assert reason(locked) == "password_needed"


def test_password_known_to_all_programs_is_tried(tmp_path: Path, plain: bytes) -> None:
    assert texts(agile(tmp_path, plain, "VelvetSweatshop")) == ["비밀 문서의 글"]


def test_nothing_stays_in_the_spool_that_was_not_asked_for(tmp_path: Path, plain: bytes) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    path = agile(tmp_path, plain, "a")
    list(load(path, path.name, Options("a", spool)))
    assert [each.read_bytes()[:2] for each in spool.iterdir()] == [b"PK"]


def test_encrypted_twice_is_refused(tmp_path: Path, plain: bytes) -> None:
    first = agile(tmp_path, plain, "a").read_bytes()
    digest_of_zip = b"PK\x05\x06" + bytes(18)  # so that the library takes it for what it expects
    path = standard(tmp_path, first + digest_of_zip, "a")
    assert reason(path, "a") == "file_damaged"


def test_unknown_encryption_is_named(tmp_path: Path) -> None:
    out = io.BytesIO()
    ECMA376Encrypted(bytes(64), struct.pack("<HHI", 3, 3, 0) + bytes(64)).write_to(out)
    assert reason(written(tmp_path, out.getvalue()), "a") == "encryption_unknown"


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_cut_off_file_is_damaged(tmp_path: Path, plain: bytes, keep: float) -> None:
    data = agile(tmp_path, plain, "a").read_bytes()
    assert reason(written(tmp_path, data[: int(len(data) * keep)]), "a") in (
        "file_damaged",
        "format_unknown",
        "password_wrong",
    )
