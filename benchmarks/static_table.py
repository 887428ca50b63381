"""Whether a static table could stand in for the transformer over passages: a vector a term, fitted to the transformer's vectors.

    python benchmarks/static_table.py [--sets DIR] [--every N] [--json]

A passage's vector is a sum over its terms, weighted by rarity, found by ridge regression; questions keep the
transformer's vectors. It is fitted twice: to the passages of the other set, as if shipped, and to one half of the set's own pages
by document, as if made on the user's machine. The transformer itself is measured beside it. Sets that are not there are
skipped with a message.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai_chat.analyzer import Analyzer
from ai_chat.chunking import chunk_unit
from ai_chat.config import load_settings
from ai_chat.embedding import Embedder, open_embedder
from ai_chat.evaluation.datasets import Dataset, Page, read_dataset
from ai_chat.evaluation.indexed import CACHE_NAME
from ai_chat.evaluation.run import evaluate_dataset
from ai_chat.evaluation.vectors import CachedEmbedder, VectorCache
from ai_chat.loaders.normalise import normalise
from ai_chat.types import Mode

ROOT = Path(__file__).resolve().parents[1]
SETS = ("autorag-ko", "korquad")
LEGS: tuple[Mode, ...] = ("dense", "hybrid")
FIGURES = ("recall@1", "recall@5", "ndcg@10")
RIDGE = 0.1  # .03 to .3 gave the same

Floats = NDArray[np.float32]


class Table:
    """A vector for each term, such that the sum over a passage's terms is near the vector that it should have."""

    def __init__(self, texts: Sequence[str], vectors: Floats) -> None:
        self._analyzer = Analyzer()
        counted = [self._counted(text) for text in texts]
        containing = Counter(term for counts in counted for term in counts)
        terms = sorted(term for term, count in containing.items() if count > 1)
        self._column = {term: column for column, term in enumerate(terms)}
        self._rarity = np.log(len(texts) / np.array([containing[term] for term in terms], np.float32))
        self._mean = vectors.mean(axis=0)
        rows = self._rows(counted)
        kernel = rows @ rows.T + RIDGE * np.eye(len(texts), dtype=np.float32)
        self._vectors = rows.T @ np.linalg.solve(kernel, vectors - self._mean)

    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit vectors (n, dim)."""
        found = self._mean + self._rows([self._counted(text) for text in texts]) @ self._vectors
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def _counted(self, text: str) -> Mapping[str, int]:
        return Counter(term for terms in self._analyzer.terms(text).values() for term in terms)

    def _rows(self, counted: Sequence[Mapping[str, int]]) -> Floats:
        rows = np.zeros((len(counted), len(self._column)), np.float32)
        for row, counts in enumerate(counted):
            known = [(self._column[term], count) for term, count in counts.items() if term in self._column]
            columns = [column for column, _ in known]
            rows[row, columns] = (1 + np.log([count for _, count in known])) * self._rarity[columns]
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), np.float32)


class TableEmbedder:
    """Questions by the transformer; passages by the transformer if it was fitted to them, else by the table."""

    def __init__(self, teacher: Embedder, texts: Sequence[str]) -> None:
        self.dim = teacher.dim
        self.fingerprint = f"table-{hashlib.sha256(''.join(texts).encode()).hexdigest()}"
        self.pid = teacher.pid
        self.embed_query = teacher.embed_query
        self._table = Table(texts, teacher.embed_passages(texts))

    def embed_passages(self, texts: Sequence[str]) -> Floats:
        return self._table.embed(texts)

    def close(self) -> None:
        """The teacher is closed by who opened it."""


def chunks(pages: Sequence[Page]) -> list[str]:
    return [chunk.text for page in pages for chunk in chunk_unit(normalise(page.text)[0])]


def half(pages: Sequence[Page], parity: int) -> list[Page]:
    """Every second document."""
    order = {name: row for row, name in enumerate(dict.fromkeys(page.document for page in pages))}
    return [page for page in pages if order[page.document] % 2 == parity]


def measured(dataset: Dataset, embedder: Embedder) -> dict[str, Any]:
    report = evaluate_dataset(dataset, load_settings(), LEGS, embedder=embedder)
    return {leg: {figure: report.figures[leg][figure] for figure in FIGURES} for leg in LEGS}


def compare(sets: Mapping[str, Dataset], teacher: Embedder) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, dataset in sets.items():
        yield name, "transformer", measured(dataset, teacher)
        for other, pages in ((other, sets[other].pages or ()) for other in sets if other != name):
            yield name, f"table fitted to {other}", measured(dataset, TableEmbedder(teacher, chunks(pages)))
        fitted = chunks(half(dataset.pages or (), 0))
        asked = {page.id for page in half(dataset.pages or (), 1)}
        rest = replace(dataset, questions=tuple(one for one in dataset.questions if one.relevant <= asked))
        yield name, "transformer, questions about the other half", measured(rest, teacher)
        yield name, "table fitted to half, likewise", measured(rest, TableEmbedder(teacher, fitted))


def main(say: Callable[[str], None] = print) -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    arguments.add_argument("--every", type=int, default=5, metavar="N", help="every Nth question of korquad")
    arguments.add_argument("--json", action="store_true")
    chosen = arguments.parse_args()
    found = {name: chosen.sets / name for name in SETS if (chosen.sets / name).is_dir()}
    if len(found) < len(SETS):
        sys.exit(f"skipped: {chosen.sets} does not hold {' and '.join(SETS)}")
    sets = {name: read_dataset(path) for name, path in found.items()}
    sets["korquad"] = replace(sets["korquad"], questions=sets["korquad"].questions[:: chosen.every])
    settings = load_settings()
    inner = open_embedder(settings.embedder, settings.n_threads, settings.models_dir)
    cache = VectorCache.open(settings.home / CACHE_NAME)
    results = []
    try:
        for name, label, legs in compare(sets, CachedEmbedder(inner, cache)):
            results.append({"set": name, "vectors": label, **legs})
            if not chosen.json:
                figures = "   ".join(f"{leg} " + " / ".join(f"{v:.3f}" for v in legs[leg].values()) for leg in LEGS)
                say(f"{name:11} {label:44} {figures}")
    finally:
        cache.close()
        inner.close()
    if chosen.json:
        say(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
