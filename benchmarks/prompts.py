"""How many passages a prompt should hold, how long and in which order: the chosen model's answers under each variant of the prompt.

    python benchmarks/prompts.py DATASET [--questions 40] [--unseen 55-69] [--variant PASSAGESxLETTERS[-reversed] ...] [--json]

DATASET is a folder as for `ai-chat eval --answers`; its questions are asked as there, whole Turns without the cache, of the articles
whose number is in `--unseen` (the starter's adapter was not trained on them). All variants answer the same questions, one after the
other; the first is the product's own for a model that completes, and each other is told against it, pair by pair, with its 95 % interval.
LETTERS 0 is the whole passage. A model with a chat template reads whole passages, and only their number differs.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from answers import article_of, articles

from ai_chat.answer import writing
from ai_chat.answer.excerpt import EXCERPT, excerpt
from ai_chat.answer.history import Said
from ai_chat.answer.writing import _UNTRUSTED_TOKENS
from ai_chat.config import load_settings
from ai_chat.evaluation.answers import Outcome, answering_model, ask, spread
from ai_chat.evaluation.datasets import Dataset, Question, read_dataset
from ai_chat.evaluation.indexed import open_indexed
from ai_chat.evaluation.measures import character_f1, exact, gains, interval
from ai_chat.llm import Llm
from ai_chat.llm.models import ModelInfo
from ai_chat.prompt import Prompt, build_prompt
from ai_chat.types import Hit

OWN = f"3x{EXCERPT}"
VARIANTS = (OWN, f"1x{EXCERPT}", f"2x{EXCERPT}", f"4x{EXCERPT}", "3x160", "3x420", "3x0", f"{OWN}-reversed")


@dataclass(frozen=True, slots=True)
class Variant:
    """`letters` of each passage, 0 for all; `reversed`: the best passage stands last, next to the question."""

    name: str
    passages: int
    letters: int
    reversed: bool


def variant(name: str) -> Variant:
    found = re.fullmatch(r"(\d+)x(\d+)(-reversed)?", name)
    if not found:
        raise argparse.ArgumentTypeError(f"{name}: want PASSAGESxLETTERS, such as 3x280 or 3x280-reversed")
    return Variant(name, int(found[1]), int(found[2]), bool(found[3]))


@contextmanager
def prompted(by: Variant) -> Iterator[None]:
    """Prompts of this process are made so; the first variant's are equal to the product's own."""
    own = writing.prompt_for

    def prompt_for(
        llm: Llm, info: ModelInfo, max_tokens: int, asked: str, hits: Sequence[Hit], past: Sequence[Said]
    ) -> Prompt:
        if by.name == OWN:
            return own(llm, info, max_tokens, asked, hits, past)
        shown = [cut(hit, by.letters) for hit in hits[: by.passages]]
        tokens = max_tokens if info.trusted else min(max_tokens, _UNTRUSTED_TOKENS)
        ordered = shown[::-1] if by.reversed else shown
        return build_prompt(
            asked, ordered, llm.count_tokens, n_ctx=llm.n_ctx, max_tokens=tokens, chat=info.chat_template
        )

    writing.prompt_for = prompt_for
    try:
        yield
    finally:
        writing.prompt_for = own


def cut(hit: Hit, letters: int) -> Hit:
    return replace(hit, text=excerpt(hit.text, hit.sentence, letters)) if letters else hit


def answered(dataset: Dataset, questions: Sequence[Question], variants: Sequence[Variant]) -> dict[str, list[Outcome]]:
    settings = load_settings()
    found: dict[str, list[Outcome]] = {each.name: [] for each in variants}
    with (
        answering_model(settings) as model,
        open_indexed(dataset, settings, ("hybrid",), lambda *_: None, None) as indexed,
    ):
        for number, question in enumerate(questions, 1):
            for by in variants:
                with prompted(by):
                    found[by.name].append(ask(question, indexed.bench, model, settings, "hybrid"))
            print(f"\r{number}/{len(questions)} ", end="", file=sys.stderr)
    print(file=sys.stderr)
    return found


def report(found: dict[str, list[Outcome]]) -> dict[str, dict[str, Any]]:
    first = [character_f1(one.written, one.question.answers) for one in next(iter(found.values()))]
    told = {}
    for name, outcomes in found.items():
        scores = [character_f1(one.written, one.question.answers) for one in outcomes]
        told[name] = {
            "exact": round(statistics.mean(exact(one.written, one.question.answers) for one in outcomes), 3),
            "f1": round(statistics.mean(scores), 3),
            "f1_gain": [round(each, 3) for each in interval(gains(scores, first))],
            "shown": round(statistics.mean(one.shown for one in outcomes), 3),
            "prompt_tokens": round(statistics.median(one.tokens[0] for one in outcomes)),
        }
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--unseen", type=articles, default=articles("55-69"))
    parser.add_argument("--variant", type=variant, nargs="+", default=[variant(name) for name in VARIANTS])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    dataset = read_dataset(options.dataset)
    unseen = [one for one in dataset.questions if article_of(one) in options.unseen]
    told = report(answered(dataset, spread(unseen, options.questions), options.variant))
    if options.json:
        print(json.dumps(told, indent=2))
        return
    print(f"{'variant':18}{'exact':>8}{'F1':>8}{'against the first':>22}{'shown':>8}{'tokens':>8}")
    for name, row in told.items():
        low, high = row["f1_gain"]
        print(
            f"{name:18}{row['exact']:>8}{row['f1']:>8}{f'{low:+.3f} to {high:+.3f}':>22}{row['shown']:>8}"
            f"{row['prompt_tokens']:>8}"
        )


if __name__ == "__main__":
    main()
