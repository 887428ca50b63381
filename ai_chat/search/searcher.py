"""Questions to Hits: filters, two rankings, their fusion, and the passages behind them.

Takes a question and a Scope, gives a SearchResult with at most one hit a unit, so that `top_k` hits are `top_k` places.
Knows no model and no file format. Where the dense leg cannot take part, hybrid goes on by keyword and says why in `notices`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ai_chat.analyzer import Analyzer
from ai_chat.embedding import Embedder
from ai_chat.errors import InputError, MachineError
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.lazy import Lazy
from ai_chat.search.fusion import Candidates
from ai_chat.search.hits import HitMaker
from ai_chat.search.judging import DEFAULT, Calibration, judge
from ai_chat.search.legs import Asked, Legs, Seen
from ai_chat.search.nearest import SECONDS, NearestSentences
from ai_chat.search.phrases import allowed_chunks
from ai_chat.search.query import Query, narrowed, parse_query, require_words
from ai_chat.search.sentence import sought
from ai_chat.search.signs import Reader, Signs, signs_of
from ai_chat.search.vector import QuestionVectors
from ai_chat.store import Store, VersionFilter
from ai_chat.types import Hit, Judgement, Mode, Problem, Scope, SearchResult

MAX_QUESTION = 4000  # characters; the embedder reads about 1,000 of them
MAX_TOP_K = 1000  # more may be asked for, no more are given
N_CANDIDATES = 100  # a leg
_DEEPER = 16  # times as many, where most are dead or say the same


class _Found(NamedTuple):
    """`lacks_vectors`: some of the candidates have none."""

    hits: tuple[Hit, ...]
    candidates: Candidates
    lacks_vectors: bool


class Looked(NamedTuple):
    """`signs` None where nothing was found."""

    hits: tuple[Hit, ...]
    signs: Signs | None


class Searcher:
    """Over one library and its indexes. `lexical`, `dense` and `embedder` are None where they are not to be had.

    `embedder_problem` says why there is no embedder: by default, that it is switched off. `calibration` is asked for at each search.
    """

    def __init__(
        self,
        store: Store,
        analyzer: Analyzer,
        lexical: Lazy[LexicalIndex] | None,
        dense: Lazy[LazyVectorStore] | None,
        embedder: Lazy[Embedder] | None,
        embedder_problem: Problem | None = None,
        calibration: Callable[[], Calibration] = lambda: DEFAULT,
    ) -> None:
        self.store = store
        self._calibration = calibration
        self.reader = Reader(analyzer)
        self._analyzer = analyzer
        self._lexical = lexical
        self._vectors = QuestionVectors(dense, embedder, embedder_problem)
        self._hits = HitMaker(store)
        self._nearest = NearestSentences(embedder) if embedder else None
        self.legs = Legs(store, lexical, dense)
        self.blind: frozenset[Mode] = frozenset()  # legs that find too few of known passages: search/selfcheck.py

    def search(
        self, query: str, scope: Scope, *, top_k: int = 5, mode: Mode = "hybrid", wait: float | None = None
    ) -> SearchResult:
        """The best `top_k` units in scope, at most MAX_TOP_K. `wait`: seconds that hybrid gives the query vector.

        InputError: question_empty, question_too_long, question_without_words, top_k_invalid, filter_invalid.
        `dense` alone raises MachineError where it cannot be done. IndexDamaged: the caller remakes the index and asks again.
        """
        started = time.perf_counter()
        parsed = _checked(query, top_k)
        asked, late = self.asked(parsed.text, mode, wait)
        notices = [*late]
        narrow = narrowed(scope, parsed)
        wanted = min(top_k, MAX_TOP_K)
        found = self._search(asked, narrow, self._seen(parsed, narrow), wanted)
        hits = found.hits
        unfiltered = None
        if not hits and (narrow.filters or narrow != scope or parsed.phrases or parsed.excluded):
            unfiltered = self._unfiltered(asked, scope, wanted)
            notices += ["filter_matches_nothing"] if unfiltered else []  # else it is not the filters' doing
        if found.lacks_vectors:
            notices.append("vectors_partial")
        hits, failed = self._mended(hits, asked, None if wait is None else SECONDS)
        notices += [*failed, *self._doubtful(asked.mode)]
        judgement = self.judged(asked, hits, found.candidates)
        milliseconds = (time.perf_counter() - started) * 1000
        return SearchResult(query, asked.mode, hits, milliseconds, tuple(notices), unfiltered, judgement)

    def look(
        self, query: str, scope: Scope, without: frozenset[int] = frozenset(), top_k: int = 5, mode: Mode = "hybrid"
    ) -> Looked:
        """A search as if these versions were not there, with what it has to be judged by."""
        parsed = _checked(query, top_k)
        asked, _notices = self.asked(parsed.text, mode, None)
        narrow = narrowed(scope, parsed)
        found = self._search(asked, narrow, _leaving_out(self._seen(parsed, narrow), without), top_k)
        hits, _failed = self._mended(found.hits, asked, None)
        return Looked(hits, self._signs(asked, hits, found.candidates))

    def asked(self, question: str, mode: Mode, wait: float | None) -> tuple[Asked, tuple[str, ...]]:
        """The question as the legs need it, in the mode that can be done, with notices where that is less."""
        vector, notices = self._vectors.get(question, mode, wait)
        done: Mode = "lexical" if vector is None else mode
        return Asked(question, self._analyzer.query_terms(question), vector, done), notices

    def _mended(
        self, hits: tuple[Hit, ...], asked: Asked, seconds: float | None
    ) -> tuple[tuple[Hit, ...], tuple[str, ...]]:
        """With better sentences where the words do not tell; as they are, and why, where the embedder fails."""
        if self._nearest is None or asked.vector is None:
            return hits, ()
        try:
            return self._nearest.mended(hits, sought(asked.text), asked.vector, seconds), ()
        except MachineError as error:
            return hits, (error.code,)

    def judged(self, asked: Asked, hits: Sequence[Hit], candidates: Candidates) -> Judgement | None:
        """None where there is nothing to judge by."""
        signs = self._signs(asked, hits, candidates)
        return judge(signs, self._calibration()) if signs else None

    def _signs(self, asked: Asked, hits: Sequence[Hit], candidates: Candidates) -> Signs | None:
        """None where nothing was found, and where words were not compared."""
        if not hits or asked.mode == "dense":
            return None
        words = self.legs.words(asked.text, self.reader)
        return None if words is None else signs_of(words, hits, candidates)

    def _unfiltered(self, asked: Asked, scope: Scope, wanted: int) -> int:
        """How many hits there are without any filter."""
        whole = replace(scope, filters=())
        return len(self._search(asked, whole, self._seen(Query(asked.text), whole), wanted).hits)

    def _doubtful(self, mode: Mode) -> list[str]:
        return [f"{leg}_doubtful" for leg in sorted(self.blind) if mode in (leg, "hybrid")]

    def _seen(self, query: Query, scope: Scope) -> Seen:
        versions = self.store.library.version_filter(scope)
        if self._lexical is None or not (query.phrases or query.excluded):
            return Seen(versions)
        with self._lexical.lease() as index:
            return Seen(versions, allowed_chunks(query, versions, self._analyzer, index, self.store.library))

    def _search(self, asked: Asked, scope: Scope, seen: Seen, wanted: int) -> _Found:
        """More candidates are fetched while too few of them are live or different."""
        looked_for = sought(asked.text)
        depth = max(N_CANDIDATES, 2 * wanted)
        deepest = _DEEPER * depth
        while True:
            candidates = self.legs.candidates(asked, depth, seen)
            hits = self._hits.hits(candidates, scope, wanted, looked_for)
            if len(hits) >= wanted or not candidates.more or depth >= deepest:
                return _Found(hits, candidates, asked.mode == "hybrid" and _lacks_vectors(candidates))
            depth *= 4


def _leaving_out(seen: Seen, versions: frozenset[int]) -> Seen:
    """Without these versions, too."""
    filtered = seen.versions
    if filtered is None or filtered.exclude:
        return replace(seen, versions=VersionFilter(versions | (filtered.versions if filtered else frozenset()), True))
    return replace(seen, versions=VersionFilter(filtered.versions - versions, False))


def _lacks_vectors(candidates: Candidates) -> bool:
    return candidates.dense is not None and bool(np.isnan(candidates.dense).any())


def _checked(query: str, top_k: int) -> Query:
    question = query.strip()
    if len(question) > MAX_QUESTION:
        raise InputError("question_too_long", length=len(question), limit=MAX_QUESTION)
    if top_k < 1:
        raise InputError("top_k_invalid", value=top_k)
    parsed = parse_query(question)
    require_words(parsed)
    return parsed
