"""DOCX: headings, numbers of lists, tables, notes, memos, text boxes, changes, fields and what is embedded, each where it belongs."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.types import Attachment, Metadata, Problem, Unit
from tests.hwp_files import compound_file
from tests.ooxml_files import part, relations, write_docx, write_package

STYLES = part(
    "w:styles",
    '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="own"><w:name w:val="우리 제목"/><w:basedOn w:val="1"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>',
)


def p(text: str, style: str = "", properties: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{r(text)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def tc(inside: str, properties: str = "") -> str:
    content = inside if inside.startswith("<") else p(inside)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def cells(*texts: str) -> str:
    return "".join(map(tc, texts))


def units(path: Path) -> list[Unit]:
    return [item for item in load(path, path.name) if isinstance(item, Unit)]


def text_of(folder: Path, body: str) -> str:
    return "\n\n".join(unit.text for unit in units(write_docx(folder, body)))


def with_styles(folder: Path, body: str) -> list[Unit]:
    return units(write_docx(folder, body, [("s", "styles", "styles.xml")], {"word/styles.xml": STYLES}))


def test_sections_begin_at_headings_by_style_and_by_level(tmp_path: Path) -> None:
    body = p("앞말.") + p("1장", "1") + p("총칙.") + p("연차휴가", "2") + p("15일.")
    body += p("2장", properties='<w:outlineLvl w:val="0"/>') + p("보칙.") + p("3장", "own") + p("부칙.")
    found = with_styles(tmp_path, body)
    assert [unit.label for unit in found] == ["", "1장", "1장 > 연차휴가", "2장", "3장"]
    assert [unit.number for unit in found] == [1, 2, 3, 4, 5]
    assert found[2].text.split() == ["연차휴가", "15일."]


def test_title_stands_above_all_headings(tmp_path: Path) -> None:
    found = with_styles(tmp_path, p("취업규칙", "T") + p("1장", "1") + p("총칙."))
    assert found[-1].label == "취업규칙 > 1장"


def test_body_level_is_no_heading(tmp_path: Path) -> None:
    found = with_styles(tmp_path, p("본문", "1", '<w:outlineLvl w:val="9"/>') + p("계속."))
    assert [unit.label for unit in found] == [""]


def test_numbers_of_lists_are_written_out(tmp_path: Path) -> None:
    def level(number: int, kind: str, text: str) -> str:
        return f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'

    levels = level(0, "decimal", "제%1조") + level(1, "ganada", "%2.") + level(2, "decimal", "%1.%3")
    numbering = part(
        "w:numbering",
        f'<w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="8">{level(0, "bullet", "·")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>',
    )

    def item(text: str, list_id: int, depth: int = 0) -> str:
        return p(text, properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>')

    body = (
        item("목적", 1) + item("하나", 1, 1) + item("둘", 1, 1) + item("정의", 1) + item("셋", 1, 1) + item("넷", 1, 2)
    )
    body += item("점", 2) + item("새로", 3) + item("끊음", 0)
    path = write_docx(tmp_path, body, [("n", "numbering", "numbering.xml")], {"word/numbering.xml": numbering})
    lines = [line for unit in units(path) for line in unit.text.split("\n") if line]
    assert lines == ["제1조 목적", "가. 하나", "나. 둘", "제2조 정의", "가. 셋", "2.1 넷", "• 점", "제5조 새로", "끊음"]


def test_number_of_a_heading_comes_from_its_style(tmp_path: Path) -> None:
    styles = part(
        "w:styles",
        '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>',
    )
    numbering = part(
        "w:numbering",
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:pStyle w:val="1"/><w:numFmt w:val="upperRoman"/>'
        '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    )
    related = [("s", "styles", "styles.xml"), ("n", "numbering", "numbering.xml")]
    parts = {"word/styles.xml": styles, "word/numbering.xml": numbering}
    found = units(write_docx(tmp_path, p("개요", "1") + p("글.") + p("결론", "1") + p("글."), related, parts))
    assert [unit.label for unit in found] == ["I. 개요", "II. 결론"]


def test_table_rows_name_their_columns(tmp_path: Path) -> None:
    body = p("단가표") + table(cells("품명", "단가"), cells("키보드", "45,500"), cells("마우스", "12,000")) + p("끝.")
    assert "\n품명: 마우스 | 단가: 12,000\n\n끝." in text_of(tmp_path, body)


def test_merged_cells_are_said_in_each_row(tmp_path: Path) -> None:
    begin, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        cells("부서", "이름", "금액"),
        tc("영업부", begin) + cells("김", "100"),
        tc("", on) + cells("이", "200"),
        tc("합계", '<w:gridSpan w:val="2"/>') + cells("300"),
    )
    text = text_of(tmp_path, body)
    assert "부서: 영업부 | 이름: 이 | 금액: 200" in text
    assert "부서: 합계 | 금액: 300" in text


def test_nested_table_follows_the_one_around_it(tmp_path: Path) -> None:
    inner = table(cells("품명", "수량"), cells("의자", "4"), cells("책상", "2"))
    text = text_of(tmp_path, table(cells("신청인", "김서연"), cells("내역") + tc(p("아래와 같음") + inner)))
    assert "내역 | 아래와 같음" in text
    assert "품명: 책상 | 수량: 2" in text


def test_frame_of_one_cell_is_text(tmp_path: Path) -> None:
    assert text_of(tmp_path, table(tc(p("알림.") + p("둘째 줄.")))).split("\n\n") == ["알림.", "둘째 줄."]


def test_long_table_is_sections_of_its_own(tmp_path: Path) -> None:
    rows = [cells(f"물품 {index}", f"{index * 1000}", "비고 없음 " * 5) for index in range(1, 101)]
    found = with_styles(tmp_path, p("단가", "1") + p("글.") + table(cells("품명", "단가", "비고"), *rows) + p("끝."))
    inside = [unit for unit in found if unit.label.startswith("단가 > 표 1")]
    assert len(inside) > 1
    assert any("품명: 물품 77 | 단가: 77000" in unit.text for unit in inside)
    assert found[-1].label == "단가" and found[-1].text == "끝."


def test_deleted_row_and_changes_are_as_accepted(tmp_path: Path) -> None:
    body = "<w:p>" + r("금액은 ") + f"<w:del>{r('백')}</w:del><w:ins>{r('이백')}</w:ins>" + r("만 원") + "</w:p>"
    body += "<w:p><w:moveFrom>" + r("옮긴 글") + "</w:moveFrom></w:p>"
    gone = f"<w:trPr><w:del/></w:trPr>{cells('지운', '행')}"
    body += table(cells("가", "나"), gone, cells("다", "라"))
    text = text_of(tmp_path, body)
    assert "금액은 이백만 원" in text and "옮긴" not in text and "지운" not in text and "다 | 라" in text


def test_paragraph_whose_end_was_deleted_joins_the_next(tmp_path: Path) -> None:
    body = p("앞 반쪽 ", properties="<w:rPr><w:del/></w:rPr>") + p("뒤 반쪽")
    assert text_of(tmp_path, body) in ("앞 반쪽 뒤 반쪽", "앞 반쪽뒤 반쪽")


def test_paragraph_whose_end_was_deleted_before_a_table_stays(tmp_path: Path) -> None:
    left = p("남은 글", properties="<w:rPr><w:del/></w:rPr>")
    assert text_of(tmp_path, left + table(cells("가", "나")) + left).split() == [
        "남은",
        "글",
        "가",
        "|",
        "나",
        "남은",
        "글",
    ]


def test_notes_and_memos_follow_their_paragraph(tmp_path: Path) -> None:
    body = "<w:p>" + r("연차는 15일") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + r("이다")
    body += '<w:r><w:endnoteReference w:id="2"/></w:r><w:r><w:commentReference w:id="0"/></w:r>' + r(".") + "</w:p>"
    body += p("다음 문단.")
    separator = f'<w:footnote w:type="separator" w:id="0">{p("선")}</w:footnote>'
    parts = {
        "word/footnotes.xml": part("w:footnotes", separator + f'<w:footnote w:id="2">{p("근로기준법")}</w:footnote>'),
        "word/endnotes.xml": part("w:endnotes", f'<w:endnote w:id="2">{p("부칙 참조")}</w:endnote>'),
        "word/comments.xml": part("w:comments", f'<w:comment w:id="0" w:author="박 과장">{p("확인 필요")}</w:comment>'),
    }
    related = [(kind, kind, f"{kind}.xml") for kind in ("footnotes", "endnotes", "comments")]
    (unit,) = units(write_docx(tmp_path, body, related, parts))
    lines = [line for line in unit.text.split("\n") if line]
    assert lines == [
        "연차는 15일[1]이다[i].",
        "[1] 근로기준법",
        "[i] 부칙 참조",
        "[memo] 박 과장: 확인 필요",
        "다음 문단.",
    ]


def test_text_box_is_read_once(tmp_path: Path) -> None:
    inside = f"<w:txbxContent>{p('상자 속 글', '1')}</w:txbxContent>"
    choice = f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{inside}</wps:txbx></w:drawing></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict><v:textbox>{inside}</v:textbox></w:pict></mc:Fallback>"
    body = (
        "<w:p>" + r("앞") + f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r></w:p>" + p("뒤")
    )
    (unit,) = with_styles(tmp_path, body)
    assert unit.text.split() == ["앞", "상자", "속", "글", "뒤"] and unit.label == ""


def test_text_box_of_older_programs_and_word_art(tmp_path: Path) -> None:
    box = f"<v:textbox><w:txbxContent>{p('옛 상자')}</w:txbxContent></v:textbox>"
    body = f'<w:p><w:r><w:pict>{box}<v:textpath string="대외비"/></w:pict></w:r></w:p>'
    assert text_of(tmp_path, body).split() == ["옛", "상자", "대외비"]


def test_fields_show_their_result(tmp_path: Path) -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    inner = f"{mark('begin')}<w:r><w:instrText>MERGEFIELD x</w:instrText></w:r>{mark('separate')}{r('안')}{mark('end')}"
    code = f"<w:r><w:instrText>IF </w:instrText></w:r>{inner}"
    body = f"<w:p>{mark('begin')}{code}{mark('separate')}{r('결과')}{mark('end')}{r(' 뒤')}</w:p>"
    assert text_of(tmp_path, body) == "결과 뒤"


def test_controls_links_hidden_text_and_symbols(tmp_path: Path) -> None:
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body = (
        "<w:p>"
        + control.format("", r("홍길동"))
        + control.format("<w:showingPlcHdr/>", r("여기를 누르세요"))
        + "</w:p>"
    )
    body += control.format("", p("블록 속")) + control.format("<w:showingPlcHdr/>", p("여기에 쓰세요"))
    body += f'<w:p><w:hyperlink r:id="x">{r("링크")}</w:hyperlink>{r("숨김", "<w:vanish/>")}'
    body += '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:tab/><w:noBreakHyphen/><w:br/></w:r></w:p>'
    assert text_of(tmp_path, body).split() == ["홍길동", "블록", "속", "링크☑", "-"]


def test_formulas_are_text(tmp_path: Path) -> None:
    def m(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    fraction = f"<m:f><m:num>{m('a+b')}</m:num><m:den>{m('2')}</m:den></m:f>"
    power = f"<m:sSup><m:e>{m('x')}</m:e><m:sup>{m('2')}</m:sup></m:sSup>"
    assert text_of(tmp_path, f"<w:p><m:oMath>{power}{m('=')}{fraction}</m:oMath></w:p>") == "x^2=(a+b)/2"


def test_headers_and_footers_once_at_the_end(tmp_path: Path) -> None:
    parts = {
        "word/header1.xml": part("w:hdr", table(cells("한빛산업", "문서번호 A-1"))),
        "word/header2.xml": part("w:hdr", table(cells("한빛산업", "문서번호 A-1"))),
        "word/footer1.xml": part("w:ftr", p("- 3 -")),
    }
    related = [("1", "header", "header1.xml"), ("2", "header", "header2.xml"), ("3", "footer", "footer1.xml")]
    found = units(write_docx(tmp_path, p("본문."), related, parts))
    assert [(unit.label, unit.text) for unit in found] == [("", "본문."), ("header", "한빛산업 | 문서번호 A-1")]


def test_chart_is_the_table_it_was_drawn_from(tmp_path: Path) -> None:
    def kept(kind: str, *values: str) -> str:
        points = "".join(f'<c:pt idx="{index}"><c:v>{value}</c:v></c:pt>' for index, value in enumerate(values))
        return f"<c:{kind}Ref><c:{kind}Cache>{points}</c:{kind}Cache></c:{kind}Ref>"

    series = f"<c:ser><c:tx>{kept('str', '매출')}</c:tx><c:cat>{kept('str', '1분기', '2분기')}</c:cat>"
    series += f"<c:val>{kept('num', '1200.0', '0.15000000000000002')}</c:val></c:ser>"
    title = "<c:title><c:tx><c:rich><a:p><a:r><a:t>분기별 매출</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    chart = part(
        "c:chartSpace", f"<c:chart>{title}<c:plotArea><c:barChart>{series}</c:barChart></c:plotArea></c:chart>"
    )
    body = '<w:p><w:r><w:drawing><c:chart r:id="c"/></w:drawing></w:r></w:p>'
    (unit,) = units(
        write_docx(tmp_path, body, [("c", "chart", "charts/chart1.xml")], {"word/charts/chart1.xml": chart})
    )
    assert unit.text == "분기별 매출\n\n1분기 | 매출: 1200\n2분기 | 매출: 0.15"


def test_embedded_documents_are_attachments(tmp_path: Path) -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    related = [("1", "package", "embeddings/Sheet1.xlsx"), ("2", "image", "media/a.png")]
    parts = {"word/embeddings/Sheet1.xlsx": other.getvalue(), "word/media/a.png": b"\x89PNG"}
    path = write_docx(tmp_path, p("본문."), related, parts)
    names = []
    for item in load(path, path.name):
        if isinstance(item, Attachment):
            names.append(item.name)
            assert Path(item.path).read_bytes() == other.getvalue()
    assert names == ["Sheet1.xlsx"]


def test_pictures_of_a_document_without_text_are_attachments(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {"word/media/a.png": b"\x89PNG\r\n\x1a\n", "word/media/b.emf": b"..."}
    related = [("1", "image", "media/a.png"), ("2", "image", "media/b.emf")]
    path = write_docx(tmp_path, "<w:p/>", related, parts)
    assert [item.name for item in load(path, path.name) if isinstance(item, Attachment)] == ["a.png"]


def test_file_in_an_object_is_an_attachment(tmp_path: Path) -> None:
    inner = b"name;price\n" * 500
    native = struct.pack("<IH", 0, 2) + "단가표.csv".encode("cp949") + b"\0C:\\a.csv\0"
    native += struct.pack("<HHI", 0, 3, 4) + b"tmp\0" + struct.pack("<I", len(inner)) + inner
    path = write_docx(
        tmp_path,
        p("글."),
        [
            ("1", "oleObject", "embeddings/o1.bin"),
            ("2", "oleObject", "embeddings/o2.bin"),
            ("3", "oleObject", "embeddings/o3.bin"),
        ],
        {
            "word/embeddings/o1.bin": compound_file({"\x01Ole10Native": native}),
            "word/embeddings/o2.bin": compound_file({"CONTENTS": b"%PDF-1.7".ljust(5000, b" ")}),
            "word/embeddings/o3.bin": compound_file({"Equation Native": bytes(5000)}),
        },
    )
    found = {}
    for item in load(path, path.name):
        if isinstance(item, Attachment):
            found[item.name] = Path(item.path).read_bytes()
    assert found == {"단가표.csv": inner, "o2.pdf": b"%PDF-1.7".ljust(5000, b" ")}


def test_imported_parts_are_attachments(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {"word/afchunk.html": b"<html><body>..."}
    path = write_docx(tmp_path, '<w:altChunk r:id="1"/>', [("1", "aFChunk", "afchunk.html")], parts)
    assert [item.name for item in load(path, path.name) if isinstance(item, Attachment)] == ["afchunk.html"]


def test_blocks_that_are_told_twice_are_read_once(tmp_path: Path) -> None:
    twice = f"<mc:AlternateContent><mc:Choice>{p('새')}</mc:Choice><mc:Fallback>{p('옛')}</mc:Fallback></mc:AlternateContent>"
    assert text_of(tmp_path, twice + p("끝")).split() == ["새", "끝"]


def test_what_the_file_tells_of_itself(tmp_path: Path) -> None:
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
        "<dc:title>휴가 규정</dc:title><dc:creator>인사팀</dc:creator><dcterms:created>2024-03-01T00:00:00Z</dcterms:created>"
        "</cp:coreProperties>"
    )
    kinds = [("1", "officeDocument", "word/document.xml"), ("2", "metadata/core-properties", "docProps/core.xml")]
    path = write_package(
        tmp_path / "a.docx",
        "word/document.xml",
        {"word/document.xml": part("w:document", f"<w:body>{p('글.')}</w:body>"), "docProps/core.xml": core},
    )
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["_rels/.rels"] = relations(kinds).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    assert Metadata("휴가 규정", "인사팀", "2024-03-01T00:00:00Z") in list(load(path, path.name))


def test_strict_kind_reads_alike(tmp_path: Path) -> None:
    path = write_docx(tmp_path, p("1장", "1") + p("글."), [("s", "styles", "styles.xml")], {"word/styles.xml": STYLES})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    old, new = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text.replace(old + "wordprocessingml/2006", new + "wordprocessingml"))
    assert [unit.label for unit in units(path)] == ["1장"]


def test_empty_document_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        units(write_docx(tmp_path, "<w:p/><w:sectPr/>"))
    assert caught.value.code == "document_without_text"


@pytest.mark.parametrize("depth", [150, 1900, 20_000])
def test_deep_nesting_ends_with_a_reason(tmp_path: Path, depth: int) -> None:
    body = "<w:p>" + "<w:smartTag>" * depth + r("속") + "</w:smartTag>" * depth + "</w:p>"
    path = write_docx(tmp_path, body)
    if depth < 200:
        assert units(path)[0].text == "속"
        return
    with pytest.raises(InputError) as caught:
        units(path)
    assert caught.value.code in ("too_deep", "file_damaged")


def test_missing_main_part_is_damage(tmp_path: Path) -> None:
    path = write_package(tmp_path / "a.docx", "word/gone.xml", {"word/document.xml": "<x/>"})
    with pytest.raises(InputError) as caught:
        units(path)
    assert caught.value.code == "file_damaged"


@pytest.mark.parametrize("seed", range(30))
def test_damaged_bytes_end_as_a_reason_or_as_text(tmp_path: Path, seed: int) -> None:
    """Bytes of the packed and of the unpacked document are changed."""
    dice = random.Random(seed)
    body = p("1장", "1") + table(cells("가", "나"), cells("1", "2")) * 3 + p("끝.")
    data = bytearray(part("w:document", f"<w:body>{body}</w:body>").encode())
    for _ in range(dice.randrange(1, 4)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    path = write_docx(tmp_path, "", [("s", "styles", "styles.xml")], {"word/styles.xml": STYLES})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["word/document.xml"] = bytes(data)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    packed = bytearray(path.read_bytes())
    if seed % 2:
        packed[dice.randrange(len(packed))] ^= 1 << dice.randrange(8)
    path.write_bytes(packed[: dice.randrange(len(packed) // 2, len(packed) + 1)] if seed % 3 == 0 else packed)
    try:
        assert all(isinstance(item, Unit | Metadata | Problem) for item in load(path, path.name))
    except InputError as error:
        assert error.code in {
            "file_damaged",
            "document_without_text",
            "archive_bomb",
            "password_needed",
            "xml_forbidden",
        } | {
            "format_unknown",
            "text_undecodable",
            "file_binary",
        }
