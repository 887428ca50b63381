"""Whose a value is, what follows from the passages, and what they say there is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ai_chat.checking.check import Checked, check
from ai_chat.checking.names import names
from ai_chat.checking.polarity import existing
from ai_chat.checking.quantities import amounts
from ai_chat.checking.values import holds, is_unit, values_of
from ai_chat.checking.wording import joined
from ai_chat.types import Hit, UnitRef

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
import checker
import exchanged

LEAVE = (
    "연차는 15일이다. 본인이 결혼하면 휴가 5일과 경조금 500,000원, 자녀가 결혼하면 휴가 1일과 경조금 300,000원을 준다.\n"
    "병가는 한 해에 60일까지이며 처음 20일은 유급, 나머지 40일은 무급이다."
)
TRAVEL = (
    "임원은 일비 50,000원, 숙박비 180,000원이고, 과장은 일비 30,000원, 숙박비 100,000원이다. 하루 식비는 25,000원이다."
)
LINES = "생산 실적\n라인: 1라인 | 계획: 12000 | 실적: 12450\n라인: 2라인 | 계획: 8000 | 실적: 7900\n라인: 3라인 | 계획: 5000 | 실적: 5000"
MEETING = "회의는 오후 2시에 시작해 15:40에 끝났다. 참석자는 김하늘, 박서준, 이도윤, 최지우이다."
TASKS = "할 일:\n- 벨트 점검\n- 필터 교체\n- 교육 자료 배포"
TITLES = "경상도관찰사 김세호가 이를 임금에게 알렸고, 형조판서 박문수는 반대하였다. 조사에서 화재의 흔적은 전혀 없었다."
AGREEMENT = (
    "Table 1 lists the fees. The calibration of a micrometer costs 90 USD and that of a roughness tester 240 USD. "
    "Adela Quince signs for the Provider and Tobias Lind for the Customer. The provider answers within 2 working days."
)


def checked(passage: str, answer: str, question: str = "알려 주세요") -> Checked:
    unit = UnitRef("page", 1, "1쪽")
    hit = Hit(1, 1.0, "문서.md", "d1", "documents", 1, unit, 1, passage, passage[:9], 0, 9)
    return check(f"{answer} [1].", question, (hit,))


def wrong(found: Checked) -> list[str]:
    return [found.text[start:end] for doubt in found.doubts for start, end in doubt.wrong]


@pytest.mark.parametrize(
    ("passage", "answer", "part"),
    [
        (LEAVE, "본인이 결혼하면 경조금 300,000원을 줍니다", "300,000원"),
        (LEAVE, "자녀가 결혼하면 경조금 50만 원을 줍니다", "50만 원"),
        (LEAVE, "병가 가운데 처음 40일은 유급입니다", "40일"),
        (LEAVE, "연차는 하루입니다", "하루"),
        (TRAVEL, "과장의 숙박비는 180,000원입니다", "180,000원"),
        (LINES, "2라인의 실적은 12,450개입니다", "12,450개"),
        (MEETING, "회의는 15:40에 시작했습니다", "15:40"),
        (AGREEMENT, "A micrometer is calibrated for 240 USD", "240 USD"),
    ],
)
def test_what_belongs_to_something_else_is_wrong(passage: str, answer: str, part: str) -> None:
    assert part in wrong(checked(passage, answer))


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        (LEAVE, "본인이 결혼하면 휴가 5일과 경조금 50만 원을 줍니다"),
        (LEAVE, "경조금은 본인이 결혼하면 500,000원, 자녀가 결혼하면 300,000원입니다"),
        (TRAVEL, "과장의 숙박비는 100,000원입니다"),
        (TRAVEL, "식비는 하루 25,000원입니다"),
        (LINES, "2라인의 실적은 7,900개입니다"),
        (TITLES, "임금에게 알린 사람은 경상도관찰사 김세호입니다"),
        (AGREEMENT, "A micrometer is calibrated for 90 USD, as Table 1 lists"),
        (AGREEMENT, "Adela Quince signs for the Provider"),
    ],
)
def test_what_belongs_there_is_left_alone(passage: str, answer: str) -> None:
    assert checked(passage, answer).doubts == ()


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        (LEAVE, "본인 결혼의 경조금 50만 원은 자녀 결혼의 30만 원보다 20만 원 많습니다"),
        (LEAVE, "유급 20일과 무급 40일을 합치면 병가는 60일입니다"),
        (TRAVEL, "과장의 숙박비는 1박에 10만 원이므로 3박이면 30만 원입니다"),
        (LINES, "2라인의 실적은 계획보다 100개 모자랍니다"),
        (LINES, "실적이 적힌 라인은 세 개입니다"),
        (MEETING, "회의는 오후 2시부터 15:40까지 1시간 40분 동안 열렸습니다"),
        (MEETING, "참석자는 네 명입니다"),
        (TASKS, "할 일은 벨트 점검, 필터 교체, 교육 자료 배포의 세 가지입니다"),
        (AGREEMENT, "A roughness tester costs 150 USD more than a micrometer"),
    ],
)
def test_what_follows_is_borne_out(passage: str, answer: str) -> None:
    assert checked(passage, answer).doubts == ()


@pytest.mark.parametrize(
    ("passage", "answer", "part"),
    [
        (LEAVE, "본인 결혼의 경조금 50만 원은 자녀 결혼의 30만 원보다 25만 원 많습니다", "25만 원"),
        (LEAVE, "유급 20일과 무급 40일을 합치면 병가는 70일입니다", "70일"),
        (TRAVEL, "과장의 숙박비는 1박에 10만 원이므로 3박이면 40만 원입니다", "40만 원"),
        (LINES, "2라인의 실적은 계획보다 150개 모자랍니다", "150개"),
        (MEETING, "회의는 오후 2시부터 15:40까지 2시간 동안 열렸습니다", "2시간"),
        (MEETING, "참석자는 여섯 명입니다", "여섯 명"),
    ],
)
def test_what_is_worked_out_wrongly_is_wrong(passage: str, answer: str, part: str) -> None:
    assert part in wrong(checked(passage, answer))


def test_that_there_is_some_of_what_there_is_none_is_wrong() -> None:
    assert checked(TITLES, "조사에서 화재의 흔적이 있었습니다").doubts
    assert checked(TITLES, "조사에서 화재의 흔적은 없었습니다").doubts == ()
    having, lacking = existing("증거는 전혀 없었다. 기록이 있다. 쓸 수 있다.")
    assert (set(having), set(lacking)) == ({"기록"}, {"증거"})


def test_a_title_before_a_name_makes_it_a_person() -> None:
    assert {(name.bare, name.kind) for name in names("경상도관찰사 김세호가 알렸다.")} == {("김세호", "person")}
    assert [name.bare for name in names("담당 부장 결재가 필요하다.")] == []


def test_one_is_a_unit_only_beside_what_is_told_for_it() -> None:
    priced, alone = values_of("하루 25,000원입니다"), values_of("연차는 하루입니다")
    assert is_unit(priced.found[0], priced)
    assert not is_unit(alone.found[0], alone)


def test_identifiers_with_dots_are_told_apart() -> None:
    assert not holds(values_of("org.apache.tika.mime").found[0], values_of("org.apache.tika.parser"))
    assert holds(values_of("org.apache.tika.mime").found[0], values_of("the package org.apache.tika.mime."))


def test_an_age_is_as_long_as_its_years() -> None:
    (age,) = amounts("만 18세")
    assert holds(age, values_of("18년"), "만 18세")
    assert not holds(age, values_of("17년"), "만 18세")


CHANGES = (
    "비밀번호를 바꾸는 주기는 90일에서 180일로 늘어난다. 불량률은 4월 1.8퍼센트에서 5월 1.3퍼센트로 내려갔다.\n"
    "자가용을 쓰면 1킬로미터에 240원을 지급한다. 이전 규정에서 자가용 단가는 1킬로미터에 210원이었다."
)
TEAM = "Tuesdays are team days. The desk at Plant 2 opens at 08:30 and your buddy stays for eight weeks. It opened on 2025-06-12."
PERIODS = (
    "근속: 1년 이상 3년 미만 | 연차: 15일\n근속: 3년 이상 5년 미만 | 연차: 16일\n근속: 5년 이상 7년 미만 | 연차: 17일"
)


@pytest.mark.parametrize(
    ("passage", "answer", "part"),
    [
        (CHANGES, "비밀번호는 90일마다 바꿔야 합니다", "90일"),
        (CHANGES, "5월 불량률은 1.8퍼센트였습니다", "1.8퍼센트"),
        (CHANGES, "자가용을 쓰면 1킬로미터에 210원을 지급합니다", "210원"),
        (LINES, "실적이 가장 많은 곳은 2라인으로 7,900개입니다", "7,900개"),
        (LINES, "실적이 가장 적은 곳은 1라인으로 12,450개입니다", "12,450개"),
        (TEAM, "Monday is the team day", "Monday"),
        (TEAM, "Your buddy stays for two months", "two months"),
        (PERIODS, "근속 4년인 직원의 연차는 17일입니다", "17일"),
        (MEETING, "회의는 2시간 반 동안 열렸습니다", "2시간 반"),
        ("항목: X축 급속 이송 | 값: 24\n항목: Z축 급속 이송 | 값: 30", "X축 급속 이송은 30입니다", "30"),
        ("안전 교육을 마치고 조장의 확인을 받은 뒤에 운전한다.", "안전 교육을 마치면 반장의 확인을 받습니다", "반장"),
        (
            "A later change costs 15 percent. The room is kept at 20\ndegrees.",
            "A later change costs 20 percent",
            "20 percent",
        ),
    ],
)
def test_what_was_is_not_highest_or_is_of_another_row_is_wrong(passage: str, answer: str, part: str) -> None:
    assert part in wrong(checked(passage, answer))


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        (CHANGES, "비밀번호는 180일마다 바꿉니다"),
        (CHANGES, "이전에는 비밀번호를 바꾸는 주기가 90일이었습니다"),
        (CHANGES, "주기는 90일에서 180일로 늘어납니다"),
        (CHANGES, "4월 불량률은 1.8퍼센트였습니다"),
        (CHANGES, "자가용 단가는 210원에서 240원으로 30원 올랐습니다"),
        (LINES, "실적이 가장 많은 곳은 1라인으로 12,450개입니다"),
        ("Item: A | Days: 3\nItem: B | Days: 5\nItem: C | Days: 9", "Item B takes at most 5 days"),
        ("Item: A | Days: 3\nItem: B | Days: 5\nItem: C | Days: 9", "Item C takes at least 9 days"),
        (TEAM, "Tuesday is the team day"),
        ("Delivered: 800 pieces. Found defective: 57 pieces.", "Of 800 pieces 57 were defective, so 743 were not"),
        (
            "No.: 1 | Action: A new gauge\nNo.: 2 | Action: A new plan\nNo.: 3 | Action: More training",
            "Three actions were taken",
        ),
        (TEAM, "It opened on Thursday, 12 June 2025"),
        (PERIODS, "근속 4년인 직원의 연차는 16일입니다"),
        ("반차는 08시 30분부터 11시까지이다.", "반차는 2시간 반입니다"),
        ("설비는 5월 19일부터 22일까지 멈췄다.", "설비는 나흘 동안 멈췄습니다"),
        ("메일 214통이 들어왔다. 206통은 필터가 막았고 8통이 도착했다.", "214통 가운데 8통이 도착했습니다"),
        ("- 참석: 신이룩 본부장\n- 불참: 노하람 대리(출장)", "노하람 대리는 출장으로 참석하지 못했습니다"),
    ],
)
def test_what_is_told_of_now_of_then_and_of_all_is_borne_out(passage: str, answer: str) -> None:
    assert checked(passage, answer).doubts == ()


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        ("비자 수수료는 회사가 부담한다.", "비자 수수료는 직원이 부담합니다"),
        ("여름휴가는 연차와 별도로 준다.", "여름휴가는 연차에 포함됩니다"),
        ("고객사는 물량을 그대로 유지하기로 했다.", "고객사는 물량을 줄이기로 했습니다"),
    ],
)
def test_an_opposite_is_wrong(passage: str, answer: str) -> None:
    assert checked(passage, answer).doubts


@pytest.mark.parametrize(
    "text", ["2월 30일", "2023-02-29", "0월 3일", "6월 31일, 32일", "0000-01-01", "2월 29일과 2023년 3월 1일"]
)
def test_days_that_no_calendar_has_do_no_harm(text: str) -> None:
    assert checked(f"{text}(월)에 시작해 사흘 뒤에 끝난다.", f"{text} 월요일부터 5일 동안입니다") is not None


def test_a_blank_line_keeps_latin_words_apart() -> None:
    assert joined("New\n\nYork 지사  안내") == joined("New York 지사 안내")


def test_a_title_above_a_row_is_a_sentence_of_its_own() -> None:
    assert "1라인" in wrong(checked(LINES, "생산 실적은 1라인이 7,900개입니다")) + wrong(
        checked(LINES, "1라인의 실적은 7,900개입니다")
    ) or "7,900개" in wrong(checked(LINES, "1라인의 실적은 7,900개입니다"))


def test_exchanged_values_keep_the_sentence_whole(tmp_path: Path) -> None:
    rows, _ = checker.read_rows(checker.SET, tmp_path)
    right = [row for row in rows if row.changed is None]
    found = list(checker.outcomes(exchanged.rows_of(right[:40], 2)))
    assert len(found) > 30
    assert all(outcome.row.answer not in {row.answer for row in right} for outcome in found)
    assert checker.share(found) >= 0.8


def test_a_particle_follows_what_it_is_exchanged_for() -> None:
    answer = "담당자는 김하늘입니다. 한빛은 거래처다."
    assert exchanged.exchanged(answer, exchanged.Exchange("name", 13, 15, "대우")).endswith("대우는 거래처다.")
