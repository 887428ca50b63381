"""What search and its indexes cost: filling, a small commit, each leg, a whole search against its engines called directly.

    python benchmarks/index.py [--chunks 10000] [--home DIR] [--questions 200] [--rounds 3] [--json]

The library comes from benchmarks/corpus.py; `--home` keeps it, and takes what is there. Questions bring their vectors, so
nothing is embedded. CPU milliseconds, since the machine may be shared; all variants of a question are asked one after the
other. `direct` is the same work without our code around it: the same terms asked of tantivy, and the vectors scanned.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from corpus import Source, Vectors, read_source
from home import FEW, MOST, Home, KnownQuestions

from ai_chat.config import load_settings
from ai_chat.embedding import EmbedderInfo, describe_embedder
from ai_chat.types import Mode, Scope, Unit

ROOT = Path(__file__).resolve().parents[1]
DEPTH = 100  # candidates a leg, as in a search
TOP_K = 5
SCOPES = {"all": Scope(), "9 of 10 documents": Scope(collections=(MOST,)), "1 of 10": Scope(collections=(FEW,))}
Times = dict[str, list[float]]


def cpu_ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def spread(times: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile and mean."""
    high = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return {"p50": round(statistics.median(times), 2), "p95": round(high, 2), "mean": round(statistics.mean(times), 2)}


class Direct:
    """The engines without us: the same index, terms and weights; the vectors as float32 in memory."""

    def __init__(self, home: Home, folder: Path, matrix: Vectors | None) -> None:
        newest = max(folder.glob("lexical-*/segments-*"), key=lambda path: path.stat().st_mtime)
        self._index = tantivy.Index.open(str(newest))
        self._index.config_reader("manual")
        self._index.reload()
        self._schema = self._index.schema
        self._weights = home.analyzer.fields
        self._matrix = matrix

    def keywords(self, terms: Mapping[str, Sequence[str]]) -> None:
        each = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(
                    tantivy.Query.term_query(self._schema, field, term, index_option="freq"), self._weights[field]
                ),
            )
            for field, some in terms.items()
            for term in some
        ]
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(each), DEPTH, count=False).hits
        searcher.fast_field_values("chunk", [address for _, address in hits])

    def scan(self, vector: Vectors) -> None:
        assert self._matrix is not None
        scores = np.concatenate(
            [np.einsum("ij,j->i", self._matrix[n : n + 4096], vector) for n in range(0, len(self._matrix), 4096)]
        )
        np.argpartition(-scores, DEPTH)[:DEPTH]


def ask(home: Home, source: Source, direct: Direct, rounds: int) -> Times:
    """Each question in all ways, one after the other; the least of the rounds counts."""
    searcher = home.searcher(KnownQuestions(home.info, source.questions, source.asked))
    times: Times = {}
    with home.indexes.lexical.lease() as lexical, home.indexes.dense.lease() as dense:
        for question, vector in zip(source.questions, source.asked, strict=True):
            terms = home.analyzer.query_terms(question)
            ways: dict[str, Callable[[], object]] = {
                "tantivy, direct": lambda terms=terms: direct.keywords(terms),  # type: ignore[misc]
                "float32 scan, direct": lambda vector=vector: direct.scan(vector),  # type: ignore[misc]
                "lexical leg": lambda terms=terms: lexical.search(terms, DEPTH),  # type: ignore[misc]
                "dense leg": lambda vector=vector: dense.search(vector, DEPTH),  # type: ignore[misc]
            }
            for mode in ("lexical", "dense", "hybrid"):
                ways[f"{mode} search"] = _search(searcher, question, SCOPES["all"], mode)
            for name, scope in SCOPES.items():
                if scope.collections:
                    ways[f"hybrid search, {name}"] = _search(searcher, question, scope, "hybrid")
            for name, way in ways.items():
                times.setdefault(name, []).append(min(cpu_ms(way) for _ in range(rounds)))
    return times


def _search(searcher: Any, question: str, scope: Scope, mode: Mode) -> Callable[[], object]:
    return lambda: searcher.search(question, scope, top_k=TOP_K, mode=mode)


def ratio(above: Sequence[float], below: Sequence[float]) -> dict[str, float]:
    """Of the sums, with a 95 % bootstrap interval over the questions."""
    over, under = np.array(above), np.array(below)
    drawn = np.random.default_rng(1).integers(len(over), size=(2000, len(over)))
    low, high = np.percentile(over[drawn].sum(axis=1) / under[drawn].sum(axis=1), (2.5, 97.5))
    return {"ratio": round(over.sum() / under.sum(), 2), "low": round(low, 2), "high": round(high, 2)}


def ratios(times: Times) -> dict[str, dict[str, float]]:
    engines = [a + b for a, b in zip(times["tantivy, direct"], times["dense leg"], strict=True)]
    exact = [a + b for a, b in zip(times["tantivy, direct"], times["float32 scan, direct"], strict=True)]
    return {
        "hybrid search / tantivy + our vector search, direct": ratio(times["hybrid search"], engines),
        "hybrid search / tantivy + float32 scan, direct": ratio(times["hybrid search"], exact),
        **{
            f"filtered / not filtered, {name}": ratio(times[f"hybrid search, {name}"], times["hybrid search"])
            for name, scope in SCOPES.items()
            if scope.collections
        },
    }


def small_changes(home: Home, source: Source, count: int = 10) -> dict[str, Any]:
    """A document of one page: CPU until it is found by keyword, then by meaning; and its removal."""
    texts = ["\n".join(page) for page in source.pages[:count]]
    with home.indexes.dense.lease() as dense:
        vectors = iter(source.vectors)

        def commit() -> None:
            dense.add([2**40 + len(dense)], [2**40], next(vectors)[None])
            dense.commit(dense.sequence)

        dense_commit = [cpu_ms(commit) for _ in range(count)]
    stored = [cpu_ms(lambda n=n, text=text: _add_one(home, n, text)) for n, text in enumerate(texts)]  # type: ignore[misc]
    return {"document_ms": spread(stored), "vector_commit_ms": spread(dense_commit)}


def _add_one(home: Home, number: int, text: str) -> None:
    home.publish(10**6 + number, [Unit("page", 1, "1", text, ((0, 0),))])
    home.indexes.indexer.catch_up()


def measure(home: Home, path: Path, source: Source, vectors: Vectors, rounds: int) -> dict[str, Any]:
    times = ask(home, source, Direct(home, path / "index", vectors), rounds)
    terms = [sum(map(len, home.analyzer.query_terms(question).values())) for question in source.questions]
    return {
        "chunks": home.chunks(),
        "questions": len(source.questions),
        "terms_a_question": round(statistics.mean(terms)),
        "cpu_ms": {name: spread(values) for name, values in times.items()},
        "ratios": ratios(times),
    }


def fill(path: Path, info: EmbedderInfo, source: Source, chunks: int) -> dict[str, Any]:
    """What filling took; nothing where the library is there already. Closed again: merging goes on until then."""
    path.mkdir(parents=True, exist_ok=True)
    with closing(Home(path, info)) as home:
        if home.chunks():
            return {}
        return {"chunks_per_cpu_second": rates(home.fill(source, chunks).seconds, home.chunks())}


def rates(seconds: Mapping[str, float], chunks: int) -> dict[str, int]:
    searchable = seconds["store"] + seconds["terms and keyword index"]
    return {name: round(chunks / taken) for name, taken in {**seconds, "until found by keyword": searchable}.items()}


def show(found: Mapping[str, Any]) -> None:
    print(f"{found['chunks']} chunks, {found['questions']} questions of {found['terms_a_question']} terms")
    for name, rate in found.get("chunks_per_cpu_second", {}).items():
        print(f"  {name:50} {rate:8} chunks per CPU second")
    for name, row in {**found["cpu_ms"], **found.get("small_changes", {})}.items():
        print(f"  {name:50} {row['p50']:8.2f} ms CPU   p95 {row['p95']:7.2f}   mean {row['mean']:7.2f}")
    for name, row in found["ratios"].items():
        print(f"  {name:50} {row['ratio']:8.2f}          ({row['low']} to {row['high']})")


def source_for(info: EmbedderInfo, questions: int) -> Source:
    cache = load_settings().home / "eval-vectors.db"
    return read_source(ROOT.parent / "shared" / "eval", cache, info.fingerprint, info.dim, questions)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chunks", type=int, default=10_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    info = describe_embedder(load_settings().embedder)
    source = source_for(info, given.questions)
    with tempfile.TemporaryDirectory(prefix="ai-chat-index-") as folder:
        path = given.home or Path(folder)
        filling = fill(path, info, source, given.chunks)
        with closing(Home(path, info)) as home:
            vectors = np.load(home.vectors_file)
            found = {**filling, **measure(home, path, source, vectors, given.rounds)}
            if not given.home:  # a library that is kept is left as it is
                found["small_changes"] = small_changes(home, source)
    print(json.dumps({"schema": 2, **found}, ensure_ascii=False)) if given.json else show(found)


if __name__ == "__main__":
    main()
