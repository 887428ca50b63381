"""What a follow-up question finds in the KV cache: conversations over the sample documents, alone and between others.

    python benchmarks/follow_up.py [--json]

Two models: a synthetic one with a chat template, and the starter, which completes. Both are taken as trusted, so that every
answer is shown and remembered; the synthetic one writes noise. Its tokenizer takes a token for each Hangul syllable, about
1.6 times what real ones take, so its window is longer by as much. `alone`: one conversation after the other; `between`:
questions of three conversations in turn. The share is cached tokens / tokens of all prompts but the first of each conversation.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Literal

from synthetic import TINY, make_model

from ai_chat.answer import answer_of
from ai_chat.answer.turns import Turns
from ai_chat.app import open_app
from ai_chat.app.local import LocalApp
from ai_chat.config import load_settings
from ai_chat.llm.client import LlamaModel
from ai_chat.llm.engine import EngineOptions
from ai_chat.llm.lazy_model import LazyModel
from ai_chat.llm.loading import Tell
from ai_chat.llm.models import ModelInfo, model_info, prepare, starter_model
from ai_chat.types import Scope, Usage

CONVERSATIONS = {
    "leave": (
        "쓰지 않은 연차는 다음 해로 며칠까지 넘길 수 있나요?",
        "연차를 쓰려면 언제까지 신청해야 하나요?",
        "반차는 어떻게 쓰나요?",
        "병가는 며칠까지 쓸 수 있나요?",
    ),
    "travel": (
        "과장이 부산으로 출장 가면 하룻밤 숙박비는 얼마까지 쓸 수 있나요?",
        "서울에서 묵으면 얼마까지 되나요?",
        "자가용으로 출장을 가면 교통비는 얼마를 받나요?",
        "출장비는 언제까지 정산해야 하나요?",
    ),
    "newcomer": (
        "How many days per week can I do my job remotely?",
        "By when must a request to work from home be made?",
        "Who cannot work remotely?",
        "How long is the probation period?",
    ),
}
TOKENS = 32
Order = Literal["alone", "between"]


@dataclass(frozen=True, slots=True)
class Arrangement:
    name: str
    order: Order
    slots: int
    prompt_cache: int  # MiB


ARRANGEMENTS = (
    Arrangement("alone, 1 slot", "alone", 1, 0),
    Arrangement("between others, 1 slot, no prompt cache", "between", 1, 0),
    Arrangement("between others, 1 slot, prompt cache", "between", 1, 256),
    Arrangement("between others, 3 slots", "between", 3, 0),
)


def models(folder: Path) -> dict[str, tuple[ModelInfo, int]]:
    """Each with its window."""
    tiny = folder / "tiny.gguf"
    make_model(tiny, TINY)
    found = {"chat": (replace(model_info(tiny), trusted=True), 6144)}
    if starter := starter_model(folder):
        prepare(starter)
        found["completion"] = replace(starter, trusted=True), 4096
    return found


def open_model(info: ModelInfo, window: int, arrangement: Arrangement) -> LazyModel:
    slots = arrangement.slots
    options = EngineOptions(str(info.path), window * slots, 256, 1, slots=slots, prompt_cache=arrangement.prompt_cache)

    def make(_tell: Tell, _frugal: bool) -> LlamaModel:
        return LlamaModel.start(options)

    return LazyModel(info, make)


def in_order(order: Order) -> list[tuple[str, str]]:
    """Pairs of a conversation and a question."""
    told = [[(name, question) for question in asked] for name, asked in CONVERSATIONS.items()]
    return list(chain.from_iterable(told if order == "alone" else zip(*told, strict=True)))


def usages(app: LocalApp, model: LazyModel, arrangement: Arrangement) -> dict[str, list[Usage]]:
    """By conversation, in the order of asking."""
    settings = replace(app.home.settings, max_tokens=TOKENS)
    turns = Turns(app.home.parts.store, app, model, settings)
    found: dict[str, list[Usage]] = {name: [] for name in CONVERSATIONS}
    for name, question in in_order(arrangement.order):
        conversation = f"{name}, {model.info.name}, {arrangement.name}"
        turn = turns.start(question, Scope(), conversation_id=conversation)
        answer = answer_of(question, turns.events(turn))
        found[name].append(answer.usage)
    return found


def share(given: Sequence[Usage]) -> float:
    return round(sum(one.cached_tokens for one in given) / sum(one.prompt_tokens for one in given), 3)


def figures(found: dict[str, list[Usage]]) -> dict[str, float]:
    follow_ups = [usage for asked in found.values() for usage in asked[1:]]
    each = [share([usage]) for usage in follow_ups]
    return {
        "follow_ups": share(follow_ups),
        "second": share([asked[1] for asked in found.values()]),
        "least": min(each),
        "median": median(each),
        "prompt_tokens": median(usage.prompt_tokens for usage in follow_ups),
    }


def measure(folder: Path) -> dict[str, dict[str, dict[str, float]]]:
    app = open_app(load_settings({"home": folder / "home", "embedder": "none"}, {}), "write")
    assert isinstance(app, LocalApp)
    app.home.prepare_question()
    results: dict[str, dict[str, dict[str, float]]] = {}
    for kind, (info, window) in models(folder).items():
        for arrangement in ARRANGEMENTS:
            model = open_model(info, window, arrangement)
            results.setdefault(kind, {})[arrangement.name] = figures(usages(app, model, arrangement))
            model.close()
    app.close()
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder))
    if arguments.json:
        print(json.dumps(results, indent=2))
        return
    for kind, rows in results.items():
        for name, row in rows.items():
            print(f"{kind:<11} {name:<41} " + "  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
