"""How good rankings and sentences are, and how sure that is: pure functions of ids, texts and numbers.

Binary relevance. Rankings are best first and hold an id once; knows nothing of search or documents.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence, Set

import numpy as np

RECALL_CUTS = (1, 3, 5, 10)
SENTENCE_CUTS = (1, 3)
DEPTH = 10
LONGEST_ANSWER = 40  # characters; a longer one is told in other words than the page's
RESAMPLES = 2000
SEED = 2026

Ranking = Sequence[str]
Scores = Mapping[str, Sequence[float]]  # by the name of the figure, a number a question


def recall_at(k: int, ranking: Ranking, relevant: Set[str]) -> float:
    """The share of the relevant ids that are among the first k; with a single one, whether it is found."""
    return len(relevant & set(ranking[:k])) / len(relevant)


def mrr_at(k: int, ranking: Ranking, relevant: Set[str]) -> float:
    """One divided by the rank of the first relevant id; 0 where there is none among the first k."""
    return next((1.0 / rank for rank, found in enumerate(ranking[:k], start=1) if found in relevant), 0.0)


def ndcg_at(k: int, ranking: Ranking, relevant: Set[str]) -> float:
    """Discounted cumulative gain, 1 / log2(rank + 1) for each relevant id, as a share of the best one possible."""
    gain = sum(_discount(rank) for rank, found in enumerate(ranking[:k], start=1) if found in relevant)
    return gain / sum(_discount(rank) for rank in range(1, min(k, len(relevant)) + 1))


def scores(rankings: Sequence[tuple[Ranking, Set[str]]]) -> dict[str, list[float]]:
    """A number a question, by the names of the report; a question without relevant ids must not be among them."""
    return {
        **{f"recall@{k}": [recall_at(k, *pair) for pair in rankings] for k in RECALL_CUTS},
        f"mrr@{DEPTH}": [mrr_at(DEPTH, *pair) for pair in rankings],
        f"ndcg@{DEPTH}": [ndcg_at(DEPTH, *pair) for pair in rankings],
    }


def figures(rankings: Sequence[tuple[Ranking, Set[str]]]) -> dict[str, float]:
    """The means of `scores`."""
    return means(scores(rankings))


def answer_scores(shown: Sequence[tuple[Sequence[str], Sequence[str]]]) -> dict[str, list[float]]:
    """From the sentences shown, best first, and the answers: 1 where one of the first k sentences quotes an answer.

    Questions without an answer of LONGEST_ANSWER at most are left out; none at all where that leaves nothing.
    """
    quotable = [(sentences, short) for sentences, answers in shown if (short := quotable_answers(answers))]
    if not quotable:
        return {}
    return {f"answer@{k}": [float(quotes(some[:k], short)) for some, short in quotable] for k in SENTENCE_CUTS}


def quotable_answers(answers: Sequence[str]) -> list[str]:
    return [answer for answer in answers if len(answer) <= LONGEST_ANSWER]


def quotes(sentences: Sequence[str], answers: Sequence[str]) -> bool:
    """Whether an answer stands in one of the sentences, white space apart: a page's lines end anywhere."""
    bare = ["".join(sentence.split()) for sentence in sentences]
    return any("".join(answer.split()) in sentence for answer in answers for sentence in bare)


def exact(written: str, answers: Sequence[str]) -> bool:
    """Whether it is one of the answers, as KorQuAD 1.0 compares them: case, punctuation and width of spaces apart."""
    return compared(written) in map(compared, answers)


def character_f1(written: str, answers: Sequence[str]) -> float:
    """KorQuAD 1.0's F1, 0 to 1: of the characters without spaces, as a multiset, against the nearest answer."""
    return max((_overlap(_characters(written), _characters(answer)) for answer in answers), default=0.0)


def contains(written: str, answers: Sequence[str]) -> bool:
    """Whether one of the answers stands in it, punctuation and white space apart."""
    close = "".join(compared(written).split())
    return any("".join(compared(answer).split()) in close for answer in answers)


def compared(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).lower()
    return " ".join("".join(each for each in plain if not unicodedata.category(each).startswith("P")).split())


def means(measured: Scores) -> dict[str, float]:
    return {name: round(sum(values) / len(values), 4) for name, values in measured.items()}


def interval(values: Sequence[float], share: float = 0.95) -> tuple[float, float]:
    """Percentile bootstrap of the mean (Efron 1979): between which means `share` of resampled questions fall.

    The differences of two legs, question by question, make it the paired one. Always the same for the same values.
    """
    chance = np.random.default_rng(SEED)
    array, count = np.asarray(values, np.float64), len(values)
    resampled = [float(array[chance.integers(0, count, count)].mean()) for _ in range(RESAMPLES)]
    low, high = np.quantile(resampled, [(1 - share) / 2, (1 + share) / 2])
    return round(float(low), 4), round(float(high), 4)


def gains(better: Sequence[float], worse: Sequence[float]) -> list[float]:
    """What the first has more than the second, question by question."""
    return [first - second for first, second in zip(better, worse, strict=True)]


def shared_words(question: str, text: str) -> float:
    """The share of the question's words, of two characters and more, whose first two also begin a word of the text."""
    asked = _beginnings(question)
    return len(asked & _beginnings(text)) / max(len(asked), 1)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that at least `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _characters(text: str) -> Counter[str]:
    return Counter("".join(compared(text).split()))


def _overlap(written: Counter[str], answer: Counter[str]) -> float:
    common = (written & answer).total()
    return 2 * common / (written.total() + answer.total()) if common else 0.0


def _beginnings(text: str) -> set[str]:
    return {word[:2].casefold() for word in re.findall(r"\w{2,}", text)}


def _discount(rank: int) -> float:
    return 1.0 / math.log2(rank + 1)
