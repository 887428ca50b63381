"""What is known of architectures by their name in a GGUF file, as llama.cpp runs them. Data, and the one rule that needs layers."""

from __future__ import annotations

from collections.abc import Callable

# fmt: off
NOT_GENERATING = frozenset((
    "bert", "nomic-bert", "nomic-bert-moe", "jina-bert-v2", "jina-bert-v3", "modern-bert", "neo-bert", "eurobert",
    "gemma-embedding", "llama-embed", "t5", "t5encoder", "clip", "mmproj", "wavtokenizer-dec", "dream", "llada",
    "llada-moe",
))

# every layer keeps kv_heads * (key_width + value_width) values a token, and nothing else is kept
DENSE = frozenset((
    "llama", "mistral3", "qwen", "qwen2", "qwen3", "gemma", "gemma2", "gemma3", "exaone", "exaone4", "phi2", "phi3",
    "internlm2", "glm4", "chatglm", "command-r", "cohere2", "olmo2", "smollm3", "granite", "starcoder2", "stablelm",
    "seed_oss", "hunyuan-dense", "ernie4_5", "nemotron", "baichuan", "minicpm", "arcee", "apertus", "deci",
))

# llama_ftype numbers of llama.cpp's public header
FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
    21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4", 39: "NVFP4",
    40: "Q1_0",
}
# fmt: on

# Layers of which all but the last of so many see a window only, and the window where the header gives none: llama.cpp's own defaults.
_SLIDING = {
    "gemma2": (2, 4096),
    "gemma3": (6, 0),
    "gemma3n": (5, 0),
    "gemma4": (1, 0),
    "cohere2": (4, 0),
    "olmo2": (4, 0),
    "gpt-oss": (2, 0),
    "exaone4": (4, 4096),
}
_EXAONE4_SLIDING_LAYERS = 64  # the smaller ones see everything


def has_window(architecture: str, layers: int, pattern: tuple[int, ...]) -> tuple[Callable[[int], bool], int]:
    """Which layers see a window only, and the usual window. `pattern` of the header: one period, or a truth value a layer.

    An architecture that is not known to slide here is taken to see everything, which needs more memory, never less.
    """
    period, window = _SLIDING.get(architecture, (1, 0))
    if architecture not in _SLIDING or (architecture == "exaone4" and layers != _EXAONE4_SLIDING_LAYERS):
        return (lambda _layer: False), 0
    if len(pattern) > 1:
        return (lambda layer: layer < len(pattern) and bool(pattern[layer])), window
    if pattern:
        period = pattern[0]
    return (lambda layer: period == 0 or layer % period < period - 1), window
