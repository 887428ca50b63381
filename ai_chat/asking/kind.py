"""What kind of answer a question wants, by how it is worded: words, places alone, a row of a table, a list of documents, a summary.

Takes a question, gives an AnswerKind. Pure rules that ask for a clear sign: any other question is `answer`.
"""

from __future__ import annotations

import datetime
import re

from ai_chat.asking.listed import listed
from ai_chat.types import AnswerKind

_ANY_DAY = datetime.date(2000, 6, 15)  # which day it is makes no difference to the kind
_TABLES = (
    "단가|가격|요금|비교|일정|견적|점검|급여|호봉|수당|환율|세율|재고|품목"
    "|내역|명세|조견|할인|시간|배점|평가|현황|코드|비용|지급|기준|거래처|사양|정비|알람"
)
_TABLE = re.compile(
    rf"(?:{_TABLES})표\s?(?:에서|의|중|를 보고|상의?)(?![가-힣])"
    r"|(?<![가-힣])(?<!몇 )표\s?(?:\d{1,3}\s?(?:에서|의|중|를 보고|상의?)|에서|를 보고)(?![가-힣])"
    r"|(?<![가-힣])행(?:을|만|에서|은|의)?\s?(?:좀|전체|통째로)?\s*(?:보여|알려|찾아|뽑아|출력)"
    r"|(?<!몇 )(?:표|행)(?:로|으로|째로)\s?(?:보여|알려|답)"
    r"|\b(?:in|from|of|per|according to|look up|check) (?:the |that |this )?(?:[\w-]+ ){0,3}(?:table|price list|schedule)\b"
    r"|\btable \d+\b|\b(?:the |which |what )?row (?:for|of|with|about|where)\b",
    re.IGNORECASE,
)
_SUMMARY = re.compile(
    r"(?:요약|간추려|줄거리|핵심\s?(?:내용)?(?:만|을)?\s?정리)\s?(?:을|를|문|본을?)?\s?(?:좀|간단히|간단하게|짧게|섹션별로|장별로|쪽별로)?\s?"
    r"(?:정리)?\s?(?:(?:해|하|부탁|만들|보여|알려|작성|써|드려|줘|주)[가-힣\s]{0,12})?[\s?.!]*$"
    r"|^(?:(?:please|can you|could you|would you|i need|i want)\s+(?:you to )?)?(?:please )?"
    r"(?:summari[sz]e\b|sum up\b|tl;?dr\b|(?:give|write|make|show|get) (?:me |us )?(?:an? |the )?(?:[\w-]+ ){0,3}(?:summary|overview)\b"
    r"|(?:an? |the )?(?:(?:short|brief|quick|one-page|section-by-section) )?(?:summary|overview) of\b)"
    r"|[\s:,-](?:in )?(?:summary|tl;?dr)[\s?.!]*$",
    re.IGNORECASE,
)
_SEVERAL = re.compile(
    r"각각|차이|비교해|비교하|합하면|합계를\s?내|평균|더\s?(?:비싼|싼|많은|적은|큰|작은)|\b(?:difference|compare|average|more than|both)\b",
    re.IGNORECASE,
)
_SEARCH = re.compile(
    r"(?:^|[가-힣\s])검색\s?(?:만\s?)?(?:해|하)\s?(?:줘요?|주세요|라|줄래요?|주십시오|보자|봐)?[\s?.!]*$"
    r"|^(?:please )?(?:search for|search|find (?:the |all )?(?:passages|places|paragraphs|mentions)(?: of| about| on| where)?)\s",
    re.IGNORECASE,
)
_ASKS_ABOUT = re.compile(
    r"요약(?:본|문)?(?:은|이|에는|에서)\s|(?:누가|언제|어디|왜)\s|^(?:who|when|where|why|what|which|how)\b",
    re.IGNORECASE,
)


def kind_of(question: str) -> AnswerKind:
    """`list` only where each word of it is a condition on documents; the others by the words that ask for them."""
    asked = " ".join(question.split())
    if listed(asked, _ANY_DAY).is_list:
        return "list"
    if _SUMMARY.search(asked) and not _ASKS_ABOUT.search(asked):
        return "summary"
    if _SEARCH.search(asked):
        return "search"
    return "table" if _TABLE.search(asked) and not _SEVERAL.search(asked) else "answer"
