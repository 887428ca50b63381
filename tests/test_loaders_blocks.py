"""Blocks of a document to labelled units, and the numbers before its paragraphs."""

from __future__ import annotations

import pytest

from ai_chat.chunking import split_sentences
from ai_chat.loaders.blocks import Block, Note, Paragraph, Running, Table, table, text_of, units
from ai_chat.loaders.grid import Cell
from ai_chat.loaders.hancom.hwp_body import script_text
from ai_chat.loaders.hancom.numbers import Heads, Level, Shape, numeral


def sections(*blocks: Block) -> list[tuple[str, str]]:
    return [(unit.label, unit.text) for unit in units(blocks)]


def row(*cells: str) -> Table:
    return Table(tuple(Cell(0, column, text) for column, text in enumerate(cells)))


@pytest.mark.parametrize(
    "heading",
    ["제1장 총칙", "제 2 절 휴가", "Ⅲ. 추진 배경", "Ⅳ 기대 효과", "부      칙", "부칙 <제3호>", "제3편"],
)
def test_headings_numbered_by_hand(heading: str) -> None:
    assert sections(Paragraph("앞"), Paragraph(heading), Paragraph("글")) == [("", "앞"), (heading, f"{heading}\n\n글")]


@pytest.mark.parametrize(
    "line",
    [
        "제1장 총칙 ······· 3",
        "제1장 총칙\t3",
        "제1장의 규정을 따른다.",
        "제1장제2절의 제목을 고친다.",
        "제8조 중 “재산분”을 고친다.",
        "부칙에서 정한다.",
        "제1장 " + "매우 긴 문장이 이어진다 " * 5,
        "Ⅰ",
    ],
)
def test_lines_that_only_begin_like_headings(line: str) -> None:
    assert sections(Paragraph("앞"), Paragraph(line)) == [("", f"앞\n\n{line.strip()}")]


def test_articles_of_a_rule() -> None:
    assert sections(
        Paragraph("제3장 휴가"),
        Paragraph("제15조(연차휴가) 1년에 15일이다."),
        Paragraph("② 나누어 쓸 수 있다."),
        Paragraph("제15조의2(병가) 60일이다."),
        Paragraph("제4장 복무"),
        Paragraph("글"),
    ) == [
        ("제3장 휴가 > 제15조(연차휴가)", "제3장 휴가\n\n제15조(연차휴가) 1년에 15일이다.\n\n② 나누어 쓸 수 있다."),
        ("제3장 휴가 > 제15조의2(병가)", "제15조의2(병가) 60일이다."),
        ("제4장 복무", "제4장 복무\n\n글"),
    ]


def test_chapters_in_boxes() -> None:
    assert sections(row("Ⅰ", "", "추진 배경"), Paragraph("글"), row("가", "나")) == [
        ("Ⅰ 추진 배경", "Ⅰ 추진 배경\n\n글\n\n가 | 나")
    ]


def test_headings_without_text_between_them_are_a_list() -> None:
    listed = [Paragraph("1. 차례", 1), Paragraph("가. 하나", 2), Paragraph("나. 둘", 2), Paragraph("다. 셋", 2)]
    assert sections(*listed) == [("1. 차례", "1. 차례\n\n가. 하나\n\n나. 둘\n\n다. 셋")]
    assert sections(*listed, Paragraph("셋의 글"), Paragraph("2. 끝", 1)) == [
        ("1. 차례", "1. 차례\n\n가. 하나\n\n나. 둘"),
        ("1. 차례 > 다. 셋", "다. 셋\n\n셋의 글"),
        ("2. 끝", "2. 끝"),
    ]


def test_a_paragraph_of_the_outline_that_is_no_title() -> None:
    long = "이 문단은 개요 수준이 매겨져 있지만 제목이라기에는 너무 길다. " * 4
    assert sections(Paragraph(long, 2), Paragraph("글")) == [("", f"{long.strip()}\n\n글")]


def test_long_sections_are_cut_and_notes_stay() -> None:
    body = [Paragraph("문단이 이어진다. " * 20)] * 40
    found = sections(Paragraph("1. 본문", 1), *body, Note("[1] 각주"))
    assert len(found) > 2 and {label for label, _text in found} == {"1. 본문"}
    assert max(len(text) for _label, text in found) <= 3500 and found[-1][1].endswith("[1] 각주")


def test_no_sentence_runs_over_the_end_of_a_paragraph() -> None:
    """Lines as long as each other without a full stop would be read as one sentence, wrapped."""
    listed = ("출장비 정산은 귀임 후 5일 이내", "법인카드 사용은 부서장이 승인", "숙박비 한도는 1박 십만원까지")
    cell = Paragraph("\n".join(listed[:2]))
    memo = table(
        [(Cell(0, 0, ""), [cell]), (Cell(1, 0, ""), [Paragraph("가")]), (Cell(1, 1, ""), [Paragraph("1")])], [], None
    )
    heads = [Running("header", text) for text in listed]
    for unit in units([*map(Paragraph, listed), *memo, Note(listed[0]), Note(listed[1]), *heads]):
        assert all("\n" not in unit.text[start:end] for start, end in split_sentences(unit.text))


def test_a_table_stands_apart_with_its_caption_and_its_rows_together() -> None:
    goods: list[list[Block]] = [[Paragraph(text)] for text in ("품목", "단가", "의자", "12,000", "책상", "30,000")]
    cells = [(Cell(at // 2, at % 2, ""), words) for at, words in enumerate(goods)]
    found = sections(Paragraph("앞"), *table(cells, [Paragraph("표 1 비품")], None), Paragraph("뒤"))
    assert found == [("", "앞\n\n표 1 비품\n\n품목: 의자 | 단가: 12,000\n품목: 책상 | 단가: 30,000\n\n뒤")]


def test_a_running_head_keeps_its_table() -> None:
    assert (
        text_of([Paragraph("한빛산업"), row("문서번호", "2026-1"), Paragraph(" ")]) == "한빛산업\n\n문서번호 | 2026-1"
    )


def test_labels_are_normalised() -> None:
    assert sections(Paragraph("\uf53a글의 구조", 1), Paragraph("글"))[0][0] == "한글의 구조"


def test_script_of_an_equation() -> None:
    assert script_text("a`over~ b") == " a over b "


@pytest.mark.parametrize(
    ("number", "style", "written"),
    [
        (3, "DIGIT", "3"),
        (3, "CIRCLED_DIGIT", "③"),
        (21, "CIRCLED_DIGIT", "㉑"),
        (36, "CIRCLED_DIGIT", "㊱"),
        (51, "CIRCLED_DIGIT", "51"),
        (14, "ROMAN_CAPITAL", "XIV"),
        (9, "ROMAN_SMALL", "ix"),
        (2, "HANGUL_SYLLABLE", "나"),
        (15, "HANGUL_SYLLABLE", "거"),
        (10, "HANGUL_PHONETIC", "십"),
        (11, "HANGUL_PHONETIC", "십일"),
        (20, "IDEOGRAPH", "二十"),
        (99, "IDEOGRAPH", "九十九"),
        (2, "CIRCLED_HANGUL_SYLLABLE", "㉯"),
        (1, "DECAGON_CIRCLE_HANJA", "甲"),
        (2, "USER_CHAR", "2"),
        (0, "LATIN_SMALL", "0"),
    ],
)
def test_numerals(number: int, style: str, written: str) -> None:
    assert numeral(number, style) == written


def test_heads_count_level_by_level() -> None:
    levels = (Level("제^1장"), Level("^1.^2"), Level("^n)"), Level("^N"))
    heads = Heads({at: Shape("number", at, 1) for at in range(4)}, {1: levels})
    order = (0, 1, 1, 0, 1, 2, 3, 0)
    assert [heads.head(at)[0] for at in order] == [
        "제1장",
        "1.1",
        "1.2",
        "제2장",
        "2.1",
        "2.1.1)",
        "2.1.1.1.",
        "제3장",
    ]


def test_a_level_without_those_above_counts_them() -> None:
    levels = (Level("^1."), Level("^1.^2", start=5))
    heads = Heads({0: Shape("number", 0, 1), 1: Shape("outline", 1, 0)}, {1: levels}, outline=1)
    assert [heads.head(1), heads.head(1), heads.head(0), heads.head(7)] == [("1.5", 2), ("1.6", 2), ("2.", 0), ("", 0)]
