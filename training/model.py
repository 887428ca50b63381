"""The base model's GGUF file as a PyTorch model with low-rank additions beside its linear layers.

Takes the file, gives a model whose additions alone are trained, its tokenizer, and the additions by their GGUF names.
Source of the additions: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models".
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

TARGETS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


class LoraLinear(nn.Module):
    """`base(x)` + scale * b(a(x)); `a` is (rank, in), `b` (out, rank), b is zero at first.

    `dropout`: the part of the inputs of `a` that is left out while training.
    """

    def __init__(self, base: nn.Linear, rank: int, alpha: float, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.base = base
        self.a = nn.Parameter(torch.empty(rank, base.in_features, dtype=torch.float32))
        self.b = nn.Parameter(torch.zeros(base.out_features, rank, dtype=torch.float32))
        self.scale = alpha / rank
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        kept = self.dropout(x)
        added = nn.functional.linear(nn.functional.linear(kept, self.a.to(x.dtype)), self.b.to(x.dtype))
        result: Tensor = self.base(x) + added * self.scale
        return result


def load_base(gguf: Path, cache: Path) -> tuple[Any, Any]:
    """Model in bfloat16 and tokenizer; unpacked once into the folder `cache`."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    if not (cache / "config.json").exists():
        options = {"gguf_file": gguf.name, "quantization_config": GgufConfig(dequantize=True)}
        model = AutoModelForCausalLM.from_pretrained(gguf.parent, dtype=torch.bfloat16, **options)
        AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(cache)
        model.config.quantization_config = None
        model.save_pretrained(cache)
    model = AutoModelForCausalLM.from_pretrained(cache, dtype=torch.bfloat16)
    return model, AutoTokenizer.from_pretrained(cache)


def add_lora(model: Any, rank: int, alpha: float, dropout: float = 0.0) -> None:
    """Freeze the model and put a LoraLinear in the place of each of the TARGETS."""
    model.requires_grad_(False)
    for layer in model.model.layers:
        for name in TARGETS:
            parent, _, leaf = name.rpartition(".")
            owner = layer.get_submodule(parent)
            setattr(owner, leaf, LoraLinear(getattr(owner, leaf), rank, alpha, dropout))


def additions(model: Any) -> Iterator[tuple[str, LoraLinear]]:
    """By the names that their layers have in a GGUF file."""
    for number, layer in enumerate(model.model.layers):
        for name, gguf_name in TARGETS.items():
            yield f"blk.{number}.{gguf_name}.weight", layer.get_submodule(name)


def weights(model: Any) -> dict[str, Tensor]:
    """What is trained, by `NAME.lora_a` and `NAME.lora_b`."""
    return {f"{name}.lora_{part}": getattr(one, part) for name, one in additions(model) for part in "ab"}
