"""Excerpts in samples, and answers that are swapped for others."""

from __future__ import annotations

import random
import re

from ai_chat.answer.excerpt import EXCERPT, excerpt
from ai_chat.search.sentence import best_sentence, sought
from training.compose import Asked, Sample
from training.others import Others
from training.records import Found, Prepared
from training.samples import EVALUATION, TRAINING, make_samples, shown_text

FILLING = " ".join(f"{number}번째 층에는 사무실과 창고가 나란히 있고 낮에만 문을 연다." for number in range(12))
LONG = f"도서관은 {FILLING} 관장은 서다온이다. {FILLING}"
KNOWN = (
    ("관장은 누구인가?", "서다온"),
    ("사장은 누구인가?", "남기윤"),
    ("어느 도시인가?", "광주"),
    ("언제인가?", "3월 2일"),
)


def spans(count: int) -> list[Prepared]:
    pages = [Found(f"0-{number}", LONG.replace("관장", f"{number}관장")) for number in range(count)]
    return [
        Prepared(
            id=page.page, group=page.page, kind="span", split="train", question=f"{number}관장은 누구인가?",
            answer="서다온 {1}", answers=("서다온",), found=(page, *(other for other in pages if other != page)),
        )
        for number, page in enumerate(pages)
    ]  # fmt: skip


def test_in_evaluation_a_passage_is_cut_as_the_program_cuts_it() -> None:
    question = "관장은 누구인가?"
    start, end = best_sentence(LONG, sought(question))
    assert shown_text(Found("a", LONG), question, EXCERPT) == excerpt(LONG, LONG[start:end])
    samples = make_samples(spans(4), 1, EVALUATION)
    assert len(samples) == 4 and all(len(sample.asked) == 1 for sample in samples)
    assert all(len(line) < 300 for sample in samples for line in sample.beginning.splitlines())


def test_in_training_the_sentence_with_the_answer_is_shown() -> None:
    assert "서다온" not in shown_text(Found("a", LONG), "창고가 있는 3번째 층은?", 200)
    assert "서다온" in shown_text(Found("a", LONG), "창고가 있는 3번째 층은?", 200, "서다온")
    for seed in range(10):
        for sample in make_samples(spans(3), seed, TRAINING):
            for asked in (one for one in sample.asked if one.kind == "span"):
                found = re.fullmatch(r" (\S+) \[(\d)\]\n", asked.answer)
                assert (
                    found and found[1] in dict(re.findall(r"^\[(\d)\] (.*)$", sample.beginning, re.MULTILINE))[found[2]]
                )


def test_an_answer_is_swapped_everywhere_for_one_that_is_asked_for_alike() -> None:
    sample = Sample("[1] 관장은 서다온이다.\n", (Asked("1", "span", "질문: 서다온의 동료는?", " 서다온 [1]\n"),))
    asked = Sample(sample.beginning, (Asked("1", "span", "질문: 관장은 누구인가?", " 서다온 [1]\n"), sample.asked[0]))
    swapped = Others(KNOWN).swapped(asked, random.Random(1))
    assert swapped.beginning == "[1] 관장은 남기윤이다.\n"
    assert swapped.asked[0].answer == " 남기윤 [1]\n" and swapped.asked[1].question == "질문: 남기윤의 동료는?"


def test_numbers_and_what_stands_in_many_places_stay() -> None:
    many = Sample("[1] " + "서다온이 왔다. " * 6, (Asked("1", "span", "질문: 누구인가?", " 서다온 [1]\n"),))
    dated = Sample("[1] 3월 2일에 열었다.", (Asked("1", "span", "질문: 언제인가?", " 3월 2일 [1]\n"),))
    others = Others(KNOWN)
    assert others.swapped(many, random.Random(1)) == many and others.swapped(dated, random.Random(1)) == dated
