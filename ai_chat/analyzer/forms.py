"""The form that the answer of a question has: a count of days, a date, a number.

Takes a question, gives a pattern. Pure; knows no passage.
"""

from __future__ import annotations

import re


def answer_form(question: str) -> re.Pattern[str] | None:
    """What an answer to this question looks like where the question tells: a count of days, a date, a number.

    "며칠" wants "15일", "몇 명" wants "30명", "언제" and "when" a date, "얼마" and "how many" a number; None for all others.
    """
    if counted := _COUNTED.search(question):
        return re.compile(rf"\d\s*{counted.group(1)}")
    return next((form for asking, form in _FORMS if asking.search(question)), None)


_COUNTED = re.compile(r"몇\s*([가-힣])")
_FORMS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    (re.compile("며칠"), re.compile(r"\d\s*일|하루|이틀|사흘|나흘|열흘|보름")),
    (
        re.compile(r"언제|날짜|연도|년도|어느 해|\bwhen\b|\bwhat (?:date|day|year)\b", re.IGNORECASE),
        re.compile(r"\d\s*[년월일시]|\d{4}|\b\d{1,2}(?:st|nd|rd|th)?\b"),
    ),
    (
        re.compile(
            r"얼마|금액|비용|가격|요금|기간|나이|비율|인원|\bhow (?:many|much|long|old|far|often)\b", re.IGNORECASE
        ),
        re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|once|twice)\b", re.IGNORECASE),
    ),
)
