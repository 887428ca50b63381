"""How good a ranking is: pure functions of ranked ids and the relevant ones.

Binary relevance. Rankings are best first and hold an id once; knows nothing of search or documents.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set

RECALL_CUTS = (1, 3, 5, 10)
DEPTH = 10

Ranking = Sequence[str]


def recall_at(k: int, ranking: Ranking, relevant: Set[str]) -> float:
    """The share of the relevant ids that are among the first k; with a single one, whether it is found."""
    return len(relevant & set(ranking[:k])) / len(relevant)


def mrr_at(k: int, ranking: Ranking, relevant: Set[str]) -> float:
    """One divided by the rank of the first relevant id; 0 where there is none among the first k."""
    return next((1.0 / rank for rank, found in enumerate(ranking[:k], start=1) if found in relevant), 0.0)


def ndcg_at(k: int, ranking: Ranking, relevant: Set[str]) -> float:
    """Discounted cumulative gain, 1 / log2(rank + 1) for each relevant id, as a share of the best one possible."""
    gain = sum(_discount(rank) for rank, found in enumerate(ranking[:k], start=1) if found in relevant)
    return gain / sum(_discount(rank) for rank in range(1, min(k, len(relevant)) + 1))


def figures(rankings: Sequence[tuple[Ranking, Set[str]]]) -> dict[str, float]:
    """Means over questions, by the names of the report; a question without relevant ids must not be among them."""
    measured = {
        **{f"recall@{k}": [recall_at(k, *pair) for pair in rankings] for k in RECALL_CUTS},
        f"mrr@{DEPTH}": [mrr_at(DEPTH, *pair) for pair in rankings],
        f"ndcg@{DEPTH}": [ndcg_at(DEPTH, *pair) for pair in rankings],
    }
    return {name: round(sum(values) / len(values), 4) for name, values in measured.items()}


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that at least `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _discount(rank: int) -> float:
    return 1.0 / math.log2(rank + 1)
