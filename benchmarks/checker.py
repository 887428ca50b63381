"""What the check of answers finds: right answers and answers with one thing changed, over the sample documents.

    python benchmarks/checker.py [SET.jsonl] [--samples ../shared/samples] [--misses]

A row of the set names its passages by sample file and unit; they are read with the program's own loaders and nothing is cut.
An answer counts as flagged where a sentence of it is doubted, a marker is taken out of a sentence, or a passage is cited that
it did not cite; one without any markers that gets them does not. Also told: processor time of a check.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ai_chat.checking.check import Checked, check
from ai_chat.checking.claims import claims
from ai_chat.loaders import load
from ai_chat.types import Hit, Unit, UnitRef

REPOSITORY = Path(__file__).resolve().parent.parent
SET = REPOSITORY / "benchmarks" / "sets" / "checker.jsonl"
SAMPLES = REPOSITORY.parent / "shared" / "samples"
OWN = REPOSITORY / "samples" / "documents"
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """`changed` is what was made wrong, None of a right answer."""

    question: str
    answer: str
    passages: tuple[Hit, ...]
    changed: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    row: Row
    checked: Checked
    milliseconds: float

    @property
    def flagged(self) -> bool:
        return bool(self.checked.doubts) or is_remarked(self.row.answer, self.checked.text)


def is_remarked(before: str, after: str) -> bool:
    """Whether a sentence lost a marker, or an answer with markers cites a passage that it did not cite."""
    old, new = [[set(claim.markers) for claim in claims(text)] for text in (before, after)]
    lost = len(old) != len(new) or any(one - other for one, other in zip(old, new, strict=True))
    cited = set().union(*old)
    return lost or bool(cited and set().union(*new) - cited)


def read_rows(path: Path, samples: Path) -> tuple[list[Row], list[str]]:
    """The rows whose documents are there, and the names of those that are not."""
    rows: list[Row] = []
    missing: set[str] = set()
    for line in path.read_text("utf-8").splitlines():
        told = json.loads(line)
        absent = {place["document"] for place in told["passages"] if find(place["document"], samples) is None}
        missing |= absent
        if not absent:
            hits = tuple(passage(place, rank, samples) for rank, place in enumerate(told["passages"], 1))
            rows.append(Row(told["question"], told["answer"], hits, None if told["supported"] else told["changed"]))
    return rows, sorted(missing)


def find(document: str, samples: Path) -> Path | None:
    return next((folder / document for folder in (samples, OWN) if (folder / document).is_file()), None)


def passage(place: dict[str, Any], rank: int, samples: Path) -> Hit:
    """A whole unit as a hit."""
    document = place["document"]
    path = find(document, samples)
    assert path is not None
    unit = units(path)[place["unit_kind"], place["number"]]
    ref = UnitRef(unit.kind, unit.number, unit.label)
    page = unit.number if unit.kind == "page" else None
    return Hit(rank, 1.0, document, document, "samples", 1, ref, page, unit.text, unit.text[:1], 0, 1)


@cache
def units(path: Path) -> dict[tuple[str, int], Unit]:
    return {(item.kind, item.number): item for item in load(path, path.name) if isinstance(item, Unit)}


def outcomes(rows: Iterable[Row]) -> Iterator[Outcome]:
    for row in rows:
        times = []
        for _ in range(ROUNDS):
            started = time.process_time()
            checked = check(row.answer, row.question, row.passages)
            times.append((time.process_time() - started) * 1000)
        yield Outcome(row, checked, statistics.median(times))


def figures(found: Sequence[Outcome]) -> dict[str, Any]:
    right = [outcome for outcome in found if outcome.row.changed is None]
    wrong = [outcome for outcome in found if outcome.row.changed is not None]
    kinds = sorted({outcome.row.changed or "" for outcome in wrong})
    times = sorted(outcome.milliseconds for outcome in found)
    return {
        "right": len(right),
        "wrong": len(wrong),
        "found": share(wrong),
        "false flags": share(right),
        **{f"found: {kind}": share([each for each in wrong if each.row.changed == kind]) for kind in kinds},
        "ms, median": round(statistics.median(times), 1),
        "ms, p95": round(times[int(0.95 * (len(times) - 1))], 1),
    }


def share(found: Sequence[Outcome]) -> float:
    return round(sum(outcome.flagged for outcome in found) / len(found), 3) if found else 0.0


def tell_misses(found: Iterable[Outcome]) -> None:
    for outcome in found:
        if outcome.flagged == (outcome.row.changed is None):
            doubts = [outcome.checked.text[start:end] for each in outcome.checked.doubts for start, end in each.wrong]
            print(f"{outcome.row.changed or 'right'}: {outcome.row.question} -> {outcome.row.answer}")
            print(f"    {outcome.checked.text} {doubts or ''}")


def main() -> None:
    parser = argparse.ArgumentParser(description="What the check of answers finds.")
    parser.add_argument("set", type=Path, nargs="?", default=SET)
    parser.add_argument("--samples", type=Path, default=SAMPLES)
    parser.add_argument("--misses", action="store_true", help="print the rows that were judged wrongly")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows, missing = read_rows(options.set, options.samples)
    if missing:
        print(f"left out, since {options.samples} does not have them: {', '.join(missing)}", file=sys.stderr)
    if not rows:
        print(f"skipped: none of the set's documents is in {options.samples}", file=sys.stderr)
        return
    found = list(outcomes(rows))
    if options.misses:
        tell_misses(found)
    if options.json:
        print(json.dumps(figures(found), indent=2, ensure_ascii=False))
    else:
        for name, value in figures(found).items():
            print(f"{name:24} {value}")


if __name__ == "__main__":
    main()
