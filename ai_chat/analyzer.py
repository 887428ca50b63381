"""Text to terms for keyword search, at home in Korean: n-grams of two kinds stand in for a morphological dictionary.

Takes text, gives terms by field: `grams` are trigrams that keep word borders (▁ for a space), `words` are word beginnings
of 1-4 characters and whole longer words, `names` the same of what the text is called: its document and heading.
Pure; knows no index and no document.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

GRAMS, WORDS, NAMES = "grams", "words", "names"
BORDER = "▁"

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0e3a\u0e40-\u0e4e\u0e50-\u0fff\u1000-\u109f\u1780-\u17d3"
_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")
_DIGIT_GROUP = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BROKEN = re.compile(r"([가-힣]{1,8})\n(?=([가-힣]{1,8}))")  # Korean lines are wrapped within words, too
_LONGEST_WORD = 40
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")  # kana and Chinese characters
_HANGUL_END = re.compile("[가-힣]$")
_ASKING = re.compile(
    "무엇.{0,4}|무슨|어떤|어떻게|어떠.{0,3}|얼마.{0,4}|언제.{0,4}|어디.{0,4}|누구.{0,4}|누가|왜|몇|뭐.{0,3}|뭔가요"
    "|대한|대해|대해서|대하여|관한|관해|관해서|관하여|알려|알려줘|알려주세요|설명해.{0,4}|주세요|주십시오|해줘|해주세요|하시오|제가|저는"
    "|(?:하|되|있|없|인|입|합|됩|할|될|있습|없습|있는)(?:나요|가요|까요|니까|는가|는지|지)"
    "|what|which|how|when|where|why|is|are|does|do|did|the|an?|of|in|to|for"
)
_ASKING_END = re.compile("(?<=[가-힣])(?:(?:인|은|는)?가요|나요|을?까요|습?니까)$")


class Analyzer:
    """`fields` maps each field to its weight in a search; a new `fingerprint` means that stored terms are out of date."""

    fingerprint = "grams3-words4-names-3"
    fields: Mapping[str, float] = MappingProxyType({GRAMS: 1.0, WORDS: 1.0, NAMES: 0.3})

    def terms(self, text: str, title: str = "") -> dict[str, list[str]]:
        """All terms of a passage, repeated as often as they occur; `title` is what its document and section are called."""
        words, mended = fold(text), fold(" ".join(map("".join, _BROKEN.findall(text))))
        return {GRAMS: _grams(words), WORDS: _words(words + mended), NAMES: _words(fold(title))}

    def query_terms(self, text: str) -> dict[str, list[str]]:
        """The distinct terms of a question, in their order, without the words (unless there are no others) and endings that only ask.

        The index looks up a limited number of them, the rarest.
        """
        telling = telling_words(text)
        whole = list(dict.fromkeys(_words(telling)))
        return {GRAMS: list(dict.fromkeys(_grams(telling))), WORDS: whole, NAMES: whole}

    def phrase_terms(self, phrase: str) -> dict[str, list[str]]:
        """Terms of every text that holds these words in this order, the last of them maybe continued by a particle."""
        words = fold(phrase)
        if not words:
            return {GRAMS: [], WORDS: []}
        grams = _grams(words)[:-1]
        if _UNSPACED.match(words[0]):  # it may stand within a word
            grams = grams[1:]
        longest = 4 if _HANGUL_END.search(words[-1]) else 2  # kana may follow other words without a space
        last = [term for term in _word_terms(words[-1]) if 2 <= len(term) <= longest or _UNSPACED.search(words[-1])]
        return {GRAMS: list(dict.fromkeys(grams)), WORDS: list(dict.fromkeys([*_words(words[:-1]), *last]))}


def fold(text: str) -> list[str]:
    """The words of a text as they are compared: compatibility forms and case folded, 3,000 as 3000."""
    return _WORD.findall(_DIGIT_GROUP.sub("", unicodedata.normalize("NFKC", text).casefold()))


def telling_words(question: str) -> list[str]:
    """The folded words of a question without those, and the endings, that only ask; all of them where nothing else is there."""
    words = fold(question)
    return [_ASKING_END.sub("", word) for word in words if not _ASKING.fullmatch(word)] or words


def _words(words: list[str]) -> list[str]:
    return [term for word in words for term in _word_terms(word)]


def _grams(words: list[str]) -> list[str]:
    line = BORDER + BORDER.join(words) + BORDER
    return [line[start : start + 3] for start in range(len(line) - 2)]


def _word_terms(word: str) -> list[str]:
    if _UNSPACED.search(word):
        return [*word, *(word[start : start + 2] for start in range(len(word) - 1))]
    terms = [word[:length] for length in range(2, min(len(word), 4) + 1)]
    if len(word) < 3:
        terms.append(word[0])
    if 4 < len(word) <= _LONGEST_WORD:
        terms.append(word)
    return terms


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
