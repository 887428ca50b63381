"""A model that goes on with the dialogue: where it writes the next question, its answer is over.

Takes the text of an answer in pieces, gives it without labels of roles. A question's label ends the answer, or where nothing is said
yet goes with its line; the answer's own label is dropped; a word that may also name something keeps standing without its colon. Pure.
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

_AT_LINE = r"(?<=\n)[ \t]*"
_AT_SENTENCE = r"(?:(?<=[^\d\s][.!?。])|(?<=\]))[ \t]+"
_SIGNS = r"[>#*_\[(|]*[ \t]*[*_]*"
_CLOSED = r"[\])*_]*[ \t]*[:：][ \t]*[*_]*[ \t]*"


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_LABEL = re.compile(
    rf"(?:{_AT_LINE}{_SIGNS}(?:(?P<ends>{_any(_ENDS)})|(?P<drops>{_any(_DROPPED)})|(?P<loose>{_any(_LOOSENED)}))"
    rf"|(?P<gap>{_AT_SENTENCE}){_SIGNS}(?:(?P<goes_on>{_any(_ENDS)})|(?P<told>{_any(_DROPPED)}))){_CLOSED}",
    re.IGNORECASE,
)
_OPEN = re.compile(
    rf"(?:{_AT_LINE}|{_AT_SENTENCE}){_SIGNS}(?P<word>[A-Za-z가-힣]*(?: [A-Za-z가-힣]*)?)[\])*_]*[ \t]*(?:[:：][ \t*_]*)?$"
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
        while (found := _LABEL.search(text, start)) and not self.ended:
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
        start, end = found.span()
        before = text[:start]
        if found["ends"] or found["goes_on"]:
            if self._said or before[len(self._before) :].strip():
                self.ended = True
                return before.rstrip(" \t"), start
            self._skipping = True
            return before + self._after_line(text[end:]), start
        if found["loose"]:
            kept = f"{found['loose']} – "
            return before + kept + text[end:], start + len(kept)
        return before + (found["gap"] or "") + text[end:], start

    def _hold(self, text: str, start: int) -> str:
        opened = _OPEN.search(text, start)
        if self.ended or opened is None or not _may_become_label(opened["word"]):
            return text
        self._held = text[opened.start() :]
        return text[: opened.start()]


def _may_become_label(word: str) -> bool:
    word = word.strip().lower()
    return any(label.startswith(word) for label in _WORDS)
