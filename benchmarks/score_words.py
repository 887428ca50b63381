"""What the words on the cards of evidence are worth: how often a passage that is called strong, fair or weak is from a right page.

    python benchmarks/score_words.py [--sets DIR] [--questions 300] [--json]

Every hit of the first five counts, of questions that the documents answer; a hit is right where its page, or one that says nearly the
same, is among the question's. A set that is not there is skipped with a message.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

from ai_chat.config import load_settings
from ai_chat.evaluation.bench import Bench
from ai_chat.evaluation.datasets import Question, read_dataset
from ai_chat.evaluation.indexed import open_indexed
from ai_chat.evaluation.measures import interval
from ai_chat.ui.turn import Strength, strength

ROOT = Path(__file__).resolve().parents[1]
SEED = 2026
TOP_K = 5


def judged(bench: Bench, questions: Sequence[Question]) -> Iterator[tuple[Strength, float]]:
    """The word of each hit, and 1 where it is right, else 0."""
    for question in questions:
        result = bench.search(question.question, "hybrid", TOP_K)
        if result.judgement is None:
            continue
        best = max((hit.score for hit in result.hits), default=0.0)
        for hit in result.hits:
            word = strength(result.judgement.score, hit.score, best)
            pages = {bench.page(hit.document, hit.unit)}
            pages |= {bench.page(same.document, same.unit) for same in hit.duplicates}
            if word is not None:
                yield word, float(bool(pages & question.relevant))


def measured(folder: Path, count: int) -> dict[str, Any]:
    dataset = read_dataset(folder)
    answerable = list(dataset.answerable)
    questions = random.Random(SEED).sample(answerable, min(count, len(answerable)))
    with open_indexed(dataset, load_settings(), ("hybrid",)) as indexed:
        found = list(judged(indexed.bench, questions))
    return {
        "questions": len(questions),
        **{word: shares([right for told, right in found if told == word]) for word in get_args(Strength)},
    }


def shares(values: Sequence[float]) -> dict[str, Any] | None:
    """None of no hits."""
    if not values:
        return None
    return {"of": len(values), "right": round(sum(values) / len(values), 3), "interval": interval(values)}


def report(results: dict[str, Any]) -> None:
    for name, result in results.items():
        print(f"{name}, {result['questions']} questions")
        for word in get_args(Strength):
            if row := result[word]:
                print(f"  {word:8}{row['right']:.3f} {list(row['interval'])} of {row['of']} hits")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {}
    for name in ("korquad", "autorag-ko"):
        folder = options.sets / name
        if (folder / "questions.jsonl").exists():
            results[name] = measured(folder, options.questions)
        else:
            print(f"{name}: skipped, there is no {folder}", file=sys.stderr)
    if options.json:
        print(json.dumps({"schema": 1, "sets": results}))
    else:
        report(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
