"""The child in which llama.cpp lives: `python -m ai_chat.llm.worker`.

Takes one frame with EngineOptions and a key, loads the model, answers with the address of its OpenAI-compatible
loopback port, and ends when its input closes. Loading holds the interpreter: meanwhile only the parent-death signal
of `ai_chat.process` can end it. The reason of a failed load stands on stderr, which the parent reads.
"""

from __future__ import annotations

import os
from typing import Any

from ai_chat.llm.engine import EngineOptions
from ai_chat.memory.predict import CHECKPOINTS
from ai_chat.process import Channel, Frame, open_channel

_SAME_CONVERSATION = 0.4  # part of a prompt that a slot must hold already to be chosen for it, before one longer unused
_ERRORS_ONLY = 1
_NO_PINGS = -1  # so that silence on a stream means that nothing is decoded


def main() -> None:
    channel = open_channel()
    for order in channel:
        server = _start(channel, EngineOptions(**order["options"]), order["key"])
        break
    else:
        return
    for _ in channel:
        pass
    del server
    os._exit(0)  # the library's threads need not be waited for: nothing is written


def _start(channel: Channel, options: EngineOptions, key: str) -> Any:
    import xllamacpp

    try:
        server = xllamacpp.Server(engine_parameters(xllamacpp, options, key))
    except (RuntimeError, MemoryError) as error:
        channel.send({"error": str(error) or type(error).__name__})
        raise SystemExit(1) from error
    ready: Frame = {"address": server.listening_address}
    channel.send(ready)
    return server


def engine_parameters(engine: Any, options: EngineOptions, key: str) -> Any:
    """The library's own defaults are made for a big server: see docs/answers.md."""
    parameters = engine.CommonParams()
    parameters.model.path = options.path
    parameters.n_ctx = options.n_ctx
    parameters.n_batch = parameters.n_ubatch = options.n_batch
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = options.n_threads
    if options.adapter:
        parameters.lora_adapters = [engine.CommonAdapterLoraInfo(options.adapter, 1.0)]
    _keep_to_the_plan(engine, parameters, options)
    _share_slots(parameters, options)
    _close_doors(parameters, key)
    return parameters


def _keep_to_the_plan(engine: Any, parameters: Any, options: EngineOptions) -> None:
    """Nothing is warmed up or fitted to the machine by the engine itself; mapped weights are not kept a second time, repacked."""
    kind = getattr(engine.ggml_type, f"GGML_TYPE_{options.kv_type.upper()}")
    parameters.cache_type_k = parameters.cache_type_v = kind
    parameters.flash_attn_type = engine.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
    modes = engine.llama_load_mode
    parameters.load_mode = modes.LLAMA_LOAD_MODE_MMAP if options.mmap else modes.LLAMA_LOAD_MODE_NONE
    parameters.no_extra_bufts = options.mmap
    parameters.n_gpu_layers = options.gpu_layers
    if options.tensor_split:
        parameters.tensor_split = _padded(options.tensor_split, len(parameters.tensor_split))
    parameters.fit_params = False
    parameters.warmup = False


def _share_slots(parameters: Any, options: EngineOptions) -> None:
    """Each slot has its own part of the window; what a conversation's slot holds is found again by its beginning.

    Checkpoints are what sliding windows held at the end of a prompt and one batch before it: without them a follow-up whose
    answer is told differently is read again as a whole.
    """
    parameters.n_parallel = options.slots
    parameters.kv_unified = False
    parameters.cache_ram_mib = options.prompt_cache
    parameters.cache_idle_slots = False
    parameters.slot_prompt_similarity = _SAME_CONVERSATION
    parameters.n_ctx_checkpoints = CHECKPOINTS


def _close_doors(parameters: Any, key: str) -> None:
    """Loopback, a free port, one key, no page, no other origin; of what is decoded only that it is."""
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.ui = False
    parameters.endpoint_slots = True
    parameters.cors_origins = ""
    parameters.offline = True
    parameters.sse_ping_interval = _NO_PINGS
    parameters.verbosity = _ERRORS_ONLY


def _padded(parts: tuple[float, ...], size: int) -> list[float]:
    return [*parts, *[0.0] * (size - len(parts))]


if __name__ == "__main__":
    main()
