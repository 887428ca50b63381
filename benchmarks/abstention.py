"""How often a question that the documents answer is refused, and one that they do not is let through.

    python benchmarks/abstention.py [--sets DIR] [--questions 300] [--mode hybrid|lexical] [--fit] [--json]

korquad: questions of half of its articles, once as they are, and others with their article left out of the index; the weights
were fitted on the other half (`--fit` does it anew and prints them): on questions as they are, with their article left out, and
with one thing in them replaced by another. Then the samples' own questions, some of which nothing answers, and business pages with the
document left out. "Calibrated": the same by what `ai-chat calibrate` makes of questions of its own. "cpu_ms": of a search with
the question's vector at hand, and of judging. A set that is not there is skipped with a message.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai_chat.config import load_settings
from ai_chat.evaluation.bench import SCOPE, Bench
from ai_chat.evaluation.datasets import Dataset, Question, read_dataset
from ai_chat.evaluation.indexed import open_indexed
from ai_chat.evaluation.measures import interval
from ai_chat.search.calibrating import calibrate
from ai_chat.search.fitting import Example, fitted
from ai_chat.search.judging import DEFAULT, Calibration, Weighing, judge
from ai_chat.search.legs import Seen
from ai_chat.search.signs import Word, has_final
from ai_chat.types import Mode

ROOT = Path(__file__).resolve().parents[1]
SEED = 2026
DEPTH = 100  # candidates a leg, as a search asks for
FITTED_ON = 600  # questions of each sort
NOTHING = Calibration(Weighing(0.0, {}), Weighing(0.0, {}))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the documents that are left out of the index for it."""

    question: Question
    text: str
    without: frozenset[int]
    answerable: bool
    near_miss: bool = False


class Set:
    """A dataset in its index, with the version behind each page."""

    def __init__(self, dataset: Dataset, bench: Bench, mode: Mode) -> None:
        self.dataset = dataset
        self.bench = bench
        self.mode = mode
        store = bench.searcher.store
        passages = store.library.passages(store.versions.spread(10**6), SCOPE).values()
        self.version = {each.unit.label: each.version_id for each in passages}
        self.document = {page.id: page.document for page in dataset.pages or ()}

    def as_is(self, question: Question) -> Asked:
        return Asked(question, question.question, frozenset(), bool(question.relevant))

    def left_out(self, question: Question) -> Asked:
        return Asked(question, question.question, frozenset(self.version[page] for page in question.relevant), False)

    def examples(self, asked: Sequence[Asked]) -> list[Example]:
        found = []
        for one in asked:
            signs = self.bench.searcher.look(one.text, SCOPE, one.without, mode=self.mode).signs
            if signs is not None:  # else nothing was found, which needs no judgement
                found.append(Example(signs, one.answerable, one.near_miss))
        return found


def articles(korquad: Dataset) -> tuple[list[Question], list[Question]]:
    """The questions of every other article, and of the rest, in random order."""
    numbers = {name: row for row, name in enumerate(dict.fromkeys(page.document for page in korquad.pages or ()))}
    document = {page.id: numbers[page.document] for page in korquad.pages or ()}
    mixed = random.Random(SEED).sample(korquad.questions, len(korquad.questions))
    halves: tuple[list[Question], list[Question]] = ([], [])
    for question in mixed:
        halves[document[min(question.relevant)] % 2].append(question)
    return halves


def replaced(some: Set, questions: Sequence[Question]) -> Iterator[Asked]:
    """Their rarest thing is another question's, one that goes with the same particle."""
    dice = random.Random(SEED)
    things = {one.id: things_of(some, one) for one in questions}
    names = sorted({word.own for words in things.values() for word in words})
    for question in questions:
        if not things[question.id]:
            continue
        rarest = max(things[question.id], key=lambda word: word.rarity).own
        fitting = [name for name in names if name != rarest and has_final(name[-1]) == has_final(rarest[-1])]
        text = question.question.replace(rarest, dice.choice(fitting), 1)
        if text != question.question:
            yield Asked(question, text, frozenset(), False, near_miss=True)


def things_of(some: Set, question: Question) -> list[Word]:
    searcher = some.bench.searcher
    words = searcher.legs.words(question.question, searcher.reader) or []
    return [word for word in words if word.names and len(word.own) > 1 and not word.own[0].isdigit()]


def fit(some: Set, questions: Sequence[Question]) -> Calibration:
    as_they_are = [some.as_is(one) for one in questions[:FITTED_ON]]
    left_out = [some.left_out(one) for one in questions[:FITTED_ON]]
    return fitted(some.examples([*as_they_are, *left_out, *replaced(some, questions[:FITTED_ON])]), NOTHING)


def measured(examples: Sequence[Example], calibration: Calibration) -> dict[str, Any]:
    judged = [(each, float(judge(each.signs, calibration).answerable)) for each in examples]
    refused = [1 - passed for each, passed in judged if each.answerable]
    let_through = [passed for each, passed in judged if not each.answerable]
    return {"refused": shares(refused), "let through": shares(let_through)}


def shares(values: Sequence[float]) -> dict[str, Any] | None:
    """None of no questions."""
    if not values:
        return None
    return {"of": len(values), "share": round(sum(values) / len(values), 4), "interval": interval(values)}


def korquad(folder: Path, count: int, mode: Mode, fits: bool) -> tuple[dict[str, Any], Calibration]:
    dataset = read_dataset(folder)
    measured_on, fitted_on = articles(dataset)
    with open_indexed(dataset, load_settings(), ("hybrid",)) as indexed:
        some = Set(dataset, indexed.bench, mode)
        calibration = fit(some, fitted_on) if fits else DEFAULT
        asked = [some.as_is(one) for one in measured_on[:count]]
        asked += [some.left_out(one) for one in measured_on[count : 2 * count]]
        examples = some.examples(asked)
        swapped = some.examples(list(replaced(some, measured_on[:count])))
        result = {
            "questions": measured(examples, calibration),
            "one thing replaced": measured(swapped, calibration),
            "calibrated": measured(examples, calibrate(indexed.bench.searcher).calibration),
            "cpu_ms": judging_cost(some, measured_on[:count]),
        }
    return result, calibration


def judging_cost(some: Set, questions: Sequence[Question]) -> dict[str, float]:
    """Medians in ms of CPU: of a whole search with the question's vector at hand, and of what judging takes of it."""
    searcher = some.bench.searcher
    whole, judging = [], []
    for question in questions:
        asked, _notices = searcher.asked(question.question, some.mode, None)
        started = time.process_time()
        hits = searcher.search(question.question, SCOPE, mode=some.mode, wait=None).hits
        ended = time.process_time()
        candidates = searcher.legs.candidates(asked, DEPTH, Seen())
        began = time.process_time()
        searcher.judged(asked, hits, candidates)
        judging.append(time.process_time() - began)
        whole.append(ended - started)
    return {"search": _median(whole), "judging": _median(judging)}


def _median(seconds: Sequence[float]) -> float:
    return round(1000 * sorted(seconds)[len(seconds) // 2], 3)


def pages(folder: Path, mode: Mode, calibration: Calibration) -> dict[str, Any]:
    """All questions as they are, and those that are answered with their documents left out."""
    dataset = read_dataset(folder)
    with open_indexed(dataset, load_settings(), ("hybrid",)) as indexed:
        some = Set(dataset, indexed.bench, mode)
        as_they_are = some.examples([some.as_is(one) for one in dataset.questions])
        left_out = some.examples([some.left_out(one) for one in dataset.answerable])
        own = calibrate(indexed.bench.searcher).calibration
        firsts = [
            some.bench.ranking(some.bench.search(one.question, mode, 5), 1)[0] in one.relevant
            for one in dataset.answerable
        ]
    return {
        "questions": measured(as_they_are, calibration),
        "document left out": measured(left_out, calibration),
        "calibrated": measured(as_they_are, own),
        "right page first": f"{sum(firsts)} of {len(firsts)}",
    }


def show(name: str, row: dict[str, Any]) -> None:
    cells = [
        f"{part} {found['share']:.3f} {list(found['interval'])} of {found['of']}"
        for part, found in row.items()
        if found
    ]
    print(f"{name:34}{'   '.join(cells)}")


def report(results: dict[str, Any]) -> None:
    for name, result in results.items():
        for part, row in result.items():
            if isinstance(row, dict) and "refused" in row:
                show(f"{name}, {part}", row)
            else:
                print(f"{f'{name}, {part}':34}{row}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--mode", choices=("hybrid", "lexical"), default="hybrid")
    parser.add_argument("--fit", action="store_true", help="fit the weights anew, print them and measure with them")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results: dict[str, Any] = {}
    calibration = DEFAULT
    for name, folder in (
        ("korquad", options.sets / "korquad"),
        ("samples", ROOT / "samples" / "eval"),
        ("autorag-ko", options.sets / "autorag-ko"),
    ):
        if not (folder / "questions.jsonl").exists():
            print(f"{name}: skipped, there is no {folder}", file=sys.stderr)
        elif name == "korquad":
            results[name], calibration = korquad(folder, options.questions, options.mode, options.fit)
        else:
            results[name] = pages(folder, options.mode, calibration)
    if options.fit:
        print(calibration, file=sys.stderr)
    if options.json:
        print(json.dumps({"schema": 1, "mode": options.mode, "sets": results}))
    else:
        report(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
