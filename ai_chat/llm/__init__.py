"""The language model: GGUF header -> ModelSpec, a worker child around llama.cpp, its client, LazyModel.

Takes a prompt (text, or messages), gives tokens as they are made. Knows no documents, no citations and no page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, Self

from ai_chat.memory.plan import Plan
from ai_chat.types import Message, Usage

ModelPrompt = str | Sequence[Message]


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of generated text: whole characters. The last one of a stream carries finish_reason, and usage where told.

    `thought` is what a reasoning model says to itself: no part of the answer. `logprobs`: how sure the model was of the tokens
    that came since the Delta before, as natural logarithms; empty where the server does not tell.
    """

    text: str
    finish_reason: Literal["stop", "length"] | None = None
    usage: Usage | None = None
    thought: str = ""
    logprobs: tuple[float, ...] = ()


class TokenStream(Protocol):
    """Deltas in order. `close` stops the decoding, from any thread, and ends the iteration."""

    def __iter__(self) -> Self: ...
    def __next__(self) -> Delta: ...
    def close(self) -> None: ...


class Llm(Protocol):
    """A loaded model: `n_ctx` tokens for each of `slots` streams at once. `plan` is what it was loaded by, None where that is
    another program's business. `alive` False means that it will answer nothing any more."""

    @property
    def n_ctx(self) -> int: ...
    @property
    def slots(self) -> int: ...
    @property
    def plan(self) -> Plan | None: ...
    @property
    def alive(self) -> bool: ...
    @property
    def pid(self) -> int | None: ...
    def count_tokens(self, prompt: ModelPrompt) -> int: ...
    def stream(self, prompt: ModelPrompt, max_tokens: int, stop: Sequence[str] = ()) -> TokenStream: ...
    def close(self) -> None: ...
