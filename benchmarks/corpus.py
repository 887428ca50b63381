"""Corpora of any size that behave like the real pages of ../shared/eval: documents of text, a vector for each chunk, questions.

Text: runs of real sentences, recombined; in each document the words that few real pages have become others, the more of
them the more documents there are, so that the vocabulary grows as it does and common words stay as common as they are.
Vectors: real ones mixed with their neighbours and with differences between neighbours, as far from the common mean as
before. Without the pages, words are drawn by Zipf's law and vectors from random clusters, and a message says so.
"""

from __future__ import annotations

import json
import random
import re
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai_chat.chunking import split_sentences
from ai_chat.store import text_sha256
from ai_chat.types import Unit

Vectors = NDArray[np.float32]

PAGES_A_DOCUMENT = 7
PAGE = 1100  # characters
RUN = 3  # sentences that stay together
RARE = 3  # a word in at most so many real pages
GROWTH = 0.6  # n times as many chunks have n ** GROWTH times as many words: .63 from 600 to 1,250 real ones
NEIGHBOURS = 12
BLOCK = 10_000  # vectors made at a time
TOPIC = 20  # vectors one after the other that are of one kind, as the chunks of a document
NOISE = 0.8  # chosen so that nearest neighbours grow nearer as they do from 800 real chunks to 2,500
_WORD = re.compile(r"[가-힣]{2,}|[A-Za-z]{3,}|\d{2,}")


@dataclass(frozen=True, slots=True)
class Source:
    """`pages` hold the sentences of each real page; `vectors` (n, dim), `asked` (m, dim) unit vectors of `questions`."""

    pages: tuple[tuple[str, ...], ...]
    vectors: Vectors
    questions: tuple[str, ...]
    asked: Vectors
    real: bool


def read_source(sets: Path, cache: Path, fingerprint: str, dim: int, questions: int) -> Source:
    """`cache`: the vectors that an evaluation has kept."""
    pages: list[tuple[str, ...]] = []
    texts: list[str] = []
    for name in ("autorag-ko", "korquad"):
        if (sets / name / "pages.jsonl").exists():
            pages += [tuple(_sentences(row["text"])) for row in _rows(sets / name / "pages.jsonl")]
            texts += [row["question"].strip() for row in _rows(sets / name / "questions.jsonl")]
    if not pages:
        print(f"{sets} holds no pages: words by Zipf's law instead, random vectors", file=sys.stderr)
        pages, texts = _invented(random.Random(1), questions)
    kept = _kept(cache, fingerprint)
    asked = _kept(cache, f"{fingerprint} question")
    vectors = np.array(list(kept.values()), np.float32)
    known = [(text, row) for text in texts if (row := asked.get(text_sha256(text))) is not None][:questions]
    if not known or len(vectors) <= NEIGHBOURS:
        print(
            f"{cache} holds no vectors of {fingerprint}: run benchmarks/retrieval.py first; random ones",
            file=sys.stderr,
        )
        some = tuple(texts[:questions])
        return Source(tuple(pages), _cone(2000, dim), some, _cone(len(some), dim), False)
    some, rows = zip(*known, strict=True)
    return Source(tuple(pages), vectors, some, np.array(rows, np.float32), True)


def documents(source: Source, seed: int = 1) -> Iterator[list[Unit]]:
    """Without end: the pages of one document after the other."""
    rng = random.Random(seed)
    counted = Counter(word for page in source.pages for word in {*_WORD.findall(" ".join(page))})
    rare = {word for word, count in counted.items() if count <= RARE}
    syllables = "".join(letter for word in counted for letter in word if "가" <= letter <= "힣")
    while True:
        own: dict[str, str] = {}
        yield [
            Unit(
                "page", number, str(number), _own_words(_page(source.pages, rng), rare, own, syllables, rng), ((0, 0),)
            )
            for number in range(1, PAGES_A_DOCUMENT + 1)
        ]


def grow(vectors: Vectors, count: int, seed: int = 1) -> Iterator[Vectors]:
    """`count` unit vectors in blocks, the given ones first; the first of more are the same."""
    rng = np.random.default_rng(seed)
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    near = _neighbours(vectors)
    apart = vectors[near[:, 0]] - vectors
    yield vectors[:count]
    for start in range(len(vectors), count, BLOCK):
        topics = np.repeat(rng.integers(len(vectors), size=BLOCK // TOPIC), TOPIC)
        first, other = near[topics, rng.integers(NEIGHBOURS, size=BLOCK)], rng.integers(NEIGHBOURS, size=BLOCK)
        share = rng.uniform(0, 0.6, size=(BLOCK, 1))
        mixed = (1 - share) * centred[first] + share * centred[near[first, other]]
        for _ in range(3):
            mixed += NOISE / 3**0.5 * apart[rng.integers(len(vectors), size=BLOCK)] * rng.choice((-1, 1), (BLOCK, 1))
        mixed *= lengths[first] / np.linalg.norm(mixed, axis=1, keepdims=True)
        yield unit((mean + mixed).astype(np.float32))[: count - start]


def unit(rows: Vectors) -> Vectors:
    normed: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return normed.astype(np.float32)


def likeness(vectors: Vectors, asked: Vectors) -> dict[str, Any]:
    """What the vectors of a corpus look like: pairs, nearest neighbours, a question's 1st, 10th and 100th."""
    some = vectors[np.random.default_rng(0).permutation(len(vectors))[:1000]]
    pairs = (some @ some.T)[np.triu_indices(len(some), 1)]
    near = np.sort(np.einsum("id,jd->ij", some[:200], vectors), axis=1)[:, -2]
    ranked = -np.sort(-np.einsum("id,jd->ij", asked, vectors), axis=1)
    return {
        "pairs_1_50_99": _rounded(np.percentile(pairs, (1, 50, 99))),
        "nearest_50": _rounded(np.percentile(near, 50)),
        "question_1_10_100": _rounded(np.median(ranked[:, [0, 9, 99]], axis=0)),
    }


def _rounded(values: Any) -> Any:
    return [round(float(value), 3) for value in np.atleast_1d(values)]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _sentences(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in split_sentences(text))


def _kept(cache: Path, fingerprint: str) -> dict[bytes, Vectors]:
    if not cache.exists():
        return {}
    database = sqlite3.connect(f"{cache.absolute().as_uri()}?mode=ro", uri=True)
    try:
        rows = database.execute(
            "SELECT sha256, vector FROM vectors WHERE fingerprint = ? ORDER BY sha256", (fingerprint,)
        )
        return {sha: np.frombuffer(vector, "<f4") for sha, vector in rows}
    finally:
        database.close()


def _page(pages: Sequence[Sequence[str]], rng: random.Random) -> str:
    parts: list[str] = []
    while sum(map(len, parts)) < PAGE:
        page = rng.choice(pages)
        start = rng.randrange(max(1, len(page)))
        parts += page[start : start + RUN]
    return "\n".join(parts)


def _own_words(text: str, rare: set[str], own: dict[str, str], syllables: str, rng: random.Random) -> str:
    def replaced(match: re.Match[str]) -> str:
        word = match[0]
        if word in rare and word not in own:
            own[word] = _another(word, int(rng.paretovariate(GROWTH)), syllables)
        return own.get(word, word)

    return _WORD.sub(replaced, text)


@lru_cache(200_000)
def _another(word: str, number: int, syllables: str) -> str:
    """The word itself, or the n-th in its place: as long, of the same script, with its end, where particles are."""
    rng = random.Random(f"{word} {number}")
    if number == 1:
        return word
    if word.isdigit():
        return str(rng.randrange(10 ** (len(word) - 1), 10 ** len(word)))
    if "가" <= word[0] <= "힣":
        return "".join(rng.choices(syllables, k=2)) + word[2:]
    return "".join(rng.sample(word, len(word)))


def _neighbours(vectors: Vectors) -> NDArray[np.intp]:
    alike = np.einsum("id,jd->ij", vectors, vectors)
    np.fill_diagonal(alike, -1)
    return np.argsort(-alike, axis=1)[:, :NEIGHBOURS]


def _cone(count: int, dim: int) -> Vectors:
    """As embeddings are: all much alike, in clusters."""
    rng = np.random.default_rng(3)
    clusters = rng.standard_normal((300, dim))[rng.integers(300, size=count)]
    return unit((2 * np.ones(dim) + 0.7 * clusters + 0.6 * rng.standard_normal((count, dim))).astype(np.float32))


def _invented(rng: random.Random, questions: int) -> tuple[list[tuple[str, ...]], list[str]]:
    """Words as frequent as in language: the n-th is drawn about 1/n times as often as the first."""
    words = [
        "".join(chr(rng.randrange(0xAC00, 0xD7A4, 17)) for _ in range(rng.choice((2, 2, 3, 4)))) for _ in range(20_000)
    ]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    sentences = [" ".join(rng.choices(words, weights, k=10)) + "다." for _ in range(12_000)]
    pages = [tuple(sentences[start : start + 10]) for start in range(0, len(sentences), 10)]
    return pages, [rng.choice(sentences)[:30] for _ in range(questions)]
