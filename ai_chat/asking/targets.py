"""What a sentence tells that can be asked for: days, sums, counts, shares, codes and names, each with the words that ask for it.

Takes a sentence, gives spans. Pure; rules of thumb in Korean and English, no dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

TargetKind = Literal["date", "amount", "share", "count", "code", "name"]

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_COUNTED = (
    "개월|시간|주년|킬로미터|미터|달러|유로|페이지|가지|군데|"
    "명|개|일|년|주|분|초|회|번|건|대|권|쪽|층|살|세|점|배|장|인|평|톤|차례|세대|가구|곳|편|곡|골|승|석|위"
)
_BEHIND = (
    r"(?=[^가-힣\d]|$|(?:에|은|는|이|가|을|를|의(?! \d)|로|으로|과|와|도|만|씩|당|인|이며|이고|이다|입니다|까지|부터|마다|보다|간|동안"
    r"|이상|이하|이내|안에|전|후|뒤|여|정도|짜리|째)(?:[^가-힣]|[은는에의을를이]|$))"
)
_MEASURE = r"kWh|kg|km|cm|mm|rpm|MB|GB|TB|dB|kW|mg|ml|℃|°C|m²|㎡|[gmLlVWA](?![A-Za-z])"
_ENGLISH_UNIT = (
    r"(?:working |business |calendar )?(?:days?|weeks?|months?|years?|hours?|minutes?|seconds?|people|employees|pieces|"
    r"units|pages|times|points|copies|kilometres?|kilometers?|metres?|meters?|miles|degrees)"
)
_SURNAME = (
    "[가강고곽구국권금기길김나남노도류마맹명모문민박반방배백변봉서석선설성손송신심안양엄여연염오옥왕"
    "우원위유육윤은이인임장전정제조주지진차채천최추탁편표하한함허현형홍황]"
)
_TITLES = "대표이사|대표|본부장|부장|차장|과장|팀장|대리|주임|소장|원장|교수|박사|감독|의원|위원장|이사장|사장|회장"
_PATTERNS: tuple[tuple[TargetKind, re.Pattern[str]], ...] = (
    (
        "date",
        re.compile(
            r"(?<![\d.-])(?:\d{4}\s?년(?:\s?\d{1,2}\s?월(?:\s?\d{1,2}\s?일)?)?|\d{1,2}\s?월\s?\d{1,2}\s?일"
            r"|\d{4}(?P<by>[.-])\s?\d{1,2}(?P=by)\s?\d{1,2})(?!\d|[.-]\d|간|대|도(?![가-힣]))"
            rf"|\b\d{{1,2}} {_MONTH},? \d{{4}}\b|\b{_MONTH} \d{{1,2}},? \d{{4}}\b"
        ),
    ),
    (
        "amount",
        re.compile(
            rf"(?<![\d.,]){_NUMBER}\s?(?:[십백천]?[만억조]\s?(?:{_NUMBER}\s?[천만억]?)?)?\s?원{_BEHIND}"
            rf"|(?:USD|KRW|EUR|GBP|[$€£₩])\s?{_NUMBER}(?!\d)|(?<![\d.,]){_NUMBER} (?:won|dollars|euros|pounds)\b"
        ),
    ),
    ("share", re.compile(rf"(?<![\d.,]){_NUMBER}\s?(?:%|퍼센트|percent\b|per cent\b)")),
    (
        "count",
        re.compile(
            rf"(?<![\w.,/:'‘’-])(?P<n>{_NUMBER}[천만억]?)\s?(?:(?P<ko>{_COUNTED}){_BEHIND}|(?P<measure>{_MEASURE})"
            rf"|(?P<en>{_ENGLISH_UNIT})\b)"
        ),
    ),
    ("code", re.compile(r"(?<![\w-])[A-Z]{1,6}-?\d[A-Za-z0-9_-]{1,20}(?![A-Za-z0-9_-])")),
    (
        "name",
        re.compile(
            rf"(?<![가-힣]){_SURNAME}[가-힣][가-힣](?<![은는을를의에와과])(?=\s(?:{_TITLES})(?:[은는이가을를의에과와,.]|\s|$))"
            r"|(?<=[a-z,] )(?:[A-Z][a-z]+ ){1,2}[A-Z][a-z]+\b"
        ),
    ),
)
_ASKING = {
    "date": ("언제", "when"),
    "amount": ("얼마", "how much"),
    "share": ("몇 퍼센트", "what percentage"),
    "code": ("무엇", "which number"),
    "name": ("누구", "who"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """sentence[start:end] answers `korean` or `english`, such as "며칠" and "how many days"."""

    start: int
    end: int
    kind: TargetKind
    korean: str
    english: str


def targets(sentence: str) -> list[Target]:
    """In reading order, none within another: days before sums before counts."""
    taken: list[Target] = []
    for kind, pattern in _PATTERNS:
        for found in _matches(kind, pattern, sentence):
            if all(found.end <= other.start or other.end <= found.start for other in taken):
                taken.append(found)
    return sorted(taken, key=lambda each: each.start)


def _matches(kind: TargetKind, pattern: re.Pattern[str], sentence: str) -> Iterator[Target]:
    for match in pattern.finditer(sentence):
        korean, english = _counting(match) if kind == "count" else _ASKING[kind]
        yield Target(match.start(), match.end(), kind, korean, english)


def _counting(match: re.Match[str]) -> tuple[str, str]:
    if unit := match["ko"]:
        return ("며칠" if unit == "일" else f"몇 {unit}"), "how many"
    if unit := match["measure"]:
        return f"몇 {unit}", f"how many {unit}"
    return "몇", f"how many {match['en']}"
