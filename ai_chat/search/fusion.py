"""Two rankings of chunks to one: normalised scores, summed by a measured weight.

Takes scores, gives Candidates best first. Pure; knows no text and no engine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_chat.index import Ranking

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidate:
    chunk_id: int
    score: float
    lexical: float | None
    dense: float | None


def fuse(lexical: Floats, dense: Floats, dense_weight: float) -> Floats:
    """Convex sum of normalised scores of the same chunks: lexical by its largest, dense from its least to its largest.

    NaN in `lexical`: the chunk is not in that ranking, 0. NaN in `dense`: it has no vector, so its keywords count alone.
    """
    if not len(lexical):
        return np.empty(0, np.float32)
    keywords = np.nan_to_num(lexical, nan=0.0)
    keywords = keywords / (keywords.max() or 1.0)
    if np.isnan(dense).all():
        return keywords.astype(np.float32)
    least, most = np.nanmin(dense), np.nanmax(dense)
    semantic = np.where(np.isnan(dense), keywords, (dense - least) / ((most - least) or 1.0))
    return ((1.0 - dense_weight) * keywords + dense_weight * semantic).astype(np.float32)


def empty_ranking() -> Ranking:
    return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))


def aligned(chunk_ids: NDArray[np.int64], ranking: Ranking) -> Floats:
    """A ranking's scores in the order of the sorted `chunk_ids`, NaN where it lacks one."""
    scores = np.full(len(chunk_ids), np.nan, np.float32)
    scores[np.searchsorted(chunk_ids, ranking.chunk_ids)] = ranking.scores
    return scores


def ranked(
    chunk_ids: NDArray[np.int64], scores: Floats, lexical: Floats | None, dense: Floats | None
) -> list[Candidate]:
    return [
        Candidate(int(chunk_ids[row]), float(scores[row]), _score(lexical, row), _score(dense, row))
        for row in np.lexsort((chunk_ids, -scores))
    ]


def _score(scores: Floats | None, row: int) -> float | None:
    return None if scores is None or np.isnan(scores[row]) else float(scores[row])
