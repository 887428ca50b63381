"""The GPUs that the engine as installed can use, asked of itself in a child: `python -m ai_chat.llm.devices`.

Takes nothing, gives Gpus in the engine's own order, which is that of a plan's split. Importing the engine here would keep it,
and a GPU's library, in the process that asks.
"""

from __future__ import annotations

import functools
import logging
from typing import Any

from ai_chat.errors import MachineError
from ai_chat.memory.machine import Gpu
from ai_chat.process import Child, open_channel

GPU_ENVIRON = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}  # the driver's order, which is that of a plan's split
_SECONDS = 60.0
_LOG = logging.getLogger(__name__)


@functools.cache
def engine_gpus() -> tuple[Gpu, ...]:
    """None where the engine is a build for processors alone, or does not answer. Asked once a process."""
    child = Child.spawn("ai_chat.llm.devices", environ=GPU_ENVIRON)
    try:
        found = child.receive(_SECONDS)["gpus"]
    except MachineError as error:
        _LOG.warning("the engine does not tell its devices: %s", error)
        return ()
    finally:
        child.close()
    return tuple(Gpu(each["name"], each["total"], each["free"]) for each in found)


def main() -> None:
    channel = open_channel()
    import xllamacpp

    kinds = xllamacpp.ggml_backend_dev_type
    devices: list[dict[str, Any]] = xllamacpp.get_device_info()
    gpus = [each for each in devices if each["type"] == kinds.GGML_BACKEND_DEVICE_TYPE_GPU]
    shown = [{"name": each["description"], "total": each["memory_total"], "free": each["memory_free"]} for each in gpus]
    channel.send({"gpus": shown})


if __name__ == "__main__":
    main()
