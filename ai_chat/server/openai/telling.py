"""A Turn as a client of OpenAI's API hears it: pieces of text, one after the other, and at the end what it came to.

Takes events; gives text and plain values. What was sent cannot be taken back: words that the check changed stand in the field `ai_chat`.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from ai_chat.answer.fold import answer_of
from ai_chat.errors.sentences import hint, sentence
from ai_chat.prompt import language_of
from ai_chat.shapes import answer_json, hit_json
from ai_chat.types import Answer, Event, Hit, UnitRef
from ai_chat.ui.place import place

Finish = Literal["stop", "length"]


class Teller:
    """`take` each event and send what it gives; `rest` is what is still to be sent when the turn is over, and `sent` all of it."""

    def __init__(self, question: str) -> None:
        self._question = question
        self._events: list[Event] = []
        self._text = ""
        self._base = 0  # where in `sent` the answer begins that is being written now
        self.sent = ""

    def take(self, event: Event) -> str:
        self._events.append(event)
        if event.kind == "delta":
            self._text += event.data["text"]
            return self._more()
        if event.kind == "restarted":
            self._text = ""
        return ""

    def answer(self) -> Answer:
        return answer_of(self._question, self._events)

    def rest(self) -> str:
        """All of it where nothing was sent: the checked answer, or why there is none and what was found."""
        if self.sent:
            return ""
        answer = self.answer()
        return self._send(answer.answer if answer.answer is not None else evidence_text(answer))

    def _more(self) -> str:
        """An answer that is begun anew mostly says the same again; where it does not, it stands below."""
        before = self.sent[self._base :]
        if self._text.startswith(before):
            return self._send(self._text[len(before) :])
        if before.startswith(self._text):
            return ""
        self._base = len(self.sent) + 2
        return self._send(f"\n\n{self._text}")

    def _send(self, piece: str) -> str:
        self.sent += piece
        return piece


def finish_of(answer: Answer) -> Finish:
    return "length" if answer.finish_reason == "length" else "stop"


def usage_of(answer: Answer) -> dict[str, Any]:
    used = answer.usage
    return {
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "total_tokens": used.prompt_tokens + used.completion_tokens,
        "prompt_tokens_details": {"cached_tokens": used.cached_tokens},
    }


def extension(answer: Answer, turn_id: str, conversation_id: str) -> dict[str, Any]:
    """As `ai-chat ask --json` has it, and by which names the turn is found again."""
    told = answer_json(answer, language_of(answer.question))
    return {"turn_id": turn_id, "conversation_id": conversation_id, **told}


def evidence_of(events: Iterable[Event]) -> Iterator[list[dict[str, Any]]]:
    """The evidence of these events."""
    from ai_chat.answer.fold import hit_from

    for event in events:
        if event.kind == "evidence":
            yield [hit_json(hit_from(hit)) for hit in event.data["hits"]]


def evidence_text(answer: Answer) -> str:
    """Why nothing is written, and the sentences that were found, numbered as the evidence is."""
    language = language_of(answer.question)
    told = (
        [" ".join(filter(None, (sentence(answer.problem, language), hint(answer.problem, language))))]
        if answer.problem
        else []
    )
    return "\n\n".join(
        [*told, *(f"[{hit.rank}] {_where(hit, language)}: {' '.join(hit.sentence.split())}" for hit in answer.evidence)]
    )


def _where(hit: Hit, language: Literal["ko", "en"]) -> str:
    return f"{hit.document}, {place(UnitRef(hit.unit.kind, hit.unit.number, hit.unit.label), hit.page, language)}"
