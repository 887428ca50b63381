"""A follow-up made whole by a chat model of some size: what it is asked, and whether what it says may be searched for.

Takes a question and the turns before it. A rewriting is taken only where it says nothing new: every number and nearly every word of it
stands in the conversation, and nothing that was asked is lost. Knows no model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ai_chat.analyzer import fold
from ai_chat.analyzer.endings import stem
from ai_chat.asking.followup import Before
from ai_chat.types import Message

MOST_TOKENS = 80
_TURNS = 3  # shown to the model
_ANSWER = 300  # code points of an answer shown to it
_LONGEST = 200  # code points of a rewriting
_NEW_WORDS = 1  # that the conversation does not have, such as the verb of a question
_SYSTEM_KO = (
    "대화의 마지막 질문을 앞의 대화 없이도 뜻이 통하는 한 문장의 질문으로 고쳐 쓰세요. "
    "대화에 나온 말만 쓰고 답하지 마세요. 이미 뜻이 통하면 그대로 쓰세요. 질문만 쓰세요."
)
_SYSTEM_EN = (
    "Rewrite the last question of the conversation as one question that is understood without the conversation. "
    "Use only words of the conversation and do not answer. If it is understood already, repeat it. Write the question alone."
)
_HANGUL = re.compile("[가-힣]")
_LABEL = re.compile(r"^(?:고쳐 쓴 질문|질문|rewritten question|question|q)\s*[:：]\s*", re.IGNORECASE)
_QUOTED = re.compile("^[\"'“‘「](.*)[\"'”’」]$")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_POINTING = re.compile(
    r"그럼|그러면|그런데|근데|그리고|그것|그거|그건|그게|그걸|이것|이건|그중|거기|그때|그분|the|it|its|they|them|their|that|those|these"
    r"|this|there|he|him|his|she|her|and|or|but|so|then|about|what|how|also",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:무엇|뭐|얼마|며칠|몇|언제|누구|누가|어디|어느|어떤|어떻게|왜|인가|나요|까요|니까).*"
    r"|what|which|who|whose|when|where|why|how|is|are|was|were|does|do|did|can|could|may|must|should|will|has|have|the|an?|of|for|in|on|at|to"
    r"|by|with",
    re.IGNORECASE,
)
_PART = 4  # letters of a Latin word that may stand for the whole; of a Korean one two do


def rewrite_messages(question: str, before: Sequence[Before]) -> tuple[Message, ...]:
    """`before`: the oldest first. The conversation as turns, the question last, so that it reads as what was said."""
    korean = bool(_HANGUL.search(question))
    messages = [Message("system", _SYSTEM_KO if korean else _SYSTEM_EN)]
    for turn in before[-_TURNS:]:
        messages.append(Message("user", turn.searched_for))
        messages.append(Message("assistant", (turn.answer or "-")[:_ANSWER]))
    label = "고쳐 쓸 질문" if korean else "Question to rewrite"
    return (*messages, Message("user", f"{label}: {question}"))


def accepted_rewrite(text: str, question: str, before: Sequence[Before]) -> str | None:
    """What the model wrote as a question to search for; None where the rules' one is to be taken."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if len(lines) != 1:
        return None
    written = _LABEL.sub("", unicodedata.normalize("NFC", lines[0]))
    written = _QUOTED.sub(r"\1", written).strip()
    if not written or len(written) > _LONGEST or _is_control(written):
        return None
    if bool(_HANGUL.search(written)) != bool(_HANGUL.search(question)):
        return None
    said = " ".join(
        [question, *(f"{turn.searched_for} {turn.question} {turn.answer or ''}" for turn in before[-_TURNS:])]
    )
    if set(_NUMBER.findall(written)) - set(_NUMBER.findall(said)):
        return None
    if set(_NUMBER.findall(question)) - set(_NUMBER.findall(written)):
        return None
    return written if _keeps_what_was_asked(written, question) and _says_nothing_new(written, said) else None


def _says_nothing_new(written: str, said: str) -> bool:
    known = {stem(word) for word in fold(said)}
    new = [word for word in fold(written) if stem(word) not in known and not _ASKING.fullmatch(word)]
    return len([word for word in new if not _is_among(stem(word), known)]) <= _NEW_WORDS


def _keeps_what_was_asked(written: str, question: str) -> bool:
    have = {stem(word) for word in fold(written)}
    asked = [stem(word) for word in fold(question) if not _POINTING.fullmatch(word) and not _ASKING.fullmatch(word)]
    return all(word in have or _is_among(word, have) for word in asked)


def _is_among(word: str, known: set[str]) -> bool:
    """As a part of a longer word, or the other way about: 휴가 in 연차휴가."""
    return any(
        len(part := min(word, other, key=len)) >= _least(part) and (word in other or other in word) for other in known
    )


def _least(word: str) -> int:
    return 2 if _HANGUL.match(word) else _PART


def _is_control(text: str) -> bool:
    return any(unicodedata.category(letter) in ("Cc", "Cf") for letter in text)
