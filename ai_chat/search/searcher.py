"""Questions to Hits: two rankings, their fusion, the live passages behind them and in each the sentence that answers best.

Takes a question and a Scope, gives a SearchResult with at most one hit a unit, so that `top_k` hits are `top_k` places.
Knows no model and no file format. Where the dense leg cannot take part, hybrid goes on by keyword and says why in `notices`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np

from ai_chat.analyzer import Analyzer
from ai_chat.chunking import Span
from ai_chat.embedding import Embedder
from ai_chat.errors import InputError, MachineError
from ai_chat.index import IndexDamaged
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.lazy import Lazy
from ai_chat.search.fusion import Candidate, Floats, aligned, empty_ranking, fuse, ranked
from ai_chat.search.sentence import best_sentence, sought
from ai_chat.store import Store, VersionFilter
from ai_chat.types import Hit, Mode, Passage, Problem, Scope, SearchResult

MAX_QUESTION = 4000  # characters; the embedder reads about 1,000 of them
MAX_TOP_K = 1000  # more may be asked for, no more are given
N_CANDIDATES = 100  # a leg
DENSE_WEIGHT = 0.5  # measured: docs/retrieval.md

Terms = Mapping[str, Sequence[str]]


class Searcher:
    """Over one library and its indexes. `lexical`, `dense` and `embedder` are None where they are not to be had.

    `embedder_problem` says why there is no embedder: by default, that it is switched off. `dense_weight`: 0 to 1.
    """

    def __init__(
        self,
        store: Store,
        analyzer: Analyzer,
        lexical: Lazy[LexicalIndex] | None,
        dense: Lazy[LazyVectorStore] | None,
        embedder: Lazy[Embedder] | None,
        embedder_problem: Problem | None = None,
        dense_weight: float = DENSE_WEIGHT,
    ) -> None:
        self._store = store
        self._analyzer = analyzer
        self._lexical = lexical
        self._dense = dense
        self._embedder = embedder
        self._dense_weight = dense_weight
        self._embedder_problem = embedder_problem or Problem("embedder_off")

    def search(
        self, query: str, scope: Scope, *, top_k: int = 5, mode: Mode = "hybrid", wait: float | None = None
    ) -> SearchResult:
        """The best `top_k` units in scope, at most MAX_TOP_K. `wait`: seconds that hybrid gives the query vector.

        InputError: question_empty, question_too_long, top_k_invalid. `dense` alone raises MachineError where it cannot be done.
        IndexDamaged: the caller remakes the index and asks again.
        """
        started = time.perf_counter()
        question = _checked(query, top_k)
        vector, notices = self._question_vector(question, mode, wait)
        done: Mode = "lexical" if vector is None else mode
        terms = self._analyzer.query_terms(question)
        found, partial = self._found(terms, vector, done, scope, min(top_k, MAX_TOP_K))
        wanted = sought(question)
        hits = tuple(
            _hit(rank, candidate, passage, best_sentence(passage.text, wanted))
            for rank, (candidate, passage) in enumerate(found, 1)
        )
        milliseconds = (time.perf_counter() - started) * 1000
        return SearchResult(query, done, hits, milliseconds, (*notices, "vectors_partial") if partial else notices)

    def _question_vector(self, question: str, mode: Mode, wait: float | None) -> tuple[Floats | None, tuple[str, ...]]:
        """None with the notice that says why, where hybrid has to do without."""
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
            raise MachineError(self._embedder_problem.code, **self._embedder_problem.values)
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

    def _found(
        self, terms: Terms, vector: Floats | None, mode: Mode, scope: Scope, wanted: int
    ) -> tuple[list[tuple[Candidate, Passage]], bool]:
        """Candidates with their passages, one a unit; more are fetched until enough are live. True: some had no vector."""
        versions = self._store.library.version_filter(scope)
        depth = max(N_CANDIDATES, 2 * wanted)
        while True:
            candidates, more = self._candidates(terms, vector, mode, depth, versions)
            found = self._one_a_unit(candidates, scope, wanted)
            if len(found) >= wanted or not more:
                return found, mode == "hybrid" and any(candidate.dense is None for candidate in candidates)
            depth *= 4

    def _candidates(
        self, terms: Terms, vector: Floats | None, mode: Mode, depth: int, versions: VersionFilter | None
    ) -> tuple[list[Candidate], bool]:
        """Best first; True when a leg has more than `depth`."""
        lexical = empty_ranking()
        if mode != "dense" and self._lexical is not None:
            with self._lexical.lease() as index:
                lexical = index.search(terms, depth, versions)
        if vector is None or self._dense is None:
            return ranked(lexical.chunk_ids, lexical.scores, lexical.scores, None), len(lexical) == depth
        with self._dense.lease() as store:
            dense = store.search(vector, depth, versions)
            more = depth in (len(lexical), len(dense))
            if mode == "dense":
                return ranked(dense.chunk_ids, dense.scores, None, dense.scores), more
            chunk_ids = np.union1d(lexical.chunk_ids, dense.chunk_ids)
            semantic = store.scores(vector, chunk_ids)
        keywords = aligned(chunk_ids, lexical)
        return ranked(chunk_ids, fuse(keywords, semantic, self._dense_weight), keywords, semantic), more

    def _one_a_unit(
        self, candidates: Sequence[Candidate], scope: Scope, wanted: int
    ) -> list[tuple[Candidate, Passage]]:
        """Each unit by its best live chunk in scope."""
        best: dict[tuple[object, ...], tuple[Candidate, Passage]] = {}
        step = 4 * wanted
        for first in range(0, len(candidates), step):
            part = candidates[first : first + step]
            passages = self._store.library.passages([candidate.chunk_id for candidate in part], scope)
            for candidate in part:
                if passage := passages.get(candidate.chunk_id):
                    best.setdefault((passage.version_id, passage.unit.kind, passage.unit.number), (candidate, passage))
            if len(best) >= wanted:
                break
        return list(best.values())[:wanted]


def _checked(query: str, top_k: int) -> str:
    question = query.strip()
    if not question:
        raise InputError("question_empty")
    if len(question) > MAX_QUESTION:
        raise InputError("question_too_long", length=len(question), limit=MAX_QUESTION)
    if top_k < 1:
        raise InputError("top_k_invalid", value=top_k)
    return question


def _raise_failure(embedder: Lazy[Embedder]) -> None:
    """Why it could not be loaded, if that is what happened; it may also just take longer."""
    if embedder.state == "failed" and isinstance(embedder.error, MachineError):
        raise MachineError(embedder.error.code, **embedder.error.values)


def _hit(rank: int, candidate: Candidate, passage: Passage, sentence: Span) -> Hit:
    start, end = sentence
    return Hit(
        rank=rank,
        score=candidate.score,
        document=passage.document,
        document_id=passage.document_id,
        collection=passage.collection,
        version_id=passage.version_id,
        unit=passage.unit,
        page=passage.unit.number if passage.unit.kind == "page" else None,
        text=passage.text,
        sentence=passage.text[start:end],
        start=passage.start + start,
        end=passage.start + end,
        lexical=candidate.lexical,
        dense=candidate.dense,
    )
