"""How vectors travel between the parent and its embedding worker: float32, little endian, base64 in a JSON frame.

Used by both ends. Knows no model; importing it must not load one.
"""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

_FORMAT = np.dtype("<f4")


def pack(vectors: NDArray[np.float32]) -> str:
    return base64.b64encode(vectors.astype(_FORMAT, copy=False).tobytes()).decode("ascii")


def unpack(text: str, dim: int) -> NDArray[np.float32]:
    """Rows (n, dim) of what `pack` was given."""
    flat = np.frombuffer(base64.b64decode(text), dtype=_FORMAT)
    return flat.reshape(-1, dim).astype(np.float32)
