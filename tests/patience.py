"""Waiting for what comes about in another thread or process, as long as a busy machine may need; no test asserts a time."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 120
_BETWEEN_SECONDS = 0.02


def eventually(holds: Callable[[], object]) -> None:
    """AssertionError where it has not come about after SECONDS."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(_BETWEEN_SECONDS)
