"""Why the legs are weighed evenly: the dense leg's weight from 0 to 1, and reciprocal rank fusion, on both evaluation sets.

    python benchmarks/fusion.py [--sets DIR] [--every N] [--json]

Every Nth question of korquad is asked (5th by default), all of autorag-ko. Vectors come from AI_CHAT_HOME/eval-vectors.db where
`benchmarks/retrieval.py` has been run. A set that is not there is skipped with a message.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from ai_chat.config import load_settings
from ai_chat.evaluation.bench import Bench
from ai_chat.evaluation.datasets import Question, read_dataset
from ai_chat.evaluation.indexed import open_indexed
from ai_chat.evaluation.measures import DEPTH, figures
from ai_chat.types import Mode

ROOT = Path(__file__).resolve().parents[1]
WEIGHTS = (0.0, 0.2, 0.35, 0.5, 0.6, 0.7, 1.0)
RRF_CONSTANT = 60
RRF_DEPTH = 100
SINGLE: tuple[Mode, ...] = ("lexical", "dense")

Rankings = dict[str, list[tuple[list[str], frozenset[str]]]]


def rank(bench: Bench, questions: Sequence[Question]) -> Rankings:
    """Pages of each question by each way of fusing. The weights of one question share its vector."""
    ranked: Rankings = defaultdict(list)
    for question in questions:
        for weight in WEIGHTS:
            bench.weigh(weight)
            result = bench.search(question.question, "hybrid", DEPTH)
            ranked[f"dense weight {weight}"].append((bench.ranking(result, DEPTH), question.relevant))
        legs = [bench.ranking(bench.search(question.question, leg, RRF_DEPTH), RRF_DEPTH) for leg in SINGLE]
        ranked["reciprocal rank fusion"].append((reciprocal(legs)[:DEPTH], question.relevant))
    return ranked


def reciprocal(legs: Sequence[Sequence[str]]) -> list[str]:
    """Pages by the sum of 1 / (60 + rank) over the legs."""
    scores: dict[str, float] = defaultdict(float)
    for leg in legs:
        for place, page in enumerate(leg, start=1):
            scores[page] += 1 / (RRF_CONSTANT + place)
    return sorted(scores, key=lambda page: -scores[page])


def measure(folder: Path, every: int) -> dict[str, dict[str, float]]:
    dataset = read_dataset(folder)
    with open_indexed(dataset, load_settings(), ("hybrid",)) as indexed:
        return {name: figures(pairs) for name, pairs in rank(indexed.bench, dataset.answerable[::every]).items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--every", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {}
    for name, every in (("autorag-ko", 1), ("korquad", options.every)):
        if not (options.sets / name).is_dir():
            print(f"{name}: skipped, there is no {options.sets / name}", file=sys.stderr)
            continue
        found[name] = measure(options.sets / name, every)
        if not options.json:
            print(name)
            for way, row in found[name].items():
                print(f"  {way:<24}{row['recall@1']:.3f} / {row['recall@5']:.3f} / {row['ndcg@10']:.3f}")
    if options.json:
        print(json.dumps({"schema": 1, "sets": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
