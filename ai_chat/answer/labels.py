"""A model that goes on with the dialogue: where it writes the next question, its answer is over.

Takes the text of an answer in pieces, gives it without labels of roles. A question's label ends the answer, or where nothing is said
yet goes with its line; the answer's own label is dropped; a word that may also name something, or stands in a list, keeps standing
without its colon. Pure.
"""

from __future__ import annotations

import re

_ENDS = (
    "질문",
    "사용자 질문",
    "다음 질문",
    "발췌문",
    "question",
    "user question",
    "next question",
    "excerpts",
    "human",
)
_DROPPED = ("답", "답변", "정답", "어시스턴트", "answer", "final answer", "assistant", "model")
_LOOSENED = ("사용자", "시스템", "관리자", "지시", "user", "system", "developer", "instruction", "instructions", "tool")
_WORDS = (*_ENDS, *_DROPPED, *_LOOSENED)

_SIGN = r"(?:[^\w\n]|_)"
_AT_LINE = rf"(?<=\n)(?P<signs>{_SIGN}*(?:\d{{1,3}}[.)]{_SIGN}*)?)"
_AT_SENTENCE = rf"(?P<gap>(?:(?<=[^\d\s][.!?。])|(?<=\]))[ \t]+){_SIGN}*"
_COLON = r"(?:[^\w\n]|_){0,8}[:：][ \t*_:：]*"
_ITEM = re.compile(r"[-–•·\d]")  # what stands in a list tells of the document


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_LABEL = re.compile(
    rf"(?:{_AT_LINE}(?:(?P<ends>{_any(_ENDS)})|(?P<drops>{_any(_DROPPED)})|(?P<loose>{_any(_LOOSENED)}))"
    rf"|{_AT_SENTENCE}(?:(?P<goes_on>{_any(_ENDS)})|(?P<told>{_any(_DROPPED)}))){_COLON}",
    re.IGNORECASE,
)
_OPEN = re.compile(
    rf"(?:{_AT_LINE}|{_AT_SENTENCE})(?P<word>[A-Za-z가-힣]*(?: [A-Za-z가-힣]*)?)(?:[^\w\n]|_){{0,8}}(?:[:：][ \t*_:：]*)?$"
)


class LabelFilter:
    """`ended` once the dialogue goes on; nothing is given from then on."""

    def __init__(self) -> None:
        self.ended = False
        self._before = "\n"  # the end of what was given
        self._held = ""
        self._said = False
        self._skipping = False

    def push(self, text: str) -> str:
        return self._give(self._held + text, whole=False)

    def rest(self) -> str:
        return self._give(self._held, whole=True)

    def _give(self, text: str, *, whole: bool) -> str:
        self._held = ""
        if self.ended:
            return ""
        text = self._before + self._after_line(text)
        start = len(self._before)
        while (found := _LABEL.search(text, start)) and not self.ended and (whole or found.end() < len(text)):
            text, start = self._without(found, text)
        if not whole:
            text = self._hold(text, start)
        given = text[len(self._before) :]
        self._said = self._said or bool(given.strip())
        self._before = text[-2:]
        return given

    def _after_line(self, text: str) -> str:
        """Without the end of a line that is skipped."""
        if self._skipping:
            _, ended, text = text.partition("\n")
            self._skipping = not ended
        return text

    def _without(self, found: re.Match[str], text: str) -> tuple[str, int]:
        """The text without this label, and from where to look for the next."""
        before, after = text[: found.start()], text[found.end() :]
        signs, item = found["signs"] or "", bool(_ITEM.search(found["signs"] or ""))
        loose = found["loose"] or (found["ends"] if item else None)
        if loose:
            kept = f"{signs}{loose} – "
            return before + kept + after, len(before + kept)
        if not (found["ends"] or found["goes_on"]):
            return before + (found["gap"] or (signs if item else "")) + after, found.start()
        if self._said or before[len(self._before) :].strip():
            self.ended = True
            return before.rstrip(" \t"), found.start()
        self._skipping = True
        return before + self._after_line(after), found.start()

    def _hold(self, text: str, start: int) -> str:
        opened = None if self.ended else _OPEN.search(text, start)
        while opened and not _may_become_label(opened["word"]):
            opened = _OPEN.search(text, opened.start() + 1)
        if opened is None:
            return text
        self._held = text[opened.start() :]
        return text[: opened.start()]


def _may_become_label(word: str) -> bool:
    word = word.strip().lower()
    return any(label.startswith(word) for label in _WORDS)
