"""A follow-up made whole: "그럼 비용은?" behind a question about a business trip asks for the cost of a business trip.

Takes a question and the turns before it, gives the question to search for: the same one where it stands by itself. Rules alone;
a question changes only where it shows that something is left out: it opens like one that goes on, it points back, or it is
one or two nouns and nothing that asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ai_chat.analyzer import fold
from ai_chat.analyzer.endings import stem

_HANGUL = re.compile("[가-힣]")
_OPENING_KO = re.compile(r"^(?:그럼|그러면|그렇다면|그런데|근데|그리고|또는|또|아니면|혹시|그래서)(?=[\s,?]|$)[\s,]*")
_OPENING_EN = re.compile(
    r"^(?:(?:and|or|but|so|then|ok|okay|also)[\s,]+)*(?:(?:what|how) about|and|or|but|then|so)\b[\s,]*", re.IGNORECASE
)
_BACK_KO = re.compile(
    r"(?<![가-힣])(?:(?:그것|그거|그건|그게|그걸|이것|이거|이건|이게|저것|거기|여기|그곳|그때|당시|그분|그 ?사람|그들|이들|둘 ?다|둘)"
    r"(?:에서는|에서|에는|에게|까지|부터|은|는|이|가|을|를|의|에|도|로)?(?=[\s?.!,]|$)|그 ?중(?:에서|에)?(?=\s)"
    r"|(?:그|이|해당|위|위의|앞의|앞서 말한) (?=[가-힣])|같은 (?=경우|조건|기간|방법|사람))\s*"
)
_BACK_EN = re.compile(
    r"(?:\b(?:[Ii]t|[Ii]ts|[Tt]hey|[Tt]hem|[Tt]heirs?|[Hh]e|[Hh]im|[Hh]is|[Ss]he|[Hh]er)\b"
    r"(?! (?:possible|necessary|allowed|required|true)\b)"
    r"|\b(?:[Tt]hat|[Tt]hose|[Tt]hese|[Tt]his)\b(?! (?:who|year|month|week|quarter)\b)|(?<![Ii]s )(?<!re )(?<!as )\b[Tt]here\b"
    r"|\b(?:both|the same)\b(?= of| for|[?.]|$))\s*"
)
_NOTHING_ASKED_KO = re.compile(
    r"(?:(?:언제|어디|누가|누구|왜|어떻게|얼마|며칠|무엇|뭐)\S*|몇 ?\S+)"
    r"(?:\s+(?:\S|\S*(?:나요|까요|니까|가요|는지|어요|아요|죠|지|니|냐|요|줘|까)))*[?.!]*"
)
_NOTHING_ASKED_EN = re.compile(
    r"(?:how many (?:is|are|was|were|has|have|can|must|may|will)\b.*"
    r"|(?:why|when|where|who|how(?: (?:many|much|long|often|far|so))?)(?: not)?)[?.! ]*",
    re.IGNORECASE,
)
_LITTLE_EN = re.compile(
    r"(?:of|for|in|on|at|to|with|about|after|before|by|from|under|during|until|than|like|and|or|if|also)\s+",
    re.IGNORECASE,
)
_ASKS_KO = re.compile(
    r"무엇|뭐|뭔|무슨|얼마|며칠|몇|언제|누구|누가|어디|어느|어떤|어떻게|왜|인가|나요|까요|니까|습니까|있나|있어|되나|돼|해야|하나|알려|설명|보여|찾아"
)
_ASKS_EN = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|does|do|did|can|could|may|must|should|will|has|have|tell|show|list|explain)\b",
    re.IGNORECASE,
)
_TAIL_KO = re.compile(
    r"\s*(?:은|는|이|가|을|를)?\s*(?:(?:무엇|뭐|얼마|며칠|몇|언제|누구|누가|어디|어느|어떤|어떻게|왜)\S*(?:\s.*)?|알려\S*|설명\S*|보여\S*|찾아\S*)$"
)
_VERB_KO = re.compile(r"\s+\S*(?:나요|까요|니까|가요|한가|는지|어요|아요|죠|니|냐|줘|세요|합니다|됩니다)[?.!]*$")
_HEAD_EN = re.compile(
    r"^(?:(?:what|which|who|whom|whose|when|where|why|how(?: (?:many|much|long|often|far|old))?|is|are|was|were|does|do|did|can|could"
    r"|may|must|should|will|has|have|tell me|show me|list|explain|the|a|an|i|we|you|there|be|get|need|to)\b\s*)+",
    re.IGNORECASE,
)
_OF_IT = {"its", "their", "theirs", "his", "her"}
_TOPIC = re.compile("(?:에서는|에는|으로는|로는|까지는|부터는|은요|는요|은|는|이|가|을|를|도|만|요)$")
_OF = re.compile("(?<=[가-힣]{2})(?:의|은|는|을|를)$")
_YEAR = re.compile(r"(?:19|20)\d\d(?=년|\b)")
_SHIFT = re.compile(r"\d+(?=\s?(?:년|월|일|분기|주|차|기|급|호|조|장|층|팀|단계|학년|개월|명|개|판|회|번|동|항|위))")
_MOST_BARE = 2  # words of a follow-up that asks nothing by itself
_LONGEST_TOPIC = 12  # words


@dataclass(frozen=True, slots=True)
class Before:
    """A turn before: its question, the whole one that was searched for, the answer that was shown."""

    question: str
    searched_for: str
    answer: str | None


def whole_question(question: str, before: Sequence[Before]) -> str:
    """`before`: the oldest first. The newest one is gone on with."""
    asked = " ".join(question.split())
    if not before or not asked:
        return question
    said = before[-1].searched_for.strip()
    korean = bool(_HANGUL.search(asked)) or (not _ASKS_EN.search(asked) and bool(_HANGUL.search(said)))
    opening, back = (_OPENING_KO, _BACK_KO) if korean else (_OPENING_EN, _BACK_EN)
    rest = opening.sub("", asked)
    points_back = back.search(rest) if korean else _pointing_back(rest)
    bare = _is_bare(rest, korean)
    unnamed = (_NOTHING_ASKED_KO if korean else _NOTHING_ASKED_EN).fullmatch(rest) is not None
    if not (bare or points_back or unnamed or (rest != asked and _is_short(rest, said))):
        return question
    typed, rest = rest, " ".join(back.sub(" ", rest).split()) if points_back else rest
    if not rest.strip(" ?.!,"):
        return question if rest == asked else said
    if bare and (swapped := _swapped(rest, said, korean)):
        return swapped
    topic = _topic(said, rest, korean, all_of_it=points_back is not None or unnamed)
    if topic and points_back and not korean:
        return _put_in(topic, typed, points_back)
    return f"{topic} {rest}" if topic else question


def _is_bare(rest: str, korean: bool) -> bool:
    """One or two nouns: nothing is asked of them."""
    words = rest.strip(" ?.!").split()
    asks = _ASKS_KO if korean else _ASKS_EN
    if not 1 <= len(words) <= _MOST_BARE + (not korean) or asks.search(rest):
        return False
    return rest.endswith("?") or _TOPIC.search(words[-1]) is not None if korean else rest.endswith("?")


def _is_short(rest: str, said: str) -> bool:
    """It opened like one that goes on, and shares nothing with what was said."""
    own = {stem(word) for word in fold(rest)}
    return len(own) <= 5 and not own & {stem(word) for word in fold(said)}


def _swapped(rest: str, said: str, korean: bool) -> str | None:
    """What was said with another year, number or thing of the same kind in it."""
    bare = rest.strip(" ?.!")
    for pattern in (_YEAR, _SHIFT):
        new, old = pattern.findall(bare), pattern.findall(said)
        rest_words = fold(pattern.sub(" ", _TOPIC.sub("", bare)).replace("년도", "").replace("년", ""))
        only = all(word in "".join(said.split()) for word in rest_words)
        if len(new) == 1 and old and (only or _unit_alone(pattern, bare, said)):
            return pattern.sub(new[0], said, count=1)
    words = bare.split()
    if korean and len(words) == 1:
        name = _TOPIC.sub("", words[0])
        others = [_OF.sub("", _TOPIC.sub("", word.strip("?.!,"))) for word in said.split()]
        alone = len(_bare_topic(said)) == 1
        for other in others[:1] if alone else others:
            if _are_alike(name, other, alone):
                return said.replace(other, name, 1)
    return None


def _unit_alone(pattern: re.Pattern[str], bare: str, said: str) -> bool:
    """A number with its unit and nothing else, where what was said has a number of that unit: "3년 차는?" """
    own, theirs = pattern.search(bare), pattern.search(said)
    assert own and theirs
    unit = _TOPIC.sub("", bare[own.end() :]).split()
    return bare[: own.start()].strip() == "" and said[theirs.end() :].lstrip().startswith("".join(unit[:1]) or "\0")


def _are_alike(name: str, other: str, alone: bool) -> bool:
    """Names of one kind end alike: 휴가 and 병가; beside other words only where they are as long: 정규직 and 계약직."""
    if name == other or len(name) < 2 or len(other) < 2 or name[-1] != other[-1] or not _HANGUL.match(name[-1]):
        return False
    return alone or (len(name) == len(other) > 2 and name[0] != other[0])


def _bare_topic(said: str) -> list[str]:
    """Its words without those that ask."""
    return _TAIL_KO.sub("", _VERB_KO.sub("", said.strip(" ?.!")).strip(" ?.!")).split()


def _pointing_back(rest: str) -> re.Match[str] | None:
    """An English pronoun that ends the question, or before which nothing is named that it could stand for."""
    for found in _BACK_EN.finditer(rest):
        named = _LITTLE_EN.sub("", _HEAD_EN.sub("", rest[: found.start()])).split()
        relative = found[0].strip().lower() == "that" and named
        if not rest[found.end() :].strip(" ?.!") or (len(named) <= 1 and not relative):
            return found
    return None


def _put_in(topic: str, typed: str, pronoun: re.Match[str]) -> str:
    of = "'s" if pronoun[0].strip().lower() in _OF_IT else ""
    return re.sub(r"\s+(?=[?.!,]|$)", "", f"{typed[: pronoun.start()]}{topic}{of} {typed[pronoun.end() :]}")


def _topic(said: str, rest: str, korean: bool, *, all_of_it: bool) -> str:
    """What was spoken of: the words of the question before without those that ask, without what it asked for where `rest` names
    something else to ask for, and without what `rest` says itself."""
    if korean and _HANGUL.search(said):
        words = _bare_topic(said)
        named = _TOPIC.search(rest.split()[0].strip("?.!")) is not None or len(rest.split()) <= _MOST_BARE
        if named and not all_of_it and len(words) > 1:
            words = words[:-1]
    else:
        words = _HEAD_EN.sub("", said.strip(" ?.!")).split()
    own = {stem(word) for word in fold(rest)}
    kept = [word for word in words if not own & {stem(part) for part in fold(word)}]
    return " ".join(
        _OF.sub("", word.strip(",")) if number == len(kept) - 1 else word
        for number, word in enumerate(kept[:_LONGEST_TOPIC])
    )
