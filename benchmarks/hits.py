"""What is read of a hit, and what is shown once: neighbours joined by different rules, passages that say the same.

    python benchmarks/hits.py [--sets DIR] [--every N] [--json]

Hybrid search, of korquad every Nth question (5th by default). `passage@k`: one of the first k passages holds the answer,
`sentence@1`: the sentence shown does; characters of a passage as a mean and from which on the longest tenth are. "The same":
recall@5 with the places named beside a hit, without them, and of every page for itself. A set that is not there is skipped.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fusion import CORPORA, LEG_DEPTH, ROOT, read_sets

from ai_chat.config import load_settings
from ai_chat.evaluation.bench import SCOPE, Bench
from ai_chat.evaluation.datasets import Dataset, Question
from ai_chat.evaluation.indexed import open_indexed
from ai_chat.evaluation.measures import DEPTH, percentile, quotable_answers, quotes, recall_at
from ai_chat.search.hits import HitMaker
from ai_chat.search.legs import Seen
from ai_chat.search.neighbours import ALSO_GOOD
from ai_chat.search.sentence import sought
from ai_chat.types import Hit

RULES = {"the chunk alone": math.inf, **{f"neighbours from {share}": share for share in (0.8, ALSO_GOOD, 0.4, 0.0)}}


def hits_of(bench: Bench, question: Question, also_good: float) -> tuple[Hit, ...]:
    searcher = bench.searcher
    asked, _notices = searcher.asked(question.question, "hybrid", None)
    candidates = searcher.legs.candidates(asked, LEG_DEPTH, Seen())
    return HitMaker(searcher.store, also_good).hits(candidates, SCOPE, DEPTH, sought(question.question))


def reading(bench: Bench, questions: Sequence[Question], also_good: float) -> dict[str, float]:
    """Shares are over the questions with an answer short enough to be quoted, and left out where there are none."""
    found = [(hits_of(bench, one, also_good), quotable_answers(one.answers)) for one in questions]
    told = [(hits, answers) for hits, answers in found if answers]
    lengths = [len(hit.text) for hits, _ in found for hit in hits[:3]]
    sizes = {"characters": round(sum(lengths) / len(lengths)), "longest tenth": percentile(lengths, 0.9)}
    if not told:
        return sizes
    return {
        "passage@1": _share([quotes([hit.text for hit in hits[:1]], answers) for hits, answers in told]),
        "passage@3": _share([quotes([hit.text for hit in hits[:3]], answers) for hits, answers in told]),
        "sentence@1": _share([quotes([hit.sentence for hit in hits[:1]], answers) for hits, answers in told]),
        **sizes,
    }


def collapsing(bench: Bench, questions: Sequence[Question]) -> dict[str, float]:
    """`named`: places that are named with a hit instead of being one."""
    found = [(hits_of(bench, one, ALSO_GOOD), one.relevant) for one in questions]
    places = [
        [unit.label for hit in hits for unit in (hit.unit, *(place.unit for place in hit.duplicates))]
        for hits, _ in found
    ]
    return {
        "named": sum(len(hit.duplicates) for hits, _ in found for hit in hits),
        "recall@5": _share(
            [recall_at(5, list(dict.fromkeys(one)), relevant) for one, (_, relevant) in zip(places, found, strict=True)]
        ),
        "recall@5 of hits alone": _share(
            [recall_at(5, [hit.unit.label for hit in hits], relevant) for hits, relevant in found]
        ),
        "recall@5 of pages": _share([recall_at(5, ranking(bench, one), one.relevant) for one in questions]),
    }


def ranking(bench: Bench, question: Question) -> list[str]:
    """Every page for itself, by its best chunk."""
    asked, _notices = bench.searcher.asked(question.question, "hybrid", None)
    candidates = bench.searcher.legs.candidates(asked, LEG_DEPTH, Seen())
    return list(dict.fromkeys(bench.pages(candidates.chunk_ids.tolist())))


def _share(values: Sequence[float]) -> float:
    return round(sum(values) / max(len(values), 1), 4)


def measure(dataset: Dataset) -> dict[str, Any]:
    with open_indexed(dataset, load_settings(), ("hybrid",)) as indexed:
        questions = dataset.answerable
        rules = {name: reading(indexed.bench, questions, also_good) for name, also_good in RULES.items()}
        return {"questions": len(questions), "reading": rules, "the same": collapsing(indexed.bench, questions)}


def show(name: str, result: Mapping[str, Any]) -> None:
    print(f"\n{name}: {result['questions']} questions")
    for rule, row in result["reading"].items():
        print(f"  {rule:<22}", "  ".join(f"{figure} {value}" for figure, value in row.items()))
    print(f"  {'the same':<22}", "  ".join(f"{figure} {value}" for figure, value in result["the same"].items()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--every", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {}
    for name, dataset in read_sets(options.sets, options.every):
        if name in CORPORA:
            results[name] = measure(dataset)
            if not options.json:
                show(name, results[name])
    if options.json:
        print(json.dumps({"schema": 1, "sets": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
