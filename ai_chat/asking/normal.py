"""A question in the form in which two typings of it are one: letters, width, case, spaces, and endings that only ask.

Takes and gives text. Pure. What could tell two questions apart stays: object and place particles, tense, negation, punctuation
within. The form is for comparing, not for reading.
"""

from __future__ import annotations

import re
import unicodedata

_WIDE = re.compile("[\u3000\uff01-\uffef]+")  # full width letters and digits, half width Hangul
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DIGIT_GROUPS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_QUOTES = str.maketrans("“”„‟″«»「」『』‘’‚‛′`", '"' * 11 + "'" * 6)
_END_MARKS = re.compile(r"[\s?!.~…。·]+$")
_REQUEST = re.compile(
    r"\s*(?:(?:좀|제발)\s*)?(?:에\s*(?:대해|대하여|관해)\s*)?(?:을|를)?\s*(?:좀\s*)?"
    r"(?:알려|가르쳐|말해|말씀해)\s*(?:줘|주세요|주십시오|주시겠어요|주실래요|줄래|줄래요|달라|주라|봐)(?:요)?$"
    r"|\s*(?:이|가)?\s*궁금(?:해|해요|합니다|하다|한데요)$"
)
_ENGLISH_REQUEST = re.compile(
    r"^(?:please\s+)?(?:(?:can|could|would) you\s+)?(?:please\s+)?tell me\s*,?\s*(?=\w)|^please\s+|\s*,?\s*please$"
)
_SHORT_IS = re.compile(r"\b(what|who|where|when|how|that|it)'s\b")
_NOUN_ASKED = re.compile(
    "(?<=[가-힣a-z0-9%)])(?:인가요|인가|인지요|인지|입니까|이에요|이예요|예요|에요|이죠|이지요|일까요|일까|이냐|인데요)$"
)
_ASKING = "얼마|며칠|언제|어디|누구|무엇|뭐|몇\\s*[가-힣]{1,3}"
_ASKED_WORD = re.compile(rf"((?:{_ASKING}))(?:야|죠|지요|지|니|냐|이야|이니|이지)$")
_SUBJECT = re.compile(rf"(?<=[가-힣a-z0-9]{{2}})(?:이|가){{1,3}}(?=\s?(?:{_ASKING})$)")  # 휴가 loses its own, always
_PAST_OR_BEING = re.compile(
    "(?<=[있없했됐었았였겠렸졌갔왔샀])(?:습니까|나요|는가요|는가|는지요|는지|을까요|을까|어요|어|지|니|나|냐)$"
)
_ENDING = re.compile("(?<=[가-힣])(?:나요|는가요|는가|는지요|는지|습니까)$")
_FUSED = re.compile("([가-힣])(?:(니까)|(가요|가|지요|지))$")
_SPOKEN = {"해요": "하", "해": "하", "돼요": "되", "돼": "되", "되요": "되"}
_TOPIC = re.compile(r"(?<=[가-힣a-z0-9%)]{2})(?:은|는)(?:요$)?(?=\s|$)")
_KOREAN_GAP = re.compile("(?<=[가-힣])\\s(?=[가-힣])")
_FINALS = 28
_B, _N = 17, 4  # ㅂ and ㄴ among the finals of a syllable


def plain(text: str) -> str:
    """Compatibility width, composed, without case and without what cannot be seen; 3,000 as 3000, one space between words."""
    folded = _WIDE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), unicodedata.normalize("NFC", text))
    folded = unicodedata.normalize("NFC", _INVISIBLE.sub("", folded)).casefold().translate(_QUOTES)
    return " ".join(_DIGIT_GROUPS.sub(lambda found: found[0].replace(",", ""), folded).split())


def normal_form(question: str) -> str:
    """The same for "연차 휴가는 며칠인가요?", "연차휴가는 며칠이에요" and "연차휴가 며칠"; "" only for what has no letter."""
    text = _END_MARKS.sub("", plain(question))
    asked = _ENGLISH_REQUEST.sub("", _END_MARKS.sub("", _REQUEST.sub("", text)))
    text = _without_ending(_SHORT_IS.sub(r"\1 is", asked)) or text
    return _SUBJECT.sub("", _KOREAN_GAP.sub("", _TOPIC.sub("", text)))


def _without_ending(text: str) -> str:
    """The last word as its stem, where its ending says no more than that something is asked."""
    for pattern in (_NOUN_ASKED, _PAST_OR_BEING, _ENDING):
        if pattern.search(text):
            return pattern.sub("", text)
    if _ASKED_WORD.search(text):
        return _ASKED_WORD.sub(r"\1", text)
    head, _, last = text.rpartition(" ")
    if spoken := next((end for end in _SPOKEN if last.endswith(end)), None):
        return f"{head} {last[: -len(spoken)]}{_SPOKEN[spoken]}".strip()
    return _FUSED.sub(_unfused, text)


def _unfused(found: re.Match[str]) -> str:
    """합니까 and 한가요 to 하: the ending shares its first letter with the stem's last syllable."""
    syllable, final = ord(found[1]) - ord("가"), _B if found[2] else _N
    return chr(ord("가") + syllable - final) if syllable % _FINALS == final else found[0]
