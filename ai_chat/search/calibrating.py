"""A calibration for one library: questions made by rule from its passages, each also with its document left out.

Takes a Searcher, gives a Calibration and how both sorts were judged before and after. What is told of "after" was measured on documents
that had no part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ai_chat.asking.making import Made, make_questions
from ai_chat.errors import InputError
from ai_chat.search.duplicates import holds
from ai_chat.search.fitting import Example, Rates, moved, rates
from ai_chat.search.judging import DEFAULT, Calibration
from ai_chat.search.searcher import Looked, Searcher
from ai_chat.types import Passage, Scope

QUESTIONS = 120
SEED = 2026
NEAR_MISSES = 0.25  # of the questions
FEWEST = 16  # answerable ones
_PASSAGES_A_QUESTION = 8
_FOLDS = 2
_MUCH = 0.5


@dataclass(frozen=True, slots=True)
class Calibrated:
    """`before` and `after` are of the same questions: each half of the documents by what was fitted to the other half."""

    calibration: Calibration
    before: Rates
    after: Rates
    questions: int
    with_vectors: bool


def calibrate(
    searcher: Searcher,
    current: Calibration = DEFAULT,
    questions: int = QUESTIONS,
    seed: int = SEED,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Calibrated:
    """InputError calibration_too_few where the library gives too few questions. `current` is what it is compared with."""
    made = make_questions(_sample(searcher, questions), questions, seed, NEAR_MISSES)
    if sum(one.answerable for one in made) < FEWEST or len({one.passage.document_id for one in made}) < _FOLDS:
        raise InputError("calibration_too_few", found=sum(one.answerable for one in made), needed=FEWEST)
    folds: tuple[list[Example], list[Example]] = ([], [])
    place = {
        document: row % _FOLDS for row, document in enumerate(dict.fromkeys(one.passage.document_id for one in made))
    }
    for done, one in enumerate(made, 1):
        folds[place[one.passage.document_id]].extend(_examples(searcher, one))
        on_progress(done, len(made))
    both = [*folds[0], *folds[1]]
    after = rates(folds[0], moved(folds[1], DEFAULT)) + rates(folds[1], moved(folds[0], DEFAULT))
    near = any(each.signs.near is not None for each in both)
    return Calibrated(moved(both, DEFAULT), rates(both, current), after, len(made), near)


def _sample(searcher: Searcher, questions: int) -> Sequence[Passage]:
    ids = searcher.store.versions.spread(_PASSAGES_A_QUESTION * questions)
    return list(searcher.store.library.passages(ids, Scope()).values())


def _examples(searcher: Searcher, made: Made) -> list[Example]:
    """As it is, and where something answers it, without its document; but not where another says the same."""
    there = searcher.look(made.question, Scope()).signs
    if not made.answerable:
        return [Example(there, False, near_miss=True)] if there else []
    found = [Example(there, True)] if there else []
    without = searcher.look(made.question, Scope(), frozenset({made.passage.version_id}))
    if without.signs and not _is_told_elsewhere(made, without):
        found.append(Example(without.signs, False))
    return found


def _is_told_elsewhere(made: Made, without: Looked) -> bool:
    """Whether a hit has the same sentence, or the answer where the first one has much of the question."""
    answer = made.answer if without.signs and without.signs.passage >= _MUCH else None
    return any(holds(hit.text, made.sentence) or (answer and holds(hit.text, answer)) for hit in without.hits)
