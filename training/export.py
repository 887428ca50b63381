"""A checkpoint -> the adapter that llama.cpp loads beside the base model.

    python -m training.export CHECKPOINT ADAPTER.gguf

Tensors are `blk.N.attn_q.weight.lora_a` and the like in 16 bits, as llama.cpp's own converter names them; the metadata
say for which file and for which form of the prompt it was trained.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ai_chat.prompt import COMPLETION_FORM
from training.base import base_file

Arrays = Mapping[str, "np.ndarray[Any, np.dtype[np.float32]]"]


def write_adapter(target: Path, arrays: Arrays, *, alpha: float, architecture: str, base_sha256: str) -> None:
    """`arrays`: (rank, in) for each NAME.lora_a, (out, rank) for each NAME.lora_b."""
    import gguf

    writer = gguf.GGUFWriter(target, architecture)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    writer.add_name("AI-CHAT starter adapter")
    writer.add_license("Gemma Terms of Use")
    writer.add_string("ai_chat.adapter.base_sha256", base_sha256)
    writer.add_string("ai_chat.adapter.prompt", COMPLETION_FORM)
    for name, array in sorted(arrays.items()):
        writer.add_tensor(name, array.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the adapter of a checkpoint.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--base", type=Path, default=base_file())
    options = parser.parse_args()
    import torch

    state = torch.load(options.checkpoint, map_location="cpu", weights_only=True)
    with options.base.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    arrays = {name: weight.numpy() for name, weight in state["weights"].items()}
    write_adapter(options.target, arrays, alpha=state["recipe"]["alpha"], architecture="gemma3", base_sha256=digest)
    print(f"{options.target}: {options.target.stat().st_size / 1e6:.2f} MB, step {state['step']}")


if __name__ == "__main__":
    main()
