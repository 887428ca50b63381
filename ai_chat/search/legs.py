"""Both legs over the indexes: a question's terms and vector to Candidates, each leg trusted by what it shows of itself.

Takes terms, a vector and what may be seen; gives chunk ids with scores. Reads texts only to compare their letters with
the question's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ai_chat.analyzer import WORDS
from ai_chat.index import Chunks, Ranking
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.lazy import Lazy
from ai_chat.search.fusion import (
    FOREIGN_TO,
    Both,
    Candidates,
    Floats,
    Ids,
    aligned,
    dense_weight,
    empty_ranking,
    fuse,
    ranked,
)
from ai_chat.search.scripts import in_another_script
from ai_chat.search.signs import Reader, Word
from ai_chat.store import Store, VersionFilter
from ai_chat.types import Mode

Terms = Mapping[str, Sequence[str]]
_LOOKED_AT = 3  # of the dense leg's best
_NOWHERE = "\ue000"  # a term that no text has


@dataclass(frozen=True, slots=True)
class Seen:
    """What a search may see; None is everything."""

    versions: VersionFilter | None = None
    chunks: Chunks | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the legs need it. `vector` None leaves the dense one out."""

    text: str
    terms: Terms
    vector: Floats | None
    mode: Mode


class Legs:
    """`lexical` and `dense` are None where they are not to be had."""

    def __init__(self, store: Store, lexical: Lazy[LexicalIndex] | None, dense: Lazy[LazyVectorStore] | None) -> None:
        self._library = store.library
        self._lexical = lexical
        self._dense = dense

    def candidates(self, asked: Asked, depth: int, seen: Seen) -> Candidates:
        """The best `depth` of each leg."""
        if asked.mode == "hybrid" and asked.vector is not None and self._dense is not None:
            both = self.both(asked, depth, seen)
            weight = dense_weight(both.covered, both.is_foreign)
            return ranked(both, fuse(both.lexical, both.dense, weight))
        if asked.mode == "dense":
            dense = self._dense_ranking(asked, depth, seen)
            return Candidates(dense.chunk_ids, dense.scores, None, dense.scores, len(dense) == depth)
        lexical = self._lexical_ranking(asked, depth, seen)
        covered = self._coverage(asked.terms, lexical)
        return Candidates(lexical.chunk_ids, lexical.scores, lexical.scores, None, len(lexical) == depth, covered)

    def both(self, asked: Asked, depth: int, seen: Seen) -> Both:
        """The best `depth` of each leg with the other's scores, and what tells how far the words may be trusted."""
        lexical, dense = self._lexical_ranking(asked, depth, seen), self._dense_ranking(asked, depth, seen)
        chunk_ids = np.union1d(lexical.chunk_ids, dense.chunk_ids)
        covered = self._coverage(asked.terms, lexical)
        return Both(
            chunk_ids,
            aligned(chunk_ids, lexical),
            self._dense_scores(asked, chunk_ids, dense),
            covered,
            is_foreign=covered < FOREIGN_TO and self._is_foreign(asked.text, dense),
            more=depth in (len(lexical), len(dense)),
        )

    def holds(self, leg: Mode, chunk_ids: Sequence[int]) -> list[bool]:
        """Which of these chunks a leg can find at all: none without its index, by meaning those that have a vector."""
        if leg == "lexical":
            return [self._lexical is not None] * len(chunk_ids)
        if self._dense is None:
            return [False] * len(chunk_ids)
        with self._dense.lease() as store:
            return [bool(there) for there in store.contains(chunk_ids)]

    def words(self, question: str, reader: Reader) -> list[Word] | None:
        """The question's words with their rarity here; None without the index."""
        if self._lexical is None:
            return None
        with self._lexical.lease() as index:
            return reader.words(question, index.rarity, index.rarity({WORDS: [_NOWHERE]}))

    def _lexical_ranking(self, asked: Asked, depth: int, seen: Seen) -> Ranking:
        if self._lexical is None:
            return empty_ranking()
        with self._lexical.lease() as index:
            return index.search(asked.terms, depth, seen.versions, seen.chunks)

    def _dense_ranking(self, asked: Asked, depth: int, seen: Seen) -> Ranking:
        if self._dense is None or asked.vector is None:
            return empty_ranking()
        with self._dense.lease() as store:
            return store.search(asked.vector, depth, seen.versions, seen.chunks)

    def _dense_scores(self, asked: Asked, chunk_ids: Ids, dense: Ranking) -> Floats:
        """Those of the ranking, and of the chunks that are not in it; NaN where there is no vector."""
        scores = aligned(chunk_ids, dense)
        if self._dense is None or asked.vector is None:
            return scores
        others = np.isnan(scores)
        with self._dense.lease() as store:
            scores[others] = store.scores(asked.vector, chunk_ids[others])
        return scores

    def _coverage(self, terms: Terms, lexical: Ranking) -> float:
        """The best score as a share of what all of the question's terms weigh; about 1 where a chunk has them all."""
        if self._lexical is None or not len(lexical):
            return 0.0
        with self._lexical.lease() as index:
            return float(lexical.scores[0]) / index.rarity(terms)

    def _is_foreign(self, question: str, dense: Ranking) -> bool:
        best = self._library.texts(dense.chunk_ids[:_LOOKED_AT].tolist())
        return in_another_script(question, (text for _, text in best))
