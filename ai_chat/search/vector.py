"""A question's vector, or the notice that says why a search goes on without it.

Takes an embedder and the vectors there are to compare with, both of which may be missing. Knows no ranking.
"""

from __future__ import annotations

import time

from ai_chat.embedding import Embedder
from ai_chat.errors import MachineError
from ai_chat.index import IndexDamaged
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.lazy import Lazy
from ai_chat.search.fusion import Floats
from ai_chat.types import Mode, Problem


class QuestionVectors:
    """`problem` says why there is no embedder: by default, that it is switched off."""

    def __init__(
        self, dense: Lazy[LazyVectorStore] | None, embedder: Lazy[Embedder] | None, problem: Problem | None
    ) -> None:
        self._dense = dense
        self._embedder = embedder
        self._problem = problem or Problem("embedder_off")

    def get(self, question: str, mode: Mode, wait: float | None) -> tuple[Floats | None, tuple[str, ...]]:
        """None with the notice that says why, where hybrid has to do without; dense alone raises MachineError."""
        if mode == "lexical":
            return None, ()
        try:
            vector = self._embed(question, None if mode == "dense" else wait)
        except IndexDamaged as error:
            if mode == "dense" or error.code != "index_missing":
                raise
            return None, ("vectors_missing",)
        except MachineError as error:
            if mode == "dense":
                raise
            return None, (error.code,)
        return vector, () if vector is not None else ("vectors_late",)

    def _embed(self, question: str, wait: float | None) -> Floats | None:
        """The vector; None when it is not there in time. MachineError where there is nothing to embed with or to compare to."""
        if self._embedder is None:
            raise MachineError(self._problem.code, **self._problem.values)
        if self._dense is None:
            raise MachineError("vectors_missing")
        with self._dense.lease() as dense:
            if not len(dense):
                raise MachineError("vectors_missing")
        if wait is None:
            with self._embedder.lease() as embedder:
                return embedder.embed_query(question)
        deadline = time.monotonic() + wait
        if self._embedder.peek() is None:
            self._embedder.preload().join(wait)
        if self._embedder.peek() is None:
            _raise_failure(self._embedder)
            return None
        with self._embedder.lease() as embedder:
            return embedder.embed_query(question, max(0.0, deadline - time.monotonic()))


def _raise_failure(embedder: Lazy[Embedder]) -> None:
    """Why it could not be loaded, if that is what happened; it may also just take longer."""
    if embedder.state == "failed" and isinstance(embedder.error, MachineError):
        raise MachineError(embedder.error.code, **embedder.error.values)
