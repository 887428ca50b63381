"""Weights for signs, fitted to questions of which it is known whether they are answered: logistic regression held near a start.

Takes Signs with answers, gives a Calibration and what it would let through and refuse. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ai_chat.search.judging import VECTOR_SIGNS, WORD_SIGNS, Calibration, Weighing, judge
from ai_chat.search.signs import Signs

Matrix = NDArray[np.float64]
PULL = 0.003  # towards the weights that it starts from; 0 forgets them
MOST_REFUSED = 0.035  # of the answerable, on what is fitted; on others it is a little more
LET_THROUGH = 0.03  # of the unanswerable, where thresholds are moved
_WORTH = 60  # questions that the threshold from which it starts is worth
_STEPS = 60
_ENOUGH = 1e-9


@dataclass(frozen=True, slots=True)
class Example:
    """A question's signs, and whether the documents answer it. A near miss has all but one thing of a question that they do."""

    signs: Signs
    answerable: bool
    near_miss: bool = False


@dataclass(frozen=True, slots=True)
class Rates:
    """How many were asked, and of them: answerable ones refused, unanswerable ones and near misses let through."""

    answerable: int
    refused: int
    unanswerable: int
    let_through: int
    near_misses: int
    near_misses_let_through: int

    def __add__(self, other: Rates) -> Rates:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Rates(*(one + another for one, another in pairs))


def rates(examples: Sequence[Example], calibration: Calibration) -> Rates:
    passed = [(each, judge(each.signs, calibration).answerable) for each in examples]
    yes = [answered for each, answered in passed if each.answerable]
    no = [answered for each, answered in passed if not each.answerable and not each.near_miss]
    near = [answered for each, answered in passed if each.near_miss]
    return Rates(len(yes), yes.count(False), len(no), sum(no), len(near), sum(near))


def fitted(
    examples: Sequence[Example],
    start: Calibration,
    pull: float = PULL,
    most_refused: float = MOST_REFUSED,
) -> Calibration:
    """Both weighings, each with the highest threshold that refuses no more than `most_refused` of the answerable.

    Needs questions of both sorts. Without vectors among the examples the weighing with them stays as it was.
    """
    near = [each for each in examples if each.signs.near is not None]
    bare = [_without_vectors(each) for each in examples]
    words = _weighing(bare, start.by_words, WORD_SIGNS, pull)
    by_words = _with_threshold(bare, words, most_refused)
    if not near:
        return Calibration(start.with_vectors, by_words)
    both = _weighing(near, start.with_vectors, WORD_SIGNS + VECTOR_SIGNS, pull)
    return Calibration(_with_threshold(near, both, most_refused), by_words)


def moved(examples: Sequence[Example], start: Calibration, let_through: float = LET_THROUGH) -> Calibration:
    """The same weights with thresholds that let this share of the unanswerable through, near misses apart.

    For questions made by rule: those without an answer look like people's, those with one are told in the passage's own words, so
    that weights fitted to them would refuse what people ask. A threshold moves as far as so many questions tell, and never so
    far up that more than MOST_REFUSED of the answerable would be refused.
    """
    near = [each for each in examples if each.signs.near is not None]
    bare = [_without_vectors(each) for each in examples]
    return Calibration(
        _moved(near, start.with_vectors, let_through) if near else start.with_vectors,
        _moved(bare, start.by_words, let_through),
    )


def _moved(examples: Sequence[Example], weighing: Weighing, let_through: float) -> Weighing:
    no = sorted(weighing.chance(each.signs) for each in examples if not each.answerable and not each.near_miss)
    yes = sorted(weighing.chance(each.signs) for each in examples if each.answerable)
    if not no or not yes:
        return weighing
    own = _odds(no[-1 - int(let_through * len(no))])
    before = _odds(weighing.threshold)
    wanted = (before * _WORTH + own * len(no)) / (_WORTH + len(no))
    most = max(before, _odds(yes[int(MOST_REFUSED * len(yes))]))
    return replace(weighing, threshold=round(_chance(min(wanted, most)), 4))


def _without_vectors(example: Example) -> Example:
    return replace(example, signs=replace(example.signs, near=None, apart=None))


def _with_threshold(examples: Sequence[Example], weighing: Weighing, most_refused: float) -> Weighing:
    yes = sorted(weighing.chance(each.signs) for each in examples if each.answerable)
    return replace(weighing, threshold=round(yes[int(most_refused * len(yes))], 4))


def _odds(chance: float) -> float:
    """Their logarithm."""
    return math.log(chance / (1 - chance))


def _chance(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def _weighing(examples: Sequence[Example], start: Weighing, names: Sequence[str], pull: float) -> Weighing:
    """Newton's method; both sorts of questions count alike, however many there are of each."""
    rows = np.array([[float(getattr(each.signs, name) or 0.0) for name in names] for each in examples])
    wanted = np.array([float(each.answerable) for each in examples])
    counts = np.where(wanted > 0, 0.5 / max(wanted.sum(), 1), 0.5 / max((1 - wanted).sum(), 1))
    scale = np.maximum(rows.std(axis=0), 1e-3)
    middle = rows.mean(axis=0)
    before = np.array([start.weights.get(name, 0.0) for name in names]) * scale
    bias = start.bias + float(
        sum(start.weights.get(name, 0.0) * mean for name, mean in zip(names, middle, strict=True))
    )
    found = _newton((rows - middle) / scale, wanted, counts, np.append(before, bias), pull)
    weights = found[:-1] / scale
    own = {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}
    return Weighing(round(float(found[-1] - weights @ middle), 3), own)


def _newton(rows: Matrix, wanted: Matrix, counts: Matrix, start: Matrix, pull: float) -> Matrix:
    """The last weight is the bias, which nothing pulls."""
    rows = np.column_stack([rows, np.ones(len(rows))])
    held = np.full(rows.shape[1], pull)
    held[-1] = 1e-6
    found = start.copy()
    for _ in range(_STEPS):
        chances = 1.0 / (1.0 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (counts * (chances - wanted)) + held * (found - start)
        curve = (rows * (counts * chances * (1 - chances))[:, None]).T @ rows + np.diag(held + 1e-9)
        step = np.linalg.solve(curve, slope)
        found = found - step
        if float(np.abs(step).max()) < _ENOUGH:
            break
    return found
