"""What reading tells a Meter: documents, chunks and vectors that were made, failures by their code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ai_chat.index.vectors import LazyVectorStore
from ai_chat.ingest import Backfill, Ingestion
from ai_chat.lazy import Lazy
from ai_chat.metrics import Meter
from tests.doubles import HashingEmbedder
from tests.doubles_ingest import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def measured(bench: Bench, meter: Meter) -> Ingestion:
    return Ingestion(bench.store, bench.parsers, bench.indexer, (".txt",), bench.kept, meter=meter)


def test_what_is_read_is_counted_and_what_fails_is_told(bench: Bench) -> None:
    bench.write("a.txt", "하나\f둘\f셋")
    bench.write("b.txt", "넷")
    bench.write("locked.txt", "@locked\n다섯")
    meter = Meter()
    list(measured(bench, meter).run([bench.folder], "documents"))
    told = meter.metrics()
    assert (told.counts["documents"], told.counts["chunks"]) == (2, 4)
    assert told.speeds["documents"] > 0
    assert told.failures["password_needed"].problem.values == {"name": "locked.txt"}


def test_what_is_there_already_is_not_counted_again(bench: Bench) -> None:
    bench.write("a.txt", "하나")
    bench.ingest()
    meter = Meter()
    list(measured(bench, meter).run([bench.folder], "documents"))
    assert meter.metrics().counts["documents"] == 0


def test_vectors_are_told_as_they_are_made_once_for_each_text(bench: Bench, tmp_path: Path) -> None:
    bench.write("a.txt", "하나\f둘\f하나")
    bench.ingest()
    made: list[int] = []
    embedder = HashingEmbedder(dim=32)
    dense = Lazy(lambda: LazyVectorStore.open(tmp_path / "dense", 32, writable=True), lambda index: index.close())
    Backfill(bench.store, dense, Lazy(lambda: embedder), embedder.fingerprint, made=made.append).fill()
    dense.unload()
    assert sum(made) == 2
