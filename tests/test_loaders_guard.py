"""What is looked at before anything is unpacked: sizes, entries, directories, passwords, entities."""

from __future__ import annotations

import random
import zipfile
from copy import copy
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders.guard import ENTRIES, member_head, open_zip, parse_xml, read_member, xml_pieces

LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'


def make_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def encrypted(path: Path) -> Path:
    """A member that says it is encrypted, and holds nothing that any password opens."""
    data = bytearray(make_zip(path, {"a.txt": b"text" * 9}, zipfile.ZIP_STORED).read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flags] |= 1
    path.write_bytes(data)
    return path


def code_of(path: Path, member: str = "") -> str:
    with pytest.raises(InputError) as caught, open_zip(path, "a.zip") as archive:
        read_member(archive, member, "a.zip")
    return caught.value.code


def test_members_are_read(tmp_path: Path) -> None:
    with open_zip(make_zip(tmp_path / "a.zip", {"가.txt": b"text" * 50_000}), "a.zip") as archive:
        assert read_member(archive, "가.txt", "a.zip") == b"text" * 50_000
        assert member_head(archive, "가.txt", "a.zip", 6) == b"textte"


def test_what_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    bomb = make_zip(tmp_path / "a.zip", {"a": bytes(32 << 20)})
    assert code_of(bomb) == "archive_bomb"
    with open_zip(bomb, "a.zip", whole=False) as archive:
        assert len(archive.namelist()) == 1


def test_one_place_under_many_names_counts_each_time(tmp_path: Path) -> None:
    data = random.Random(0).randbytes(1 << 20)
    path = make_zip(tmp_path / "a.zip", {"a": data})
    with zipfile.ZipFile(path, "a") as archive:
        first = archive.infolist()[0]
        for number in range(300):
            twin = copy(first)
            twin.filename = f"b{number:03}"
            archive.filelist.append(twin)
        archive.comment = b"changed"
    assert code_of(path) == "archive_bomb"


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    assert code_of(make_zip(tmp_path / "a.zip", dict.fromkeys(map(str, range(ENTRIES + 1)), b""))) == "archive_bomb"


def test_list_of_members_is_measured_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x05\x06" + bytes(8) + (9 << 20).to_bytes(4, "little") + bytes(6))
    assert code_of(path) == "archive_bomb"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_unpack_at_one_go_are_refused(tmp_path: Path, method: int) -> None:
    assert code_of(make_zip(tmp_path / "a.zip", {"a": b"text"}, method), "a") == "file_damaged"


def test_missing_member_and_cut_file_are_damage(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a": bytes(1000)})
    assert code_of(path, "b") == "file_damaged"
    path.write_bytes(path.read_bytes()[:-30])
    assert code_of(path) == "file_damaged"


def test_flipped_bytes_are_damage_or_nothing(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {"a.xml": b"<a>text</a>" * 99, "b.xml": b"<b/>"})
    whole, chance = path.read_bytes(), random.Random(5)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(3):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data)
        try:
            with open_zip(path, "a.zip") as archive:
                for name in archive.namelist():
                    read_member(archive, name, "a.zip")
        except InputError as error:
            assert error.code in ("file_damaged", "archive_bomb", "password_needed", "encryption_unknown")


def test_encrypted_member_wants_a_password(tmp_path: Path) -> None:
    assert code_of(encrypted(tmp_path / "a.zip"), "a.txt") == "password_needed"


@pytest.mark.parametrize(
    "data", [LAUGHS, LAUGHS.decode().encode("utf-16"), LAUGHS.replace(b'"ha"', b'SYSTEM "file:///etc/passwd"')]
)
def test_declared_entities_are_refused(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        parse_xml(data, "a.xml")
    assert caught.value.code == "xml_forbidden"


def test_document_type_alone_is_read() -> None:
    root = parse_xml(
        b'<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx" "http://localhost/ncx.dtd"><ncx>text<?pi x?> more</ncx>', "a"
    )
    assert (root.tag, "".join(str(text) for text in root.itertext())) == ("ncx", "text more")


@pytest.mark.parametrize("data", [b"", b"<a>", b"\x00\x01", b"<a>" * 300 + b"</a>" * 300])
def test_broken_xml_is_damage(data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        parse_xml(data, "a.xml")
    assert caught.value.code == "file_damaged"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_found_across_pieces(tmp_path: Path, encoding: str) -> None:
    wide = len("a".encode(encoding.replace("16", "16-le")))
    hidden = "<!--" + "x" * ((1 << 16) // wide - 10) + "-->" + LAUGHS.decode()
    for shift in range(10):
        text = hidden[:4] + "y" * shift + hidden[4:]
        path = make_zip(tmp_path / f"{shift}.zip", {"a.xml": text.encode(encoding)}, zipfile.ZIP_STORED)
        with pytest.raises(InputError) as caught, open_zip(path, "a.zip") as archive:
            list(xml_pieces(archive, "a.xml", "a.zip"))
        assert caught.value.code == "xml_forbidden"
