"""Amounts, days and times as people write them: equal where they mean the same, and only there."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.checking.quantities import amounts, plain
from ai_chat.checking.values import holds, values_of

SAME = [
    ("3천만원", "30,000,000원"),
    ("3,000만 원", "삼천만 원"),
    ("802만 9,600원", "8,029,600원"),
    ("1억 2천만원", "120,000,000원"),
    ("3.94 million won", "3,940,000 won"),
    ("$2,100", "2,100 USD"),
    ("백이십 명", "120명"),
    ("열두 개", "12개"),
    ("열흘", "10일"),
    ("사흘", "3일"),
    ("two weeks", "14 days"),
    ("3 years", "36 months"),
    ("25%", "4분의 1"),
    ("80 퍼센트", "80%"),
    ("a fifth", "5분의 1"),
    ("2024.3.1", "2024년 3월 1일"),
    ("2024-03-01", "March 1, 2024"),
    ("6월 5일", "2025년 6월 5일"),
    ("in April", "1 April 2025"),
    ("9시 30분", "09:30"),
    ("오후 2시", "14:00"),
    ("새벽 2시", "오전 2시"),
    ("SB-7014", "SB7014"),
    ("20 cm", "200 mm"),
    ("２０％", "20%"),
    ("20141009", "2014년 10월 9일"),
    ("사백여 명", "400명"),
    ("83,879 km2", "83,879 square kilometres"),
    ("3헥타르", "30,000㎡"),
    ("8.9 million people", "Population (millions): 8.9"),
]
OTHER = [
    ("3천만원", "3백만원"),
    ("15일", "15개월"),
    ("3일", "3영업일"),
    ("90달러", "90유로"),
    ("8 days", "8 working days"),
    ("1.5%", "15%"),
    ("2024년 3월 1일", "2024년 3월 11일"),
    ("7월 10일", "10월 7일"),
    ("9시 30분", "10:30"),
    ("오전 2시", "14:00"),
    ("SB-7014", "SB-7041"),
    ("제5조", "제6조"),
    ("스물네 명", "스물다섯 명"),
    ("20141009", "2014년 10월 19일"),
    ("88,379 km2", "83,879 km2"),
    ("9.8 million", "Population (millions): 8.9"),
]


def borne_out(told: str, known: str) -> bool:
    known_values = values_of(known)
    return all(holds(value, known_values, plain(told), known_values.years) for value in values_of(told).found)


@pytest.mark.parametrize(("told", "known"), SAME)
def test_one_value_in_two_writings(told: str, known: str) -> None:
    assert values_of(told).found
    assert borne_out(told, known)


@pytest.mark.parametrize(("told", "known"), OTHER)
def test_another_value_is_another(told: str, known: str) -> None:
    assert values_of(told).found
    assert not borne_out(told, known)


def test_a_table_in_thousands_is_understood() -> None:
    assert borne_out("3,000만원", "(단위: 천원) 합계 | 30,000")
    assert not borne_out("300만원", "(단위: 천원) 합계 | 30,000")


def test_about_allows_a_little() -> None:
    assert borne_out("약 41만 원", "411,200원")
    assert not borne_out("41만 원", "411,200원")
    assert not borne_out("약 14만 원", "411,200원")


def test_a_day_without_its_year_may_have_the_one_that_stands_around_it() -> None:
    known = values_of("7월 14일")
    (told,) = values_of("2025년 7월 14일").found
    assert holds(told, known, "", frozenset({2025}))
    assert not holds(told, known, "", frozenset({2024}))


@given(st.integers(1, 99_999_999))
def test_a_number_is_the_same_with_and_without_commas_and_in_ten_thousands(number: int) -> None:
    assert borne_out(f"{number}원", f"{number:,}원")
    if number >= 10_000 and number % 10_000:
        assert borne_out(f"{number // 10_000}만 {number % 10_000:,}원", f"{number:,}원")


@given(st.text(max_size=200))
def test_any_text_is_read_and_places_are_right(text: str) -> None:
    smooth = plain(text)
    assert len(smooth) == len(text)
    found = values_of(text).found
    assert all(0 <= value.start < value.end <= len(text) for value in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert all(smooth[amount.start : amount.end].strip() for amount in amounts(smooth))
