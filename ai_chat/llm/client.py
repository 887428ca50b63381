"""The parent's end of the model worker: LlamaModel starts the child and speaks to its loopback port.

Takes a plan and prompts, gives token counts and streams of Deltas. Foreign errors end here: a dead child is `model_gone`,
a silent one is killed and `model_stalled`. Never imports the engine.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any, Self

from ai_chat.errors import MachineError
from ai_chat.llm import Delta, ModelPrompt
from ai_chat.llm.adapter import read_adapter
from ai_chat.llm.devices import GPU_ENVIRON
from ai_chat.llm.engine import EngineOptions, engine_options
from ai_chat.llm.failures import Refused
from ai_chat.llm.gguf import read_spec
from ai_chat.llm.loading import STALL_SECONDS as LOAD_STALL_SECONDS
from ai_chat.llm.loading import Tell, await_loaded
from ai_chat.llm.models import ModelInfo, prepare
from ai_chat.llm.openai import Conversation
from ai_chat.llm.sse import SseStream
from ai_chat.llm.start_errors import ending, start_error
from ai_chat.memory.plan import Plan
from ai_chat.process import Child, Frame

WORKER = "ai_chat.llm.worker"
CALL_SECONDS = 60.0
STALL_SECONDS = 180.0
LOOK_SECONDS = 3.0  # its slots are told in a millisecond, even while it decodes
GRACE_SECONDS = 0.4
_PAUSE_SECONDS = 0.02
_SEED = 1
_ENVIRON = {**GPU_ENVIRON, "MALLOC_ARENA_MAX": "2"}
_LOG = logging.getLogger(__name__)


def open_llama(info: ModelInfo, plan: Plan, tell: Tell = lambda _fraction: None) -> LlamaModel:
    """Load the model in a new child. InputError where the file is at fault, MachineError otherwise."""
    path = prepare(info)
    if info.adapter:
        read_adapter(info.adapter, read_spec(path))  # both may have changed since they were chosen
    model = LlamaModel.start(engine_options(path, plan, info.adapter or ""), weights=info.file_bytes, tell=tell)
    model.plan = plan
    return model


class LlamaModel:
    """A model in a child process. Its methods may be called by several threads; `slots` streams are decoded at once."""

    def __init__(self, child: Child, address: str, key: str, options: EngineOptions, stall_seconds: float) -> None:
        self._child = child
        self._stall_seconds = stall_seconds
        self._streams: set[LlamaStream] = set()
        self._guard = threading.Lock()
        self.engine = Conversation(
            address, key, call_seconds=CALL_SECONDS, stall_seconds=stall_seconds, broken=self._broken
        )
        self._look = Conversation(address, key, call_seconds=LOOK_SECONDS, broken=self._broken)
        self.slots = options.slots
        self.n_ctx = options.n_ctx // options.slots
        self.plan: Plan | None = None

    @classmethod
    def start(
        cls,
        options: EngineOptions,
        *,
        weights: int = 0,
        tell: Tell = lambda _fraction: None,
        stall_seconds: float = STALL_SECONDS,
        load_stall_seconds: float = LOAD_STALL_SECONDS,
    ) -> LlamaModel:
        """Waits as long as the child does anything; `tell` hears how much of `weights` bytes is loaded."""
        key = secrets.token_urlsafe(32)
        started = time.monotonic()
        child = Child.spawn(WORKER, environ=_ENVIRON)
        with ExitStack() as failed:
            failed.callback(_end, child)
            try:
                child.send({"options": asdict(options), "key": key})
                ready = await_loaded(child, weights, tell, load_stall_seconds)
                model = cls(child, _address(ready), key, options, stall_seconds)
                model.engine.get("/health")
            except MachineError as error:
                raise start_error(options.path, child, error) from error
            failed.pop_all()
        _LOG.info("model loaded in %.1f s: %s", time.monotonic() - started, options)
        return model

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child.alive else None

    @property
    def alive(self) -> bool:
        return self._child.alive

    def close(self) -> None:
        _end(self._child)

    def count_tokens(self, prompt: ModelPrompt) -> int:
        """Exactly as many as the engine will see, with what its chat template adds."""
        text = prompt if isinstance(prompt, str) else str(self.engine.post("/apply-template", _chat(prompt))["prompt"])
        body = {"content": text, "add_special": True, "parse_special": True}
        return len(self.engine.post("/tokenize", body)["tokens"])

    def stream(self, prompt: ModelPrompt, max_tokens: int, stop: Sequence[str] = ()) -> LlamaStream:
        """Deltas of the greedy continuation; text prompts are completed, messages answered by the chat template."""
        path = "/v1/completions" if isinstance(prompt, str) else "/v1/chat/completions"
        body: dict[str, Any] = {"prompt": prompt, "logprobs": 1} if isinstance(prompt, str) else _chat(prompt)
        body |= {"max_tokens": max_tokens, "stop": list(stop), "temperature": 0, "seed": _SEED, "cache_prompt": True}
        body |= {"stream": True, "stream_options": {"include_usage": True}, "return_progress": True}
        with self._guard:
            stream = LlamaStream(self.engine.stream(path, body), self._settle)
            self._streams.add(stream)
        return stream

    def _settle(self, stream: LlamaStream, finished: bool) -> None:
        """After hanging up: the engine notices between two batches only. Where it goes on for nobody, it is ended."""
        deadline = time.monotonic() + GRACE_SECONDS
        while not finished and self._deserted(stream):
            if time.monotonic() < deadline:
                time.sleep(_PAUSE_SECONDS)
                continue
            with self._guard:
                if self._streams == {stream}:
                    _LOG.info("the worker went on for %.1f s after a cancelled answer and was ended", GRACE_SECONDS)
                    self._child.kill()
        with self._guard:
            self._streams.discard(stream)

    def _deserted(self, stream: LlamaStream) -> bool:
        """Whether it decodes while nobody but this stream, which is over, could listen."""
        if self._streams != {stream} or not self.alive:
            return False
        try:
            return any(slot["is_processing"] for slot in self._look.get_list("/slots"))
        except MachineError:
            return False  # it has died meanwhile, or was ended for saying nothing

    def _broken(self, error: Exception) -> MachineError:
        """What a failed conversation means; the child is ended, so that the next use starts a new one."""
        if isinstance(error, Refused):
            return MachineError("model_refused", reason=str(error))
        silent = isinstance(error, TimeoutError)
        reason = "" if silent else ending(self._child)
        self.close()
        if silent:
            return MachineError("model_stalled", seconds=round(self._stall_seconds))
        return MachineError("model_gone", reason=reason or str(error))


class LlamaStream:
    """An SseStream whose end the model hears of: `close` returns once the engine decodes nothing for it any more."""

    def __init__(self, stream: SseStream, settle: Callable[[LlamaStream, bool], None]) -> None:
        self._stream = stream
        self._settle = settle
        self._closing = threading.Lock()
        self._closed = False
        self._finished = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Delta:
        try:
            delta = next(self._stream)
        except (StopIteration, MachineError):
            self.close()
            raise
        self._finished = self._finished or delta.finish_reason is not None
        return delta

    def close(self) -> None:
        self._stream.close()
        with self._closing:
            if not self._closed:
                self._closed = True
                self._settle(self, self._finished)


def _chat(messages: ModelPrompt) -> dict[str, Any]:
    assert not isinstance(messages, str)
    told = [{"role": message.role, "content": message.content} for message in messages]
    return {"messages": told, "chat_template_kwargs": {"enable_thinking": False}}


def _address(ready: Frame) -> str:
    if "error" in ready:
        raise MachineError("child_died", name=WORKER, status=1, reason=ready["error"])
    return str(ready["address"])


def _end(child: Child) -> None:
    """There is nothing in it to be written, so it is not asked."""
    child.kill()
    child.close()
