"""HWPX: documents written as XML here; locked ones are locked in the way of their manifest."""

from __future__ import annotations

import base64
import hashlib
import os
import random
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load
from ai_chat.loaders.detect import Options
from ai_chat.types import Attachment, Metadata, Unit
from tests import hwp_files as hwp
from tests.hwp_files import grid, hp, line

HEAD = (
    '<hh:numbering id="1"><hh:paraHead start="1" level="1" numFormat="ROMAN_CAPITAL">^1.</hh:paraHead>'
    '<hh:paraHead start="3" level="2" numFormat="HANGUL_SYLLABLE">^2)</hh:paraHead></hh:numbering>'
    '<hh:bullet id="1" char="◦"/>'
    '<hh:paraPr id="0"><hh:heading type="NONE" idRef="0" level="0"/></hh:paraPr>'
    '<hh:paraPr id="1"><hh:heading type="OUTLINE" idRef="0" level="0"/></hh:paraPr>'
    '<hh:paraPr id="2"><hh:heading type="NUMBER" idRef="1" level="1"/></hh:paraPr>'
    '<hh:paraPr id="3"><hh:heading type="BULLET" idRef="1" level="0"/></hh:paraPr>'
)
PACKAGE = """<opf:package xmlns:opf="http://www.idpf.org/2007/opf/"><opf:metadata><opf:title>업무 계획</opf:title>
<opf:meta name="creator" content="text">홍길동</opf:meta>
<opf:meta name="CreatedDate" content="text">2024-09-09T04:13:44Z</opf:meta></opf:metadata></opf:package>"""


def units(path: Path, password: str | None = None) -> list[Unit]:
    return [item for item in load(path, path.name, Options(password)) if isinstance(item, Unit)]


def text(tmp_path: Path, *lines: str) -> str:
    return "\n".join(unit.text for unit in units(hwp.write_hwpx(tmp_path / "a.hwpx", ["".join(lines)], HEAD)))


def sub(*lines: str) -> str:
    return hp("subList", "".join(lines))


def test_characters_within_the_line(tmp_path: Path) -> None:
    run = hp("run", hp("t", f"이름{hp('tab')}홍길동{hp('lineBreak')}둘째{hp('nbSpace')}줄{hp('hyphen')}끝"))
    assert text(tmp_path, hp("p", run)) == "이름\t홍길동\n둘째 줄-끝"


def test_deleted_text_is_left_out_also_over_runs(tmp_path: Path) -> None:
    first = hp("run", hp("t", f"연차는 {hp('deleteBegin', Id=1)}10"))
    second = hp("run", hp("t", f"일{hp('deleteEnd', Id=1)}{hp('insertBegin', Id=2)}15일{hp('insertEnd', Id=2)}이다"))
    assert text(tmp_path, hp("p", first + second), line("다음")) == "연차는 15일이다\n\n다음"


def test_table_with_caption(tmp_path: Path) -> None:
    rows = [("품목", "수량"), ("나사", "10"), ("너트", "30")]
    table = grid([[line(cell) for cell in row] for row in rows])
    caption = hp("caption", sub(hp("p", hp("run", hp("t", "표 ") + hp("ctrl", hp("autoNum", num=3, numType="TABLE"))))))
    found = text(tmp_path, line("앞", table.replace("<hp:tbl>", f"<hp:tbl>{caption}", 1)), line("뒤"))
    assert found == "앞\n\n표 3\n\n품목: 나사 | 수량: 10\n품목: 너트 | 수량: 30\n\n뒤"


def test_frames_keep_their_lines_and_inner_tables(tmp_path: Path) -> None:
    inner = grid([[line("가"), line("나")], [line("1"), line("2")], [line("3"), line("4")]])
    frame = grid([[line("첫 줄") + line("둘째 줄", inner)]])
    assert text(tmp_path, line("", frame)) == "첫 줄\n\n둘째 줄\n\n가: 1 | 나: 2\n가: 3 | 나: 4"


def test_a_row_with_pages_of_text_is_text(tmp_path: Path) -> None:
    long = "".join(line(f"{number}번째 문단이 길게 이어지고 또 이어진다. " * 3) for number in range(8))
    table = grid([[line("구분"), line("내용")], [line("배경"), long]])
    found = text(tmp_path, line("", table)).splitlines()
    assert found[0] == "구분 | 내용" and "배경" in found and sum("번째 문단" in each for each in found) == 8


def test_notes_memos_and_hidden_comments(tmp_path: Path) -> None:
    note = hp("ctrl", hp("footNote", sub(line("각주 글")), number=1))
    author = hp("parameters", hp("stringParam", "김영희", name="Author"))
    memo = hp("ctrl", hp("fieldBegin", author + sub(line("확인 바람")), type="MEMO"))
    hidden = hp("ctrl", hp("hiddenComment", sub(line("숨은 글"))))
    end = hp("ctrl", hp("endNote", sub(line("미주 글")), number=2))
    found = text(tmp_path, line("본문이다.", note, memo), line("다음.", hidden, end))
    assert found == (
        "본문이다.[1]\n\n[1] 각주 글\n\n[memo] 김영희: 확인 바람\n\n다음.[미주 2]\n\n[memo] 숨은 글\n\n[미주 2] 미주 글"
    )


def test_text_boxes_equations_and_what_a_switch_holds_twice(tmp_path: Path) -> None:
    box = hp("rect", hp("drawText", sub(line("글상자 안"))))
    group = hp("container", box.replace("글상자 안", "묶음 안"))
    equation = hp("equation", hp("script", "a over b"))
    switch = hp("switch", hp("case", box) + hp("default", box.replace("글상자 안", "한 번만")))
    found = text(tmp_path, line("그림", box, group), line("식", equation), line("둘", switch))
    assert found == "그림\n\n글상자 안\n\n묶음 안\n\n식 a over b\n\n둘\n\n한 번만"


def test_running_heads_come_once(tmp_path: Path) -> None:
    head = hp("ctrl", hp("header", sub(line("사내 한정"))))
    path = hwp.write_hwpx(tmp_path / "a.hwpx", [line("첫 쪽", head), line("둘째 쪽", head)])
    assert [(unit.label, unit.text) for unit in units(path)] == [("", "첫 쪽\n\n둘째 쪽"), ("header", "사내 한정")]


def test_numbers_of_paragraphs_and_labels(tmp_path: Path) -> None:
    outline = hp("p", hp("run", hp("secPr", outlineShapeIDRef=1)))
    body = [line("개요", shape=1), line("목적", shape=2), line("점", shape=3), line("일정", shape=1), line("6월이다.")]
    path = hwp.write_hwpx(tmp_path / "a.hwpx", [outline + "".join(body)], HEAD)
    assert [(unit.label, unit.text) for unit in units(path)] == [
        ("I. 개요", "I. 개요\n\n다) 목적\n\n◦ 점"),
        ("II. 일정", "II. 일정\n\n6월이다."),
    ]


def test_sections_come_by_number_and_metadata_are_told(tmp_path: Path) -> None:
    sections = [line(f"구역 {number}") for number in range(12)]
    path = hwp.write_hwpx(tmp_path / "a.hwpx", sections, members={"Contents/content.hpf": PACKAGE.encode()})
    items = list(load(path, path.name))
    assert items[0] == Metadata("업무 계획", "홍길동", "2024-09-09T04:13:44Z")
    assert isinstance(items[1], Unit) and items[1].text.split("\n\n") == [f"구역 {number}" for number in range(12)]


@pytest.mark.parametrize("digest", ["sha256", "sha1"])
def test_password(tmp_path: Path, digest: str) -> None:
    path = locked(tmp_path / "a.hwpx", "비밀1234", digest)
    assert [unit.text for unit in units(path, "비밀1234")] == ["잠긴 본문"]
    for password, code in ((None, "password_needed"), ("틀림", "password_wrong"), ("", "password_wrong")):
        with pytest.raises(InputError) as caught:
            units(path, password)
        assert caught.value.code == code
        assert "틀림" not in repr(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("aes256-cbc", "blowfish", "encryption_unknown"),
        ("#pbkdf2", "#argon2id", "encryption_unknown"),
        ('iteration-count="1024"', 'iteration-count="99999999999"', "file_damaged"),
        ('salt="', 'salt="%', "file_damaged"),
    ],
)
def test_other_locks_are_refused(tmp_path: Path, before: str, after: str, code: str) -> None:
    path = locked(tmp_path / "a.hwpx", "1234", "sha256", before, after)
    with pytest.raises(InputError) as caught:
        units(path, "1234")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("section", "code"),
    [
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml_forbidden"),
        (b"<hs:sec><hp:p>", "file_damaged"),
        (b"", "file_damaged"),
    ],
)
def test_bad_sections(tmp_path: Path, section: bytes, code: str) -> None:
    path = hwp.write_hwpx(tmp_path / "a.hwpx", [], members={"Contents/section0.xml": section})
    with pytest.raises(InputError) as caught:
        units(path)
    assert caught.value.code == code


def test_pictures_where_there_is_no_text(tmp_path: Path) -> None:
    members = {"BinData/image1.png": b"\x89PNG scan", "BinData/notes.txt": b"no picture"}
    path = hwp.write_hwpx(tmp_path / "a.hwpx", [line(" ")], members=members)
    (tmp_path / "spool").mkdir()
    found = [item for item in load(path, path.name, Options(spool=tmp_path / "spool")) if isinstance(item, Attachment)]
    assert [(each.name, Path(each.path).read_bytes()) for each in found] == [("image1.png", b"\x89PNG scan")]


def test_damaged_metadata_do_not_keep_the_text(tmp_path: Path) -> None:
    path = hwp.write_hwpx(tmp_path / "a.hwpx", [line("글")], members={"Contents/content.hpf": b"<opf:package"})
    assert [unit.text for unit in units(path)] == ["글"]


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        units(hwp.write_hwpx(tmp_path / "a.hwpx", []))
    assert caught.value.values["reason"] == "its text is missing"
    with pytest.raises(InputError) as caught:
        units(hwp.write_hwpx(tmp_path / "a.hwpx", [line(" ")]))
    assert caught.value.code == "document_without_text"


def test_damaged_files_say_so(tmp_path: Path) -> None:
    table = grid([[line("이름"), line("나이")], [line("김"), line("30")], [line("이"), line("41")]])
    section = hwp.section_xml(line("글", table, hp("ctrl", hp("footNote", sub(line("각주")), number=1)), shape=1))
    chance = random.Random(7)
    for _ in range(150):
        broken = bytearray(section)
        for _ in range(3):
            broken[chance.randrange(len(broken))] = chance.choice(b'0123456789<>"=/ ap&;\x00\xff')
        path = hwp.write_hwpx(tmp_path / "a.hwpx", [], HEAD, {"Contents/section0.xml": bytes(broken)})
        try:
            assert all(isinstance(item, Item) for item in load(path, path.name))
        except InputError:
            pass


def locked(path: Path, password: str, digest: str, before: str = "", after: str = "") -> Path:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    salt, vector = os.urandom(16), os.urandom(16)
    start = hashlib.new(digest, password.encode()).digest()
    key = hashlib.pbkdf2_hmac("sha1", start, salt, 1024, 32)
    plain = hwp.deflated(hwp.section_xml(line("잠긴 본문")))
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    data = encryptor.update(plain.ljust(-(-len(plain) // 16) * 16, b"\0")) + encryptor.finalize()
    manifest = f"""<odf:manifest xmlns:odf="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<odf:file-entry odf:full-path="Contents/section0.xml" odf:media-type="application/xml"><odf:encryption-data>
<odf:algorithm odf:algorithm-name="http://www.w3.org/2001/04/xmlenc#aes256-cbc"
 odf:initialisation-vector="{base64.b64encode(vector).decode()}"/>
<odf:key-derivation odf:key-derivation-name="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0#pbkdf2"
 odf:iteration-count="1024" odf:salt="{base64.b64encode(salt).decode()}"/>
<odf:start-key-generation odf:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#{digest}"/>
</odf:encryption-data></odf:file-entry></odf:manifest>"""
    members = {"Contents/section0.xml": data, "META-INF/manifest.xml": manifest.replace(before, after).encode()}
    return hwp.write_hwpx(path, [], members=members)
