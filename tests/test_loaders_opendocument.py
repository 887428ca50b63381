"""OpenDocument texts and slides: headings, notes, boxes, lists and tables where they belong; containers with a password."""

from __future__ import annotations

import base64
import hashlib
import zlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.loaders.detect import Options
from ai_chat.types import Attachment, Metadata, Unit
from tests.office_files import NAMESPACES, write_opendocument

SALT = b"0123456789abcdef"
ROUNDS = 1000


def h(level: int, text: str) -> str:
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def p(text: str) -> str:
    return f"<text:p>{text}</text:p>"


def item(text: str) -> str:
    return f"<text:list-item>{text}</text:list-item>"


def table(*rows: tuple[str, ...], header: bool = False) -> str:
    cells = ("".join(f"<table:table-cell>{p(cell)}</table:table-cell>" for cell in row) for row in rows)
    written = [f"<table:table-row>{row}</table:table-row>" for row in cells]
    head = f"<table:table-header-rows>{written.pop(0)}</table:table-header-rows>" if header else ""
    return f"<table:table>{head}{''.join(written)}</table:table>"


def units(path: Path, password: str | None = None) -> list[Unit]:
    return [item for item in load(path, path.name, Options(password)) if isinstance(item, Unit)]


def text_units(folder: Path, body: str, styles: str = "", automatic: str = "") -> list[Unit]:
    return units(write_opendocument(folder / "a.odt", "text", body, styles, automatic))


def test_a_section_a_heading_labelled_by_the_path_of_headings(tmp_path: Path) -> None:
    found = text_units(
        tmp_path,
        p("머리말") + h(1, "1장") + p("총칙이다.") + h(2, "연차휴가") + p("15일이다.") + h(1, "2장") + p("끝."),
    )
    assert [(unit.label, unit.text) for unit in found] == [
        ("", "머리말"),
        ("1장", "1장\n\n총칙이다."),
        ("1장 > 연차휴가", "연차휴가\n\n15일이다."),
        ("2장", "2장\n\n끝."),
    ]
    assert [unit.number for unit in found] == [1, 2, 3, 4]


def test_notes_memos_and_boxes_stand_behind_their_paragraph(tmp_path: Path) -> None:
    note = f"<text:note><text:note-citation>1</text:note-citation><text:note-body>{p('각주 내용')}</text:note-body></text:note>"
    memo = f"<office:annotation><dc:creator>김</dc:creator><dc:date>2026</dc:date>{p('확인')}</office:annotation>"
    box = f"<draw:frame><draw:text-box>{p('상자 글')}</draw:text-box></draw:frame>"
    (unit,) = text_units(tmp_path, p(f"앞{note}말<text:span>이{memo}다.{box}</text:span>") + p("뒷말"))
    assert unit.text == "앞말이다.\n\n[1] 각주 내용\n\n[memo] 김: 확인\n\n상자 글\n\n뒷말"


def test_spaces_tabs_line_ends_and_what_was_struck_out(tmp_path: Path) -> None:
    struck = f"<text:deletion>{p('지운 말')}</text:deletion>"
    struck = f"<text:tracked-changes><text:changed-region>{struck}</text:changed-region></text:tracked-changes>"
    words = p('가<text:s text:c="3"/>나<text:tab/>다<text:line-break/>라<text:change text:change-id="c1"/>')
    spoken = "<text:ruby><text:ruby-base>漢字</text:ruby-base><text:ruby-text>한자</text:ruby-text></text:ruby>"
    (unit,) = text_units(tmp_path, struck + words + p(spoken))
    assert unit.text == "가 나 다 라\n\n漢字"


def test_an_item_that_holds_a_deeper_list_alone_has_no_dot_of_its_own(tmp_path: Path) -> None:
    deeper = f"<text:list>{item(p('안'))}</text:list>"
    (first,) = text_units(tmp_path, f"<text:list>{item(p('밖'))}{item(deeper)}</text:list>")
    assert first.text == "• 밖\n\n• 안"


def test_lists_are_numbered_or_dotted_and_headings_in_them_are_headings(tmp_path: Path) -> None:
    style = '<text:list-style style:name="L1"><text:list-level-style-number text:level="1"/></text:list-style>'
    body = f'<text:list text:style-name="L1">{item(p("하나") + p("더"))}{item(p("둘"))}</text:list>'
    dotted, headed = (f"<text:list>{item(text)}</text:list>" for text in (p("점"), h(1, "제목")))
    first, second = text_units(tmp_path, body + dotted + headed + p("본문"), automatic=style)
    assert first.text == "1. 하나\n\n더\n\n2. 둘\n\n• 점"
    assert (second.label, second.text) == ("제목", "제목\n\n본문")


def test_rows_of_tables_name_their_columns(tmp_path: Path) -> None:
    goods = table(("품명", "수량"), ("의자", "3"), ("책상", "4"))
    words = table(("용어", "정의"), ("AI", "인공지능"), header=True)
    (unit,) = text_units(tmp_path, h(1, "구매") + goods + p("사이") + words)
    lines = list(filter(None, unit.text.splitlines()))
    assert lines == ["구매", "품명: 의자 | 수량: 3", "품명: 책상 | 수량: 4", "사이", "용어: AI | 정의: 인공지능"]


def test_formulas_and_charts_are_read_out_of_their_objects(tmp_path: Path) -> None:
    linked = [
        f'<draw:frame><draw:object xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="./Object {n}"/></draw:frame>'
        for n in (1, 2, 3)
    ]
    figures = table(("분기", "매출"), ("1분기", "10"), ("2분기", "20"))
    chart = f"<office:body><office:chart>{p('분기별 매출')}{figures}{linked[1]}</office:chart></office:body>"
    extra: dict[str, str | bytes] = {
        "Object 1/content.xml": "<math><semantics><mi>x</mi><annotation>x = a over b</annotation></semantics></math>",
        "Object 2/content.xml": f"<office:document-content {NAMESPACES}>{chart}</office:document-content>",
    }
    (unit,) = units(write_opendocument(tmp_path / "a.odt", "text", p(f"식{''.join(linked)}"), extra=extra))
    lines = list(filter(None, unit.text.splitlines()))
    assert lines == ["식", "x = a over b", "분기별 매출", "분기: 1분기 | 매출: 10", "분기: 2분기 | 매출: 20"]


def test_pictures_are_attachments_where_there_is_no_text(tmp_path: Path) -> None:
    extra: dict[str, str | bytes] = {"Pictures/scan1.png": b"\x89PNG\r\n\x1a\n", "Pictures/a.svm": b"VCLMTF"}
    for body, names in (("", ["scan1.png"]), (p("본문"), [])):
        path = write_opendocument(tmp_path / "a.odt", "text", body, extra=extra)
        assert [item.name for item in load(path, path.name) if isinstance(item, Attachment)] == names


def test_deep_nesting_is_read_or_refused(tmp_path: Path) -> None:
    (unit,) = text_units(
        tmp_path, "<text:list><text:list-item>" * 100 + p("깊다") + "</text:list-item></text:list>" * 100
    )
    assert unit.text.endswith("깊다")
    with pytest.raises(InputError, match="file_damaged"):
        text_units(tmp_path, "<text:section>" * 5000 + p("깊다") + "</text:section>" * 5000)


def test_a_first_row_written_as_headings_is_the_header(tmp_path: Path) -> None:
    style = '<style:style style:name="P1" style:parent-style-name="Table_20_Heading"/>'
    words = table(("용어", "정의"), ("AI", "인공지능")).replace("<text:p>", '<text:p text:style-name="P1">', 2)
    (unit,) = text_units(tmp_path, words, automatic=style)
    assert unit.text.strip() == "용어: AI | 정의: 인공지능"


def test_a_long_table_is_units_of_its_own(tmp_path: Path) -> None:
    rows = [(str(n), f"부품 {n}호", "정기 점검 대상") for n in range(1, 151)]
    found = text_units(tmp_path, h(1, "목록") + p("앞말") + table(("번호", "품명", "비고"), *rows) + p("뒷말"))
    tables = [unit for unit in found if unit.label == "목록 > 표 1"]
    assert len(tables) > 1
    assert all(line.startswith("번호: ") for unit in tables for line in unit.text.strip().splitlines())
    assert "뒷말" in found[-1].text


def test_running_heads_come_once(tmp_path: Path) -> None:
    styles = f"<style:header>{p('대외비')}</style:header><style:footer>{p('총무과')}</style:footer>"
    found = text_units(tmp_path, p("본문"), styles)
    assert [(unit.label, unit.text) for unit in found] == [("", "본문"), ("header", "대외비"), ("footer", "총무과")]


def test_slides_with_titles_notes_groups_and_tables(tmp_path: Path) -> None:
    def frame(kind: str, text: str) -> str:
        return f'<draw:frame presentation:class="{kind}"><draw:text-box>{p(text)}</draw:text-box></draw:frame>'

    group = f"<draw:g><draw:custom-shape>{p('도형 글')}</draw:custom-shape></draw:g>"
    goods = f"<draw:frame>{table(('품명', '수량'), ('의자', '3'), ('책상', '4'))}</draw:frame>"
    notes = f"<presentation:notes>{frame('notes', '발표자 메모')}</presentation:notes>"
    style = (
        '<style:style style:name="dp2"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )
    body = (
        f"<draw:page>{frame('title', '분기 실적')}{frame('outline', '매출 증가')}{group}{goods}{notes}</draw:page>"
        f'<draw:page draw:style-name="dp2">{frame("title", "예비")}</draw:page>'
    )
    first, second = units(write_opendocument(tmp_path / "a.odp", "presentation", body, automatic=style))
    assert (first.kind, first.number, first.label) == ("slide", 1, "분기 실적")
    assert first.text.split("\n\n") == [
        "분기 실적", "매출 증가", "도형 글", "품명: 의자 | 수량: 3\n품명: 책상 | 수량: 4", "[notes] 발표자 메모",
    ]  # fmt: skip
    assert (second.number, second.label) == (2, "예비 (hidden)")


def test_title_and_date_are_told(tmp_path: Path) -> None:
    path = write_opendocument(tmp_path / "a.odt", "text", p("본문"))
    assert Metadata("제목", "", "2026-03-05T10:00:00") in list(load(path, path.name))


def locked(folder: Path, password: str, cipher: str = "http://www.w3.org/2001/04/xmlenc#aes256-cbc") -> Path:
    """A text as office programs encrypt it: packed, padded, by AES under a key made of the password."""
    body = f"<office:body><office:text>{p('비밀 본문')}</office:text></office:body>"
    content = f"<office:document-content {NAMESPACES}>{body}</office:document-content>"
    squeeze = zlib.compressobj(wbits=-15)
    packed = squeeze.compress(content.encode()) + squeeze.flush()
    padding = 16 - len(packed) % 16
    key = hashlib.pbkdf2_hmac("sha1", hashlib.sha256(password.encode()).digest(), SALT, ROUNDS, 32)
    encryptor = Cipher(algorithms.AES(key), modes.CBC(SALT)).encryptor()
    data = encryptor.update(packed + bytes([padding]) * padding) + encryptor.finalize()
    told = base64.b64encode(SALT).decode()
    check = base64.b64encode(hashlib.sha256(packed[:1024]).digest()).decode()
    manifest = (
        f'<manifest:manifest {NAMESPACES}><manifest:file-entry manifest:full-path="content.xml">'
        f'<manifest:encryption-data manifest:checksum="{check}"><manifest:algorithm manifest:algorithm-name="{cipher}" '
        f'manifest:initialisation-vector="{told}"/><manifest:key-derivation manifest:key-derivation-name="PBKDF2" '
        f'manifest:key-size="32" manifest:iteration-count="{ROUNDS}" manifest:salt="{told}"/><manifest:start-key-generation '
        'manifest:start-key-generation-name="http://www.w3.org/2000/09/xmldsig#sha256"/>'
        "</manifest:encryption-data></manifest:file-entry></manifest:manifest>"
    )
    extra: dict[str, str | bytes] = {"content.xml": data, "META-INF/manifest.xml": manifest}
    return write_opendocument(folder / "a.odt", "text", "", extra=extra)


def test_a_password_opens_a_locked_text(tmp_path: Path) -> None:
    (unit,) = units(locked(tmp_path, "열려라"), "열려라")
    assert unit.text == "비밀 본문"


@pytest.mark.parametrize(("password", "code"), [(None, "password_needed"), ("틀림", "password_wrong")])
def test_without_the_password_the_reason_is_told(tmp_path: Path, password: str | None, code: str) -> None:
    with pytest.raises(InputError, match=code):
        units(locked(tmp_path, "열려라"), password)


def test_an_unknown_cipher_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="encryption_unknown"):
        units(locked(tmp_path, "열려라", cipher="Blowfish CFB"), "열려라")
