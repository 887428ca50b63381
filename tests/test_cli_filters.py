"""Filters in the question and as options, by the real program."""

from __future__ import annotations

import pytest

from tests.program import Program

MODE = ("--mode", "lexical", "--json")


def found(library: Program, *words: str) -> set[str]:
    done = library("search", *words, *MODE)
    assert done.code == 0, done.err
    return {hit["document"] for hit in done.json["hits"]}


@pytest.mark.parametrize(
    ("words", "documents"),
    [
        (["휴가 재고 keys"], {"취업규칙.md", "notice.txt", "구형공지.txt"}),
        (["휴가 재고 keys type:txt"], {"notice.txt", "구형공지.txt"}),
        (["휴가 재고 keys", "--type", "md"], {"취업규칙.md"}),
        (["휴가 재고 keys", "--type", "md,txt", "--document", "공지"], {"구형공지.txt"}),
        (["휴가 재고 keys 문서:NOTICE"], {"notice.txt"}),
        (["휴가 재고 keys -재고"], {"취업규칙.md", "notice.txt"}),
        (["휴가 재고 keys", "--without", "재고", "--without", "boiler"], {"취업규칙.md"}),
        (['휴가 "매월 마지막"'], {"구형공지.txt"}),
        (["휴가", "--phrase", "마지막   금요일"], {"구형공지.txt"}),
        (["휴가 재고 keys", "--after", "2000", "--title", "notice"], {"notice.txt"}),
    ],
)
def test_only_what_fits_is_found(library: Program, words: list[str], documents: set[str]) -> None:
    assert found(library, *words) == documents


def test_filters_that_leave_nothing_say_so_and_offer_the_rest(library: Program) -> None:
    done = library("search", "휴가 종류:pdf", *MODE)
    assert (done.code, done.json["hits"], done.json["unfiltered"]) == (0, [], 1)
    (notice,) = [n for n in done.json["notices"] if n["code"] == "filter_matches_nothing"]
    assert "1" in notice["message"] and "?" not in notice["message"] and notice["hint"]
    assert notice["message"] in done.err


def test_an_answer_says_so_too(library: Program) -> None:
    done = library("ask", "휴가는 며칠인가요 종류:pdf", "--no-llm", "--json")
    assert done.json["finish_reason"] == "no_evidence"
    assert done.json["notice"]["code"] == "filter_matches_nothing"
    assert "?" not in done.json["notice"]["message"]
    korean = library.speaking("ko_KR.UTF-8")("ask", "휴가는 며칠인가요 종류:pdf", "--no-llm")
    assert "조건에 맞는 문단이 없습니다. 조건을 빼면 결과" in korean.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["휴가 after:banana"], "filter_invalid"),
        (["휴가", "--before", "2024-02-30"], "filter_invalid"),
        (["휴가", "--type", "p/f"], "filter_invalid"),
        (["type:pdf"], "question_without_words"),
        (["휴가 컬렉션:없음"], "collection_unknown"),
        ([" "], "question_empty"),
    ],
)
def test_what_cannot_be_asked_is_an_error(library: Program, words: list[str], code: str) -> None:
    done = library("search", *words, *MODE)
    assert (done.code, done.json["error"]["code"]) == (1, code)
    assert done.json["error"]["hint"]


def test_a_collection_may_be_named_in_the_question(library: Program) -> None:
    assert found(library, "휴가 collection:documents") == {"취업규칙.md"}


@pytest.mark.parametrize(
    "question",
    [
        '휴가 "',
        "'; DROP TABLE documents; --",
        "title:(a AND",
        "휴가 http://x.y/?a=b 10:30",
        "😀",
        ".*+?[](){}|^$\\",
        "a" * 3999,
    ],
)
def test_odd_questions_are_answered(library: Program, question: str) -> None:
    assert library("search", *MODE, "--", question).code in (0, 1)
