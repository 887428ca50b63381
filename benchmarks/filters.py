"""What filters and phrases cost in a library of many documents.

    python benchmarks/filters.py [--documents 10000] [--questions 100] [--json]

Made-up documents of two chunks, words as rare as in real text. CPU milliseconds; `first` is a filter's first question,
`again` one with the same filter while nothing has changed. A search is by keyword, of five hits; filtered and unfiltered ones
of a question follow each other.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from ai_chat.analyzer import Analyzer
from ai_chat.index.lexical import LexicalIndex
from ai_chat.ingest import Indexer
from ai_chat.lazy import Lazy
from ai_chat.search.phrases import allowed_chunks
from ai_chat.search.query import parse_query
from ai_chat.search.searcher import Searcher
from ai_chat.store import Store, VersionContent
from ai_chat.types import Chunk, Metadata, Scope, Unit

SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4, 37)]
FILTERS: dict[str, tuple[tuple[str, str], ...]] = {
    "none": (),
    "type:pdf": (("type", "pdf"),),
    "document:문서 77": (("document", "문서 77"),),
    "after:2023": (("after", "2023"),),
    "author:김": (("author", "김"),),
    "all of these": (("type", "pdf"), ("document", "문서 7"), ("after", "2021"), ("author", "김")),
}
Times = dict[str, list[float]]


def cpu_ms(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def words(rng: random.Random, count: int) -> list[str]:
    """By Zipf's law over 30,000 words of two to four syllables."""
    ranks = (int(30_000 ** rng.random()) for _ in range(count))
    return [word(rank) for rank in ranks]


@cache
def word(rank: int) -> str:
    return "".join(random.Random(rank).choices(SYLLABLES, k=2 + rank % 3))


def fill(store: Store, documents: int) -> None:
    rng = random.Random(1)
    for number in range(documents):
        name = f"문서 {number}.{rng.choice(('pdf', 'hwp', 'docx', 'md', 'txt'))}"
        document = store.library.put_document("documents", name, name, name)
        version = store.versions.begin(name, "parser", "chunker")
        pages = [" ".join(words(rng, 100)) for _ in range(2)]
        units = [(Unit("page", n, str(n), text), [Chunk(0, len(text), text)]) for n, text in enumerate(pages, 1)]
        store.versions.add_units(version, 1, units)
        about = Metadata(f"제목 {number}", rng.choice("김이박최정") + "민수")
        store.versions.finish(version, VersionContent(about=about))
        date = f"202{number % 5}-0{1 + number % 9}-15" if number % 3 else ""
        modified = f"202{number % 5}-06-01T00:00:00.000+00:00"
        store.library.publish(document, version, "complete", modified_at=modified, document_date=date)


def measure_filters(store: Store) -> dict[str, dict[str, float]]:
    """The versions of a scope, and the passages of 100 candidates in it."""
    ids = random.Random(2).sample(range(1, 2 * store.library.counts()["documents"] + 1), 100)
    measured = {}
    for name, filters in FILTERS.items():
        scope = Scope(filters=filters)
        fresh = [Store(store.database).library for _ in range(5)]
        first = [cpu_ms(partial(library.version_filter, scope)) for library in fresh]
        again = [cpu_ms(partial(fresh[0].version_filter, scope)) for _ in range(20)]
        passages = [cpu_ms(partial(store.library.passages, ids, scope)) for _ in range(20)]
        kinds = {"first": first, "again": again, "passages": passages}
        measured[name] = {kind: round(statistics.median(times), 3) for kind, times in kinds.items()}
    return measured


def measure_searches(searcher: Searcher, questions: list[str]) -> dict[str, Any]:
    """Medians, and the ratio of sums to the unfiltered search with a 95 % bootstrap interval over the questions."""
    times: Times = {name: [] for name in FILTERS}
    for question in questions:
        for name, filters in FILTERS.items():
            ask = partial(searcher.search, question, Scope(filters=filters), mode="lexical")
            times[name].append(min(cpu_ms(ask) for _ in range(3)))
    plain = np.array(times["none"])
    drawn = np.random.default_rng(1).integers(len(plain), size=(2000, len(plain)))
    measured = {}
    for name, some in times.items():
        own = np.array(some)
        low, high = np.percentile(own[drawn].sum(1) / plain[drawn].sum(1), (2.5, 97.5))
        ratio = {"ratio": round(own.sum() / plain.sum(), 2), "low": round(low, 2), "high": round(high, 2)}
        measured[name] = {"ms": round(statistics.median(some), 2), **ratio}
    return measured


def measure_phrases(store: Store, analyzer: Analyzer, lexical: LexicalIndex, count: int) -> list[dict[str, Any]]:
    """What it costs to find the chunks that a question may see: two words of a text in this order, a word left out."""
    rng = random.Random(3)
    ids = range(1, 2 * store.library.counts()["documents"] + 1)
    phrases = []
    for _id, text in store.library.texts(rng.sample(ids, count)):
        first = rng.randrange(99)
        phrases.append('x "' + " ".join(text.split()[first : first + 2]) + '"')
    rows = []
    for name, some in {"a phrase of two words": phrases, "the most frequent word left out": [f"x -{word(1)}"]}.items():
        times, found = [], 0
        for query in map(parse_query, some):
            find = partial(allowed_chunks, query, None, analyzer, lexical, store.library)
            seen = find()
            found = max(found, len(seen.ids) if seen else 0)
            times.append(cpu_ms(find))
        high = sorted(times)[int(0.95 * (len(times) - 1))]
        rows.append({"what": name, "p50": round(statistics.median(times), 2), "p95": round(high, 2), "chunks": found})
    return rows


def measure(documents: int, questions: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "library.db")
        analyzer = Analyzer()
        lexical = Lazy(lambda: _open(Path(folder) / "lexical", analyzer), lambda index: index.close())
        fill(store, documents)
        Indexer(store, analyzer, lexical).catch_up()
        searcher = Searcher(store, analyzer, lexical, None, None)
        rng = random.Random(4)
        with lexical.lease() as index:
            report = {
                "documents": documents,
                "filters": measure_filters(store),
                "searches": measure_searches(searcher, [" ".join(words(rng, 5)) for _ in range(questions)]),
                "phrases": measure_phrases(store, analyzer, index, questions),
            }
        lexical.unload()
        store.close()
    return report


def _open(folder: Path, analyzer: Analyzer) -> LexicalIndex:
    return LexicalIndex.open(folder, analyzer.fields, writable=True)


def show(report: dict[str, Any]) -> None:
    print(f"{report['documents']} documents of two chunks; CPU ms, medians\n")
    print("| filter | first | again | 100 passages | search | / unfiltered |\n|---|---|---|---|---|---|")
    for name, row in report["filters"].items():
        search = report["searches"][name]
        ratio = f"{search['ratio']:.2f} [{search['low']:.2f}, {search['high']:.2f}]"
        print(
            f"| {name} | {row['first']:.1f} | {row['again']:.3f} | {row['passages']:.2f} | {search['ms']:.2f} | {ratio} |"
        )
    print("\n| | p50 | p95 | chunks, at most |\n|---|---|---|---|")
    for row in report["phrases"]:
        print(f"| {row['what']} | {row['p50']} | {row['p95']} | {row['chunks']} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = measure(options.documents, options.questions)
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        show(report)


if __name__ == "__main__":
    main()
