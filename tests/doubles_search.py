"""A small library with both indexes in step with it, for tests of search; its embedder is a double."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ai_chat.analyzer import Analyzer
from ai_chat.chunking import FINGERPRINT, chunk_unit
from ai_chat.embedding import Embedder
from ai_chat.index import Entry
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.vectors import LazyVectorStore
from ai_chat.lazy import Lazy
from ai_chat.search.searcher import Searcher
from ai_chat.store import Store
from ai_chat.types import Unit
from tests.doubles import HashingEmbedder

ANALYZER = Analyzer()
DIM = 384


@dataclass
class Library:
    store: Store
    lexical: LexicalIndex
    dense: LazyVectorStore
    embedder: HashingEmbedder

    def add(self, name: str, *pages: str, collection: str = "documents", dense: bool = True) -> str:
        library = self.store.library
        document = library.put_document(collection, name, name, name)
        version = self.store.versions.begin(f"{collection}/{name}/{pages}", "test", FINGERPRINT)
        units = [Unit("page", number, f"p. {number}", text) for number, text in enumerate(pages, 1)]
        self.store.versions.add_units(version, 0, [(unit, chunk_unit(unit.text)) for unit in units])
        self.store.versions.finish(version)
        library.publish(document, version, "complete")
        chunks = self.store.versions.chunks(version)
        self.lexical.add(Entry(chunk.chunk_id, version, ANALYZER.terms(chunk.text)) for chunk in chunks)
        self.lexical.commit(library.sequence())
        if dense:
            vectors = self.embedder.embed_passages([chunk.text for chunk in chunks])
            self.dense.add([chunk.chunk_id for chunk in chunks], [version] * len(chunks), vectors)
            self.dense.commit(library.sequence())
        return document

    def searcher(self, *, dense: bool = True, embedder: Callable[[], Embedder] | None = None) -> Searcher:
        lazy: Lazy[Embedder] = Lazy(embedder or (lambda: self.embedder))
        return Searcher(
            self.store, ANALYZER, Lazy(lambda: self.lexical), Lazy(lambda: self.dense) if dense else None, lazy
        )


@contextmanager
def open_library(folder: Path) -> Iterator[Library]:
    store = Store.open(folder / "library.db")
    lexical = LexicalIndex.open(folder / "lexical", ANALYZER.fields, writable=True)
    dense = LazyVectorStore.open(folder / "dense", DIM, writable=True)
    try:
        yield Library(store, lexical, dense, HashingEmbedder(DIM))
    finally:
        lexical.close()
        dense.close()
        store.close()
