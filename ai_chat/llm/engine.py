"""What the worker is asked to start: the options of one engine, as a plan gives them.

Takes a file and its Plan, gives EngineOptions, which travel to the child in a frame. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ai_chat.memory.plan import KvType, Plan


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """`n_ctx` in tokens for all slots together, which share it out evenly; `n_batch` tokens read at once; `prompt_cache` in MiB.

    `gpu_layers` counts the output as one layer more; `tensor_split`: each GPU's part of them, () with one or none. `adapter`: a
    file whose weights are added to the model's in every slot, "" for none.
    """

    path: str
    n_ctx: int
    n_batch: int
    n_threads: int
    kv_type: KvType = "q8_0"
    slots: int = 1
    mmap: bool = True
    prompt_cache: int = 0
    gpu_layers: int = 0
    tensor_split: tuple[float, ...] = ()
    adapter: str = ""


def engine_options(path: str | Path, plan: Plan, adapter: str | Path = "") -> EngineOptions:
    """The engine's options for this plan."""
    return EngineOptions(
        path=str(path),
        n_ctx=plan.n_ctx * plan.slots,
        n_batch=plan.n_batch,
        n_threads=plan.n_threads,
        kv_type=plan.kv_type,
        slots=plan.slots,
        mmap=plan.mmap,
        prompt_cache=plan.prompt_cache,
        gpu_layers=plan.gpu_layers,
        tensor_split=plan.tensor_split,
        adapter=str(adapter),
    )
