"""A conversation as Markdown: questions, answers, and below each where its markers point, with the sentences.

Takes Answers, gives text in which no document's words act as Markdown. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from ai_chat.types import Answer, Citation, UnitRef

_ACTING = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_KINDS = {
    "page": ("p. {number}", "{number}쪽"),
    "slide": ("slide {number}", "슬라이드 {number}"),
    "sheet": ("sheet {label}", "시트 {label}"),
    "section": ("{label}", "{label}"),
}
_NO_ANSWER = ("No answer was written; the nearest passages:", "답변 없이 가까운 내용만 찾았습니다:")
_SEARCHED = ("Searched for: {question}", "찾은 말: {question}")
_MOST_NEAREST = 3

Language = Literal["ko", "en"]


def conversation_markdown(title: str, answers: Iterable[Answer], language: Language) -> str:
    lines = [f"# {_plain(title)}", ""]
    for answer in answers:
        lines += [*_turn(answer, language), ""]
    return "\n".join(lines).rstrip() + "\n"


def _turn(answer: Answer, language: Language) -> Iterator[str]:
    yield f"## {_plain(answer.question)}"
    yield ""
    if answer.searched_for:
        yield f"*{_plain(_in(_SEARCHED, language).format(question=answer.searched_for))}*"
        yield ""
    if answer.answer:
        yield _lines(answer.answer)
        yield ""
        yield from (_cited(each, language) for each in answer.citations)
        return
    if answer.evidence:
        yield _in(_NO_ANSWER, language)
        yield ""
    for hit in answer.evidence[:_MOST_NEAREST]:
        yield _source(hit.rank, hit.document, hit.unit, hit.sentence, language)


def _cited(each: Citation, language: Language) -> str:
    return _source(each.marker, each.document, each.unit, each.quote, language)


def _source(number: int, document: str, unit: UnitRef, quote: str, language: Language) -> str:
    place = _in(_KINDS[unit.kind], language).format(number=unit.number, label=unit.label)
    return f"- \\[{number}\\] {_plain(document)}, {_plain(place)}: “{_plain(quote)}”"


def _in(words: tuple[str, str], language: Language) -> str:
    return words[1] if language == "ko" else words[0]


def _lines(text: str) -> str:
    return "  \n".join(_plain(line) for line in text.splitlines())


def _plain(text: str) -> str:
    """On one line, and as it is read."""
    return _ACTING.sub(r"\\\1", " ".join(text.split()))
