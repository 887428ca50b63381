"""ZIP archives: names in any encoding, tricks with paths, bounds, passwords, what is left out and said."""

from __future__ import annotations

import base64
import random
import struct
import unicodedata
import zipfile
import zlib
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import Item, archive, load
from ai_chat.loaders.detect import Options
from ai_chat.types import Attachment, Problem

AES_256 = (  # written by pyzipper: deflated, password "1234"
    "UEsDBBQAAQBjAAMBd10AAAAAQQAAAMADAAAIAAsAbWVtby50eHQBmQcAAgBBRQMIAMygDsmhtga6OXiW5FDS6RyV+AVvfIEm37+jbXaCJfSh2LyY"
    "8041cRPfvsqcwWAh3sjZ1sNY2SFZwKiGd3bG4qksUEsBAhQDFAABAGMAAwF3XQAAAABBAAAAwAMAAAgACwAAAAAAAAAAAIABAAAAAG1lbW8udHh0"
    "AZkHAAIAQUUDCABQSwUGAAAAAAEAAQBBAAAAcgAAAAAA"
)
AES_128 = (  # stored, password "비밀" in CP949
    "UEsDBBQAAQBjAAMBd10AAAAAIAAAAAwAAAAIAAsAbWVtby50eHQBmQcAAgBBRQEAADqbrpHoxONzg9UUzwSssLRzX8Hc5NMgp3Eh521ImY/iUEsB"
    "AhQDFAABAGMAAwF3XQAAAAAgAAAADAAAAAgACwAAAAAAAAAAAIABAAAAAG1lbW8udHh0AZkHAAIAQUUBAABQSwUGAAAAAAEAAQBBAAAAUQAAAAAA"
)


def read(path: Path, password: str | None = None) -> list[Item]:
    spool = path.parent / "spool"
    spool.mkdir(exist_ok=True)
    return list(load(path, "a.zip", Options(password=password, spool=spool)))


def attached(items: list[Item]) -> dict[str, bytes]:
    return {item.name: Path(item.path).read_bytes() for item in items if isinstance(item, Attachment)}


def problems(items: list[Item]) -> list[Problem]:
    return [item for item in items if isinstance(item, Problem)]


def make_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def renamed(path: Path, there: bytes, name: bytes) -> Path:
    """Bytes of the same length as a name, without the mark of UTF-8."""
    assert len(there) == len(name)
    path.write_bytes(path.read_bytes().replace(there, name))
    return path


def locked(path: Path, content: bytes, password: bytes) -> Path:
    """One stored member under the old encryption of PKWARE."""
    data = _encrypted(bytes(11) + (zlib.crc32(content) >> 24).to_bytes(1, "little") + content, password)
    fields = struct.pack("<HHHHHIIIHH", 20, 1, 0, 0, 33, zlib.crc32(content), len(data), len(content), 5, 0)
    local = b"PK\x03\x04" + fields + b"a.txt" + data
    central = b"PK\x01\x02\x14\x00" + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0) + b"a.txt"
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    path.write_bytes(local + central + end)
    return path


def _encrypted(data: bytes, password: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]

    def crc(byte: int, key: int) -> int:
        return zlib.crc32(bytes([byte]), key ^ 0xFFFFFFFF) ^ 0xFFFFFFFF

    def update(byte: int) -> None:
        keys[0] = crc(byte, keys[0])
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[1] >> 24, keys[2])

    for byte in password:
        update(byte)
    out = bytearray()
    for byte in data:
        key = keys[2] | 2
        out.append(byte ^ (key * (key ^ 1) >> 8 & 255))
        update(byte)
    return bytes(out)


def test_documents_come_with_their_paths(tmp_path: Path) -> None:
    names = ["규정/인사/휴가.txt", "목록.csv", "__MACOSX/목록.csv", ".숨김.txt", "~$목록.csv", "Thumbs.db", "폴더/"]
    items = read(make_zip(tmp_path / "a.zip", {**dict.fromkeys(names, b"x"), "영상.mp4": b"y"}))
    assert attached(items) == {"규정/인사/휴가.txt": b"x", "목록.csv": b"x"}
    assert [(each.code, each.values["count"]) for each in problems(items)] == [("files_passed_over", 1)]


@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
def test_names_without_a_mark_are_korean(tmp_path: Path, encoding: str) -> None:
    name = "휴가규정.txt".encode(encoding)
    path = make_zip(tmp_path / "a.zip", {"x" * len(name): b"text"})
    assert list(attached(read(renamed(path, b"x" * len(name), name)))) == ["휴가규정.txt"]


def test_names_of_a_mac_are_composed(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {unicodedata.normalize("NFD", "휴가.txt"): b"x"})
    assert list(attached(read(path))) == ["휴가.txt"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("/etc/a.txt", "etc/a.txt"),
        ("C:\\문서\\a.txt", "문서/a.txt"),
        ("a/./../b.txt", "a/b.txt"),
        ("가" * 250 + ".txt", "가" * 196 + ".txt"),
    ],
)
def test_paths_stay_inside(tmp_path: Path, name: str, wanted: str) -> None:
    assert list(attached(read(make_zip(tmp_path / "a.zip", {name: b"x"})))) == [wanted]


def test_links_are_not_followed(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        made.writestr(link, "/etc/passwd")
        made.writestr("a.txt", "x")
    assert attached(read(tmp_path / "a.zip")) == {"a.txt": b"x"}


def test_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(make_zip(tmp_path / "a.zip", {"a.txt": bytes(40 << 20)}))
    assert caught.value.code == "archive_bomb"


def test_count_is_bounded_and_said(tmp_path: Path) -> None:
    items = read(make_zip(tmp_path / "a.zip", {f"{number}.txt": b"x" for number in range(archive.FILES + 5)}))
    assert len(attached(items)) == archive.FILES
    (problem,) = problems(items)
    assert (problem.code, problem.values["count"]) == ("attachments_too_many", archive.FILES + 5)


def test_archive_without_documents_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(make_zip(tmp_path / "a.zip", {"a.exe": b"x"}))
    assert caught.value.code == "folder_empty"


def test_damaged_member_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.txt": random.Random(0).randbytes(1000), "b.txt": b"text"})
    data = bytearray(path.read_bytes())
    data[500] ^= 255
    path.write_bytes(data)
    items = read(path)
    assert list(attached(items)) == ["b.txt"]
    assert [each.values["cause"]["code"] for each in problems(items)] == ["file_damaged"]


@pytest.mark.parametrize(
    ("given", "password"), [("1234", b"1234"), ("비밀", "비밀".encode()), ("비밀", "비밀".encode("cp949"))]
)
def test_password_opens(tmp_path: Path, given: str, password: bytes) -> None:
    assert attached(read(locked(tmp_path / "a.zip", b"secret text", password), given)) == {"a.txt": b"secret text"}


def test_aes_gives_no_more_than_it_claims(tmp_path: Path) -> None:
    data = base64.b64decode(AES_256)
    entry = data.index(b"PK\x01\x02") + 24
    path = tmp_path / "a.zip"
    path.write_bytes(data[:entry] + (5).to_bytes(4, "little") + data[entry + 4 :])
    with pytest.raises(InputError):
        read(path, "1234")


@pytest.mark.parametrize(
    ("archive", "password", "wanted"), [(AES_256, "1234", "비밀 메모입니다. " * 40), (AES_128, "비밀", "short secret")]
)
def test_aes_opens(tmp_path: Path, archive: str, password: str, wanted: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(base64.b64decode(archive))
    assert attached(read(path, password)) == {"memo.txt": wanted.encode()}
    for given, code in ((None, "password_needed"), ("wrong", "password_wrong")):
        with pytest.raises(InputError) as caught:
            read(path, given)
        assert caught.value.code == code


def test_broken_aes_is_refused(tmp_path: Path) -> None:
    path, chance = tmp_path / "a.zip", random.Random(9)
    for _ in range(100):
        data = bytearray(base64.b64decode(AES_256))
        data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            read(path, "1234")
        except InputError as error:
            assert error.code != "parser_killed"


@pytest.mark.parametrize(("given", "code"), [(None, "password_needed"), ("wrong", "password_wrong")])
def test_password_is_asked_for(tmp_path: Path, given: str | None, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read(locked(tmp_path / "a.zip", b"secret text", b"1234"), given)
    assert caught.value.code == code


def test_archive_in_an_archive_is_an_attachment(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "inner.zip", {"a.txt": b"x"}).read_bytes()
    assert attached(read(make_zip(tmp_path / "a.zip", {"안/inner.zip": inner}))) == {"안/inner.zip": inner}


def test_flipped_bytes_never_break_the_reader(tmp_path: Path) -> None:
    whole = make_zip(tmp_path / "a.zip", {"가.txt": b"text" * 50, "b/c.csv": b"a,b"}).read_bytes()
    chance = random.Random(7)
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(4):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "b.zip").write_bytes(data)
        try:
            read(tmp_path / "b.zip")
        except InputError as error:
            assert error.code != "parser_killed"
