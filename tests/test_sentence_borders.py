"""Where sentences end, in Korean and English: hard cases with the borders expected, marked by ‖."""

from __future__ import annotations

import pytest

from ai_chat.chunking import split_sentences

ABBREVIATIONS = [
    "Dr. Kim met Mr. Lee. ‖They agreed.",
    "The U.S. economy grew. ‖It was 3.5% in Q1.",
    "He moved to the U.S. in 1999. ‖He stayed.",
    "Use tools, e.g. a hammer, i.e. steel. ‖Then stop.",
    "See Fig. 3 and Sec. 4.2. ‖Done.",
    "Acme Inc. filed suit. ‖Acme Co., Ltd. paid.",
    "It opens at 9 a.m. on weekdays. ‖It closes at 6 p.m. every day.",
    "Prof. Park et al. found it. ‖Nobody else did.",
    "J. R. R. Tolkien wrote it. ‖Yes.",
    "담당은 J. Kim 과장이다. ‖끝.",
    "Ph.D. 과정을 마쳤다. ‖박사이다.",
    "A.I. 기술을 쓴다. ‖좋다.",
    "No. 3 참조. ‖끝.",
    "Open Mon. to Fri. only. ‖Closed on Sunday.",
]
NUMBERS = [
    "Version 2.0.1 is out. ‖Get it.",
    "요율은 3.5%이다. ‖총액은 1,000.50원이다.",
    "2024. 3. 15. 시행한다. ‖2025.1.1.부터 적용한다.",
    "기간은 2024. 1. 1.부터 2024. 12. 31.까지로 한다. ‖연장할 수 있다.",
    "2025년에 3.2 킬로미터를 걸었다. ‖끝.",
    "3.1. 적용 범위는 다음과 같다. ‖모든 직원에게 적용한다.",
]
QUOTATIONS = [
    "그는 “간다.”라고 말했다. ‖그리고 떠났다.",
    '그는 "간다." 라고 말했다. ‖그리고 떠났다.',
    "표어는 '함께 가요, 국민성공시대!' 라는 말이다. ‖모두 외쳤다.",
    "「근로기준법」 제60조에 따른다. ‖『한국사』를 읽는다.",
    "“정말입니까?”라고 물었다. ‖“네.”",
    'He said "Stop." ‖Then he left.',
    "휴가는 15일입니다. ‖(단, 수습은 제외한다.) ‖신청은 7일 전까지 합니다.",
]
CLAUSES_AND_LISTS = [
    "제1조(목적) 이 규정은 휴가를 정한다. ‖제2조(정의) 휴가란 쉬는 것이다.",
    "제3항 제2호의 규정에 따른다. ‖다만, 예외로 한다.",
    "① 첫째 항목이다. ‖② 둘째 항목이다.",
    "다음과 같다. ‖① 신청서 ‖② 영수증",
    "②의 규정에 따라 ①과 ③을 낸다. ‖끝.",
    "1. 목적\n‖2. 정의\n‖가. 직원이란 근로자를 말한다.",
    "(가) 목적. ‖(나) 정의.",
    "- 신청서 1부\n‖- 영수증",
]
PAUSES = [
    "그런데... 그는 오지 않았다. ‖끝.",
    "잠깐… 기다려 주세요. ‖네.",
    "그는 갔다... ‖그녀도 갔다.",
    "Wait... what is it? ‖Nothing.",
    "No way... ‖He left.",
    "가능합니까? ‖네, 가능합니다! ‖What?! ‖좋습니다.",
]
ADDRESSES = [
    "주소는 https://example.com/a.b?c=d!x 이다. ‖메일은 kim.lee@example.co.kr 로 보낸다.",
    "파일 이름은 보고서.v2.hwp 이다. ‖열어 본다.",
    "Node.js와 ASP.NET을 쓴다. ‖둘 다 좋다.",
]
WITHOUT_SPACE = [
    "신청합니다.‖승인은 부서장이 합니다.",
    "가능해요.‖해 봐요.‖네.",
    "좋다!‖정말?‖그렇다.",
    "갔습니다.‖“네.”",
    "끝났음.‖다음 안건으로 넘어감.",
    "これは本です。‖そうですか？‖はい。",
    "효력은 1년이다.[2] ‖끝.",
]
LINES = [
    "디지털 커머스 시대에 기업이 살아남기 위해서는 온라인\n판매를 통합해야 하며 이는 비용을 줄인다. ‖끝.",
    "디지털 커머스 시대에 기업이 살아남기 위해서는 온라인 판\n매를 통합해야 한다. ‖이는 비용을 줄인다.",
    "기업이 살아남으려면 온라인 판매를 통합해야 하며, 이는 비용을 줄인다. ‖또\n한 고객의 만족을 높이는 데에도 기여한다. ‖끝.",
    "휴가 규정\n‖모든 직원은 해마다 열다섯 날의 휴가를 쓸 수 있다.",
    "품명 | 수량\n‖의자 | 4",
    "총칙의 목적과 적용 범위 ........ 3\n‖근로 시간과 휴게 시간의 원칙 ....... 12\n‖부칙",
]
CASES = [
    *ABBREVIATIONS, *NUMBERS, *QUOTATIONS, *CLAUSES_AND_LISTS, *PAUSES, *ADDRESSES, *WITHOUT_SPACE, *LINES
]  # fmt: skip


@pytest.mark.parametrize("marked", CASES)
def test_where_sentences_end(marked: str) -> None:
    text = marked.replace("‖", "")
    assert [text[start:end] for start, end in split_sentences(text)] == [part.strip() for part in marked.split("‖")]
