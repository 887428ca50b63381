"""A language model that says what it is told to: implements our `Llm` protocol without an engine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from ai_chat.errors import MachineError
from ai_chat.llm import Delta, ModelPrompt
from ai_chat.llm.lazy_model import LazyModel
from ai_chat.llm.loading import Tell
from ai_chat.llm.models import ModelInfo
from ai_chat.memory.plan import Plan, PlanLine
from ai_chat.types import Usage


class ScriptedStream:
    """Gives the reply three characters at a time; with `gate`, each piece waits until the gate is open or the stream closed."""

    def __init__(self, reply: str | MachineError, finish: str, gate: threading.Event | None) -> None:
        text = "" if isinstance(reply, MachineError) else reply
        self._error = reply if isinstance(reply, MachineError) else None
        self._pieces = [text[i : i + 3] for i in range(0, len(text), 3)]
        self._finish = finish
        self._gate = gate
        self._ended = False
        self.closed = threading.Event()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Delta:
        while self._gate is not None and not self._gate.wait(0.01) and not self.closed.is_set():
            pass
        if self._ended or self.closed.is_set():
            raise StopIteration
        if self._pieces:
            return Delta(self._pieces.pop(0))
        if self._error is not None:
            raise self._error
        self._ended = True
        return Delta("", "length" if self._finish == "length" else "stop", Usage(11, 7))

    def close(self) -> None:
        self.closed.set()


class ScriptedLlm:
    """One token a character. `prompts` are those it was given."""

    def __init__(
        self,
        reply: str | MachineError = "",
        finish: str = "stop",
        gate: threading.Event | None = None,
        slots: int = 1,
    ) -> None:
        self.reply = reply
        self.finish = finish
        self.gate = gate
        self.n_ctx = 4096
        self.slots = slots
        self.plan: Plan | None = None
        self.alive = True
        self.pid: int | None = None
        self.prompts: list[ModelPrompt] = []
        self.streams: list[ScriptedStream] = []

    def count_tokens(self, prompt: ModelPrompt) -> int:
        return len(prompt) if isinstance(prompt, str) else sum(len(message.content) for message in prompt)

    def stream(self, prompt: ModelPrompt, max_tokens: int, stop: Sequence[str] = ()) -> ScriptedStream:
        self.prompts.append(prompt)
        self.streams.append(ScriptedStream(self.reply, self.finish, self.gate))
        return self.streams[-1]

    def close(self) -> None:
        self.alive = False


def scripted_model(llm: ScriptedLlm, *, trusted: bool, load: Callable[[], None] = lambda: None) -> LazyModel:
    """A LazyModel over it: a trusted one chats, the other completes like the starter."""
    info = ModelInfo("scripted", Path("scripted.gguf"), not trusted, trusted, trusted, 4096, 0)

    def make(tell: Tell, _frugal: bool) -> ScriptedLlm:
        tell(0.5)
        load()
        return llm

    return LazyModel(info, make)


def plain_plan(
    *, n_ctx: int = 1024, slots: int = 1, prompt_cache: int = 0, mmap: bool = True, lines: tuple[PlanLine, ...] = ()
) -> Plan:
    """A plan that nobody calculated."""
    return Plan("plain", 1 << 30, 0, n_ctx, 256, 1, slots, "q8_0", mmap, prompt_cache, 0, (), lines)
