"""What the starter's adapter is trained on: the program's own prompt, right markers, questions that see only their passages."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ai_chat.prompt import NOT_FOUND, Exchange, build_prompt
from ai_chat.types import Hit, UnitRef
from training.compose import Item, Told, compose
from training.packing import pack
from training.records import Found, Prepared, Turn
from training.samples import EVALUATION, Dice, Mix, make_samples, with_other_numbers

TEXTS = Path(__file__).parent.parent / "training" / "texts"
LEAVE = Found("leave#1", "입사 1년 차 직원의 연차는 15일이다. 2025년 3월 2일부터 적용한다.")
PAY = Found("leave#2", "남은 연차는 12월 31일에 수당 48,000원으로 바꾼다.")
DESK = Found("desk#1", "책상은 2,400,000원이고 2025년에 12개를 샀다.")


def prepared(kind: str, question: str, answer: str | None, **more: Any) -> Prepared:
    values = {"group": "leave", "split": "train", "answers": (), "found": (LEAVE, PAY, DESK), "own": 2, **more}
    return Prepared(id=f"leave/{question}", kind=kind, question=question, answer=answer, **values)


EXAMPLES = (
    prepared("number", "1년 차의 연차는?", "15일 {1}"),
    prepared("amount", "남은 연차 수당은?", "48,000원 {2}"),
    prepared("two_passages", "연차와 그 수당은?", "15일 {1}, 48,000원 {2}"),
    prepared("unanswerable", "2년 차의 연차는?", None, near=(1,)),
    prepared("follow_up", "그럼 남으면요?", "수당 {2}", past=(Turn("1년 차의 연차는?", "15일 {1}"),)),
)


def hit(number: int, text: str) -> Hit:
    return Hit(number + 1, 1.0, "문서", "d", "documents", number, UnitRef("page", 1, ""), 1, text, text, 0, len(text))


def test_a_sample_is_the_prompt_of_the_program() -> None:
    item = Item("1", "number", "1년 차의 연차는?", "15일 {1}", {1: LEAVE})
    sample = compose([PAY, LEAVE], [item])
    (asked,) = sample.asked
    prompt = build_prompt(
        item.question, [hit(0, PAY.text), hit(1, LEAVE.text)], len, n_ctx=4096, max_tokens=64, chat=False
    )
    assert sample.beginning + asked.question == prompt.content
    assert asked.answer == " 15일 [2]\n"
    assert asked.answer.endswith(prompt.stop[0])


def test_a_follow_up_goes_on_behind_the_answer_before_it() -> None:
    first = Item("", "", "1년 차의 연차는?", "15일 {1}", {1: LEAVE})
    then = Item("2", "follow_up", "그럼 남으면요?", "수당 {2}", {2: PAY})
    sample = compose([PAY], [then], [Told(first, (DESK, LEAVE))])
    past = [Exchange(first.question, (hit(0, DESK.text), hit(1, LEAVE.text)), "15일 [2]")]
    prompt = build_prompt(then.question, [hit(2, PAY.text)], len, n_ctx=4096, max_tokens=64, chat=False, past=past)
    (asked,) = sample.asked
    assert sample.beginning + asked.question == prompt.content
    assert "답: 15일 [2]" in sample.beginning
    assert asked.answer == " 수당 [3]\n"


def test_every_answer_stands_in_the_passage_that_its_marker_names() -> None:
    values = ("number", "amount", "two_passages")
    for seed in range(20):
        for sample in make_samples(EXAMPLES, seed):
            shown = dict(re.findall(r"^\[(\d)\] (.*)$", sample.beginning, re.MULTILINE))
            for asked in (one for one in sample.asked if one.kind in values):
                for value, number in re.findall(r" ?(\S+) \[(\d)\]", asked.answer):
                    assert value in shown[number]


def test_what_no_passage_answers_is_refused_in_the_fixed_words() -> None:
    asked = [one for seed in range(5) for sample in make_samples(EXAMPLES, seed) for one in sample.asked]
    refused = [one for one in asked if one.kind == "refused"]
    assert refused
    assert {one.answer for one in refused} == {f" {NOT_FOUND['ko']}\n"}


def test_a_question_about_another_page_is_refused() -> None:
    pages = [Found(f"0-{number}", f"건물 {number}의 높이는 {number}05미터이다.") for number in range(6)]
    spans = [
        Prepared(
            str(number), page.page, "span", "train", f"건물 {number}의 높이는?", f"{number}05미터 {{1}}",
            (f"{number}05미터",), (page, *(other for other in pages if other != page)),
        )
        for number, page in enumerate(pages)
    ]  # fmt: skip
    samples = make_samples(spans, 3, Mix(refused=0.5, without=0.5, varied=0.0, intruded=0.0))
    told = Counter(one.kind for sample in samples for one in sample.asked)
    assert told["span"] >= 3 and told["refused"] >= 2
    for sample in samples:
        for one in sample.asked:
            found = re.match(r" (\d05미터) \[(\d)\]\n", one.answer)
            if found:
                assert f"[{found[2]}] 건물 {one.id}의 높이는 {found[1]}" in sample.beginning
            else:
                assert f"건물 {one.id}의" not in sample.beginning


def test_the_same_seed_gives_the_same_samples() -> None:
    assert make_samples(EXAMPLES, 7) == make_samples(EXAMPLES, 7)
    assert any(make_samples(EXAMPLES, 7) != make_samples(EXAMPLES, seed) for seed in range(8, 12))


def test_other_numbers_change_passages_and_answers_alike() -> None:
    items = [Item("1", "amount", "2025년 책상 값은?", "2,400,000원 {1}", {1: DESK})]
    sample = compose([DESK], items)
    other = with_other_numbers(sample, Dice(1, EVALUATION))
    assert other != sample
    value = re.match(r" (\S+원) \[1\]\n", other.asked[0].answer)
    assert value and value[1] in other.beginning and value[1] != "2,400,000원"
    year = re.search(r"20\d\d년", other.asked[0].question)
    assert year and year[0] in other.beginning


def test_a_question_sees_its_beginning_and_itself_alone() -> None:
    items = [Item(str(n), "number", question, "15일 {1}", {1: LEAVE}) for n, question in enumerate(("가?", "나다?"))]
    sample = compose([LEAVE], items)
    packed = pack(sample, lambda text: [ord(letter) for letter in text], begin=2, window=20)
    shared = 1 + len(sample.beginning)
    first = shared + len(sample.asked[0].question) + len(sample.asked[0].answer) - 1
    assert packed.ids[0] == 2 and len(packed.ids) == len(packed.positions) == packed.full.shape[0]
    assert not packed.full[first:, shared:first].any()
    assert packed.full[first:, :shared].all()
    assert packed.positions[first] == shared
    assert np.array_equal(packed.full[shared:first, shared:first], np.tri(first - shared, dtype=bool))
    assert packed.sliding[shared + 5].sum() == 20


def test_every_token_of_an_answer_is_wanted_where_it_comes() -> None:
    sample = compose([LEAVE], [Item("1", "number", "가?", "15일 {1}", {1: LEAVE})])
    packed = pack(sample, lambda text: [ord(letter) for letter in text], begin=2, window=512)
    assert "".join(map(chr, packed.wanted)) == sample.asked[0].answer
    assert [int(packed.ids[at + 1]) for at in packed.at[:-1]] == list(packed.wanted[:-1])
    assert chr(packed.ids[packed.at[0]]) == ":"


def documents() -> list[dict[str, Any]]:
    return [json.loads(line) for file in sorted(TEXTS.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("document", documents(), ids=lambda document: document["id"])
def test_the_texts_keep_to_their_form(document: dict[str, Any]) -> None:
    passages = document["passages"]
    assert 2 <= len(passages) <= 8 and all(80 <= len(passage) <= 1000 for passage in passages)
    for example in document["examples"]:
        answer, near = example["answer"], example.get("near", [])
        sources = [int(number) for number in re.findall(r"\{(\d+)\}", answer or "")]
        assert all(1 <= number <= len(passages) for number in [*sources, *near])
        assert bool(sources) == (answer is not None), example["question"]
        assert sources or near or example.get("past"), example["question"]
        assert answer is None or re.search(r"\{\d+\}$", answer), answer
        assert example["kind"] != "injection" or example["never"]


def test_the_texts_are_many() -> None:
    found = documents()
    count = Counter(document["language"] for document in found for _ in document["examples"])
    assert sum(count.values()) >= 600 and count["en"] >= 200
    assert len({document["id"] for document in found}) == len(found)
