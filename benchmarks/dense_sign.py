"""Whether the vector of the sentence that is shown tells an answered question from another better than the signs there are.

    python benchmarks/dense_sign.py [--sets DIR] [--questions 300]

korquad: questions as they are, and others with their article left out; autorag-ko's, as they are and with the document
left out; then the samples' questions, some of which nothing answers.
Of each sign: "auc", the chance that an answered question has more of it than another; "refused" and "let through" at the threshold
that 95 of 100 of korquad's unanswered questions stay below, which is used for the other sets, too. `shown` is the cosine of question
and shown sentence, `over` how far that is above the mean of the other hits' shown sentences; `score` is the judgement as it is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from abstention import ROOT, Asked, Set, articles

from ai_chat.config import load_settings
from ai_chat.embedding import Embedder
from ai_chat.evaluation.bench import SCOPE
from ai_chat.evaluation.datasets import read_dataset
from ai_chat.evaluation.indexed import open_indexed
from ai_chat.search.judging import judge

BELOW = 95  # of 100 questions that nothing answers
Row = dict[str, float]


def signs(some: Set, asked: Asked, embedder: Embedder) -> Row | None:
    """None where nothing was found."""
    found = some.bench.searcher.look(asked.text, SCOPE, asked.without)
    question = embedder.embed_query(asked.text)
    if found.signs is None or question is None:
        return None
    shown = embedder.embed_passages([hit.sentence for hit in found.hits]) @ question
    others = float(shown[1:].mean()) if len(shown) > 1 else 0.0
    return {
        "score": judge(found.signs).score,
        "near": found.signs.near or 0.0,
        "apart": found.signs.apart or 0.0,
        "shown": float(shown[0]),
        "over": float(shown[0]) - others,
    }


def halves(some: Set, asked: Sequence[Asked], embedder: Embedder) -> tuple[list[Row], list[Row]]:
    """Signs of the answered questions, and of those that nothing answers."""
    parts: tuple[list[Row], list[Row]] = ([], [])
    for one in asked:
        if row := signs(some, one, embedder):
            parts[0 if one.answerable else 1].append(row)
    return parts


def show(name: str, parts: tuple[list[Row], list[Row]], thresholds: Row) -> None:
    for sign, threshold in thresholds.items():
        answered, not_answered = (np.array([row[sign] for row in part]) for part in parts)
        auc = float((answered[:, None] > not_answered[None, :]).mean())
        refused, passed = (answered < threshold).mean(), (not_answered >= threshold).mean()
        print(f"{name:11}{sign:6} auc {auc:.3f}  refused {refused:.3f}  let through {passed:.3f}", flush=True)


def measure(folder: Path, count: int, thresholds: Row | None) -> tuple[tuple[list[Row], list[Row]], Row]:
    dataset = read_dataset(folder)
    with open_indexed(dataset, load_settings(), ("hybrid",)) as indexed:
        some = Set(dataset, indexed.bench, "hybrid")
        assert indexed.embedder is not None
        if thresholds is not None:
            asked = [some.as_is(one) for one in dataset.questions]
            if all(one.answerable for one in asked):
                asked += [some.left_out(one) for one in dataset.answerable]
        else:
            measured_on, _fitted_on = articles(dataset)
            asked = [some.as_is(one) for one in measured_on[:count]]
            asked += [some.left_out(one) for one in measured_on[count : 2 * count]]
        parts = halves(some, asked, indexed.embedder)
    return parts, thresholds or {
        sign: float(np.percentile([row[sign] for row in parts[1]], BELOW)) for sign in parts[1][0]
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--questions", type=int, default=300)
    options = parser.parse_args()
    thresholds: Row | None = None
    for name, folder in (
        ("korquad", options.sets / "korquad"),
        ("autorag-ko", options.sets / "autorag-ko"),
        ("samples", ROOT / "samples" / "eval"),
    ):
        if not (folder / "questions.jsonl").exists():
            print(f"{name}: there is no {folder}", file=sys.stderr)
            return 1
        parts, thresholds = measure(folder, options.questions, thresholds)
        show(name, parts, thresholds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
