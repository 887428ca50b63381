"""Ways to find the nearest of many vectors: what each finds of the true best, what a question costs, what a row takes.

    python benchmarks/vectors.py [--chunks 10000 100000] [--questions 100] [--json]

Vectors as in benchmarks/corpus.py, asked with those of real questions. `ours` is LazyVectorStore: bits choose candidates, 16-bit
rows score them; `bits, N` scores the N nearest by bits. Exact ways walk over all rows in blocks, on one thread as ours does.
CPU milliseconds; each way at its best of three.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from corpus import Source, Vectors, grow, likeness
from index import cpu_ms, source_for, spread
from numpy.typing import NDArray

from ai_chat.config import load_settings
from ai_chat.embedding import describe_embedder
from ai_chat.index.bits import distances, sign_bits
from ai_chat.index.rows import SCALE
from ai_chat.index.vectors import LazyVectorStore

TOP = 100
DEPTHS = (500, 1000, 2000, 5000)
BLOCK = 4096
Ids = NDArray[np.intp]
Way = Callable[[Vectors], Ids]


def best(scores: NDArray[np.float32], places: Ids | None = None) -> Ids:
    order = np.argpartition(-scores, TOP)[:TOP]
    order = order[np.argsort(-scores[order], kind="stable")]
    return order if places is None else places[order]


def blocks(rows: NDArray[Any], vector: Vectors) -> NDArray[np.float32]:
    parts = (rows[start : start + BLOCK].astype(np.float32, copy=False) for start in range(0, len(rows), BLOCK))
    return np.concatenate([np.einsum("ij,j->i", part, vector) for part in parts])


def ways(vectors: Vectors, store: LazyVectorStore) -> Iterator[tuple[str, int, Way]]:
    """Name, bytes a row, and the way."""
    dim = vectors.shape[1]
    yield "float32, exact", 4 * dim, lambda vector: best(blocks(vectors, vector))
    scale = np.abs(vectors).max(axis=1) / 127
    rows = np.rint(vectors / scale[:, None]).astype(np.int8)
    yield "int8, all rows", dim + 4, lambda vector: best(blocks(rows, vector) * scale)
    yield "ours", 2 * dim + dim // 8 + 16, lambda vector: store.search(vector, TOP).chunk_ids.astype(np.intp)
    numbers = np.rint(vectors * SCALE).astype(np.int16)
    centre = np.rint(numbers.mean(axis=0, dtype=np.float64)).astype(np.int16)
    for name, middle in (("bits", centre), ("bits without centre", np.zeros_like(centre))):
        bits = sign_bits(numbers, middle)
        for depth in DEPTHS if name == "bits" else DEPTHS[1:2]:
            if depth < len(vectors):
                yield f"{name}, {depth}", 2 * dim + dim // 8, _by_bits(numbers, bits, middle, depth)


def _by_bits(numbers: NDArray[np.int16], bits: NDArray[np.uint64], centre: NDArray[np.int16], depth: int) -> Way:
    def way(vector: Vectors) -> Ids:
        apart = distances(bits, sign_bits(vector[None] * np.float32(SCALE), centre)[0])
        places = np.flatnonzero(apart <= np.partition(apart, depth - 1)[depth - 1])
        return best(np.einsum("ij,j->i", numbers[places].astype(np.float32), vector), places)

    return way


def compare(vectors: Vectors, asked: Vectors, store: LazyVectorStore) -> dict[str, Any]:
    exact: list[Ids] = []
    found: dict[str, Any] = {}
    for name, size, way in ways(vectors, store):
        given = [way(vector) for vector in asked]
        exact = exact or given
        times = [min(cpu_ms(partial(way, vector)) for _ in range(3)) for vector in asked]
        found[name] = {
            **spread(times),
            "recall@10": _shared(exact, given, 10),
            "recall@100": _shared(exact, given, 100),
            "bytes_a_row": size,
        }
    return found


def _shared(exact: list[Ids], given: list[Ids], depth: int) -> float:
    pairs = zip(exact, given, strict=True)
    return round(statistics.mean(len(np.intersect1d(a[:depth], b[:depth])) / depth for a, b in pairs), 4)


def filled(folder: Path, vectors: Vectors) -> tuple[LazyVectorStore, dict[str, float]]:
    """The store, and what filling it, a small commit and a compaction took."""
    store = LazyVectorStore.open(folder, vectors.shape[1], writable=True)

    def add(start: int, stop: int) -> None:
        for first in range(start, stop, BLOCK):
            ids = np.arange(first, min(first + BLOCK, stop))
            store.add(ids, ids // 20, vectors[ids])
        store.commit(1)

    filling = cpu_ms(lambda: add(0, len(vectors) - 10))
    small = [cpu_ms(lambda n=n: add(n, n + 1)) for n in range(len(vectors) - 10, len(vectors))]  # type: ignore[misc]
    compaction = cpu_ms(store.compact)
    return store, {
        "added_per_cpu_second": round(1000 * len(vectors) / filling),
        "small_commit_ms": round(statistics.median(small), 2),
        "compaction_s": round(compaction / 1000, 2),
    }


def at_size(source: Source, chunks: int) -> dict[str, Any]:
    vectors = np.concatenate(list(grow(source.vectors, chunks)))
    with tempfile.TemporaryDirectory(prefix="ai-chat-vectors-") as folder:
        store, costs = filled(Path(folder, "dense"), vectors)
        with closing(store):
            table = compare(vectors, source.asked, store)
    return {"chunks": chunks, "likeness": likeness(vectors[:100_000], source.asked), "costs": costs, "ways": table}


def show(found: Mapping[str, Any]) -> None:
    print(f"{found['chunks']} vectors; {found['likeness']}; {found['costs']}")
    for name, row in found["ways"].items():
        print(
            f"  {name:26} {row['p50']:7.2f} ms CPU (p95 {row['p95']:.2f})   recall@10 {row['recall@10']:.4f}"
            f"   recall@100 {row['recall@100']:.4f}   {row['bytes_a_row']} bytes a row"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    source = source_for(describe_embedder(load_settings().embedder), given.questions)
    sizes = []
    for chunks in given.chunks:
        sizes.append(at_size(source, chunks))
        if not given.json:
            show(sizes[-1])
    if given.json:
        print(json.dumps({"schema": 1, "real": source.real, "sizes": sizes}, ensure_ascii=False))


if __name__ == "__main__":
    main()
