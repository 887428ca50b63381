"""Amounts in a text, Korean and English: digits and number words, with their units, as values that can be compared.

3천만원, 3,000만 원, 30,000,000원 and 30 million won are one amount; so are 120명 and 백이십 명, 10일 and 열흘. Takes text of
one character a character (`plain`), gives amounts with their places. Pure; rules of thumb, no dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple


class Amount(NamedTuple):
    """`number` of a unit, `size` in its base (won, seconds, months); `unit` "" where none is written, "count" for things."""

    start: int
    end: int
    number: Decimal
    size: Decimal
    unit: str


def plain(text: str) -> str:
    """NFKC, but of the same length: ２０％ -> 20%."""
    return "".join(_plain(character) for character in text) if not text.isascii() else text


def _plain(character: str) -> str:
    if "가" <= character <= "힣":
        return character
    normal = unicodedata.normalize("NFKC", character)
    return normal if len(normal) == 1 else character


_BASES: dict[str, dict[str, int | Decimal]] = {
    "won": {"원": 1, "won": 1, "krw": 1, "₩": 1, "원정": 1},
    "usd": {"달러": 1, "불": 1, "dollars": 1, "dollar": 1, "usd": 1, "us$": 1, "$": 1},
    "eur": {"유로": 1, "euros": 1, "euro": 1, "eur": 1, "€": 1},
    "jpy": {"엔": 1, "yen": 1, "jpy": 1, "¥": 1},
    "percent": {"퍼센트": 1, "프로": 1, "%": 1, "%p": 1, "percent": 1, "per cent": 1, "할": 10, "percentage points": 1},
    "seconds": {
        "초": 1, "seconds": 1, "second": 1, "sec": 1, "분": 60, "분간": 60, "minutes": 60, "minute": 60, "min": 60, "시간": 3600,
        "시간당": 3600, "hours": 3600, "hour": 3600, "hrs": 3600, "일": 86400, "일간": 86400, "일치": 86400, "날": 86400, "박": 86400,
        "days": 86400, "day": 86400, "nights": 86400, "주": 604800, "주간": 604800, "주일": 604800, "weeks": 604800, "week": 604800,
    },
    "workdays": {"영업일": 1, "근무일": 1, "working days": 1, "working day": 1, "business days": 1, "business day": 1},
    "months": {
        "개월": 1, "달": 1, "개월간": 1, "months": 1, "month": 1, "년": 12, "년간": 12, "해": 12, "years": 12, "year": 12,
        "분기": 3, "quarters": 3,
    },
    "metres": {
        "밀리미터": Decimal("0.001"), "mm": Decimal("0.001"), "센티미터": Decimal("0.01"), "센티": Decimal("0.01"),
        "cm": Decimal("0.01"), "미터": 1, "m": 1, "metres": 1, "meters": 1, "킬로미터": 1000, "km": 1000, "kilometres": 1000,
        "kilometers": 1000, "인치": Decimal("0.0254"), "inches": Decimal("0.0254"), "inch": Decimal("0.0254"),
    },
    "squares": {
        "m2": 1, "㎡": 1, "m²": 1, "제곱미터": 1, "평방미터": 1, "square metres": 1, "square meters": 1, "sq m": 1, "ha": 10**4,
        "헥타르": 10**4, "hectares": 10**4, "km2": 10**6, "km²": 10**6, "㎢": 10**6, "제곱킬로미터": 10**6, "평방킬로미터": 10**6,
        "square kilometres": 10**6, "square kilometers": 10**6, "sq km": 10**6,
    },
    "grams": {"그램": 1, "g": 1, "킬로그램": 1000, "kg": 1000, "톤": 1000000, "t": 1000000, "tons": 1000000, "mg": Decimal("0.001")},
    "litres": {"리터": 1, "l": 1, "litres": 1, "liters": 1, "ml": Decimal("0.001")},
    "degrees": {"℃": 1, "도": 1, "degrees": 1, "degree": 1, "°": 1, "°c": 1},
    "bytes": {
        "바이트": 1, "bytes": 1, "byte": 1, "kb": 1000, "킬로바이트": 1000, "mb": 10**6, "메가바이트": 10**6, "메가": 10**6, "gb": 10**9,
        "기가바이트": 10**9, "기가": 10**9, "tb": 10**12, "테라바이트": 10**12,
    },
    "bits": {"비트": 1, "bits": 1, "bit": 1},
}  # fmt: skip
_OWN_TEXT = "kwh kw hp rpm mpa kpa kn mm/s m/min v hz db dpi pt 평 옴"
_OWN = _OWN_TEXT.split()
_COUNTED_TEXT = (
    "사람 가지 군데 차례 마리 켤레 그루 명 분의 개소 개사 개국 개년 개 건 회 번 대 장 권 곳 통 인 배 쌍 줄 끼 점 표 척 부 "
    "갑 상자 드럼 자리 자 글자 people persons person pieces piece times units items copies staff employees members"
)
_COUNTED = _COUNTED_TEXT.split()
_LABELS_TEXT = (
    "호기 호선 분기차 공장 층 조항 조 항 호 절 쪽 페이지 판 라인 단계 등급 급 등 위 차 학년 학기 세기 기 년차 주차 년도 세 "
    "살"
)
LABELS = _LABELS_TEXT.split()  # what is numbered rather than counted
_UNITS: dict[str, tuple[str, Decimal]] = {
    **{label: (label, Decimal(1)) for label in (*LABELS, *_OWN)},
    **{name: ("count", Decimal(1)) for name in _COUNTED},
    **{name: (base, Decimal(size)) for base, names in _BASES.items() for name, size in names.items()},
    "쪽": ("page", Decimal(1)), "페이지": ("page", Decimal(1)), "pages": ("page", Decimal(1)), "세": ("age", Decimal(1)),
    "살": ("age", Decimal(1)), "킬로와트": ("kw", Decimal(1)), "볼트": ("v", Decimal(1)), "분의": ("", Decimal(1)),
}  # fmt: skip


def _either(names: list[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_LETTERS = [unit for unit in _UNITS if unit[-1].isascii() and unit[-1].isalpha()]
_OTHERS = [unit for unit in _UNITS if unit not in _LETTERS]
_UNIT = rf"(?:{_either(_OTHERS)}|(?:{_either(_LETTERS)})(?![A-Za-z]))"
_AFTER_UNIT = r"(?:(?:spindle|calendar|full|consecutive|연속|여)[ ])?"
_SCALES = {"십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12}
_ENGLISH_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_DIGITS = r"\d{1,3}(?:,\d{3})+(?!\d)|\d+"
_SCALED = r"(?:[십백천]?[만억](?![가-힣]*큼)|[십백천](?!분)|조(?=\s?(?:원|달러|\d)))"
_NUMBER = re.compile(
    rf"(?<![\d])(?<!\d[.,])(?:(?P<money>US\$|[$₩€¥]|\b(?:USD|KRW|EUR|JPY)\b)\s?)?(?P<whole>{_DIGITS})(?P<part>\.\d+)?"
    rf"(?:[ ]?(?P<scale>{_SCALED})(?P<more>(?:[ ]?(?:{_DIGITS})\s?{_SCALED})*(?:\d{{3,4}}(?!\d)"
    rf"|[ ](?:\d{{1,3}},\d{{3}}|\d{{1,4}})(?=[ ]?(?:원|달러|명|개)))?)"
    rf"|[ ](?P<english>hundred|thousand|million|billion|trillion)\b)?"
    rf"(?:여(?=\s|명|개|건))?(?:(?:[ -]|\n(?=[a-z]))?{_AFTER_UNIT}(?P<unit>{_UNIT}))?",
    re.IGNORECASE,
)
_UNIT_ENDS = re.compile(
    r"(?:은|는|이|가|을|를|의|에|로|와|과|도|만|까지|부터|이상|이하|미만|초과|이내|간|동안|씩|당|정|으로|에서|이며|이고|입니다|이다|인데|인|므로|면|지만|짜리|안|전|후|쯤"
    r"|정도|마다|였|이었|보다|이나|라|대|분|하|되|들|여|중)*(?![가-힣])|이|입|였"
)
_PIECE = re.compile(rf"({_DIGITS})(\.\d+)?\s?({_SCALED})?")
_FRACTION = re.compile(r"(?<!\d)(\d{1,3})\s?분의\s?(\d{1,3})(?!\d)|(?<![\d/])([1-9])/([2-9])(?![\d/])")

_PARTS_OF = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_ENGLISH_FRACTION = re.compile(rf"\b(a|one|two|three|four)[ -]({_either(list(_PARTS_OF))})s?\b", re.IGNORECASE)

_SINO = {"영": 0, "공": 0, "일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "륙": 6, "칠": 7, "팔": 8, "구": 9}
_SINO_WORD = re.compile(
    rf"(?<![가-힣\d])(?P<word>(?:[일이삼사오육륙칠팔구]?[천백십])(?:[일이삼사오육륙칠팔구십백천만억]*)|[삼사오육칠팔구](?=\s?(?:년|개월|퍼센트|억|만\s?원|층|분기|회|주\s))"
    rf"|[일이삼사오육칠팔구][만억](?:\s?[일이삼사오육칠팔구십백천만]+)?)여?\s?(?P<unit>{_UNIT})"
)
_NATIVE_ONES = {
    "하나": 1,
    "한": 1,
    "둘": 2,
    "두": 2,
    "셋": 3,
    "세": 3,
    "석": 3,
    "넷": 4,
    "네": 4,
    "넉": 4,
    "다섯": 5,
    "여섯": 6,
}
_NATIVE_ONES |= {"일곱": 7, "여덟": 8, "아홉": 9}
_NATIVE_TENS = {
    "열": 10,
    "스물": 20,
    "스무": 20,
    "서른": 30,
    "마흔": 40,
    "쉰": 50,
    "예순": 60,
    "일흔": 70,
    "여든": 80,
    "아흔": 90,
}
_COUNTERS_TEXT = (
    "명 사람 분 개 번 달 시간 살 곳 가지 대 장 권 군데 건 마리 배 해 쌍 통 차례 끼 줄 자리 주 층 팀 회 조 부 박 켤레"
)
_COUNTERS = _COUNTERS_TEXT.split()
_NATIVE_WORD = re.compile(
    rf"(?<![가-힣\d])(?P<tens>{_either(list(_NATIVE_TENS))})?(?P<ones>{_either(list(_NATIVE_ONES))})?"
    rf"(?<=[가-힣])\s?(?P<unit>{_either(_COUNTERS)})(?!번|째)"
)
_DAYS = {
    "하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "여드레": 8, "아흐레": 9, "열흘": 10, "열하루": 11,
    "열이틀": 12, "보름": 15, "스무날": 20,
}  # fmt: skip
_DAY_WORD = re.compile(rf"(?<![가-힣])(?:{_either(list(_DAYS))})")
_TO_NINETEEN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_ENGLISH = {
    word: number for number, word in enumerate(
        _TO_NINETEEN.split()
    )
}  # fmt: skip
_TENS_TEXT = "twenty thirty forty fifty sixty seventy eighty ninety"
_ENGLISH |= {word: 10 * tens for tens, word in enumerate(_TENS_TEXT.split(), 2)}
_ENGLISH_WORD = re.compile(
    rf"\b(?P<first>{_either(list(_ENGLISH))})(?:[-\s](?P<second>{_either(list(_ENGLISH)[1:10])}))?\b"
    rf"(?:\s(?P<scale>{_either(list(_ENGLISH_SCALES))})\b)?(?:[\s-]{_AFTER_UNIT}(?P<unit>{_UNIT}))?",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\b(once|twice|thrice)\b", re.IGNORECASE)
_HALF = re.compile(r"(?<![가-힣])절반|\bhalf\b", re.IGNORECASE)
_AND_HALF = re.compile(
    rf"\b(?P<number>an?|{_either(list(_ENGLISH))}|\d+)\s(?:(?P<first>{_UNIT})\s)?and\sa\shalf(?:\s(?P<second>{_UNIT}))?"
    rf"|(?<![가-힣\d.,])(?P<korean>\d+|{_either(list(_NATIVE_ONES))})\s?(?P<unit>시간|년|개월|달|주)\s?반(?![가-힣]*[차기])",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"제\s?$")


def amounts(text: str) -> Iterator[Amount]:
    """Of plain text, in no order; where a longer one is meant as well, it comes first."""
    yield from _with_half(text)
    for found in _FRACTION.finditer(text):
        over, under = (found[2], found[1]) if found[1] else (found[3], found[4])
        if int(under):
            yield _percent(found, Decimal(100 * int(over)) / int(under))
    for found in _ENGLISH_FRACTION.finditer(text):
        over = max(1, ("a", "one", "two", "three", "four").index(found[1].lower()))
        yield _percent(found, Decimal(100 * over) / _PARTS_OF[found[2].lower()])
    yield from map(_of_digits, _NUMBER.finditer(text))
    for found in _DAY_WORD.finditer(text):
        yield _amount(found, Decimal(_DAYS[found[0]]), "일")
    for found in _NATIVE_WORD.finditer(text):
        size = _NATIVE_TENS.get(found["tens"] or "", 0) + _NATIVE_ONES.get(found["ones"] or "", 0)
        yield _amount(found, Decimal(size), "person" if found["unit"] == "분" else found["unit"])
    for found in _SINO_WORD.finditer(text):
        yield _amount(found, Decimal(_sino(found["word"])), found["unit"])
    yield from _english(text)
    for found in _HALF.finditer(text):
        yield _percent(found, Decimal(50))


def _with_half(text: str) -> Iterator[Amount]:
    """'a year and a half', 'eight and a half hours', '2시간 반'."""
    for found in _AND_HALF.finditer(text):
        word = (found["number"] or found["korean"]).lower()
        unit = found["first"] or found["second"] or found["unit"]
        if unit:
            number = int(word) if word.isdigit() else _ENGLISH.get(word, _NATIVE_ONES.get(word, 1))
            yield _amount(found, number + Decimal("0.5"), unit)


def scaled_by(text: str) -> Decimal:
    """What numbers without a unit are to be multiplied by: '(단위: 천원)' and '(thousands)' -> 1000."""
    english = re.search(r"\((?:in\s)?(?:[a-z$₩€]{1,4}\s)?(thousand|million|billion)s?\)", text, re.IGNORECASE)
    if english:
        return Decimal(_ENGLISH_SCALES[english[1].lower()])
    found = re.search(r"단위\s?[:：]\s?(천|만|십만|백만|천만|억)\s?(?:원|달러|개|명)", text)
    return Decimal(_sino(found[1])) if found else Decimal(1)


def same(told: Amount, known: Amount, scale: Decimal = Decimal(1), slack: Decimal = Decimal(0)) -> bool:
    """Whether these are one amount; where one has no unit, the numbers alone. `scale`: of known ones without a unit."""
    if known.unit == "":
        return _near(told.number, known.number, slack) or _near(told.number, known.number * scale, slack)
    if {told.unit, known.unit} == {"age", "months"}:
        return _near(_years(told), _years(known), slack)
    if told.unit == known.unit:
        return _near(told.size, known.size, slack)
    return told.unit == "" and told.number == known.number


def _years(amount: Amount) -> Decimal:
    return amount.number if amount.unit == "age" else amount.size / 12


def _near(one: Decimal, other: Decimal, slack: Decimal) -> bool:
    return abs(one - other) <= slack * abs(other)


def _of_digits(found: re.Match[str]) -> Amount:
    size = _decimal(found["whole"], found["part"])
    if found["scale"]:
        size = sum((_piece(piece) for piece in _PIECE.finditer(found[0])), Decimal(0))
    elif found["english"]:
        size *= _ENGLISH_SCALES[found["english"].lower()]
    unit = found["unit"] or found["money"] or ""
    if found["unit"] and _is_another_word(found):
        return _unit_of(found.start("whole"), found.start("unit") - 1, size, "", found.string)
    if found["money"] and found["unit"]:
        unit = found["money"]
    start = found.start("money") if found["money"] else found.start("whole")
    return _unit_of(start, found.end(), size, unit, found.string)


def _is_another_word(found: re.Match[str]) -> bool:
    """'840,000 회의실': what looks like a unit begins the next word."""
    at = found.start("unit")
    return (
        found.string[at - 1] == " "
        and found["unit"][-1] >= "가"
        and _UNIT_ENDS.match(found.string, found.end()) is None
    )


def _piece(piece: re.Match[str]) -> Decimal:
    size = _decimal(piece[1], piece[2])
    for letter in piece[3] or "":
        size *= _SCALES[letter]
    return size


def _decimal(whole: str, part: str | None) -> Decimal:
    return Decimal(whole.replace(",", "") + (part or ""))


def _percent(found: re.Match[str], size: Decimal) -> Amount:
    return Amount(*found.span(), size, size, "percent")


def _amount(found: re.Match[str], size: Decimal, unit: str) -> Amount:
    return _unit_of(found.start(), found.end(), size, unit, found.string)


def _unit_of(start: int, end: int, size: Decimal, unit: str, text: str) -> Amount:
    if unit == "person":
        return Amount(start, end, size, size, "count")
    base, factor = _UNITS.get(unit.lower(), ("", Decimal(1)))
    if base == "조" and not _ARTICLE.search(text[:start][-3:]):
        base = "count"  # sets; 제5조 is an article
    return Amount(start, end, size, size * factor, base)


def _sino(word: str) -> int:
    """'백이십' -> 120, '삼천만' -> 30000000."""
    total = section = digit = 0
    for letter in "".join(word.split()):
        if letter in _SINO:
            digit = _SINO[letter]
        elif letter in "십백천":
            section += (digit or 1) * _SCALES[letter]
            digit = 0
        else:
            total += (section + digit or 1) * _SCALES[letter]
            section = digit = 0
    return total + section + digit


def _english(text: str) -> Iterator[Amount]:
    for found in _ENGLISH_WORD.finditer(text):
        first, second = _ENGLISH[found["first"].lower()], _ENGLISH.get((found["second"] or "").lower(), 0)
        if second and (first < 20 or first % 10):
            continue
        if first == 1 and not found["unit"] and not found["scale"]:
            continue  # a pronoun
        size = Decimal(first + second) * _ENGLISH_SCALES.get((found["scale"] or "").lower(), 1)
        yield _amount(found, size, found["unit"] or "")
    for found in _TIMES.finditer(text):
        yield _amount(found, Decimal(("once", "twice", "thrice").index(found[0].lower()) + 1), "times")
