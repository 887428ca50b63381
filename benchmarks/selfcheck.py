"""What the self-check of the legs finds where they are sound and where they are not: shares of known sentences found.

    python benchmarks/selfcheck.py [--sets DIR] [--json]

Sound: both evaluation sets, Python's own documentation, sentences without spaces. Not sound: vectors that are zero, all
alike, random, or of another embedder than the question's. A set that is not there is skipped with a message.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import english
import numpy as np
from numpy.typing import NDArray

from ai_chat.config import load_settings
from ai_chat.embedding import Embedder
from ai_chat.evaluation.datasets import Dataset, Page, Question, read_dataset
from ai_chat.evaluation.indexed import open_indexed
from ai_chat.search.searcher import Searcher
from ai_chat.search.selfcheck import BLIND, LEGS, check_legs

ROOT = Path(__file__).resolve().parents[1]
UNSOUND = ("zero", "alike", "random", "another embedder")


class Unsound:
    """An embedder in front of another that spoils its vectors in one way."""

    def __init__(self, inner: Embedder, way: str) -> None:
        self.dim = inner.dim
        self.fingerprint = f"{inner.fingerprint}-{way}"
        self.pid = None
        self._inner = inner
        self._way = way
        self._chance = np.random.default_rng(2026)
        self._order = self._chance.permutation(inner.dim)

    def embed_query(self, text: str, timeout: float | None = None) -> NDArray[np.float32] | None:
        vector = self._inner.embed_query(text, timeout)
        return vector[self._order] if vector is not None and self._way == "another embedder" else vector

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = self._inner.embed_passages(texts)
        if self._way == "zero":
            return np.zeros_like(vectors)
        if self._way == "alike":
            return np.full_like(vectors, self.dim**-0.5)
        if self._way == "random":
            drawn = self._chance.normal(size=vectors.shape).astype(np.float32)
            return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)
        return vectors

    def close(self) -> None:
        """The inner one is whoever opened it's to close."""


def unspaced() -> Dataset:
    """Sentences without a space, of made-up words: only a leg of terms can find them."""
    chance = random.Random(2026)
    letters = "あいうえおかきくけこさしすせそたちつてと東京大阪会社規定休暇年間申請"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 4))) for _ in range(800)]
    texts = ["".join("".join(chance.choices(words, k=14)) + "。" for _ in range(12)) for _ in range(200)]
    pages = tuple(Page(f"{number}", "unspaced", text) for number, text in enumerate(texts))
    return Dataset(Path(), pages, (Question("1", "東京", frozenset({"0"})),))


def read_sets(folder: Path) -> Iterator[tuple[str, Dataset]]:
    for name in ("autorag-ko", "korquad"):
        if (folder / name).is_dir():
            yield name, read_dataset(folder / name)
        else:
            print(f"{name}: skipped, there is no {folder / name}", file=sys.stderr)
    yield "Python's documentation", english.dataset()
    yield "without spaces", unspaced()


def measure(dataset: Dataset) -> Iterator[tuple[str, dict[str, Any]]]:
    with open_indexed(dataset, load_settings(), ("hybrid",)) as indexed:
        yield "sound", check(indexed.bench.searcher)
        assert indexed.embedder is not None
        for way in UNSOUND:
            with open_indexed(dataset, load_settings(), ("hybrid",), embedder=Unsound(indexed.embedder, way)) as spoilt:
                yield way, check(spoilt.bench.searcher)


def check(searcher: Searcher) -> dict[str, dict[str, Any]]:
    """By leg: how many known sentences were asked for and found, and what is concluded."""
    steps = list(check_legs(searcher))
    return {
        leg: {
            "asked": sum(step.leg == leg for step in steps),
            "found": sum(step.leg == leg and step.found for step in steps),
            "blind": any(step.leg == leg and step.problem for step in steps),
        }
        for leg in LEGS
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=Path, default=ROOT.parent / "shared" / "eval")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = {}
    for name, dataset in read_sets(options.sets):
        results[name] = dict(measure(dataset))
        if not options.json:
            print(name)
            for way, legs in results[name].items():
                print(
                    f"  {way:<18}",
                    *(f"{leg} {told(one)}" for leg, one in legs.items() if leg == "dense" or way == "sound"),
                )
    if options.json:
        print(json.dumps({"schema": 1, "blind_below": BLIND, "sets": results}))
    return 0


def told(one: Mapping[str, Any]) -> str:
    return f"{one['found']}/{one['asked']}{' blind' if one['blind'] else ''}"


if __name__ == "__main__":
    sys.exit(main())
