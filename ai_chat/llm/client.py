"""The parent's end of the model worker: LlamaModel starts the child and speaks to its loopback port.

Takes prompts, gives token counts and streams of Deltas. Foreign errors end here: a dead child is `model_gone`,
a silent one is killed and `model_stalled`. Never imports the engine; plain `http.client` keeps the parent small.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ai_chat.config import Settings
from ai_chat.errors import AiChatError, InputError, MachineError
from ai_chat.llm import ModelPrompt
from ai_chat.llm.engine import EngineOptions, engine_options
from ai_chat.llm.failures import Refused
from ai_chat.llm.gguf import read_spec
from ai_chat.llm.models import ModelInfo, prepare
from ai_chat.llm.sse import SseStream
from ai_chat.process import Child

WORKER = "ai_chat.llm.worker"
LOAD_SECONDS = 600.0
CALL_SECONDS = 60.0
STALL_SECONDS = 180.0
_SEED = 1
_TRUNCATED_SIGNS = ("not within the file bounds", "failed to read", "unexpectedly reached end of file")
_UNSUPPORTED_SIGNS = ("unknown model architecture", "unknown pre-tokenizer", "unsupported", "missing tensor")


def open_llama(info: ModelInfo, settings: Settings, stall_seconds: float = STALL_SECONDS) -> LlamaModel:
    """Load the model in a new child. InputError where the file is at fault, MachineError otherwise."""
    path = prepare(info)
    return LlamaModel.start(engine_options(str(path), read_spec(path), settings), stall_seconds)


class LlamaModel:
    """A model in a child process. Its methods may be called by several threads; the engine decodes one stream at a time."""

    def __init__(self, child: Child, address: str, key: str, n_ctx: int, stall_seconds: float) -> None:
        self._child = child
        self._host = urlsplit(address).hostname or "127.0.0.1"
        self._port = urlsplit(address).port or 0
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._stall_seconds = stall_seconds
        self.n_ctx = n_ctx

    @classmethod
    def start(cls, options: EngineOptions, stall_seconds: float = STALL_SECONDS) -> LlamaModel:
        key = secrets.token_urlsafe(32)
        child = Child.spawn(WORKER, environ={"MALLOC_ARENA_MAX": "2"})
        try:
            child.send({"options": asdict(options), "key": key})
            ready = child.receive(LOAD_SECONDS)
        except MachineError as error:
            child.kill()
            child.close()
            raise start_error(options.path, child.stderr_tail(), str(error.values.get("reason", ""))) from error
        if "error" in ready:
            child.close()
            raise start_error(options.path, child.stderr_tail(), ready["error"])
        return cls(child, ready["address"], key, ready["n_ctx"], stall_seconds)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child.alive else None

    @property
    def alive(self) -> bool:
        return self._child.alive

    def close(self) -> None:
        self._child.close()

    def count_tokens(self, prompt: ModelPrompt) -> int:
        """Exactly as many as the engine will see, with what its chat template adds."""
        text = prompt if isinstance(prompt, str) else str(self._post("/apply-template", _chat(prompt))["prompt"])
        body = {"content": text, "add_special": True, "parse_special": True}
        return len(self._post("/tokenize", body)["tokens"])

    def stream(self, prompt: ModelPrompt, max_tokens: int, stop: Sequence[str] = ()) -> SseStream:
        """Deltas of the greedy continuation; text prompts are completed, messages answered by the chat template."""
        path = "/v1/completions" if isinstance(prompt, str) else "/v1/chat/completions"
        body: dict[str, Any] = {"prompt": prompt} if isinstance(prompt, str) else _chat(prompt)
        body |= {"max_tokens": max_tokens, "stop": list(stop), "temperature": 0, "seed": _SEED, "cache_prompt": True}
        body |= {"stream": True, "stream_options": {"include_usage": True}, "return_progress": True}
        connection = self._connect(self._stall_seconds)
        try:
            connection.request("POST", path, json.dumps(body), self._headers)
        except OSError as error:
            raise self._broken(error) from error
        return SseStream(connection, self._broken, self._stall_seconds)

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        connection = self._connect(CALL_SECONDS)
        try:
            connection.request("POST", path, json.dumps(body), self._headers)
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise self._broken(error) from error
        finally:
            connection.close()
        if response.status != 200:
            raise MachineError("model_refused", reason=str(answer.get("error", answer))[:300])
        return answer

    def _connect(self, timeout: float) -> HTTPConnection:
        return HTTPConnection(self._host, self._port, timeout=timeout)

    def _broken(self, error: Exception) -> MachineError:
        """What a failed conversation means; the child is ended, so that the next use starts a new one."""
        if isinstance(error, Refused):
            return MachineError("model_refused", reason=str(error))
        if isinstance(error, TimeoutError):
            self._child.kill()
            self._child.close()
            return MachineError("model_stalled", seconds=self._stall_seconds)
        self._child.close()
        return MachineError("model_gone", reason=_last_line(self._child.stderr_tail()) or str(error))


def start_error(path: str, stderr: str, fallback: str) -> AiChatError:
    """A failed load as our error: the line in which the engine says why, else its last one."""
    lines = stderr.splitlines()
    telling = next((line for line in lines if "error loading model:" in line), "")
    reason = telling.partition("error loading model:")[2].strip() or _last_line(stderr) or fallback
    if any(sign in reason for sign in _TRUNCATED_SIGNS):
        return InputError("model_truncated", path=path, bytes=Path(path).stat().st_size)
    if any(sign in reason for sign in _UNSUPPORTED_SIGNS):
        return InputError("model_unsupported", path=path, reason=reason)
    return MachineError("model_start_failed", path=path, reason=reason)


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def _chat(messages: ModelPrompt) -> dict[str, Any]:
    assert not isinstance(messages, str)
    told = [{"role": message.role, "content": message.content} for message in messages]
    return {"messages": told, "chat_template_kwargs": {"enable_thinking": False}}
