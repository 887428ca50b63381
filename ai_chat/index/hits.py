"""A tantivy query to a Ranking: the best hits, or what filters leave of them.

Takes a searcher and a query, gives chunk ids with scores. Knows no terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from ai_chat.index import Chunks, Ranking, Versions


def best(searcher: tantivy.Searcher, query: tantivy.Query, top_k: int) -> Ranking:
    hits = searcher.search(query, min(top_k, max(1, searcher.num_docs)), count=False).hits
    chunk_ids = searcher.fast_field_values("chunk", [address for _, address in hits])
    return ranking_of(chunk_ids, [score for score, _ in hits])


def left(
    searcher: tantivy.Searcher,
    query: tantivy.Query,
    top_k: int,
    depth: int,
    versions: Versions | None,
    chunks: Chunks | None,
) -> Ranking | None:
    """The best of what filters leave of the first `depth`; None where that is too little and there are more."""
    hits = searcher.search(query, min(depth, max(1, searcher.num_docs)), count=False).hits
    addresses = [address for _, address in hits]
    chunk_ids = np.asarray(searcher.fast_field_values("chunk", addresses), np.int64)
    seen = np.ones(len(hits), bool)
    if chunks is not None:
        seen &= _is_among(chunk_ids, chunks.ids) != chunks.exclude
    if versions is not None:
        found = searcher.fast_field_values("version", addresses)
        seen &= np.array([(version in versions.versions) != versions.exclude for version in found], bool)
    if np.count_nonzero(seen) < top_k and len(hits) == depth:
        return None
    ranking = ranking_of(chunk_ids, [score for score, _ in hits], seen)
    return Ranking(ranking.chunk_ids[:top_k], ranking.scores[:top_k])


def ranking_of(chunk_ids: Any, scores: Sequence[float], seen: NDArray[np.bool_] | slice = slice(None)) -> Ranking:
    ids, values = np.asarray(chunk_ids, np.int64)[seen], np.asarray(scores, np.float32)[seen]
    order = np.lexsort((ids, -values))
    return Ranking(ids[order], values[order])


def _is_among(values: NDArray[np.int64], ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    if not len(ascending):
        return np.zeros(len(values), bool)
    places = np.minimum(np.searchsorted(ascending, values), len(ascending) - 1)
    return np.equal(ascending[places], values)
