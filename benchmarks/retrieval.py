"""How well pages are found: each leg over five sets of questions, with 95 % intervals, against what is aimed at.

    python benchmarks/retrieval.py [--sets DIR] [--only SET ...] [--every N] [--mode lexical|dense|hybrid] [--json | --markdown]

`DIR` holds autorag-ko and korquad (by default ../shared/eval beside the repository). `paraphrase`, `english` and `held-out`
are the questions of benchmarks/sets over the pages of both. A set whose pages are not there is skipped with a message.
The first run embeds every chunk; later ones take the vectors from AI_CHAT_HOME/eval-vectors.db.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ai_chat.config import load_settings
from ai_chat.evaluation.datasets import Dataset, read_dataset, read_joint
from ai_chat.evaluation.indexed import Step
from ai_chat.evaluation.measures import Scores, gains, interval, shared_words
from ai_chat.evaluation.report import LEGS
from ai_chat.evaluation.run import evaluate_dataset
from ai_chat.types import Mode

ROOT = Path(__file__).resolve().parents[1]
CORPORA = ("autorag-ko", "korquad")
OTHER_WORDS = ("paraphrase", "english")
BOTH = " + ".join(OTHER_WORDS)
SETS = (*CORPORA, *OTHER_WORDS, "held-out")
COMPARED = ("recall@1", "recall@5", "ndcg@10")


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure of a leg is to be at least; with `above`, how much more than that leg's."""

    leg: Mode
    figure: str
    least: float
    above: Mode | None = None

    def __str__(self) -> str:
        name = f"{self.leg} {self.figure}" + (f" above {self.above}" if self.above else "")
        return f"{name} >= {self.least}"

    def values(self, scores: Mapping[Mode, Scores]) -> Sequence[float]:
        own = scores[self.leg][self.figure]
        return gains(own, scores[self.above][self.figure]) if self.above else own


ABOVE_ITS_LEGS = (Goal("hybrid", "recall@5", 0.0, above="dense"), Goal("hybrid", "recall@5", 0.2, above="lexical"))
GOALS: Mapping[str, tuple[Goal, ...]] = {
    "autorag-ko": (
        Goal("hybrid", "recall@1", 0.92),
        Goal("hybrid", "recall@5", 1.0),
        Goal("hybrid", "ndcg@10", 0.96),
        Goal("lexical", "recall@1", 0.88),
    ),
    "korquad": (
        Goal("hybrid", "recall@1", 0.94),
        Goal("hybrid", "mrr@10", 0.96),
        Goal("hybrid", "answer@1", 0.8),
        Goal("hybrid", "answer@3", 0.93),
    ),
    BOTH: ABOVE_ITS_LEGS,
    "held-out": ABOVE_ITS_LEGS,
}


def read(name: str, sets: Path) -> Dataset:
    if name in CORPORA:
        return read_dataset(sets / name)
    return read_joint(ROOT / "benchmarks" / "sets" / f"{name}.jsonl", [sets / corpus for corpus in CORPORA])


def judge(name: str, scores: Mapping[Mode, Scores]) -> Iterator[dict[str, Any]]:
    """Each goal of a set whose legs were measured, with what was found."""
    for goal in GOALS.get(name, ()):
        if {goal.leg, goal.above or goal.leg} <= scores.keys():
            yield {"goal": str(goal), **mean(goal.values(scores), goal.least)}


def mean(values: Sequence[float], least: float | None = None) -> dict[str, Any]:
    found = sum(values) / len(values)
    reached = {} if least is None else {"reached": found >= least - 1e-9}
    return {"found": round(found, 4), "interval": interval(values), **reached}


def verdicts(name: str, scores: Mapping[Mode, Scores]) -> dict[str, Any]:
    return {"compared": compare(scores), "goals": list(judge(name, scores))}


def compare(scores: Mapping[Mode, Scores]) -> dict[str, dict[str, Any]]:
    """What hybrid has more than each leg, paired question by question."""
    if scores.keys() != set(LEGS):
        return {}
    return {
        f"hybrid - {leg}": {figure: mean(gains(scores["hybrid"][figure], scores[leg][figure])) for figure in COMPARED}
        for leg in LEGS[:2]
    }


def overlap(dataset: Dataset) -> float:
    """How much of a question's words stands in its pages, as a mean."""
    texts = {page.id: page.text for page in dataset.pages or ()}
    shares = [shared_words(one.question, " ".join(texts[page] for page in one.relevant)) for one in dataset.answerable]
    return round(sum(shares) / len(shares), 3)


def together(parts: Sequence[Mapping[Mode, Scores]]) -> dict[Mode, Scores]:
    """The scores of several sets as those of one."""
    return {
        leg: {figure: [value for part in parts for value in part[leg][figure]] for figure in measured}
        for leg, measured in parts[0].items()
    }


def show(name: str, result: Mapping[str, Any], table: str = "") -> None:
    print(f"\n{name}")
    if table:
        print(f"{result['shared_words']:.2f} of the questions' words stand in their pages\n{table}")
    for pair, row in result["compared"].items():
        print(f"{pair:17}", "  ".join(f"{figure} {told(one)}" for figure, one in row.items()))
    for verdict in result["goals"]:
        print(f"{'reached' if verdict['reached'] else 'MISSED '} {verdict['goal']}: {told(verdict)}")


def told(one: Mapping[str, Any]) -> str:
    return f"{one['found']:+.3f} [{one['interval'][0]:+.3f}, {one['interval'][1]:+.3f}]"


def markdown(results: Mapping[str, Any]) -> str:
    """The tables of docs/retrieval.md: the figures of each leg, and what hybrid has more."""
    legs = [
        f"| {name} | {' | '.join(_row(result[leg]) for leg in LEGS)} |"
        for name, result in results.items()
        if "hybrid" in result
    ]
    more = [
        f"| {name} | {' | '.join(_short(result['compared'][f'hybrid - {leg}']['recall@5']) for leg in LEGS[:2])} |"
        for name, result in results.items()
    ]
    return "\n".join([*legs, "", *more])


def _row(figures: Mapping[str, float]) -> str:
    return " / ".join(f"{figures[figure]:.3f}".removeprefix("0") for figure in COMPARED)


def _short(one: Mapping[str, Any]) -> str:
    found, low, high = (f"{value:+.3f}".replace("0.", ".", 1) for value in (one["found"], *one["interval"]))
    return f"{found} [{low}, {high}]"


def progress(step: Step, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{step} {done}/{total}  ", end="", file=sys.stderr, flush=True)


def thinned(dataset: Dataset, every: int) -> Dataset:
    return replace(dataset, questions=dataset.questions[::every])


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--only", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--every", type=int, default=1, help="every Nth question only")
    parser.add_argument("--mode", choices=LEGS)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--markdown", action="store_true", help="the rows of docs/retrieval.md")
    return parser.parse_args()


def measure(asked: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Each set that is there with its results and its table; at the end those in other words as one."""
    modes: tuple[Mode, ...] = (asked.mode,) if asked.mode else LEGS
    in_other_words: list[Mapping[Mode, Scores]] = []
    for name in asked.only:
        missing = [corpus for corpus in ([name] if name in CORPORA else CORPORA) if not (asked.sets / corpus).is_dir()]
        if missing:
            print(f"{name}: skipped, there is no {missing[0]} in {asked.sets}", file=sys.stderr)
            continue
        dataset = thinned(read(name, asked.sets), asked.every)
        report = evaluate_dataset(dataset, load_settings(), modes, progress)
        result = {"shared_words": overlap(dataset), **verdicts(name, report.scores), **report.to_json()}
        yield name, result, report.to_text()
        if name in OTHER_WORDS:
            in_other_words.append(report.scores)
    if len(in_other_words) == len(OTHER_WORDS):
        yield BOTH, verdicts(BOTH, together(in_other_words)), ""


def main() -> int:
    asked = options()
    results: dict[str, Any] = {}
    for name, result, table in measure(asked):
        results[name] = result
        if not (asked.json or asked.markdown):
            show(name, result, table)
    if asked.markdown:
        print(markdown(results))
    if asked.json:
        print(json.dumps({"schema": 1, "sets": results}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
