"""Follow-ups made whole, and questions that stand by themselves left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_chat.asking.followup import Before, whole_question

LEAVE = "정규직의 연차는 며칠인가요?"
TRIP = "부산 출장 기간은 며칠인가요?"


def whole(question: str, said: str) -> str:
    return whole_question(question, [Before(said, said, "15일 [1]")])


@pytest.mark.parametrize(
    ("said", "question", "expected"),
    [
        (TRIP, "그럼 비용은?", "부산 출장 비용은?"),
        ("연차휴가는 며칠인가요?", "병가는?", "병가는 며칠인가요?"),
        ("출장비는 얼마인가요?", "신청 기한은?", "출장비 신청 기한은?"),
        ("개정 6판의 이월 한도는 며칠이었나요?", "그럼 개정 7판은?", "개정 7판의 이월 한도는 며칠이었나요?"),
        (LEAVE, "계약직은요?", "계약직의 연차는 며칠인가요?"),
        ("2024년 매출은 얼마인가요?", "2023년은?", "2023년 매출은 얼마인가요?"),
        ("1분기 매출은 얼마인가요?", "2분기는?", "2분기 매출은 얼마인가요?"),
        ("입사 1년 차 직원의 연차는 며칠인가요?", "3년 차는?", "입사 3년 차 직원의 연차는 며칠인가요?"),
        ("서울지점의 담당자는 누구인가요?", "부산지점은?", "부산지점의 담당자는 누구인가요?"),
        ("경조사 휴가는 며칠인가요?", "그건 언제까지 써야 하나요?", "경조사 휴가 언제까지 써야 하나요?"),
        ("연차휴가 규정을 알려줘", "그 규정은 언제부터 시행되나요?", "연차휴가 규정은 언제부터 시행되나요?"),
        ("보증 기간은 얼마인가요?", "그리고 수리비는 누가 내나요?", "보증 수리비는 누가 내나요?"),
        ("the 2024 budget?", "2023?", "the 2023 budget?"),
        (
            "What is the warranty period of the pump?",
            "And who pays for shipping?",
            "warranty period of the pump who pays for shipping?",
        ),
        ("When does the contract with Harrow end?", "Can it be renewed?", "Can contract with Harrow end be renewed?"),
        ("헌혈하면 공가를 쓰나요?", "몇 시간이요?", "헌혈하면 공가 몇 시간이요?"),
        ("병가는 며칠인가요?", "그중 유급은 며칠인가요?", "병가 유급은 며칠인가요?"),
        ("What is the warranty on lathes?", "Who pays for it?", "Who pays for warranty on lathes?"),
        ("What is the warranty on lathes?", "What are its limits?", "What are warranty on lathes's limits?"),
        (
            "How many couplings were defective?",
            "How many were delivered?",
            "couplings defective How many were delivered?",
        ),
    ],
)
def test_what_is_left_out_is_taken_from_the_question_before(said: str, question: str, expected: str) -> None:
    assert whole(question, said) == expected


@pytest.mark.parametrize(
    "question",
    [
        "연차휴가는 며칠인가요?",
        "숙박비 한도는 얼마인가요?",
        "해외 출장을 가려면 누구의 승인이 필요한가요?",
        "재택근무는 주 며칠까지 가능한가요?",
        "그룹웨어 비밀번호는 어떻게 바꾸나요?",
        "이사회는 언제 열리나요?",
        "경조금 지급 기준",
        "How many days of annual leave do employees get?",
        "Who signs the supply contract?",
        "annual leave carry-over rules",
        "2024년 문서 목록",
        "둘째 화요일에 무엇을 수거하나요?",
        "같은 알람이 하루에 세 번 나오면 어떻게 하나요?",
        "언제 월급이 나오나요?",
        "Who runs the IT desk?",
        "Is there a shuttle bus from Suwon?",
        "What happens to a part that is not returned?",
        "Where must employees park their cars?",
        "Who signs the contract and its annexes?",
        "Is it possible to work from home?",
    ],
)
def test_a_question_that_stands_by_itself_stays(question: str) -> None:
    assert whole(question, TRIP) == question


def test_without_a_turn_before_nothing_changes() -> None:
    assert whole_question("그럼 비용은?", []) == "그럼 비용은?"


def test_it_goes_on_from_what_was_searched_for() -> None:
    before = [Before(TRIP, TRIP, None), Before("그럼 비용은?", "부산 출장 비용은?", None)]
    assert whole_question("숙박비는?", before) == "부산 출장 숙박비는?"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_gives_a_question(question: str, said: str) -> None:
    found = whole(question, said)
    assert found.strip() or not question.strip() or not said.strip()
