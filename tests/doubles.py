"""Doubles of our own protocols, for rooms that are tested without the real thing."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray


class HashingEmbedder:
    """An Embedder without a model: each run of three characters counts in a place that its hash names.

    Texts that share words are near each other, always in the same way. `hold` keeps the answers back while it is set,
    which lets a test have a late or a busy embedder. `embedded` lists the passages asked for.
    """

    def __init__(self, dim: int = 384, fingerprint: str = "hashing-1") -> None:
        self.dim = dim
        self.fingerprint = fingerprint
        self.pid: int | None = None
        self.embedded: list[str] = []
        self.questions: list[str] = []
        self.closed = False
        self._free = threading.Event()
        self._free.set()

    def hold(self) -> None:
        self._free.clear()

    def release(self) -> None:
        self._free.set()

    def embed_query(self, text: str, timeout: float | None = None) -> NDArray[np.float32] | None:
        if not self._free.wait(timeout):
            return None
        self.questions.append(text)
        return self._vector(text)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self._free.wait()
        self.embedded.extend(texts)
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dim)

    def close(self) -> None:
        self.closed = True

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(self.dim, dtype=np.float32)
        for place in self._places(text):
            vector[place] += 1.0
        norm = float(np.linalg.norm(vector))
        return vector / np.float32(norm) if norm else vector

    def _places(self, text: str) -> Iterator[int]:
        padded = f" {' '.join(text.lower().split())} "
        for start in range(len(padded) - 2):
            digest = hashlib.blake2s(padded[start : start + 3].encode(), digest_size=4).digest()
            yield int.from_bytes(digest) % self.dim
