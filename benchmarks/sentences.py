"""How often what is shown of a hit holds the answer, by each part of the choice, and what it costs.

    python benchmarks/sentences.py [--sets DIR] [--every N] [--vectors] [--json]

korquad and the samples by keyword search. Of korquad, weights were chosen on four fifths of the articles; the rest is "held
out". `--vectors`: by hybrid search the questions in other words than their pages, chosen by words and by vectors; it embeds
all pages of both evaluation sets once. A set that is not there is skipped with a message.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ai_chat.config import load_settings
from ai_chat.evaluation.bench import Bench
from ai_chat.evaluation.datasets import Dataset, Question, read_dataset, read_joint
from ai_chat.evaluation.indexed import open_indexed
from ai_chat.evaluation.measures import SENTENCE_CUTS, answer_scores, interval, quotable_answers, quotes
from ai_chat.search.sentence import Sought, Weights, best_sentence, sought

ROOT = Path(__file__).resolve().parents[1]
CORPORA = ("autorag-ko", "korquad")
OWN_SETS = ("paraphrase", "english")
HITS = 5
ALONE = Weights(neighbour=float("inf"))
HELD_OUT = 5  # every fifth article


@dataclass(frozen=True, slots=True)
class Way:
    """A way to choose what is shown."""

    name: str
    weights: Weights
    form: bool = True

    def shown(self, passages: Sequence[str], wanted: Sought) -> list[str]:
        asked = wanted if self.form else replace(wanted, form=None)
        spans = [best_sentence(passage, asked, self.weights) for passage in passages]
        return [passage[start:end] for passage, (start, end) in zip(passages, spans, strict=True)]


WAYS = (
    Way("one sentence, words alone", ALONE, form=False),
    Way("one sentence", ALONE),
    Way("with its neighbour", Weights()),
)


@dataclass(frozen=True, slots=True)
class Asked:
    question: Question
    passages: tuple[str, ...]


def ask(dataset: Dataset, every: int) -> list[Asked]:
    """The passages of each question's first hits; questions whose answers are too long to be quoted are left out."""
    questions = [question for question in dataset.questions if quotable_answers(question.answers)][::every]
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(Path(home), None)
        try:
            bench.add_pages(dataset.pages or (), lambda _done, _total: None)
            found = [bench.search(question.question, "lexical", HITS).hits for question in questions]
        finally:
            bench.close()
    return [Asked(one, tuple(hit.text for hit in hits)) for one, hits in zip(questions, found, strict=True)]


def measure(asked: Sequence[Asked], way: Way) -> dict[str, Any]:
    wanted = [sought(one.question.question) for one in asked]
    started = time.process_time()
    shown = [way.shown(one.passages, want) for one, want in zip(asked, wanted, strict=True)]
    return judged(asked, shown, time.process_time() - started)


def judged(asked: Sequence[Asked], shown: Sequence[Sequence[str]], seconds: float) -> dict[str, Any]:
    """`answer@k` of all questions, `of_passages` among those whose first passage holds the answer, and the length shown."""
    scores = answer_scores([(some, one.question.answers) for some, one in zip(shown, asked, strict=True)])
    holding = list(_holding(asked, scores["answer@1"]))
    lengths = [len(some[0]) for some in shown if some]
    return {
        **{name: {"found": mean(values), "interval": interval(values)} for name, values in scores.items()},
        "of_passages": mean(holding),
        "median_length": statistics.median(lengths),
        "cpu_ms": round(1000 * seconds / len(asked), 3),
    }


def _holding(asked: Sequence[Asked], found: Sequence[float]) -> Iterator[float]:
    for one, value in zip(asked, found, strict=True):
        if quotes(one.passages[:1], quotable_answers(one.question.answers)):
            yield value


def mean(values: Sequence[float]) -> float:
    return round(sum(values) / max(len(values), 1), 4)


def parts(name: str, dataset: Dataset, asked: Sequence[Asked]) -> dict[str, list[Asked]]:
    if name != "korquad":
        return {name: list(asked)}
    articles = {
        document: row for row, document in enumerate(dict.fromkeys(page.document for page in dataset.pages or ()))
    }
    of_page = {page.id: articles[page.document] for page in dataset.pages or ()}
    held = [one for one in asked if any(of_page[page] % HELD_OUT == 0 for page in one.question.relevant)]
    return {"korquad": list(asked), "korquad, held out": held}


def in_other_words(sets: Path) -> tuple[list[Asked], dict[str, Any]]:
    """What the product shows, and what it would by words alone. Nobody waits, so that all sentences are looked at."""
    asked: list[Asked] = []
    nearest: list[list[str]] = []
    for name in OWN_SETS:
        file = ROOT / "benchmarks" / "sets" / f"{name}.jsonl"
        dataset = read_joint(file, [sets / corpus for corpus in CORPORA])
        with open_indexed(dataset, load_settings(), ("hybrid",)) as indexed:
            for question in dataset.answerable:
                hits = indexed.bench.search(question.question, "hybrid", HITS).hits
                asked.append(Asked(question, tuple(hit.text for hit in hits)))
                nearest.append([hit.sentence for hit in hits])
    return asked, judged(asked, nearest, 0.0)


def show(name: str, found: Mapping[str, Mapping[str, Any]]) -> None:
    print(f"\n{name:32}{'answer@1':>22}{'answer@3':>22}{'of passages':>13}{'length':>8}{'CPU ms':>8}")
    for way, row in found.items():
        cells = [
            f"{row[cut]['found']:.3f} [{row[cut]['interval'][0]:.3f}, {row[cut]['interval'][1]:.3f}]" for cut in CUTS
        ]
        print(
            f"{way:32}"
            + "".join(f"{cell:>22}" for cell in cells)
            + f"{row['of_passages']:13.3f}{row['median_length']:8.0f}{row['cpu_ms']:8.2f}"
        )


CUTS = [f"answer@{cut}" for cut in SENTENCE_CUTS]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--every", type=int, default=1, help="every Nth question only")
    parser.add_argument("--vectors", action="store_true", help="also questions in other words, which needs an embedder")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results: dict[str, Any] = {}
    for name, folder in (("korquad", options.sets / "korquad"), ("samples", ROOT / "samples" / "eval")):
        if not (folder / "questions.jsonl").exists():
            print(f"{name}: skipped, there is no {folder}", file=sys.stderr)
            continue
        dataset = read_dataset(folder)
        for part, asked in parts(name, dataset, ask(dataset, options.every)).items():
            results[part] = {"questions": len(asked), **{way.name: measure(asked, way) for way in WAYS}}
            if not options.json:
                show(f"{part} ({len(asked)})", {way.name: results[part][way.name] for way in WAYS})
    if options.vectors and all((options.sets / corpus).is_dir() for corpus in CORPORA):
        asked, nearest = in_other_words(options.sets)
        ways = {"by words alone": measure(asked, Way("", Weights())), "by vectors where no word tells": nearest}
        results["other words"] = {"questions": len(asked), **ways}
        if not options.json:
            show(f"other words ({len(asked)})", ways)
    if options.json:
        print(json.dumps({"schema": 2, "sets": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
