"""Normalised text and its map back to the raw text."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ai_chat.loaders.normalise import joins_previous, normalise, to_raw

JAMO = "".join(map(chr, (0x1112, 0x1161, 0x11AB, 0x1100, 0x1173, 0x11AF)))
NASTY = st.sampled_from(
    ["\r\n", "\r", "\n", "\x00", "\ufeff", "\uf53a", "\u00a0", "e\u0301", "\u0301", JAMO, "각", "\u200b"]
)
TEXT = st.lists(NASTY | st.text(max_size=4), max_size=20).map("".join)


def test_plain_text_stays_and_needs_no_map() -> None:
    assert normalise("연차휴가는 15일이다.\n") == ("연차휴가는 15일이다.\n", ((0, 0),))


def test_base_moves_raw_offsets() -> None:
    text, offsets = normalise("가\r\n나", base=100)
    assert (text, to_raw(offsets, 0), to_raw(offsets, 2)) == ("가\n나", 100, 103)


def test_decomposed_hangul_is_composed() -> None:
    text, offsets = normalise(JAMO + "!")
    assert text == "한글!"
    assert [to_raw(offsets, i) for i in range(3)] == [0, 3, 6]


def test_hancom_private_character_is_hangul() -> None:
    text, offsets = normalise("\uf53a 2020")
    assert text == "한글 2020"
    assert [to_raw(offsets, i) for i in range(4)] == [0, 0, 1, 2]


def test_line_ends_and_control_characters() -> None:
    assert normalise("a\r\nb\rc\u2028d\x0ce\x00f\x07\u00adg\u00a0h").text == "a\nb\nc\nd\nefg h"


def test_dropped_positions_leave_no_trace() -> None:
    text, offsets = normalise("1871 년\r\n에", dropped={4, 6, 7})
    assert text == "1871년에"
    assert [to_raw(offsets, i) for i in range(6)] == [0, 1, 2, 3, 5, 8]


def test_lone_surrogates_are_dropped() -> None:
    assert normalise("가\ud800나").text.encode("utf-8").decode() == "가나"


@given(TEXT)
def test_result_is_composed_and_idempotent(raw: str) -> None:
    text = normalise(raw).text
    assert unicodedata.is_normalized("NFC", text)
    assert normalise(text).text == text


@given(TEXT)
def test_map_ascends_and_stays_inside(raw: str) -> None:
    text, offsets = normalise(raw)
    here = [pair[0] for pair in offsets]
    assert here == sorted(set(here)) and offsets[0][0] == 0
    places = [to_raw(offsets, i) for i in range(len(text))]
    assert places == sorted(places)
    assert all(0 <= place < len(raw) for place in places)


@given(TEXT)
def test_unchanged_characters_round_trip(raw: str) -> None:
    text, offsets = normalise(raw)
    for i, character in enumerate(text):
        found = raw[to_raw(offsets, i)]
        if character.isascii() and character.isalnum():
            assert unicodedata.normalize("NFD", found)[0] == character or found == character


@given(st.text(alphabet=st.characters(categories=["Lo", "Ll", "Mn", "Nd"]), max_size=12))
def test_clusters_give_the_same_as_whole_text(raw: str) -> None:
    assert normalise(raw).text == unicodedata.normalize("NFC", raw)


def test_every_character_that_composes_backwards_is_known() -> None:
    for code in range(sys.maxunicode + 1):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            pair = "".join(chr(int(part, 16)) for part in parts)
            assert unicodedata.normalize("NFC", pair) != chr(code) or joins_previous(pair[1]), hex(code)


def test_private_characters_of_symbol_fonts_are_what_they_show() -> None:
    assert normalise("\uf0b7 하나\n\uf0d8 둘\n\uf0fc 셋").text == "• 하나\n➢ 둘\n✓ 셋"
