"""Chunks: exact offsets, sentence borders, lengths and overlap."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.chunking import SIZES, Sizes, chunk_unit, cut_span, split_sentences

PARAGRAPH = " ".join(
    f"제{number}조에 따라 임직원은 매년 {number}일의 휴가를 신청할 수 있으며 부서장의 승인을 받아야 한다."
    for number in range(1, 40)
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@given(st.text(alphabet="가나 다.\n!a1,#\t-。\u0301", max_size=1500))
def test_every_visible_character_is_in_a_chunk_and_offsets_are_exact(text: str) -> None:
    covered: set[int] = set()
    for chunk in chunk_unit(text):
        assert text[chunk.start : chunk.end] == chunk.text == chunk.text.strip()
        assert 0 < len(chunk.text) <= SIZES.longest
        covered.update(range(chunk.start, chunk.end))
    assert all(index in covered for index, character in enumerate(text) if not character.isspace())


def test_chunks_of_a_long_unit_are_of_the_promised_length() -> None:
    lengths = [len(chunk.text) for chunk in chunk_unit(PARAGRAPH)]
    assert len(lengths) > 3
    assert all(SIZES.shortest <= length <= SIZES.longest for length in lengths)


def test_other_sizes_make_other_chunks() -> None:
    short = Sizes(target=200, shortest=146, longest=244, overlap=0, overlap_limit=0, most_overlap=0)
    chunks = chunk_unit(PARAGRAPH, short)
    assert all(len(chunk.text) <= 244 for chunk in chunks) and len(chunks) > len(chunk_unit(PARAGRAPH))
    assert all(before.end < after.start for before, after in itertools.pairwise(chunks))


def test_chunks_start_and_end_with_sentences_and_overlap() -> None:
    chunks = chunk_unit(PARAGRAPH)
    starts, ends = {start for start, _ in split_sentences(PARAGRAPH)}, {end for _, end in split_sentences(PARAGRAPH)}
    assert all(chunk.start in starts and chunk.end in ends for chunk in chunks)
    overlaps = [before.end - after.start for before, after in itertools.pairwise(chunks)]
    assert all(0 < overlap <= SIZES.most_overlap for overlap in overlaps)


def test_a_short_unit_is_one_chunk_without_its_outer_white_space() -> None:
    (chunk,) = chunk_unit("\n  연차휴가는 15일이다.  \n")
    assert (chunk.start, chunk.end, chunk.text) == (3, 15, "연차휴가는 15일이다.")


@pytest.mark.parametrize("text", ["", "   ", "\n\n\t\n"])
def test_nothing_visible_gives_no_chunk(text: str) -> None:
    assert chunk_unit(text) == []


def test_a_run_of_full_stops_is_one_end() -> None:
    assert sentences("차례 " + "." * 40_000 + " 12\n본문이다.") == ["차례 " + "." * 40_000 + " 12", "본문이다."]


def test_text_without_any_border_is_cut_and_kept_whole() -> None:
    chunks = chunk_unit("가" * 2000)
    assert "".join(chunk.text for chunk in chunks) == "가" * 2000


def test_korean_and_english_sentences() -> None:
    assert sentences("휴가는 15일이다. 신청은 7일 전까지! Is it paid? Yes.") == [
        "휴가는 15일이다.", "신청은 7일 전까지!", "Is it paid?", "Yes.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "요율은 3.5 퍼센트이다.",
        "2024. 3. 15. 시행한다.",
        "e.g. this one",
        "담당은 J. Kim 과장이다.",
        "(No. 3 참조)",
        "가. 정의",
    ],
)
def test_a_full_stop_that_ends_no_sentence(text: str) -> None:
    assert sentences(text) == [text]


def test_a_missing_space_after_a_korean_sentence() -> None:
    assert sentences("신청합니다.승인은 부서장이 합니다.") == ["신청합니다.", "승인은 부서장이 합니다."]


def test_a_wrapped_line_is_not_a_border_but_a_heading_a_list_and_a_row_are() -> None:
    wrapped = "디지털 커머스 시대에 기업이 살아남기 위해서는 온라인\n판매를 통합해야 하며 이는 비용을 줄인다."
    assert sentences(wrapped) == [wrapped]
    assert sentences("# 휴가 규정 안내와 적용\n휴가는 15일이며 신청한다") == [
        "# 휴가 규정 안내와 적용",
        "휴가는 15일이며 신청한다",
    ]
    assert sentences("- 첫째 항목은 종이\n- 둘째 항목은 펜") == ["- 첫째 항목은 종이", "- 둘째 항목은 펜"]
    assert sentences("종이\t3,000원\n연필\t500원") == ["종이\t3,000원", "연필\t500원"]


@pytest.mark.parametrize("rows", ["의자 | {} | 회의실", "|의자|{}|회의실|", "의자\t{}\t회의실"])
def test_a_small_table_stays_whole(rows: str) -> None:
    table = "\n".join([rows.format("수량"), *(rows.format(number) for number in range(1, 10))])
    for before in range(1, 12):
        text = "휴가는 해마다 열다섯 날이며 부서장이 승인한다. " * before + "\n\n" + table + "\n\n" + PARAGRAPH
        assert any(table in chunk.text for chunk in chunk_unit(text))


def test_a_span_is_cut_at_line_ends_then_spaces_and_never_before_a_combining_mark() -> None:
    assert list(cut_span("aaaa bbb\ncc dddd", (0, 16), 9)) == [(0, 8), (9, 16)]
    assert next(cut_span("가" * 5 + "\u0301" + "가" * 5, (0, 11), 5)) == (0, 4)
