"""How often the sentence shown holds the answer, among first hits whose passage does: korquad and the samples.

    python benchmarks/sentences.py [--sets DIR] [--questions N] [--json]

Keyword search alone. A set that is not there is skipped with a message.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from ai_chat.evaluation.bench import Bench
from ai_chat.evaluation.datasets import read_dataset

ROOT = Path(__file__).resolve().parents[1]


def measure(folder: Path, limit: int) -> dict[str, float | int]:
    """Shares of first hits: `passage` holds an answer string, `sentence` holds it among these."""
    dataset = read_dataset(folder)
    questions = [question for question in dataset.questions if question.answers][:limit]
    passages = sentences = 0
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(Path(home), None)
        try:
            bench.add_pages(dataset.pages or (), lambda _done, _total: None)
            for question in questions:
                hits = bench.search(question.question, "lexical", 1).hits
                if hits and any(answer in hits[0].text for answer in question.answers):
                    passages += 1
                    sentences += any(answer in hits[0].sentence for answer in question.answers)
        finally:
            bench.close()
    return {
        "questions": len(questions),
        "passage": round(passages / len(questions), 3),
        "sentence": round(sentences / max(passages, 1), 3),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {}
    for name, folder in (("korquad", options.sets / "korquad"), ("samples", ROOT / "samples" / "eval")):
        if not (folder / "questions.jsonl").exists():
            print(f"{name}: skipped, there is no {folder}", file=sys.stderr)
            continue
        results[name] = measure(folder, options.questions)
        if not options.json:
            found = results[name]
            print(f"{name}: of {found['questions']} first passages {found['passage']:.3f} hold the answer,", end=" ")
            print(f"and of these the sentence shown does in {found['sentence']:.3f}")
    if options.json:
        print(json.dumps({"schema": 1, "sets": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
