"""Follow-ups that a chat model makes whole: what it is shown, and which of its words are believed."""

from __future__ import annotations

import pytest

from ai_chat.asking.followup import Before
from ai_chat.asking.rewriting import accepted_rewrite, rewrite_messages

LEAVE = [Before("연차는 며칠인가요?", "연차는 며칠인가요?", "한 해에 15일입니다 [1].")]
PUMP = [Before("What is the warranty on pumps?", "What is the warranty on pumps?", "It is 24 months [1].")]


def test_the_model_sees_the_last_turns_and_the_question() -> None:
    before = [Before(f"q{number}", f"whole {number}", "x" * 1000) for number in range(6)]
    messages = rewrite_messages("And who pays?", before)
    assert [message.role for message in messages] == ["system", *["user", "assistant"] * 3, "user"]
    assert messages[1].content == "whole 3"
    assert len(messages[2].content) < 400
    assert messages[-1].content.endswith("And who pays?")
    assert messages[0].content != rewrite_messages("그럼 비용은?", before)[0].content


@pytest.mark.parametrize(
    ("text", "question", "before", "expected"),
    [
        (
            "연차 신청은 언제까지 해야 하나요?",
            "신청은 언제까지 해야 하나요?",
            LEAVE,
            "연차 신청은 언제까지 해야 하나요?",
        ),
        ('질문: "연차 신청은 언제까지 하나요?"', "신청은 언제까지?", LEAVE, "연차 신청은 언제까지 하나요?"),
        ("Who pays for the warranty on pumps?", "And who pays?", PUMP, "Who pays for the warranty on pumps?"),
        ("연차 15일은 언제까지 쓰나요?", "그건 언제까지 쓰나요?", LEAVE, "연차 15일은 언제까지 쓰나요?"),
    ],
)
def test_what_the_conversation_says_is_taken(text: str, question: str, before: list[Before], expected: str) -> None:
    assert accepted_rewrite(text, question, before) == expected


@pytest.mark.parametrize(
    ("text", "question", "before"),
    [
        ("", "신청은?", LEAVE),
        ("연차 신청은 언제까지인가요?\n12월 31일까지입니다.", "신청은?", LEAVE),
        ("연차 신청은 20일까지인가요?", "신청은?", LEAVE),  # a number that nobody said
        ("연차는 며칠인가요?", "병가는 며칠인가요?", LEAVE),  # what was asked is lost
        ("3년 차의 연차는 며칠인가요?", "2년 차는?", LEAVE),
        ("How many days of leave are there?", "신청은?", LEAVE),  # another language
        ("부산 지점 인사팀 규정에 따른 연차 신청은?", "신청은?", LEAVE),  # what nobody spoke of
        ("연차 신청\u202e은?", "신청은?", LEAVE),
        ("Who pays for the warranty on pumps delivered to hospitals abroad?", "And who pays?", PUMP),
        ("연차 " * 200, "신청은?", LEAVE),
    ],
)
def test_what_says_something_else_is_not(text: str, question: str, before: list[Before]) -> None:
    assert accepted_rewrite(text, question, before) is None
