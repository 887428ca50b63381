"""EndpointModel: the language model of any OpenAI-compatible server (Ollama, llama-server, vLLM), behind our Llm protocol.

Takes the settings' address, key and model name; choosing opens no socket, loading asks the server for its facts. No
worker starts and nothing of the model is held here. Each error says which side failed; none shows the key.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from ai_chat.config import Settings
from ai_chat.errors import InputError, MachineError
from ai_chat.llm import Delta, ModelPrompt, TokenStream
from ai_chat.llm.address import Address, parse_address
from ai_chat.llm.estimate import estimate
from ai_chat.llm.facts import Facts, ask_facts
from ai_chat.llm.failures import Garbled, Refused, Unreachable
from ai_chat.llm.models import ModelInfo
from ai_chat.llm.openai import Conversation
from ai_chat.types import Problem

CALL_SECONDS = 30.0
STALL_SECONDS = 300.0  # a server may load its model first, and read a long prompt on a slow processor
PAUSES = (0.5, 1.0, 2.0)
_SLOTS = 4
_LONGEST_PAUSE = 20.0
_BUSY = frozenset((429, 502, 503, 504))
_TOO_LONG = frozenset((400, 413, 422))
_WINDOW = re.compile(r"context[ _](length|size|window)|exceed.{0,20}context|prompt is too long", re.IGNORECASE)

T = TypeVar("T")


def endpoint_address(settings: Settings) -> Address | Problem:
    """Where `llm_endpoint` leads, or why nobody is asked there. Opens no socket."""
    try:
        address = parse_address(settings.llm_endpoint or "")
        _check_key(settings.llm_key or "")
    except InputError as error:
        return error.problem
    if address.remote and not settings.allow_remote:
        return Problem("endpoint_not_allowed", {"place": address.place})
    return address


def endpoint_info(settings: Settings) -> ModelInfo | Problem:
    """The model behind `llm_endpoint`, whose facts are asked when it is loaded."""
    address = endpoint_address(settings)
    if isinstance(address, Problem):
        return address
    return ModelInfo(
        name=f"{settings.llm_model}@{address.place}" if settings.llm_model else address.place,
        path=Path(),
        starter=False,
        chat_template=True,
        trusted=True,
        context_length=0,
        file_bytes=0,
        endpoint=address.url,
        rewrites=True,
    )


def open_endpoint(
    info: ModelInfo,
    settings: Settings,
    *,
    call_seconds: float = CALL_SECONDS,
    stall_seconds: float = STALL_SECONDS,
    pauses: Sequence[float] = PAUSES,
) -> EndpointModel:
    """Ask the server what it has. Raises MachineError endpoint_*."""
    address = parse_address(info.endpoint)
    key = settings.llm_key or ""

    def talk(seconds: float, model: str = "") -> Conversation:
        broken = partial(_error, address.place, seconds)
        return Conversation(address.root, key, model=model, call_seconds=seconds, stall_seconds=seconds, broken=broken)

    facts = _patiently(lambda: ask_facts(talk(call_seconds), address, settings), pauses)
    answering, counting = talk(stall_seconds, facts.model), talk(call_seconds, facts.model)
    return EndpointModel(address, facts, answering, counting, settings.slots or _SLOTS, pauses)


class EndpointModel:
    """Its methods may be called by several threads; `slots` answers are asked for at a time."""

    pid: int | None = None
    plan = None

    def __init__(
        self,
        address: Address,
        facts: Facts,
        answering: Conversation,
        counting: Conversation,
        slots: int,
        pauses: Sequence[float],
    ) -> None:
        self.facts = facts
        self.n_ctx = facts.n_ctx
        self.slots = slots
        self.alive = True
        self._api = address.api
        self._answering = answering
        self._counting = counting
        self._pauses = pauses

    def close(self) -> None:
        self.alive = False

    def count_tokens(self, prompt: ModelPrompt) -> int:
        """As the server counts them, where it does and where it matters; else an estimate that is rather too high."""
        guess = estimate(prompt)
        if self.facts.counter is None or guess <= self.n_ctx // 2:
            return guess
        counter = self.facts.counter
        return _patiently(lambda: counter(self._counting, prompt), self._pauses) or guess

    def stream(self, prompt: ModelPrompt, max_tokens: int, stop: Sequence[str] = ()) -> EndpointStream:
        """Deltas; the server is asked when the first one is wanted. Text is completed, messages are answered."""
        path = "/completions" if isinstance(prompt, str) else "/chat/completions"
        body: dict[str, Any] = {**self.facts.body(prompt), "max_tokens": max_tokens, "temperature": 0}
        body |= {"stop": list(stop)} if stop else {}
        body |= {"stream": True, "stream_options": {"include_usage": True}}
        return EndpointStream(lambda: self._answering.stream(self._api + path, body), self._pauses)


class EndpointStream:
    """Asks again, after a pause, where the server was not there or busy; never once a part of the answer has come."""

    def __init__(self, ask: Callable[[], TokenStream], pauses: Sequence[float]) -> None:
        self._ask = ask
        self._pauses = list(pauses)
        self._stream: TokenStream | None = None
        self._begun = False
        self._closed = threading.Event()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Delta:
        while not self._closed.is_set():
            try:
                delta = next(self._stream or self._begin())
            except MachineError as error:
                pause = None if self._begun or not self._pauses else _pause(error, self._pauses.pop(0))
                if pause is None:
                    raise
                self._stream = None
                self._closed.wait(pause)
            else:
                self._begun = True
                return delta
        raise StopIteration

    def close(self) -> None:
        """Hang up, from any thread: the server stops decoding when it notices."""
        self._closed.set()
        if (stream := self._stream) is not None:
            stream.close()

    def _begin(self) -> TokenStream:
        self._stream = stream = self._ask()
        if self._closed.is_set():
            stream.close()
        return stream


def _patiently(call: Callable[[], T], pauses: Sequence[float]) -> T:
    for each in pauses:
        try:
            return call()
        except MachineError as error:
            pause = _pause(error, each)
            if pause is None:
                raise
            time.sleep(pause)
    return call()


def _pause(error: MachineError, least: float) -> float | None:
    """Seconds until it is worth trying again; None where it is not."""
    cause = error.__cause__
    if isinstance(cause, Refused) and cause.status in _BUSY:
        pause = max(cause.retry_after or 0.0, least)
        return pause if pause <= _LONGEST_PAUSE else None
    if isinstance(cause, Unreachable):
        cause = cause.__cause__
    return least if isinstance(cause, ConnectionError) else None


def _error(place: str, seconds: float, error: Exception) -> MachineError:
    """What a failed conversation means, in our words."""
    if isinstance(error, Refused):
        return _refusal(place, error.status, str(error))
    if isinstance(error, Unreachable):
        return MachineError("endpoint_unreachable", place=place, reason=str(error))
    if isinstance(error, Garbled):
        return MachineError("endpoint_garbage", place=place, found=str(error))
    if isinstance(error, TimeoutError):
        return MachineError("endpoint_stalled", place=place, seconds=round(seconds))
    return MachineError("endpoint_broke_off", place=place, reason=str(error) or type(error).__name__)


def _refusal(place: str, status: int, reason: str) -> MachineError:
    reason = reason or f"HTTP {status}"
    if status in _TOO_LONG and _WINDOW.search(reason):
        return MachineError("endpoint_window", place=place, reason=reason)
    if status in (429, 503):
        return MachineError("endpoint_busy", place=place, reason=reason)
    if 300 <= status < 500:
        return MachineError("endpoint_refused", place=place, status=status, reason=reason)
    return MachineError("endpoint_failed", place=place, reason=reason)


def _check_key(key: str) -> None:
    if not all("!" <= character <= "~" for character in key):
        raise InputError("endpoint_key_invalid")
