"""The product's own store, ingestion, indexes and search, put together over a folder that is thrown away.

Takes ready pages or a folder of documents; gives rankings of page ids. Knows no questions and no measure.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from ai_chat.analyzer import Analyzer
from ai_chat.chunking import FINGERPRINT, SIZES, Sizes
from ai_chat.embedding import Embedder
from ai_chat.errors import InputError
from ai_chat.evaluation.datasets import Page, unit_id
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.ingest import Backfill, Indexer, Ingestion, store_units
from ai_chat.lazy import Lazy
from ai_chat.loaders import KNOWN_SUFFIXES
from ai_chat.loaders.client import Parsers
from ai_chat.loaders.normalise import normalise
from ai_chat.search.searcher import Searcher
from ai_chat.store import Store, text_sha256
from ai_chat.types import DEFAULT_COLLECTION, Mode, Problem, Scope, SearchResult, Unit, UnitRef

PARSER = "eval-pages/1"
SCOPE = Scope(collections=(DEFAULT_COLLECTION,))

Progress = Callable[[int, int], None]
PageId = Callable[[str, UnitRef], str]


class Bench:
    """`embedder` None leaves the dense leg out. One thread."""

    def __init__(self, home: Path, embedder: Embedder | None, sizes: Sizes = SIZES) -> None:
        self._home = home
        self._store = Store.open(home / "library.db")
        self._analyzer = Analyzer()
        self._embedder = embedder
        self._sizes = sizes
        fields = self._analyzer.fields
        self._lexical = Lazy(lambda: LexicalIndex.open(home / "lexical", fields, writable=True), LexicalIndex.close)
        dim = embedder.dim if embedder else 0
        self._dense = Lazy(lambda: LazyVectorStore.open(home / "dense", dim, writable=True), LazyVectorStore.close)
        self._indexer = Indexer(self._store, self._analyzer, self._lexical)
        self.searcher = self._open_searcher()
        self._page_id: PageId = _numbered

    def add_pages(self, pages: Iterable[Page], on_progress: Progress) -> frozenset[str]:
        """Each document's pages as its units; gives their ids. Keyword-searchable afterwards."""
        self._page_id = _labelled
        ids: set[str] = set()
        for name, units in _documents(pages).items():
            self._publish(name, units)
            ids.update(unit.label for unit in units)
        self._indexer.catch_up(on_progress)
        return frozenset(ids)

    def add_documents(self, folder: Path, on_progress: Progress) -> tuple[frozenset[str], tuple[Problem, ...]]:
        """Read a folder as `ingest` does; gives the ids of all units, and what could not be read.

        Where nothing could be, the first reason is raised as InputError.
        """
        parsers = Parsers(os.cpu_count() or 1)
        problems = []
        read = 0
        try:
            ingestion = Ingestion(self._store, parsers, self._indexer, KNOWN_SUFFIXES, self._home / "files")
            for event in ingestion.run([folder], DEFAULT_COLLECTION):
                on_progress(event.done, event.total)
                read += event.outcome == "added"
                if event.outcome and event.problem:
                    problems.append(event.problem)
        finally:
            parsers.close()
        if not read:
            raise InputError(problems[0].code, **problems[0].values)
        return frozenset(self._stored_ids()), tuple(problems)

    def add_vectors(self) -> None:
        """Give every chunk its vector."""
        embedder = self._embedder
        if embedder is None:
            return
        Backfill(self._store, self._dense, Lazy(lambda: embedder), embedder.fingerprint).fill()

    def chunks(self) -> int:
        return sum(document.chunks for document in self._store.library.documents(SCOPE))

    def search(self, question: str, mode: Mode, top_k: int) -> SearchResult:
        return self.searcher.search(question, SCOPE, top_k=top_k, mode=mode, wait=None)

    def ranking(self, result: SearchResult, depth: int) -> list[str]:
        """The first `depth` pages, each at the rank of its best chunk; near-duplicates come after the hit that shows them."""
        ids: dict[str, None] = {}
        for hit in result.hits:
            ids[self._page_id(hit.document, hit.unit)] = None
            ids.update((self._page_id(place.document, place.unit), None) for place in hit.duplicates)
        return list(itertools.islice(ids, depth))

    def page(self, document: str, unit: UnitRef) -> str:
        """The id of the page that a hit or a citation names."""
        return self._page_id(document, unit)

    def pages(self, chunk_ids: Sequence[int]) -> list[str]:
        """The page of each chunk."""
        passages = self._store.library.passages(chunk_ids, SCOPE)
        return [self._page_id(passages[chunk].document, passages[chunk].unit) for chunk in chunk_ids]

    def close(self) -> None:
        for lazy in (self._lexical, self._dense):
            lazy.unload()
        self._store.close()

    def _open_searcher(self) -> Searcher:
        embedder = self._embedder
        if embedder is None:
            return Searcher(self._store, self._analyzer, self._lexical, None, None)
        dense = (self._dense, Lazy(lambda: embedder))
        return Searcher(self._store, self._analyzer, self._lexical, *dense)

    def _publish(self, name: str, units: Sequence[Unit]) -> None:
        library = self._store.library
        document = library.put_document(DEFAULT_COLLECTION, name, name, name)
        digest = text_sha256("\f".join([name, *(unit.text for unit in units)])).hex()
        version = self._store.versions.begin(digest, PARSER, FINGERPRINT)
        store_units(self._store, version, units, self._sizes)
        self._store.versions.finish(version)
        library.publish(document, version, "searchable")

    def _stored_ids(self) -> Iterator[str]:
        library = self._store.library
        for document in library.documents(SCOPE):
            for unit in library.document(document.id).units:
                yield unit_id(document.name, unit.number)


def _documents(pages: Iterable[Page]) -> dict[str, list[Unit]]:
    """Units by document, labelled with the ids of their pages."""
    documents: dict[str, list[Unit]] = {}
    for page in pages:
        text, offsets = normalise(page.text)
        units = documents.setdefault(page.document, [])
        units.append(Unit("page", len(units) + 1, page.id, text, offsets))
    return documents


def _labelled(_document: str, unit: UnitRef) -> str:
    return unit.label


def _numbered(document: str, unit: UnitRef) -> str:
    return unit_id(document, unit.number)
