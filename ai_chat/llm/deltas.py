"""Events of one answer, as OpenAI-compatible servers send them -> Deltas.

Takes parsed JSON objects, gives text in whole characters and thoughts apart from it. Pure; forgives what servers
leave out (usage, finish_reason) and refuses to guess at what they get wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ai_chat.llm import Delta
from ai_chat.llm.failures import Refused, error_words
from ai_chat.types import Usage

_BAD = "\N{REPLACEMENT CHARACTER}"
_HALF = re.compile("[\ud800-\udfff]")
_TAGS = ("<think>", "<thought>")
_OPENING = re.compile(r"\s*<(think|thought)>")


class Deltas:
    """One answer: `push` each event, then ask for the `last`. `complete` once the server has said why it stopped."""

    def __init__(self, key: str = "") -> None:
        self._key = key
        self._thoughts = Thoughts()
        self._whole = WholeText()
        self._finish: str | None = None
        self._usage: Usage | None = None
        self._cached = 0
        self._logprobs: list[float] = []

    @property
    def complete(self) -> bool:
        return self._finish is not None

    def push(self, event: Mapping[str, Any]) -> Delta | None:
        """None for an event without text, such as the progress of reading the prompt. Raises Refused."""
        if event.get("error"):
            raise Refused(_number(event["error"], "code"), error_words(event, self._key))
        self._count(event)
        text = thought = ""
        for choice in _objects(event.get("choices")):
            self._finish = choice.get("finish_reason") or self._finish
            part = choice.get("delta") or choice.get("message") or {}
            thought += _text(part, "reasoning_content") or _text(part, "reasoning")
            said, meant = self._thoughts.push(_text(choice, "text") or _text(part, "content"))
            text, thought = text + said, thought + meant
            self._logprobs += _logprobs(choice)
        text = self._whole.push(text)
        return Delta(text, thought=thought, logprobs=self._told_logprobs()) if text or thought else None

    def last(self) -> Delta:
        """What was held back, with the end's reason and the usage where the server told it."""
        said, meant = self._thoughts.rest()
        text = self._whole.push(said) + self._whole.rest()
        reason: Literal["length", "stop"] = "length" if self._finish == "length" else "stop"
        return Delta(text, reason, self._usage, meant, self._told_logprobs())

    def _told_logprobs(self) -> tuple[float, ...]:
        told, self._logprobs = tuple(self._logprobs), []
        return told

    def _count(self, event: Mapping[str, Any]) -> None:
        self._cached = _number(event.get("timings"), "cache_n") or self._cached
        found = event.get("usage")
        if not isinstance(found, Mapping):
            return
        cached = _number(found.get("prompt_tokens_details"), "cached_tokens") or self._cached
        self._usage = Usage(_number(found, "prompt_tokens"), _number(found, "completion_tokens"), cached)


class Thoughts:
    """Takes `<think>...</think>` at the very beginning of a text apart from what follows; gives pairs (text, thought)."""

    def __init__(self) -> None:
        self._held = ""
        self._closing = ""
        self._past = False
        self._gap = False

    def push(self, text: str) -> tuple[str, str]:
        if self._past:
            return self._after(text), ""
        self._held += text
        if not self._closing:
            opened = _OPENING.match(self._held)
            if opened is None:
                return ("", "") if _may_open(self._held) else (self._leave(self._held), "")
            self._closing = f"</{opened[1]}>"
            self._held = self._held[opened.end() :]
        return self._inside()

    def rest(self) -> tuple[str, str]:
        """What is held at the end."""
        held, self._held = self._held, ""
        return ("", held) if self._closing and not self._past else (held, "")

    def _inside(self) -> tuple[str, str]:
        thought, closed, text = self._held.partition(self._closing)
        if closed:
            self._gap = True
            return self._after(self._leave(text)), thought
        self._held = _beginning_of(self._closing, self._held)
        return "", thought.removesuffix(self._held) if self._held else thought

    def _leave(self, text: str) -> str:
        self._past, self._held = True, ""
        return text

    def _after(self, text: str) -> str:
        """Without the blank lines between the thoughts and the answer."""
        if self._gap:
            text = text.lstrip()
            self._gap = not text
        return text


class WholeText:
    """Holds back what the next piece may still join: conjoining jamo, an emoji's joiner, half a character (of bytes, of UTF-16)."""

    def __init__(self) -> None:
        self._held = ""

    def push(self, text: str) -> str:
        text = self._held + text
        end = len(text)
        while end and _may_go_on(text[end - 1]):
            end -= 1
        self._held = text[end:]
        return _paired(text[:end])

    def rest(self) -> str:
        """What is held at the end, without half a character."""
        text, self._held = self._held, ""
        return _paired(text).rstrip(_BAD)


def _may_go_on(character: str) -> bool:
    return (
        "\u1100" <= character <= "\u11ff"
        or "\ua960" <= character <= "\ua97f"
        or "\ud7b0" <= character <= "\ud7ff"
        or "\ud800" <= character <= "\udbff"
        or character in ("\u200d", _BAD)
    )


def _paired(text: str) -> str:
    """Halves of a character that came in two events are joined; a half alone could be stored nowhere."""
    if _HALF.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _may_open(text: str) -> bool:
    start = text.lstrip()
    return any(tag.startswith(start) for tag in _TAGS)


def _beginning_of(tag: str, text: str) -> str:
    """The longest end of `text` with which `tag` may begin."""
    sizes = range(min(len(tag) - 1, len(text)), 0, -1)
    return next((tag[:size] for size in sizes if text.endswith(tag[:size])), "")


def _logprobs(choice: Mapping[str, Any]) -> list[float]:
    """Of the tokens of one event, as llama.cpp's server tells them; what is no number is left out."""
    told = choice.get("logprobs")
    values = [token.get("logprob") for token in _objects(told.get("content") if isinstance(told, Mapping) else None)]
    return [float(value) for value in values if isinstance(value, int | float) and not isinstance(value, bool)]


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, Mapping))


def _text(part: Any, name: str) -> str:
    value = part.get(name) if isinstance(part, Mapping) else None
    return value if isinstance(value, str) else ""


def _number(part: Any, name: str) -> int:
    value = part.get(name) if isinstance(part, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
