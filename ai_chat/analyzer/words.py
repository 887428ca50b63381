"""Text to words as they are compared: compatibility forms and case folded, broken ones mended, those that only ask left out.

Takes text, gives words. Pure; knows no term.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0e3a\u0e40-\u0e4e\u0e50-\u0fff\u1000-\u109f\u1780-\u17d3"
_WORD = re.compile(rf"(?:[^\W_]++|[{_MARKS}]++)++")
_DIGIT_GROUP = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")  # begins with the comma: commas are found quickly
_BROKEN = re.compile(r"([가-힣]{1,8}+)\n(?=([가-힣]{1,8}))")  # Korean lines are wrapped within words, too
_ASKING = re.compile(
    "무엇.{0,4}|무슨|어떤|어떻게|어떠.{0,3}|얼마.{0,4}|언제.{0,4}|어디.{0,4}|누구.{0,4}|누가|왜|몇|뭐.{0,3}|뭔가요"
    "|대한|대해|대해서|대하여|관한|관해|관해서|관하여|알려|알려줘|알려주세요|설명해.{0,4}|주세요|주십시오|해줘|해주세요|하시오|제가|저는"
    "|(?:하|되|있|없|인|입|합|됩|할|될|있습|없습|있는)(?:나요|가요|까요|니까|는가|는지|지)"
    "|what|which|how|when|where|why|is|are|does|do|did|the|an?|of|in|to|for"
)
_ASKING_END = re.compile("(?<=[가-힣])(?:(?:인|은|는)?가요|나요|을?까요|습?니까)$")


def fold(text: str) -> list[str]:
    """The words of a text as they are compared: compatibility forms and case folded, 3,000 as 3000."""
    return _WORD.findall(_DIGIT_GROUP.sub("", unicodedata.normalize("NFKC", text).casefold()))


def mended(text: str) -> list[str]:
    """The words that a line end breaks, whole; where it breaks none, the words beside it as one."""
    return fold(" ".join(map("".join, _BROKEN.findall(text))))


def telling_words(question: str) -> list[str]:
    """The folded words of a question without those, and the endings, that only ask; all of them where nothing else is there."""
    words = fold(question)
    return [_ASKING_END.sub("", word) for word in words if not _ASKING.fullmatch(word)] or words
