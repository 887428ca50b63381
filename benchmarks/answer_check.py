"""How well the strict check tells answers that a passage gives from others, without any model.

    python benchmarks/answer_check.py DATASET [--sample 600] [--json]

DATASET holds pages.jsonl and questions.jsonl as for `ai-chat eval`, with answers that are copied from the pages. For each
question the check is given, as the answer of a small model: the right words, the words that answer another question about
the same page, and words that are not on the page at all.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ai_chat.checking.support import showable
from ai_chat.types import Hit, UnitRef


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def passage(page: dict[str, Any]) -> Hit:
    text = page["text"]
    unit = UnitRef("page", 1, "")
    return Hit(1, 1.0, page["document"], "d", "documents", 1, unit, 1, text, text[:1], 0, 1)


def report(folder: Path, sample: int) -> dict[str, float | int]:
    """Parts of each kind of answer that would be shown, 0 to 1."""
    pages = {page["id"]: passage(page) for page in rows(folder / "pages.jsonl")}
    questions = rows(folder / "questions.jsonl")
    chosen = random.Random(3).sample(questions, min(sample, len(questions)))
    beside: dict[str, list[str]] = defaultdict(list)
    for question in questions:
        beside[question["relevant"][0]].append(question["answers"][0])
    shown: dict[str, list[bool]] = {"right": [], "beside": [], "foreign": []}
    dice = random.Random(4)
    for question in chosen:
        hit, right = pages[question["relevant"][0]], question["answers"][0]
        others = [answer for answer in beside[question["relevant"][0]] if answer not in right and right not in answer]
        foreign = [answer for answer in (dice.choice(questions)["answers"][0],) if answer not in hit.text]
        for kind, answers in (
            ("right", [right]),
            ("beside", dice.sample(others, min(1, len(others)))),
            ("foreign", foreign),
        ):
            shown[kind] += (showable(f"{answer} [1]", question["question"], [hit]) for answer in answers)
    return {"questions": len(chosen), **{kind: part(found) for kind, found in shown.items()}}


def part(found: Iterable[bool]) -> float:
    listed = list(found)
    return round(sum(listed) / len(listed), 3) if listed else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description="What the strict check shows and withholds.")
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--sample", type=int, default=600)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = report(options.dataset, options.sample)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    print(f"{result['questions']} questions; part of the answers that would be shown")
    print(f"  the right words               {result['right']:.3f}  (more is better)")
    print(f"  an answer to another question {result['beside']:.3f}  (less is better)")
    print(f"  words not on the page         {result['foreign']:.3f}  (less is better)")


if __name__ == "__main__":
    main()
