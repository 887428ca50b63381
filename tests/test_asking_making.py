"""Questions made by rule: what they ask for stands where they say, and what nothing answers is answered nowhere."""

from __future__ import annotations

import pytest

from ai_chat.asking.making import Made, make_questions
from ai_chat.asking.targets import targets
from ai_chat.types import Passage, UnitRef

TEXTS = {
    "휴가.txt": "연차휴가는 입사 1년 뒤부터 해마다 15일이 주어진다. 병가 진단서는 사흘이 지나면 총무팀에 제출해야 합니다.",
    "출장.txt": "부산 출장의 숙박비 한도는 하룻밤에 100,000원이다. 출장 정산은 2025년 6월 27일까지 영수증과 함께 올립니다.",
    "보안.txt": "등록하지 않은 저장 장치는 7월 21일에 차단된다. 보안 담당은 문가람 과장이며 내선은 사무실 벽에 붙어 있다.",
    "warranty.txt": "Hydraulic chucks carry a warranty of 12 months after delivery. Repaired parts keep a minimum of 90 days.",
}


def passages() -> list[Passage]:
    return [
        Passage(number, number, f"d{number}", name, "documents", UnitRef("section", 1, ""), 5, 5 + len(text), text)
        for number, (name, text) in enumerate(TEXTS.items(), 1)
    ]


def made(count: int = 40, unanswerable: float = 0.0, seeds: int = 30) -> list[Made]:
    return [one for seed in range(seeds) for one in make_questions(passages(), count, seed, unanswerable)]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("연차는 15일이다.", [("15일", "며칠")]),
        ("2025년 6월 27일까지 1,200만 원을 낸다.", [("2025년 6월 27일", "언제"), ("1,200만 원", "얼마")]),
        ("예산의 3.5%를 30명이 쓴다.", [("3.5%", "몇 퍼센트"), ("30명", "몇 명")]),
        ("구본재 팀장이 PR-2025-0417을 승인했다.", [("구본재", "누구"), ("PR-2025-0417", "무엇")]),
        ("한국의 대표 11번가와 21세기", []),
        ("3분의 1은 남고 버전 2.10.4는 간다", []),
    ],
)
def test_what_a_sentence_tells(sentence: str, told: list[tuple[str, str]]) -> None:
    assert [(sentence[each.start : each.end], each.korean) for each in targets(sentence)] == told


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("The warranty is 12 months.", [("12 months", "how many months")]),
        ("On 27 June 2025 it paid EUR 2,100.", [("27 June 2025", "when"), ("EUR 2,100", "how much")]),
        ("It grew by 4 percent in May.", [("4 percent", "what percentage")]),
        ("trained by Pyeon Dodam", [("Pyeon Dodam", "who")]),
    ],
)
def test_what_an_english_sentence_tells(sentence: str, told: list[tuple[str, str]]) -> None:
    assert [(sentence[each.start : each.end], each.english) for each in targets(sentence)] == told


def test_an_answer_stands_where_the_question_says_and_not_in_the_question() -> None:
    texts = {each.chunk_id: each for each in passages()}
    asked = made()
    assert {one.kind for one in asked} == {"cloze", "keyword"}
    for one in asked:
        passage = texts[one.passage.chunk_id]
        assert one.answer and one.answerable and one.answer in one.sentence and one.answer not in one.question
        assert passage.text[one.start - passage.start : one.end - passage.start] == one.sentence


def test_sentences_become_questions() -> None:
    asked = {one.question for one in made()}
    assert "연차휴가는 입사 1년 뒤부터 해마다 며칠이 주어지나요?" in asked
    assert "부산 출장의 숙박비 한도는 하룻밤에 얼마인가요?" in asked
    assert "출장 정산은 언제까지 영수증과 함께 올리나요?" in asked
    assert "등록하지 않은 저장 장치는 언제 차단되나요?" in asked
    assert "Hydraulic chucks carry a warranty of how many months after delivery?" in asked


def test_the_same_seed_gives_the_same_questions() -> None:
    assert make_questions(passages(), 8, 3, 0.5) == make_questions(passages(), 8, 3, 0.5)
    assert make_questions(passages(), 8, 3) != make_questions(passages(), 8, 4)


def test_each_document_has_its_turn() -> None:
    assert {one.passage.document for one in make_questions(passages(), 4, 1)} == set(TEXTS)


def test_no_passage_has_the_words_of_a_question_that_nothing_answers() -> None:
    swapped = [one for one in made(unanswerable=0.5) if not one.answerable]
    assert swapped
    originals = {(one.sentence, one.question) for one in made()}
    for one in swapped:
        assert (one.sentence, one.question) not in originals
        foreign = [word for word in one.question.rstrip("?").split() if word not in " ".join(TEXTS.values())]
        own = [word for word in one.question.rstrip("?").split() if word not in one.passage.text]
        assert own or foreign  # a word that its own passage lacks


def test_passages_that_tell_nothing_give_no_question() -> None:
    empty = Passage(1, 1, "d", "x.txt", "documents", UnitRef("section", 1, ""), 0, 9, "아무 말도 없다.")
    assert make_questions([], 5, 1) == [] and make_questions([empty], 5, 1, 0.5) == []
