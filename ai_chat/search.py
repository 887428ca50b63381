"""Questions to Hits: two rankings, their fusion, the live passages behind them and in each the sentence that answers best.

Takes a question and a Scope, gives a SearchResult with at most one hit a unit, so that `top_k` hits are `top_k` places.
Knows no model and no file format. Where the dense leg cannot take part, hybrid goes on by keyword and says why in `notices`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai_chat.analyzer import Analyzer, answer_form
from ai_chat.chunking import Span, cut_span, split_sentences
from ai_chat.embedding import Embedder
from ai_chat.errors import InputError, MachineError
from ai_chat.index import IndexDamaged, Ranking
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.lazy import Lazy
from ai_chat.store import Store, VersionFilter
from ai_chat.types import Hit, Mode, Passage, Problem, Scope, SearchResult

MAX_QUESTION = 4000  # characters; the embedder reads about 1,000 of them
MAX_TOP_K = 1000  # more may be asked for, no more are given
N_CANDIDATES = 100  # a leg
DENSE_WEIGHT = 0.5  # measured: docs/retrieval.md
MAX_SENTENCE = 300
MAX_HEADING = 40
HEADING_SHARE = 0.5
FORM_WEIGHT = 0.3  # measured with HEADING_SHARE: docs/retrieval.md

Floats = NDArray[np.float32]
Terms = Mapping[str, Sequence[str]]
Rarity = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    chunk_id: int
    score: float
    lexical: float | None
    dense: float | None


class Searcher:
    """Over one library and its indexes. `lexical`, `dense` and `embedder` are None where they are not to be had.

    `embedder_problem` says why there is no embedder: by default, that it is switched off.
    """

    def __init__(
        self,
        store: Store,
        analyzer: Analyzer,
        lexical: Lazy[LexicalIndex] | None,
        dense: Lazy[LazyVectorStore] | None,
        embedder: Lazy[Embedder] | None,
        embedder_problem: Problem | None = None,
    ) -> None:
        self._store = store
        self._analyzer = analyzer
        self._lexical = lexical
        self._dense = dense
        self._embedder = embedder
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
        rarity = self._rarity(terms) if found else {}
        form = answer_form(question)
        hits = tuple(
            _hit(rank, candidate, passage, best_sentence(passage.text, self._analyzer, rarity, form))
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
    ) -> tuple[list[tuple[_Candidate, Passage]], bool]:
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
    ) -> tuple[list[_Candidate], bool]:
        """Best first; True when a leg has more than `depth`."""
        lexical = _empty_ranking()
        if mode != "dense" and self._lexical is not None:
            with self._lexical.lease() as index:
                lexical = index.search(terms, depth, versions)
        if vector is None or self._dense is None:
            return _ranked(lexical.chunk_ids, lexical.scores, lexical.scores, None), len(lexical) == depth
        with self._dense.lease() as store:
            dense = store.search(vector, depth, versions)
            more = depth in (len(lexical), len(dense))
            if mode == "dense":
                return _ranked(dense.chunk_ids, dense.scores, None, dense.scores), more
            chunk_ids = np.union1d(lexical.chunk_ids, dense.chunk_ids)
            semantic = store.scores(vector, chunk_ids)
        keywords = _aligned(chunk_ids, lexical)
        return _ranked(chunk_ids, fuse(keywords, semantic, DENSE_WEIGHT), keywords, semantic), more

    def _one_a_unit(
        self, candidates: Sequence[_Candidate], scope: Scope, wanted: int
    ) -> list[tuple[_Candidate, Passage]]:
        """Each unit by its best live chunk in scope."""
        best: dict[tuple[object, ...], tuple[_Candidate, Passage]] = {}
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

    def _rarity(self, terms: Terms) -> Rarity:
        if self._lexical is None:
            return {field: dict.fromkeys(some, 1.0) for field, some in terms.items()}
        with self._lexical.lease() as index:
            return index.rarity(terms)


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


def best_sentence(text: str, analyzer: Analyzer, rarity: Rarity, form: re.Pattern[str] | None = None) -> Span:
    """The sentence with the most rare terms of the question in it, at most MAX_SENTENCE long; the first where none has any.

    One that has the `form` of an answer counts FORM_WEIGHT of the best more; a heading gives most of its weight to what
    stands under it.
    """
    spans = list(_sentences(text))
    if not spans:
        return 0, min(len(text), MAX_SENTENCE)
    own = [_weight(analyzer.terms(text[start:end]), rarity) for start, end in spans]
    most = max(own)
    weights = [0.0] * len(spans)
    is_short = [_is_short_line(text[start:end]) for start, end in spans]
    for row, (start, end) in enumerate(spans):
        weights[row] += own[row]
        if row + 1 < len(spans) and is_short[row] and not is_short[row + 1]:
            weights[row] -= HEADING_SHARE * own[row]
            weights[row + 1] += HEADING_SHARE * own[row]
        if form and most and form.search(text, start, end):
            weights[row] += FORM_WEIGHT * most
    return spans[max(range(len(spans)), key=weights.__getitem__)]


def _weight(terms: Terms, rarity: Rarity) -> float:
    found = {field: weights.keys() & set(terms.get(field, ())) for field, weights in rarity.items()}
    return sum(rarity[field][term] for field in found for term in found[field])


def _is_short_line(sentence: str) -> bool:
    """As a heading is, or a row of a table."""
    return len(sentence) <= MAX_HEADING and not sentence.rstrip("\"')]”’").endswith(
        (".", "?", "!", "다", "요", "음", "함")
    )


def _sentences(text: str) -> Iterator[Span]:
    for span in split_sentences(text):
        yield from cut_span(text, span, MAX_SENTENCE)


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


def _empty_ranking() -> Ranking:
    return Ranking(np.empty(0, np.int64), np.empty(0, np.float32))


def _aligned(chunk_ids: NDArray[np.int64], ranking: Ranking) -> Floats:
    """A ranking's scores in the order of the sorted `chunk_ids`, NaN where it lacks one."""
    scores = np.full(len(chunk_ids), np.nan, np.float32)
    scores[np.searchsorted(chunk_ids, ranking.chunk_ids)] = ranking.scores
    return scores


def _ranked(
    chunk_ids: NDArray[np.int64], scores: Floats, lexical: Floats | None, dense: Floats | None
) -> list[_Candidate]:
    return [
        _Candidate(int(chunk_ids[row]), float(scores[row]), _score(lexical, row), _score(dense, row))
        for row in np.lexsort((chunk_ids, -scores))
    ]


def _score(scores: Floats | None, row: int) -> float | None:
    return None if scores is None or np.isnan(scores[row]) else float(scores[row])


def _hit(rank: int, candidate: _Candidate, passage: Passage, sentence: Span) -> Hit:
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
