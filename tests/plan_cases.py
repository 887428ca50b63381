"""Models, machines and wishes that the tests of the memory plan share: real geometries, sizes as their files have them."""

from __future__ import annotations

from ai_chat.memory.machine import Gpu, Machine
from ai_chat.memory.plan import Plan, Refusal, Wishes, make_plan
from ai_chat.memory.spec import ModelSpec
from ai_chat.sizes import GIB, MIB

OTHERS = 400 * MIB
LOW = Wishes(n_ctx=4096, n_batch=256, n_threads=4)
ROOMY = Wishes(n_ctx=8192, n_batch=512, n_threads=8, low_vram=False)


def model(name: str, layers: int, width: int, heads: int, kv: int, feed_forward: int, gigabytes: float) -> ModelSpec:
    """At 4 bits, a vocabulary of 152,000; the embedding and the output of their real part in the file."""
    size = round(gigabytes * 1e9)
    embedding, output = round(152_064 * width * 0.5625), round(152_064 * width * 0.8203)
    head = 128
    return ModelSpec(
        architecture="qwen2",
        name=name,
        context_length=32_768,
        chat_template=True,
        parameters=size * 1.63,
        file_bytes=size,
        file_type="Q4_K_M",
        layers=layers,
        width=width,
        heads=heads,
        kv_heads=(kv,) * layers,
        key_width=head,
        value_width=head,
        feed_forward=feed_forward,
        vocabulary=152_064,
        merges=151_387,
        windows=(0,) * layers,
        layer_bytes=((size - embedding - output) // layers,) * layers,
        embedding_bytes=embedding,
        output_bytes=output,
    )


SMALL = model("1.5b", 28, 1536, 12, 2, 8960, 1.117)
MEDIUM = model("3b", 36, 2048, 16, 2, 11_008, 2.105)
LARGE = model("7b", 28, 3584, 28, 4, 18_944, 4.683)
LARGER = model("8b", 36, 4096, 32, 8, 12_288, 5.028)


def machine(*gpus: float, cores: int = 4) -> Machine:
    """With GPUs of so many GiB, 0.4 of which are taken by a desktop."""
    devices = tuple(Gpu(f"gpu {size}", round(size * GIB), round((size - 0.4) * GIB)) for size in gpus)
    return Machine(total=16 * GIB, available=14 * GIB, cores=cores, gpus=devices)


def plan(
    spec: ModelSpec, wishes: Wishes, gib: float, *gpus: float, cores: int = 4, others: int = OTHERS
) -> Plan | Refusal:
    here = machine(*gpus, cores=cores)
    return make_plan(spec, here, wishes, budget=round(gib * GIB), others=others, gpus_usable=bool(gpus))


def told(found: Plan | Refusal) -> str:
    """One line for a golden table."""
    if isinstance(found, Refusal):
        return f"refused, {found.smallest / GIB:.1f}"
    how = "mapped" if found.mmap else "held"
    line = f"{found.n_ctx}/{found.n_batch} x{found.slots} {found.kv_type} {how} {found.prompt_cache}"
    split = "" if not found.tensor_split else " " + ":".join(f"{part:g}" for part in found.tensor_split)
    return line + (f" gpu {found.gpu_layers}{split}" if found.gpu_layers else "")
