"""One question in several typings has one normal form; what means something else has another."""

from __future__ import annotations

import unicodedata

import pytest

from ai_chat.asking.normal import normal_form, plain

SAME = (
    (
        "연차휴가는 며칠인가요?",
        "연차 휴가는 며칠이에요",
        "연차휴가 며칠?",
        "연차휴가는 며칠입니까??",
        "연차휴가가 며칠이야",
    ),
    ("출장비 한도가 얼마예요?", "출장비 한도는 얼마인가요", "출장비한도는 얼마인지 알려주세요.", "출장비 한도 얼마야?"),
    ("재택근무를 신청할 수 있나요?", "재택근무를 신청할 수 있습니까", "재택근무를 신청할 수 있어?"),
    ("신청서를 어디에 제출하나요?", "신청서를 어디에 제출합니까?", "신청서를 어디에 제출하는지 알려 주세요"),
    ("예산이 3,000만원을 넘나요?", "예산이 3000만원을 넘나요", "예산이 3000만원을 넘나요?"),
    ("정보보안 담당자를 알려줘", "정보보안 담당자", "정보보안 담당자는요?", "정보보안 담당자가 궁금합니다"),
    (
        "What's the travel limit?",
        "what is the travel limit",
        "WHAT IS  THE TRAVEL LIMIT ?",
        "Please tell me what is the travel limit",
    ),
)
OTHER = (
    ("갑이 을에게 지급하는 금액은?", "갑에게 을이 지급하는 금액은?"),
    ("갑은 을 고소하나요", "갑 을이 고소하나요"),
    ("신청할 수 있나요?", "신청할 수 없나요?"),
    ("승인했나요?", "승인하나요?"),
    ("면적이 5² 인가요", "면적이 52 인가요"),
    ("1.5억인가요", "15억인가요"),
    ("제15조 또는 제16조", "제15조 제16조"),
    ("1,23번 조항", "123번 조항"),
    ("회의는 언제인가요?", "회의는 어디인가요?"),
    ("연차휴가는 며칠?", "연차휴가는 며칠까지?"),
    ("who pays?", "whom pays?"),
)


@pytest.mark.parametrize("typings", SAME, ids=lambda typings: typings[0])
def test_one_question_has_one_form(typings: tuple[str, ...]) -> None:
    assert len({normal_form(typing) for typing in typings}) == 1


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_another_question_has_another_form(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


def test_decomposed_and_wide_letters_are_the_composed_and_narrow() -> None:
    question = "예산은 ABC 20억인가요?"
    assert normal_form(unicodedata.normalize("NFD", question)) == normal_form(question)
    assert normal_form("예산은 ＡＢＣ　２０억인가요？") == normal_form(question)
    assert plain("연\u200b차\ufeff") == "연차"


@pytest.mark.parametrize("question", ["알려줘", "?", "인가요", "얼마", "는", "please", "가", "X"])
def test_what_is_nothing_but_asking_keeps_its_letters(question: str) -> None:
    assert bool(normal_form(question)) == any(map(str.isalnum, question))


def test_a_form_is_its_own_form() -> None:
    for typings in SAME:
        form = normal_form(typings[0])
        assert normal_form(form) == form
