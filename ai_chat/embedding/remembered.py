"""An Embedder that remembers the vectors of the last questions: a question is asked for again while its evidence is refined, for the
answer cache, and by whoever asks it once more.

Takes and is an Embedder. Knows no model; passages go through as they are.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ai_chat.embedding import Embedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

QUESTIONS = 64  # of 384 numbers: 100 kB


class RememberingEmbedder:
    def __init__(self, embedder: Embedder, questions: int = QUESTIONS) -> None:
        self._embedder = embedder
        self._most = questions
        self._guard = threading.Lock()
        self._seen: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    @property
    def dim(self) -> int:
        return self._embedder.dim

    @property
    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    @property
    def pid(self) -> int | None:
        return self._embedder.pid

    def embed_query(self, text: str, timeout: float | None = None) -> NDArray[np.float32] | None:
        with self._guard:
            if text in self._seen:
                self._seen.move_to_end(text)
                return self._seen[text]
        vector = self._embedder.embed_query(text, timeout)
        if vector is not None:
            vector.flags.writeable = False  # several read it
            with self._guard:
                self._seen[text] = vector
                while len(self._seen) > self._most:
                    self._seen.popitem(last=False)
        return vector

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embedder.embed_passages(texts)

    def close(self) -> None:
        self._embedder.close()
