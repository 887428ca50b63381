"""Where the first hit has next to none of the question's words: the sentence that is nearest to the question's vector instead.

Takes Hits and the vector, gives Hits. Has one sentence embedded at a time, as a question is, and stops when its time is up.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ai_chat.embedding import Embedder
from ai_chat.lazy import Lazy
from ai_chat.search.fusion import Floats
from ai_chat.search.sentence import Sought, best_sentence, chosen, sentences, tells
from ai_chat.types import Hit

HITS = 3  # the first ones, in their order
SECONDS = 0.15  # for all of them, while somebody waits


class NearestSentences:
    def __init__(self, embedder: Lazy[Embedder]) -> None:
        self._embedder = embedder

    def mended(
        self, hits: Sequence[Hit], wanted: Sought, question: Floats, seconds: float | None = SECONDS
    ) -> tuple[Hit, ...]:
        """All stay as they are where the first one has the words; those that have them and those for which there is no time do, too."""
        if not hits or tells(hits[0].sentence, wanted):
            return tuple(hits)
        deadline = None if seconds is None else time.monotonic() + seconds
        mended = list(hits)
        with self._embedder.lease() as embedder:
            for row, hit in enumerate(hits[:HITS]):
                if not tells(hit.sentence, wanted):
                    mended[row] = _mended(hit, wanted, question, embedder, deadline)
        return tuple(mended)


def _mended(hit: Hit, wanted: Sought, question: Floats, embedder: Embedder, deadline: float | None) -> Hit:
    spans = list(sentences(hit.text))
    near: list[float] = []
    for start, end in spans:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        vector = embedder.embed_query(hit.text[start:end], left)
        if vector is None:
            return hit
        near.append(float(np.dot(vector, question)))
    start, end = chosen(spans, [value - min(near) for value in near])
    first = hit.start - best_sentence(hit.text, wanted)[0]  # where the passage begins in its unit
    return replace(hit, sentence=hit.text[start:end], start=first + start, end=first + end)
