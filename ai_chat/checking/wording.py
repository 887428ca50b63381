"""What a sentence claims: its rare words, its numbers with their units, whether it denies.

Takes text in Korean or English, gives sets to compare. Pure; rules of thumb, no dictionary and no model.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_NUMBER = re.compile(r"(\d+(?:,\d{3})+|\d+)(\.\d+)?(?!\d)\s?(퍼센트|[%가-힣℃]?)")
_DATE = re.compile(r"(\d{4})\.\s?(\d{1,2})\.\s?(\d{1,2})")
_UNITS = frozenset("일월년시분초개명원만억천백회건주층호조항세살점배권장대인쪽평톤급차%℃")
WORD = re.compile(r"(?<![A-Za-z0-9])[A-Z][가-힣]+|(?<![\d가-힣])[가-힣]+|[A-Za-z][A-Za-z'’-]*")
_ENDING = re.compile(
    r"(?:하|되|이|드리|시키)?(?:었|았|였|했|됐)?(?:습니다|입니다|합니다|됩니다|한다|된다|이다|있다|없다|는다|해야|하여|하고|되어|되며|하며|이며|하는|되는|하지|되지|한|할|된|될|합시다|세요|어요|아요|해요|돼요|이며|이고|이었으며|이지만)$"
)
_PARTICLE = re.compile(
    r"(?:에게서|으로서|으로써|에서는|에서의|까지는|부터는|이라고|으로는|에서|에게|으로|까지|부터|마다|처럼|보다|라고|이나|이란|에는|와의|과의|은|는|이|가|을|를|의|에|로|와|과|도|만|나|란)$"
)
_SAME = str.maketrans("’‘`“”", "'''\"\"")
_GAP = re.compile(r"(?<![a-z.,])\s+|\s+(?![a-z])")
_HANGUL_WORD = re.compile("[가-힣]{4,}")
_COMMON_TEXT = (
    "있습니다 있다 없습니다 없다 합니다 한다 됩니다 된다 입니다 이다 경우 대해 대한 따라 따르면 위해 위한 통해 그리고 또한 "
    "또는 및 해당 관련 다음 이상 이하 것 수 때 등 문서 내용 질문 답변 약 총 각 모두 매우 "
    "the a an of to in on at by for from with and or is are was were be been it its this that these those as has have had "
    "will can may must should do does there which who what when where how not no"
)
COMMON = frozenset(_COMMON_TEXT.split())
KEPT_WORDS = 4096  # of which it is remembered what they are: a check looks at each dozens of times
DENIAL = re.compile(
    r"않|없|아니|아닙|못하|못한|못합|불가|(?<![가-힣])안\s|\b(?:not|no|never|cannot|without)\b|n[’']t\b", re.IGNORECASE
)

Number = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """`numbers` are (value, unit), the unit empty where none of the known ones follows."""

    words: frozenset[str]
    numbers: frozenset[Number]
    denies: bool


def wording(text: str) -> Wording:
    plain = unicodedata.normalize("NFKC", text)
    return Wording(rare_words(plain), numbers(plain), DENIAL.search(plain) is not None)


class Stemmed(NamedTuple):
    """A word of a text as it stands there, and without particles and endings in lower case."""

    start: int
    end: int
    word: str
    stem: str


def stemmed(text: str) -> list[Stemmed]:
    """Words in their order, without those that every text has."""
    found = []
    for match in WORD.finditer(text):
        word = match[0].lower()
        bare = stem(word) if word not in COMMON else ""
        if len(bare) > 1 and bare not in COMMON:
            found.append(Stemmed(match.start(), match.end(), match[0], bare))
    return found


def rare_words(text: str) -> frozenset[str]:
    """Words without particles and endings, lower case, without those that every text has."""
    return frozenset(each.stem for each in stemmed(text))


def numbers(text: str) -> frozenset[Number]:
    """'1,200원' -> ('1200', '원'); '2024-03-01' -> 2024, 3, 1; '3.50' -> '3.5'."""
    found = (match.groups() for match in _NUMBER.finditer(_DATE.sub(r"\1 \2 \3", text)))
    return frozenset((_value(whole, part or ""), _unit(unit)) for whole, part, unit in found)


def shares_word(word: str, text: str) -> bool:
    """Whether the squeezed text has this word: its last syllable may bend, a compound may stand apart ('연차휴가', '연차 유급휴가')."""
    if word in text or (len(word) > 3 and word[:-1] in text):
        return True
    return _HANGUL_WORD.fullmatch(word) is not None and any(
        word[:cut] in text and word[cut:] in text for cut in range(2, len(word) - 1)
    )


def shared_part(words: frozenset[str], text: str) -> float:
    """The part of these words that the squeezed text has, 0 to 1; 1 of no words."""
    return sum(shares_word(word, text) for word in words) / len(words) if words else 1.0


def shares_number(number: Number, known: frozenset[Number]) -> bool:
    """The same value, and no other unit."""
    value, unit = number
    return any(value == other and (unit == other_unit or not unit or not other_unit) for other, other_unit in known)


def squeezed(text: str) -> str:
    """For `shares_word`."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


@lru_cache(KEPT_WORDS)
def stem(word: str) -> str:
    """Of a word in lower case, what is left without particles and endings."""
    if not "가" <= word[0] <= "힣":
        return word[:-1] if len(word) > 3 and word.endswith("s") else word
    word = _ENDING.sub("", word)
    shorter = _PARTICLE.sub("", word)
    return shorter if len(shorter) > 1 else word


def _unit(after: str) -> str:
    if after == "퍼센트":
        return "%"
    return after if after in _UNITS else ""


def _value(whole: str, part: str) -> str:
    digits = whole.replace(",", "").lstrip("0") or "0"
    return (digits + part).rstrip("0").rstrip(".") if part else digits


def has_word(word: str, text: str) -> bool:
    """As `shares_word`, in a joined text: a Latin word begins where one begins there."""
    if not word.isascii():
        return shares_word(word, text)
    at = text.find(word)
    while at > 0 and "a" <= text[at - 1] <= "z":
        at = text.find(word, at + 1)
    return at >= 0


def joined(text: str) -> str:
    """As `squeezed`, but Latin words stay apart, so that 'Osan' is not found in 'also an'."""
    apart = " ".join(unicodedata.normalize("NFKC", text).lower().translate(_SAME).split())
    return _GAP.sub("", apart).replace("대한민국", "한국")
