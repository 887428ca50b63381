"""What the worker is asked to start: the options of one engine, with the defaults that keep memory small.

Takes a model's header and the settings, gives EngineOptions, which travel to the child in a frame. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from ai_chat.config import Settings
from ai_chat.llm.gguf import ModelSpec

_KV_BLOCK = 32  # values in one q8_0 block: a head must be a multiple of it


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """`n_ctx` and `n_batch` in tokens; `kv_quantised` keeps the KV cache at 8 bits instead of 16."""

    path: str
    n_ctx: int
    n_batch: int
    n_threads: int
    kv_quantised: bool


def engine_options(path: str, spec: ModelSpec, settings: Settings) -> EngineOptions:
    """Never a longer window than the model was trained for, never a batch longer than the window."""
    n_ctx = min(settings.n_ctx, spec.context_length or settings.n_ctx)
    return EngineOptions(
        path=path,
        n_ctx=n_ctx,
        n_batch=min(settings.n_batch, n_ctx),
        n_threads=settings.engine_threads,
        kv_quantised=spec.head_width % _KV_BLOCK == 0,
    )
