"""A question taken apart: what it asks for, its numbers, names and words, and which part each word has.

Takes a text, gives a Reading. Pure; what the tables of `concepts` do not know means only itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ai_chat.analyzer import PARTICLES
from ai_chat.asking import concepts, vocabulary
from ai_chat.asking.normal import plain

Language = Literal["ko", "en", "other"]
Modality = Literal["", "can", "must"]

_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile("[a-z]")
_OTHER_LETTERS = re.compile(r"[^\W\d_a-z가-힣]")
_IDENTIFIER = re.compile(
    r"(?<![a-z0-9])(?=[a-z0-9./_-]*[a-z])(?=[a-z0-9./_-]*\d)[a-z][a-z0-9]*(?:[-./_][a-z0-9]+)*|\d+(?:[-/:]\d+)+"
)
_QUOTED = re.compile("\"([^\"]+)\"|(?<!\\w)'([^']{2,})'(?!\\w)")
_SCALES = {"조": 1e12, "억": 1e8, "천만": 1e7, "백만": 1e6, "십만": 1e5, "만": 1e4, "천": 1e3, "백": 1e2}
_SCALE = "천만|백만|십만|[조억만천백]"
_NUMBER = re.compile(
    rf"\d+(?:\.\d+)?(?:\s*(?:{_SCALE})(?:\s*\d+(?:\.\d+)?(?:\s*(?:{_SCALE}))?)*)?"
    r"\s*([가-힣]{1,4}|%|[$€¥₩]|(?:days?|weeks?|months?|years?|hours?|won|krw|usd|dollars?|percent|km|kg|mm|cm|m|g|l|mb|gb)\b)?"
)
_PART = re.compile(rf"(\d+(?:\.\d+)?)\s*({_SCALE})?")
_UNITS = {
    "퍼센트": "%", "프로": "%", "percent": "%", "킬로미터": "km", "킬로그램": "kg", "원정": "원", "won": "원", "krw": "원", "₩": "원",
    "달러": "$", "usd": "$", "dollar": "$", "dollars": "$", "년도": "년", "연도": "년", "시간": "시간", "개월": "개월", "영업일": "영업일",
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month", "year": "year", "years": "year",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_ENDINGS = """
습니까 습니다 나요 는가요 은가요 가요 인가요 입니까 이에요 예요 에요 할까요 을까요 까요 어요 아요 해요 하나요 합니까 되나요 됩니까 돼요
하는 하면 하여 하려면 해야 했을 했나 했나요 했습니까 했어요 했 할 한 하고 하기 하지 하다 하는지 하는데 되는 되면 된 될 되어 되었나요 됐나요
되었습니까 됐습니까 되었 됐 돼 으면 면 으려면 려면 을 는 은 았을 었을 았나요 었나요 았습니까 었습니까 는지 은지 인지 죠 이죠 지요 니 냐 야
급 로의 으로는 라면 이면 받 되지 하지 합니다 됩니다 였나요 였습니까 였어요 이었나요 였죠
"""
_ENDS = sorted({*PARTICLES, *_ENDINGS.split()}, key=len, reverse=True)
_LAST_WORD = 8  # letters, of the verb that ends a Korean question
_BARE_PARTICLES = PARTICLES - frozenset(
    ("부터", "까지", "보다", "에서부터", "만", "밖에", "마다", "처럼", "뿐", "뿐만")
)
_UNIT_ENDS = sorted({*_ENDS, "간", "쯤", "짜리"}, key=len, reverse=True)
_VERB_END = re.compile("(?:나요|까|까요|는가|는가요|은가요|한가요|어요|아요|해요|돼요|는지|나|니|죠|지요)$")
_PREDICATE = re.compile(  # 신청하죠, 변경되나요, 필요한지: a noun that is made a verb
    "(?P<noun>[가-힣a-z0-9]*?)(?:"
    "(?:하|되)(?:시|셨)?(?:나요|나|ㄴ가요|는가요|는가|는지요|는지|는데요|는데|는|죠|지요|지|니|냐|고|고요|며|면|려면|기|여|여야|게|도록|던데|던)"
    "|(?:한|된)(?:가요|가|지요|지|다|다고|데)?|(?:할|될)(?:까요|까|지)?|(?:합|됩|하십|되십)(?:니까|니다)|(?:함|됨)"
    "|(?:해|돼)(?:요|서|서요|야|야죠|야지|주세요|주나요|줘|줘요|도)?"
    "|(?:했|됐|하였|되었)(?:나요|나|습니까|습니다|어요|어|는지|는가|던|을까요|죠|지요|지|니|냐)?"
    ")$"
)
_CONTRACTED = {"져": "지", "려": "리", "겨": "기", "쳐": "치", "켜": "키", "아": "", "어": ""}
_NOT_PREDICATES = frozenset(("해지", "해고", "해서", "하지", "한지", "하나"))
_ROLE = re.compile("^([가-힣a-z0-9]+?)(에게서|한테서|로부터|에게|한테|께서|께|에서|부터|까지|보다|이|가|을|를|은|는)$")
_PARTS = {
    "가": "이",
    "께서": "이",
    "을": "를",
    "는": "은",
    "한테": "에게",
    "께": "에게",
    "에게서": "부터",
    "한테서": "부터",
    "로부터": "부터",
}
_DIRECTION = re.compile(
    r"\b(from|to|by|than|before|after|against|in|on|at|for|of|with) (?:(?:the|an?|our|my|your) )?(\w+)"
)
_PAYING = re.compile("[가-힣](?:금|비|료|돈|세)(?=[을를은는이가도\\s]|$)|얼마|비용|돈|원을")
_ACTS = re.compile(r"\b(?:do|does|did)\b|^(?:is|are|was|were|can|could|may|must|should|will|has|have)\b")
_NAME = re.compile(r"(?<=\w )[A-Z]\w+")
_ENGLISH_ENDS = (
    ("ations", "at"),
    ("ation", "at"),
    ("ctions", "ct"),
    ("ction", "ct"),
    ("ies", "y"),
    ("ied", "y"),
    ("sses", "ss"),
    ("ing", ""),
    ("ed", ""),
    ("es", "e"),
    ("s", ""),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question says: `facts` must be equal, `words` must have their like; `roles` must not be turned round, nor the
    `order` of an English question in which somebody `acts`."""

    language: Language
    numbers: tuple[tuple[float, str], ...]
    identifiers: frozenset[str]
    quoted: frozenset[str]
    negated: bool
    past: bool | None
    passive: bool
    modality: Modality
    asked: frozenset[str]
    units: frozenset[str]
    words: frozenset[str]
    roles: frozenset[tuple[str, str]]
    names: tuple[str, ...]
    order: tuple[str, ...]
    acts: bool


def language_of(question: str) -> Language:
    """Any script but Hangul and Latin makes it another."""
    text = plain(question)
    if _OTHER_LETTERS.search(text):
        return "other"
    return "ko" if _HANGUL.search(text) else "en" if _LATIN.search(text) else "other"


@lru_cache(maxsize=256)
def read(question: str) -> Reading:
    """The question taken apart."""
    text = plain(question)
    korean = bool(_HANGUL.search(text))
    quoted = frozenset((found[1] or found[2]) for found in _QUOTED.finditer(text))
    identifiers = frozenset(found[0] for found in _IDENTIFIER.finditer(text))
    rest, found = _phrases(_rewritten(_IDENTIFIER.sub(" ", text), korean), korean)
    numbers, rest = _numbers(rest)
    words, roles = _korean_words(rest) if korean else _english_words(rest)
    if korean and not any(concept.startswith("?") for concept in found) and not _VERB_END.search(rest.strip(" ?!.")):
        found.add("?what")
    asked = frozenset(concept for concept in found if concept.startswith("?")) | (found & {"max", "min", "limit"})
    return Reading(
        language=language_of(question),
        numbers=numbers,
        identifiers=identifiers,
        quoted=quoted,
        negated=bool((concepts.KOREAN_NEGATION if korean else concepts.ENGLISH_NEGATION).search(text)),
        past=_past(text, korean),
        passive=korean and bool(concepts.KOREAN_PASSIVE.search(text)),
        modality=_modality(text, korean),
        asked=asked,
        units=frozenset(concept for concept in found if concept.startswith("unit:")),
        words=frozenset(found - asked - {concept for concept in found if concept.startswith("unit:")}) | words,
        roles=frozenset(roles),
        names=tuple(_NAME.findall(question)),
        order=tuple(word for token in _WORD.findall(rest) for word in _english(token)),
        acts=bool(_ACTS.search(text)),
    )


def _rewritten(text: str, korean: bool) -> str:
    for pattern, instead in concepts.KOREAN_REWRITES if korean else concepts.ENGLISH_REWRITES:
        text = pattern.sub(instead, text)
    return text if korean else _WORD.sub(lambda found: vocabulary.ENGLISH_NUMBERS.get(found[0], found[0]), text)


def _phrases(text: str, korean: bool) -> tuple[str, set[str]]:
    """The text without what a table of phrases knows, and the concepts of that."""
    found: set[str] = set()
    for pattern, meaning in concepts.KOREAN_PHRASES if korean else concepts.ENGLISH_PHRASES:

        def take(match: re.Match[str], meaning: str = meaning) -> str:
            found.update(
                part
                for part in match.expand(meaning).split()
                if part[0] == "?" or ":" in part or not korean or part.isascii()
            )
            return " "

        text = pattern.sub(take, text)
    return text, found


def _numbers(text: str) -> tuple[tuple[tuple[float, str], ...], str]:
    found: list[tuple[float, str]] = []

    def take(match: re.Match[str]) -> str:
        value = sum(float(number) * _SCALES.get(scale, 1) for number, scale in _PART.findall(match[0]))
        unit = match[1] or ""
        stem = next((unit[: -len(end)] for end in _UNIT_ENDS if unit.endswith(end) and unit != end), unit)
        found.append((value, _UNITS.get(unit, _UNITS.get(stem, stem))))
        return " "

    rest = _NUMBER.sub(take, text)
    return tuple(sorted(found)), rest


def _korean_words(text: str) -> tuple[set[str], set[tuple[str, str]]]:
    words: set[str] = set()
    roles: set[tuple[str, str]] = set()
    for token in _WORD.findall(text):
        word = _meaning(token)
        if word and (role := _ROLE.match(token)):
            roles.add((word, _PARTS.get(role[2], role[2])))
        words |= {word} if word else set()
    if "내야" in words and not _PAYING.search(text):
        words = words - {"내야"} | {"제출"}
    return words, roles


def _meaning(token: str) -> str | None:
    """None for a word that says nothing."""
    if token in vocabulary.KOREAN_WORDS:
        return vocabulary.KOREAN_WORDS[token]
    if token in vocabulary.KOREAN_LIGHT or token in _BARE_PARTICLES:
        return None
    verb = _PREDICATE.fullmatch(token)
    if verb and token not in _NOT_PREDICATES and len(verb["noun"]) != 1:
        return _meaning(verb["noun"]) if verb["noun"] else None
    stem = _uncontracted(_stem(token))
    if stem in vocabulary.KOREAN_LIGHT and (stem == token or stem not in vocabulary.KOREAN_ALONE):
        return None
    return vocabulary.KOREAN_WORDS.get(stem, stem)


def _uncontracted(stem: str) -> str:
    """이어져 and 이어지, 걸려 and 걸리, 담아 and 담 are one verb."""
    if len(stem) < 2 or stem in vocabulary.KOREAN_WORDS or stem in vocabulary.KOREAN_LIGHT:
        return stem
    whole = _CONTRACTED.get(stem[-1])
    return stem if whole is None else stem[:-1] + whole


def _least(word: str, end: str) -> int:
    """How many characters have to stay before an end: two of a Korean word before an end of one."""
    return 2 if len(end) == 1 and _HANGUL.match(word) else 1


def _stem(word: str) -> str:
    """Without particles and endings, one after the other."""
    for _ in range(3):
        end = next((end for end in _ENDS if word.endswith(end) and len(word) - len(end) >= _least(word, end)), None)
        if end is None or word in vocabulary.KOREAN_WORDS or word in vocabulary.KOREAN_LIGHT:
            return word
        word = word[: -len(end)]
    return word


def _english_words(text: str) -> tuple[set[str], set[tuple[str, str]]]:
    words = {word for token in _WORD.findall(text) for word in _english(token)}
    roles = {(_english_stem(word), str(preposition)) for preposition, word in _DIRECTION.findall(text)}
    return words, roles


def _english(token: str) -> Iterator[str]:
    if token in vocabulary.ENGLISH_LIGHT:
        return
    stem = _english_stem(token)
    if stem not in vocabulary.ENGLISH_LIGHT:
        yield stem


def _english_stem(word: str) -> str:
    if word in vocabulary.ENGLISH_WORDS:
        return vocabulary.ENGLISH_WORDS[word]
    for end, instead in _ENGLISH_ENDS:
        if word.endswith(end) and len(word) - len(end) >= 3 and not (end == "s" and word.endswith("ss")):
            word = word[: len(word) - len(end)] + instead
            break
    for form in (word, f"{word}e", word[:-1] if word[-1:] == word[-2:-1] else word):
        if form in vocabulary.ENGLISH_WORDS:
            return vocabulary.ENGLISH_WORDS[form]
    return word.rstrip("e")


def _past(text: str, korean: bool) -> bool | None:
    """None where it does not show: in Korean a noun that is asked for has no tense."""
    if not korean:
        return bool(concepts.ENGLISH_PAST.search(text))
    if concepts.KOREAN_TIMELESS.search(text):
        return None
    return bool(concepts.KOREAN_PAST.search(text[-_LAST_WORD:]))


def _modality(text: str, korean: bool) -> Modality:
    must, can = (concepts.KOREAN_MUST, concepts.KOREAN_CAN) if korean else (concepts.ENGLISH_MUST, concepts.ENGLISH_CAN)
    return "must" if must.search(text) else "can" if can.search(text) else ""
