"""Query syntax: what is a filter, a phrase, a word to leave out, and what stays text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ai_chat.errors import InputError
from ai_chat.filters import NAMES, checked
from ai_chat.search.query import Query, narrowed, parse_query, require_words
from ai_chat.types import Scope

WORDS = re.compile(r"[^\W_]+")
PIECES = [
    "type:",
    "이후:",
    "document:",
    '"',
    "“",
    "”",
    "-",
    " ",
    "\n",
    "pdf",
    "2024-01",
    "연차 휴가",
    "x",
    ":",
    "(",
    "，",
    "😀",
]


def test_all_kinds_of_operators_at_once() -> None:
    query = parse_query('연차 휴가 "제15조  제1항"에서 -초안 type:pdf after:2024-01 document:취업규칙')
    assert query == Query(
        "연차 휴가 제15조 제1항에서",
        ("제15조  제1항",),
        ("초안",),
        (("type", "pdf"), ("after", "2024-01-01"), ("document", "취업규칙")),
    )


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("종류:pdf 휴가", (("type", "pdf"),)),
        ("type:PDF,.md 휴가", (("type", "pdf"), ("type", "md"))),
        ("형식:한글 형식:엑셀 휴가", (("type", "hwp"), ("type", "excel"))),
        ("이후:2024년 이전：2024.3.15. 휴가", (("after", "2024-01-01"), ("before", "2024-03-15"))),
        (
            "modified-after:2024 added_before:20240315 휴가",
            (("modified_after", "2024-01-01"), ("added_before", "2024-03-15")),
        ),
        ('문서:"인사 규정" 휴가', (("document", "인사 규정"),)),
        ("document:“인사 규정” 휴가", (("document", "인사 규정"),)),
        ("Author:kim TITLE:Handbook, 휴가", (("author", "kim"), ("title", "Handbook"))),
        ("-type:pdf 휴가", (("-type", "pdf"),)),
    ],
)
def test_filters(text: str, filters: tuple[tuple[str, str], ...]) -> None:
    query = parse_query(text)
    assert query.filters == filters
    assert query.text == "휴가"


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/a?b=c",
        "회의는 10:30에 시작하나요",
        r"C:\문서\규정.txt",
        "foo:bar baz",
        "type: pdf",
        "제목: 휴가 규정",
        "filetype:pdf",
        '5" pipe and 6" pipe',
        '휴가 "',
        "rock'n'roll 'quoted'",
        "기온 -5도",
        "a - b",
        "--flag",
        "e-mail",
        "목록\n-하나\n-둘",
        "SELECT * FROM documents; DROP TABLE documents; --",
        "title AND (body OR +must) NOT x^2 ~3 [a TO b]",
        ".*+?[](){}|^$\\d",
        "'; -- 1=1",
        "😀🎉",
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert parse_query(text) == Query(text)


@pytest.mark.parametrize("text", ["after:banana x", "before:2024-02-30 x", "이후:13 x", "type:p/d x", "after:0001 x"])
def test_a_bad_value_is_named(text: str) -> None:
    with pytest.raises(InputError, match="filter_invalid") as caught:
        parse_query(text)
    assert caught.value.values["value"] in text
    assert ":" in caught.value.values["example"]


@pytest.mark.parametrize(
    ("text", "phrases", "excluded", "left"),
    [
        ("“연차 휴가”는 며칠", ("연차 휴가",), (), "연차 휴가는 며칠"),
        ('"a" "b c', ("a",), (), 'a "b c'),
        ('("exact") -"two words" -draft, x', ("exact",), ("two words", "draft,"), "(exact) x"),
        ('"!!!" x', (), (), "x"),
        ('"" x', (), (), '"" x'),
        ('"type:pdf -x" y', ("type:pdf -x",), (), "type pdf x y"),
    ],
)
def test_phrases_and_words_left_out(text: str, phrases: tuple[str, ...], excluded: tuple[str, ...], left: str) -> None:
    assert parse_query(text) == Query(left, phrases, excluded)


@pytest.mark.parametrize(
    ("text", "code"),
    [("type:pdf", "question_without_words"), ("-초안", "question_without_words"), (" \n", "question_empty")],
)
def test_a_question_needs_words(text: str, code: str) -> None:
    with pytest.raises(InputError, match=code):
        require_words(parse_query(text))


def test_a_phrase_alone_is_a_question() -> None:
    require_words(parse_query('"연차 휴가"'))


def test_a_query_narrows_the_scope() -> None:
    query = parse_query("x type:pdf collection:인사 컬렉션:총무")
    assert narrowed(Scope(), query) == Scope(collections=("인사", "총무"), filters=(("type", "pdf"),))
    within = narrowed(Scope(collections=("인사", "개발"), filters=(("author", "kim"),)), query)
    assert within == Scope(collections=("인사",), filters=(("author", "kim"), ("type", "pdf")))


def tries() -> st.SearchStrategy[str]:
    return st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


def parsed(text: str) -> Query | None:
    try:
        return parse_query(text)
    except InputError as error:
        assert error.code == "filter_invalid"
        return None


@settings(max_examples=500, deadline=None, derandomize=True)
@given(tries())
def test_any_text_is_a_query_or_has_an_invalid_filter(text: str) -> None:
    query = parsed(text)
    if query is None:
        return
    assert parse_query(query.text) == Query(query.text)
    assert all(part in text for part in (*query.phrases, *query.excluded))
    left = iter(text)
    assert all(letter in left for letter in "".join(WORDS.findall(query.text))), "words and their order stay"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.from_regex(r"[가-힣a-z0-9]{1,6}", fullmatch=True), max_size=30))
def test_plain_words_all_stay(words: list[str]) -> None:
    assert parse_query(" ".join(words)) == Query(" ".join(words))


@pytest.mark.parametrize("piece", ['"', '"a ', "-a ", "“", "type: ", "type:pdf ", "x:", "- ", "(", '" ', "제15조 "])
def test_long_texts_are_parsed(piece: str) -> None:
    parse_query(piece * (50_000 // len(piece)))


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_checked_filter_stays_as_it_is(name: str) -> None:
    value = "2024-02" if "after" in NAMES[name] or "before" in NAMES[name] else "pdf"
    key, stored = checked(name, value)
    assert key == NAMES[name]
    assert checked(key, stored) == (key, stored)
    assert checked(f"-{name}", value) == (f"-{key}", stored)


@pytest.mark.parametrize(("name", "value"), [("banana", "x"), ("type", ""), ("after", "x"), ("", "x"), ("-", "x")])
def test_a_wrong_filter_is_refused(name: str, value: str) -> None:
    with pytest.raises(InputError, match="filter_invalid"):
        checked(name, value)
