"""Whether a follow-up finds its place once it is made whole, and whether questions that stand by themselves are left alone.

    python benchmarks/follow_up_search.py [--json] [--show]

benchmarks/sets/follow-ups.jsonl over the product's samples: follow-ups with the questions before them ("follows": true) and questions that
stand by themselves, asked behind another one. A hit: the first passage is of the right document and holds the expected words. Before and
after `whole_question`; "unchanged" of the independent ones. Keyword search alone. The questions were written when the first rules
stood, and have mended them since.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ai_chat.asking.followup import Before, whole_question
from ai_chat.errors import InputError
from ai_chat.evaluation.bench import Bench

ROOT = Path(__file__).resolve().parents[1]
SET = ROOT / "benchmarks" / "sets" / "follow-ups.jsonl"


@dataclass(frozen=True, slots=True)
class Result:
    """`alone` and `whole`: whether the first hit is right for the question as typed and as it is made whole."""

    question: str
    searched_for: str
    follows: bool
    alone: bool
    whole: bool
    right_document_alone: bool
    right_document: bool
    milliseconds: float


def read_set() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SET.read_text("utf-8").splitlines()]


def made_whole(asked: dict[str, Any]) -> str:
    """With each question before it made whole in its turn."""
    before: list[Before] = []
    for question in asked["before"]:
        before.append(Before(question, whole_question(question, before), None))
    return whole_question(asked["question"], before)


def measure(bench: Bench) -> list[Result]:
    results = []
    for asked in read_set():
        begun = time.perf_counter()
        whole = made_whole(asked)
        spent = (time.perf_counter() - begun) * 1000
        there, there_alone = (first_hit(bench, text, asked) for text in (whole, asked["question"]))
        results.append(
            Result(
                asked["question"], whole, asked["follows"], there_alone[1], there[1], there_alone[0], there[0], spent
            )
        )
    return results


def first_hit(bench: Bench, text: str, asked: dict[str, Any]) -> tuple[bool, bool]:
    """Whether it is of the right document, and whether it holds the expected words there."""
    try:
        hits = bench.search(text, "lexical", 1).hits
    except InputError:
        return False, False
    right = bool(hits) and hits[0].document == asked["document"]
    return right, right and squeezed(asked["answer"]) in squeezed(hits[0].text)


def squeezed(text: str) -> str:
    return "".join(text.split())


def figures(results: Sequence[Result]) -> dict[str, Any]:
    follow = [result for result in results if result.follows]
    others = [result for result in results if not result.follows]

    def share(of: Sequence[Result], good: Callable[[Result], bool]) -> float:
        return round(sum(map(good, of)) / len(of), 3)

    return {
        "follow_ups": len(follow),
        "document_as_typed": share(follow, lambda one: one.right_document_alone),
        "document_made_whole": share(follow, lambda one: one.right_document),
        "passage_as_typed": share(follow, lambda one: one.alone),
        "passage_made_whole": share(follow, lambda one: one.whole),
        "independent": len(others),
        "independent_unchanged": share(others, lambda one: one.question == one.searched_for),
        "independent_passage_as_typed": share(others, lambda one: one.alone),
        "independent_passage_after": share(others, lambda one: one.whole),
        "milliseconds_median": round(statistics.median(one.milliseconds for one in results), 2),
        "milliseconds_most": round(max(one.milliseconds for one in results), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--show", action="store_true", help="print what was searched for where it was wrong")
    flags = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, closing(Bench(Path(scratch), None)) as bench:
        bench.add_documents(ROOT / "samples" / "documents", lambda _done, _total: None)
        results = measure(bench)
    found = figures(results)
    if flags.json:
        print(json.dumps({**found, "results": [asdict(result) for result in results]}, ensure_ascii=False))
        return
    for name, value in found.items():
        print(f"{name:32} {value}")
    for result in results if flags.show else ():
        if not result.whole or (not result.follows and result.question != result.searched_for):
            print(f"{'F' if result.follows else 'I'} {result.question} => {result.searched_for} (alone {result.alone})")


if __name__ == "__main__":
    main()
