"""Vectors behind the library, over real SQLite and the real vector file; the embedder is our own double."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ai_chat.index.vectors import LazyVectorStore
from ai_chat.ingest import Backfill
from ai_chat.lazy import Lazy
from ai_chat.store import Store
from ai_chat.types import Chunk, Scope, Unit
from tests.doubles import HashingEmbedder

DIM = 32


def open_dense(folder: Path) -> Lazy[LazyVectorStore]:
    return Lazy(lambda: LazyVectorStore.open(folder, DIM, writable=True), lambda dense: dense.close())


class Bench:
    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder / "library.db")
        self.embedder = HashingEmbedder(dim=DIM)
        self.dense = open_dense(folder / "dense")
        self.backfill = Backfill(self.store, self.dense, Lazy(lambda: self.embedder), self.embedder.fingerprint)

    def add(self, name: str, texts: list[str]) -> str:
        library = self.store.library
        document = library.put_document("documents", name, name, name)
        version = self.store.versions.begin(name, "p", "c")
        units = [(Unit("page", n, str(n), text), [Chunk(0, len(text), text)]) for n, text in enumerate(texts, 1)]
        self.store.versions.add_units(version, 1, units)
        self.store.versions.finish(version)
        library.publish(document, version, "searchable")
        return document

    def nearest(self, text: str) -> list[str]:
        vector = self.embedder.embed_query(text)
        assert vector is not None
        with self.dense.lease() as dense:
            ids = [int(i) for i in dense.search(vector, 20, None).chunk_ids]
        passages = self.store.library.passages(ids, Scope())
        return [passages[i].text for i in ids if i in passages]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.backfill.stop()
    bench.dense.unload()
    bench.store.close()


def test_every_chunk_gets_its_vector_and_the_document_is_complete(bench: Bench) -> None:
    bench.add("a", [f"내용 {n}" for n in range(30)])
    assert bench.backfill.pending() == 30
    bench.backfill.fill()
    assert bench.backfill.pending() == 0
    assert bench.nearest("내용 7")[0] == "내용 7"
    assert [info.status for info in bench.store.library.documents(Scope())] == ["complete"]


def test_second_document_on_the_same_version_is_complete_too(bench: Bench) -> None:
    bench.add("a", ["같은 글"])
    bench.backfill.fill()
    other = bench.store.library.put_document("other", "b", "b", "b")
    bench.store.library.publish(other, bench.store.library.live_versions()[0], "searchable")
    bench.backfill.fill()
    everything = Scope(collections=("documents", "other"))
    assert {info.status for info in bench.store.library.documents(everything)} == {"complete"}
    with bench.dense.lease() as dense:
        assert len(dense) == 1


def test_lost_vector_file_makes_documents_incomplete_until_it_is_filled(bench: Bench, tmp_path: Path) -> None:
    bench.add("a", ["하나"])
    bench.backfill.fill()
    empty = open_dense(tmp_path / "empty")
    other = Backfill(bench.store, empty, Lazy(lambda: bench.embedder), "other-embedder", give_way=lambda: True)
    other.wake()
    while not other.pending():
        time.sleep(0.01)
    other.stop()
    empty.unload()
    assert [info.status for info in bench.store.library.documents(Scope())] == ["searchable"]


def test_text_is_embedded_once_ever(bench: Bench) -> None:
    bench.add("a", ["같은 글", "다른 글"])
    bench.backfill.fill()
    bench.add("b", ["같은 글"])
    bench.backfill.fill()
    assert sorted(bench.embedder.embedded) == ["같은 글", "다른 글"]
    assert bench.nearest("같은 글").count("같은 글") == 2


def test_filling_again_adds_nothing(bench: Bench) -> None:
    bench.add("a", ["하나", "둘"])
    bench.backfill.fill()
    with bench.dense.lease() as dense:
        dense.commit(0)
    bench.backfill.fill()
    with bench.dense.lease() as dense:
        assert len(dense) == 2
        assert dense.sequence == bench.store.library.sequence()


def test_removed_document_leaves_the_ranking(bench: Bench) -> None:
    document = bench.add("a", ["사라질 글"])
    bench.add("b", ["남는 글"])
    bench.backfill.fill()
    bench.store.library.remove([document])
    bench.backfill.fill()
    assert bench.nearest("사라질 글") == ["남는 글"]


def test_thread_fills_and_settles_and_stops(bench: Bench) -> None:
    bench.add("a", ["하나", "둘", "셋"])
    bench.backfill.wake()
    bench.backfill.settle()
    assert bench.backfill.pending() == 0
    bench.backfill.stop()
    bench.backfill.wake()
    assert bench.backfill.pending() == 0


def test_filling_gives_way_and_goes_on(bench: Bench) -> None:
    asked = iter([True, True, True])
    patient = Backfill(
        bench.store, bench.dense, Lazy(lambda: bench.embedder), "hashing-1", give_way=lambda: next(asked, False)
    )
    bench.add("a", ["하나", "둘"])
    patient.fill()
    assert patient.pending() == 0
    assert next(asked, None) is None


def test_vectors_survive_the_vector_file(bench: Bench, tmp_path: Path) -> None:
    bench.add("a", ["하나", "둘"])
    bench.backfill.fill()
    fresh = open_dense(tmp_path / "fresh")
    Backfill(bench.store, fresh, Lazy(lambda: bench.embedder), bench.embedder.fingerprint).fill()
    assert len(bench.embedder.embedded) == 2
    with bench.dense.lease() as old, fresh.lease() as new:
        vector = bench.embedder.embed_query("하나")
        assert vector is not None
        assert np.allclose(old.search(vector, 2, None).scores, new.search(vector, 2, None).scores)
    fresh.unload()
