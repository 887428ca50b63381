"""ModelSpec: what the memory plan must know of a model, whoever read it.

Takes nothing, gives a frozen value in bytes and counts. Knows no file format and no engine.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What a model's header says; numbers are 0 where it says nothing.

    `kv_heads[i]`, `windows[i]`: of layer i; a window of 0 sees the whole context, and a layer of 0 KV heads keeps none. Sizes of
    weights in bytes as they stand in the file: `layer_bytes[i]`, `embedding_bytes` (token embedding), `output_bytes` (output matrix;
    0 where it is the embedding again), `other_bytes`. `merges`: of a tokenizer that pairs pieces. `state_bytes`: recurrent state of
    one slot, whatever its context. `adapter_bytes`: of the adapter that is loaded beside it. `exact` False: an architecture whose
    memory is known only by a safe over-estimate.
    """

    architecture: str
    name: str
    context_length: int
    chat_template: bool
    parameters: float
    file_bytes: int
    files: tuple[str, ...] = ()
    file_type: str = ""
    layers: int = 0
    width: int = 0
    heads: int = 0
    kv_heads: tuple[int, ...] = ()
    key_width: int = 0
    value_width: int = 0
    feed_forward: int = 0
    vocabulary: int = 0
    merges: int = 0
    windows: tuple[int, ...] = ()
    experts: int = 0
    layer_bytes: tuple[int, ...] = ()
    embedding_bytes: int = 0
    output_bytes: int = 0
    other_bytes: int = 0
    state_bytes: int = 0
    adapter_bytes: int = 0
    exact: bool = True
