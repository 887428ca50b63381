"""What a model server tells of itself: which model, how long a window, and how it counts tokens.

Takes a Conversation, an Address and the settings; gives Facts. Each kind of server is known by what it answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ai_chat.config import Settings
from ai_chat.errors import MachineError
from ai_chat.llm import ModelPrompt
from ai_chat.llm.address import Address
from ai_chat.llm.failures import Garbled, Refused
from ai_chat.llm.openai import Conversation
from ai_chat.types import Message

Counter = Callable[[Conversation, ModelPrompt], int]  # 0: it answered something else

_SERVED = ("max_model_len", "context_length", "context_window")
_NO_THINKING: Mapping[str, Any] = {"chat_template_kwargs": {"enable_thinking": False}}
_NUM_CTX = re.compile(r"^num_ctx\s+(\d+)", re.MULTILINE)
_LEAST_CTX = 256  # fewer is no window but a mistake
_LISTED = 10
_NO_ROUTE = frozenset((400, 404, 405, 422, 501))


@dataclass(frozen=True, slots=True)
class Facts:
    """`counter` None: the server does not count. `more` are the fields by which its kind is told to answer without thinking."""

    model: str
    n_ctx: int
    counter: Counter | None
    more: Mapping[str, Any]

    def body(self, prompt: ModelPrompt) -> dict[str, Any]:
        """The part of a request that carries the prompt."""
        return {"prompt": prompt} if isinstance(prompt, str) else {"messages": told(prompt), **self.more}


def ask_facts(ask: Conversation, address: Address, settings: Settings) -> Facts:
    """Raises MachineError: endpoint_model_unset, endpoint_model_unknown, and whatever the conversation does."""
    models = _models(ask, address, settings)
    entry = _chosen(models, ask, address.place, settings.llm_model)
    model, owner = str(entry["id"]), entry.get("owned_by")
    served, trained = _number(*(entry.get(name) for name in _SERVED)), 0
    counter: Counter | None = None
    more: Mapping[str, Any] = _NO_THINKING if owner in ("llamacpp", "vllm") else {}
    if owner == "llamacpp":
        served, trained, counter = _llama_window(ask), _whole(entry.get("meta"), "n_ctx_train"), _llama_count
    elif owner == "vllm" or "max_model_len" in entry:
        counter = _vllm_count(model)
    elif shown := _optional(lambda path: ask.post(path, {"model": model}), "/api/show"):
        served, trained, more = _ollama_window(shown, served), _ollama_trained(shown), _ollama_more(shown)
    counter = counter if counter and _counts(ask, counter) else None
    return Facts(model, _window(settings, served, trained), counter, more)


def told(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]


def _models(ask: Conversation, address: Address, settings: Settings) -> list[Mapping[str, Any]]:
    """As the server lists them; a server without a list has the model that was asked for."""
    try:
        listed = ask.get(f"{address.api}/models")
    except MachineError as error:
        if settings.llm_model and _has_no_route(error):
            return [{"id": settings.llm_model}]
        raise
    data = listed.get("data") or []
    if "data" not in listed or not isinstance(data, list):
        raise MachineError("endpoint_garbage", place=address.place, found=ask.harmless(str(listed), 80))
    return [each for each in data if isinstance(each, Mapping) and isinstance(each.get("id"), str)]


def _chosen(
    models: Sequence[Mapping[str, Any]], ask: Conversation, place: str, wanted: str | None
) -> Mapping[str, Any]:
    names = [str(each["id"]) for each in models]
    more = f", … ({len(names)})" if len(names) > _LISTED else ""
    known = ask.harmless(", ".join(names[:_LISTED]) + more) or "-"
    if wanted is None:
        if len(models) == 1:
            return models[0]
        raise MachineError("endpoint_model_unset", place=place, count=len(names), known=known)
    for name in (wanted, f"{wanted}:latest"):  # Ollama leaves the tag away, too
        if name in names:
            return models[names.index(name)]
    raise MachineError("endpoint_model_unknown", place=place, model=wanted, known=known)


def _window(settings: Settings, served: int, trained: int) -> int:
    """As the user set it, else as served, else the default within what the model was trained for."""
    if settings.is_set("n_ctx"):
        return settings.n_ctx
    return served or min(settings.n_ctx, trained or settings.n_ctx)


def _llama_window(ask: Conversation) -> int:
    """llama-server: the window of one slot, 0 where it does not tell."""
    slot = (_optional(ask.get, "/props") or {}).get("default_generation_settings")
    return _number(slot.get("n_ctx")) if isinstance(slot, Mapping) else 0


def _ollama_window(shown: Mapping[str, Any], served: int) -> int:
    """As set for this model; what Ollama serves without that it tells only of models that are loaded."""
    found = _NUM_CTX.search(str(shown.get("parameters") or ""))
    return _number(int(found[1])) if found else served


def _ollama_trained(shown: Mapping[str, Any]) -> int:
    info = shown.get("model_info")
    names = [name for name in info if str(name).endswith(".context_length")] if isinstance(info, Mapping) else []
    return max((_whole(info, name) for name in names), default=0)


def _ollama_more(shown: Mapping[str, Any]) -> Mapping[str, Any]:
    able = shown.get("capabilities")
    return {"reasoning_effort": "none"} if isinstance(able, list) and "thinking" in able else {}


def _llama_count(ask: Conversation, prompt: ModelPrompt) -> int:
    """With what the chat template adds."""
    text = prompt if isinstance(prompt, str) else ask.post("/apply-template", _messages(prompt)).get("prompt")
    tokens = ask.post("/tokenize", {"content": text, "add_special": True, "parse_special": True}).get("tokens")
    return len(tokens) if isinstance(tokens, list) else 0


def _vllm_count(model: str) -> Counter:
    def count(ask: Conversation, prompt: ModelPrompt) -> int:
        asked: dict[str, Any] = {"prompt": prompt} if isinstance(prompt, str) else _messages(prompt)
        counted = ask.post("/tokenize", {"model": model, **asked}).get("count")
        return counted if isinstance(counted, int) else 0

    return count


def _messages(prompt: Sequence[Message]) -> dict[str, Any]:
    """As they are sent to be answered: the fields decide what the chat template adds."""
    return {"messages": told(prompt), **_NO_THINKING}


def _counts(ask: Conversation, counter: Counter) -> bool:
    """Whether it does on this server: not each has these routes."""
    try:
        return counter(ask, [Message("user", "가")]) > 0
    except MachineError as error:
        if _is_unknown(error):
            return False
        raise


def _optional(call: Callable[[str], dict[str, Any]], path: str) -> dict[str, Any] | None:
    """None where the server refuses or speaks of something else: it is asked what not every one knows."""
    try:
        return call(path)
    except MachineError as error:
        if _is_unknown(error):
            return None
        raise


def _is_unknown(error: MachineError) -> bool:
    return _has_no_route(error) or isinstance(error.__cause__, Garbled)


def _has_no_route(error: MachineError) -> bool:
    cause = error.__cause__
    return isinstance(cause, Refused) and cause.status in _NO_ROUTE


def _whole(info: Any, name: str) -> int:
    return _number(info.get(name)) if isinstance(info, Mapping) else 0


def _number(*values: Any) -> int:
    """The first that can be a window."""
    return next((v for v in values if isinstance(v, int) and v >= _LEAST_CTX), 0)
