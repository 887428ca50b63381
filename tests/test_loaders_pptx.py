"""PPTX: slides in the order of the show, titles as labels, shapes of every kind, notes, memos, footers and hidden slides."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ai_chat.errors import InputError
from ai_chat.loaders import load
from ai_chat.types import Attachment, Metadata, Problem, Progress, Unit
from tests.ooxml_files import Relations, part, relations, slide_part, write_pptx


def words(*paragraphs: str) -> str:
    inside = "".join(
        each if each.startswith("<") else f"<a:p><a:r><a:t>{each}</a:t></a:r></a:p>" for each in paragraphs
    )
    return f"<p:txBody>{inside}</p:txBody>"


def shape(*paragraphs: str, role: str = "") -> str:
    place = f'<p:ph type="{role}"/>' if role else ""
    return f"<p:sp><p:nvSpPr><p:nvPr>{place}</p:nvPr></p:nvSpPr>{words(*paragraphs)}</p:sp>"


def frame(inside: str) -> str:
    return f"<p:graphicFrame><a:graphic><a:graphicData>{inside}</a:graphicData></a:graphic></p:graphicFrame>"


def cell(text: str, attributes: str = "") -> str:
    return f"<a:tc {attributes}>{words(text).replace('p:txBody', 'a:txBody')}</a:tc>"


def table(*rows: str) -> str:
    return frame(f"<a:tbl>{''.join(f'<a:tr>{row}</a:tr>' for row in rows)}</a:tbl>")


def of_slide(related: Relations) -> dict[str, str | bytes]:
    return {"ppt/slides/_rels/slide1.xml.rels": relations(related)}


def units(path: Path) -> list[Unit]:
    return [item for item in load(path, path.name) if isinstance(item, Unit)]


def one(folder: Path, slide: str, parts: dict[str, str | bytes] | None = None) -> Unit:
    (unit,) = units(write_pptx(folder, [slide], parts))
    return unit


def test_slides_are_labelled_by_their_titles(tmp_path: Path) -> None:
    slides = [
        shape("본문 먼저", role="body") + shape("매출", "현황", role="title"),
        shape("제목 없는 글"),
        shape("끝", role="ctrTitle"),
    ]
    found = units(write_pptx(tmp_path, slides))
    assert [(unit.kind, unit.number, unit.label) for unit in found] == [
        ("slide", 1, "매출 현황"),
        ("slide", 2, "제목 없는 글"),
        ("slide", 3, "끝"),
    ]
    assert found[0].text.split() == ["매출", "현황", "본문", "먼저"]


def test_order_is_that_of_the_show(tmp_path: Path) -> None:
    listed = '<p:sldIdLst><p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/></p:sldIdLst>'
    path = write_pptx(tmp_path, [shape("하나"), shape("둘")], {"ppt/presentation.xml": part("p:presentation", listed)})
    assert [unit.label for unit in units(path)] == ["둘", "하나"]


def test_slides_of_a_broken_list_are_read(tmp_path: Path) -> None:
    path = write_pptx(tmp_path, [shape("하나"), shape("둘")], {"ppt/presentation.xml": part("p:presentation", "")})
    assert [unit.label for unit in units(path)] == ["하나", "둘"]


def test_hidden_slide_says_so(tmp_path: Path) -> None:
    hidden = slide_part(shape("예비 자료", role="title"), 'show="0"')
    assert one(tmp_path, hidden).label == "예비 자료 (숨김 · hidden)"


def test_groups_and_alternatives_are_read_once(tmp_path: Path) -> None:
    group = f"<p:grpSp><p:grpSp>{shape('깊은 글')}</p:grpSp>{shape('옆 글')}</p:grpSp>"
    choice = f'<mc:Choice Requires="x">{shape("수식")}</mc:Choice><mc:Fallback>{shape("수식")}</mc:Fallback>'
    text = one(tmp_path, group + f"<mc:AlternateContent>{choice}</mc:AlternateContent>").text
    assert text.split("\n\n") == ["깊은 글", "옆 글", "수식"]


def test_table_rows_name_their_columns(tmp_path: Path) -> None:
    rows = [
        cell("부서") + cell("이름") + cell("금액"),
        cell("영업부", 'rowSpan="2"') + cell("김") + cell("100"),
        cell("", 'vMerge="1"') + cell("이") + cell("200"),
        cell("합계", 'gridSpan="2"') + cell("", 'hMerge="1"') + cell("300"),
    ]
    lines = one(tmp_path, table(*rows)).text.split("\n")
    assert lines[1:] == ["부서: 영업부 | 이름: 이 | 금액: 200", "부서: 합계 | 금액: 300"] or lines == [
        "부서: 영업부 | 이름: 김 | 금액: 100",
        "부서: 영업부 | 이름: 이 | 금액: 200",
        "부서: 합계 | 금액: 300",
    ]


def test_paragraphs_stand_apart_and_keep_their_numbers(tmp_path: Path) -> None:
    def item(text: str, kind: str, level: int = 0) -> str:
        return f'<a:p><a:pPr lvl="{level}"><a:buAutoNum type="{kind}"/></a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>'

    body = shape(
        item("첫째", "arabicPeriod"),
        item("가", "circleNumDbPlain", 1),
        item("둘째", "arabicPeriod"),
        item("나", "circleNumDbPlain", 1),
        "끊음",
        item("다시", "alphaUcParenBoth"),
    )
    assert one(tmp_path, body).text.split("\n\n") == ["1. 첫째", "① 가", "2. 둘째", "① 나", "끊음", "(A) 다시"]


def test_line_breaks_and_fields(tmp_path: Path) -> None:
    body = "<a:p><a:r><a:t>앞</a:t></a:r><a:br/><a:fld><a:rPr/><a:t>2024년</a:t></a:fld></a:p>"
    assert one(tmp_path, shape(body)).text == "앞\n2024년"


def test_notes_and_both_kinds_of_memos(tmp_path: Path) -> None:
    related = [
        ("1", "notesSlide", "../notesSlides/notesSlide1.xml"),
        ("2", "comments", "../comments/comment1.xml"),
        ("3", "comments", "../comments/modern1.xml"),
    ]
    shown = shape("3", role="sldNum") + shape("예산 확인", role="body") + shape("배포용", role="hdr")
    notes = f"<p:cSld><p:spTree>{shown}</p:spTree></p:cSld>"
    parts: dict[str, str | bytes] = {
        **of_slide(related),
        "ppt/notesSlides/notesSlide1.xml": part("p:notes", notes),
        "ppt/comments/comment1.xml": part("p:cmLst", '<p:cm authorId="0"><p:text>고칠 것</p:text></p:cm>'),
        "ppt/comments/modern1.xml": part("p:cmLst", f'<p:cm authorId="G">{words("새 메모")}</p:cm>'),
        "ppt/commentAuthors.xml": part("p:cmAuthorLst", '<p:cmAuthor id="0" name="박 과장"/>'),
        "ppt/_rels/presentation.xml.rels": relations(
            [("rId1", "slide", "slides/slide1.xml"), ("a", "commentAuthors", "commentAuthors.xml")]
        ),
    }
    text = one(tmp_path, shape("제목", role="title"), parts).text
    assert text.split("\n\n") == ["제목", "[notes] 예산 확인", "[memo] 박 과장: 고칠 것", "[memo] 새 메모", "배포용"]


def test_footer_stays_out_of_chunks_and_number_out_of_the_text(tmp_path: Path) -> None:
    slide = shape("대외비", role="ftr") + shape("7", role="sldNum") + shape("2024-01-01", role="dt") + shape("본문")
    unit = one(tmp_path, slide)
    assert unit.text == "본문\n\n대외비"
    assert [unit.text[start:end] for start, end in unit.skipped] == ["대외비"]


def test_words_of_the_design_stay_out_of_chunks(tmp_path: Path) -> None:
    def design(text: str) -> str:
        shown = shape(text) + shape("마스터 제목 편집", role="title")
        return part("p:sldLayout", f"<p:cSld><p:spTree>{shown}</p:spTree></p:cSld>")

    parts: dict[str, str | bytes] = {
        **of_slide([("1", "slideLayout", "../slideLayouts/slideLayout1.xml")]),
        "ppt/slideLayouts/slideLayout1.xml": design("사내 한정"),
        "ppt/slideLayouts/_rels/slideLayout1.xml.rels": relations([("1", "slideMaster", "../slideMasters/m.xml")]),
        "ppt/slideMasters/m.xml": design("한빛산업"),
    }
    unit = one(tmp_path, shape("본문"), parts)
    assert unit.text == "본문\n\n사내 한정\n한빛산업"
    assert [unit.text[start:end] for start, end in unit.skipped] == ["사내 한정\n한빛산업"]
    with pytest.raises(InputError):
        units(write_pptx(tmp_path, ["<p:pic/>"], parts))


def test_chart_and_diagram_say_their_words(tmp_path: Path) -> None:
    series = (
        "<c:ser><c:tx><c:v>매출</c:v></c:tx><c:cat><c:strLit><c:pt idx='0'><c:v>1월</c:v></c:pt></c:strLit></c:cat>"
    )
    series += "<c:val><c:numLit><c:formatCode>0.0%</c:formatCode><c:pt idx='0'><c:v>0.153</c:v></c:pt></c:numLit></c:val></c:ser>"
    chart = part("c:chartSpace", f"<c:chart><c:plotArea><c:lineChart>{series}</c:lineChart></c:plotArea></c:chart>")
    points = "<dgm:pt><dgm:t><a:p><a:r><a:t>기획</a:t></a:r></a:p></dgm:t></dgm:pt><dgm:pt type='pres'><dgm:t><a:p/></dgm:t></dgm:pt>"
    points += "<dgm:pt type='node'><dgm:t><a:p><a:r><a:t>실행</a:t></a:r></a:p></dgm:t></dgm:pt>"
    parts: dict[str, str | bytes] = {
        **of_slide([("c", "chart", "../charts/chart1.xml"), ("d", "diagramData", "../diagrams/data1.xml")]),
        "ppt/charts/chart1.xml": chart,
        "ppt/diagrams/data1.xml": part("dgm:dataModel", f"<dgm:ptLst>{points}</dgm:ptLst>"),
    }
    unit = one(tmp_path, frame('<c:chart r:id="c"/>') + frame('<dgm:relIds r:dm="d"/>'), parts)
    assert unit.text.split("\n\n") == ["1월 | 매출: 15.3%", "기획", "실행"]


def test_embedded_files_are_attachments_once(tmp_path: Path) -> None:
    related = [("1", "package", "../embeddings/a.pdf"), ("2", "package", "../embeddings/a.pdf")]
    path = write_pptx(tmp_path, [shape("글")], {**of_slide(related), "ppt/embeddings/a.pdf": b"%PDF-1.4 ..."})
    assert [item.name for item in load(path, path.name) if isinstance(item, Attachment)] == ["a.pdf"]


def test_pictures_of_slides_without_text_are_attachments(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {
        "ppt/media/logo.png": b"\x89PNG\r\n\x1a\n1",
        "ppt/media/scan.png": b"\x89PNG\r\n\x1a\n2",
    }
    for number, name in ((1, "logo"), (2, "scan")):
        parts[f"ppt/slides/_rels/slide{number}.xml.rels"] = relations([("1", "image", f"../media/{name}.png")])
    path = write_pptx(tmp_path, [shape("글"), "<p:pic/>", shape("끝")], parts)
    assert [unit.number for unit in units(path)] == [1, 3]
    assert [item.name for item in load(path, path.name) if isinstance(item, Attachment)] == ["scan.png"]


def test_progress_is_told(tmp_path: Path) -> None:
    path = write_pptx(tmp_path, [shape("하나"), shape("둘")])
    assert [item for item in load(path, path.name) if isinstance(item, Progress)] == [Progress(1, 2), Progress(2, 2)]


def test_slides_without_text_are_said(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        units(write_pptx(tmp_path, ["<p:pic/>", ""]))
    assert caught.value.code == "document_without_text"


@pytest.mark.parametrize("seed", range(20))
def test_damaged_bytes_end_as_a_reason_or_as_text(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    data = bytearray(slide_part(shape("제목", role="title") + table(cell("가") + cell("1"))).encode())
    for _ in range(dice.randrange(1, 4)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    path = write_pptx(tmp_path, [""], {"ppt/slides/slide1.xml": bytes(data)})
    try:
        assert all(isinstance(item, Unit | Metadata | Problem | Progress) for item in load(path, path.name))
    except InputError as error:
        assert error.code in {"file_damaged", "document_without_text", "xml_forbidden"}
