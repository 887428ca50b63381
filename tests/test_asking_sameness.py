"""Two questions are one only where every fact and every word of them agrees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ai_chat.asking.reading import language_of, read
from ai_chat.asking.sameness import same_question

PAIRS = Path(__file__).resolve().parents[1] / "benchmarks" / "sets" / "cache-pairs.jsonl"
NEAR = """
본사 연락처는 어디인가요?|본사 주소는 어디인가요?
비밀번호는 몇 살부터 쓰나요?|비밀번호는 몇 자부터 쓰나요?
무게는 몇 킬로그램인가요?|무게는 몇 파운드인가요?
누가 결재를 받나요?|누가 결재를 하나요?
승인은 누가 하나요?|승인은 누가 받나요?
승인권자는 누구인가요?|승인 신청자는 누구인가요?
세금은 언제까지 내야 하나요?|세금은 언제까지 환급되나요?
안전교육을 받는 주기는 얼마인가요?|안전점검을 받는 주기는 얼마인가요?
책임자는 누구인가요?|책임은 무엇인가요?
교육비는 얼마인가요?|교재비는 얼마인가요?
서류는 언제까지 제출하나요?|서류는 언제까지 보관하나요?
제출 기한은 언제까지인가요?|접수 기한은 언제까지인가요?
월급날은 언제인가요?|월급 인상은 언제인가요?
회사 로고는 무엇인가요?|로고 규정은 무엇인가요?
직원 할인은 몇 퍼센트인가요?|고객 할인은 몇 퍼센트인가요?
연락처는 어디인가요?|주소는 어디인가요?
휴가를 나눠 쓸 수 있나요?|휴가를 모아 쓸 수 있나요?
시작일이 언제인가요?|종료일이 언제인가요?
1차 심사는 언제인가요?|2차 심사는 언제인가요?
주간 회의는 언제인가요?|월간 회의는 언제인가요?
개인 물품은 반입되나요?|공용 물품은 반입되나요?
배송이 지연되면 얼마를 보상하나요?|배송이 파손되면 얼마를 보상하나요?
수량은 몇 개인가요?|단가는 얼마인가요?
반품 기한은 며칠인가요?|교환 기한은 며칠인가요?
본사 주소는 어디인가요?|공장 주소는 어디인가요?
계약을 연장할 수 있나요?|계약을 해지할 수 있나요?
수습사원도 연차가 있나요?|정규직원도 연차가 있나요?
비용은 누가 부담하나요?|비용은 누가 청구하나요?
매출 1위 제품은 무엇인가요?|매출 2위 제품은 무엇인가요?
몇 시부터 근무하나요?|몇 시까지 근무하나요?
Who is the manager?|Who is the owner?
When do we submit the report?|When do we approve the report?
What is the deadline for submissions?|What is the deadline for corrections?
How many employees were hired?|How many employees were dismissed?
Where are samples kept?|Where are samples tested?
How many people work on weekends?|How many people work on weekdays?
What is paid leave?|What is leave?
Who do I contact?|Who contacts me?
Is it free for members?|Is it free for guests?
What is the interest rate?|What is the exchange rate?
What is the minimum order?|What is the order?
When was it approved?|When is it approved?
How much do employees pay?|How much do employees get?
How much does the company pay the employee?|How much does the employee pay the company?
포인트 사용 기한은 언제인가요?|포인트 지급 기한은 언제인가요?
보증 대상은 무엇인가요?|보증은 무엇인가요?
거래처 수가 어떻게 되나요?|거래처가 어떻게 되나요?
환불을 못하나요?|환불을 하나요?
주말에는 접수가 안되나요?|주말에는 접수가 되나요?
How many units were produced by 2023?|How many units were produced in 2023?
How many flights to Busan are there?|How many flights in Busan are there?
How much leave do I get?|How much leave do I need?
What is the price before tax?|What is the price for tax?
담당자에게 보내나요?|담당자가 보내나요?
교육은 몇 명이 받나요?|교육은 몇 명이 하나요?
보험료는 회사가 내나요?|보험료는 직원이 내나요?
지난달 매출은 얼마인가요?|이번 달 매출은 얼마인가요?
작년 매출은 얼마인가요?|올해 매출은 얼마인가요?
유상 수리는 얼마인가요?|무상 수리는 얼마인가요?
설치비는 포함되나요?|설치비는 제외되나요?
갑은 얼마를 받나요?|갑은 얼마를 주나요?
회사가 직원에게 지급하는 금액은 얼마인가요?|직원이 회사에게 지급하는 금액은 얼마인가요?
고객이 신고한 사람은 누구인가요?|고객을 신고한 사람은 누구인가요?
서울에서 부산까지 운임은 얼마인가요?|부산에서 서울까지 운임은 얼마인가요?
누가 신고하나요?|누구에게 신고하나요?
누가 신청할 수 있나요?|누가 신청해야 하나요?
퇴사 전에 무엇을 반납하나요?|퇴사 후에 무엇을 반납하나요?
두 명이 참석하면 되나요?|세 명이 참석하면 되나요?
3월 15일 회의 참석자는 누구인가요?|3월 16일 회의 참석자는 누구인가요?
2024년 3월 매출은 얼마인가요?|2024년 5월 매출은 얼마인가요?
정규직 연차는 며칠인가요?|계약직 연차는 며칠인가요?
김민수 과장의 전화번호는 무엇인가요?|김민지 과장의 전화번호는 무엇인가요?
영업1팀 팀장은 누구인가요?|영업2팀 팀장은 누구인가요?
환불이 가능한가요?|환불이 불가능한가요?
환불이 되나요?|환불이 안 되나요?
보증에 포함되는 것은 무엇인가요?|보증에서 제외되는 것은 무엇인가요?
최대 용량은 얼마인가요?|최소 용량은 얼마인가요?
입사일은 언제인가요?|퇴사일은 언제인가요?
국내 배송비는 얼마인가요?|해외 배송비는 얼마인가요?
무게는 몇 kg인가요?|무게는 몇 파운드인가요?
부가세 포함 가격은 얼마인가요?|부가세 별도 가격은 얼마인가요?
10명 이상이면 할인되나요?|10명 이하이면 할인되나요?
10명을 초과하면 할인되나요?|10명 이상이면 할인되나요?
상반기 실적은 어떻게 되나요?|하반기 실적은 어떻게 되나요?
계약서는 누가 작성하나요?|계약서는 누가 검토하나요?
팀장 승인이 필요한가요?|팀장 승인이 필요없나요?
회의는 몇 시에 시작하나요?|회의는 몇 시에 끝나나요?
신청 방법은 무엇인가요?|취소 방법은 무엇인가요?
보고서를 어디로 보내나요?|보고서를 어디에서 보내나요?
주말에도 근무하나요?|평일에도 근무하나요?
오전 근무 시간은 몇 시간인가요?|오후 근무 시간은 몇 시간인가요?
이 계약의 갑은 누구인가요?|이 계약의 을은 누구인가요?
A사의 단가는 얼마인가요?|B사의 단가는 얼마인가요?
1분기 영업이익은 얼마인가요?|1분기 순이익은 얼마인가요?
계약 금액은 누가 정하나요?|계약은 누가 정하나요?
연차를 신청할 수 있나요?|연차를 신청해야 하나요?
연차를 신청했나요?|연차를 신청하나요?
제3조의 내용은 무엇인가요?|제5조의 내용은 무엇인가요?
수습 기간은 얼마인가요?|수습 급여는 얼마인가요?
휴가는 며칠 전에 신청하나요?|휴가는 며칠 후에 신청하나요?
매출이 증가했나요?|매출이 감소했나요?
직원은 연차를 며칠 쓸 수 있나요?|임원은 연차를 며칠 쓸 수 있나요?
Who pays the supplier?|Whom does the supplier pay?
Does the buyer pay the seller?|Does the seller pay the buyer?
How far is it from Seoul to Busan?|How far is it from Busan to Seoul?
What is paid by the supplier?|What is paid to the supplier?
Is smoking allowed?|Is smoking not allowed?
What is the limit before tax?|What is the limit after tax?
How many days of paid leave are there?|How many days of unpaid leave are there?
How many days of paid leave are there?|How many days of leave are there?
Who is approved for overtime?|Who approves overtime?
Can I cancel the order?|Must I cancel the order?
When did the project start?|When does the project start?
What is covered by the warranty?|What is not covered by the warranty?
Does Kim report to Lee?|Does Lee report to Kim?
What does Kim owe Lee?|What does Lee owe Kim?
How much is one unit?|How much is two units?
What is the first step?|What is the second step?
Is the fee included?|Is the fee excluded?
Who is the buyer?|Who is the seller?
What is the price per unit?|What is the price per box?
What is the temperature in winter?|What is the temperature in summer?
What is the maximum weight?|What is the minimum weight?
How long is the break?|How often is the break?
Which plant has two shifts?|Which plant has three shifts?
Is delivery free over $50?|Is delivery free under $50?
보증기간이 지나면 수리비는 누가 내나요?|보증기간 안에는 수리비를 누가 내나요?
구매팀이 검토하나요?|구매팀을 검토하나요?
회의는 언제 열렸나요?|회의는 언제 열리나요?
월급은 언제 나오나요?|월급은 얼마 나오나요?
3개월 이상 근무하면 며칠 받나요?|3개월 미만 근무하면 며칠 받나요?
법인카드로 결제할 수 있나요?|개인카드로 결제할 수 있나요?
1인당 한도는 얼마인가요?|1회당 한도는 얼마인가요?
할인율은 얼마인가요?|할인액은 얼마인가요?
시급은 얼마인가요?|월급은 얼마인가요?
감사는 누구인가요?|이사는 누구인가요?
새 규정은 언제부터 적용되나요?|옛 규정은 언제부터 적용되나요?
신제품 출시일은 언제인가요?|신제품 단종일은 언제인가요?
누가 결재하나요?|누가 결재했나요?
회사 차는 누가 쓰나요?|회사 차는 누가 씻나요?
본인 결혼 경조금은 얼마인가요?|형제 결혼 경조금은 얼마인가요?
연 이율은 얼마인가요?|월 이율은 얼마인가요?
매년 몇 명을 뽑나요?|매월 몇 명을 뽑나요?
주 1회 점검하나요?|월 1회 점검하나요?
일주일에 며칠 일하나요?|하루에 몇 시간 일하나요?
전화로 신청하나요?|메일로 신청하나요?
현금으로 받을 수 있나요?|카드로 받을 수 있나요?
해지하면 어떻게 되나요?|해고하면 어떻게 되나요?
계약을 변경했나요?|계약을 변경하나요?
가장 높은 등급은 무엇인가요?|가장 낮은 등급은 무엇인가요?
최근 거래일은 언제인가요?|최초 거래일은 언제인가요?
첫 페이지에 무엇이 있나요?|마지막 페이지에 무엇이 있나요?
접속 방법은 무엇인가요?|접수 방법은 무엇인가요?
이메일 주소가 뭐예요?|전화번호가 뭐예요?
Who conducts the assessment?|Who requests the assessment?
"""

ALIKE = """
연차 휴가는 어떻게 신청하죠?|연차 휴가 신청 방법이 궁금합니다
점검은 얼마나 자주 해야 해요?|점검 주기가 어떻게 되죠?
배포용 문서란 무엇인가요?|배포용 문서가 뭔지 설명해 줘
이사회는 언제 열리나요?|이사회 개최일이 언제입니까?
불량률이 가장 높은 공정은?|어느 공정의 불량률이 제일 높아요?
대륙산업 연락처 알려 주세요|대륙산업 전화번호가 뭐죠?
최근에 거래한 업체는 어디인가요?|마지막으로 거래한 업체가 어디예요?
암호화에 쓰이는 알고리즘은 무엇인가요?|암호화에 사용하는 알고리즘이 뭔가요?
서버에 접속되지 않으면 어떻게 하나요?|서버에 연결되지 않을 때 어떻게 해야 하죠?
Who conducts the preliminary assessment?|By whom is the preliminary assessment carried out?
How often must the press be lubricated?|What is the lubrication interval of the press?
Tell me Finland's capital city.|What is the capital of Finland?
"""


def pairs(same: bool) -> list[tuple[str, str]]:
    rows = map(json.loads, PAIRS.read_text("utf-8").splitlines())
    return [(row["one"], row["other"]) for row in rows if row["same"] is same]


@pytest.mark.parametrize("line", NEAR.strip().splitlines())
def test_a_near_miss_is_another_question(line: str) -> None:
    one, other = line.split("|")
    assert not same_question(one, other)
    assert not same_question(other, one)
    assert same_question(one, one)


@pytest.mark.parametrize("line", ALIKE.strip().splitlines())
def test_endings_voices_and_words_of_the_same_meaning_make_no_difference(line: str) -> None:
    one, other = line.split("|")
    assert same_question(one, other)
    assert same_question(other, one)


def test_no_near_miss_of_the_set_is_the_same() -> None:
    found = [pair for pair in pairs(same=False) if same_question(*pair) or same_question(*reversed(pair))]
    assert not found


def test_most_paraphrases_of_the_set_are_the_same() -> None:
    every = pairs(same=True)
    found = [pair for pair in every if same_question(*pair)]
    assert len(every) == 200
    assert len(found) >= 0.6 * len(every)


def test_numbers_are_compared_by_value_and_unit() -> None:
    assert read("500만 원을 넘나요?").numbers == read("5,000,000원을 넘나요?").numbers == ((5_000_000.0, "원"),)
    assert read("3억 5천만원인가요?").numbers == ((350_000_000.0, "원"),)
    assert read("10%인가요?").numbers == read("10 퍼센트인가요?").numbers
    assert same_question("Which plant has two shifts?", "Which plant has 2 shifts?")
    assert read("5년인가요?").numbers != read("5개월인가요?").numbers


def test_identifiers_stay_whole() -> None:
    assert read("PR-2025-0417의 총액은?").identifiers == {"pr-2025-0417"}
    assert not same_question("OL-350의 정비 주기는?", "OL-360의 정비 주기는?")


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("연차는 며칠?", "ko"),
        ("How long?", "en"),
        ("年休は何日ですか", "other"),
        ("VPN 설치 방법", "ko"),
        ("Сколько дней?", "other"),
    ],
)
def test_a_language_is_told_by_its_letters(question: str, language: str) -> None:
    assert language_of(question) == language


def test_questions_of_other_languages_are_the_same_only_word_for_word() -> None:
    assert same_question("Сколько дней отпуска?", "сколько дней  отпуска")
    assert not same_question("Сколько дней отпуска?", "Сколько дней болезни?")
    assert not same_question("年休は何日ですか", "病休は何日ですか")
