"""A home of any size, filled by the product's own parts from benchmarks/corpus.py; searched with the questions' own vectors.

Gives what filling took: CPU seconds, since the machine may be shared. Nothing is embedded.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from corpus import Source, Vectors, documents, grow

from ai_chat import chunking
from ai_chat.analyzer import Analyzer
from ai_chat.app.indexes import Indexes
from ai_chat.embedding import EmbedderInfo
from ai_chat.ingest import store_units
from ai_chat.ingest.restore import restore_vectors
from ai_chat.lazy import Lazy
from ai_chat.search.searcher import Searcher
from ai_chat.store import Store, text_sha256
from ai_chat.types import Unit

MOST, FEW = "documents", "archive"  # collections: nine documents of ten, and the tenth


@dataclass(slots=True)
class Taken:
    """CPU seconds by what they went into."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        started = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - started


class KnownQuestions:
    """An embedder that has its vectors by heart; any other text is given that of the first question."""

    def __init__(self, info: EmbedderInfo, texts: Sequence[str], vectors: Vectors) -> None:
        self.dim, self.fingerprint, self.pid = info.dim, info.fingerprint, None
        self._vectors: dict[str, Vectors] = dict(zip(texts, vectors, strict=True))
        self._any: Vectors = vectors[0]

    def embed_query(self, text: str, timeout: float | None = None) -> Vectors:
        return self._vectors.get(text, self._any)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        raise AssertionError("all vectors are there")

    def close(self) -> None: ...


class Home:
    """`info`: whose vectors they are said to be, so that the product's own commands find them."""

    def __init__(self, path: Path, info: EmbedderInfo, *, owning: bool = True) -> None:
        self.vectors_file = path / "vectors.npy"  # as they were made, chunk by chunk
        self.store = Store.open(path / "library.db", read_only=not owning)
        self.analyzer = Analyzer()
        self.info = info
        self.indexes = Indexes(path / "index", self.store, self.analyzer, info, owning, lambda _problem: None)

    def searcher(self, known: KnownQuestions) -> Searcher:
        return Searcher(self.store, self.analyzer, self.indexes.lexical, self.indexes.dense, Lazy(lambda: known))

    def chunks(self) -> int:
        return self.store.library.counts()["chunks"]

    def fill(self, source: Source, chunks: int) -> Taken:
        """About so many chunks, a document after the other, and their vectors."""
        taken, made, known = Taken(), 0, dict[bytes, Vectors]()
        vectors = np.concatenate(list(grow(source.vectors, chunks + 1000)))
        for number, units in enumerate(documents(source), start=1):
            with taken.time("store"):
                version = self.publish(number, units)
            made += self._keep_vectors(version, vectors[made:], known)
            with taken.time("terms and keyword index"):
                self.indexes.indexer.feed()
            if made >= chunks:
                break
        with taken.time("terms and keyword index"):
            self.indexes.indexer.catch_up()
        np.save(self.vectors_file, vectors[:made])
        with taken.time("vector index"), self.indexes.dense.lease() as dense:
            for _done in restore_vectors(self.store, dense, self.info.fingerprint):
                pass
        return taken

    def publish(self, number: int, units: Sequence[Unit]) -> int:
        """The version that the document with this number stands on."""
        name = f"문서 {number}.pdf"
        document = self.store.library.put_document(MOST if number % 10 else FEW, name, name, name)
        digest = text_sha256("\f".join(unit.text for unit in units)).hex()
        version = self.store.versions.begin(digest, "benchmark", chunking.FINGERPRINT)
        content = store_units(self.store, version, units)
        self.store.versions.finish(version, content)
        self.store.library.publish(document, version, "searchable")
        return version

    def close(self) -> None:
        self.indexes.close()
        self.store.close()

    def _keep_vectors(self, version: int, vectors: Vectors, known: dict[bytes, Vectors]) -> int:
        """The same text has the same vector: `vectors` are changed where it does."""
        chunks = self.store.versions.chunks(version)
        for row, chunk in enumerate(chunks):
            vectors[row] = known.setdefault(chunk.text_sha256, vectors[row].astype(np.float16)).astype(np.float32)
        kept = {chunk.text_sha256: known[chunk.text_sha256].tobytes() for chunk in chunks}
        self.store.vectors.put(self.info.fingerprint, kept)
        return len(chunks)
