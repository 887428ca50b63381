"""Why chunks are as long as they are: sizes and overlaps on all sets of questions, through the product's own code.

    python benchmarks/chunking.py [--sets DIR] [--only SET ...] [--targets N ...] [--overlaps SHARE ...] [--every N] [--lexical] [--json]

A page is found when any of its chunks is. Each size embeds all chunks once; vectors are kept in AI_CHAT_HOME/eval-vectors.db.
Every Nth question of korquad is asked (5th by default), all of the others; those of benchmarks/sets/ over the pages of both
evaluation sets. A set that is not there is skipped with a message.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_chat.chunking import SIZES, Sizes
from ai_chat.config import load_settings
from ai_chat.embedding import open_embedder
from ai_chat.evaluation.bench import Bench
from ai_chat.evaluation.datasets import Dataset, Question, read_dataset, read_joint
from ai_chat.evaluation.indexed import CACHE_NAME
from ai_chat.evaluation.measures import DEPTH, answer_scores, interval, quotable_answers, quotes, scores
from ai_chat.evaluation.vectors import CachedEmbedder, VectorCache
from ai_chat.types import Mode, SearchResult

ROOT = Path(__file__).resolve().parents[1]
CORPORA = ("autorag-ko", "korquad")
OWN_SETS = ("paraphrase", "english")
TARGETS = (200, 300, SIZES.target, 600, 800, 1000)
OVERLAPS = (0.0, 0.1, 0.2)
SHOWN = ("recall@1", "recall@5", "ndcg@10", "passage@1", "answer@1", "answer@3")


@dataclass(frozen=True, slots=True)
class Asked:
    question: Question
    ranking: Sequence[str]
    result: SearchResult


def read(name: str, sets: Path) -> Dataset:
    if name in CORPORA:
        return read_dataset(sets / name)
    return read_joint(ROOT / "benchmarks" / "sets" / f"{name}.jsonl", [sets / corpus for corpus in CORPORA])


def sizes(target: int, overlap: float) -> Sizes:
    """In the proportions of the product's own."""
    scale = target / SIZES.target
    repeated = overlap * target / SIZES.overlap
    return Sizes(
        target=target,
        shortest=round(scale * SIZES.shortest),
        longest=round(scale * SIZES.longest),
        piece=min(SIZES.piece, round(scale * SIZES.piece)),
        overlap=round(repeated * SIZES.overlap),
        overlap_limit=round(repeated * SIZES.overlap_limit),
        most_overlap=round(repeated * SIZES.most_overlap),
    )


@contextmanager
def embedding(lexical: bool) -> Iterator[CachedEmbedder | None]:
    """The embedder that the settings name, behind the vectors kept; None where only words are compared."""
    if lexical:
        yield None
        return
    settings = load_settings()
    with ExitStack() as stack:
        inner = open_embedder(settings.embedder, settings.n_threads, settings.models_dir)
        stack.callback(inner.close)
        cache = VectorCache.open(settings.home / CACHE_NAME)
        stack.callback(cache.close)
        yield CachedEmbedder(inner, cache)


def measure(dataset: Dataset, every: int, chosen: Sizes, embedder: CachedEmbedder | None) -> dict[str, Any]:
    """Chunks a page, bytes of the indexes a page, and by leg the figures with their intervals."""
    modes: Sequence[Mode] = ("lexical", "dense", "hybrid") if embedder else ("lexical",)
    pages = dataset.pages or ()
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(Path(home), embedder, chosen)
        try:
            bench.add_pages(pages, lambda _done, _total: None)
            bench.add_vectors()
            legs: dict[str, Any] = {
                mode: figures(list(ask(bench, dataset.answerable[::every], mode))) for mode in modes
            }
            size = sum(path.stat().st_size for part in ("lexical", "dense") for path in Path(home, part).rglob("*"))
            return {"chunks": round(bench.chunks() / len(pages), 2), "bytes": round(size / len(pages)), **legs}
        finally:
            bench.close()


def ask(bench: Bench, questions: Sequence[Question], mode: Mode) -> Iterator[Asked]:
    for question in questions:
        result = bench.search(question.question, mode, DEPTH)
        yield Asked(question, bench.ranking(result, DEPTH), result)


def figures(asked: Sequence[Asked]) -> dict[str, Any]:
    """`passage@1`: the first passage quotes an answer; `answer@k`: one of the first k sentences shown does."""
    quotable = [(one.result.hits, quotable_answers(one.question.answers)) for one in asked]
    measured = {
        **scores([(one.ranking, one.question.relevant) for one in asked]),
        "passage@1": [float(quotes([hit.text for hit in hits[:1]], short)) for hits, short in quotable if short],
        **answer_scores([([hit.sentence for hit in one.result.hits], one.question.answers) for one in asked]),
    }
    return {
        name: {"found": round(sum(measured[name]) / len(measured[name]), 4), "interval": interval(measured[name])}
        for name in SHOWN
        if measured.get(name)
    }


def show(row: dict[str, Any], target: int, overlap: float) -> None:
    for leg in ("lexical", "dense", "hybrid"):
        if leg in row:
            found = "".join(f"{row[leg][name]['found']:10.3f}" if name in row[leg] else f"{'':10}" for name in SHOWN)
            print(f"{target:6} {overlap:7.0%} {row['chunks']:7.2f} {row['bytes']:7}  {leg:8}{found}", flush=True)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--only", nargs="+", choices=CORPORA + OWN_SETS, default=CORPORA + OWN_SETS)
    parser.add_argument("--targets", type=int, nargs="+", default=TARGETS)
    parser.add_argument("--overlaps", type=float, nargs="+", default=OVERLAPS)
    parser.add_argument("--every", type=int, default=5, help="every Nth question of korquad")
    parser.add_argument("--lexical", action="store_true", help="compare words alone, without an embedder")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> int:
    asked = options()
    results: dict[str, list[dict[str, Any]]] = {}
    with embedding(asked.lexical) as embedder:
        for name in asked.only:
            missing = [corpus for corpus in CORPORA if not (asked.sets / corpus).is_dir()]
            if missing:
                print(f"{name}: skipped, there is no {missing[0]} in {asked.sets}", file=sys.stderr)
                continue
            dataset = read(name, asked.sets)
            results[name] = []
            if not asked.json:
                print(
                    f"\n{name}\ntarget overlap  chunks   bytes  leg     " + "".join(f"{shown:>10}" for shown in SHOWN)
                )
            for target in asked.targets:
                for overlap in asked.overlaps:
                    every = asked.every if name == "korquad" else 1
                    row = measure(dataset, every, sizes(target, overlap), embedder)
                    results[name].append({"target": target, "overlap": overlap, **row})
                    if not asked.json:
                        show(row, target, overlap)
    if asked.json:
        print(json.dumps({"schema": 1, "sets": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
