"""Ways to make one ranking of two, and why each question's words are trusted by themselves: on all sets, with intervals.

    python benchmarks/fusion.py [--sets DIR] [--every N] [--json]

Both legs are asked once a question (of korquad every Nth, 3rd by default); each way fuses the same scores. "used" is the
product's; "chosen" takes its three constants from four fifths of the documents of the first four sets and is measured on the
rest. Nothing was chosen by `held-out` and `stdlib`.
Vectors come from AI_CHAT_HOME/eval-vectors.db. A set that is not there is skipped with a message.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import english
import numpy as np

from ai_chat.config import load_settings
from ai_chat.evaluation.bench import Bench
from ai_chat.evaluation.datasets import Dataset, read_dataset, read_joint
from ai_chat.evaluation.indexed import open_indexed
from ai_chat.evaluation.measures import DEPTH, Scores, gains, interval, means, scores
from ai_chat.search.fusion import TRUST, Both, Floats, Trust, dense_weight, fuse, ranked
from ai_chat.search.legs import Seen

ROOT = Path(__file__).resolve().parents[1]
CORPORA = ("autorag-ko", "korquad")
OWN_SETS = ("paraphrase", "english", "held-out")
STDLIB = "stdlib"  # Python's documentation, in English
NOT_CHOSEN_BY = ("held-out", STDLIB)
FIGURES = ("recall@1", "recall@5", "ndcg@10")
LEG_DEPTH = 100
RRF_CONSTANT = 60
FOLDS = 5
GRID = [
    Trust(*constants)
    for constants in itertools.product((0.1, 0.15, 0.25, 0.4), (0.3, 0.4, 0.5, 0.6), (2.0, 3.0, 4.0, 6.0))
]

Way = Callable[[Both], Floats]


@dataclass(frozen=True, slots=True)
class Case:
    """A question as both legs see it. `pages` of each chunk, `document` of the first relevant page."""

    both: Both
    pages: tuple[str, ...]
    relevant: frozenset[str]
    document: str

    def ranking(self, way: Way) -> list[str]:
        """Pages by their best chunk."""
        place = {chunk: row for row, chunk in enumerate(self.both.chunk_ids.tolist())}
        best = ranked(self.both, way(self.both)).chunk_ids.tolist()
        return list(dict.fromkeys(self.pages[place[chunk]] for chunk in best))[:DEPTH]


def lexical_alone(both: Both) -> Floats:
    return np.nan_to_num(both.lexical, nan=-1.0)


def dense_alone(both: Both) -> Floats:
    return np.nan_to_num(both.dense, nan=-1.0)


def even(both: Both, weight: float) -> Floats:
    return fuse(both.lexical, both.dense, weight)


def z_scores(both: Both, weight: float) -> Floats:
    """Each leg by its mean and deviation over the candidates."""
    lexical, dense = (_standardised(leg) for leg in (np.nan_to_num(both.lexical), np.nan_to_num(both.dense)))
    return (1 - weight) * lexical + weight * dense


def theoretical(both: Both, weight: float) -> Floats:
    """The lexical score as a share of what a passage with all of the question's words would have."""
    share = both.covered * np.nan_to_num(both.lexical) / (np.nanmax(both.lexical, initial=0.0) or 1.0)
    return (1 - weight) * share + weight * _stretched(both.dense)


def reciprocal(both: Both) -> Floats:
    """1 / (60 + rank) of each leg."""
    total = np.zeros(len(both.chunk_ids), np.float32)
    for leg in (both.lexical, both.dense):
        order = np.argsort(-np.nan_to_num(leg, nan=-np.inf), kind="stable")[:LEG_DEPTH]
        total[order] += (1 / (RRF_CONSTANT + 1 + np.arange(len(order)))).astype(np.float32)
    return total


def used(both: Both) -> Floats:
    return fuse(both.lexical, both.dense, dense_weight(both.covered, both.is_foreign))


def without_scripts(both: Both) -> Floats:
    return fuse(both.lexical, both.dense, dense_weight(both.covered, False))


def trusting(trust: Trust) -> Way:
    """The product's rule with other constants."""
    return lambda both: fuse(both.lexical, both.dense, dense_weight(both.covered, both.is_foreign, trust))


WAYS: Mapping[str, Way] = {
    "lexical": lexical_alone,
    "dense": dense_alone,
    "reciprocal rank fusion": reciprocal,
    **{f"z-scores, dense {weight}": partial(z_scores, weight=weight) for weight in (0.35, 0.5)},
    **{f"theoretical, dense {weight}": partial(theoretical, weight=weight) for weight in (0.35, 0.5)},
    **{f"convex, dense {weight}": partial(even, weight=weight) for weight in (0.2, 0.35, 0.5, 0.65)},
    "by coverage alone": without_scripts,
    "used": used,
}


def gather(bench: Bench, dataset: Dataset) -> list[Case]:
    documents = {page.id: page.document for page in dataset.pages or ()}
    return [_case(bench, one.question, one.relevant, documents) for one in dataset.answerable]


def measure(cases: Sequence[Case], way: Way) -> Scores:
    return scores([(case.ranking(way), case.relevant) for case in cases])


def chosen(sets: Mapping[str, Sequence[Case]]) -> tuple[dict[str, Scores], list[Trust]]:
    """Each set as fused by constants chosen on the other folds; and these constants, a fold each."""
    tried = {name: [measure(cases, trusting(trust)) for trust in GRID] for name, cases in sets.items()}
    folds = {name: np.array([_fold(case) for case in cases]) for name, cases in sets.items()}
    best = [_best(tried, {name: some != fold for name, some in folds.items()}) for fold in range(FOLDS)]
    held_out: dict[str, Scores] = {
        name: {
            figure: [float(tried[name][best[fold]][figure][row]) for row, fold in enumerate(folds[name])]
            for figure in FIGURES
        }
        for name in sets
    }
    return held_out, [GRID[index] for index in best]


def compared(found: Mapping[str, Scores], way: str) -> dict[str, dict[str, Any]]:
    """What a way has more than each leg, paired question by question."""
    return {
        f"{way} - {leg}": {figure: _mean(gains(found[way][figure], found[leg][figure])) for figure in FIGURES}
        for leg in ("lexical", "dense")
    }


def _best(tried: Mapping[str, Sequence[Scores]], kept: Mapping[str, Any]) -> int:
    """The constants with the best mean over the sets of what is kept of each, all figures together."""
    means_of = [
        [np.mean([np.asarray(one[figure])[kept[name]].mean() for figure in FIGURES]) for one in some]
        for name, some in tried.items()
    ]
    return int(np.argmax(np.mean(means_of, axis=0)))


def _case(bench: Bench, question: str, relevant: frozenset[str], documents: Mapping[str, str]) -> Case:
    asked, _notices = bench.searcher.asked(question, "hybrid", None)
    both = bench.searcher.legs.both(asked, LEG_DEPTH, Seen())
    return Case(both, tuple(bench.pages(both.chunk_ids.tolist())), relevant, documents[min(relevant)])


def _fold(case: Case) -> int:
    return zlib.crc32(case.document.encode()) % FOLDS


def _standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / (values.std() or 1.0), np.float32)


def _stretched(values: Floats) -> Floats:
    least, most = np.nanmin(values), np.nanmax(values)
    return np.asarray(np.nan_to_num((values - least) / ((most - least) or 1.0)), np.float32)


def _mean(values: Sequence[float]) -> dict[str, Any]:
    return {"found": round(sum(values) / len(values), 4), "interval": interval(values)}


def read_sets(folder: Path, every: int) -> Iterator[tuple[str, Dataset]]:
    for name in CORPORA + OWN_SETS:
        missing = [corpus for corpus in ([name] if name in CORPORA else CORPORA) if not (folder / corpus).is_dir()]
        if missing:
            print(f"{name}: skipped, there is no {missing[0]} in {folder}", file=sys.stderr)
        elif name in CORPORA:
            dataset = read_dataset(folder / name)
            questions = dataset.questions[:: every if name == "korquad" else 1]
            yield name, Dataset(dataset.file, dataset.pages, questions)
        else:
            file = ROOT / "benchmarks" / "sets" / f"{name}.jsonl"
            yield name, read_joint(file, [folder / corpus for corpus in CORPORA])
    yield STDLIB, english.dataset()


def show(name: str, result: Mapping[str, Any]) -> None:
    print(f"\n{name}: {result['questions']} questions; recall@1 / recall@5 / nDCG@10")
    for way, row in result["ways"].items():
        print(f"  {way:<28}" + " / ".join(f"{row[figure]:.3f}" for figure in FIGURES))
    for pair, row in result["compared"].items():
        print(f"  {pair:<28}" + "  ".join(_told(row[figure]) for figure in FIGURES))


def _told(one: Mapping[str, Any]) -> str:
    low, high = one["interval"]
    return f"{one['found']:+.3f} [{low:+.3f}, {high:+.3f}]"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sets: dict[str, list[Case]] = {}
    for name, dataset in read_sets(options.sets, options.every):
        with open_indexed(dataset, load_settings(), ("hybrid",)) as indexed:
            sets[name] = gather(indexed.bench, dataset)
    held_out, constants = chosen({name: cases for name, cases in sets.items() if name not in NOT_CHOSEN_BY})
    results = {}
    for name, cases in sets.items():
        found = {way: measure(cases, function) for way, function in WAYS.items()}
        if name in held_out:
            found["chosen"] = held_out[name]
        results[name] = {
            "questions": len(cases),
            "ways": {way: means(one) for way, one in found.items()},
            "compared": {
                pair: row for way in ("used", "chosen") if way in found for pair, row in compared(found, way).items()
            },
        }
        if not options.json:
            show(name, results[name])
    if options.json:
        print(json.dumps({"schema": 1, "chosen": [asdict(trust) for trust in constants], "sets": results}))
    else:
        print(f"\nused: {TRUST}\nchosen, a fold each:", *constants, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
