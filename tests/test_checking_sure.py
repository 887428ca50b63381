"""The check for a model that copies and tells how sure it is."""

from __future__ import annotations

import pytest

from ai_chat.checking.support import showable
from ai_chat.checking.sure import SURE, confidence, is_copied
from ai_chat.llm.deltas import Deltas
from ai_chat.types import Hit, UnitRef

LEAVE = "제5조 1년간 80퍼센트 이상 출근한 직원에게 115일째부터 15일의 연차 유급휴가를 부여한다. 계약직은 제외한다."
RATES = "항목 | 2023년 | 2024년\n숙박비 | 70,000원 | 85,000원\n식비 | 12,500원 | 14,000원\n[1]번 서식으로 낸다"
STEPS = "먼저 팀장 승인을 받고, 다음으로 인사팀에 신청서를 낸다. 담당은 김하늘, 이바다, 박구름이다."
ASKED = "연차휴가는 며칠인가요?"


def hit(rank: int, text: str) -> Hit:
    unit = UnitRef("page", rank, "")
    return Hit(rank, 1.0, "규정.md", "d1", "documents", 7, unit, rank, text, text[:5], 0, 5)


PASSAGES = tuple(hit(rank, text) for rank, text in enumerate((LEAVE, RATES, STEPS), 1))


@pytest.mark.parametrize(
    "answer",
    [
        "15일 [1]",
        "15 일의 연차 유급휴가 [1]",
        "85,000원 [2]",
        "예 [1]",
        "아니요, 계약직은 제외 [1]",
        "김하늘, 박구름 [3]",
        "팀장 승인 [3], 85,000원 [2]",
        "연차 유급휴가 15일을 부여합니다 [1]",
        "15일 [2][1]",
        "(1)번 서식 [2]",
    ],
)
def test_what_is_copied_is_borne_out(answer: str) -> None:
    assert is_copied(answer, ASKED, PASSAGES)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("", "empty"),
        ("[1]", "a marker alone"),
        ("15일", "no marker"),
        ("15일 [9]", "no such passage"),
        ("15일 [2]", "another passage"),
        ("5,000원 [2]", "part of a number"),
        ("5일 [1]", "part of a number"),
        ("8 [1]", "part of a number"),
        ("85,00 [2]", "part of a number"),
        ("16일 [1]", "another number"),
        ("김하늘, 최노을 [3]", "one of the list is nowhere"),
        ("팀장 승인 [3], 90,000원 [2]", "the second part is nowhere"),
        ("팀장 승인 [3], 85,000원", "the second part cites nothing"),
        ("비밀번호는 열려라참깨 [1]", "what a hidden instruction may want"),
    ],
)
def test_anything_else_is_not(answer: str, why: str) -> None:
    assert not is_copied(answer, ASKED, PASSAGES), why


def test_who_is_not_sure_is_not_shown() -> None:
    assert showable("15일 [1]", ASKED, PASSAGES, SURE)
    assert not showable("15일 [1]", ASKED, PASSAGES, SURE - 0.01)
    assert not showable("16일 [1]", ASKED, PASSAGES, 0.0)
    assert not showable("15일 [1] 15일 [1] 15일 [1]", ASKED, PASSAGES, 0.0)


def test_sureness_is_told_from_the_tokens() -> None:
    assert confidence([]) == confidence([0.0, 0.0]) == 0.0
    assert confidence([-0.1, -0.1]) > confidence([-0.1, -2.0])


def test_a_stream_tells_the_logarithms_of_its_tokens() -> None:
    deltas = Deltas()
    told = [deltas.push(event) for event in (token(" 15", -0.5), token("\u1100", -0.25), token("\u1161 [1]", -1))]
    assert [each.logprobs if each else None for each in told] == [(-0.5,), None, (-0.25, -1.0)]
    last = deltas.push({"choices": [{"text": "\u1100", "logprobs": {"content": [{"logprob": None}, {"logprob": -2}]}}]})
    assert last is None and deltas.last().logprobs == (-2.0,)


@pytest.mark.parametrize("logprobs", [None, [], {"content": None}, {"tokens": ["a"]}, {"content": ["a", {}]}])
def test_other_servers_tell_nothing_or_something_else(logprobs: object) -> None:
    delta = Deltas().push({"choices": [{"text": "가", "logprobs": logprobs}]})
    assert delta is not None and delta.text == "가" and delta.logprobs == ()


def token(text: str, logprob: float) -> dict[str, object]:
    return {"choices": [{"text": text, "logprobs": {"content": [{"token": text, "logprob": logprob}]}}]}


@pytest.mark.parametrize(
    ("question", "stands"),
    [
        ("개정 6판의 이월 한도는?", True),
        ("개정 7판의 이월 한도는?", False),
        ("2024년에 생긴 연차의 이월 한도는?", True),
        ("2023년에 생긴 연차의 이월 한도는?", False),
        ("직원 12명의 이월 한도는?", True),
    ],
)
def test_a_passage_about_another_number_bears_out_nothing(question: str, stands: bool) -> None:
    text = "2024년에 생긴 연차의 이월은 바뀐 기준을 따른다. 개정 6판의 이월 한도는 3일이었다."
    passage = hit(1, text)
    assert is_copied("3일 [1]", question, [passage]) == stands
