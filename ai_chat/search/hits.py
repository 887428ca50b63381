"""Candidates to Hits: the live passages behind them, one a unit, those that say the same as one, each to be read in its place.

Takes Candidates and a Scope, gives Hits with the sentence that answers best. Fetches only what is shown; knows no index.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ai_chat.search.duplicates import Said, holds, nearly_same
from ai_chat.search.fusion import Candidates, Floats
from ai_chat.search.neighbours import ALSO_GOOD, joined
from ai_chat.search.sentence import Sought, best_sentence
from ai_chat.store import Store
from ai_chat.types import Hit, Passage, Place, Scope

_NEAR_SCORES = 0.9  # passages that say the same score nearly the same
_MOST_PLACES = 100  # named with a hit
_COMPARED = 30  # so each is compared with these many before it: all with all would take seconds for a thousand hits


@dataclass(slots=True)
class _Taken:
    """A passage that becomes a hit, by its row in the candidates, and where the same is said."""

    row: int
    passage: Passage
    said: Said
    same: list[Passage] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is shown of a unit, and where it begins there."""

    start: int
    text: str


class HitMaker:
    """`also_good`: the share of its score with which a chunk's neighbour is read with it."""

    def __init__(self, store: Store, also_good: float = ALSO_GOOD) -> None:
        self._library = store.library
        self._versions = store.versions
        self._also_good = also_good

    def hits(self, candidates: Candidates, scope: Scope, wanted: int, sought: Sought) -> tuple[Hit, ...]:
        """At most `wanted`, fewer where the candidates do not have them."""
        taken: list[_Taken] = []
        for batch in self._one_a_unit(candidates, scope, wanted):
            for row, passage in batch:
                _take(taken, row, passage, wanted, candidates.scores, sought)
            if len(taken) >= wanted:
                break
        if not taken:
            return ()
        copies = self._library.copies({one.passage.version_id for one in taken}, scope)
        readings = self._readings(candidates, taken)
        return tuple(
            _hit(rank, one, candidates, reading, copies.get(one.passage.version_id, ()), sought)
            for rank, (one, reading) in enumerate(zip(taken, readings, strict=True), 1)
        )

    def _one_a_unit(self, candidates: Candidates, scope: Scope, wanted: int) -> Iterator[list[tuple[int, Passage]]]:
        """Each unit by its best live chunk in scope, best first, a batch at a time."""
        ids: list[int] = candidates.chunk_ids.tolist()
        known = set()
        for first in range(0, len(ids), 2 * wanted):
            passages = self._library.passages(ids[first : first + 2 * wanted], scope)
            batch = []
            for row in range(first, min(first + 2 * wanted, len(ids))):
                passage = passages.get(ids[row])
                if passage and (unit := _unit(passage)) not in known:
                    known.add(unit)
                    batch.append((row, passage))
            yield batch

    def _readings(self, candidates: Candidates, taken: Sequence[_Taken]) -> list[_Reading]:
        """Each passage, joined with the chunks beside it in its unit that score well, too."""
        beside = _beside(candidates, [one.row for one in taken], self._also_good)
        asked = {chunk for chunks in beside for chunk in chunks}
        spans = self._versions.spans([*asked, *(one.passage.chunk_id for one in taken)]) if asked else {}
        return [self._reading(one.passage, near, spans) for one, near in zip(taken, beside, strict=True)]

    def _reading(self, best: Passage, beside: Sequence[int], spans: Mapping[int, tuple[int, int, int]]) -> _Reading:
        unit = spans[best.chunk_id][0] if best.chunk_id in spans else None
        near = [spans[chunk][1:] for chunk in beside if chunk in spans and spans[chunk][0] == unit]
        start, end = joined((best.start, best.end), near)
        if (start, end) == (best.start, best.end):
            return _Reading(start, best.text)
        return _Reading(start, self._versions.stretch(best.chunk_id, start, end))


def _take(taken: list[_Taken], row: int, passage: Passage, wanted: int, scores: Floats, sought: Sought) -> None:
    """As a hit of its own, or as one more place of a hit that says the same."""
    said = Said(passage.text)
    for one in taken[-_COMPARED:]:
        if scores[row] >= _NEAR_SCORES * scores[one.row] and _says_the_same(one.said, said, sought):
            if len(one.same) < _MOST_PLACES:
                one.same.append(passage)
            return
    if len(taken) < wanted:
        taken.append(_Taken(row, passage, said))


def _says_the_same(one: Said, other: Said, sought: Sought) -> bool:
    return nearly_same(one, other) and _holds_best(one, other, sought) and _holds_best(other, one, sought)


def _holds_best(one: Said, other: Said, sought: Sought) -> bool:
    start, end = best_sentence(other.text, sought)
    return holds(one.text, other.text[start:end])


def _beside(candidates: Candidates, rows: Sequence[int], also_good: float) -> list[list[int]]:
    """For each row the candidates before and behind its chunk that score well, too, the better one first.

    Chunks of a unit are numbered in their order.
    """
    scores = dict(zip(candidates.chunk_ids.tolist(), candidates.scores.tolist(), strict=True))
    chunks = [int(candidates.chunk_ids[row]) for row in rows]
    return [
        sorted(
            (near for near in (chunk - 1, chunk + 1) if scores.get(near, -math.inf) >= also_good * scores[chunk]),
            key=lambda near: -scores[near],
        )
        for chunk in chunks
    ]


def _unit(passage: Passage) -> tuple[int, str, int]:
    return passage.version_id, passage.unit.kind, passage.unit.number


def _hit(
    rank: int,
    taken: _Taken,
    candidates: Candidates,
    reading: _Reading,
    copies: Sequence[tuple[str, str]],
    sought: Sought,
) -> Hit:
    passage = taken.passage
    start, end = best_sentence(reading.text, sought)
    return Hit(
        rank=rank,
        score=float(candidates.scores[taken.row]),
        document=passage.document,
        document_id=passage.document_id,
        collection=passage.collection,
        version_id=passage.version_id,
        unit=passage.unit,
        page=passage.unit.number if passage.unit.kind == "page" else None,
        text=reading.text,
        sentence=reading.text[start:end],
        start=reading.start + start,
        end=reading.start + end,
        lexical=_score(candidates.lexical, taken.row),
        dense=_score(candidates.dense, taken.row),
        duplicates=_places(taken, copies),
    )


def _places(taken: _Taken, copies: Sequence[tuple[str, str]]) -> tuple[Place, ...]:
    """Other documents that stand on the same version, then passages that say the same."""
    passage = taken.passage
    others = [
        Place(name, document_id, passage.unit) for document_id, name in copies if document_id != passage.document_id
    ]
    return (*others, *(Place(one.document, one.document_id, one.unit) for one in taken.same))


def _score(scores: Floats | None, row: int) -> float | None:
    return None if scores is None or np.isnan(scores[row]) else float(scores[row])
