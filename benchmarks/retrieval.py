"""How well pages are found: recall, rank and time of each leg over the two evaluation sets, against what was promised.

    python benchmarks/retrieval.py [--sets DIR] [--mode lexical|dense|hybrid] [--json]

`DIR` holds autorag-ko and korquad (by default ../shared/eval beside the repository); a set that is not there is skipped.
The first run embeds every chunk, a few a second; later ones take the vectors from AI_CHAT_HOME/eval-vectors.db.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_chat.config import load_settings
from ai_chat.evaluation.report import LEGS, Report
from ai_chat.evaluation.run import Step, evaluate
from ai_chat.types import Mode

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Target:
    leg: Mode
    figure: str
    least: float


TARGETS: Mapping[str, tuple[Target, ...]] = {
    "autorag-ko": (
        Target("lexical", "recall@1", 0.85),
        Target("lexical", "recall@5", 0.98),
        Target("hybrid", "recall@1", 0.85),
        Target("hybrid", "recall@5", 0.98),
    ),
    "korquad": (Target("lexical", "recall@1", 0.91),),
}


def judge(name: str, report: Report) -> Iterator[dict[str, Any]]:
    """Each promise about a set that was measured, with what was found."""
    for target in TARGETS[name]:
        if target.leg in report.figures:
            found = report.figures[target.leg][target.figure]
            promise = f"{target.leg} {target.figure} >= {target.least}"
            yield {"promise": promise, "found": found, "kept": found >= target.least}


def show(name: str, report: Report, verdicts: Sequence[Mapping[str, Any]]) -> None:
    print(f"\n{name}\n{report.to_text()}")
    for verdict in verdicts:
        print(f"{'kept  ' if verdict['kept'] else 'MISSED'} {verdict['promise']}: {verdict['found']:.3f}")


def progress(step: Step, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{step} {done}/{total}  ", end="", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--mode", choices=LEGS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results: dict[str, Any] = {}
    for name in TARGETS:
        if not (options.sets / name).is_dir():
            print(f"skipped: there is no {name} in {options.sets}", file=sys.stderr)
            continue
        modes = (options.mode,) if options.mode else LEGS
        report = evaluate(options.sets / name, load_settings(), modes, progress)
        verdicts = list(judge(name, report))
        results[name] = {**report.to_json(), "promises": verdicts}
        if not options.json:
            show(name, report, verdicts)
    if options.json:
        print(json.dumps({"schema": 1, "sets": results}, indent=2))
    return 0 if all(verdict["kept"] for found in results.values() for verdict in found["promises"]) else 1


if __name__ == "__main__":
    sys.exit(main())
