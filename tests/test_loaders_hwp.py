"""HWP 5: documents written record by record, and the samples where they are."""

from __future__ import annotations

import csv
import random
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import Item, load
from ai_chat.loaders.detect import Options
from ai_chat.types import Attachment, Metadata, Unit
from tests import hwp_files as hwp

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
NOTE = struct.pack("<I", 1) + bytes(12)
PARAGRAPH_SHAPE, NUMBERING, BULLET = 25, 23, 24


def units(path: Path, password: str | None = None) -> list[Unit]:
    return [item for item in load(path, path.name, Options(password)) if isinstance(item, Unit)]


def text(tmp_path: Path, *paragraphs: hwp.Records, shapes: hwp.Records = ()) -> str:
    path = hwp.write_hwp(tmp_path / "a.hwp", [[each for records in paragraphs for each in records]], shapes)
    return "\n".join(unit.text for unit in units(path))


def refused(path: Path, password: str | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        units(path, password)
    return caught.value


def anchored(text: str, code: int, control: str, *inside: tuple[int, int, bytes], data: bytes = b"") -> hwp.Records:
    """A paragraph with one control at its end, and what stands in that one."""
    mention = hwp.utf16(text) + hwp.extended(code, control)
    return [*hwp.paragraph(0, mention), hwp.control(1, control, data), *inside]


def listed(text: str) -> hwp.Records:
    return [(hwp.LIST, 2, bytes(8)), *hwp.paragraph(2, text)]


def shape(kind: int, level: int, numbering: int) -> tuple[int, int, bytes]:
    return PARAGRAPH_SHAPE, 0, struct.pack("<I", kind << 23 | level << 25) + bytes(26) + struct.pack("<H", numbering)


def numbering(*patterns: str, styles: Sequence[int] = (0,) * 7) -> tuple[int, int, bytes]:
    data = b""
    for pattern, style in zip([*patterns, *[""] * 7][:7], styles, strict=True):
        data += struct.pack("<IHHI", style << 5, 0, 0, 0) + struct.pack("<H", len(pattern)) + hwp.utf16(pattern)
    return NUMBERING, 0, data + bytes(2) + struct.pack("<7I", *[1] * 7)


def test_paragraphs_lines_and_tabs(tmp_path: Path) -> None:
    tab = struct.pack("<H", 9) + bytes(12) + struct.pack("<H", 9)
    mixed = hwp.utf16("이름") + tab + hwp.utf16("홍길동\n둘째") + hwp.utf16("\x1e줄")
    assert (
        text(tmp_path, hwp.paragraph(0, "첫 문단 𠀀"), hwp.paragraph(0, mixed)) == "첫 문단 𠀀\n\n이름\t홍길동\n둘째 줄"
    )


def test_what_a_control_says_of_itself_is_no_text(tmp_path: Path) -> None:
    """Its places may hold anything, halves of characters too."""
    odd = struct.pack("<H", 3) + b"klh%" + b"\x3c\xd8\x00\xdc\x0d\x00\x02\x00" + struct.pack("<H", 3)
    field = hwp.utf16("앞 ") + odd + hwp.utf16("누름틀") + struct.pack("<H", 4) + bytes(12) + struct.pack("<H", 4)
    assert text(tmp_path, hwp.paragraph(0, field + hwp.utf16(" 뒤"))) == "앞 누름틀 뒤"


@pytest.mark.parametrize("flags", [0, hwp.COMPRESSED])
def test_compressed_or_not(tmp_path: Path, flags: int) -> None:
    path = hwp.write_hwp(tmp_path / "a.hwp", [hwp.paragraph(0, "본문")], flags=flags)
    assert [unit.text for unit in units(path)] == ["본문"]


def test_sections_come_by_number(tmp_path: Path) -> None:
    path = hwp.write_hwp(tmp_path / "a.hwp", [hwp.paragraph(0, f"구역 {number}") for number in range(12)])
    assert units(path)[0].text.split("\n\n") == [f"구역 {number}" for number in range(12)]


def test_table_with_caption_and_header(tmp_path: Path) -> None:
    rows = [("품목", "수량", "단가"), ("나사", "10", "1,200"), ("너트", "30", "800")]
    found = text(tmp_path, hwp.paragraph(0, "앞"), anchored("", 11, "tbl "), hwp.table(1, rows, "표 1 부품")[1:])
    assert found == "앞\n\n표 1 부품\n\n품목: 나사 | 수량: 10 | 단가: 1,200\n품목: 너트 | 수량: 30 | 단가: 800"


def test_merged_cells_are_said_in_each_row(tmp_path: Path) -> None:
    cells = [
        *hwp.cell(2, 0, 0, "구분"),
        *hwp.cell(2, 0, 1, "등급"),
        *hwp.cell(2, 0, 2, "금액"),
        *hwp.cell(2, 1, 0, "국내", rows=2),
        *hwp.cell(2, 1, 1, "부장"),
        *hwp.cell(2, 1, 2, "50,000"),
        *hwp.cell(2, 2, 1, "과장"),
        *hwp.cell(2, 2, 2, "40,000"),
    ]
    found = text(tmp_path, anchored("", 11, "tbl ", (hwp.TABLE, 2, bytes(8)), *cells))
    assert found == "구분: 국내 | 등급: 부장 | 금액: 50,000\n구분: 국내 | 등급: 과장 | 금액: 40,000"


def test_title_cells_are_a_header(tmp_path: Path) -> None:
    cells = [
        *hwp.cell(2, 0, 0, "항목", title=True),
        *hwp.cell(2, 0, 1, "내용", title=True),
        *hwp.cell(2, 1, 0, "기한"),
        *hwp.cell(2, 1, 1, "금요일"),
    ]
    assert text(tmp_path, anchored("", 11, "tbl ", (hwp.TABLE, 2, bytes(8)), *cells)) == "항목: 기한 | 내용: 금요일"


def test_table_of_one_cell_is_a_frame_and_inner_tables_are_tables(tmp_path: Path) -> None:
    inner = hwp.paragraph(2, hwp.utf16("상자 글") + hwp.extended(11, "tbl "))
    table = hwp.table(3, [("가", "나"), ("1", "2"), ("3", "4")])
    place = hwp.cell(2, 0, 0, "")[0]
    found = text(tmp_path, anchored("", 11, "tbl ", (hwp.TABLE, 2, bytes(8)), place, *inner, *table))
    assert found == "상자 글\n\n가: 1 | 나: 2\n가: 3 | 나: 4"


def test_notes_follow_their_paragraph(tmp_path: Path) -> None:
    foot = anchored("본문이다.", 17, "fn  ", *listed(" 각주 글"), data=NOTE)
    end = anchored("끝이다.", 17, "en  ", *listed("미주 글"), data=NOTE)
    assert text(tmp_path, foot, end) == "본문이다.[1]\n\n[1] 각주 글\n\n끝이다.[미주 1]\n\n[미주 1] 미주 글"


def test_running_heads_come_once_at_the_end(tmp_path: Path) -> None:
    head = anchored("첫 쪽", 16, "head", *listed("사내 한정"))
    again = anchored("다음 쪽", 16, "head", *listed("사내 한정"))
    foot = anchored("", 16, "foot", *listed("인사팀"))
    path = hwp.write_hwp(tmp_path / "a.hwp", [[*head, *foot, *again]])
    assert [(unit.label, unit.text) for unit in units(path)] == [
        ("", "첫 쪽\n\n다음 쪽"),
        ("header", "사내 한정"),
        ("footer", "인사팀"),
    ]


def test_text_boxes_in_groups_memos_and_hidden_comments(tmp_path: Path) -> None:
    box = [(76, 2, bytes(8)), (76, 3, bytes(8)), (hwp.LIST, 4, bytes(8)), *hwp.paragraph(4, "글상자 안")]
    memo = [(93, 1, bytes(4)), (hwp.LIST, 1, bytes(8)), *hwp.paragraph(1, "메모 글")]
    found = text(
        tmp_path,
        anchored("그림", 11, "gso ", *box),
        anchored("설명", 15, "tcmt", *listed("숨은 글")),
        anchored("빈 설명", 15, "tcmt", *listed(" ")),
        [*hwp.paragraph(0, "끝"), *memo],
    )
    assert found == "그림\n\n글상자 안\n\n설명\n\n[memo] 숨은 글\n\n빈 설명\n\n끝\n\n[memo] 메모 글"


def test_equations_and_numbers_stand_in_the_line(tmp_path: Path) -> None:
    script = "x`=`a over b"
    equation = struct.pack("<IH", 0, len(script)) + hwp.utf16(script)
    counted = struct.pack("<IHHHH", 4, 7, 0, 0, 0)
    page = struct.pack("<IHHHH", 0, 3, 0, 0, 0)
    found = text(
        tmp_path,
        anchored("식", 11, "eqed", (88, 2, equation)),
        anchored("표 ", 18, "atno", data=counted),
        anchored("쪽", 18, "atno", data=page),
    )
    assert found == "식 x = a over b\n\n표 7\n\n쪽"


def test_numbers_of_paragraphs_and_headings_by_outline(tmp_path: Path) -> None:
    shapes = [
        numbering("제^1장", "^1.^2", styles=(0, 0, 0, 0, 0, 0, 0)),
        shape(0, 0, 0),
        shape(1, 0, 0),
        shape(1, 1, 0),
    ]
    outline = anchored("", 2, "secd", data=bytes(14) + struct.pack("<H", 1))
    body = [
        *outline,
        *hwp.paragraph(0, "총칙", 1),
        *hwp.paragraph(0, "목적", 2),
        *hwp.paragraph(0, "이 규정의 목적이다."),
        *hwp.paragraph(0, "범위", 2),
        *hwp.paragraph(0, "모든 직원이다."),
        *hwp.paragraph(0, "휴가", 1),
        *hwp.paragraph(0, "15일이다."),
    ]
    found = units(hwp.write_hwp(tmp_path / "a.hwp", [body], shapes))
    assert [(unit.label, unit.text) for unit in found] == [
        ("제1장 총칙 > 1.1 목적", "제1장 총칙\n\n1.1 목적\n\n이 규정의 목적이다."),
        ("제1장 총칙 > 1.2 범위", "1.2 범위\n\n모든 직원이다."),
        ("제2장 휴가", "제2장 휴가\n\n15일이다."),
    ]


def test_bullets_of_symbol_fonts_become_a_dot(tmp_path: Path) -> None:
    bullets = [(BULLET, 0, bytes(12) + hwp.utf16(mark)) for mark in ("-", "\uf06c")]
    shapes = [*bullets, shape(3, 0, 1), shape(3, 0, 2)]
    assert text(tmp_path, hwp.paragraph(0, "하나", 0), hwp.paragraph(0, "둘", 1), shapes=shapes) == "- 하나\n\n• 둘"


def test_summary(tmp_path: Path) -> None:
    def string(value: str) -> bytes:
        return struct.pack("<II", 31, len(value) * 2) + hwp.utf16(value + "\0" + "\0" * (len(value) % 2))

    values = [(2, string("업무 보고")), (4, string("홍길동")), (12, struct.pack("<IQ", 64, 132_000_000_000_000_000))]
    start, table, body = 8 + 8 * len(values), b"", b""
    for number, value in values:
        table += struct.pack("<II", number, start + len(body))
        body += value
    properties = bytes(44) + struct.pack("<III", 48, 0, len(values)) + table + body
    streams = {"FileHeader": hwp.header(0), "DocInfo": b"", "BodyText/Section0": hwp.pack(hwp.paragraph(0, "글"))}
    path = tmp_path / "a.hwp"
    path.write_bytes(hwp.compound_file({**streams, "\x05HwpSummaryInformation": properties}))
    assert Metadata("업무 보고", "홍길동", "2019-04-17T18:40:00+00:00") in list(load(path, path.name))
    path.write_bytes(hwp.compound_file({**streams, "\x05HwpSummaryInformation": properties[:60]}))
    assert [type(item) for item in load(path, path.name)] == [Unit]


def test_distribution_document(tmp_path: Path) -> None:
    """Its key is written as it was: masked by runs of bytes that follow from the first four."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key, seed = b"0123456789abcdef", 0x1234ABC5
    mask, state = b"", seed
    while len(mask) < 256:
        first, second = state * 214013 + 2531011 & 0xFFFFFFFF, 0
        second = first * 214013 + 2531011 & 0xFFFFFFFF
        mask, state = mask + bytes([first >> 16 & 0xFF]) * ((second >> 16 & 15) + 1), second
    plain = bytearray(mask[:256])
    plain[:4] = struct.pack("<I", seed)
    for at, value in enumerate(key, 4 + (seed & 15)):
        plain[at] = mask[at] ^ value
    body = hwp.deflated(hwp.pack(hwp.paragraph(0, "배포용 본문")))
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()
    view = hwp.record(28, 0, bytes(plain)) + encryptor.update(body.ljust(-(-len(body) // 16) * 16, b"\0"))
    path = tmp_path / "a.hwp"
    streams = {
        "FileHeader": hwp.header(1 | 4),
        "DocInfo": hwp.deflated(b""),
        "BodyText/Section0": b"",
        "ViewText/Section0": view,
    }
    path.write_bytes(hwp.compound_file(streams))
    assert [unit.text for unit in units(path)] == ["배포용 본문"]
    path.write_bytes(hwp.compound_file({**streams, "ViewText/Section0": view[:100]}))
    assert refused(path).code == "file_damaged"


def test_password(tmp_path: Path) -> None:
    path = hwp.write_hwp(tmp_path / "a.hwp", [hwp.paragraph(0, "비밀")], flags=3)
    assert refused(path).code == "password_needed"
    assert refused(path, "1234").code == "encryption_unknown"


def inside(path: Path, spool: Path) -> list[tuple[str, bytes]]:
    spool.mkdir()
    items = load(path, path.name, Options(spool=spool))
    return [(item.name, Path(item.path).read_bytes()) for item in items if isinstance(item, Attachment)]


def test_pictures_where_there_is_no_text_and_objects_anyway(tmp_path: Path) -> None:
    picture, mail = b"\xff\xd8\xff scan", b"\0" * 4 + hwp.compound_file({"Package": b"%PDF-1.4 offer"})
    streams = {"FileHeader": hwp.header(), "DocInfo": hwp.deflated(b""), "BinData/BIN0001.jpg": hwp.deflated(picture)}
    streams |= {"BinData/BIN0002.png": b"\x89PNG not packed", "BinData/BIN0003.OLE": hwp.deflated(mail)}
    path, offer = tmp_path / "a.hwp", ("BIN0003.pdf", b"%PDF-1.4 offer")
    for text, expected in (
        ("", [("BIN0001.jpg", picture), ("BIN0002.png", b"\x89PNG not packed"), offer]),
        ("글", [offer]),
    ):
        body = hwp.deflated(hwp.pack(hwp.paragraph(0, text)))
        path.write_bytes(hwp.compound_file({**streams, "BodyText/Section0": body}))
        assert inside(path, tmp_path / f"spool{text}") == expected


def test_long_table_becomes_units_of_its_own(tmp_path: Path) -> None:
    rows = [
        ("품목", "수량", "비고"),
        *((f"부품 {number}", f"{number}", "재고가 넉넉하여 더 사지 않음") for number in range(120)),
    ]
    body = [
        *hwp.paragraph(0, "제1장 재고"),
        *anchored("", 11, "tbl "),
        *hwp.table(1, rows)[1:],
        *hwp.paragraph(0, "끝"),
    ]
    found = units(hwp.write_hwp(tmp_path / "a.hwp", [body]))
    labels = [unit.label for unit in found]
    assert labels[0] == labels[-1] == "제1장 재고" and set(labels[1:-1]) == {"제1장 재고 > 표 1"}
    assert all(line.startswith("품목: 부품 ") for unit in found[1:-1] for line in unit.text.splitlines())
    assert [unit.number for unit in found] == list(range(1, len(found) + 1))


def test_bomb_depth_and_cut_records(tmp_path: Path) -> None:
    bomb = hwp.deflated(hwp.record(hwp.TEXT, 0, bytes(60 << 20)))
    streams = {"FileHeader": hwp.header(), "DocInfo": hwp.deflated(b""), "BodyText/Section0": bomb}
    path = tmp_path / "a.hwp"
    path.write_bytes(hwp.compound_file(streams))
    assert refused(path).code == "archive_bomb"
    deep = [(hwp.CONTROL, level, b"") for level in range(200)]
    assert refused(hwp.write_hwp(path, [deep])).code == "too_deep"
    path.write_bytes(hwp.compound_file({**streams, "BodyText/Section0": hwp.deflated(b"\x43\x00\x00\x10ab")}))
    assert refused(path).values["reason"] == "a record is cut off"
    path.write_bytes(hwp.compound_file({"FileHeader": hwp.header(), "DocInfo": hwp.deflated(b""), "BodyText/x": b""}))
    assert refused(path).values["reason"] == "its text is missing"


def test_a_cell_far_away_makes_no_giant_table(tmp_path: Path) -> None:
    cells = [*hwp.cell(2, 0, 0, "가"), *hwp.cell(2, 65535, 65535, "나", rows=65535, columns=65535)]
    assert text(tmp_path, anchored("", 11, "tbl ", (hwp.TABLE, 2, bytes(8)), *cells)) == "가\n\n나"


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [(30, 31, "its sector sizes are wrong"), (44, 1 << 20, "it has fewer sectors than it says")],
)
def test_containers_that_claim_too_much(tmp_path: Path, at: int, value: int, reason: str) -> None:
    data = bytearray(hwp.write_hwp(tmp_path / "a.hwp", [hwp.paragraph(0, "글")]).read_bytes())
    data[at : at + 4] = struct.pack("<I", value)
    (tmp_path / "a.hwp").write_bytes(data)
    assert refused(tmp_path / "a.hwp").values["reason"] == reason


def test_a_stream_larger_than_its_file(tmp_path: Path) -> None:
    """The list of its sectors may run in a circle."""
    data = bytearray(hwp.write_hwp(tmp_path / "a.hwp", [hwp.paragraph(0, "글")]).read_bytes())
    root = data.index(hwp.utf16("Root Entry"))
    data[root + 120 : root + 124] = struct.pack("<I", 0xF0000000)
    (tmp_path / "a.hwp").write_bytes(data)
    assert refused(tmp_path / "a.hwp").values["reason"] == "a stream is larger than the file"


def test_damaged_files_say_so(tmp_path: Path) -> None:
    rows = [("이름", "나이"), ("김", "30"), ("이", "41")]
    note = anchored("글", 17, "fn  ", *listed("각주"), data=NOTE)
    body = [*note, *anchored("", 11, "tbl "), *hwp.table(1, rows, "표")[1:]]
    whole = hwp.write_hwp(tmp_path / "a.hwp", [body], [numbering("^1."), shape(1, 0, 1)], flags=0).read_bytes()
    chance = random.Random(5)
    for _ in range(150):
        broken = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.2 else whole)
        for _ in range(5):
            if broken:
                broken[chance.randrange(len(broken))] = chance.choice((0, 255, chance.randrange(256)))
        assert_read_or_refused(tmp_path / "b.hwp", bytes(broken))


def assert_read_or_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        assert all(isinstance(item, Item) for item in load(path, path.name))
    except InputError:
        pass


def sample_rows() -> list[tuple[str, list[str]]]:
    if not SAMPLES.exists():
        return []
    with (SAMPLES / "MANIFEST.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row[1] in ("HWP", "HWPX")]
    return [(row[0], [part.strip() for part in row[6].split("||") if part.strip()]) for row in rows]


@pytest.mark.parametrize(("name", "phrases"), [row for row in sample_rows() if row[1]])
def test_phrases_of_the_samples(name: str, phrases: list[str]) -> None:
    whole = " ".join(" ".join(unit.text.split()) for unit in units(SAMPLES / name))
    assert [phrase for phrase in phrases if " ".join(phrase.split()) not in whole] == []


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample documents are not here")
def test_the_specification_has_its_chapters() -> None:
    found = units(SAMPLES / "r_한글문서파일형식_5.0_revision1.3.hwp")
    by_phrase = next(unit for unit in found if "문서의 본문에 해당되는 문단, 표, 그리기" in unit.text)
    assert by_phrase.label == "I. 한글 5.0 파일 구조 > 3. 한글 파일 구조 > 3.2. 스토리지 별 저장 정보 > 3.2.3. 본문"
    assert "자료형: WORD | 길이: 2 | 설명: 16비트 컴파일러에서 ‘unsigned int’에 해당" in "\n".join(
        unit.text for unit in found
    )
    assert len([unit for unit in found if unit.label == "header"]) == 1
