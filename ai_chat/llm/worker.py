"""The child in which llama.cpp lives: `python -m ai_chat.llm.worker`.

Takes one frame with EngineOptions and a key, loads the model, answers with the address of its OpenAI-compatible
loopback port, and ends when its input closes. Loading holds the interpreter: meanwhile only the parent-death signal
of `ai_chat.process` can end it. The reason of a failed load stands on stderr, which the parent reads.
"""

from __future__ import annotations

import os
from typing import Any

from ai_chat.llm.engine import EngineOptions
from ai_chat.process import Channel, Frame, open_channel

_ERRORS_ONLY = 1
_NO_PINGS = -1  # so that silence on a stream means that nothing is decoded
_CHECKPOINTS = 4


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
        server = xllamacpp.Server(_parameters(xllamacpp, options, key))
    except RuntimeError as error:
        channel.send({"error": str(error)})
        raise SystemExit(1) from error
    ready: Frame = {"address": server.listening_address, "n_ctx": options.n_ctx}
    channel.send(ready)
    return server


def _parameters(engine: Any, options: EngineOptions, key: str) -> Any:
    """The library's own defaults are made for a big server: see docs/answers.md."""
    parameters = engine.CommonParams()
    parameters.model.path = options.path
    parameters.n_ctx = options.n_ctx
    parameters.n_batch = parameters.n_ubatch = options.n_batch
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = options.n_threads
    parameters.n_parallel = 1
    _keep_small(engine, parameters, options)
    _close_doors(parameters, key)
    return parameters


def _keep_small(engine: Any, parameters: Any, options: EngineOptions) -> None:
    kind = engine.ggml_type.GGML_TYPE_Q8_0 if options.kv_quantised else engine.ggml_type.GGML_TYPE_F16
    parameters.cache_type_k = parameters.cache_type_v = kind
    parameters.flash_attn_type = engine.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
    parameters.load_mode = engine.llama_load_mode.LLAMA_LOAD_MODE_MMAP
    parameters.no_extra_bufts = True
    parameters.cache_ram_mib = 0
    parameters.cache_idle_slots = False
    parameters.n_ctx_checkpoints = _CHECKPOINTS
    parameters.fit_params = False
    parameters.warmup = False


def _close_doors(parameters: Any, key: str) -> None:
    """Loopback, a free port, one key, no page, no view of what others asked, no other origin."""
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.cors_origins = ""
    parameters.offline = True
    parameters.sse_ping_interval = _NO_PINGS
    parameters.verbosity = _ERRORS_ONLY


if __name__ == "__main__":
    main()
