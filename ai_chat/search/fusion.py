"""Two rankings of chunks to one: normalised scores, summed by a weight that tells how far the words may be trusted.

Takes scores, gives Candidates best first. Pure; knows no text and no engine. The constants are measured: docs/retrieval.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_chat.index import Ranking

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

FOREIGN_FROM, FOREIGN_TO = 0.6, 0.9  # coverage between which a question in another script than its passages is trusted


@dataclass(frozen=True, slots=True)
class Both:
    """The same chunks, ids ascending, by both legs: NaN in `lexical` where it lacks one, in `dense` where it has no vector.

    `covered` and `is_foreign` tell how far the words may be trusted; `more`: a leg has more to give.
    """

    chunk_ids: Ids
    lexical: Floats
    dense: Floats
    covered: float
    is_foreign: bool
    more: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """Chunks best first, with the legs' own scores: NaN where a leg has none, None for a leg that was not asked.

    `more`: a leg has more to give. `covered`: the best lexical score as a share of what all of the question's terms weigh.
    """

    chunk_ids: Ids
    scores: Floats
    lexical: Floats | None
    dense: Floats | None
    more: bool
    covered: float = 0.0


def fuse(lexical: Floats, dense: Floats, dense_weight: float) -> Floats:
    """Convex sum of normalised scores of the same chunks: lexical by its largest, dense from its least to its largest.

    NaN in `lexical`: the chunk is not in that ranking, 0. NaN in `dense`: it has no vector, so its keywords count alone; the fewer
    of those that the words found have one, the less the vectors of others count.
    """
    if not len(lexical):
        return np.empty(0, np.float32)
    keywords = np.where(np.isnan(lexical), np.float32(0), lexical)
    keywords = keywords / (keywords.max() or 1.0)
    unknown = np.isnan(dense)
    if unknown.all():
        return keywords.astype(np.float32)
    least, most = dense[~unknown].min(), dense[~unknown].max()
    semantic = np.where(unknown, keywords, (dense - least) / ((most - least) or 1.0))
    by_words = keywords > 0
    if by_words.any():
        dense_weight *= 1.0 - float(unknown[by_words].mean())
    return ((1.0 - dense_weight) * keywords + dense_weight * semantic).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Trust:
    """How the dense leg's weight rises as less of the question is covered: it is the `least` from `full` coverage on."""

    least: float = 0.15
    full: float = 0.3
    steepness: float = 6.0


TRUST = Trust()


def dense_weight(covered: float, is_foreign: bool, trust: Trust = TRUST) -> float:
    """The least where the question's words are there, towards 1 where they are not; `is_foreign` asks for nearly all of them."""
    odds = (1.0 - trust.least) / trust.least * float(min(1.0, covered / trust.full) ** trust.steepness)
    if is_foreign:
        odds *= min(1.0, max(0.0, (covered - FOREIGN_FROM) / (FOREIGN_TO - FOREIGN_FROM)))
    return 1.0 / (1.0 + odds)


def empty_ranking() -> Ranking:
    return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))


def aligned(chunk_ids: Ids, ranking: Ranking) -> Floats:
    """A ranking's scores in the order of the sorted `chunk_ids`, NaN where it lacks one."""
    scores = np.full(len(chunk_ids), np.nan, np.float32)
    scores[np.searchsorted(chunk_ids, ranking.chunk_ids)] = ranking.scores
    return scores


def ranked(both: Both, scores: Floats) -> Candidates:
    """Best first, ties by chunk id."""
    order = np.lexsort((both.chunk_ids, -scores))
    return Candidates(
        both.chunk_ids[order], scores[order], both.lexical[order], both.dense[order], both.more, both.covered
    )
