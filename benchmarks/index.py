"""What the two indexes cost: filling, committing, searching, memory, at a given number of chunks.

    python benchmarks/index.py [--chunks 10000] [--questions 200] [--json]

Chunks are shuffled sentences of a fixed Korean vocabulary, vectors random; CPU time, since the machine may be shared.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ai_chat.analyzer import Analyzer
from ai_chat.index import Entry
from ai_chat.index.lexical import LexicalIndex
from ai_chat.index.vectors import LazyVectorStore

DIM = 384
CHUNK = 400  # characters
SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4, 17)]
ENDINGS = ("은", "는", "이", "을", "를", "에서", "으로", "하고", "한다.", "")


def vocabulary(rng: random.Random, size: int = 20_000) -> list[str]:
    return ["".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 2, 3, 4)))) for _ in range(size)]


def texts(rng: random.Random, count: int, length: int) -> Iterator[str]:
    """Words as frequent as in language: the n-th is drawn about 1/n times as often as the first."""
    words = vocabulary(rng)
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    for _ in range(count):
        drawn = rng.choices(words, weights, k=length // 4)
        yield " ".join(word + rng.choice(ENDINGS) for word in drawn)[:length]


def cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def resident() -> dict[str, float]:
    """Own and file-backed memory in MB."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        name: round(int(lines[key].split()[0]) / 1024, 1) for name, key in (("own", "RssAnon"), ("files", "RssFile"))
    }


def percentiles(seconds: list[float]) -> dict[str, float]:
    cut = statistics.quantiles(seconds, n=20)
    return {"p50_ms": round(statistics.median(seconds) * 1000, 2), "p95_ms": round(cut[-1] * 1000, 2)}


def lexical(folder: Path, count: int, questions: int) -> dict[str, Any]:
    rng, analyzer = random.Random(1), Analyzer()
    passages = list(texts(rng, count, CHUNK))
    entries: list[Entry] = []
    analysing = cpu(lambda: entries.extend(Entry(n, n // 20, analyzer.terms(t)) for n, t in enumerate(passages)))
    index = LexicalIndex.open(folder, analyzer.fields, writable=True)
    adding = cpu(lambda: index.add(entries))
    first = cpu(lambda: index.commit(1))
    entries.clear()
    one = Entry(count, count, analyzer.terms(passages[0]))

    def commit_one() -> None:
        index.add([one])
        index.commit(2)

    small = [cpu(commit_one) for _ in range(10)]
    asked = [analyzer.query_terms(passages[rng.randrange(count)][:40]) for _ in range(questions)]
    taken = [cpu(lambda terms=terms: index.search(terms, 100)) for terms in asked]  # type: ignore[misc]
    index.close()
    return {
        "chunks": count,
        "analysed_per_s": round(count / analysing),
        "indexed_per_s": round(count / (adding + first)),
        "chunks_per_s": round(count / (analysing + adding + first)),
        "small_commit_ms": round(statistics.median(small) * 1000, 1),
        "terms_a_question": round(statistics.mean(sum(map(len, terms.values())) for terms in asked)),
        "search": percentiles(taken),
        "disk_mb": round(sum(path.stat().st_size for path in folder.iterdir()) / 2**20, 1),
        "memory_mb": resident(),
    }


def dense(folder: Path, count: int, questions: int) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    store = LazyVectorStore.open(folder, DIM, writable=True)

    def fill() -> None:
        for start in range(0, count, 1000):
            chunks = np.arange(start, min(start + 1000, count))
            store.add(chunks, chunks // 20, rng.standard_normal((len(chunks), DIM), np.float32))
        store.commit(1)

    filling = cpu(fill)
    vectors = rng.standard_normal((questions, DIM), np.float32)
    taken = [cpu(lambda vector=vector: store.search(vector, 100)) for vector in vectors]  # type: ignore[misc]
    store.close()
    return {
        "chunks": count,
        "added_per_s": round(count / filling),
        "search": percentiles(taken),
        "memory_mb": resident(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = {
            "schema": 1,
            "dense": dense(Path(folder) / "dense", given.chunks, given.questions),
            "lexical": lexical(Path(folder) / "lexical", given.chunks, given.questions),
        }
    if given.json:
        print(json.dumps(found))
        return
    for leg in ("dense", "lexical"):
        print(leg, *(f"  {name}: {value}" for name, value in found[leg].items()), sep="\n")  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
