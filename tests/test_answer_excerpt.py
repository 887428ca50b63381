"""The part of a passage that a small model reads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ai_chat.answer.excerpt import excerpt

SENTENCES = [f"{number}번 문장은 {'가' * 40} 끝난다." for number in range(10)]
PROSE = " ".join(SENTENCES)
TABLE = "품목 | 단가 | 수량\n" + "\n".join(f"부품{number} | {number}00원 | {number}개" for number in range(30))


def test_a_short_passage_stays_whole() -> None:
    assert excerpt("짧은 글이다. 둘째 문장이다.", "둘째 문장이다.") == "짧은 글이다. 둘째 문장이다."


def test_whole_sentences_stand_around_the_one_that_answers() -> None:
    assert excerpt(PROSE, SENTENCES[4], 3 * len(SENTENCES[4]) + 2) == " ".join(SENTENCES[3:6])


def test_what_is_behind_comes_first() -> None:
    assert excerpt(PROSE, SENTENCES[4], 2 * len(SENTENCES[4]) + 1) == " ".join(SENTENCES[4:6])


def test_a_long_sentence_is_not_cut() -> None:
    assert excerpt(PROSE, SENTENCES[2], 10) == SENTENCES[2]


def test_a_row_keeps_the_header_of_its_table() -> None:
    cut = excerpt(TABLE, "부품20 | 2000원 | 20개", 60)
    assert cut.splitlines()[0] == "품목 | 단가 | 수량"
    assert "부품20 | 2000원 | 20개" in cut.splitlines() and len(cut) < 100


def test_the_header_is_not_told_twice() -> None:
    assert excerpt(TABLE, "부품0 | 000원 | 0개", 60).count("품목") == 1


def test_a_sentence_that_is_not_there_leaves_the_passage_whole() -> None:
    assert excerpt(PROSE, "다른 곳의 문장", 60) == PROSE


@given(
    st.lists(st.text("가나 .|\n", min_size=1, max_size=30), min_size=1, max_size=20),
    st.integers(0, 19),
    st.integers(1, 200),
)
def test_the_sentence_is_always_there(parts: list[str], which: int, most: int) -> None:
    sentence = parts[which % len(parts)]
    assert sentence in excerpt(" ".join(parts), sentence, most)
