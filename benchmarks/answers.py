"""How well the chosen model answers the questions of a folder, and how well each sign of certainty tells right from wrong.

    python benchmarks/answers.py DATASET [--questions 300] [--unseen 55-69] [--part odd|even] [--keep FILE] [--json]
    python benchmarks/answers.py --from FILE [--json]

DATASET is a folder as for `ai-chat eval --answers`. The first table is that command's, for the articles that the starter's
adapter was trained on and, apart, for those it never saw: `--unseen` names them by the number that a page's id begins with.
The second table: by each sign, how much of the questions could be shown where .88 of what is shown is to be right, and how
right it is where .7 is shown. From it comes SURE in ai_chat/checking/sure.py: it is set on `--part odd` of the unseen
articles and reported on `--part even`. `--keep` writes what was answered, so that `--from` need not ask again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ai_chat.checking.sure import SURE, confidence
from ai_chat.config import load_settings
from ai_chat.evaluation.answer_report import AnswerReport
from ai_chat.evaluation.answers import Outcome, Quoted, answering_model, ask_all
from ai_chat.evaluation.datasets import Question, read_dataset
from ai_chat.evaluation.indexed import Step
from ai_chat.evaluation.measures import contains

RIGHT = 0.88
COVERED = 0.7

Sign = Callable[[Outcome], float]

SIGNS: dict[str, Sign] = {
    "all tokens (used)": lambda one: confidence(one.logprobs),
    "their mean": lambda one: sum(one.logprobs) / len(one.logprobs),
    "the least": lambda one: min(one.logprobs),
    "the first": lambda one: one.logprobs[0],
    "the first three": lambda one: sum(one.logprobs[:3]),
}


def kept(path: Path) -> list[Outcome]:
    return [_outcome(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def _outcome(values: dict[str, Any]) -> Outcome:
    asked = values["question"]
    question = Question(asked["id"], asked["question"], frozenset(asked["relevant"]), tuple(asked["answers"]))
    texts = {"logprobs": tuple(values["logprobs"]), "tokens": tuple(values["tokens"])}
    texts["quoted"] = tuple(Quoted(**each) for each in values["quoted"])
    return Outcome(**{**values, **texts, "question": question})


def keep(path: Path, outcomes: Sequence[Outcome]) -> None:
    with path.open("w", encoding="utf-8") as out:
        for one in outcomes:
            values = asdict(one)
            values["question"]["relevant"] = sorted(one.question.relevant)
            print(json.dumps(values, ensure_ascii=False), file=out)


def curve(outcomes: Sequence[Outcome], sign: Sign) -> dict[str, float | None]:
    """Of the questions that have an answer: the part shown at RIGHT, from which value on; the part right at COVERED."""
    answerable = [one for one in outcomes if one.question.relevant]
    found = sorted((one for one in answerable if one.copied and one.logprobs), key=sign, reverse=True)
    right = 0
    best: dict[str, float | None] = {"shown": None, "from": None, "right": None}
    for count, one in enumerate(found, 1):
        right += contains(one.written, one.question.answers)
        share = count / len(answerable)
        if right / count >= RIGHT:
            best.update(shown=round(share, 3), **{"from": round(sign(one), 3)})
        if share <= COVERED:
            best["right"] = round(right / count, 3)
    return best


def part_of(outcomes: Sequence[Outcome], unseen: range, *, seen: bool) -> list[Outcome]:
    return [one for one in outcomes if (article_of(one.question) not in unseen) == seen]


def article_of(question: Question) -> int:
    first = min(question.relevant, default="").split("-")[0]
    return int(first) if first.isdigit() else -1


def report(outcomes: Sequence[Outcome], model: str, unseen: range) -> dict[str, Any]:
    sets = {name: part_of(outcomes, unseen, seen=name == "seen") for name in ("seen", "unseen")}
    return {
        "model": model,
        "sure": SURE,
        **{
            name: {
                "answers": AnswerReport(model, found).to_json(),
                "signs": {sign: curve(found, value) for sign, value in SIGNS.items()},
            }
            for name, found in sets.items()
            if found
        },
    }


def to_text(outcomes: Sequence[Outcome], model: str, unseen: range) -> str:
    lines = []
    for name in ("seen", "unseen"):
        if found := part_of(outcomes, unseen, seen=name == "seen"):
            lines += [f"articles {name} in training", AnswerReport(model, found).to_text(), ""]
            lines.append(f"{'sign':22}{f'shown at {RIGHT}':>14}{'from':>10}{f'right at {COVERED}':>14}")
            for sign, value in SIGNS.items():
                lines.append(f"{sign:22}" + "".join(f"{told!s:>{width}}" for told, width in _cells(found, value)))
            lines.append("")
    return "\n".join(lines)


def _cells(found: Sequence[Outcome], sign: Sign) -> list[tuple[float | None, int]]:
    values = curve(found, sign)
    return [(values["shown"], 14), (values["from"], 10), (values["right"], 14)]


def asked(options: Any) -> tuple[list[Outcome], str]:
    """The questions of one part of the unseen articles, or of all."""
    dataset = read_dataset(options.dataset)
    if options.part:
        unseen = [one for one in dataset.questions if article_of(one) in options.unseen]
        dataset = replace(dataset, questions=tuple(unseen[options.part == "odd" :: 2]))

    def tell(step: Step, done: int, total: int) -> None:
        print(f"\r{step} {done}/{total}   ", end="", file=sys.stderr)

    settings = load_settings()
    with answering_model(settings) as model:
        outcomes, _ = ask_all(dataset, settings, model, options.questions, tell)
    print(file=sys.stderr)
    return outcomes, model.info.name


def articles(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description="How well questions are answered, and by which sign that is known.")
    parser.add_argument("dataset", type=Path, nargs="?")
    parser.add_argument("--questions", type=int, help="so many, spread over the file")
    parser.add_argument("--unseen", type=articles, default=articles("55-69"))
    parser.add_argument("--part", choices=("odd", "even"), help="half of the unseen articles' questions")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--from", dest="source", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    outcomes, model = (kept(options.source), options.source.name) if options.source else asked(options)
    if options.keep:
        keep(options.keep, outcomes)
    if options.json:
        print(json.dumps(report(outcomes, model, options.unseen), ensure_ascii=False, indent=2))
    else:
        print(to_text(outcomes, model, options.unseen))


if __name__ == "__main__":
    main()
