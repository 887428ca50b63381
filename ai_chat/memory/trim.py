"""Giving memory back to the system: garbage is collected, then the allocator returns the pages that it keeps for later.

Takes nothing; works on this process alone. Only glibc keeps so much that it is worth asking: elsewhere garbage is all.
"""

from __future__ import annotations

import ctypes
import functools
import gc
from collections.abc import Callable


def trim() -> None:
    gc.collect()
    if (give_back := _malloc_trim()) is not None:
        give_back(0)


@functools.cache
def _malloc_trim() -> Callable[[int], int] | None:
    """glibc's; None with any other C library."""
    library = ctypes.CDLL(None)
    return library.malloc_trim if hasattr(library, "malloc_trim") else None
